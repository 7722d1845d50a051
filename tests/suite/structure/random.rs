//! The formula against a walk of the model, on random architectures.

use std::collections::BTreeSet;

use linchpin::model::{ClassId, JourneyId, Model};
use linchpin::reliability::{
    Atom, Bdd, Family, FaultTree, GateId, NODES_MAX, Reading, Structure, SubjectOf, by_every_state,
    cut_sets, single_points,
};

use crate::support::naive::{class_can_succeed, journey_can_succeed};
use crate::support::random_model::{MOST_PARTS, random_model};

const MODELS: u64 = 500;

fn walk(model: &Model, of: SubjectOf, removed: &[Atom]) -> bool {
    let removed: BTreeSet<Atom> = removed.iter().copied().collect();
    match of {
        SubjectOf::Class(class) => class_can_succeed(model, class, &removed),
        SubjectOf::Journey(journey) => journey_can_succeed(model, journey, &removed),
    }
}

/// Diagrams find the same single parts and pairs, and the probability of all states.
fn by_diagrams(structure: &Structure, subject: usize, singles: &[Atom], pairs: &[(Atom, Atom)]) {
    let number = |atom: Atom| structure.atoms.number(atom);
    let mut sets: Vec<Vec<usize>> = singles.iter().map(|&atom| vec![number(atom)]).collect();
    sets.extend(pairs.iter().map(|&(a, b)| vec![number(a), number(b)]));
    let roots = structure.subjects[subject].roots.iter();
    let roots: Vec<GateId> = roots.map(|&(_, root)| root).collect();
    let down: Vec<f64> = (1..=structure.atoms.count())
        .map(|part| 0.03 * part as f64)
        .collect();
    for reading in [Reading::Possible, Reading::Every, Reading::Whole] {
        let tree = FaultTree::of(&structure.formula, reading, &roots);
        let bdd = Bdd::of(&tree, NODES_MAX).unwrap();
        let slow = by_every_state(&structure.formula, reading, &roots, &down).unwrap();
        assert!((bdd.probability(&down) - slow).abs() <= 1e-9 * slow);
        if reading == Reading::Possible {
            let family = Family::of_tree(&tree, Some(2), NODES_MAX).unwrap();
            assert_eq!(family.list(1_000).unwrap(), sets);
        }
    }
}

/// Checks all single parts and all pairs of one model; whether it has single points, and pairs.
fn check(seed: u64, circles: bool) -> (bool, bool) {
    let model = random_model(seed, circles);
    let structure = Structure::of(&model);
    assert!(structure.atoms.count() <= MOST_PARTS);
    let of: Vec<SubjectOf> = structure
        .subjects
        .iter()
        .map(|subject| subject.of)
        .collect();
    let (a, b, both) = (ClassId(0), ClassId(1), JourneyId(2));
    assert_eq!(
        of,
        [
            SubjectOf::Class(a),
            SubjectOf::Class(b),
            SubjectOf::Journey(both)
        ]
    );
    let atoms: Vec<Atom> = structure.atoms.all().collect();
    let found = single_points(&model, &structure);
    let cuts = cut_sets(&structure);
    for (subject, &of) in of.iter().enumerate() {
        let stops = |removed: &[Atom]| !walk(&model, of, removed);
        if stops(&[]) {
            assert!(
                structure.hopeless().contains(&subject),
                "seed {seed}: {of:?}"
            );
            assert!(cuts[subject].singles.is_empty());
            continue;
        }
        let singles: Vec<Atom> = atoms
            .iter()
            .copied()
            .filter(|&atom| stops(&[atom]))
            .collect();
        let listed = |atom: &Atom| {
            let point = found.iter().find(|point| point.atom == *atom);
            point.is_some_and(|p| p.losses.iter().any(|l| l.subject == subject && l.whole))
        };
        let whole: Vec<Atom> = atoms.iter().copied().filter(listed).collect();
        assert_eq!(whole, singles, "seed {seed}: {of:?}");
        assert_eq!(cuts[subject].singles, singles, "seed {seed}: {of:?}");
        let mut pairs = Vec::new();
        for (place, &first) in atoms.iter().enumerate() {
            for &second in &atoms[place + 1..] {
                let minimal = !singles.contains(&first) && !singles.contains(&second);
                if minimal && stops(&[first, second]) {
                    pairs.push((first, second));
                }
            }
        }
        assert_eq!(
            cuts[subject].pairs.as_ref(),
            Some(&pairs),
            "seed {seed}: {of:?}"
        );
        by_diagrams(&structure, subject, &singles, &pairs);
    }
    (
        !found.is_empty(),
        cuts.iter()
            .any(|cuts| cuts.pairs.iter().flatten().count() > 0),
    )
}

#[test]
fn single_points_and_pairs_are_those_of_removing_parts_in_turn() {
    let found: Vec<(bool, bool)> = (0..MODELS).map(|seed| check(seed, false)).collect();
    let without = found.iter().filter(|(singles, _)| !singles).count();
    let with_pairs = found.iter().filter(|(_, pairs)| *pairs).count();
    assert!(
        (25..450).contains(&without),
        "{without} of {MODELS} have no single point"
    );
    assert!(with_pairs > 100, "{with_pairs} of {MODELS} have pairs");
}

#[test]
fn requests_handed_round_in_circles_succeed_where_they_can_leave() {
    for seed in 0..MODELS {
        check(seed, true);
    }
}

#[test]
fn any_set_of_lost_parts_stops_what_the_walk_says_it_stops() {
    for seed in 0..50 {
        let model = random_model(seed, seed % 2 == 1);
        let structure = Structure::of(&model);
        let atoms: Vec<Atom> = structure.atoms.all().collect();
        for state in 0_u32..1 << atoms.len() {
            let is_lost = |place: &usize| (state >> place) & 1 == 1;
            let removed: Vec<Atom> = (0..atoms.len())
                .filter(is_lost)
                .map(|place| atoms[place])
                .collect();
            let works = structure.works(Reading::Possible, &removed);
            for (subject, works) in structure.subjects.iter().zip(works) {
                assert_eq!(
                    works,
                    walk(&model, subject.of, &removed),
                    "seed {seed}: {removed:?}"
                );
            }
        }
    }
}
