//! Where throughput stops growing, what binds there, and what a run beyond it says.

use linchpin::experiment::result::{CurveResult, Verdict};
use linchpin::experiment::{CurveSettings, Load, Settings, curve, run};
use linchpin::statistics::Reason;

use crate::support::files::{covers, model, near, sized, value};

const THREE_TIERS: &str = "topologies/three-tier.ron";

/// A curve over four loads and those that it adds by itself, with short runs.
fn short_curve(file: &str, assignments: &[&str], (from, to): (f64, f64)) -> CurveResult {
    let asked = CurveSettings {
        from: Some(from),
        to: Some(to),
        steps: Some(4),
        ..CurveSettings::default()
    };
    let settings = Settings {
        effort: 150_000,
        ..Settings::new(1)
    };
    curve(&model(file, assignments), &settings, &asked).unwrap()
}

/// Asserts that a curve saturates near `rate` because of `component`.`resource`, and that its
/// loads around that point are close to each other.
#[track_caller]
fn saturates(curve: &CurveResult, rate: f64, component: &str, resource: &str) {
    let saturation = &curve.saturation;
    assert!(saturation.reached, "{saturation:?}");
    near("saturation", value(&saturation.throughput_rps), rate, 0.03);
    near("its load", saturation.load, rate, 0.06);
    let found = curve.bottleneck.as_ref().expect("something binds");
    assert_eq!((&*found.component, &*found.resource), (component, resource));
    let full = curve
        .points
        .iter()
        .position(|p| p.verdict == Verdict::Saturated);
    let full = full.expect("a load beyond saturation was looked at");
    let (below, above) = (curve.points[full - 1].load, curve.points[full].load);
    assert!(
        above / below <= 1.0201,
        "{below} and {above} are more than 2 % apart"
    );
    assert!(curve.buckle.is_none(), "{:?}", curve.buckle);
    let most = curve
        .recommended_max_rps
        .expect("some load keeps the objectives");
    assert!(
        most <= 0.7 * value(&saturation.throughput_rps) * 1.0001,
        "{most}"
    );
}

#[test]
fn beyond_saturation_three_tiers_carry_what_their_cpu_allows_and_refuse_the_rest() {
    // Two machines of two cores at 8 ms each: 500/s.
    let settings = Settings {
        load: Some(Load::Rate(600.0)),
        ..sized(1, 10, 12_000)
    };
    for (assignments, code) in [(&[][..], 99), (&["objectives=[]"], 0)] {
        let result = run(&model(THREE_TIERS, assignments), &settings).unwrap();
        near("throughput", value(&result.throughput_rps), 500.0, 0.03);
        assert_eq!(
            result.verdict,
            Verdict::Saturated,
            "{}",
            result.verdict_reason
        );
        assert!(
            result.verdict_reason.contains("was cpu"),
            "{}",
            result.verdict_reason
        );
        assert_eq!(result.exit_code(), code);
    }
}

#[test]
fn without_bounds_the_backlog_grows_and_times_mean_nothing() {
    let unbounded = ["was.threads=Unlimited", "was.backlog=Unlimited"];
    let settings = Settings {
        load: Some(Load::Rate(600.0)),
        ..sized(1, 10, 12_000)
    };
    let result = run(&model(THREE_TIERS, &unbounded), &settings).unwrap();
    assert_eq!(
        result.verdict,
        Verdict::Saturated,
        "{}",
        result.verdict_reason
    );
    assert!(
        result.verdict_reason.contains("was cpu"),
        "{}",
        result.verdict_reason
    );
    near("throughput", value(&result.throughput_rps), 500.0, 0.03);
    let times = &result.response_time_s;
    for one in [times.mean, times.p50, times.p95, times.p99] {
        assert_eq!((one.value, one.reason), (None, Some(Reason::GrowsWithTime)));
    }
    let growth = result.growth_per_s.expect("the growth is told");
    near("growth", value(&growth), 100.0, 0.15);
    assert_eq!(result.exit_code(), 99);
}

#[test]
fn a_curve_marks_the_point_where_the_application_servers_are_full() {
    let curve = short_curve(THREE_TIERS, &[], (300.0, 600.0));
    saturates(&curve, 500.0, "was", "cpu");
    let knee = curve.knee.expect("there is a knee");
    assert!(knee < curve.saturation.load, "{knee}");
}

#[test]
fn a_curve_names_a_database_that_binds() {
    // One core at 3 ms.
    let curve = short_curve(THREE_TIERS, &["db.cores=1"], (200.0, 400.0));
    saturates(&curve, 1_000.0 / 3.0, "db", "cpu");
}

#[test]
fn a_curve_names_connections_that_bind() {
    // Two servers with one connection each, held for 5 ms: 400/s.
    let pool = ["links={\"was -> db\": (pool: 1)}", "db.service=\"5ms\""];
    let curve = short_curve(THREE_TIERS, &pool, (250.0, 500.0));
    saturates(&curve, 400.0, "was -> db", "pool");
}

const USL: &str = "topologies/theory/usl.ron";

/// Relative capacity of `n` users by the law with sigma 0.02 and kappa 0.002.
fn capacity(n: f64) -> f64 {
    n / (1.0 + 0.02 * (n - 1.0) + 0.002 * n * (n - 1.0))
}

#[test]
fn users_who_hinder_each_other_peak_and_then_buckle() {
    near("the peak as it is told", capacity(22.0), 9.386, 1e-4);
    near("fifty as they are told", capacity(50.0), 7.267, 1e-4);
    let curve = curve(
        &model(USL, &[]),
        &Settings::new(1),
        &CurveSettings::default(),
    )
    .unwrap();
    assert_eq!(curve.saturation.load, 22.0);
    let one = value(&at(USL, &[], 1));
    near("one user", one, 100.0, 1e-3);
    near(
        "peak",
        value(&curve.saturation.throughput_rps) / one,
        9.386,
        0.01,
    );
    near("fifty", value(&at(USL, &[], 50)) / one, 7.267, 0.01);
    let buckle = curve.buckle.expect("throughput falls beyond the peak");
    assert_eq!(buckle.from_load, 23.0);
    assert!(buckle.to_load >= 50.0 && buckle.drop > 0.2, "{buckle:?}");
    let width = curve.saturation.throughput_rps.half_width();
    assert_eq!(width, Some(0.0), "nothing is drawn at random");
}

fn at(file: &str, assignments: &[&str], users: u32) -> linchpin::statistics::Estimate {
    let settings = Settings {
        load: Some(Load::Users(users)),
        ..Settings::new(1)
    };
    run(&model(file, assignments), &settings)
        .unwrap()
        .throughput_rps
}

#[test]
fn the_peak_stays_where_it_is_with_exponential_service() {
    // Processor sharing does not care for the law of service; neighbours of the peak differ by
    // 0.4 % at most, so the runs are long.
    let law = ["node.service=Exponential(\"10ms\")"];
    let model = model(USL, &law);
    let mut seen = Vec::new();
    for users in [18, 20, 21, 22, 23, 24, 27] {
        let settings = Settings {
            load: Some(Load::Users(users)),
            ..sized(1, 10, 60_000)
        };
        let found = run(&model, &settings).unwrap().throughput_rps;
        covers(
            "throughput",
            &found,
            100.0 * capacity(f64::from(users)),
            0.004,
        );
        seen.push((value(&found), users));
    }
    let peak = seen.iter().max_by(|a, b| a.0.total_cmp(&b.0)).unwrap().1;
    assert!((21..=23).contains(&peak), "{seen:?}");
}

/// S33: messages are sent at 20/s, and one server works on 1/s. Their requests end at once, so that
/// only the queue shows it.
#[test]
fn messages_that_pile_up_are_an_overload() {
    let slow = "mailer.service=Exponential(\"1s\")";
    let file = "topologies/features/messages.ron";
    let endless = model(file, &["mail.capacity=Unlimited", slow]);
    let result = run(&endless, &sized(1, 10, 2_000)).unwrap();
    assert_eq!(
        result.verdict,
        Verdict::Saturated,
        "{}",
        result.verdict_reason
    );
    assert!(
        result.verdict_reason.contains("pile up"),
        "{}",
        result.verdict_reason
    );
    // As shipped, everything is worked on.
    let result = run(&model(file, &[]), &sized(1, 10, 2_000)).unwrap();
    assert_eq!(result.verdict, Verdict::Pass, "{}", result.verdict_reason);
}

/// S33b: who walks away from a full resource is turned away by it.
#[test]
fn people_who_give_up_at_a_full_resource_show_an_overload() {
    let busy = model(
        "topologies/features/impatience.ron",
        &["workload.users.rate=\"30/s\""],
    );
    let result = run(&busy, &sized(1, 10, 4_000)).unwrap();
    assert_eq!(
        result.verdict,
        Verdict::Saturated,
        "{}",
        result.verdict_reason
    );
    let lost = result
        .requests
        .failures
        .get("abandoned")
        .copied()
        .unwrap_or(0);
    assert!(lost > result.requests.offered / 2, "{lost}");
}

/// S34: a cap says nothing of the design, not even that an objective fails.
#[test]
fn a_capped_run_is_undecided_whatever_it_measured() {
    let tight = model(THREE_TIERS, &["run=(in_flight_cap: 1)"]);
    let result = run(&tight, &sized(1, 5, 2_000)).unwrap();
    assert_eq!((result.verdict, result.exit_code()), (Verdict::Capped, 4));
}
