//! Designs beside each other: what theory says of larger and more machines, what common random
//! numbers gain, and which of many designs nothing beats.

use linchpin::experiment::result::{CompareResult, Difference};
use linchpin::experiment::{Depth, compare, compare_in_depth};
use linchpin::theory::Mmc;
use serde_json::Value;

use crate::support::files::{candidate, covers, near, sized};
use crate::support::program::{Ran, folder, linchpin};

const UP: &str = "topologies/theory/scale-up.ron";
const OUT: &str = "topologies/theory/scale-out.ron";
const SHARED: &str = "topologies/theory/scale-out-shared.ron";
const NODES: &str = "topologies/theory/scale-nodes.ron";

/// M/M/1 of double speed, 2 x M/M/1 and M/M/2 at 1.4/s, at three seeds.
#[test]
fn one_large_machine_two_small_ones_and_one_queue_are_as_theory_says() {
    for seed in [1, 2, 3] {
        let designs = [("up", UP), ("out", OUT), ("shared", SHARED)];
        let designs = designs.map(|(name, file)| candidate(name, file, &[]));
        let found = compare(&designs, &sized(seed, 20, 100_000)).unwrap();
        for (design, truth) in found.designs.iter().zip([1.6667, 3.3333, 1.9608]) {
            let mean = &design.run.response_time_s.mean;
            let what = format!("{} at seed {seed}", design.name);
            near(&what, mean.value.unwrap(), truth, 0.01);
            covers(&what, mean, truth, 0.02);
        }
        for (b, truth) in [("out", 1.6667), ("shared", 0.2941)] {
            let one = mean_of(&found, b);
            assert!(one.significant, "{one:?}");
            covers(b, &one.difference, truth, 0.1);
        }
    }
}

fn mean_of<'a>(found: &'a CompareResult, b: &str) -> &'a Difference {
    let mut all = found.differences.iter();
    all.find(|one| one.metric == "response_time_s.mean" && one.b == b)
        .unwrap()
}

/// The interval of independent runs is so many times as wide as the paired one.
#[test]
fn common_random_numbers_gain_what_they_are_worth() {
    let tiers = "topologies/theory/three-tier.ron";
    let policies = [
        candidate("random", tiers, &[]),
        candidate("turns", tiers, &["lb.policy=RoundRobin"]),
    ];
    let double = ["app.replicas=4", "app.machine=\"double\""];
    let nodes = [
        candidate("eight", NODES, &[]),
        candidate("four", NODES, &double),
    ];
    for (designs, least) in [(policies, 1.3), (nodes, 3.0)] {
        let found = compare(&designs, &sized(1, 20, 20_000)).unwrap();
        let one = mean_of(&found, &designs[1].name);
        assert!(one.gain.unwrap() >= least, "{one:?}");
        assert!(one.significant, "{one:?}");
        let known = found.differences.iter();
        let known = known.filter(|one| one.metric.starts_with("response_time_s."));
        assert!(known.clone().count() >= 3);
        for one in known {
            assert!(one.gain.is_some(), "every metric tells its gain: {one:?}");
        }
    }
}

/// What both designs have in common decides more of their quantiles the less they wait: with
/// processors busy 19 % of the time, not 70 %, every metric gains.
#[test]
fn every_metric_gains_where_little_waits() {
    let tiers = "topologies/theory/three-tier.ron";
    let rate = "users.rate=\"150/s\"";
    let policies = [
        candidate("random", tiers, &[rate]),
        candidate("turns", tiers, &[rate, "lb.policy=RoundRobin"]),
    ];
    let found = compare(&policies, &sized(1, 100, 5_000)).unwrap();
    let known = found.differences.iter();
    let known = known.filter(|one| one.metric.starts_with("response_time_s."));
    let gains: Vec<f64> = known.map(|one| one.gain.unwrap()).collect();
    assert_eq!(gains.len(), 3);
    assert!(gains.iter().all(|&gain| gain >= 1.3), "{gains:?}");
}

/// 5 s are kept up to 1.8/s, 1.6/s and the root of 3.2 by M/M/1, 2 x M/M/1 and M/M/2.
#[test]
fn the_verdict_tells_load_cost_and_losses() {
    let designs = [("up", UP), ("out", OUT), ("shared", SHARED)];
    let designs = designs.map(|(name, file)| candidate(name, file, &[]));
    let depth = Depth {
        capacity: true,
        losses: true,
    };
    let found = compare_in_depth(&designs, &sized(1, 10, 20_000), depth).unwrap();
    let known = [(1.8, 190.0), (1.6, 220.0), (3.2_f64.sqrt(), 220.0)];
    for (design, (load, cost)) in found.designs.iter().zip(known) {
        let capacity = design.capacity.as_ref().unwrap();
        near(&design.name, capacity.load.unwrap(), load, 0.03);
        let bill = design.run.cost.as_ref().unwrap();
        assert!((bill.per_month - cost).abs() < 1e-9, "{bill:?}");
        let month = 730.0 * 3_600.0 * design.run.throughput_rps.value.unwrap();
        near(
            "per million",
            bill.per_million_requests.unwrap(),
            cost / month * 1e6,
            1e-9,
        );
    }
    let points = |place: usize| &found.designs[place].losses.as_ref().unwrap().single_points;
    assert_eq!(points(0), &["app"]);
    assert_eq!(points(1), &["lb"]);
    let text = &found.verdict_reason;
    for part in [
        "slower than up",
        "out carries 0.8",
        "costs 1.16x as much",
        "costs the same",
        "out does not outlive lb, up does not outlive app",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    // Between 1.789/s and 1.8/s two per cent tell nothing.
    assert!(
        text.contains("the loads they carry are not distinguishable"),
        "{text}"
    );
}

#[test]
fn the_command_writes_tables_and_markdown() {
    let folder = folder();
    let out = folder.path().to_str().unwrap();
    let few = ["--requests", "2000", "--replications", "5"];
    let flags = [
        "compare",
        UP,
        SHARED,
        "--availability",
        "--markdown",
        "-o",
        out,
    ];
    let ran = linchpin(&[&flags[..], &few].concat()).exits(0);
    assert!(
        ran.stdout.contains("| Per million requests |"),
        "{}",
        ran.stdout
    );
    let table = std::fs::read_to_string(folder.path().join("designs.csv")).unwrap();
    assert!(table.starts_with("design,verdict,"), "{table}");
    assert!(
        table.contains("scale-up,") && table.lines().count() == 3,
        "{table}"
    );
    let page = linchpin(&[&["compare", UP, SHARED, "--availability"][..], &few].concat());
    let page = page.exits(0).stdout;
    assert!(
        page.contains("per million") && page.contains("gain"),
        "{page}"
    );
}

/// The catalogue of the test, and who is the cheapest or fastest.
const MACHINES: [(&str, f64, f64); 3] = [("s", 1.0, 50.0), ("m", 2.0, 110.0), ("l", 4.0, 210.0)];

fn catalogue() -> String {
    let each = MACHINES.map(|(name, speed, cost)| {
        format!("\"{name}\": (cores: 1, speed: {speed}, cost: \"{cost}/month\")")
    });
    format!("machines={{{}}}", each.join(", "))
}

fn frontier(more: &[&str]) -> Ran {
    let catalogue = catalogue();
    let flags = [
        "compare",
        NODES,
        "--set",
        &catalogue,
        "--rate",
        "1.4/s",
        "--frontier",
        "app.machine=s,m,l",
        "--frontier",
        "app.replicas=1..3",
        "--quiet",
    ];
    linchpin(&[&flags[..], more].concat())
}

fn number(point: &Value, key: &str) -> f64 {
    let at = key.split('/').fold(point, |at, part| &at[part]);
    at.as_f64().unwrap_or_else(|| panic!("{key}: {point}"))
}

/// The 95 % quantile of a response, by bisection.
fn p95(queue: &Mmc) -> f64 {
    let (mut low, mut high) = (0.0, 1_000.0);
    for _ in 0..100 {
        let middle = f64::midpoint(low, high);
        if queue.response_exceeds(middle) > 0.05 {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

/// All pairs of points held against each other, by what was measured.
#[test]
fn the_frontier_is_that_of_brute_force_and_of_theory() {
    let json = frontier(&["--requests", "20000", "--replications", "10", "--json", "-"]);
    let json = json.exits(0).json();
    assert_eq!(
        json["criteria"],
        serde_json::json!(["cost_per_month", "response_p95"])
    );
    let points = json["points"].as_array().unwrap();
    assert_eq!(points.len(), 9);
    let carried: Vec<&Value> = points
        .iter()
        .filter(|point| point["standing"] != "overloaded")
        .collect();
    let measured = |point: &Value| {
        (
            number(point, "cost_per_month"),
            number(point, "response_p95_s/value"),
        )
    };
    for point in &carried {
        let own = measured(point);
        let beaten = carried.iter().any(|other| {
            let other = measured(other);
            other.0 <= own.0 && other.1 <= own.1 && (other.0 < own.0 || other.1 < own.1)
        });
        assert_eq!(point["standing"] != "front", beaten, "{point}");
        assert_eq!(point["beaten_by"].is_null(), !beaten, "{point}");
    }
    // Of M/M/c without any run.
    let mut known = Vec::new();
    for (name, speed, cost) in MACHINES {
        for nodes in 1..=3 {
            let p95 = Mmc::new(1.4, speed, nodes).map(|queue| p95(&queue));
            known.push((format!("{name}{nodes}"), f64::from(nodes) * cost, p95));
        }
    }
    let is_beaten = |own: &(String, f64, Option<f64>)| {
        known.iter().any(|other| match (other.2, own.2) {
            (Some(theirs), Some(mine)) => {
                other.1 <= own.1 && theirs <= mine && (other.1 < own.1 || theirs < mine)
            }
            _ => false,
        })
    };
    for (point, own) in points.iter().zip(&known) {
        match own.2 {
            None => assert_eq!(point["standing"], "overloaded", "{}", own.0),
            Some(truth) => {
                near(&own.0, number(point, "response_p95_s/value"), truth, 0.1);
                assert_eq!(point["standing"] == "front", !is_beaten(own), "{point}");
            }
        }
    }
}

#[test]
fn a_frontier_is_the_same_for_any_number_of_threads() {
    let few = ["--requests", "500", "--replications", "3", "--json", "-"];
    let with = |jobs: &str| {
        let mut json = frontier(&[&few[..], &["--jobs", jobs]].concat())
            .exits(0)
            .json();
        json["wall_s"] = Value::Null;
        json
    };
    assert_eq!(with("1"), with("3"));
}

#[test]
fn a_frontier_is_written_as_table_and_plot() {
    let folder = folder();
    let out = folder.path().to_str().unwrap();
    let few = ["--requests", "500", "--replications", "3", "-o", out];
    frontier(&few).exits(0);
    let table = std::fs::read_to_string(folder.path().join("frontier.csv")).unwrap();
    assert!(
        table.starts_with("app.machine,app.replicas,verdict,"),
        "{table}"
    );
    assert_eq!(table.lines().count(), 10);
    let plot = std::fs::read_to_string(folder.path().join("frontier.svg")).unwrap();
    assert!(plot.contains("cost per month"), "{plot}");
}

#[test]
fn a_frontier_that_makes_no_sense_is_refused() {
    let asked = |axis: &str| linchpin(&["compare", NODES, "--frontier", axis]);
    for (axis, code, word) in [
        ("app.replicas", 2, "PATH=VALUES"),
        ("app.replicas=4..1", 2, "larger"),
        ("app.replicas=2,2", 2, "twice"),
        ("app.replicas=1..1001", 2, "range"),
        ("app.machine=tiny", 3, "tiny"),
        ("app.replicaz=1,2", 3, "replicas"),
    ] {
        let ran = asked(axis).exits(code);
        assert!(ran.stderr.contains(word), "{axis}: {}", ran.stderr);
    }
    let set = ["--set", "app.replicas=3"];
    let ran = linchpin(
        &[
            &["compare", NODES, "--frontier", "app.replicas=1..2"],
            &set[..],
        ]
        .concat(),
    );
    assert!(ran.exits(2).stderr.contains("leave one of them out"));
    let two = ["compare", NODES, UP, "--frontier", "app.replicas=1..2"];
    assert!(linchpin(&two).exits(2).stderr.contains("one FILE"));
}

#[test]
fn a_path_has_one_axis() {
    let twice = [
        "--frontier",
        "app.replicas=8..9",
        "--frontier",
        "app.replicas=9..10",
    ];
    let ran = linchpin(&[&["compare", NODES], &twice[..]].concat()).exits(2);
    assert!(
        ran.stderr.contains("its path has values already"),
        "{}",
        ran.stderr
    );
}

/// 400/s are more than one server of two cores at 8 ms carries: it is not slower but saturated.
#[test]
fn a_verdict_tells_what_is_saturated_and_broken() {
    let tiers = "topologies/three-tier.ron";
    let designs = [
        candidate("base", tiers, &[]),
        candidate("less", tiers, &["was.replicas=1"]),
        candidate("strict", tiers, &["objectives=[\"p95 < 1ms\"]"]),
    ];
    let settings = linchpin::experiment::Settings {
        load: Some(linchpin::experiment::Load::Rate(400.0)),
        ..sized(1, 5, 2_000)
    };
    let text = compare(&designs, &settings).unwrap().verdict_reason;
    assert!(text.contains("less is saturated"), "{text}");
    assert!(
        !text.contains("less is 5") && !text.contains("slower than base"),
        "{text}"
    );
    assert!(text.contains("strict breaks p95 < 1ms"), "{text}");
}

#[test]
fn a_comparison_for_a_pull_request_is_nothing_else() {
    let flags = [
        "--variant",
        "out: was.replicas=4",
        "--requests",
        "300",
        "--replications",
        "3",
    ];
    let page = ["compare", "topologies/three-tier.ron", "--markdown"];
    let ran = linchpin(&[&page[..], &flags[..]].concat()).exits(0);
    assert!(ran.stdout.starts_with("# "), "{}", ran.stdout);
    assert!(!ran.stdout.contains("exit 0"), "{}", ran.stdout);
}
