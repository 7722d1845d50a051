//! Steady runs: means, warm-up, theory, saturation.

use super::{mmc, settings, three_tiers};
use crate::experiment::result::{RunResult, Verdict};
use crate::experiment::{Settings, run};
use crate::model::Policy;
use crate::statistics::Reason;

fn mean(result: &RunResult) -> (f64, f64) {
    let mean = result.response_time_s.mean;
    (mean.value.unwrap(), mean.half_width().unwrap())
}

#[test]
fn theory_is_met_and_named() {
    let cases = [
        (mmc(0.8, 1), 5.0),
        (mmc(7.2, 8), 1.8769),
        (three_tiers(Policy::Random), 0.026_394),
    ];
    for (model, expected) in cases {
        let started = std::time::Instant::now();
        let result = run(&model, &settings(1)).unwrap();
        let (value, half) = mean(&result);
        println!(
            "{}: {value} +- {half}, {} replications of {} s after {} s, {} events, {:?}",
            result.header.topology.name,
            result.replications,
            result.duration_s,
            result.warm_up_s,
            result.events,
            started.elapsed()
        );
        for one in &result.theory {
            println!(
                "  {} | {} | {:?} | {} | {}",
                one.law, one.subject, one.simulated.value, one.expected, one.agrees
            );
        }
        println!(
            "  {:?} {} {:?}",
            result.verdict, result.verdict_reason, result.warnings
        );
        assert!(
            (value - expected).abs() < 2.0 * half,
            "{value} +- {half}, not {expected}"
        );
        assert!(half <= 0.021 * value);
        assert!(result.theory.iter().any(|one| one.law == "Erlang C"));
        assert!(
            result.theory.iter().all(|one| one.agrees),
            "{:#?}",
            result.theory
        );
    }
}

#[test]
fn more_than_is_carried_is_saturated() {
    let result = run(&mmc(9.6, 8), &settings(1)).unwrap();
    println!("{} {:?}", result.verdict_reason, result.warnings);
    assert_eq!(result.verdict, Verdict::Saturated);
    assert_eq!(
        result.response_time_s.mean.reason,
        Some(Reason::GrowsWithTime)
    );
    let carried = result.throughput_rps.value.unwrap();
    assert!((carried - 8.0).abs() < 0.1, "{carried}");
    let growth = result.growth_per_s.unwrap().value.unwrap();
    assert!((growth - 1.6).abs() < 0.1, "{growth}");
    assert_eq!(result.bottleneck.as_ref().unwrap().component, "server");
}

#[test]
fn a_planted_error_of_two_percent_is_seen() {
    let biased = Settings {
        demand_bias: 1.02,
        ..settings(3)
    };
    let result = run(&three_tiers(Policy::Random), &biased).unwrap();
    let disagree: Vec<_> = result.theory.iter().filter(|one| !one.agrees).collect();
    assert!(
        disagree.iter().any(|one| one.law == "utilisation law"),
        "{:#?}",
        result.theory
    );
}
