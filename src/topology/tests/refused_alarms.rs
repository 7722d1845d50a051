//! What alarms refuse, and where.

use super::*;

#[test]
fn alarms() {
    let with = |alarm: &str| format!("alarms: {{ \"a\": ({alarm}) }}, run: (");
    let cases = [
        ("when: \"b\"", "b", "this compares nothing"),
        (
            "when: \"order: p95 > 1s\"",
            "order",
            "there is no class or component",
        ),
        (
            "when: \"buy: p95 > 1s\"",
            "buy: p95 > 1s",
            "alarms on one class are not built yet",
        ),
        (
            "when: \"app: threads > 90%\"",
            "app: threads > 90%",
            "of a component an alarm sees `cpu` and `disk` only",
        ),
        (
            "when: \"max > 1s\"",
            "max > 1s",
            "`max` of a short time is a single request",
        ),
        (
            "when: \"p95 > 1s within 1%\"",
            "p95 > 1s within 1%",
            "an alarm has no `within`",
        ),
        (
            "when: \"p95 > 1s\", every: \"10ms\"",
            "\"10ms\"",
            "nobody looks more than once a second",
        ),
        (
            "when: \"p95 > 1s\", consecutive: 0",
            "0",
            "expected a whole number of 1 or more, found 0",
        ),
        (
            "when: \"p95 > 1s\", grade: Urgent",
            "Urgent",
            "`Urgent` is not known here",
        ),
        (
            "when: \"p95 > 1s\", grade: Warning, \
             respond: [Replace(target: \"app\", takes: \"1m\")]",
            "\"app\"",
            "nobody is called for a `Warning`",
        ),
        (
            "when: \"p95 > 1s\", respond: [Restart(target: \"appp\", takes: \"1m\")]",
            "\"appp\"",
            "there is no component, host, rack, zone, feed or switch `appp`",
        ),
    ];
    for (alarm, at, message) in cases {
        check_refused(&[("run: (", &with(alarm), at, message)]);
    }
}
