//! More than is carried, and what binds (S22, S33).

use super::{mmc, objective, settings, shop};
use crate::experiment::result::Verdict;
use crate::experiment::{Settings, run};
use crate::model::{Comparison, Metric};
use crate::statistics::Reason;

#[test]
fn an_endless_queue_is_saturated_and_has_no_mean() {
    let result = run(&mmc(9.6, 8), &settings(1)).unwrap();
    assert_eq!(result.verdict, Verdict::Saturated);
    assert_eq!(result.exit_code(), 0, "no objectives");
    assert_eq!(
        result.response_time_s.mean.reason,
        Some(Reason::GrowsWithTime)
    );
    let carried = result.throughput_rps.value.unwrap();
    assert!((carried / 8.0 - 1.0).abs() < 0.03, "{carried}");
    let growth = result.growth_per_s.unwrap().value.unwrap();
    assert!((growth - 1.6).abs() < 0.1, "{growth}");
    assert_eq!(result.bottleneck.as_ref().unwrap().component, "server");
    assert!(
        result.verdict_reason.contains("grows by"),
        "{}",
        result.verdict_reason
    );
}

#[test]
fn a_busy_queue_is_not_called_saturated() {
    for seed in 1..=3 {
        let result = run(&mmc(7.6, 8), &settings(seed)).unwrap();
        assert_eq!(result.verdict, Verdict::Pass, "{}", result.verdict_reason);
    }
}

#[test]
fn bounded_rooms_refuse_and_keep_their_numbers() {
    let mut model = shop(600.0, 2, 8).build();
    model.objectives = vec![objective(
        Metric::Mean,
        Comparison::Less,
        10.0,
        "mean < 10s",
    )];
    let result = run(&model, &settings(1)).unwrap();
    assert_eq!(
        (result.verdict, result.exit_code()),
        (Verdict::Saturated, 99)
    );
    assert!(
        result.verdict_reason.contains("refusing"),
        "{}",
        result.verdict_reason
    );
    let carried = result.throughput_rps.value.unwrap();
    assert!((carried / 500.0 - 1.0).abs() < 0.03, "{carried}");
    assert!(result.response_time_s.mean.value.is_some());
    assert!(result.requests.failures.get("refused").is_some());
}

#[test]
fn full_threads_in_front_of_a_full_database_are_a_symptom() {
    let result = run(&shop(450.0, 2, 1).build(), &settings(1)).unwrap();
    let first = result.bottleneck.as_ref().unwrap();
    assert_eq!(
        (first.component.as_str(), first.resource.as_str()),
        ("db", "cpu")
    );
    let ceiling = first.ceiling_rps.unwrap();
    assert!((ceiling / 333.0 - 1.0).abs() < 0.03, "{ceiling}");
    let threads = result
        .bottlenecks
        .iter()
        .find(|one| one.resource == "threads")
        .unwrap();
    assert_eq!(threads.symptom_of.as_deref(), Some("db.cpu"));
    assert!(threads.utilisation.value.unwrap() > 0.95);
    assert!(
        result.next_steps[0].contains("queries"),
        "{:?}",
        result.next_steps
    );
}

#[test]
fn a_narrow_pool_binds_by_itself() {
    let mut b = shop(450.0, 2, 8);
    let model = b.model();
    let (was, db) = (
        model.component_named("was").unwrap(),
        model.component_named("db").unwrap(),
    );
    model.components[was.index()].resources[0].servers = Some(8);
    b.link(was, db).pool = Some(1);
    let model = b.build();
    let result = run(&model, &settings(1)).unwrap();
    // One connection per node, held for 3 ms on average: 2 / 3 ms = 667/s; 450/s use 67 %.
    let pool = result
        .links
        .get("was -> db")
        .unwrap()
        .pool
        .as_ref()
        .unwrap();
    assert!((pool.utilisation.value.unwrap() - 0.675).abs() < 0.01);
    let first = result.bottleneck.as_ref().unwrap();
    assert_eq!(
        (first.component.as_str(), first.resource.as_str()),
        ("was -> db", "pool")
    );
    assert!(
        result.next_steps[0].contains("pool=2"),
        "{:?}",
        result.next_steps
    );
    let full = Settings {
        load: Some(crate::experiment::Load::Rate(800.0)),
        ..settings(1)
    };
    let result = run(&model, &full).unwrap();
    assert_eq!(result.verdict, Verdict::Saturated);
    let carried = result.throughput_rps.value.unwrap();
    assert!((carried / 666.7 - 1.0).abs() < 0.03, "{carried}");
    let first = result.bottleneck.as_ref().unwrap();
    assert_eq!(first.component, "was -> db");
}

#[test]
fn one_node_that_is_busier_is_named() {
    let mut model = shop(150.0, 2, 8).build();
    let was = model.component_named("was").unwrap();
    let slow = model.components[was.index()].nodes[0];
    model.nodes[slow.index()].speed = 0.5;
    let result = run(&model, &settings(5)).unwrap();
    let first = result.bottleneck.as_ref().unwrap();
    assert_eq!(
        (first.node.as_deref(), first.resource.as_str()),
        (Some("was/1"), "cpu")
    );
    // 75/s of 16 ms on two cores; it fills up at 1/0.6 of the whole load.
    assert!(
        (first.utilisation.value.unwrap() - 0.6).abs() < 0.02,
        "{first:?}"
    );
    assert!(
        (first.ceiling_rps.unwrap() - 250.0).abs() < 8.0,
        "{first:?}"
    );
    assert!(
        result.next_steps[0].contains("was/1"),
        "{:?}",
        result.next_steps
    );
}

#[test]
fn a_growing_database_queue_behind_unlimited_threads_grows() {
    let mut b = shop(450.0, 2, 1);
    let was = b.model().component_named("was").unwrap();
    b.model().components[was.index()].threads = None;
    let result = run(&b.build(), &settings(1)).unwrap();
    assert_eq!(result.verdict, Verdict::Saturated);
    let growth = result.growth_per_s.unwrap().value.unwrap();
    assert!((growth - (450.0 - 333.3)).abs() < 8.0, "{growth}");
}
