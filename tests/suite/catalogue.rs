//! A catalogue of machines, cache nodes and read replicas: the designs that nothing beats are those
//! that brute force leaves.

use serde_json::Value;

use crate::support::program::linchpin;

const CATALOGUE: &str = "topologies/catalogue.ron";

/// Cost, 95 % quantile and the share of time away: less is better.
fn measured(point: &Value) -> [f64; 3] {
    let number = |value: &Value| value.as_f64().unwrap_or_else(|| panic!("{point}"));
    [
        number(&point["cost_per_month"]),
        number(&point["response_p95_s"]["value"]),
        1.0 - number(&point["availability"]),
    ]
}

fn beats(one: [f64; 3], other: [f64; 3]) -> bool {
    let mut pairs = one.iter().zip(&other);
    pairs.clone().all(|(a, b)| a <= b) && pairs.any(|(a, b)| a < b)
}

#[test]
fn machines_caches_and_replicas_have_a_frontier() {
    let json = linchpin(&[
        "compare",
        CATALOGUE,
        "--frontier",
        "was.machine=small,large",
        "--frontier",
        "was.replicas=2..3",
        "--frontier",
        "cache.nodes=1,4",
        "--frontier",
        "db.read_replicas=1..2",
        "--requests",
        "2000",
        "--replications",
        "3",
        "--quiet",
        "--json",
        "-",
    ]);
    let json = json.exits(0).json();
    let points = json["points"].as_array().unwrap();
    assert_eq!(points.len(), 16);
    for point in points {
        let own = measured(point);
        let is_beaten = points.iter().any(|other| beats(measured(other), own));
        assert_eq!(point["standing"] != "front", is_beaten, "{point}");
    }
    // By the price list: 2 x 40 + 15 + 2 x 90 and 3 x 110 + 4 x 15 + 3 x 90.
    let costs = points.iter().map(|point| measured(point)[0]);
    let (least, most) = costs.fold((f64::MAX, 0.0), |(least, most), cost| {
        (f64::min(least, cost), f64::max(most, cost))
    });
    assert_eq!((least, most), (275.0, 660.0));
}
