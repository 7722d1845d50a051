//! Single points of failure of the shipped topologies, exactly.

use std::collections::BTreeSet;

use linchpin::experiment::result::{PointClass, SinglePoint, SpofResult};
use linchpin::experiment::{Load, Settings, SpofSettings, spof};

use crate::support::files::model;
use crate::support::program::linchpin;

fn single_points(file: &str, load: Option<Load>) -> SpofResult {
    let settings = Settings {
        load,
        replications: Some(2),
        ..Settings::new(1)
    };
    spof(&model(file, &[]), &settings, &SpofSettings::default()).unwrap()
}

fn of_class(found: &SpofResult, class: PointClass) -> Vec<&SinglePoint> {
    let is_it = |point: &&SinglePoint| point.class == Some(class);
    found.single_points.iter().filter(is_it).collect()
}

fn names<'p>(points: impl IntoIterator<Item = &'p SinglePoint>) -> BTreeSet<&'p str> {
    points.into_iter().map(|point| &*point.component).collect()
}

fn set<const N: usize>(names: [&'static str; N]) -> BTreeSet<&'static str> {
    BTreeSet::from(names)
}

#[test]
fn slipp_has_seven_single_points_for_pages_and_four_for_files() {
    let found = single_points("topologies/slipp.ron", None);
    let all = set(["dns", "sw", "h1", "nginx", "tomcat", "h2", "mysql"]);
    assert_eq!(names(of_class(&found, PointClass::Structural)), all);
    for (class, expected) in [
        ("dynamic", all),
        ("static", set(["dns", "sw", "h1", "nginx"])),
    ] {
        let points = &found.classes.get(class).unwrap().single_points;
        let points: BTreeSet<&str> = points.iter().map(|name| &**name).collect();
        assert_eq!(points, expected, "{class}");
    }
    for point in &found.single_points {
        let (name, witness) = (&point.component, &point.witness);
        let way: Vec<&str> = witness.split(" -> ").collect();
        assert_eq!(
            (way[0], *way.last().unwrap()),
            ("users", &**name),
            "{witness}"
        );
        assert!(!point.fix.is_empty(), "{name}");
        let lost = point.lost_share.unwrap();
        assert!(lost > 0.25, "{name}: {lost}");
        assert_eq!(
            point.recovery_s, None,
            "{name} comes back only with its repair"
        );
    }
    assert!(found.failed);
}

/// Three of ten requests are dynamic: without a run the loss follows from structure and mix.
#[test]
fn what_is_lost_follows_from_the_mix_of_classes() {
    let model = model("topologies/slipp.ron", &[]);
    let asked = SpofSettings {
        structural_only: true,
        ..SpofSettings::default()
    };
    let found = spof(&model, &Settings::new(1), &asked).unwrap();
    for point in &found.single_points {
        let expected = match &*point.component {
            "tomcat" | "mysql" | "h2" => 0.3,
            _ => 1.0,
        };
        let lost = point.lost_share.unwrap();
        assert!((lost - expected).abs() < 1e-9, "{point:?}");
    }
}

#[test]
fn the_cure_of_slipp_leaves_only_the_time_of_its_takeovers() {
    let found = single_points("topologies/slipp-redundant.ron", None);
    for class in [PointClass::Structural, PointClass::Capacity] {
        assert!(
            of_class(&found, class).is_empty(),
            "{:?}",
            found.single_points
        );
    }
    for (class, points) in found.classes.iter() {
        assert!(points.single_points.is_empty(), "{class}: {points:?}");
    }
    let transient = names(of_class(&found, PointClass::Transient));
    for name in ["lb/1", "mysql/1", "h3"] {
        assert!(
            transient.contains(name),
            "{name} is not among {transient:?}"
        );
    }
    for point in &found.single_points {
        let recovery = point.recovery_s;
        // At the longest a promotion (10 s and 20 s) or names that live for a minute.
        assert!(
            recovery.is_some_and(|s| s > 0.0 && s <= 100.0),
            "{}: {recovery:?}",
            point.component
        );
    }
    let recovery = |name: &str| {
        let point = found.single_points.iter().find(|p| p.component == name);
        point.unwrap().recovery_s.unwrap()
    };
    for point in found.single_points.iter().chain(&found.survived) {
        let lost = point.lost_share.unwrap_or(0.0);
        assert!(
            lost <= 0.0 || !point.journeys.is_empty(),
            "{} hits nobody but loses {lost}",
            point.component
        );
    }
    let promotion = recovery("mysql/1");
    assert!((28.0..=35.0).contains(&promotion), "{promotion}");
}

#[test]
fn at_twice_the_load_one_application_server_is_not_enough() {
    let found = single_points("topologies/three-tier.ron", Some(Load::Rate(300.0)));
    let capacity = of_class(&found, PointClass::Capacity);
    let structural = of_class(&found, PointClass::Structural);
    assert_eq!(names(capacity), set(["was/1", "was/2"]));
    assert_eq!(names(structural), set(["lb", "db"]));
    assert!(found.failed);
    assert_eq!(found.single_points.len(), 4, "{:?}", found.single_points);
}

#[test]
fn at_a_light_load_one_application_server_is_enough() {
    let found = single_points("topologies/three-tier.ron", Some(Load::Rate(100.0)));
    assert_eq!(names(of_class(&found, PointClass::Capacity)), set([]));
    assert_eq!(
        names(of_class(&found, PointClass::Structural)),
        set(["lb", "db"])
    );
}

#[test]
fn a_single_point_ends_the_program_with_99() {
    let file = "topologies/three-tier.ron";
    let ran = linchpin(&["spof", file, "--rate", "300/s", "--replications", "2"]).exits(99);
    for name in ["lb", "db", "was/1", "was/2"] {
        assert!(ran.stdout.contains(name), "{}", ran.stdout);
    }
    linchpin(&["spof", "topologies/slipp-redundant.ron", "--structural"]).exits(0);
    linchpin(&["spof", "topologies/slipp.ron", "--structural"]).exits(99);
}
