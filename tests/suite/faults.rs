//! What faults do: the shipped incidents against what is known of them.

use linchpin::experiment::result::RunResult;
use linchpin::experiment::{Settings, run};

use crate::support::files::model;
use crate::support::program::linchpin;

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
/// short, stale work is dropped or cancelled, the last is served first or nobody retries. A Poisson
/// count over 200 s has a standard error of sqrt(rate / 200).
#[test]
fn a_retry_storm_outlives_its_trigger_above_mu_over_attempts() {
    let rate = |load: f64| format!("users.rate=\"{load}/s\"");
    let alone = "links.\"users -> server\"=(timeout: \"1s\")".to_owned();
    let short = "server.backlog=150".to_owned();
    let shed = "server.shed=Stale".to_owned();
    let last_first = "server.last_first=(above: 50)".to_owned();
    let cancel = "links.\"users -> server\".cancel=true".to_owned();
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
            (150.0, Some(&cancel)),
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
        wrong.stderr.contains("crash, slow, pause"),
        "{}",
        wrong.stderr
    );
}

/// S49: a black-holed server is worse than a crashed one, and the report says why. Detection is
/// U(0, 2) + 3 x 2 + 2 x 2 = U(10, 12) s in place of U(4, 6) s, and every fourth request until then
/// holds its place for the timeout of 3 s.
#[test]
fn a_black_hole_is_worse_than_a_crash_and_the_report_says_why() {
    let run = |kind: &str, more: &[&str]| {
        let short = ["--replications", "4", "--duration", "30s"];
        let inject = format!("app/1 {kind} @10s");
        let fault = ["run", HAPROXY, "--set", "faults=[]", "--inject", &inject];
        linchpin(&[&fault, &short[..], more].concat()).stdout
    };
    let json = |kind: &str| -> serde_json::Value {
        serde_json::from_str(&run(kind, &["--json", "-"])).unwrap()
    };
    let (hole, crash) = (json("blackhole"), json("crash"));
    let failed = |result: &serde_json::Value| {
        let requests = &result["requests"];
        requests["failed"].as_f64().unwrap() / requests["offered"].as_f64().unwrap()
    };
    // A quarter of 400/s for 10 to 12 s, and for 4 to 6 s, of 30 s.
    assert!((failed(&hole) - 0.25 * 11.0 / 30.0).abs() < 0.25 * 1.1 / 30.0);
    assert!((failed(&crash) - 0.25 * 5.0 / 30.0).abs() < 0.25 * 1.1 / 30.0);
    assert!(failed(&hole) > 1.5 * failed(&crash));
    let told = hole["silence"].as_array().unwrap();
    let told: Vec<&str> = told.iter().map(|one| one.as_str().unwrap()).collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].starts_with("lb -> app: "), "{told:?}");
    // 100/s for 3 s: 300 at once, and some more or less.
    assert!(told[0].contains("each held its caller for 3 s until its timeout"));
    let most: f64 = number_after(told[0], "up to ");
    assert!((300.0..400.0).contains(&most), "{most}");
    let (silent, refused) = (
        number_after(told[1], "app/1 after "),
        number_after(told[1], "would have after "),
    );
    assert!((silent - refused - 6.0).abs() < 0.05, "{silent} {refused}");
    assert!(crash["silence"].is_null());
    let page = run("blackhole", &[]);
    for part in [
        "SILENCE",
        "messages vanished",
        "injected app/1 blackhole @10s",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
}

fn number_after(text: &str, before: &str) -> f64 {
    let rest = text
        .split_once(before)
        .unwrap_or_else(|| panic!("{before}: {text}"))
        .1;
    let number: String = rest
        .chars()
        .take_while(|c| c.is_ascii_digit() || *c == '.')
        .collect();
    number.parse().unwrap()
}

const HOLE: &str = "topologies/failure/black-hole.ron";

/// 50/s into the hole hold 100 threads of 40: the healthy server goes short as well. With a short
/// timeout 10 threads do, and only the silent half fails.
#[test]
fn a_black_hole_takes_the_threads_of_the_healthy_half() {
    let share = |assignments: &[&str]| {
        let settings = Settings {
            replications: Some(2),
            ..Settings::new(1)
        };
        let result = run(&model(HOLE, assignments), &settings).unwrap();
        let during = result.series.iter();
        let during = during.filter(|point| point.at_s >= 24.0 && point.at_s < 38.0);
        let (mut failed, mut offered) = (0.0, 0.0);
        for point in during {
            failed += point.failed_rps;
            offered += point.offered_rps;
        }
        failed / offered
    };
    let short = "links.\"web -> app\".timeout=\"200ms\"";
    let crash = "faults=[Crash(target: \"app/1\", at: \"20s\", lasts: \"20s\")]";
    for half in [share(&[short]), share(&[crash])] {
        assert!((half - 0.5).abs() < 0.03, "{half}");
    }
    // 40 threads in turns of 2 s for one half, none for the other: 20/s of each half get in.
    let hole = share(&[]);
    assert!(hole > 0.7, "{hole}");
}

/// A mistake in one word is shown at that word.
#[test]
fn a_mistake_in_an_injected_fault_is_underlined_alone() {
    let wrong = linchpin(&["run", HAPROXY, "--inject", "app/1 crash @soon for 60s"]).exits(3);
    let underline: String = wrong.stderr.chars().filter(|&c| c == '^').collect();
    assert_eq!(underline.len(), "soon".len(), "{}", wrong.stderr);
}

const LEAK: &str = "topologies/failure/memory-leak.ron";

/// One replication of the leak, and when memories were full, s.
fn leak(assignments: &[&str], seed: u64) -> (RunResult, Vec<f64>) {
    let settings = Settings {
        replications: Some(1),
        ..Settings::new(seed)
    };
    let result = run(&model(LEAK, assignments), &settings).unwrap();
    let full = |(_, what): &&(f64, String)| what.ends_with("is full: it crashes");
    let full = result
        .marks
        .iter()
        .filter(full)
        .map(|mark| mark.0)
        .collect();
    (result, full)
}

/// 1.5 GiB of 64 KiB each are 24,576 requests a node, 49,152 at 50/s in turn: 983 s, with a
/// standard deviation of sqrt(49,152) / 50 = 4.4 s. Nobody is there for the boot of 40 s, and until
/// two checks have passed: 2 to 4 s more.
#[test]
fn a_leak_takes_both_nodes_within_a_second() {
    for seed in [1, 2] {
        let (result, full) = leak(&[], seed);
        let [first, second] = full[..] else {
            panic!("{full:?}")
        };
        assert!((first - 983.0).abs() < 5.0 * 4.4, "{first}");
        assert!((0.0..1.0).contains(&(second - first)), "{full:?}");
        let failed = result.requests.failed as f64;
        let [least, most] = [40.0 * 50.0, 45.0 * 50.0_f64];
        assert!(failed > least - 5.0 * least.sqrt(), "{failed}");
        assert!(failed < most + 5.0 * most.sqrt(), "{failed}");
        let memory = result.components.get("app").unwrap().memory.as_ref();
        let after = memory.unwrap().full_after_s.unwrap();
        assert!((after / 983.0 - 1.0).abs() < 0.05, "{after}");
    }
}

/// Restarted in turn at 5 and 10 minutes, neither is ever full: half of the requests fail until the
/// checks have found out, after U(4, 6) s, twice.
#[test]
fn restarts_in_turn_come_before_a_leak() {
    let restarts = "faults=[Restart(target: \"app\", at: \"5m\", each: \"5m\")]";
    let stages = "users.stages=[Hold(\"15m\")]";
    let (result, full) = leak(&[restarts, stages], 1);
    assert_eq!(full, [0.0; 0]);
    let failed = result.requests.failed as f64;
    let [least, most] = [2.0 * 4.0 * 25.0, 2.0 * 6.0 * 25.0_f64];
    assert!(failed > least - 5.0 * least.sqrt(), "{failed}");
    assert!(failed < most + 5.0 * most.sqrt(), "{failed}");
    let (cured, full) = leak(&["app.memory.leak=\"0B\""], 1);
    assert_eq!((cured.requests.failed, full.len()), (0, 0));
}
