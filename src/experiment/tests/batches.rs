//! A single long run gives intervals by batch means.

use super::*;
use crate::experiment::result::RunResult;
use crate::experiment::result::intervals::Method;
use crate::experiment::run;
use crate::statistics::Reason;

fn single(model: &Model, seed: u64, requests: u64) -> RunResult {
    let settings = Settings {
        replications: Some(1),
        requests: Some(requests),
        ..settings(seed)
    };
    run(model, &settings).unwrap()
}

#[test]
fn a_long_run_has_intervals_everywhere_and_says_how() {
    let result = single(&mmc(0.5, 1), 4, 60_000);
    assert_eq!(result.replications, 1);
    let how = result.intervals;
    assert_eq!(how.method, Method::BatchMeans);
    let batches = how.batches.unwrap();
    assert!((7..=30).contains(&batches), "{batches}");
    let covered = how.batch_s.unwrap() * f64::from(batches);
    assert!((covered / result.duration_s - 1.0).abs() < 1e-9);
    assert!(result.response_time_spread_s.is_none());
    let mean = result.response_time_s.mean;
    assert_eq!(mean.groups, batches as usize);
    // M/M/1 at 0.5: mean 2 s, median 2 ln 2, 99 % 2 ln 100, L = 1.
    let truths = [
        (mean, 2.0),
        (result.response_time_s.p50, 2.0 * libm::log(2.0)),
        (result.response_time_s.p99, 2.0 * libm::log(100.0)),
        (result.throughput_rps, 0.5),
        (result.in_system.mean, 1.0),
        (result.components.0[0].1.utilisation, 0.5),
        (result.components.0[0].1.waiting_time_s.mean, 1.0),
    ];
    for (place, (estimate, truth)) in truths.into_iter().enumerate() {
        let (low, high) = estimate.interval_at(0.999).unwrap();
        assert!(low <= truth && truth <= high, "{place}: {estimate:?}");
        assert!(estimate.relative_half_width().unwrap() < 0.1, "{place}");
    }
    assert!(
        result.theory.iter().all(|one| one.agrees != Some(false)),
        "{:?}",
        result.theory
    );
}

#[test]
fn a_run_too_short_for_its_correlation_has_none_and_says_so() {
    let result = single(&mmc(0.95, 1), 3, 2_000);
    assert_eq!(result.intervals.method, Method::None);
    let mean = result.response_time_s.mean;
    assert_eq!(
        (mean.ci95, mean.reason),
        (None, Some(Reason::TooShortForBatches))
    );
    assert!(mean.value.is_some());
    let codes: Vec<&str> = result.warnings.iter().map(|one| one.code).collect();
    assert!(codes.contains(&"too_short_for_batches"), "{codes:?}");
}

#[test]
fn replications_show_how_far_seeds_lie_apart_near_saturation() {
    let settings = Settings {
        replications: Some(10),
        requests: Some(20_000),
        ..settings(4)
    };
    let busy = run(&mmc(0.95, 1), &settings).unwrap();
    assert_eq!(busy.intervals.method, Method::Replications);
    let spread = busy.response_time_spread_s.unwrap();
    let mean = busy.response_time_s.mean.value.unwrap();
    assert!(spread.min < mean && mean < spread.max && spread.relative > 0.2);
    assert!(
        busy.warnings
            .iter()
            .any(|one| one.code == "near_saturation")
    );
    let calm = run(&mmc(0.5, 1), &settings).unwrap();
    assert!(calm.response_time_spread_s.unwrap().relative < 0.2);
    assert!(
        calm.warnings
            .iter()
            .all(|one| one.code != "near_saturation")
    );
}
