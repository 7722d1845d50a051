//! How often the parts of a model are down, by number, as the file states it.

use super::atom::Atom;
use super::structure::Structure;
use crate::model::Model;

/// Nanoseconds of an hour.
const HOUR: f64 = 3.6e12;

/// Probabilities of a structure's parts, each by itself. A part of which the file says nothing
/// counts as one that never fails.
#[derive(Clone, Debug, PartialEq)]
pub struct Chances {
    /// Share of time down, by number.
    pub down: Vec<f64>,
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
            mean_up_h: vec![None; count],
            untimed: Vec::new(),
            perfect: Vec::new(),
        };
        let used = structure.atoms_in_use();
        for &number in &used {
            let atom = structure.atoms.atom(number);
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
}
