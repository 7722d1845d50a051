//! Curves: saturation, knee, buckle zone (S36).

use super::{mmc, objective, settings, shop};
use crate::experiment::curve::{CurveSettings, curve};
use crate::experiment::result::{LoadAxis, Verdict};
use crate::model::builder::{Builder, constant, ms};
use crate::model::{Comparison, Contention, Discipline, Metric, WarmUp};

#[test]
fn an_open_curve_finds_what_eight_servers_carry() {
    let mut model = mmc(4.0, 8);
    model.objectives = vec![objective(
        Metric::Mean,
        Comparison::Less,
        1.2,
        "mean < 1.2s",
    )];
    let found = curve(&model, &settings(1), &CurveSettings::default()).unwrap();
    assert_eq!(found.axis, LoadAxis::Rate);
    let carried = found.saturation.throughput_rps.value.unwrap();
    assert!((carried / 8.0 - 1.0).abs() < 0.03, "{carried}");
    assert!(found.saturation.reached);
    let last = found
        .points
        .iter()
        .rposition(|one| one.verdict != Verdict::Saturated)
        .unwrap();
    let (below, above) = (found.points[last].load, found.points[last + 1].load);
    assert!(above / below <= 1.021, "{below} and {above} are apart");
    assert!(
        found
            .points
            .last()
            .unwrap()
            .response_time_s
            .mean
            .value
            .is_none()
    );
    assert!(
        found
            .points
            .windows(2)
            .all(|pair| pair[0].load < pair[1].load)
    );
    // By Erlang C the mean is 1.2 s at 6.11/s; 0.7 x 8 = 5.6 is less.
    assert!((found.recommended_max_rps.unwrap() - 5.6).abs() < 0.2);
    assert!(found.buckle.is_none());
    assert_eq!(found.bottleneck.unwrap().component, "server");
}

#[test]
fn bounded_rooms_saturate_where_their_processors_do() {
    let found = curve(
        &shop(100.0, 2, 8).build(),
        &settings(1),
        &CurveSettings::default(),
    )
    .unwrap();
    let carried = found.saturation.throughput_rps.value.unwrap();
    assert!((carried / 500.0 - 1.0).abs() < 0.03, "{carried}");
    assert_eq!(found.bottleneck.unwrap().component, "was");
}

#[test]
fn contention_buckles() {
    let mut b = Builder::new("USL");
    let node = b.component("node", 1);
    b.resource(node, "cpu", Some(50), Discipline::ProcessorSharing);
    b.model().components[0].resources[0].contention = Contention {
        sigma: 0.02,
        kappa: 0.002,
    };
    let work = b.work(node, "cpu", constant(ms(10)));
    b.operation(node, "default", vec![work]);
    b.closed("users", 50, constant(0), &[("default", node, 1.0)]);
    b.model().run.warm_up = WarmUp::Auto;
    let range = CurveSettings {
        from: Some(1.0),
        to: Some(50.0),
        steps: Some(8),
        ..Default::default()
    };
    let found = curve(&b.build(), &settings(1), &range).unwrap();
    assert_eq!(found.axis, LoadAxis::Users);
    assert!(
        (found.saturation.load - 22.0).abs() < 1.5,
        "{}",
        found.saturation.load
    );
    let alone = found.points[0].throughput_rps.value.unwrap();
    let peak = found.saturation.throughput_rps.value.unwrap();
    let last = found.points.last().unwrap();
    assert!((peak / alone / 9.386 - 1.0).abs() < 0.01, "{peak} {alone}");
    assert!((last.throughput_rps.value.unwrap() / alone / 7.267 - 1.0).abs() < 0.01);
    let buckle = found.buckle.unwrap();
    assert!(
        (buckle.to_load - 50.0).abs() < 1e-9 && buckle.from_load < 30.0,
        "{buckle:?}"
    );
}

#[test]
fn a_range_without_sense_is_refused() {
    let wrong = CurveSettings {
        from: Some(5.0),
        to: Some(2.0),
        ..Default::default()
    };
    assert!(curve(&mmc(0.5, 1), &settings(1), &wrong).is_err());
}
