//! Monotone formulas over parts that are up or down.
//!
//! A [`Formula`] is a graph of gates without cycles, shared by all classes of a model: every gate
//! stands after the gates it reads. One formula has several readings, from "can it succeed at
//! all" to "is nothing lost" ([`Reading`]).
//!
//! [`Formula::evaluate`] decides 64 removals at once: bit `i` of a word belongs to removal `i`,
//! and `AtLeast` counts in bit planes. [`Formula::holds`] is the plain evaluation of one removal
//! and the oracle of the other in tests.

use super::reading::{self, Reading};
use crate::model::Count;

/// Place of a gate in its formula.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct GateId(u32);

impl GateId {
    /// The gate that was added after so many others.
    #[cfg(test)]
    pub(super) fn at(place: usize) -> Self {
        Self(u32::try_from(place).expect("a formula holds fewer than 2^32 gates"))
    }

    /// Place from 0, after the places of all gates that this one reads.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// One gate: true when what it stands for works.
#[derive(Clone, Debug, PartialEq)]
pub enum Gate {
    /// The part with this number is up.
    Up(usize),
    /// All must work; true when empty.
    AllOf(Vec<GateId>),
    /// One must work and the load finds it; false when empty.
    AnyOf(Vec<GateId>),
    /// So many must work.
    AtLeast(u32, Vec<GateId>),
    /// The first is used; where it does not answer, the others are.
    Fallback {
        /// Used first.
        primary: GateId,
        /// Used instead; while they are, service is degraded.
        alternatives: Vec<GateId>,
    },
    /// Nothing fails without it, but service is degraded.
    Optional(GateId),
    /// One of these ways, by chance: probabilities (positive, sum 1) and ways.
    Mix(Vec<(f64, GateId)>),
    /// The same again and again, so often.
    Again {
        /// How often.
        times: Count,
        /// What.
        body: GateId,
    },
    /// Where a request handed round in a circle comes back: going round for ever is no success,
    /// and a circle that is left with some probability is left for certain in the end.
    Round,
}

impl Gate {
    /// The gates that it reads.
    pub fn children(&self) -> Vec<GateId> {
        match self {
            Gate::Up(_) | Gate::Round => Vec::new(),
            Gate::AllOf(gates) | Gate::AnyOf(gates) | Gate::AtLeast(_, gates) => gates.clone(),
            Gate::Fallback {
                primary,
                alternatives,
            } => std::iter::once(*primary)
                .chain(alternatives.iter().copied())
                .collect(),
            Gate::Optional(gate) | Gate::Again { body: gate, .. } => vec![*gate],
            Gate::Mix(ways) => ways.iter().map(|&(_, way)| way).collect(),
        }
    }
}

/// A monotone formula.
#[derive(Clone, Debug, Default)]
pub struct Formula {
    gates: Vec<Gate>,
}

impl Formula {
    /// Adds a gate.
    ///
    /// # Panics
    /// When it reads a gate that is not there yet, or beyond 2^32 gates.
    pub fn add(&mut self, gate: Gate) -> GateId {
        let place = self.gates.len();
        let known = gate.children().iter().all(|child| child.index() < place);
        assert!(known, "a gate reads only gates added before it");
        self.gates.push(gate);
        GateId(u32::try_from(place).expect("a formula holds fewer than 2^32 gates"))
    }

    /// The part `atom` is up.
    pub fn up(&mut self, atom: usize) -> GateId {
        self.add(Gate::Up(atom))
    }

    /// All of `gates`; a single one stands for itself.
    pub fn all_of(&mut self, gates: Vec<GateId>) -> GateId {
        match gates[..] {
            [only] => only,
            _ => self.add(Gate::AllOf(gates)),
        }
    }

    /// One of `gates`; a single one stands for itself.
    pub fn any_of(&mut self, gates: Vec<GateId>) -> GateId {
        match gates[..] {
            [only] => only,
            _ => self.add(Gate::AnyOf(gates)),
        }
    }

    /// All gates, each after the ones it reads.
    pub fn gates(&self) -> &[Gate] {
        &self.gates
    }

    /// Evaluates 64 removals at once. `down[atom]` has bit `i` set where removal `i` takes the
    /// part; bit `i` of the answer for a gate is set where it works all the same. `words` is
    /// cleared and gets one word per gate.
    pub fn evaluate(&self, reading: Reading, down: &[u64], words: &mut Vec<u64>) {
        words.clear();
        for gate in &self.gates {
            let word = reading::word(gate, reading, down, words);
            words.push(word);
        }
    }

    /// Evaluates one removal in the plain way: whether each gate works.
    pub fn holds(&self, reading: Reading, is_down: impl Fn(usize) -> bool) -> Vec<bool> {
        let mut works: Vec<bool> = Vec::with_capacity(self.gates.len());
        for gate in &self.gates {
            let value = reading::holds(gate, reading, &is_down, &works);
            works.push(value);
        }
        works
    }

    /// The share of requests that can succeed at each gate after one removal, 0 to 1, when chance
    /// draws independently and load always finds what still works (so it is a best case).
    ///
    /// A loop of geometric length with mean m from 0 and success s of each round succeeds with
    /// the probability generating function `1 / (1 + m (1 - s))`.
    pub fn share(&self, is_down: impl Fn(usize) -> bool) -> Vec<f64> {
        let mut shares: Vec<f64> = Vec::with_capacity(self.gates.len());
        for gate in &self.gates {
            let value = reading::share(gate, &is_down, &shares);
            shares.push(value);
        }
        shares
    }

    /// The numbers of the parts that `roots` depend on, ascending.
    pub fn atoms_under(&self, roots: &[GateId]) -> Vec<usize> {
        let mut reached = vec![false; self.gates.len()];
        for root in roots {
            reached[root.index()] = true;
        }
        let mut atoms = Vec::new();
        for (place, gate) in self.gates.iter().enumerate().rev() {
            if !reached[place] {
                continue;
            }
            if let Gate::Up(atom) = gate {
                atoms.push(*atom);
            }
            for child in gate.children() {
                reached[child.index()] = true;
            }
        }
        atoms.sort_unstable();
        atoms.dedup();
        atoms
    }
}
