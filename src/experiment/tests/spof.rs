//! Single points under load (S46, S47).

use super::{objective, settings, shop};
use crate::experiment::result::{PointClass, PointVerdict, SinglePoint, SpofResult};
use crate::experiment::spof::{SpofSettings, spof};
use crate::model::{Comparison, Metric, Model};

fn with_objectives(mut model: Model) -> Model {
    model.objectives = vec![
        objective(Metric::Quantile(0.95), Comparison::Less, 0.06, "p95 < 60ms"),
        objective(Metric::ErrorRate, Comparison::Less, 0.05, "error rate < 5%"),
    ];
    model
}

fn find(model: &Model) -> SpofResult {
    spof(model, &settings(1), &SpofSettings::default()).unwrap()
}

fn point<'a>(found: &'a SpofResult, name: &str) -> &'a SinglePoint {
    let all = found.single_points.iter().chain(&found.survived);
    all.into_iter().find(|one| one.component == name).unwrap()
}

#[test]
fn what_is_left_must_carry_the_load() {
    // One node of two carries 250/s: at 300/s each is a capacity single point.
    let found = find(&with_objectives(shop(300.0, 2, 8).build()));
    assert!(found.failed);
    for name in ["lb", "db"] {
        let one = point(&found, name);
        assert_eq!(one.class, Some(PointClass::Structural));
        assert_eq!(one.verdict, Some(PointVerdict::Persistent));
        assert!(one.lost_share.unwrap() > 0.99, "{one:?}");
        assert_eq!(one.recovery_s, None);
    }
    for name in ["was/1", "was/2"] {
        let one = point(&found, name);
        assert_eq!(one.class, Some(PointClass::Capacity), "{one:?}");
        assert!(one.witness.contains("p95 < 60ms"), "{}", one.witness);
        assert!(one.fix.contains("more nodes"), "{}", one.fix);
        // Broken from the first stretch to the last: the backlog only grows.
        let blast = one.blast.as_ref().unwrap();
        let above = blast.above_objective_s.unwrap();
        assert!(above > 0.9 * blast.over_s, "{blast:?}");
    }
    assert!(found.warnings.is_empty(), "{:?}", found.warnings);
    assert!(
        found.verdict_reason.contains("2 structural (lb and db)"),
        "{}",
        found.verdict_reason
    );
}

#[test]
fn with_room_to_spare_only_the_detection_is_felt() {
    let found = find(&with_objectives(shop(120.0, 2, 8).build()));
    let one = point(&found, "was/1");
    assert_eq!(one.class, Some(PointClass::Transient), "{one:?}");
    assert_eq!(one.verdict, Some(PointVerdict::Transient));
    // Half of the requests fail for U(4, 6) s of 300 s.
    let lost = one.lost_share.unwrap();
    assert!((lost - 0.5 * 5.0 / 300.0).abs() < 0.002, "{lost}");
    // The same as requests, and of the thousandth of 120/s that may fail in 30 days.
    let blast = one.blast.as_ref().unwrap();
    assert!((blast.over_s - 300.0).abs() < 1e-9, "{blast:?}");
    let expected = lost * 120.0 * 300.0;
    assert!(
        (blast.lost_requests / expected - 1.0).abs() < 0.03,
        "{blast:?}"
    );
    let spent = blast.lost_requests / (0.001 * 120.0 * 2_592_000.0);
    let measured = blast.budget_spent.unwrap();
    assert!((measured / spent - 1.0).abs() < 0.03, "{measured} {spent}");
    assert!(!one.breaks_objective && !blast.is_stated, "{one:?}");
    let back = one.recovery_s.unwrap();
    assert!((4.0..=8.0).contains(&back), "{back}");
}

#[test]
fn the_structure_alone_simulates_nothing() {
    let asked = SpofSettings {
        structural_only: true,
        ..SpofSettings::default()
    };
    let model = shop(300.0, 2, 8).build();
    let found = spof(&model, &settings(1), &asked).unwrap();
    let names: Vec<&str> = found
        .single_points
        .iter()
        .map(|one| one.component.as_str())
        .collect();
    assert_eq!(names, ["lb", "db"]);
    assert!(found.single_points.iter().all(|one| one.verdict.is_none()));
    assert_eq!(
        found.classes.get("page").unwrap().pairs,
        [["was/1", "was/2"]]
    );
    assert!(found.failed);
}
