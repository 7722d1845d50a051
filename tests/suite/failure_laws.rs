//! `run --with-failures`: parts fail and are repaired by their laws, and what watches over them
//! acts (S41).

use linchpin::experiment::result::RunResult;
use linchpin::experiment::{Settings, run};

use crate::support::files::model;
use crate::support::program::linchpin;

const TWO: &str = "topologies/failure/two-that-fail.ron";
const NEVER: &str = "app.failure=(mtbf: Exponential(\"90000d\"), mttr: Exponential(\"1s\"))";

fn acted(set: &[&str]) -> RunResult {
    let settings = Settings {
        with_failures: true,
        replications: Some(20),
        requests: Some(20_000),
        ..Settings::new(11)
    };
    run(&model(TWO, set), &settings).unwrap()
}

/// The error rate is `exact` within twice the half-width of its interval (about four standard
/// errors), which is no wider than a quarter of it.
#[track_caller]
fn fails(set: &[&str], exact: f64) {
    let found = acted(set).error_rate;
    let (low, high) = found.ci95.unwrap();
    let half = (high - low) / 2.0;
    let value = found.value.unwrap();
    assert!(half < 0.25 * exact, "{set:?}: {value} +/- {half}");
    assert!(
        (value - exact).abs() < 2.0 * half,
        "{set:?}: {value} +/- {half}, not {exact}"
    );
}

/// mttr / (mtbf + mttr) = 1/10; its square for two of which one is enough and is found at once.
#[test]
fn one_node_and_a_pair_fail_as_their_laws_say() {
    fails(&["app.replicas=1"], 0.1);
    fails(&[], 0.01);
    // The same means by other laws.
    let other = "app.failure=(mtbf: Weibull(mean: \"9s\", cv: 2), \
                 mttr: Erlang(mean: \"1s\", stages: 3))";
    fails(&["app.replicas=1", other], 0.1);
}

/// A host takes its nodes with it, a rack its hosts, a switch the way to them.
#[test]
fn hosts_racks_and_switches_fail_as_well() {
    let law = "failure: (mtbf: Exponential(\"9s\"), mttr: Exponential(\"1s\"))";
    let host = format!("infrastructure={{\"h\": Host(cores: 8, {law})}}");
    let rack = format!("infrastructure={{\"r\": Rack({law}), \"h\": Host(cores: 8, rack: \"r\")}}");
    let switch = format!("infrastructure={{\"s\": Switch({law})}}");
    for infrastructure in [&host, &rack] {
        let set = [NEVER, infrastructure, "app.on=[\"h\"]"];
        fails(&set, 0.1);
    }
    fails(&[NEVER, &switch, "links.\"users -> app\".via=[\"s\"]"], 0.1);
}

/// Without the flag nothing fails, and the run says so.
#[test]
fn laws_are_idle_unless_asked_for() {
    let settings = Settings {
        replications: Some(5),
        requests: Some(1_000),
        ..Settings::new(1)
    };
    let found = run(&model(TWO, &[]), &settings).unwrap();
    assert_eq!(found.error_rate.value, Some(0.0));
    assert!(
        found
            .warnings
            .iter()
            .any(|one| one.code == "failure_laws_idle")
    );
}

/// Constant demands and arrivals, but failures that are drawn: not one exact run (S44).
#[test]
fn drawn_failures_are_repeated() {
    let set = ["users.arrivals=Deterministic"];
    let settings = Settings {
        with_failures: true,
        requests: Some(1_000),
        ..Settings::new(1)
    };
    let found = run(&model(TWO, &set), &settings).unwrap();
    assert!(found.replications >= 10, "{}", found.replications);
    assert!(found.error_rate.value.unwrap() > 0.0);
}

#[test]
fn a_share_of_time_alone_says_not_when() {
    let file = "topologies/failure/redundant-but-shared.ron";
    let ran = linchpin(&["run", file, "--with-failures"]).exits(2);
    for said in [
        "`dns` states only its `unavailability`",
        "write `mtbf` and `mttr`",
    ] {
        assert!(ran.stderr.contains(said), "{}", ran.stderr);
    }
}

/// The four words stand for what `--explain-defaults` says of them.
#[test]
fn known_words_have_sources() {
    let told = linchpin(&["check", "--explain-defaults"]).exits(0).stdout;
    for (word, source, share) in [
        (
            "Server",
            "J. Dean, Google I/O 2008",
            4.0 / (657.0 * 24.0 + 4.0),
        ),
        ("Disk", "Backblaze, Drive Stats for 2024", 1.0 / 23_249.0),
        (
            "Rack",
            "J. Dean, Google I/O 2008",
            3.5 / (547.0 * 24.0 + 3.5),
        ),
        ("Switch", "SIGCOMM 2011", 4.0 / (7_116.0 * 24.0 + 4.0)),
    ] {
        assert!(told.contains(word) && told.contains(source), "{told}");
        let model = model(TWO, &[&format!("app.failure={word}")]);
        let found = model.components[0].outage.as_ref().unwrap().share;
        assert!(
            (found / share - 1.0).abs() < 1e-9,
            "{word}: {found} and {share}"
        );
    }
    let ran = linchpin(&["check", TWO, "--set", "app.failure=Sever"]).exits(3);
    assert!(ran.stderr.contains("Server"), "{}", ran.stderr);
}
