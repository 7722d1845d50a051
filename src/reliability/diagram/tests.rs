//! Diagrams against every subset of the parts, tried one by one.

use proptest::prelude::*;

use super::order::candidates;
use super::{Bdd, Family, NODES_MAX, TooLarge};
use crate::reliability::fault_tree::FaultTree;
use crate::reliability::measures::{frequency, group_importance, importance};
use crate::reliability::mixture::Mixture;

const EVENTS: usize = 10;

type Code = (u8, Vec<prop::sample::Index>, u32);

fn tree(codes: &[Code], events: usize) -> FaultTree {
    let mut tree = FaultTree::new();
    let mut known: Vec<u32> = (0..events).map(|event| tree.event(event)).collect();
    for (kind, picks, number) in codes {
        let gates: Vec<u32> = picks
            .iter()
            .map(|pick| known[pick.index(known.len())])
            .collect();
        let needed = i64::from(*number % (gates.len() as u32 + 1));
        known.push(match kind {
            0 => tree.any(gates),
            1 => tree.all(gates),
            _ => tree.at_least(needed, gates),
        });
    }
    // The last gates together, so that most of what was made counts.
    let last = known[known.len().saturating_sub(3)..].to_vec();
    let top = tree.at_least(2, last);
    tree.set_top(top);
    tree
}

fn trees(events: usize) -> impl Strategy<Value = FaultTree> {
    let picks = prop::collection::vec(any::<prop::sample::Index>(), 2..6);
    prop::collection::vec((0_u8..3, picks, 0_u32..99), 4..24)
        .prop_map(move |codes| tree(&codes, events))
}

fn chances(events: usize) -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(0.01_f64..0.6, events)
}

fn failing_sets(tree: &FaultTree, events: usize) -> Vec<bool> {
    (0..1_usize << events)
        .map(|set| tree.fails(|event| (set >> event) & 1 == 1))
        .collect()
}

fn probability(failing: &[bool], down: &[f64]) -> f64 {
    let of = |set: usize| -> f64 {
        let each = down.iter().enumerate();
        each.map(|(event, q)| if (set >> event) & 1 == 1 { *q } else { 1.0 - q })
            .product()
    };
    let sets = failing.iter().enumerate().filter(|(_, fails)| **fails);
    sets.map(|(set, _)| of(set)).sum()
}

/// Failing sets that no longer fail when any one member is up again.
fn minimal(failing: &[bool], events: usize) -> Vec<Vec<usize>> {
    let members = |set: usize| (0..events).filter(move |event| (set >> event) & 1 == 1);
    let mut found: Vec<Vec<usize>> = (0..failing.len())
        .filter(|&set| failing[set] && members(set).all(|event| !failing[set & !(1 << event)]))
        .map(|set| members(set).collect())
        .collect();
    found.sort_by(|a, b| (a.len(), a).cmp(&(b.len(), b)));
    found
}

fn is_close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs()) + 1e-15
}

proptest! {
    #[test]
    fn probability_and_cut_sets_are_those_of_all_subsets(
        tree in trees(EVENTS),
        down in chances(EVENTS),
    ) {
        let failing = failing_sets(&tree, EVENTS);
        let (expected, sets) = (probability(&failing, &down), minimal(&failing, EVENTS));
        for order in candidates(&tree) {
            let bdd = Bdd::ordered(&tree, order, NODES_MAX).unwrap();
            prop_assert!(is_close(bdd.probability(&down), expected));
            for (set, fails) in failing.iter().enumerate() {
                prop_assert_eq!(bdd.holds(|event| (set >> event) & 1 == 1), *fails);
            }
            for most in [None, Some(0), Some(1), Some(2), Some(3)] {
                let short: Vec<Vec<usize>> = sets
                    .iter()
                    .filter(|set| most.is_none_or(|most| set.len() <= most as usize))
                    .cloned()
                    .collect();
                let from_bdd = Family::of_bdd(&bdd, most, NODES_MAX).unwrap();
                let from_below = Family::of_tree(&tree, most, NODES_MAX).unwrap();
                for family in [from_bdd, from_below] {
                    prop_assert_eq!(&family.list(usize::MAX).unwrap(), &short);
                    let mut counts = vec![0_u128; family.counts().len()];
                    for set in &short {
                        counts[set.len()] += 1;
                    }
                    prop_assert_eq!(family.counts(), counts);
                }
            }
        }
    }

    #[test]
    fn measures_are_those_of_all_subsets(tree in trees(8), down in chances(8)) {
        let failing = failing_sets(&tree, 8);
        let sets = minimal(&failing, 8);
        let bdd = Bdd::of(&tree, NODES_MAX).unwrap();
        let family = Family::of_bdd(&bdd, None, NODES_MAX).unwrap();
        let q = probability(&failing, &down);
        let fixed = |events: &[usize], value: f64| {
            let mut down = down.clone();
            for &event in events {
                down[event] = value;
            }
            probability(&failing, &down)
        };
        let mass = |set: &Vec<usize>| set.iter().map(|&event| down[event]).product::<f64>();
        let all: f64 = sets.iter().map(mass).sum();
        let mut ups = Vec::new();
        let mut often = 0.0;
        for (event, found) in importance(&bdd, Some(&family), &Mixture::independent(&down)) {
            let (with, without) = (fixed(&[event], 1.0), fixed(&[event], 0.0));
            let share: f64 = sets.iter().filter(|set| set.contains(&event)).map(mass).sum();
            prop_assert!(is_close(found.birnbaum, with - without));
            prop_assert!(is_close(found.criticality, (with - without) * down[event] / q));
            prop_assert!(is_close(found.diagnosis, down[event] * with / q));
            prop_assert!(is_close(found.raw, with / q));
            prop_assert!(is_close(found.fussell_vesely.unwrap(), share / all));
            prop_assert!(is_close(1.0 / found.rrw, without / q));
            prop_assert!((found.minutes_removed / 525_600.0 - (q - without)).abs() < 1e-12);
            let up = 100.0 + event as f64;
            often += (with - without) * (1.0 - down[event]) / up;
        }
        ups.extend((0..8).map(|event| Some(100.0 + f64::from(event))));
        let found = frequency(&bdd, &Mixture::independent(&down), &ups);
        prop_assert!(is_close(found.per_hour, often));
        let down_for = if often > 0.0 { q } else { 0.0 };
        prop_assert!(is_close(found.mean_outage_h * found.per_hour, down_for));
        let group = group_importance(&bdd, Some(&family), &Mixture::independent(&down), &[0, 3]);
        let hit = sets.iter().filter(|set| set.contains(&0) || set.contains(&3));
        if q > 0.0 {
            prop_assert!(is_close(group.raw, fixed(&[0, 3], 1.0) / q));
            let share = hit.map(mass).sum::<f64>() / all;
            prop_assert!((group.fussell_vesely.unwrap() - share).abs() < 1e-9);
        }
    }
}

#[test]
fn a_tree_of_sixteen_parts_agrees_with_all_its_subsets() {
    // Four pairs of two, each pair behind a part that it shares with the next.
    let mut tree = FaultTree::new();
    let event: Vec<u32> = (0..16).map(|number| tree.event(number)).collect();
    let cells: Vec<u32> = (0..8)
        .map(|cell| {
            let own = tree.all(vec![event[cell], event[(cell + 3) % 16]]);
            let shared = tree.all(vec![event[8 + cell], event[8 + (cell + 1) % 8]]);
            tree.any(vec![own, shared])
        })
        .collect();
    let top = tree.at_least(3, cells);
    tree.set_top(top);
    let down: Vec<f64> = (0..16)
        .map(|event| 0.02 + 0.03 * f64::from(event))
        .collect();
    let failing = failing_sets(&tree, 16);
    let bdd = Bdd::of(&tree, NODES_MAX).unwrap();
    assert!(is_close(
        bdd.probability(&down),
        probability(&failing, &down)
    ));
    let family = Family::of_bdd(&bdd, None, NODES_MAX).unwrap();
    assert_eq!(family.list(usize::MAX).unwrap(), minimal(&failing, 16));
}

#[test]
fn depth_and_width_need_no_deep_stack() {
    let mut tree = FaultTree::new();
    let mut top = tree.event(0);
    for number in 1..100_000 {
        let event = tree.event(number);
        top = if number % 2 == 0 {
            tree.any(vec![top, event])
        } else {
            tree.all(vec![top, event])
        };
    }
    tree.set_top(top);
    let run = move || {
        let bdd = Bdd::of(&tree, NODES_MAX).unwrap();
        let short = Family::of_bdd(&bdd, Some(4), NODES_MAX).unwrap();
        (bdd.size(), short.counts())
    };
    let thread = std::thread::Builder::new().stack_size(1 << 16);
    let (size, counts) = thread.spawn(run).unwrap().join().unwrap();
    // Event 99,999 and 99,998; or 99,997 in place of the latter, and 99,996; and so on.
    assert_eq!((size, counts), (100_000, vec![0, 0, 1, 1, 1]));
}

#[test]
fn too_large_a_diagram_is_an_error_with_its_limit() {
    let mut tree = FaultTree::new();
    let gates: Vec<u32> = (0..40)
        .map(|pair| {
            let both = vec![tree.event(pair), tree.event(79 - pair)];
            tree.all(both)
        })
        .collect();
    let top = tree.any(gates);
    tree.set_top(top);
    assert_eq!(Bdd::of(&tree, 20).unwrap_err(), TooLarge { limit: 20 });
    assert_eq!(
        Family::of_tree(&tree, None, 20).unwrap_err(),
        TooLarge { limit: 20 }
    );
    assert_eq!(Bdd::of(&tree, NODES_MAX).unwrap().size(), 80);
}

#[test]
fn parts_on_shared_hosts_stay_together_in_the_order() {
    // Two pools of 60 on the same 60 hosts: with all hosts first there would be 2^60 cases.
    let mut tree = FaultTree::new();
    let pools: Vec<u32> = (0..2)
        .map(|pool| {
            let nodes = (0..60)
                .map(|node| {
                    let either = vec![tree.event(node), tree.event(60 + 60 * pool + node)];
                    tree.any(either)
                })
                .collect();
            tree.all(nodes)
        })
        .collect();
    let top = tree.any(pools);
    tree.set_top(top);
    let bdd = Bdd::of(&tree, 1 << 14).unwrap();
    let down = vec![0.5; 180];
    // P(a pool is down) = 0.75^60 each; both: 0.5 + 0.5 x 0.25 a host.
    let expected = 2.0 * 0.75_f64.powi(60) - 0.625_f64.powi(60);
    assert!(is_close(bdd.probability(&down), expected));
}
