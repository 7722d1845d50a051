//! Guards of calls that look at more than one call: what all calls of a node over a link share.
//!
//! [`spec`] is what a program says. The engine asks at four places: before an attempt leaves, when
//! one has been answered well, when one has failed, and when a node crashes.

mod budget;
pub mod spec;

use self::budget::Purse;
use super::program::{Call, Program};
use super::run::Engine;

/// One guard at work.
#[derive(Debug)]
struct Guard {
    budget: Option<Purse>,
}

impl Guard {
    fn new(spec: &spec::Guard) -> Self {
        Self {
            budget: spec.budget.map(Purse::new),
        }
    }
}

/// All guards of a replication.
#[derive(Debug)]
pub struct Guards {
    list: Vec<Guard>,
}

impl Guards {
    /// As they are at the start.
    pub fn new(program: &Program) -> Self {
        Self {
            list: program.guards.iter().map(Guard::new).collect(),
        }
    }
}

impl Engine<'_> {
    /// An attempt was answered well.
    #[inline]
    pub(super) fn attempt_done(&mut self, call: &Call) {
        let Some(guard) = call.guard else { return };
        if let Some(purse) = &mut self.guards.list[guard.index()].budget {
            purse.earn();
        }
    }

    /// Whether a failed attempt may be followed by another.
    pub(super) fn may_retry(&mut self, call: &Call) -> bool {
        let Some(guard) = call.guard else { return true };
        let Some(purse) = &mut self.guards.list[guard.index()].budget else {
            return true;
        };
        let paid = purse.pay();
        self.probe.links[call.link.index()].withheld += u64::from(!paid);
        paid
    }

    /// The guards of a node that crashes are as at the start when it is back (S48).
    pub(super) fn forget_guards(&mut self, node: u32) {
        for (guard, spec) in self.guards.list.iter_mut().zip(&self.program.guards) {
            if spec.node.0 == node {
                *guard = Guard::new(spec);
            }
        }
    }
}
