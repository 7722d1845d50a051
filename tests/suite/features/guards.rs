//! Guards that all calls of a node over a link share, against closed forms.

use linchpin::experiment::result::PointClass;
use linchpin::experiment::{SpofSettings, spof};
use linchpin::reliability::{Atom, Structure, cut_sets};
use linchpin::theory::{RetryBudget, attempts_per_request, erlang_b, fails_for_good};

use super::*;

/// Attempts per call of a link.
fn amplification(result: &RunResult, link: &str) -> f64 {
    let link = result.links.get(link).expect("the file has the link");
    link.amplification.expect("it is used")
}

/// How often "pay" was asked for each request, and the share that failed, as they should be.
#[track_caller]
fn load_and_failures(assignments: &[&str], attempts: f64, success: f64) {
    let path = "topologies/features/retry-budget.ron";
    let result = run(&model(path, assignments), &sized(SEED, 20, 20_000)).unwrap();
    // Four standard errors of 400,000 calls, or more.
    near(path, amplification(&result, "app -> pay"), attempts, 0.004);
    covers(path, &result.error_rate, 1.0 - success, 0.02);
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
    let expected = attempts_per_request(0.05, 3);
    near(path, amplification(&result, "app -> pay"), expected, 0.004);
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
        covers(path, asked, 100.0 / requests * (1.0 - failure), 0.02);
        let breaker = result.links.get("app -> pay").unwrap().breaker.as_ref();
        let breaker = breaker.expect("the link has a breaker");
        let open = failure * 0.109 / (requests * 0.01);
        covers(path, &breaker.open_share, open, 0.02);
        let refused = run_share(breaker.refused, result.requests.offered);
        near(path, refused, 10.0 * failure / requests, 0.03);
    }
}

/// One failure in ten is tried once more, and a breaker at half of a hundred calls stays closed.
#[test]
fn a_preset_retries_as_often_as_the_product() {
    let path = "topologies/features/presets.ron";
    let text = std::fs::read_to_string(root().join(path)).unwrap();
    let stated = [
        format!("{:.2} times", attempts_per_request(0.1, 1)),
        format!("{:.2} %", (1.0 - fails_for_good(0.1, 1)) / PERCENT),
    ];
    for stated in stated {
        assert!(text.contains(&stated), "the file does not state {stated}");
    }
    let result = run(&model(path, &[]), &sized(SEED, 20, 20_000)).unwrap();
    let attempts = attempts_per_request(0.1, 1);
    near(path, amplification(&result, "app -> pay"), attempts, 0.004);
    covers(path, &result.error_rate, fails_for_good(0.1, 1), 0.05);
    let breaker = result.links.get("app -> pay").unwrap().breaker.as_ref();
    assert_eq!(breaker.expect("the link has a breaker").refused, 0);
}

fn run_share(part: u64, of: u64) -> f64 {
    part as f64 / of as f64
}

/// Four of the 600 requests of each replication fail, one for each time that the dead server is
/// left out: 10 s each, and the 5 ms of the trial that is answered, of 60 s and two servers.
#[test]
fn a_dead_server_costs_one_request_each_time_it_is_left_out() {
    let path = "topologies/features/eject.ron";
    let counts = |assignments: &[&str]| {
        let result = run(&model(path, assignments), &Settings::new(SEED)).unwrap();
        let runs = u64::from(result.replications);
        assert_eq!(result.requests.offered, 600 * runs);
        (
            result.requests.failed / runs,
            result.requests.failed % runs,
            result,
        )
    };
    let (failed, rest, result) = counts(&[]);
    assert_eq!((failed, rest), (4, 0));
    let link = result.links.get("lb -> app").unwrap();
    let ejection = link.ejection.as_ref().expect("the link leaves targets out");
    assert_eq!(ejection.ejected, 4 * u64::from(result.replications));
    assert_eq!(ejection.spared, 0);
    near(
        path,
        ejection.out_share.value.unwrap(),
        40.005 / 120.0,
        1e-9,
    );
    let (failed, rest, _) = counts(&["links.\"lb -> app\"=(latency: \"0s\")"]);
    assert_eq!((failed, rest), (175, 0));
    let retry = "links.\"lb -> app\".retry=(preset: Nginx, attempts: 2)";
    let (failed, rest, again) = counts(&[retry]);
    assert_eq!((failed, rest), (0, 0));
    let retries = again.links.get("lb -> app").unwrap().retries;
    assert_eq!(retries, 4 * u64::from(result.replications));
    // Envoy: five fail within a second, and the server is left out at least until 40 s.
    let (failed, ..) = counts(&["links.\"lb -> app\".eject=(preset: Envoy)"]);
    assert!((5..=10).contains(&failed), "{failed}");
}

/// The dead server has the fewest open requests: 300 come while it is dead, and all go there. Both
/// tries are sent there unless the second one avoids it.
#[test]
fn a_retry_elsewhere_leaves_the_dead_server() {
    let path = "topologies/features/elsewhere.ron";
    let counts = |assignments: &[&str]| {
        let result = run(&model(path, assignments), &Settings::new(SEED)).unwrap();
        let runs = u64::from(result.replications);
        let retries = result.links.get("lb -> app").unwrap().retries;
        assert_eq!(result.requests.offered, 600 * runs);
        (result.requests.failed / runs, retries / runs)
    };
    assert_eq!(counts(&[]), (0, 300));
    let two_gone = "faults=[Crash(target: \"app/1\", at: \"10.05s\", lasts: \"30s\"), \
                    Crash(target: \"app/2\", at: \"10.05s\", lasts: \"30s\")]";
    let twice = "links.\"lb -> app\".retry.attempts=3";
    assert_eq!(counts(&[two_gone, twice]), (0, 600));
    let anew = "links.\"lb -> app\".retry.elsewhere=false";
    assert_eq!(counts(&[anew]), (300, 300));
    let nginx = "links.\"lb -> app\".retry=(preset: Nginx, attempts: 2)";
    assert_eq!(counts(&[nginx]), (0, 300));
}

/// Everybody knows one address of two for a minute. Of 400 people, each with a request a second,
/// those who know the dead one lose it at every try, unless a further try goes to the other
/// address, which the name service has given as well: one try more for each of their requests.
#[test]
fn a_retry_elsewhere_leaves_the_dead_address() {
    let path = "topologies/failure/dns-failover.ron";
    let counts = |how: &str| {
        let link = format!("links.\"users -> dns\"=(retry: (attempts: 2, backoff: \"0s\"{how}))");
        let set = [
            "dns.health=Off",
            "faults[0].at=\"0s\"",
            "run.duration=\"60s\"",
            &link,
        ];
        let result = run(&model(path, &set), &sized(SEED, 2, 2000)).unwrap();
        let requests = result.requests;
        let further = requests.attempts - requests.offered;
        (requests.failed, further, requests.offered)
    };
    let (failed, further, offered) = counts("");
    assert_eq!(failed, further);
    near(path, failed as f64 / offered as f64, 0.5, 0.1);
    assert_eq!(counts(", elsewhere: true"), (0, further, offered));
}

/// S46: without any detection half of the requests fail for as long as a server is gone. Ejection
/// is a detection, at the price of one request of a thousand.
#[test]
fn ejection_is_a_detection_for_single_points() {
    let look = |links: &str| {
        let path = "topologies/features/eject.ron";
        let model = model(path, &["users.rate=\"100/s\"", links]);
        let found = spof(&model, &Settings::new(SEED), &SpofSettings::default()).unwrap();
        let mut points = found.single_points.into_iter().chain(found.survived);
        points
            .find(|one| one.component == "app/1")
            .expect("it is crashed")
    };
    let blind = look("links.\"lb -> app\"=(latency: \"0s\")");
    assert_eq!(blind.class, Some(PointClass::Capacity));
    assert!(blind.lost_share.unwrap() > 0.4, "{blind:?}");
    let ejected = look("links.\"lb -> app\"=(eject: (preset: Nginx))");
    assert_ne!(ejected.class, Some(PointClass::Capacity));
    let lost = ejected.lost_share.unwrap();
    assert!(lost > 0.0 && lost < 0.002, "{ejected:?}");
    assert!(ejected.witness.contains("ejection"), "{ejected:?}");
}

/// S16: a quarter of the requests arrive while "recommend" is down, and have an answer without it.
#[test]
fn a_fallback_answers_while_the_callee_is_down() {
    let path = "topologies/features/fallback.ron";
    let settings = Settings::new(SEED);
    let result = run(&model(path, &[]), &settings).unwrap();
    let requests = &result.requests;
    assert!(requests.offered.abs_diff(2 * 4000) <= 2, "{requests:?}");
    assert_eq!(requests.failed, 0);
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
        let mut names: Vec<String> = points.map(|point| point.component).collect();
        names.sort();
        names
    };
    assert_eq!(points(&[]), ["db", "shop"]);
    let bare = points(&["links.\"shop -> recommend\"=()"]);
    assert_eq!(bare, ["db", "recommend", "shop"]);
}

/// S16: while "prices" is down its copy stands in for it, 800 degraded; while both are down, 200
/// fail. `spof` finds them as a pair, and neither alone.
#[test]
fn steps_stand_in_for_a_callee_that_is_down() {
    let path = "topologies/features/fallback-steps.ron";
    let settings = Settings::new(SEED);
    let result = run(&model(path, &[]), &settings).unwrap();
    let requests = &result.requests;
    assert!(requests.offered.abs_diff(2 * 4000) <= 2, "{requests:?}");
    assert!(requests.failed.abs_diff(2 * 200) <= 4, "{requests:?}");
    assert!(requests.degraded.abs_diff(2 * 800) <= 8, "{requests:?}");
    let structure = Structure::of(&model(path, &["faults=[]"]));
    let names = ["shop", "prices", "copy", "db"];
    let part = |atom: Atom| match atom {
        Atom::Node(node) => names[node.index()],
        _ => "?",
    };
    let sets = &cut_sets(&structure)[0];
    let singles: Vec<&str> = sets.singles.iter().map(|&atom| part(atom)).collect();
    assert_eq!(singles, ["shop", "db"]);
    let pairs = sets.pairs.iter().flatten();
    let pairs: Vec<_> = pairs.map(|&(a, b)| (part(a), part(b))).collect();
    assert_eq!(pairs, [("prices", "copy")]);
}

/// A bulkhead is a loss system: Erlang B, insensitive to the law of the answers.
#[test]
fn a_bulkhead_refuses_as_erlang_says() {
    let lost = number(("21.458", PERCENT), erlang_b(10.0, 10), 0.02, |r| {
        &r.error_rate
    });
    holds("bulkhead", &[], &sized(SEED, 20, 20_000), &[lost]);
    let path = "topologies/features/bulkhead.ron";
    let result = run(
        &model(path, &["pay.latency=\"100ms\""]),
        &sized(SEED, 20, 20_000),
    )
    .unwrap();
    covers(path, &result.error_rate, erlang_b(10.0, 10), 0.02);
    let link = result.links.get("app -> pay").unwrap();
    let failed: u64 = result
        .requests
        .failures
        .iter()
        .map(|(_, count)| count)
        .sum();
    // Those at the very end of a window are of its cohort alone.
    near(path, link.bulkhead_refused as f64, failed as f64, 0.002);
    assert_eq!(result.requests.failures.get("bulkhead_full"), Some(&failed));
}

/// A token bucket refuses as M/D/1 with as many places as the burst does, at the callee and on the
/// link alike.
#[test]
fn a_limit_of_rate_refuses_as_a_short_queue_does() {
    let of_two = 1.0 - 1.0 / (1.0 + f64::exp(-1.0));
    let lost = |burst, stated, expected| {
        let burst = format!("sms.rate_limit.burst={burst}");
        let lost = number((stated, PERCENT), expected, 0.02, |r| &r.error_rate);
        holds("rate-limit", &[&burst], &sized(SEED, 20, 20_000), &[lost]);
    };
    lost(2, "26.894", of_two);
    let path = "topologies/features/rate-limit.ron";
    for (at, reason) in [
        ("sms.rate_limit=(rate: \"100/s\", burst: 1)", 0),
        (
            "links.\"app -> sms\".rate_limit=(rate: \"100/s\", burst: 1)",
            1,
        ),
    ] {
        let open = "sms.rate_limit=(rate: \"1000000/s\", burst: 1_000_000)";
        let result = run(&model(path, &[open, at]), &sized(SEED, 20, 20_000)).unwrap();
        covers(at, &result.error_rate, 0.5, 0.02);
        let link = result.links.get("app -> sms").unwrap();
        assert_eq!(link.rate_limit_refused > 0, reason == 1);
        assert_eq!(link.attempts < link.calls, reason == 1);
    }
}
