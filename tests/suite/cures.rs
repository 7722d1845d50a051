//! The cures of single points of the shipped files, applied as `--set` would: the points are gone.

use std::path::Path;

use linchpin::experiment::result::{SinglePoint, SpofResult};
use linchpin::experiment::{Settings, SpofSettings, spof, spof_with_cures};
use linchpin::topology;

use crate::support::files::{model, shipped, written};
use crate::support::program::linchpin;

fn structural(file: &Path, set: &[String]) -> SpofResult {
    let (loaded, problems) = topology::load(file, set);
    let loaded = loaded.unwrap_or_else(|| panic!("{set:?}: {}", problems.human(false)));
    assert!(!problems.has_errors(), "{set:?}: {}", problems.human(false));
    let asked = SpofSettings {
        structural_only: true,
        order: 1,
        ..SpofSettings::default()
    };
    spof(&loaded.model, &Settings::new(1), &asked).unwrap()
}

/// A part that has got company is `db/1` and no longer `db`.
fn is_point(found: &SpofResult, name: &str) -> bool {
    let first = format!("{name}/1");
    let mut points = found.single_points.iter();
    points.any(|point| point.component == name || point.component == first)
}

#[test]
fn every_cure_removes_its_point() {
    let mut cured = 0;
    for file in shipped() {
        let before = structural(&file, &[]);
        for point in &before.single_points {
            let (file, name) = (file.display(), &point.component);
            assert!(!point.cure.is_empty(), "{file}: {name} has no cure");
            let after = structural(Path::new(&file.to_string()), &point.cure);
            assert!(
                !is_point(&after, name),
                "{file}: {name} is still there after {:?}",
                point.cure
            );
            cured += 1;
        }
    }
    assert!(cured > 50, "{cured} points cured");
}

/// Places that share a zone, a rack or nothing, and monitors of a database: cures are applied one
/// after the other until no point has one, and none brings a point that was not there before.
#[test]
fn no_cure_brings_a_new_point() {
    const ZONES: &str = r#"(
        name: "zones",
        infrastructure: {
            "zA": Zone(), "zB": Zone(), "rA": Rack(),
            "h1": Host(cores: 4, rack: "rA", zone: "zA"),
            "h2": Host(cores: 4, rack: "rA", zone: "zB"),
            "h3": Host(cores: 4, zone: "zA"),
        },
        components: { "app": AppServer(replicas: 2, service: "1ms", on: ["h1", "h2"]) },
        links: { "users -> app": (health: (interval: "1s")) },
        entry: "app",
        workload: { "users": Open(rate: "1/s") },
    )"#;
    const MONITORS: &str = r#"(
        name: "monitors",
        infrastructure: { "h1": Host(cores: 4), "h2": Host(cores: 4), "h3": Host(cores: 4) },
        components: {
            "app": AppServer(service: "1ms", calls: ["db"], on: ["h1"]),
            "db": Database(
                standbys: 1, service: "1ms", on: ["h2", "h3"],
                failover: Automatic(detect: "10s", promote: "20s", voters: "app"),
            ),
        },
        links: { "users -> app": (health: (interval: "1s")) },
        entry: "app",
        workload: { "users": Open(rate: "1/s") },
    )"#;
    let points = |text: &str, set: &[String]| {
        let asked = SpofSettings {
            structural_only: true,
            order: 1,
            ..SpofSettings::default()
        };
        let found = spof(&written(text, set), &Settings::new(1), &asked).unwrap();
        found.single_points
    };
    for text in [ZONES, MONITORS] {
        let mut set: Vec<String> = Vec::new();
        let mut before = points(text, &set);
        assert!(!before.is_empty());
        while let Some(point) = before.first() {
            set.extend(point.cure.iter().cloned());
            let after = points(text, &set);
            let was_there = |name: &String| before.iter().any(|one| one.component == *name);
            assert!(after.len() < before.len(), "{set:?}: {after:?}");
            assert!(
                after.iter().all(|one| was_there(&one.component)),
                "{set:?}: {after:?}"
            );
            before = after;
        }
    }
}

/// A host and a switch that are added fail as often as those that they are like: two hosts of
/// 0.001, and two switches, are 2e-6.
#[test]
fn what_is_added_fails_like_what_it_is_like() {
    const FAILING: &str = r#"(
        name: "failing",
        infrastructure: {
            "h1": Host(cores: 4, failure: (unavailability: 0.001)),
            "sw": Switch(failure: (mtbf: Exponential("999h"), mttr: Exponential("1h"))),
        },
        components: {
            "app": AppServer(replicas: 2, on: ["h1", "h1"], service: "1ms", calls: ["pay"]),
            "pay": AppServer(replicas: 2, service: "1ms"),
        },
        links: {
            "users -> app": (health: (interval: "1s")),
            "app -> pay": (via: ["sw"], health: (interval: "1s")),
        },
        entry: "app",
        workload: { "users": Open(rate: "1/s") },
    )"#;
    let asked = SpofSettings {
        structural_only: true,
        order: 1,
        ..SpofSettings::default()
    };
    let found = |set: &[String]| {
        let found = spof(&written(FAILING, set), &Settings::new(1), &asked).unwrap();
        let expected = found.classes.get("default").unwrap().expected.clone();
        (found.single_points, expected.unwrap().unavailability)
    };
    let (points, before) = found(&[]);
    assert!((before - (1.0 - 0.999 * 0.999)).abs() < 1e-12, "{before}");
    let set: Vec<String> = points.into_iter().flat_map(|point| point.cure).collect();
    let (left, after) = found(&set);
    assert!(left.is_empty(), "{left:?}");
    let expected = 1.0 - (1.0 - 1e-6_f64) * (1.0 - 1e-6);
    assert!(
        (after / expected - 1.0).abs() < 1e-6,
        "{after}, not {expected}: {set:?}"
    );
}

/// The way over the flags of the program, with entries that were not there before (S10).
#[test]
fn a_cure_is_printed_as_it_is_typed() {
    let file = "topologies/slipp.ron";
    let json = |set: &[String]| {
        let mut args = vec!["spof", file, "--structural", "--json", "-"];
        for one in set {
            args.extend(["--set", one]);
        }
        linchpin(&args).exits(99).json()
    };
    let before = json(&[]);
    let points = before["single_points"].as_array().unwrap();
    let sw = points
        .iter()
        .find(|point| point["component"] == "sw")
        .unwrap();
    let cure: Vec<String> = serde_json::from_value(sw["cure"].clone()).unwrap();
    assert!(cure[0].starts_with("infrastructure."), "{cure:?}");
    let told = linchpin(&["spof", file, "--structural"]).exits(99).stdout;
    assert!(told.contains("--set 'infrastructure."), "{told}");
    let after = json(&cure);
    let gone = after["single_points"].as_array().unwrap();
    assert!(
        gone.iter().all(|point| point["component"] != "sw"),
        "{gone:?}"
    );
    assert_eq!(gone.len() + 1, points.len());
}

/// The rack holds a balancer that everybody needs, and the primary that writes need: two changes,
/// of which the second is a takeover and not another node (there is one elsewhere).
#[test]
fn a_rack_that_writes_and_reads_need_is_left_by_both() {
    let file = "topologies/failure/redundant-but-shared.ron";
    let asked = SpofSettings {
        structural_only: true,
        ..SpofSettings::default()
    };
    let found = spof(&model(file, &[]), &Settings::new(1), &asked).unwrap();
    let point = |name: &str| {
        let mut points = found.single_points.iter();
        points.find(|point| point.component == name).unwrap()
    };
    let failover = "components.db.failover=";
    let rack = point("rA");
    assert!(
        rack.cure
            .iter()
            .any(|one| one.starts_with("components.l4.")),
        "{:?}",
        rack.cure
    );
    assert!(
        rack.cure.iter().any(|one| one.starts_with(failover)),
        "{:?}",
        rack.cure
    );
    let host = point("h3");
    assert_eq!(host.cure.len(), 1, "{:?}", host.cure);
    assert!(host.cure[0].starts_with(failover), "{:?}", host.cure);
    assert!(host.fix.contains("automatic failover"), "{}", host.fix);
    assert!(rack.fix.contains("automatic failover"), "{}", rack.fix);
    assert!(rack.fix.contains("give l4 a second node"), "{}", rack.fix);
}

/// What the file states of repairs is how long each point lasts.
#[test]
fn a_point_lasts_until_its_repair() {
    let set = ["sw.failure=(mtbf: Exponential(\"900d\"), mttr: Exponential(\"4h\"))"];
    let asked = SpofSettings {
        structural_only: true,
        ..SpofSettings::default()
    };
    let found = spof(
        &model("topologies/slipp.ron", &set),
        &Settings::new(1),
        &asked,
    )
    .unwrap();
    for point in &found.single_points {
        let expected = (point.component == "sw").then_some(14_400.0);
        assert_eq!(point.repair_s, expected, "{}", point.component);
    }
}

/// Every part broken under load, and changes tried against what is found.
fn under_load(file: &Path) -> SpofResult {
    let asked = SpofSettings::default();
    let reload = |set: &[String]| Some(topology::load(file, set).0?.model);
    let model = reload(&[]).unwrap();
    spof_with_cures(&model, &Settings::new(1), &asked, Some(&reload)).unwrap()
}

/// Whether a point is still one; of those whose cure leaves a gap, whether it breaks an objective.
fn is_left(found: &SpofResult, point: &SinglePoint) -> bool {
    let name = &point.component;
    let first = format!("{name}/1");
    let mut points = found.single_points.iter();
    let left = points.find(|one| one.component == *name || one.component == first);
    left.is_some_and(|left| !leaves_a_gap(point) || left.breaks_objective)
}

fn leaves_a_gap(point: &SinglePoint) -> bool {
    point
        .fix
        .contains("the gap that is left breaks no objective")
}

/// Whether the change that structure asks for is said not to be enough.
fn is_short(point: &SinglePoint) -> bool {
    point.fix.contains("under load that is not enough")
}

/// Cures of the points of `file`, each applied and judged anew by the whole of `spof`: how many
/// points are cured, and the names of those that are not, or of which a gap is left.
fn cured_under_load(file: &Path) -> (usize, Vec<String>) {
    let found = under_load(file);
    let points = &found.single_points;
    let mut cures: Vec<_> = points.iter().map(|point| &point.cure).collect();
    cures.sort();
    cures.dedup();
    let mut cured = 0;
    for cure in cures.into_iter().filter(|cure| !cure.is_empty()) {
        let model = topology::load(file, cure).0.unwrap().model;
        let after = spof(&model, &Settings::new(1), &SpofSettings::default()).unwrap();
        let told = points.iter().filter(|point| point.cure == *cure);
        for point in told.filter(|point| !is_short(point)) {
            let (name, file) = (&point.component, file.display());
            assert!(
                !is_left(&after, point),
                "{file}: {name} is left with {cure:?}"
            );
            cured += 1;
        }
    }
    let open = points.iter();
    let open = open.filter(|point| point.cure.is_empty() || leaves_a_gap(point) || is_short(point));
    (cured, open.map(|point| point.component.clone()).collect())
}

/// Nodes of which one is found dead by checks alone, a name service that withdraws addresses in
/// minutes, an edge before one server, a takeover that takes 30 s, one broker: applied, none is a
/// point any more.
#[test]
fn cures_hold_under_load() {
    for (file, cured) in [
        ("failure/three-nines-each", 3),
        ("failure/dns-failover", 3),
        ("failure/primary-failover", 3),
        ("features/cdn-contents", 2),
        ("features/messages", 2),
        ("features/bulkhead", 1),
    ] {
        let path = format!("topologies/{file}.ron");
        let found = cured_under_load(Path::new(&path));
        assert_eq!(found.0, cured, "{file}: {found:?}");
        assert_eq!(found.1, [""; 0], "{file}");
    }
}

/// All of them; half an hour on two busy cores.
#[test]
#[ignore = "long: cargo test --release --test suite -- --ignored every_point_of_every_file"]
fn every_point_of_every_file_is_cured_where_a_cure_is_given() {
    let (mut cured, mut open) = (0, Vec::new());
    for file in shipped() {
        let found = cured_under_load(&file);
        cured += found.0;
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        open.extend(found.1.into_iter().map(|point| format!("{name}: {point}")));
    }
    println!("{cured} points cured");
    assert_eq!(open, [""; 0]);
    assert!(cured > 40, "{cured}");
}
