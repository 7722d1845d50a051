//! Guards that all calls of a node over a link share, against closed forms.

use linchpin::experiment::{SpofSettings, spof};
use linchpin::theory::{RetryBudget, attempts_per_request, fails_for_good};

use super::*;

/// Requests per second of `retry-budget.ron`.
const OFFERED: f64 = 1000.0;

/// What "pay" was asked, per second, and the share that failed, as they should be.
#[track_caller]
fn load_and_failures(assignments: &[&str], attempts: f64, success: f64) {
    let path = "topologies/features/retry-budget.ron";
    let result = run(&model(path, assignments), &sized(SEED, 20, 20_000)).unwrap();
    let asked = &part(&result, "pay").throughput_rps;
    covers(path, asked, OFFERED * attempts, 0.002);
    covers(path, &result.error_rate, 1.0 - success, 0.01);
}

/// R16: what a deposit of a tenth allows at high failure rates.
#[test]
fn a_budget_bounds_the_load_of_retries() {
    for failure in [0.3, 0.5, 0.8] {
        let known = RetryBudget::new(failure, 0.1).unwrap();
        let error = format!("pay.error={failure}");
        load_and_failures(&[&error], known.attempts(), known.success());
    }
}

/// R16: without a budget each request is tried four times.
#[test]
fn plain_retries_multiply_the_load() {
    let plain = "links.\"app -> pay\".retry=(attempts: 4, backoff: \"1ms\")";
    for failure in [0.5, 0.9] {
        let error = format!("pay.error={failure}");
        let success = 1.0 - fails_for_good(failure, 3);
        load_and_failures(&[&error, plain], attempts_per_request(failure, 3), success);
    }
}

/// R16: where few fail, good answers pay for all retries.
#[test]
fn a_budget_that_is_never_spent_changes_nothing() {
    let path = "topologies/features/retry-budget.ron";
    let result = run(&model(path, &["pay.error=0.05"]), &sized(SEED, 20, 20_000)).unwrap();
    let asked = &part(&result, "pay").throughput_rps;
    covers(path, asked, OFFERED * attempts_per_request(0.05, 3), 0.002);
    assert_eq!(result.links.get("app -> pay").unwrap().retries_withheld, 0);
}

/// The numbers that the comment states.
#[test]
fn the_budget_of_the_file() {
    let known = RetryBudget::new(0.5, 0.1).unwrap();
    let text = std::fs::read_to_string(root().join("topologies/features/retry-budget.ron"));
    let text = text.unwrap();
    let stated = [
        format!("{:.6} attempts", known.attempts()),
        format!("{:.4} %", known.success() / PERCENT),
        format!("{:.3} attempts", attempts_per_request(0.5, 3)),
        format!("{:.2} %", (1.0 - fails_for_good(0.5, 3)) / PERCENT),
    ];
    for stated in stated {
        assert!(text.contains(&stated), "the file does not state {stated}");
    }
}

/// Every attempt, trials as well, fails with chance x; a failure opens the breaker for 100 ms, 1 ms
/// after it was sent, and the next attempt leaves with the request 110 ms after it. So each attempt
/// stands for 1 + 10 x requests, and the breaker is open for 109 ms of x in so many.
#[test]
fn a_breaker_of_one_call_is_open_as_long_as_renewals_say() {
    for failure in [0.05, 0.2, 0.5] {
        let error = format!("pay.error={failure}");
        let path = "topologies/features/breaker.ron";
        let result = run(&model(path, &[&error]), &sized(SEED, 20, 20_000)).unwrap();
        let requests = 1.0 + 10.0 * failure;
        let asked = &part(&result, "pay").throughput_rps;
        covers(path, asked, 100.0 / requests, 0.01);
        let breaker = result.links.get("app -> pay").unwrap().breaker.as_ref();
        let breaker = breaker.expect("the link has a breaker");
        let open = failure * 0.109 / (requests * 0.01);
        covers(path, &breaker.open_share, open, 0.01);
        let refused = run_share(breaker.refused, result.requests.offered);
        near(path, refused, 10.0 * failure / requests, 0.01);
    }
}

fn run_share(part: u64, of: u64) -> f64 {
    part as f64 / of as f64
}

/// S16: a quarter of the requests arrive while "recommend" is down, and have an answer without it.
#[test]
fn a_fallback_answers_while_the_callee_is_down() {
    let path = "topologies/features/fallback.ron";
    let settings = Settings::new(SEED);
    let result = run(&model(path, &[]), &settings).unwrap();
    let requests = &result.requests;
    assert_eq!((requests.offered, requests.failed), (2 * 4000, 0));
    // Two that are at "recommend" when it crashes or repairs may lie on either side.
    assert!(requests.degraded.abs_diff(2 * 1000) <= 4, "{requests:?}");
    let bare = ["links.\"shop -> recommend\"=()"];
    let result = run(&model(path, &bare), &settings).unwrap();
    let requests = &result.requests;
    assert!(requests.failed.abs_diff(2 * 1000) <= 4, "{requests:?}");
    assert_eq!(requests.degraded, 0);
}

/// The loss of a callee with a fallback degrades service: it is no structural single point, of no
/// class, whichever way it is looked at.
#[test]
fn a_callee_with_a_fallback_is_no_single_point() {
    let path = "topologies/features/fallback.ron";
    let points = |assignments: &[&str]| {
        let settings = Settings {
            replications: Some(2),
            ..Settings::new(SEED)
        };
        let no_faults = [assignments, &["faults=[]"]].concat();
        let found = spof(
            &model(path, &no_faults),
            &settings,
            &SpofSettings::default(),
        );
        let points = found.unwrap().single_points.into_iter();
        let points = points.filter(|point| point.class.is_some());
        points.map(|point| point.component).collect::<Vec<_>>()
    };
    assert_eq!(points(&[]), ["db"]);
    let bare = points(&["links.\"shop -> recommend\"=()"]);
    assert_eq!(bare.len(), 2, "{bare:?}");
    assert!(bare.contains(&"recommend".to_owned()));
}
