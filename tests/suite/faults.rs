//! What faults do: the shipped incidents against what is known of them, and the table of answers.

use std::fmt::Write as _;

use linchpin::experiment::result::RunResult;
use linchpin::experiment::{Settings, run};
use linchpin::fault::ANSWERS;

use crate::support::files::model;
use crate::support::program::{linchpin, root};

const STORM: &str = "topologies/failure/retry-storm.ron";

/// One replication of the storm under a seed.
fn storm(assignments: &[&str], seed: u64) -> RunResult {
    let settings = Settings {
        replications: Some(1),
        ..Settings::new(seed)
    };
    run(&model(STORM, assignments), &settings).unwrap()
}

/// Answers per second in time, and requests, between 200 and 400 s.
fn afterwards(result: &RunResult) -> (f64, f64) {
    let later: Vec<_> = result.series.iter().filter(|p| p.at_s >= 200.0).collect();
    assert!(!later.is_empty());
    let mean = |rates: Vec<f64>| rates.iter().sum::<f64>() / rates.len() as f64;
    let good = later.iter().map(|p| p.throughput_rps).collect();
    let offered = later.iter().map(|p| p.offered_rps).collect();
    (mean(good), mean(offered))
}

/// Threshold mu / attempts = 100/s: 90 comes back, 150 and 220 never do, unless the queue is
/// short, stale work is dropped, the last is served first or nobody retries. A Poisson count over
/// 200 s has a standard error of sqrt(rate / 200).
#[test]
fn a_retry_storm_outlives_its_trigger_above_mu_over_attempts() {
    let rate = |load: f64| format!("users.rate=\"{load}/s\"");
    let alone = "links.\"users -> server\"=(timeout: \"1s\")".to_owned();
    let short = "server.backlog=150".to_owned();
    let shed = "server.shed=Stale".to_owned();
    let last_first = "server.last_first=(above: 50)".to_owned();
    for seed in [1, 2] {
        for load in [150.0, 220.0] {
            let (good, offered) = afterwards(&storm(&[&rate(load)], seed));
            assert!(good < 0.01 * load, "{load}/s: {good}");
            assert!((offered - load).abs() < 3.0 * (load / 200.0).sqrt());
        }
        for (load, cure) in [
            (90.0, None),
            (150.0, Some(&short)),
            (150.0, Some(&alone)),
            (150.0, Some(&shed)),
            (150.0, Some(&last_first)),
        ] {
            let mut set = vec![rate(load)];
            set.extend(cure.cloned());
            let set: Vec<&str> = set.iter().map(String::as_str).collect();
            let (good, offered) = afterwards(&storm(&set, seed));
            assert!((good - load).abs() < 3.0 * (load / 200.0).sqrt(), "{good}");
            assert!((good / offered - 1.0).abs() < 0.01, "{good} of {offered}");
        }
    }
}

/// A run says that the service is not back, and extrapolates nothing from work for nobody.
#[test]
fn a_storm_that_stays_is_told() {
    let told = |set: &[&str]| {
        let result = storm(set, 1);
        let is_told = result.warnings.iter().any(|one| one.code == "not_back");
        (is_told, result.bottleneck.unwrap().ceiling_rps)
    };
    assert_eq!(told(&[]), (true, None));
    let (is_told, ceiling) = told(&["users.rate=\"50/s\"", "faults=[]"]);
    assert!(
        !is_told && (ceiling.unwrap() / 300.0 - 1.0).abs() < 0.02,
        "{ceiling:?}"
    );
    assert!(!told(&["users.rate=\"80/s\""]).0, "it comes back");
}

/// Offered attempts of the storm: three for each request, for ever.
#[test]
fn the_storm_sends_every_request_three_times() {
    let result = storm(&["run.duration=\"400s\""], 3);
    let link = &result.links.0.first().unwrap().1;
    // Before the pause, 60 of 400 s, one attempt does.
    let expected = (60.0 + 3.0 * 340.0) / 400.0;
    assert!((link.amplification.unwrap() / expected - 1.0).abs() < 0.03);
}

const HAPROXY: &str = "topologies/failure/haproxy-crash.ron";

/// Detection is U(0, interval) + (fall - 1) interval = U(4, 6) s, mean 5 (standard error of 20
/// seeds 0.13); while it lasts every fourth request goes to the dead server.
#[test]
fn a_crash_is_noticed_after_three_checks_and_costs_a_quarter_till_then() {
    let mut windows = Vec::new();
    for seed in 1..=20 {
        let settings = Settings {
            replications: Some(1),
            ..Settings::new(seed)
        };
        let result = run(&model(HAPROXY, &["run.duration=\"20s\""]), &settings).unwrap();
        let last = result.series.iter().rfind(|point| point.failed_rps > 0.0);
        let end = last.map(|point| point.at_s + point.length_s).unwrap();
        let window = end - 10.0;
        assert!((4.0..6.1).contains(&window), "{window}");
        let inside = result.series.iter();
        let inside =
            inside.filter(|point| (10.0..end - point.length_s / 2.0).contains(&point.at_s));
        let offered: f64 = inside.map(|point| point.offered_rps * point.length_s).sum();
        let share = result.requests.failed as f64 / offered;
        assert!((share - 0.25).abs() < 0.02, "{share}");
        windows.push(window);
    }
    let mean = windows.iter().sum::<f64>() / 20.0;
    assert!((4.7..5.3).contains(&mean), "{mean}");
}

#[test]
fn with_redispatch_nobody_notices() {
    let redispatch = "links.\"lb -> app\"=(retry: (attempts: 4, backoff: \"0s\"))";
    let settings = Settings {
        replications: Some(3),
        ..Settings::new(1)
    };
    let result = run(&model(HAPROXY, &[redispatch]), &settings).unwrap();
    assert_eq!(result.requests.failed, 0);
    assert!(result.links.get("lb -> app").unwrap().retries > 1000);
}

/// `--inject` is the same as the fault in the file, and a mistake in it is shown there.
#[test]
fn an_injected_fault_is_that_of_the_file() {
    let short = ["--duration", "30s", "--replications", "2", "--json", "-"];
    let run =
        |more: &[&str]| linchpin(&[&["run", "topologies/slipp.ron"], &short[..], more].concat());
    let injected = run(&[
        "--inject",
        "h1 pause @5s for 2s",
        "--inject",
        "mysql slow x4 @9s",
    ]);
    let faults = "faults=[Pause(target: \"h1\", at: \"5s\", lasts: \"2s\"), \
                  Slow(factor: 4, target: \"mysql\", at: \"9s\")]";
    let written = run(&["--set", faults]);
    let result = |text: &str| {
        let mut all: serde_json::Value = serde_json::from_str(text).unwrap();
        for key in ["topology", "wall_s"] {
            all.as_object_mut().unwrap().remove(key);
        }
        all
    };
    assert_eq!(result(&injected.stdout), result(&written.stdout));
    assert_ne!(result(&injected.stdout), result(&run(&[]).stdout));
    let wrong = run(&["--inject", "tomact crash @5s"]).exits(3);
    for part in ["--inject:1:1", "`tomact`", "tomcat"] {
        assert!(wrong.stderr.contains(part), "{}", wrong.stderr);
    }
    let wrong = run(&["--inject", "tomcat melts @5s"]).exits(3);
    assert!(
        wrong.stderr.contains("crash, slow or pause"),
        "{}",
        wrong.stderr
    );
}

/// `docs/faults.md` is written from [`ANSWERS`]; `LINCHPIN_BLESS=1` writes it anew.
#[test]
fn the_table_of_answers_is_that_of_the_code() {
    let mut text = String::from(
        "# What a fault does\n\nEvery fault answers the same seven questions. The table is \
         written from `src/fault/answers.rs`.\n",
    );
    for fault in &ANSWERS {
        let rows = [
            ("new arrivals", fault.new_arrivals),
            ("queued work", fault.queued),
            ("work in service", fault.in_service),
            ("what callers hold", fault.held_upstream),
            ("late replies", fault.late_replies),
            ("after its end", fault.after_restart),
            ("who learns of it", fault.learned),
        ];
        let _ = write!(
            text,
            "\n## {}\n\n| question | answer |\n| --- | --- |\n",
            fault.fault
        );
        for (question, answer) in rows {
            let _ = writeln!(text, "| {question} | {answer} |");
        }
    }
    let path = root().join("docs/faults.md");
    if std::env::var_os("LINCHPIN_BLESS").is_some_and(|value| value == "1") {
        std::fs::write(&path, &text).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        committed, text,
        "LINCHPIN_BLESS=1 cargo test faults writes it anew"
    );
}
