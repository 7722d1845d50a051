//! What failure laws and racks refuse, and where.

use super::*;

#[test]
fn failure_laws_and_racks() {
    check_refused(&[
        (
            "replicas: 3",
            "replicas: 3, failure: (mtbf: \"9d\")",
            "(mtbf: \"9d\")",
            "a failure law has `mtbf` and `mttr`, or",
        ),
        (
            "replicas: 3",
            "replicas: 3, failure: ()",
            "()",
            "a failure law has `mtbf` and `mttr`, or",
        ),
        (
            "replicas: 3",
            "replicas: 3, failure: (mtbf: \"9d\", mttr: \"2h\", unavailability: 0.1)",
            "(mtbf: \"9d\", mttr: \"2h\", unavailability: 0.1)",
            "`unavailability` follows from `mtbf` and `mttr`",
        ),
        (
            "replicas: 3",
            "replicas: 3, failure: (unavailability: 1)",
            "(unavailability: 1)",
            "a part that is always down",
        ),
        (
            "replicas: 3",
            "replicas: 3, failure: (unavailability: 0.1, effect: Pause)",
            "(unavailability: 0.1, effect: Pause)",
            "`unavailability` says how often",
        ),
        (
            "replicas: 3",
            "replicas: 3, failure: (mtbf: \"9d\", mttr: \"2h\", of: Cores)",
            "(mtbf: \"9d\", mttr: \"2h\", of: Cores)",
            "a crash takes the whole node",
        ),
        (
            "replicas: 3",
            "replicas: 3, failure: (mtbf: \"0s\", mttr: \"2h\")",
            "(mtbf: \"0s\", mttr: \"2h\")",
            "a time up of 0",
        ),
        (
            "\"sw1\": Switch(",
            "\"r\": Rack(failure: (unavailability: 0, of: Node)), \"sw1\": Switch(",
            "(unavailability: 0, of: Node)",
            "`effect` and `of` belong to components",
        ),
    ]);
}

#[test]
fn places_that_are_no_places() {
    check_refused(&[
        (
            "\"sw1\": Switch(",
            "\"h9\": Host(cores: 1, rack: \"sw1\"), \"sw1\": Switch(",
            "\"sw1\"",
            "`sw1` is a switch",
        ),
        (
            "\"sw1\": Switch(",
            "\"h9\": Host(cores: 1, rack: \"rZ\"), \"sw1\": Switch(",
            "\"rZ\"",
            "there is no rack `rZ`",
        ),
        (
            "\"sw1\": Switch(",
            "\"z\": Zone(), \"h9\": Host(cores: 1, rack: \"z\"), \"sw1\": Switch(",
            "\"z\"",
            "`z` is a zone",
        ),
        (
            "\"sw1\": Switch(",
            "\"f\": Feed(), \"h9\": Host(cores: 1, feeds: AnyOf([\"f\", \"f\"])), \"sw1\": Switch(",
            "\"f\"",
            "`f` is named twice",
        ),
        (
            "\"sw1\": Switch(",
            "\"h9\": Host(cores: 1, feeds: [\"h1\"]), \"sw1\": Switch(",
            "\"h1\"",
            "`h1` is a host",
        ),
        (
            "via: AnyOf([\"sw1\", \"sw2\"])",
            "via: AnyOf([\"rA\", \"sw2\"])",
            "\"rA\"",
            "there is no switch `rA`",
        ),
    ]);
}
