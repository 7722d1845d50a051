//! Steady runs: means, theory, reproducibility, the keys of the result.

use super::{jackson, mmc, objective, settings, shop};
use crate::experiment::result::{ObjectiveVerdict, RunResult, Verdict};
use crate::experiment::settings::{Load, ShareQuestion};
use crate::experiment::{Settings, run};
use crate::model::builder::{Builder, constant, exponential, ms};
use crate::model::{Comparison, Contention, Discipline, Metric, Model, Policy, WarmUp};
use crate::theory::Mmc;

fn mean(result: &RunResult) -> (f64, f64) {
    let mean = result.response_time_s.mean;
    (mean.value.unwrap(), mean.half_width().unwrap())
}

/// 100 users who think 10 s on average and then need one server for 0.1 s on average.
fn repairman() -> Model {
    let mut b = Builder::new("machine repairman");
    let server = b.component("server", 1);
    b.resource(server, "cpu", Some(1), Discipline::Fcfs);
    let work = b.work(server, "cpu", exponential(ms(100)));
    b.operation(server, "default", vec![work]);
    b.closed(
        "users",
        100,
        exponential(ms(10_000)),
        &[("default", server, 1.0)],
    );
    b.model().run.warm_up = WarmUp::Auto;
    b.build()
}

#[test]
fn theory_is_met_and_named() {
    let cases = [
        (mmc(0.8, 1), 5.0, "Erlang C"),
        (mmc(7.2, 8), 1.8769, "Erlang C"),
        (jackson(Policy::Random), 0.026_394, "Erlang C"),
        (repairman(), 0.819_00, "MVA"),
    ];
    for (model, expected, law) in cases {
        let result = run(&model, &settings(1)).unwrap();
        let (value, half) = mean(&result);
        assert!(
            (value - expected).abs() < 2.0 * half,
            "{value} +- {half}, not {expected}"
        );
        assert!(half <= 0.02 * value, "{half} of {value}");
        assert!(result.theory.iter().any(|one| one.law == law));
        assert!(
            result.theory.iter().all(|one| one.agrees != Some(false)),
            "{:#?}",
            result.theory
        );
    }
}

#[test]
fn what_is_no_product_form_is_not_held_against_one() {
    let result = run(&jackson(Policy::RoundRobin), &settings(1)).unwrap();
    assert!(result.theory.iter().all(|one| one.law != "Erlang C"));
    assert!(result.theory.iter().any(|one| one.law == "utilisation law"));
    let (value, half) = mean(&result);
    assert!(
        (value - 0.021_47).abs() < 2.0 * half + 0.000_05,
        "{value} +- {half}"
    );
}

#[test]
fn a_planted_error_of_two_percent_is_seen() {
    let biased = Settings {
        demand_bias: 1.02,
        ..settings(3)
    };
    let result = run(&jackson(Policy::Random), &biased).unwrap();
    let laws: Vec<&str> = result
        .theory
        .iter()
        .filter(|one| one.agrees == Some(false))
        .map(|one| one.law.as_str())
        .collect();
    assert!(laws.contains(&"utilisation law"), "{:#?}", result.theory);
    let fine = Settings {
        precision: Some(0.004),
        ..biased
    };
    let result = run(&jackson(Policy::Random), &fine).unwrap();
    let wrong = |one: &crate::experiment::result::TheoryFinding| {
        one.agrees == Some(false) && one.law == "Erlang C" && one.subject == "mean response, s"
    };
    assert!(result.theory.iter().any(wrong), "{:#?}", result.theory);
}

#[test]
fn quantiles_utilisation_and_shares_follow_theory() {
    let mut asked = Settings {
        precision: Some(0.02),
        ..settings(2)
    };
    let threshold = 2_000_000_000;
    asked.share_above.push(ShareQuestion {
        subject: "all".into(),
        threshold,
    });
    asked.share_above.push(ShareQuestion {
        subject: "server".into(),
        threshold: 100_000_000,
    });
    let result = run(&mmc(4.0, 8), &asked).unwrap();
    let theory = Mmc::new(4.0, 1.0, 8).unwrap();
    let p95 = result.response_time_s.p95;
    assert!(!p95.excludes(theory.response_quantile(0.95)), "{p95:?}");
    let share = result.share_above[0].share;
    assert!(!share.excludes(theory.response_exceeds(2.0)), "{share:?}");
    let waiting = &result.share_above[1];
    assert_eq!(waiting.time, "waiting");
    let expected = theory.wait_exceeds(0.1);
    assert!(!waiting.share.excludes(expected), "{waiting:?}, {expected}");
    let server = result.components.get("server").unwrap();
    assert!((server.utilisation.value.unwrap() - 0.5).abs() < 0.005);
    assert!((server.waited_share.value.unwrap() - theory.wait_probability()).abs() < 0.005);
    let parts = &result.breakdown_s.mean;
    let sum = parts.queue.get("server").unwrap() + parts.service.get("server").unwrap();
    assert!((sum - parts.response_time).abs() < 1e-9);
    assert!((parts.response_time - mean(&result).0).abs() < 1e-9);
}

#[test]
fn threads_change_nothing_and_seeds_do() {
    let text = |seed: u64, jobs: usize| {
        let model = shop(150.0, 2, 8).build();
        let short = Settings {
            jobs,
            requests: Some(500),
            ..settings(seed)
        };
        let mut result = run(&model, &short).unwrap();
        result.wall_s = 0.0;
        serde_json::to_string(&result).unwrap()
    };
    let one = text(1, 1);
    assert_eq!(one, text(1, 2));
    assert_eq!(one, text(1, 1));
    assert_ne!(one, text(2, 2));
}

#[test]
fn a_model_without_draws_runs_once_and_knows_its_values() {
    let mut b = Builder::new("USL");
    let node = b.component("node", 1);
    b.resource(node, "cpu", Some(50), Discipline::ProcessorSharing);
    b.model().components[0].resources[0].contention = Contention {
        sigma: 0.02,
        kappa: 0.002,
    };
    let work = b.work(node, "cpu", constant(ms(10)));
    b.operation(node, "default", vec![work]);
    b.closed("users", 22, constant(0), &[("default", node, 1.0)]);
    b.model().run.warm_up = WarmUp::Auto;
    let result = run(&b.build(), &settings(1)).unwrap();
    assert!(result.deterministic);
    assert_eq!(result.replications, 1);
    let throughput = result.throughput_rps;
    assert_eq!(throughput.half_width(), Some(0.0));
    assert!(
        (throughput.value.unwrap() / 938.6 - 1.0).abs() < 0.001,
        "{throughput:?}"
    );
}

#[test]
fn objectives_are_judged_and_give_the_exit_code() {
    let mut model = shop(150.0, 2, 8).build();
    let p95 = Metric::Quantile(0.95);
    model.objectives = vec![
        objective(p95, Comparison::Less, 0.06, "p95 < 60ms"),
        objective(
            Metric::Availability,
            Comparison::AtLeast,
            0.999,
            "availability >= 99.9%",
        ),
    ];
    let result = run(&model, &settings(1)).unwrap();
    assert_eq!((result.verdict, result.exit_code()), (Verdict::Pass, 0));
    assert_eq!(result.objectives[1].verdict, ObjectiveVerdict::JudgedBySpof);
    model.objectives[0] = objective(p95, Comparison::Less, 0.005, "p95 < 5ms");
    let result = run(&model, &settings(1)).unwrap();
    assert_eq!((result.verdict, result.exit_code()), (Verdict::Fail, 99));
    assert!(
        result.verdict_reason.contains("p95 < 5ms"),
        "{}",
        result.verdict_reason
    );
    let value = result.response_time_s.p95.value.unwrap();
    model.objectives[0] = objective(p95, Comparison::Less, value, "p95 < its own value");
    let result = run(&model, &settings(1)).unwrap();
    assert_eq!(
        (result.verdict, result.exit_code()),
        (Verdict::Undecided, 4)
    );
}

#[test]
fn a_load_replaces_that_of_the_file() {
    let asked = Settings {
        load: Some(Load::Rate(40.0)),
        requests: Some(2_000),
        ..settings(1)
    };
    let result = run(&shop(150.0, 2, 8).build(), &asked).unwrap();
    assert!((result.started_rps.value.unwrap() - 40.0).abs() < 2.0);
    let users = Settings {
        load: Some(Load::Users(4)),
        ..settings(1)
    };
    assert!(run(&shop(150.0, 2, 8).build(), &users).is_err());
}
