//! How often the parts of a model are down, by number, as the file states it.

use super::atom::Atom;
use super::coupled::Coupled;
use super::mixture::Mixture;
use super::structure::Structure;
use crate::model::Model;

/// Nanoseconds of an hour.
const HOUR: f64 = 3.6e12;

/// Probabilities of a structure's parts. A part of which the file says nothing
/// counts as one that never fails.
#[derive(Clone, Debug, PartialEq)]
pub struct Chances {
    /// Share of time down by itself, by number.
    pub down: Vec<f64>,
    /// Groups in use whose parts are not independent; their shares are not those of `down`.
    pub coupled: Vec<Coupled>,
    /// Mean time up, h, by number; `None` where it never fails or only the share is stated.
    pub mean_up_h: Vec<Option<f64>>,
    /// Parts in use that fail, but how often is not stated.
    pub untimed: Vec<Atom>,
    /// Parts in use of which the file says nothing.
    pub perfect: Vec<Atom>,
}

impl Chances {
    /// What the file says; `None` where it says nothing of any part in use.
    pub fn of(model: &Model, structure: &Structure) -> Option<Self> {
        let count = structure.atoms.count();
        let mut chances = Self {
            down: vec![0.0; count],
            coupled: Coupled::all(model, structure.atoms),
            mean_up_h: vec![None; count],
            untimed: Vec::new(),
            perfect: Vec::new(),
        };
        let used = structure.atoms_in_use();
        for &number in &used {
            let atom = structure.atoms.atom(number);
            if chances
                .coupled
                .iter()
                .any(|one| one.events().contains(&number))
            {
                continue;
            }
            let Some(outage) = atom.outage(model) else {
                chances.perfect.push(atom);
                continue;
            };
            chances.down[number] = outage.share;
            chances.mean_up_h[number] = outage.mean_up.map(|up| up / HOUR);
            if outage.mean_up.is_none() && outage.share > 0.0 {
                chances.untimed.push(atom);
            }
        }
        (chances.perfect.len() < used.len()).then_some(chances)
    }

    /// How often the parts are down of which `is_used` holds; `None` where more groups depend on
    /// each other's states than can be looked at.
    pub fn mixture(&self, is_used: impl Fn(usize) -> bool) -> Option<Mixture<'_>> {
        let used = |group: &&Coupled| group.events().iter().any(|&event| is_used(event));
        Mixture::with(&self.down, self.coupled.iter().filter(used).collect())
    }
}
