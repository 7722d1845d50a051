//! Simulated means, percentiles and utilisations against closed forms, and the comparisons that a
//! run makes by itself.

use linchpin::experiment::pilot::pilot;
use linchpin::experiment::replicate::{Bench, Crew};
use linchpin::experiment::result::{RunResult, TheoryFinding};
use linchpin::experiment::sample::{collect, design};
use linchpin::experiment::summarise;
use linchpin::experiment::{Load, Settings, run};
use linchpin::model::{Arrivals, Caller, Model, WorkloadId};
use linchpin::statistics::Estimate;

use crate::support::files::{covers, model, sized};

const SEEDS: [u64; 3] = [1, 2, 3];

/// Runs a file of `topologies/theory` at every seed and holds each result against `judge`.
#[track_caller]
fn at_each_seed(
    file: &str,
    assignments: &[&str],
    (replications, requests): (u32, u64),
    judge: impl Fn(&RunResult),
) {
    let model = model(format!("topologies/theory/{file}"), assignments);
    for seed in SEEDS {
        let result = run(&model, &sized(seed, replications, requests)).unwrap();
        judge(&result);
        for one in &result.theory {
            assert!(one.agrees != Some(false), "{file}, seed {seed}: {one:?}");
        }
    }
}

fn finding<'r>(result: &'r RunResult, law: &str, subject: &str) -> &'r TheoryFinding {
    let is_it = |one: &&TheoryFinding| one.law == law && one.subject.contains(subject);
    let found = result.theory.iter().find(is_it);
    found.unwrap_or_else(|| panic!("no {law} of {subject} in {:?}", result.theory))
}

fn near(number: f64, expected: f64) {
    assert!(
        (number / expected - 1.0).abs() < 1e-4,
        "{number}, {expected}"
    );
}

#[test]
fn one_server_meets_the_m_m_1_queue() {
    at_each_seed("mm1.ron", &[], (20, 50_000), |result| {
        let times = &result.response_time_s;
        // 1 / (mu - lambda); its response is exponential: p95 = ln 20 x 5 s.
        covers("mean response", &times.mean, 5.0, 0.05);
        covers("p95", &times.p95, 14.979, 0.07);
        let server = result.components.get("server").unwrap();
        covers("utilisation", &server.utilisation, 0.8, 0.01);
        near(finding(result, "Erlang C", "mean response").expected, 5.0);
        near(
            finding(result, "Erlang C", "server cpu mean wait").expected,
            4.0,
        );
    });
}

#[test]
fn eight_servers_meet_erlang_c() {
    at_each_seed("mmc.ron", &[], (20, 40_000), |result| {
        let mean = &result.response_time_s.mean;
        covers("mean response", mean, 1.8769, 0.05);
        let theory = finding(result, "Erlang C", "mean response").expected;
        near(theory, 1.8769);
    });
}

#[test]
fn three_tiers_meet_the_jackson_network() {
    at_each_seed("three-tier.ron", &[], (20, 20_000), |result| {
        let mean = &result.response_time_s.mean;
        covers("mean response", mean, 0.026_394, 0.02);
        let theory = finding(result, "Erlang C", "mean response").expected;
        near(theory, 0.026_394);
    });
}

#[test]
fn taking_turns_is_better_than_chance() {
    // Arrivals at each of the four are Erlang-4 instead of Poisson: 21.47 ms, by computation
    // outside this program.
    let turns = ["lb.policy=RoundRobin"];
    at_each_seed("three-tier.ron", &turns, (20, 20_000), |result| {
        let mean = &result.response_time_s.mean;
        covers("mean response", mean, 0.021_47, 0.02);
        let product_form = result.theory.iter().find(|one| one.law == "Erlang C");
        assert!(product_form.is_none(), "its arrivals are not Poisson");
    });
}

/// Runs M/M/1 with changes and holds the finding of `law` against the expected mean response.
#[track_caller]
fn meets(assignments: &[&str], law: &str, response: f64) {
    at_each_seed("mm1.ron", assignments, (20, 20_000), |result| {
        let found = finding(result, law, "mean response");
        near(found.expected, response);
        assert_eq!((found.agrees, found.approximation), (Some(true), false));
    });
}

#[test]
fn one_server_meets_the_law_of_its_arrivals_and_service() {
    // External cases mg1-logn, md1, dm1 and batch.
    let lognormal = "server.service=LogNormal(mean: \"1s\", cv: 2)";
    meets(
        &["users.rate=\"0.7/s\"", lognormal],
        "Pollaczek-Khinchine",
        6.833_333,
    );
    meets(&["server.service=\"1s\""], "Pollaczek-Khinchine", 3.0);
    meets(&["users.arrivals=Deterministic"], "D/M/1", 2.692_731);
    meets(&["users.rate=\"0.5/s\"", "users.batch=5"], "M[X]/M/1", 6.0);
}

#[test]
fn two_servers_meet_turns_and_the_shorter_queue() {
    // External case lb-2: two servers at 80 %.
    let shared = ["server.replicas=2", "users.rate=\"1.6/s\""];
    let way = "links.\"users -> server\".balance";
    for (policy, law, response) in [
        ("RoundRobin", "E_k/M/1", 3.843_98),
        ("LeastConnections", "shortest queue", 2.955_737),
        ("Random", "Erlang C", 5.0),
    ] {
        let balance = format!("{way}={policy}");
        meets(&[shared[0], shared[1], &balance], law, response);
    }
}

#[test]
fn repairmen_meet_mean_value_analysis() {
    at_each_seed("repairman.ron", &[], (20, 40_000), |result| {
        covers(
            "mean response",
            &result.response_time_s.mean,
            0.819_00,
            0.05,
        );
        covers("throughput", &result.throughput_rps, 9.243_00, 0.01);
        let mva: Vec<&TheoryFinding> = result.theory.iter().filter(|t| t.law == "MVA").collect();
        assert!(!mva.is_empty(), "{:?}", result.theory);
        let names = |expected: f64| {
            mva.iter()
                .any(|t| (t.expected / expected - 1.0).abs() < 1e-4)
        };
        assert!(names(0.819_00) || names(9.243_00), "{mva:?}");
    });
}

#[test]
fn a_wrong_engine_disagrees_with_theory() {
    for file in ["mm1.ron", "mmc.ron", "three-tier.ron", "repairman.ron"] {
        let model = model(format!("topologies/theory/{file}"), &[]);
        let settings = Settings {
            demand_bias: 1.02,
            ..sized(1, 20, 40_000)
        };
        let result = run(&model, &settings).unwrap();
        let wrong: Vec<&TheoryFinding> = result
            .theory
            .iter()
            .filter(|t| t.agrees == Some(false))
            .collect();
        assert!(
            wrong.iter().any(|one| one.law == "utilisation law"),
            "{file}: {:?}",
            result.theory
        );
    }
}

/// M/M/1 at 0.95 whose mean response is 20 s.
fn busy() -> Model {
    model("topologies/theory/mm1.ron", &["users.rate=\"0.95/s\""])
}

/// The same with 200 requests that come together at time 0, as a log of one instant.
fn with_200_waiting() -> Model {
    let mut model = busy();
    let mut crowd = model.workloads[0].clone();
    "crowd".clone_into(&mut crowd.name);
    let journey = crowd.mix[0].journey;
    crowd.arrivals = Arrivals::Replay {
        log: (0..200).map(|client| (0, journey, client)).collect(),
        items: Vec::new(),
        rejected: Vec::new(),
        file: "crowd".to_owned(),
    };
    model.workloads.push(crowd);
    let mut way = model.links[0].clone();
    way.caller = Caller::Workload(WorkloadId::from(1));
    model.links.push(way);
    model
}

/// A steady run as `run` makes it, with whatever is there at the start.
fn steady(model: &Model, seed: u64) -> Estimate {
    let settings = Settings {
        effort: 1_200_000,
        ..Settings::new(seed)
    };
    let crew = Crew::new(0).unwrap();
    let bench = Bench::new(model);
    let found = pilot(&bench, &crew, &settings, model.run.cap / 4).unwrap();
    let design = design(model, &settings, &found);
    let sample = collect(bench, &crew, &settings, design, false);
    summarise::result(&sample, &settings).response_time_s.mean
}

#[test]
fn what_was_there_at_the_start_is_forgotten() {
    let (empty, full) = (busy(), with_200_waiting());
    let mut apart = Vec::new();
    for seed in 1..=20 {
        // Another seed for the other start: common draws would make the means alike.
        let (a, b) = (steady(&empty, seed), steady(&full, 1_000 + seed));
        println!("seed {seed}: {a:?} {b:?}");
        let ((low_a, high_a), (low_b, high_b)) = (a.ci95.unwrap(), b.ci95.unwrap());
        if high_a < low_b || high_b < low_a {
            apart.push((seed, a, b));
        }
    }
    assert!(apart.len() <= 2, "{apart:#?}");
}

#[test]
fn a_run_too_short_for_its_transient_says_so() {
    let codes = |requests: u64| -> Vec<&str> {
        let settings = Settings {
            load: Some(Load::Rate(0.95)),
            ..sized(1, 10, requests)
        };
        let result = run(&busy(), &settings).unwrap();
        result.warnings.iter().map(|one| one.code).collect()
    };
    assert!(
        codes(100).contains(&"short_for_transient"),
        "{:?}",
        codes(100)
    );
    assert!(!codes(50_000).contains(&"short_for_transient"));
}

/// Copies of slow requests are work that the plain path does not have: nothing is held against it.
#[test]
fn a_hedged_run_is_not_held_to_the_path_without_copies() {
    let assignments = [
        "server=AppServer(replicas: 2, cores: 8, service: Exponential(\"15ms\"))",
        "users.rate=\"50/s\"",
    ];
    let model = model("topologies/features/hedge.ron", &assignments);
    let result = run(&model, &sized(1, 5, 2000)).unwrap();
    let link = result.links.get("app -> server").unwrap();
    // exp(-25/15) = 18.9 % of the answers take longer than 25 ms.
    let share = link.hedges as f64 / link.calls as f64;
    assert!((share - 0.189).abs() < 0.015, "{share}");
    for one in &result.theory {
        assert!(one.agrees != Some(false), "{one:?}");
    }
}
