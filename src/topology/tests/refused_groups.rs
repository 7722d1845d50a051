//! What groups refuse, and where.

use super::*;

/// [`SHOP`] with three or so many `app` that fail, and a group.
fn with(app: &str, group: &str) -> String {
    let text = shop_with("replicas: 3,", app);
    let groups = format!("groups: {{ \"g\": ({group}) }},\n    objectives:");
    text.replacen("objectives:", &groups, 1)
}

#[track_caller]
fn refused(app: &str, group: &str, place: &str, message: &str) {
    let found = errors(&with(app, group));
    assert_eq!(found.len(), 1, "{group}: {found:?}");
    assert_eq!(found[0].0, place, "{group}: {}", found[0].1);
    assert!(found[0].1.contains(message), "{group}: {}", found[0].1);
}

const FAILING: &str =
    "replicas: 3, failure: (mtbf: Exponential(\"9d\"), mttr: Exponential(\"2h\")),";

#[test]
fn members_that_are_none() {
    for (members, place, message) in [
        (
            "\"app/1\"",
            "[\"app/1\"]",
            "a group has two members or more",
        ),
        ("\"app\", \"app/1\"", "\"app/1\"", "`app/1` is named twice"),
        (
            "\"app/any\"",
            "\"app/any\"",
            "`app/any` is no part that fails",
        ),
        (
            "\"app -> db\"",
            "\"app -> db\"",
            "`app -> db` is no part that fails",
        ),
        (
            "\"app\", \"sw1\"",
            "[\"app\", \"sw1\"]",
            "nothing says how `sw1` fails",
        ),
    ] {
        let group = format!("members: [{members}], crews: 1");
        refused(FAILING, &group, place, message);
    }
    let nobody = errors(&with(FAILING, "members: [\"nobody\"], crews: 1"));
    assert_eq!(nobody[0].0, "\"nobody\"");
    let text = with(FAILING, "members: [\"app\"], crews: 1");
    let twice = text.replacen(
        "groups: { ",
        "groups: { \"f\": (members: [\"app/1\", \"app/2\"], crews: 1), ",
        1,
    );
    let found = errors(&twice);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].1, "`app` is in the group `f`");
}

#[test]
fn ties_that_are_none() {
    for (fields, place, message) in [
        ("", "[\"app\"]", "nothing ties the members"),
        (", standby: Hot", "[\"app\"]", "nothing ties the members"),
        (", crews: 3", "[\"app\"]", "nothing ties the members"),
        (", crews: 4", "4", "4 crews for 3 members"),
        (", common_cause: 0", "0", "more than none and less than all"),
        (", common_cause: 1", "1", "more than none and less than all"),
        (
            ", crews: 2, needed: 1",
            "1",
            "hot spares run like all others",
        ),
        (
            ", standby: Cold, needed: 3",
            "3",
            "with 3 of 3 needed none stands by",
        ),
        (
            ", coverage: 0.9",
            "0.9",
            "one of two takes over from the other",
        ),
        (
            ", crews: 2, takeover: \"1s\"",
            "\"1s\"",
            "are times of a takeover",
        ),
    ] {
        refused(
            FAILING,
            &format!("members: [\"app\"]{fields}"),
            place,
            message,
        );
    }
    let pair = "members: [\"app/1\", \"app/2\"], coverage: 0.9";
    refused(FAILING, pair, "0.9", "how long does a takeover last?");
    let times = format!("{pair}, takeover: \"0s\", by_hand: \"1s\"");
    refused(FAILING, &times, "\"0s\"", "a takeover takes time");
}

#[test]
fn failures_that_do_not_fit() {
    let crew = "members: [\"app\"], crews: 1";
    for (failure, message) in [
        ("", "nothing says how `app/1` fails"),
        (
            "failure: (unavailability: 0.1),",
            "need times, not only how often",
        ),
        (
            "failure: (mtbf: \"9d\", mttr: Exponential(\"2h\")),",
            "their `mtbf` is exponential",
        ),
        (
            "failure: (mtbf: Exponential(\"9d\"), mttr: \"2h\"),",
            "have an exponential `mttr`",
        ),
    ] {
        refused(
            &format!("replicas: 3, {failure}"),
            crew,
            "[\"app\"]",
            message,
        );
    }
    refused(&FAILING.replace('3', "11"), crew, "[\"app\"]", "at most 10");
    let hosts = with(FAILING, "members: [\"h1\", \"h2\"], common_cause: 0.1");
    let text = hosts
        .replace(
            "machine: \"m.large\"),",
            "machine: \"m.large\", failure: Server),",
        )
        .replace("Host(cores: 2,", "Host(cores: 2, failure: Rack,");
    let found = errors(&text);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].1.contains("`h2` fails by another law"),
        "{}",
        found[0].1
    );
}
