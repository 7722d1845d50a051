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

/// Four threads around 50 ms of somebody else's carry 80/s, which no mean demand says, and three
/// attempts of half a second each 26.7/s: the file's 50/s stays down after a pause.
#[test]
fn threads_alone_keep_it_down() {
    const THREADS: &str = r#"(
        name: "threads",
        components: {
            "a": AppServer(threads: 4, backlog: Unlimited, operations: { "default": [Call("b")] }),
            "b": External(latency: Exponential("50ms")),
        },
        links: { "users -> a": (timeout: "500ms", retry: (attempts: 3, backoff: "0s")) },
        entry: "a",
        workload: { "users": Open(rate: "50/s") },
        faults: [Pause(target: "a", at: "60s", lasts: "20s")],
    )"#;
    let asked = CapacitySettings {
        within: 0.1,
        after: Vec::new(),
        users: false,
    };
    let found = capacity(&written::<&str>(THREADS, &[]), &Settings::new(1), &asked).unwrap();
    assert_eq!(
        (found.verdict, found.bound),
        (Verdict::Fail, None),
        "{}",
        found.verdict_reason
    );
    let down = found.metastable.unwrap();
    let [low, high] = down.between;
    assert!(low > 20.0 && high < 35.0, "{low} to {high}");
    assert_eq!(down.expected_load, None);
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

/// Two queues of 100/s one behind the other, with callers that take back what takes a second: at
/// 95 % a few in a hundred fail, in spells, with and without a pause.
#[test]
fn spells_near_saturation_are_no_state_to_stay_in() {
    const SPELLS: &str = r#"(
        name: "spells",
        components: {
            "a": AppServer(
                cores: 1, threads: Unlimited, service: Exponential("10ms"), calls: ["b"],
            ),
            "b": AppServer(cores: 1, threads: Unlimited, service: Exponential("10ms")),
        },
        links: { "users -> a": (timeout: "1s", cancel: true) },
        entry: "a",
        workload: { "users": Open(rate: "90/s") },
        faults: [Pause(target: "b", at: "60s", lasts: "10s")],
    )"#;
    let asked = CapacitySettings {
        within: 0.05,
        after: Vec::new(),
        users: false,
    };
    for seed in 1..=4 {
        let model = written::<&str>(SPELLS, &[]);
        let found = capacity(&model, &Settings::new(seed), &asked).unwrap();
        assert_eq!(found.verdict, Verdict::Pass, "{}", found.verdict_reason);
        let load = found.load.unwrap();
        assert!(load > 92.0, "seed {seed}: {load}");
    }
}

/// A user whose attempts all time out is back after 2 s of thinking and 3 x 1 s of waiting, with 3
/// attempts for a server of 100/s: 166.7 users keep it full for good. That is no bound over
/// attempts, and none is printed.
#[test]
fn users_who_wait_three_times_over_keep_it_down() {
    const CLOSED: &str = r#"(
        name: "closed",
        components: { "server": AppServer(
            cores: 1, discipline: Fcfs, threads: 1, backlog: Unlimited,
            service: Exponential("10ms"),
        ) },
        links: { "users -> server": (timeout: "1s", retry: (attempts: 3, backoff: "0s")) },
        entry: "server",
        workload: { "users": Closed(users: 50, think: Exponential("2s")) },
        faults: [Pause(target: "server", at: "60s", lasts: "10s")],
    )"#;
    let asked = CapacitySettings {
        within: 0.05,
        after: Vec::new(),
        users: true,
    };
    let found = capacity(&written::<&str>(CLOSED, &[]), &Settings::new(1), &asked).unwrap();
    let down = found.metastable.unwrap();
    let [low, high] = down.between;
    assert!(low > 155.0 && high < 178.0, "{low} to {high}");
    assert_eq!(down.expected_load, None);
}

/// More than is carried at all is down without a trigger.
#[test]
fn a_load_beyond_what_is_carried_fails() {
    let own = ["--set", "workload.users.rate=\"400/s\""];
    let after = ["--after", "server pause @60s for 10s"];
    let told = linchpin(&[&["capacity", STORM], &after[..], &own].concat()).exits(99);
    let text = told.stdout;
    assert!(text.contains("more than the 300/s"), "{text}");
}
