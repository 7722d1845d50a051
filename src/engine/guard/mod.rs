//! Guards of calls that look at more than one call: what all calls of a node over a link share.
//!
//! [`spec`] is what a program says. The engine asks before an attempt leaves and before a failed
//! one is repeated; it tells when an attempt is over and when a node crashes. A refusal ends its
//! call for good: the caller knows that another try would be refused as well.

mod budget;
mod circuit;
mod eject;
mod outlier;
pub mod spec;
pub mod tokens;

use self::budget::Purse;
use self::circuit::{Circuit, Turn};
use self::eject::Outliers;
use self::tokens::Tokens;
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
    rate: Option<Tokens>,
    /// Attempts under way.
    running: u32,
}

impl Guard {
    fn new(spec: &spec::Guard) -> Self {
        Self {
            budget: spec.budget.map(Purse::new),
            circuit: spec.breaker.map(|breaker| Circuit::new(breaker, 0)),
            open: Gauge::default(),
            rate: spec.rate.map(Tokens::new),
            running: 0,
        }
    }

    /// Everything is as at the start; attempts that left before say nothing any more.
    fn forget(&mut self, spec: &spec::Guard, now: u64) {
        self.budget = spec.budget.map(Purse::new);
        if let (Some(circuit), Some(breaker)) = (&mut self.circuit, spec.breaker) {
            *circuit = Circuit::new(breaker, circuit.era() + 1);
        }
        self.open.level_at(0, now);
        self.rate = spec.rate.map(Tokens::new);
        self.running = 0;
    }

    /// Why an attempt must not leave. The breaker is asked before a token is taken.
    fn refusal(&mut self, spec: &spec::Guard, now: u64) -> Option<Reason> {
        if self.circuit.as_ref().is_some_and(|one| one.refuses(now)) {
            return Some(Reason::BreakerOpen);
        }
        if spec.bulkhead.is_some_and(|most| self.running >= most) {
            return Some(Reason::BulkheadFull);
        }
        let limited = self.rate.as_mut().is_some_and(|rate| !rate.take(now));
        limited.then_some(Reason::RateLimited)
    }

    /// Lets an attempt out; returns its mark and whether the breaker is not open any more.
    fn let_out(&mut self, now: u64) -> (u32, Turn) {
        self.running += 1;
        match &mut self.circuit {
            None => (1, Turn::None),
            Some(circuit) => {
                let turn = circuit.admit(now);
                (circuit.era() + 1, turn)
            }
        }
    }
}

/// All guards of a replication.
#[derive(Debug)]
pub struct Guards {
    list: Vec<Guard>,
    /// By visit: 0 without an attempt under way, else one more than the era of the breaker in which
    /// it left.
    under_way: Vec<u32>,
    /// Who leaves targets out.
    outliers: Outliers,
    /// Limits at nodes.
    quotas: Vec<Tokens>,
}

impl Guards {
    /// As they are at the start; `base` is the word of seed and replication.
    pub fn new(program: &Program, base: u64) -> Self {
        Self {
            list: program.guards.iter().map(Guard::new).collect(),
            under_way: Vec::new(),
            outliers: Outliers::new(program, base),
            quotas: program.quotas.iter().copied().map(Tokens::new).collect(),
        }
    }

    /// Opens the window.
    pub fn open(&mut self, now: u64) {
        self.list.iter_mut().for_each(|guard| guard.open.open(now));
        self.outliers.open(now);
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
        self.ask_guard(id, call.guard?)
    }

    fn ask_guard(&mut self, id: u32, guard: GuardId) -> Option<Reason> {
        self.asks_nobody(id);
        let spec = &self.program.guards[guard.index()];
        let place = &mut self.guards.list[guard.index()];
        let refusal = place.refusal(spec, self.now);
        if let Some(reason) = refusal {
            self.guards.note(id, 0);
            let link = &mut self.probe.links[spec.link.index()];
            link.broken += u64::from(reason == Reason::BreakerOpen);
            link.crowded += u64::from(reason == Reason::BulkheadFull);
            link.limited += u64::from(reason == Reason::RateLimited);
            return refusal;
        }
        let (mark, turn) = place.let_out(self.now);
        self.guards.note(id, mark);
        self.turn_circuit(guard, turn);
        None
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
            self.heard(id, call.selector, failed);
        }
    }

    fn tell_guard(&mut self, id: u32, guard: GuardId, failed: bool) {
        let mark = std::mem::take(&mut self.guards.under_way[id as usize]);
        if mark == 0 {
            return;
        }
        let place = &mut self.guards.list[guard.index()];
        place.running -= 1;
        if let (Some(purse), false) = (&mut place.budget, failed) {
            purse.earn();
        }
        if let Some(circuit) = &mut place.circuit {
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

    /// A request takes a token of its node's limit, or fails.
    pub(super) fn limited(&mut self, id: u32, quota: u32) -> Option<u32> {
        if self.guards.quotas[quota as usize].take(self.now) {
            return self.go_on(id);
        }
        self.finish(id, Some(Reason::RateLimited))
    }

    /// The guards of a node that crashes are as at the start when it is back (S48).
    pub(super) fn forget_guards(&mut self, node: u32) {
        for (guard, spec) in self.guards.list.iter_mut().zip(&self.program.guards) {
            if spec.node.0 == node {
                guard.forget(spec, self.now);
            }
        }
        self.forget_outliers(node);
    }

    /// What the links showed in the window.
    pub(super) fn links_seen(&self, now: u64) -> Vec<LinkObservation> {
        let mut links = self.probe.links.clone();
        for (guard, spec) in self.guards.list.iter().zip(&self.program.guards) {
            links[spec.link.index()].open_ns += guard.open.level(now).area;
        }
        self.guards.outliers.add_to(&mut links, self.program, now);
        links
    }
}
