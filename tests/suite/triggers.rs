//! Triggers after which a system should come back: those that cannot be one, and loads that were
//! down before.

use linchpin::experiment::result::Verdict;
use linchpin::experiment::{CapacitySettings, Settings, capacity};

use crate::support::files::written;
use crate::support::program::linchpin;

const STORM: &str = "topologies/failure/retry-storm.ron";

/// 200/s with up to four attempts of half a second each: at 98 % of that it is down before anything
/// has happened, which is nothing to come back to; from 200/4 on it stays down.
#[test]
fn what_was_down_before_does_not_come_back() {
    const FAST: &str = r#"(
        name: "fast",
        components: { "server": AppServer(
            cores: 1, threads: 1, backlog: Unlimited, service: Exponential("5ms"),
        ) },
        links: { "users -> server": (timeout: "500ms", retry: (attempts: 4, backoff: "0s")) },
        entry: "server",
        workload: { "users": Open(rate: "100/s") },
        faults: [Pause(target: "server", at: "60s", lasts: "10s")],
        run: (duration: "3m"),
    )"#;
    let asked = CapacitySettings {
        within: 0.05,
        after: Vec::new(),
        users: false,
    };
    let found = capacity(&written::<&str>(FAST, &[]), &Settings::new(1), &asked).unwrap();
    assert_eq!(found.verdict, Verdict::Fail, "{}", found.verdict_reason);
    let [low, high] = found.metastable.unwrap().between;
    assert!(low > 45.0 && high < 55.0, "{low} to {high}");
    let top = found.tried.last().unwrap();
    assert!(
        top.load > 190.0 && top.answered_before < 0.5 && top.came_back == 0,
        "{top:?}"
    );
}

#[test]
fn a_trigger_that_cannot_be_one_is_refused() {
    for (trigger, problem) in [
        ("server pause @60s", "a trigger must end"),
        ("server pause @0s for 10s", "nothing to compare with"),
        ("server pause @60s for 1000000h", "within a day"),
    ] {
        let ran = linchpin(&["capacity", STORM, "--after", trigger]);
        assert_eq!(ran.code, Some(2), "{}", ran.stderr);
        assert!(ran.stderr.contains(problem), "{}", ran.stderr);
    }
    let pause = "server pause @60s for 10s";
    for (flag, value) in [("--rate", "45/s"), ("--survive", "1"), ("--most", "3")] {
        let ran = linchpin(&["capacity", STORM, "--after", pause, flag, value]);
        assert_eq!(ran.code, Some(2), "{flag}: {}", ran.stderr);
        assert!(ran.stderr.contains("cannot be used with"), "{}", ran.stderr);
    }
    let ran = linchpin(&["capacity", STORM, "--after", "servr pause @60s for 10s"]);
    assert_eq!(ran.code, Some(3), "{}", ran.stderr);
    assert!(ran.stderr.contains("did you mean"), "{}", ran.stderr);
}
