//! What must be lost for something to fail: a formula turned over, in normal form.
//!
//! A [`FaultTree`] has one top and gates over basic events, each "this part is down". Equal gates
//! are one gate, children stand in order and once, constants and gates of one child are gone. It
//! is a graph without cycles in which every gate stands after the gates it reads, so that one pass
//! over it, without recursion, does for everything.

use std::collections::BTreeMap;

use super::formula::{Formula, Gate, GateId};
use super::reading::{Reading, may_skip};

/// Place of a gate in its tree.
pub type Place = u32;

/// Nothing makes it fail.
pub const NEVER: Place = 0;
/// It fails whatever is up.
pub const ALWAYS: Place = 1;

/// One gate: true when what it stands for fails.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Failing {
    /// Stands at [`NEVER`] and nowhere else.
    Never,
    /// Stands at [`ALWAYS`] and nowhere else.
    Always,
    /// The part with this number is down.
    Event(usize),
    /// One of these is enough.
    Any(Vec<Place>),
    /// All of these together.
    All(Vec<Place>),
    /// So many of these: at least 2, and fewer than there are.
    AtLeast(u32, Vec<Place>),
}

impl Failing {
    /// The gates that it reads.
    pub fn children(&self) -> &[Place] {
        match self {
            Failing::Never | Failing::Always | Failing::Event(_) => &[],
            Failing::Any(gates) | Failing::All(gates) | Failing::AtLeast(_, gates) => gates,
        }
    }
}

/// A monotone function of basic events.
#[derive(Clone, Debug)]
pub struct FaultTree {
    gates: Vec<Failing>,
    known: BTreeMap<Failing, Place>,
    top: Place,
}

impl Default for FaultTree {
    fn default() -> Self {
        Self::new()
    }
}

impl FaultTree {
    /// A tree whose top never fails.
    pub fn new() -> Self {
        Self {
            gates: vec![Failing::Never, Failing::Always],
            known: BTreeMap::new(),
            top: NEVER,
        }
    }

    /// What makes one of `roots` fail in this reading.
    pub fn of(formula: &Formula, reading: Reading, roots: &[GateId]) -> Self {
        let mut tree = Self::new();
        let mut places: Vec<Place> = Vec::with_capacity(formula.gates().len());
        for gate in formula.gates() {
            let place = tree.turned_over(gate, reading, &places);
            places.push(place);
        }
        let roots = roots.iter().map(|root| places[root.index()]).collect();
        let top = tree.any(roots);
        tree.set_top(top);
        tree
    }

    /// What makes `gate` fail, given what makes those before it fail.
    fn turned_over(&mut self, gate: &Gate, reading: Reading, places: &[Place]) -> Place {
        let of = |gate: &GateId| places[gate.index()];
        let all = |gates: &[GateId]| gates.iter().map(of).collect::<Vec<Place>>();
        match gate {
            Gate::Up(atom) => self.event(*atom),
            Gate::AllOf(gates) => self.any(all(gates)),
            Gate::AnyOf(gates) => self.all(all(gates)),
            Gate::AtLeast(needed, gates) => {
                let spare = i64::try_from(gates.len()).unwrap_or(i64::MAX) - i64::from(*needed);
                self.at_least(spare + 1, all(gates))
            }
            Gate::Fallback { primary, .. } if reading == Reading::Whole => of(primary),
            Gate::Fallback {
                primary,
                alternatives,
            } => {
                let mut ways = all(alternatives);
                ways.push(of(primary));
                self.all(ways)
            }
            Gate::Optional(gate) if reading == Reading::Whole => of(gate),
            Gate::Mix(ways) => {
                let ways = ways.iter().map(|(_, way)| of(way)).collect();
                if reading == Reading::Possible {
                    self.all(ways)
                } else {
                    self.any(ways)
                }
            }
            Gate::Again { times, .. } if may_skip(*times, reading) => NEVER,
            Gate::Again { body, .. } => of(body),
            Gate::Round if reading == Reading::Possible => ALWAYS,
            Gate::Optional(_) | Gate::Round => NEVER,
        }
    }

    /// The part `number` is down.
    pub fn event(&mut self, number: usize) -> Place {
        self.kept(Failing::Event(number))
    }

    /// One of `gates` is enough; never when there is none.
    pub fn any(&mut self, mut gates: Vec<Place>) -> Place {
        gates.retain(|&gate| gate != NEVER);
        gates.sort_unstable();
        gates.dedup();
        match gates[..] {
            [] => NEVER,
            [only] => only,
            [ALWAYS, ..] => ALWAYS,
            _ => self.kept(Failing::Any(gates)),
        }
    }

    /// All of `gates` together; always when there is none.
    pub fn all(&mut self, mut gates: Vec<Place>) -> Place {
        gates.retain(|&gate| gate != ALWAYS);
        gates.sort_unstable();
        gates.dedup();
        match gates[..] {
            [] => ALWAYS,
            [only] => only,
            [NEVER, ..] => NEVER,
            _ => self.kept(Failing::All(gates)),
        }
    }

    /// So many of `gates`; one that stands there twice counts twice.
    pub fn at_least(&mut self, needed: i64, mut gates: Vec<Place>) -> Place {
        let certain = gates.iter().filter(|&&gate| gate == ALWAYS).count();
        let needed = needed - i64::try_from(certain).unwrap_or(i64::MAX);
        gates.retain(|&gate| gate != NEVER && gate != ALWAYS);
        let count = i64::try_from(gates.len()).unwrap_or(i64::MAX);
        match u32::try_from(needed) {
            _ if needed <= 0 => ALWAYS,
            _ if needed > count => NEVER,
            _ if needed == 1 => self.any(gates),
            _ if needed == count => self.all(gates),
            Ok(needed) => {
                gates.sort_unstable();
                self.kept(Failing::AtLeast(needed, gates))
            }
            Err(_) => NEVER,
        }
    }

    /// The one gate like this.
    fn kept(&mut self, gate: Failing) -> Place {
        if let Some(&place) = self.known.get(&gate) {
            return place;
        }
        let place = Place::try_from(self.gates.len()).expect("fewer than 2^32 gates");
        self.known.insert(gate.clone(), place);
        self.gates.push(gate);
        place
    }

    /// Makes `place` the top.
    ///
    /// # Panics
    /// When there is no such gate.
    pub fn set_top(&mut self, place: Place) {
        assert!((place as usize) < self.gates.len(), "no gate at {place}");
        self.top = place;
    }

    /// The top.
    pub fn top(&self) -> Place {
        self.top
    }

    /// All gates, each after the ones it reads; the top need not be the last.
    pub fn gates(&self) -> &[Failing] {
        &self.gates
    }

    /// Which gates the top depends on.
    pub fn reached(&self) -> Vec<bool> {
        let mut reached = vec![false; self.gates.len()];
        reached[self.top as usize] = true;
        for (place, gate) in self.gates.iter().enumerate().rev() {
            if reached[place] {
                for &child in gate.children() {
                    reached[child as usize] = true;
                }
            }
        }
        reached
    }

    /// Whether the top fails when these parts are down: the plain evaluation, for few questions.
    pub fn fails(&self, is_down: impl Fn(usize) -> bool) -> bool {
        let mut failing: Vec<bool> = Vec::with_capacity(self.gates.len());
        for gate in &self.gates {
            let is = |gate: &Place| failing[*gate as usize];
            failing.push(match gate {
                Failing::Never => false,
                Failing::Always => true,
                Failing::Event(number) => is_down(*number),
                Failing::Any(gates) => gates.iter().any(is),
                Failing::All(gates) => gates.iter().all(is),
                Failing::AtLeast(needed, gates) => {
                    gates.iter().filter(|gate| is(gate)).count() >= *needed as usize
                }
            });
        }
        failing[self.top as usize]
    }
}
