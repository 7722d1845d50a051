//! Those among whom selectors choose, as they stand. Callers with the same view of the same nodes
//! share it until one of them changes its mind.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use super::tally::Tally;
use crate::engine::program::Target;

/// Believed down.
pub(super) const DOWN: u8 = 1;
/// Left out for its failures.
pub(super) const LEFT_OUT: u8 = 2;

/// Not in service.
pub(super) const ABSENT: u8 = 4;

/// A target as seen now.
#[derive(Clone, Copy, Debug)]
pub(super) struct View {
    pub weight: f64,
    pub rank: u8,
    /// Reasons not to choose it, bits of above.
    pub away: u8,
    /// Without any, and of the least rank among those.
    pub standing: bool,
    /// Takes part: of those, one with room for another request.
    pub eligible: bool,
    /// Credit of the weighted turn.
    pub credit: f64,
}

impl View {
    /// Whether it may be chosen, if its rank is the least.
    pub fn is_in(&self) -> bool {
        self.away == 0
    }

    /// Whether a reason not to choose it holds.
    pub fn set(&mut self, reason: u8, holds: bool) {
        self.away = if holds {
            self.away | reason
        } else {
            self.away & !reason
        };
    }
}

/// All targets of a selector.
#[derive(Clone, Debug)]
pub(super) struct Crowd {
    pub views: Vec<View>,
    /// Places of those who take part.
    pub eligible: Vec<u32>,
    /// Whether those who take part have equal weights.
    pub even: bool,
}

impl Crowd {
    /// As described at the start of the run; whoever stands takes part.
    pub fn new(targets: &[Target]) -> Self {
        let view = |target: &Target| View {
            weight: target.weight,
            rank: target.rank,
            away: if target.up { 0 } else { DOWN },
            standing: false,
            eligible: false,
            credit: 0.0,
        };
        let mut made = Self {
            views: targets.iter().map(view).collect(),
            eligible: Vec::new(),
            even: true,
        };
        made.rank(|_| u32::MAX);
        made
    }

    /// Works out who takes part; `left`: further requests that the target at a place can take.
    /// Returns how many those who stand can take in all.
    pub fn rank(&mut self, left: impl Fn(u32) -> u32) -> u64 {
        let up = self.views.iter().filter(|view| view.is_in());
        let least = up.map(|view| view.rank).min();
        let mut room = 0;
        self.eligible.clear();
        for (place, view) in (0..).zip(&mut self.views) {
            view.standing = view.is_in() && Some(view.rank) == least;
            let left = if view.standing { left(place) } else { 0 };
            view.eligible = left > 0;
            room += u64::from(left);
            if view.eligible {
                self.eligible.push(place);
            }
            if !view.standing {
                view.credit = 0.0;
            }
        }
        self.even = self.eligible.windows(2).all(|pair| {
            let [one, other] = [pair[0], pair[1]].map(|place| self.views[place as usize].weight);
            one.to_bits() == other.to_bits()
        });
        room
    }

    /// Lets a place take part, or not.
    pub fn admit(&mut self, place: u32, takes_part: bool) {
        self.views[place as usize].eligible = takes_part;
        match (takes_part, self.eligible.binary_search(&place)) {
            (true, Err(at)) => self.eligible.insert(at, place),
            (false, Ok(at)) => {
                self.eligible.remove(at);
            }
            _ => {}
        }
    }

    /// Tells who takes part.
    pub fn enrol(&self, tally: &mut Tally) {
        for (place, view) in (0..).zip(&self.views) {
            tally.admit(place, view.eligible);
        }
    }
}

/// The crowds of a program at the start of the run, by where their targets are described.
#[derive(Default)]
pub(super) struct Crowds(BTreeMap<*const Target, Rc<Crowd>>);

impl Crowds {
    /// The crowd of these targets.
    pub fn of(&mut self, targets: &Arc<[Target]>) -> Rc<Crowd> {
        let make = || Rc::new(Crowd::new(targets));
        Rc::clone(
            self.0
                .entry(Arc::as_ptr(targets).cast())
                .or_insert_with(make),
        )
    }
}
