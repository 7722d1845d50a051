//! `estimate`: numbers of theory, the law and assumption behind each, and what is left out.

use std::fs;

use serde_json::Value;

use crate::support::program::{folder, linchpin, linchpin_in};

/// The estimate of a file with assignments.
#[track_caller]
fn estimate(file: &str, assignments: &[&str]) -> Value {
    let mut arguments = vec!["estimate", file, "--json", "-"];
    for one in assignments {
        arguments.extend(["--set", one]);
    }
    linchpin(&arguments).exits(0).json()
}

#[track_caller]
fn near(value: &Value, expected: f64, relative: f64) {
    let own = value
        .as_f64()
        .unwrap_or_else(|| panic!("{value} is no number"));
    assert!(
        (own / expected - 1.0).abs() <= relative,
        "{own} is not {expected}"
    );
}

#[track_caller]
fn rests(value: &Value, law: &str, is_approximation: bool) {
    assert_eq!(value["law"], law, "{value}");
    assert_eq!(value["approximation"], is_approximation, "{value}");
    assert!(!value["assumption"].as_str().unwrap().is_empty());
}

#[test]
fn one_server_under_each_law_that_knows_it() {
    let file = "topologies/theory/mm1.ron";
    // Mean waits at 80 % or 70 %: M/M/1, Pollaczek-Khinchine, D/M/1, batches of 5 (DESIGN of the
    // external cases mm1-mean, mg1-logn, md1, dm1, batch).
    let cases: [(&[&str], &str, f64); 5] = [
        (&[], "Erlang C", 4.0),
        (
            &[
                "users.rate=\"0.7/s\"",
                "server.service=LogNormal(mean: \"1s\", cv: 2)",
            ],
            "Pollaczek-Khinchine",
            5.833_333,
        ),
        (&["server.service=\"1s\""], "Pollaczek-Khinchine", 2.0),
        (&["users.arrivals=Deterministic"], "D/M/1", 1.692_731),
        (&["users.rate=\"0.5/s\"", "users.batch=5"], "M[X]/M/1", 5.0),
    ];
    for (assignments, law, wait) in cases {
        let found = estimate(file, assignments);
        let cpu = &found["components"]["server"]["cpu"];
        rests(cpu, law, false);
        near(&cpu["waiting_time_s"], wait, 1e-6);
        near(
            &found["workloads"]["users"]["response_time_s"],
            wait + 1.0,
            1e-6,
        );
    }
}

#[test]
fn several_servers_and_tiers() {
    let found = estimate("topologies/theory/mmc.ron", &[]);
    near(
        &found["workloads"]["users"]["response_time_s"],
        1.8769,
        3e-5,
    );
    let found = estimate("topologies/theory/three-tier.ron", &[]);
    near(
        &found["workloads"]["users"]["response_time_s"],
        0.026_394,
        2e-5,
    );
    rests(&found["workloads"]["users"], "Erlang C", false);
    near(&found["saturation"]["throughput_rps"], 800.0, 1e-9);
}

#[test]
fn turns_before_a_second_tier_are_an_approximation() {
    let found = estimate(
        "topologies/theory/three-tier.ron",
        &["lb.policy=RoundRobin"],
    );
    assert_eq!(found["workloads"]["users"]["approximation"], true);
    let left_out = found["left_out"].to_string();
    assert!(left_out.contains("chosen in turn"), "{left_out}");
}

#[test]
fn closed_users_by_mean_value_analysis() {
    let found = estimate("topologies/theory/repairman.ron", &[]);
    let users = &found["workloads"]["users"];
    rests(users, "MVA", false);
    near(&users["response_time_s"], 0.819_00, 2e-5);
    near(&users["throughput_rps"], 9.243_00, 2e-5);
    near(&found["bounds"]["throughput_rps"][1], 100.0 / 10.1, 1e-9);
    near(&found["saturation"]["users"], 101.0, 1e-9);
}

#[test]
fn overload_is_endless_and_not_hidden() {
    let found = estimate("topologies/theory/mm1.ron", &["users.rate=\"2/s\""]);
    let cpu = &found["components"]["server"]["cpu"];
    near(&cpu["utilisation"], 2.0, 1e-9);
    assert!(cpu["waiting_time_s"].is_null());
    assert!(found["workloads"]["users"]["response_time_s"].is_null());
    near(&found["saturation"]["throughput_rps"], 1.0, 1e-9);
    let text = linchpin(&["estimate", "topologies/theory/mm1.ron", "--rate", "2/s"]).exits(0);
    assert!(text.stdout.contains("endless"), "{}", text.stdout);
}

#[test]
fn threads_and_connections_held_across_calls() {
    // External case nested-60: 60 users, 16 threads, one core, 4 connections of 50 ms; solved
    // exactly as a chain: 55.309/s, response 84.813 ms. The approximation is within 1 % and 8.5 %.
    let dir = folder();
    let file = dir.path().join("nested.ron");
    let text = r#"(
        name: "nested",
        components: {
            "was": AppServer(
                replicas: 1, cores: 1, threads: 16, backlog: Unlimited,
                contention: (sigma: 0, kappa: 0),
                operations: { "default": [Cpu(Exponential("10ms")), Call("db")] },
            ),
            "db": External(latency: Exponential("50ms")),
        },
        links: {
            "users -> was": (latency: "0s"),
            "was -> db": (latency: "0s", pool: 4, timeout: "60s"),
        },
        entry: "was",
        workload: { "users": Closed(users: 60, think: Exponential("1s")) },
    )"#;
    fs::write(&file, text).unwrap();
    let found = linchpin_in(dir.path(), &["estimate", "nested.ron", "--json", "-"])
        .exits(0)
        .json();
    let users = &found["workloads"]["users"];
    rests(users, "layered pools", true);
    near(&users["throughput_rps"], 55.309_06, 0.01);
    near(&users["response_time_s"], 0.084_813_3, 0.085);
    // 4 connections of 50 ms are full at 80/s, before the core at 100/s.
    near(&found["saturation"]["throughput_rps"], 80.0, 1e-6);
    near(
        &found["links"]["was -> db"]["pool"]["utilisation"],
        0.691_363_2,
        0.01,
    );
}

/// The published values of `tests/validation/facts.json` from the topologies beside them.
#[test]
fn priorities_by_class() {
    for (file, law, users) in [
        ("ciw-prio", "Cobham", [("c0", 2.0), ("c1", 6.0)]),
        (
            "prio-pr",
            "preemptive priority",
            [("c1", 1.0 / 0.7), ("c2", 4.761_905)],
        ),
        (
            "prio-mm2",
            "Cobham",
            [("high", 1.459_183_7), ("low", 2.836_735)],
        ),
    ] {
        let found = estimate(&format!("tests/validation/cases/priority/{file}.ron"), &[]);
        for (name, response) in users {
            let workload = &found["workloads"][format!("{name}-users")];
            rests(workload, law, false);
            near(&workload["response_time_s"], response, 1e-6);
        }
    }
}

#[test]
fn full_rooms_and_patience() {
    for (file, law, throughput, response) in [
        ("loss/erlb-4", "Erlang B", 1.809_524, 1.0),
        (
            "finite-buffer/simmer-mm23",
            "M/M/c/K",
            2.851_920,
            0.267_307_7,
        ),
        ("finite-buffer/jmt-mm1k", "M/M/c/K", 8.606_409, 0.496_944_1),
        ("finite-buffer/mm3-10", "M/M/c/K", 4.804_8, 0.845_285),
    ] {
        let found = estimate(&format!("tests/validation/cases/{file}.ron"), &[]);
        let users = &found["workloads"]["users"];
        rests(users, law, false);
        near(&users["throughput_rps"], throughput, 1e-6);
        near(&users["response_time_s"], response, 1e-6);
        assert_eq!(
            found["left_out"].as_array().map(Vec::len),
            Some(0),
            "{found}"
        );
    }
    let found = estimate("tests/validation/cases/timeouts/erlang-a.ron", &[]);
    let users = &found["workloads"]["users"];
    rests(users, "Erlang A", false);
    near(&users["throughput_rps"], 10.0 * (1.0 - 0.103_913_2), 1e-6);
    let threads = &found["components"]["server"]["threads"];
    near(&threads["waiting_time_s"], 0.207_826_4, 1e-6);
}

#[test]
fn a_load_that_changes_and_branches_at_once_are_no_exact_answers() {
    for (file, word) in [("waves", "its busiest"), ("quorum", "branches at once")] {
        let found = estimate(&format!("topologies/features/{file}.ron"), &[]);
        assert_eq!(
            found["workloads"]["users"]["approximation"], true,
            "{found}"
        );
        let left_out = found["left_out"].to_string();
        assert!(left_out.contains(word), "{left_out}");
    }
}

/// 86,400 journeys on a day are 1/s; the crest is `peak_ratio` times as much, at whatever time the
/// day begins. At 6/s on one core of 10/s the mean response is 1 / (10 - 6) s (M/M/1).
#[test]
fn a_day_is_estimated_at_its_crest_and_says_so() {
    let crest = "Daily(dau: 86_400, visits: 1, peak_ratio: 6, peak_at: \"20h\", start: \"START\")";
    let hours: Vec<&str> = (0..24)
        .map(|hour| if hour == 9 { "6" } else { "1" })
        .collect();
    // 6 of 29 parts of a day in one hour: 24 x 6 / 29 times the mean.
    let shaped = format!(
        "Daily(dau: 104_400, visits: 1, shape: [{}])",
        hours.join(", ")
    );
    for (rate, expected) in [
        (crest.replace("START", "0s"), 6.0),
        (crest.replace("START", "13h"), 6.0),
        (shaped, 104_400.0 / 86_400.0 * 24.0 * 6.0 / 29.0),
        (
            "Sine(mean: \"5/s\", amplitude: \"1/s\", period: \"60s\")".to_owned(),
            6.0,
        ),
    ] {
        let set = format!("users.rate={rate}");
        let found = estimate("topologies/features/batch-means.ron", &[&set]);
        let users = &found["workloads"]["users"];
        near(&users["throughput_rps"], expected, 1e-6);
        near(&users["response_time_s"], 1.0 / (10.0 - expected), 1e-6);
        let says = users["assumption"].as_str().unwrap();
        assert!(says.contains("at its busiest: `users` at 6/s"), "{says}");
        assert!(
            found["left_out"][0]
                .as_str()
                .unwrap()
                .contains("`users` at 6/s"),
            "{found}"
        );
    }
}

#[test]
fn every_shipped_topology_has_an_answer_or_a_reason() {
    for name in [
        "slipp",
        "slipp-redundant",
        "musinsa",
        "three-tier",
        "chicken-event",
    ] {
        let found = estimate(&format!("topologies/{name}.ron"), &[]);
        let is_answered = !found["workloads"].as_object().unwrap().is_empty();
        let has_reason = !found["left_out"].as_array().unwrap().is_empty();
        assert!(is_answered || has_reason, "{name}: {found}");
    }
}
