//! Published and recomputed values: block diagrams, small fault trees, chains.

use super::common_cause::BetaFactor;
use super::diagram::{Bdd, Family, NODES_MAX};
use super::fault_tree::FaultTree;
use super::formula::{Formula, Gate, GateId};
use super::markov::{ActiveStandby, Chain, Repairable, Spares, disk_array_mean_time};
use super::measures::{Importance, MINUTES_A_YEAR, importance};
use super::mixture::Mixture;
use super::reading::Reading;

/// To every digit of the printed value: half a unit of its last place.
#[track_caller]
fn prints(found: f64, printed: &str) {
    let expected: f64 = printed.parse().unwrap();
    let digits = printed.split('e').next().unwrap();
    let places = digits.split('.').nth(1).map_or(0, str::len);
    let exponent = printed.split('e').nth(1).unwrap_or("0");
    let unit: f64 = format!("1e{exponent}").parse().unwrap();
    let unit = (0..places).fold(unit, |unit, _| unit / 10.0);
    let close = (found - expected).abs() <= 0.500_000_1 * unit + 1e-14 * expected.abs();
    assert!(close, "{found:e} is not {printed}");
}

/// Availability of a formula, each part with its own.
fn availability(formula: &Formula, top: GateId, up: &[f64]) -> f64 {
    let tree = FaultTree::of(formula, Reading::Every, &[top]);
    let down: Vec<f64> = up.iter().map(|up| 1.0 - up).collect();
    1.0 - solved(&tree, &down).0
}

/// Unavailability and measures; cut sets two ways are the same.
fn solved(tree: &FaultTree, down: &[f64]) -> (f64, Family, Vec<(usize, Importance)>) {
    let bdd = Bdd::of(tree, NODES_MAX).unwrap();
    let sets = Family::of_bdd(&bdd, None, NODES_MAX).unwrap();
    let below = Family::of_tree(tree, None, NODES_MAX).unwrap();
    assert_eq!(sets.list(10_000), below.list(10_000));
    let measures = importance(&bdd, Some(&sets), &Mixture::independent(down));
    (bdd.probability(down), sets, measures)
}

#[test]
fn series_and_parallel() {
    let mut formula = Formula::default();
    let parts: Vec<GateId> = (0..4).map(|part| formula.up(part)).collect();
    let web = formula.any_of(vec![parts[1], parts[2]]);
    let top = formula.all_of(vec![parts[0], web, parts[3]]);
    prints(
        availability(&formula, top, &[0.999, 0.99, 0.99, 0.995]),
        "0.9939055995",
    );
    let mut formula = Formula::default();
    let parts = (0..3).map(|part| formula.up(part)).collect();
    let top = formula.all_of(parts);
    prints(availability(&formula, top, &[0.99; 3]), "0.970299");
}

#[test]
fn some_of_many() {
    for (needed, parts, up, printed) in [
        (2, 3, 0.9, "0.972"),
        (2, 3, 0.99, "0.999702"),
        (3, 5, 0.99, "0.9999901494"),
        (4, 6, 0.99, "0.99998044641"),
        (7, 10, 0.99, "0.999997998724"),
        (9, 12, 0.995, "0.999999700382"),
        (3, 4, 0.999, "0.999994007997"),
    ] {
        let mut formula = Formula::default();
        let gates = (0..parts).map(|part| formula.up(part)).collect();
        let top = formula.add(Gate::AtLeast(needed, gates));
        prints(availability(&formula, top, &vec![up; parts]), printed);
    }
}

#[test]
fn a_bridge() {
    let mut tree = FaultTree::new();
    let event: Vec<u32> = (0..5).map(|number| tree.event(number)).collect();
    let cuts: Vec<u32> = [&[0, 1][..], &[3, 4], &[0, 2, 4], &[1, 2, 3]]
        .iter()
        .map(|cut| tree.all(cut.iter().map(|&number| event[number]).collect()))
        .collect();
    let top = tree.any(cuts);
    tree.set_top(top);
    for (up, printed) in [(0.9, "0.97848"), (0.99, "0.9997980498")] {
        let (down, sets, _) = solved(&tree, &[1.0 - up; 5]);
        prints(1.0 - down, printed);
        let listed = sets.list(9).unwrap();
        assert_eq!(
            listed,
            [vec![0, 1], vec![3, 4], vec![0, 2, 4], vec![1, 2, 3]]
        );
    }
}

#[test]
fn a_theatre_with_a_generator() {
    let mut tree = FaultTree::new();
    let [mains, generator, relay] = [0, 1, 2].map(|number| tree.event(number));
    let backup = tree.any(vec![generator, relay]);
    let top = tree.all(vec![mains, backup]);
    tree.set_top(top);
    let down = [0.03, 0.02, 0.05];
    let (q, sets, measures) = solved(&tree, &down);
    prints(q, "0.00207");
    prints(sets.mass(&down), "0.00210");
    assert_eq!(sets.counts(), [0, 0, 2]);
    let generator = measures[1].1;
    prints(generator.birnbaum, "0.0285");
    prints(generator.criticality, "0.275362");
    prints(generator.diagnosis, "0.289855");
    prints(generator.raw, "14.4928");
    prints(generator.rrw, "1.38");
    // 0.03 x 0.02 of 0.03 x 0.02 + 0.03 x 0.05.
    prints(generator.fussell_vesely.unwrap(), "0.285714");
    assert!(measures[0].1.rrw.is_infinite() && measures[0].1.rrw > 0.0);
}

#[test]
fn two_trains() {
    let mut tree = FaultTree::new();
    let event: Vec<u32> = (0..4).map(|number| tree.event(number)).collect();
    let trains = [0, 1].map(|train| tree.any(vec![event[train], event[2 + train]]));
    let top = tree.all(trains.to_vec());
    tree.set_top(top);
    let down = [0.5, 0.5, 0.7, 0.7];
    let (q, sets, measures) = solved(&tree, &down);
    prints(q, "0.7225");
    prints(sets.mass(&down), "1.44");
    assert_eq!(sets.counts(), [0, 0, 4]);
    let pump = measures[2].1;
    prints(pump.birnbaum, "0.425");
    prints(pump.criticality, "0.411765");
    prints(pump.diagnosis, "0.823529");
    prints(pump.raw, "1.17647");
    prints(pump.rrw, "1.7");
    // The upper bound of minimal cut sets, 1 - product of (1 - each).
    let down = [0.4, 0.5, 0.6, 0.7];
    let each = sets.list(4).unwrap().into_iter();
    let all_fail = each.map(|set| 1.0 - set.iter().map(|&e| down[e]).product::<f64>());
    prints(1.0 - all_fail.product::<f64>(), "0.766144");
}

#[test]
fn three_events() {
    let down = [0.1, 0.2, 0.3];
    let mut tree = FaultTree::new();
    let [a, b, c] = [0, 1, 2].map(|number| tree.event(number));
    let two = tree.at_least(2, vec![a, b, c]);
    let (ab, bc) = (tree.all(vec![a, b]), tree.all(vec![b, c]));
    let either = tree.any(vec![ab, bc]);
    let one = tree.any(vec![a, b, c]);
    for (top, printed) in [(two, "0.098"), (either, "0.074"), (one, "0.496")] {
        tree.set_top(top);
        prints(solved(&tree, &down).0, printed);
    }
}

#[test]
fn a_common_cause_undoes_redundancy() {
    let group = BetaFactor { beta: 0.1 };
    let mut tree = FaultTree::new();
    let pair = group.gates(&mut tree, &[0, 1], 2);
    let top = tree.all(pair);
    tree.set_top(top);
    let (own, common) = group.split(1e-3);
    // 1e-4 + 9e-4 x 9e-4 x (1 - 1e-4).
    prints(solved(&tree, &[own, own, common]).0, "1.00809919e-4");
    prints(solved(&tree, &[1e-3, 1e-3, 0.0]).0, "1e-6");

    // Three trains of a valve and a pump.
    let group = BetaFactor { beta: 0.2 };
    let mut tree = FaultTree::new();
    let valves = group.gates(&mut tree, &[0, 1, 2], 6);
    let pumps = group.gates(&mut tree, &[3, 4, 5], 7);
    let trains = valves.into_iter().zip(pumps);
    let trains = trains
        .map(|(valve, pump)| tree.any(vec![valve, pump]))
        .collect();
    let top = tree.all(trains);
    tree.set_top(top);
    let (own, common) = group.split(0.1);
    let down = [own, own, own, own, own, own, common, common];
    let (q, sets, _) = solved(&tree, &down);
    prints(q, "0.04308037");
    prints(sets.mass(&down), "0.044096");
    assert_eq!(sets.counts(), [0, 2, 0, 8]);
}

fn pair(spares: Spares, crews: u32) -> Repairable {
    Repairable {
        parts: 2,
        common: 0.0,
        failure: 1e-3,
        repair: 0.1,
        crews,
        spares,
        needed: 1,
    }
}

#[test]
fn two_nodes() {
    for (spares, crews, down, time) in [
        (Spares::Hot, 2, "9.80296049407e-5", "51500"),
        (Spares::Hot, 1, "1.96039992158e-4", "51500"),
        (Spares::Cold, 1, "9.90000990001e-5", "102000"),
    ] {
        let pair = pair(spares, crews);
        prints(pair.unavailability().unwrap(), down);
        prints(pair.mean_time_to_failure().unwrap(), time);
    }
}

#[test]
fn coverage_decides_not_the_second_machine() {
    for (coverage, printed) in [
        (1.0, "5.46318864468e-6"),
        (0.99, "6.56466430532e-6"),
        (0.9, "1.64778360592e-5"),
        (0.5, "6.05339993617e-5"),
    ] {
        let pair = ActiveStandby {
            common: 0.0,
            crews: 1,
            spares: Spares::Hot,
            failure: 1.0 / 4380.0,
            repair: 0.25,
            coverage,
            takeover_h: 1.0 / 60.0,
            by_hand_h: 0.5,
        };
        prints(pair.unavailability().unwrap(), printed);
    }
    let single = Chain::ladder(&[1.0 / 4380.0], &[0.25]);
    prints(single.steady().unwrap()[1], "9.124087591e-4");
}

#[test]
fn machines_wait_for_repair() {
    for (parts, failure, repair, crews, none, mean, availability) in [
        (
            5,
            0.1,
            1.0,
            1,
            "0.5639521769",
            "0.6395217686",
            "0.8720956463",
        ),
        (
            10,
            0.01,
            0.1,
            1,
            "0.2145823431",
            "2.145823431",
            "0.7854176569",
        ),
        (
            10,
            0.01,
            0.1,
            2,
            "0.367954594",
            "1.038637819",
            "0.8961362181",
        ),
    ] {
        let machines = Repairable {
            parts,
            common: 0.0,
            failure,
            repair,
            crews,
            spares: Spares::Hot,
            needed: parts,
        };
        let failed = machines.mean_failed().unwrap();
        prints(machines.chain().steady().unwrap()[0], none);
        prints(failed, mean);
        prints(1.0 - failed / f64::from(parts), availability);
    }
}

#[test]
fn arrays_of_disks() {
    let disks = |parts, needed| Repairable {
        parts,
        common: 0.0,
        failure: 1e-6,
        repair: 1.0 / 24.0,
        crews: parts,
        spares: Spares::Hot,
        needed,
    };
    for (parts, needed, printed) in [
        (4, 4, "250000"),
        (2, 1, "20834833333.3"),
        (5, 4, "2083783333.33"),
    ] {
        prints(
            disks(parts, needed).mean_time_to_failure().unwrap(),
            printed,
        );
    }
    // Four mirrored pairs: state 5 is a pair of which both are lost.
    let mut pairs = Chain::new(6);
    for degraded in 0..5_u8 {
        let (at, whole) = (usize::from(degraded), f64::from(4 - degraded));
        if degraded < 4 {
            pairs.add(at, at + 1, whole * 2e-6);
        }
        if degraded > 0 {
            pairs.add(at, at - 1, f64::from(degraded) / 24.0);
            pairs.add(at, 5, f64::from(degraded) * 1e-6);
        }
    }
    // As a fraction: 6105273657826000330075000 / 1172128145025567.
    prints(pairs.mean_time_to(0, &[5]).unwrap(), "5208708351.33204");
    for (group, printed) in [(1, "4500000"), (10, "818182"), (25, "346154")] {
        prints(disk_array_mean_time(30_000.0, 1.0, 100, group, 1), printed);
    }
}

#[test]
fn rare_events_keep_their_digits() {
    let three = Repairable {
        parts: 3,
        common: 0.0,
        failure: 1e-3,
        repair: 0.1,
        crews: 3,
        spares: Spares::Hot,
        needed: 1,
    };
    prints(three.unavailability().unwrap(), "9.705901479e-7");
    prints(three.mean_time_to_failure().unwrap(), "3451833.333");
    let all_before_none = three.chain().lost_before(1, &[3], &[0]).unwrap();
    prints(all_before_none, "9.94925878e-5");
    // A queue of one server from one customer to C before it is empty: rates 1 up, r down.
    for (r, most, printed) in [(2.0, 20, "9.536752259e-7"), (1.5, 30, "2.607561124e-6")] {
        let queue = Chain::ladder(&vec![1.0; most], &vec![r; most]);
        prints(queue.lost_before(1, &[most], &[0]).unwrap(), printed);
    }
    // The same down to where a subtraction would have left nothing: (r - 1) / (r^C - 1).
    let queue = Chain::ladder(&[1.0; 100], &[2.0; 100]);
    let exact = 1.0 / (2_f64.powi(100) - 1.0);
    let found = queue.lost_before(1, &[100], &[0]).unwrap();
    assert!((found / exact - 1.0).abs() < 1e-12, "{found:e}");
}

#[test]
fn a_chain_that_gets_stuck_has_no_answer() {
    let mut chain = Chain::new(3);
    chain.add(0, 1, 1.0).add(0, 2, 1.0).add(1, 0, 1.0);
    assert_eq!(chain.steady(), None, "state 2 is never left");
    assert_eq!(chain.mean_time_to(0, &[1]), None, "2 may come first");
    assert!(chain.mean_time_to(0, &[1, 2]).is_some());
}

#[test]
fn nines_as_downtime() {
    for (availability, minutes) in [
        (0.999, "525.6"),
        (0.9999, "52.56"),
        (0.99999, "5.256"),
        (0.999_999, "0.5256"),
    ] {
        prints((1.0 - availability) * MINUTES_A_YEAR, minutes);
        // Of 30 days: 43.2 min, 4.32 min, 25.9 s, 2.59 s.
    }
    let days = 30.0 / 365.0 * MINUTES_A_YEAR;
    prints(1e-3 * days, "43.2");
    prints(1e-4 * days, "4.32");
    prints(1e-5 * days * 60.0, "25.9");
    prints(1e-6 * days * 60.0, "2.59");
}
