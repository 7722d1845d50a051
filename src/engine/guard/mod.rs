//! Guards of calls that look at more than one call: what all calls of a node over a link share.
//!
//! [`spec`] is what a program says. The engine asks before an attempt leaves and before a failed
//! one is repeated; it tells when an attempt is over and when a node crashes. A refusal ends its
//! call for good: the caller knows that another try would be refused as well.

mod budget;
mod circuit;
pub mod spec;

use self::budget::Purse;
use self::circuit::{Circuit, Turn};
use super::gauge::Gauge;
use super::id::GuardId;
use super::observation::LinkObservation;
use super::program::{Call, Program, Reason};
use super::run::Engine;

/// One guard at work.
#[derive(Debug)]
struct Guard {
    budget: Option<Purse>,
    circuit: Option<Circuit>,
    /// 1 while the breaker is open.
    open: Gauge,
}

impl Guard {
    fn new(spec: &spec::Guard) -> Self {
        Self {
            budget: spec.budget.map(Purse::new),
            circuit: spec.breaker.map(|breaker| Circuit::new(breaker, 0)),
            open: Gauge::default(),
        }
    }

    /// Everything is as at the start; attempts that left before say nothing any more.
    fn forget(&mut self, spec: &spec::Guard, now: u64) {
        self.budget = spec.budget.map(Purse::new);
        if let (Some(circuit), Some(breaker)) = (&mut self.circuit, spec.breaker) {
            *circuit = Circuit::new(breaker, circuit.era() + 1);
        }
        self.open.level_at(0, now);
    }
}

/// All guards of a replication.
#[derive(Debug)]
pub struct Guards {
    list: Vec<Guard>,
    /// By visit with an attempt under way: one more than the era of the breaker in which it left;
    /// 0: none that a breaker waits for.
    under_way: Vec<u32>,
}

impl Guards {
    /// As they are at the start.
    pub fn new(program: &Program) -> Self {
        Self {
            list: program.guards.iter().map(Guard::new).collect(),
            under_way: Vec::new(),
        }
    }

    /// Opens the window.
    pub fn open(&mut self, now: u64) {
        self.list.iter_mut().for_each(|guard| guard.open.open(now));
    }

    /// Notes with which mark the attempt of a visit leaves.
    fn note(&mut self, visit: u32, mark: u32) {
        let visit = visit as usize;
        if self.under_way.len() <= visit {
            self.under_way.resize(visit + 1, 0);
        }
        self.under_way[visit] = mark;
    }
}

impl Engine<'_> {
    /// Why an attempt must not leave.
    #[inline]
    pub(super) fn held_back(&mut self, id: u32, call: &Call) -> Option<Reason> {
        self.ask_circuit(id, call.guard?)
    }

    fn ask_circuit(&mut self, id: u32, guard: GuardId) -> Option<Reason> {
        let circuit = self.guards.list[guard.index()].circuit.as_mut()?;
        let (leaves, turn) = circuit.admit(self.now);
        let mark = if leaves { circuit.era() + 1 } else { 0 };
        self.guards.note(id, mark);
        self.turn_circuit(guard, turn);
        if leaves {
            return None;
        }
        let link = self.program.guards[guard.index()].link;
        self.probe.links[link.index()].broken += 1;
        Some(Reason::BreakerOpen)
    }

    fn turn_circuit(&mut self, guard: GuardId, turn: Turn) {
        let open = &mut self.guards.list[guard.index()].open;
        match turn {
            Turn::None => {}
            Turn::Left => open.down(self.now),
            Turn::Opened => {
                open.up(self.now);
                let link = self.program.guards[guard.index()].link;
                self.probe.links[link.index()].opened += 1;
            }
        }
    }

    /// An attempt is over, if one was under way.
    #[inline]
    pub(super) fn attempt_over(&mut self, id: u32, call: &Call, failed: bool) {
        if let Some(guard) = call.guard {
            self.tell_guard(id, guard, failed);
        }
    }

    fn tell_guard(&mut self, id: u32, guard: GuardId, failed: bool) {
        let place = &mut self.guards.list[guard.index()];
        if let (Some(purse), false) = (&mut place.budget, failed) {
            purse.earn();
        }
        let Some(circuit) = &mut place.circuit else {
            return;
        };
        let mark = std::mem::take(&mut self.guards.under_way[id as usize]);
        if mark > 0 {
            let turn = circuit.record(mark - 1, failed, self.now);
            self.turn_circuit(guard, turn);
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
                guard.forget(spec, self.now);
            }
        }
    }

    /// What the links showed in the window.
    pub(super) fn links_seen(&self, now: u64) -> Vec<LinkObservation> {
        let mut links = self.probe.links.clone();
        for (guard, spec) in self.guards.list.iter().zip(&self.program.guards) {
            links[spec.link.index()].open_ns += guard.open.level(now).area;
        }
        links
    }
}
