//! What `spof` says by probability, against values worked out elsewhere.

use linchpin::experiment::result::SpofResult;
use linchpin::experiment::result::spof::{ClassPoints, Expected};
use linchpin::experiment::{Settings, SpofSettings, spof};

use crate::support::files::model;
use crate::support::program::linchpin;

const SHARED: &str = "topologies/failure/redundant-but-shared.ron";

fn found(file: &str, set: &[&str], order: u32) -> SpofResult {
    let asked = SpofSettings {
        structural_only: true,
        order,
        ..SpofSettings::default()
    };
    let found = spof(&model(file, set), &Settings::new(1), &asked).unwrap();
    assert!(found.warnings.is_empty(), "{:?}", found.warnings);
    found
}

fn class<'f>(found: &'f SpofResult, name: &str) -> (&'f ClassPoints, &'f Expected) {
    let class = found.classes.get(name).unwrap();
    (class, class.expected.as_ref().unwrap())
}

/// To every digit printed: half a unit of the last one.
#[track_caller]
fn prints(value: f64, printed: &str) {
    let expected: f64 = printed.parse().unwrap();
    let places = printed.split('.').nth(1).map_or(0, str::len);
    let unit = (0..places).fold(1.0, |unit, _| unit / 10.0);
    assert!(
        (value - expected).abs() <= 0.500_001 * unit,
        "{value} is not {printed}"
    );
}

#[test]
fn slipp_by_probability() {
    let q = [
        ("components.dns", "1e-4"),
        ("sw", "2e-4"),
        ("components.nginx", "5e-4"),
        ("components.tomcat", "1e-3"),
        ("components.mysql", "1e-3"),
        ("h1", "2e-3"),
        ("h2", "2e-3"),
    ];
    let set = q.map(|(part, q)| format!("{part}.failure=(unavailability: {q})"));
    let set: Vec<&str> = set.iter().map(String::as_str).collect();
    let found = found("topologies/slipp.ron", &set, 3);
    assert!(
        found.assumed_perfect.is_empty(),
        "{:?}",
        found.assumed_perfect
    );
    for (name, singles, printed) in [
        ("dynamic", 7, "0.00678205341414"),
        ("static", 4, "0.00279823034998"),
    ] {
        let (points, expected) = class(&found, name);
        prints(expected.unavailability, printed);
        assert_eq!(points.cut_sets_by_order, [singles, 0, 0]);
        assert_eq!(expected.frequency_per_year, None, "only shares are stated");
    }
    let all = found.expected.as_ref().unwrap();
    prints(all.unavailability, "0.00678205341414");
}

#[test]
fn redundant_but_shared() {
    let found = found(SHARED, &[], 3);
    let (read, expected) = class(&found, "read");
    assert_eq!(read.single_points, ["l4", "h5", "rA"]);
    assert_eq!(read.cut_sets_by_order, [3, 17, 0]);
    assert_eq!(read.pairs.len(), 17);
    prints(expected.unavailability, "0.00162197768789");
    let part = |name: &str| {
        let mut parts = expected.importance.iter();
        parts.find(|part| part.component == name).unwrap()
    };
    let l4 = part("l4");
    prints(l4.birnbaum, "0.998877461");
    prints(l4.criticality, "0.307919606");
    prints(l4.raw, "616.531292");
    prints(l4.rrw, "1.44491884");
    let rack = part("rA");
    prints(rack.birnbaum, "0.99847787");
    prints(rack.criticality, "0.0615592852");
    prints(rack.raw, "616.531292");
    prints(rack.rrw, "1.06559742");
    let primary = part("db/1");
    prints(primary.birnbaum, "0.00308921578");
    prints(primary.criticality, "0.00380919639");
    prints(primary.raw, "2.900789");
    prints(primary.rrw, "1.00382376");
    let (write, expected) = class(&found, "write");
    assert_eq!(write.single_points, ["l4", "db/1", "h3", "h5", "rA"]);
    assert_eq!(write.cut_sets_by_order[..2], [5, 11]);
    prints(expected.unavailability, "0.00460587205282");
}

#[test]
fn all_in_one_rack_is_a_little_better_where_that_rack_is_needed_anyway() {
    let found = found(SHARED, &["h2.rack=\"rA\"", "h4.rack=\"rA\""], 2);
    for (name, single, pairs, printed) in [
        ("read", 3, 12, "0.00162128279603"),
        ("write", 5, 8, "0.00460547558024"),
    ] {
        let (points, expected) = class(&found, name);
        assert_eq!(points.cut_sets_by_order, [single, pairs], "{name}");
        prints(expected.unavailability, printed);
    }
}

/// One server of mean time up 99 h and repair 1 h: down 1 % of the time, 87.6 times a year, an
/// hour each.
#[test]
fn outages_are_counted_and_timed() {
    let set = ["app.failure=(mtbf: Exponential(\"99h\"), mttr: \"1h\")"];
    let found = found("tests/fields/steady.ron", &set, 2);
    let all = found.expected.as_ref().unwrap();
    assert!((all.unavailability - 0.01).abs() < 1e-15);
    assert!((all.downtime_minutes_per_year - 5_256.0).abs() < 1e-9);
    assert!((all.frequency_per_year.unwrap() - 87.6).abs() < 1e-9);
    assert!((all.mean_outage_s.unwrap() - 3_600.0).abs() < 1e-6);
    assert_eq!(all.importance.len(), 1);
    assert!(all.importance[0].rrw.is_infinite());
}

#[test]
fn the_program_prints_them_and_writes_infinite_as_a_word() {
    let args = [
        "spof",
        "topologies/slipp.ron",
        "--structural",
        "--order",
        "1",
    ];
    let set = ["--set", "components.dns.failure=(unavailability: 1e-4)"];
    let ran = linchpin(&[&args[..], &set].concat()).exits(99);
    for word in [
        "BY PROBABILITY",
        "1.000000e-4",
        "52.6",
        "WHAT MATTERS",
        "never failing",
    ] {
        assert!(ran.stdout.contains(word), "{word} in {}", ran.stdout);
    }
    let json = linchpin(&[&args[..], &set, &["--json", "-"]].concat())
        .exits(99)
        .json();
    assert_eq!(json["importance"][0]["rrw"], "inf");
    assert_eq!(json["cut_sets"][0]["probability"], 1e-4);
    assert_eq!(json["assumed_perfect"].as_array().unwrap().len(), 6);
}
