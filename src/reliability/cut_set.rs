//! Minimal cut sets of order 1 and 2: what single parts, and what pairs, stop a subject.

use std::collections::BTreeSet;

use super::atom::Atom;
use super::reading::Reading;
use super::structure::Structure;

/// Most parts in use for which all pairs are tried, 64 in a pass: 1,000 components of two nodes and
/// what they stand on.
pub const PAIR_LIMIT: usize = 2_500;

/// The minimal cut sets of one subject, up to order 2.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CutSets {
    /// Parts without which the subject cannot succeed.
    pub singles: Vec<Atom>,
    /// Pairs of parts, none of them single, that stop it together, each in order; `None` beyond
    /// [`PAIR_LIMIT`].
    pub pairs: Option<Vec<(Atom, Atom)>>,
}

/// The minimal cut sets up to order 2 of every subject of `structure`, in the order of its
/// subjects, read as [`Reading::Possible`]. A subject that cannot succeed at all has none.
pub fn cut_sets(structure: &Structure) -> Vec<CutSets> {
    let used = structure.atoms_in_use();
    let hopeless = structure.hopeless();
    let mut singles = vec![Vec::new(); structure.subjects.len()];
    for (first, lost) in losses(structure, Reading::Possible, &used, &[]) {
        for subject in lost
            .into_iter()
            .filter(|subject| !hopeless.contains(subject))
        {
            singles[subject].push(first);
        }
    }
    let is_single: Vec<BTreeSet<usize>> = singles
        .iter()
        .map(|singles| singles.iter().copied().collect())
        .collect();
    let mut sets: Vec<CutSets> = singles
        .iter()
        .map(|singles| CutSets {
            singles: singles
                .iter()
                .map(|&atom| structure.atoms.atom(atom))
                .collect(),
            pairs: (used.len() <= PAIR_LIMIT).then(Vec::new),
        })
        .collect();
    if used.len() > PAIR_LIMIT {
        return sets;
    }
    for (place, &first) in used.iter().enumerate() {
        for (second, lost) in losses(structure, Reading::Possible, &used[place + 1..], &[first]) {
            let pair = (structure.atoms.atom(first), structure.atoms.atom(second));
            for subject in lost
                .into_iter()
                .filter(|subject| !hopeless.contains(subject))
            {
                let alone = &is_single[subject];
                if !alone.contains(&first) && !alone.contains(&second) {
                    sets[subject].pairs.get_or_insert_default().push(pair);
                }
            }
        }
    }
    sets
}

/// For each of `atoms` (by number) the subjects, by place, that stop working when it is removed
/// together with all of `already`; atoms that stop none are left out.
pub(super) fn losses(
    structure: &Structure,
    reading: Reading,
    atoms: &[usize],
    already: &[usize],
) -> Vec<(usize, Vec<usize>)> {
    let mut found = Vec::new();
    let mut words = Vec::new();
    let mut down = vec![0_u64; structure.atoms.count()];
    for block in atoms.chunks(64) {
        down.fill(0);
        for (bit, &atom) in block.iter().enumerate() {
            down[atom] |= 1 << bit;
        }
        for &atom in already {
            down[atom] = !0;
        }
        structure.formula.evaluate(reading, &down, &mut words);
        let works: Vec<u64> = structure
            .subjects
            .iter()
            .map(|subject| {
                subject
                    .roots
                    .iter()
                    .fold(!0, |word, (_, root)| word & words[root.index()])
            })
            .collect();
        for (bit, &atom) in block.iter().enumerate() {
            let is_lost = |&subject: &usize| (works[subject] >> bit) & 1 == 0;
            let lost: Vec<usize> = (0..works.len()).filter(is_lost).collect();
            if !lost.is_empty() {
                found.push((atom, lost));
            }
        }
    }
    found
}
