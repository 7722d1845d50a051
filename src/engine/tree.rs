//! Coming to a node, leaving it, answering; branches and loops.

use super::call::SPREAD;
use super::journal::Path;
use super::key::{Key, Rank};
use super::limit::Bound;
use super::observation::{Cap, Ending};
use super::program::{Call, Count, Part, Reason, Step};
use super::run::{Engine, ONE_INSTANT};
use super::visit::{COUNTED, DEGRADED, DIRECT, INSIDE, LOCAL, NONE, SPAWNED, State, Visit};
use crate::law::{fraction, mix};

/// Purpose of the draw for the way back.
pub(super) const BACK: u64 = 0x3C79_AC49_2BA7_B653;

impl Engine<'_> {
    /// A visit arrives where it was sent. The way there is looked at here, at its far end.
    pub(super) fn reach(&mut self, id: u32) -> Option<u32> {
        let call = &self.program.calls[self.visits[id].hop as usize];
        if call.latency.is_some() || self.weather.known {
            self.charge_network(id, call);
        }
        if call.route.is_some() && !self.passable(call) {
            return self.finish(id, Some(Reason::Unreachable));
        }
        if let (true, Some(reason)) = (self.weather.known, self.visits[id].outcome) {
            return self.turned_back(id, reason);
        }
        self.enter(id)
    }

    /// A visit comes into its node.
    #[inline(always)]
    pub(super) fn enter(&mut self, id: u32) -> Option<u32> {
        self.fuel = self.fuel.saturating_sub(1);
        if self.fuel == 0 && self.is_loop() {
            return None;
        }
        let visit = &mut self.visits[id];
        let node = &self.nodes[visit.node as usize];
        visit.owner = node.component;
        if !node.up {
            self.probe.turned_away(node.component, Reason::Down);
            return self.finish(id, Some(Reason::Down));
        }
        visit.flags |= INSIDE;
        visit.entered = self.now;
        visit.state = State::Ready;
        self.probe.inside[node.component as usize].up(self.now);
        Some(id)
    }

    /// So many visits have come to nodes; whether all in one event, without time passing.
    #[cold]
    pub(super) fn is_loop(&mut self) -> bool {
        self.fuel = ONE_INSTANT;
        let same = std::mem::replace(&mut self.refuelled, self.events) == self.events;
        if same {
            self.halt(Ending::Capped(Cap::OneInstant));
        }
        same
    }

    #[inline]
    pub(super) fn charge_network(&mut self, id: u32, call: &Call) {
        let clients = self.program.components.len() as u32;
        self.charge_to(
            id,
            call.owner.map_or(clients, |owner| owner.0),
            Part::Network,
        );
    }

    #[inline]
    fn passable(&self, call: &Call) -> bool {
        let Some(route) = call.route else { return true };
        let option = self.routes[route.index()] as usize;
        let gates = &self.program.routes[route.index()].options[option];
        gates.iter().all(|gate| self.gates[gate.index()])
    }

    /// Leaves the node: counted there, permits given back, its stay there put into its path.
    #[inline(always)]
    pub(super) fn leave(&mut self, id: u32, outcome: Option<Reason>) {
        let visit = &mut self.visits[id];
        visit.flags &= !INSIDE;
        self.probe.left(self.now, visit, outcome);
        if visit.held > 0 {
            self.give_permits_back(id);
        }
        self.settle(id);
    }

    /// Gives back the permits that a visit holds at the node that it leaves.
    #[inline]
    pub(super) fn give_permits_back(&mut self, id: u32) {
        let visit = &mut self.visits[id];
        let (permits, held) = (visit.permits, std::mem::take(&mut visit.held));
        for &pool in permits.iter().take(usize::from(held)) {
            self.release(pool);
        }
    }

    /// A visit ends here, well (`None`) or not.
    #[inline(never)]
    pub(super) fn finish(&mut self, id: u32, outcome: Option<Reason>) -> Option<u32> {
        if outcome.is_some() {
            self.abandon_fills(id);
        }
        let visit = &mut self.visits[id];
        visit.outcome = outcome;
        if visit.ends_request() {
            // The plain end of a request: nothing on the way back, nobody but the user waits.
            if visit.is(INSIDE) {
                visit.flags &= !INSIDE;
                self.probe.left(self.now, visit, outcome);
                if visit.held > 0 {
                    self.give_permits_back(id);
                }
            }
            self.conclude(id);
            return None;
        }
        if visit.is(INSIDE) {
            self.leave(id, outcome);
        }
        let visit = &self.visits[id];
        if visit.is(SPAWNED) {
            let path = visit.path;
            self.forget_opens(id);
            self.message_over(id, outcome);
            self.journal.release(path);
            self.visits.remove(id);
            return None;
        }
        self.send_back(id)
    }

    /// The outcome goes back to who waits for it.
    pub(super) fn send_back(&mut self, id: u32) -> Option<u32> {
        let visit = &self.visits[id];
        if visit.back >= DIRECT {
            self.forget_opens(id);
            return self.deliver(id);
        }
        let call = &self.program.calls[visit.back as usize];
        if self.carry_back(id, call) {
            return None;
        }
        self.send_on(id)
    }

    /// The outcome goes the rest of its way back.
    pub(super) fn send_on(&mut self, id: u32) -> Option<u32> {
        if self.weather.known {
            return self.venture_back(id);
        }
        let visit = &self.visits[id];
        let call = &self.program.calls[visit.back as usize];
        let Some(law) = call.latency else {
            return self.answer(id);
        };
        let word = mix(visit.key ^ call.key ^ BACK);
        let arrival = self.now.saturating_add(self.draw_ns(law, word));
        let ticket = self.put(arrival, Rank::Answered, id);
        let visit = &mut self.visits[id];
        visit.ticket = ticket;
        visit.state = State::Returning;
        None
    }

    /// An answer has come over the network.
    pub(super) fn answered(&mut self, key: Key) -> Option<u32> {
        let id = self.wake(key)?;
        self.answer(id)
    }

    pub(super) fn answer(&mut self, id: u32) -> Option<u32> {
        let call = &self.program.calls[self.visits[id].back as usize];
        if call.latency.is_some() || self.weather.known {
            self.charge_network(id, call);
        }
        if call.route.is_some() && !self.passable(call) {
            self.spend(id);
            self.visits[id].outcome = Some(Reason::Unreachable);
        }
        self.forget_opens(id);
        self.deliver(id)
    }

    /// Hands an outcome to the user or the parent.
    pub(super) fn deliver(&mut self, id: u32) -> Option<u32> {
        let visit = &self.visits[id];
        let parent = visit.parent;
        if parent == NONE {
            self.conclude(id);
            return None;
        }
        if visit.link == 0 || self.visits[parent].awaits != visit.link {
            return self.waste(id);
        }
        let outcome = visit.outcome;
        match self.visits[parent].state {
            State::Forked => self.branch_done(parent, id, outcome),
            State::Looping => self.round_done(parent, id, outcome),
            State::Polling => self.poll_done(parent, id, outcome),
            _ => self.call_done(parent, id, outcome),
        }
    }

    /// Nobody takes the answer: the service for it was wasted (S20).
    pub(super) fn waste(&mut self, id: u32) -> Option<u32> {
        self.spend(id);
        self.visits.remove(id);
        None
    }

    /// Takes over what the child has accounted, and its fallback mark; the child's slot is free.
    pub(super) fn take_over(&mut self, parent: u32, child: u32) {
        let from = &self.visits[child];
        let (path, flags) = (from.path, from.flags);
        // A branch or loop body is part of the parent's stay at the node; others have settled.
        let (waiting, service) = (from.waiting, from.service);
        self.visits.remove(child);
        let visit = &mut self.visits[parent];
        visit.flags |= flags & DEGRADED;
        visit.since = self.now;
        visit.waiting += waiting;
        visit.service += service;
        self.journal.append(&mut visit.path, path);
    }

    /// Drops a child that brought nothing.
    pub(super) fn discard(&mut self, child: u32) {
        let path = self.visits[child].path;
        self.journal.release(path);
        self.visits.remove(child);
    }

    fn call_done(&mut self, parent: u32, child: u32, outcome: Option<Reason>) -> Option<u32> {
        if let Some(reason) = outcome {
            self.discard(child);
            return self.attempt_failed(parent, reason);
        }
        self.take_over(parent, child);
        self.attempt_over(parent, self.calling(parent).0, false);
        self.let_go(parent);
        if self.limits.any() {
            self.limits.disarm(parent, Bound::Call);
        }
        self.visits[parent].deadline = 0;
        self.go_on(parent)
    }

    /// A visit at the same node, part of this one.
    fn local(&mut self, id: u32, key: u64, pc: u32) -> u32 {
        let mut child = self.visits[id].child(id, key, self.now);
        child.flags |= LOCAL;
        child.pc = pc;
        let child = self.visits.add(child);
        self.cancellable.branch(&self.visits, child);
        child
    }

    /// Begins a loop.
    pub(super) fn repeat(&mut self, id: u32, count: Count, key: u64) -> Option<u32> {
        let rounds = match count {
            Count::Times(times) => times,
            Count::Geometric(mean) => geometric(mean, mix(self.visits[id].key ^ key)),
        };
        let number = self.fresh();
        let visit = &mut self.visits[id];
        visit.rounds = rounds;
        visit.count = 0;
        visit.awaits = number;
        self.round(id)
    }

    /// The next round of a loop, or the step after it.
    fn round(&mut self, id: u32) -> Option<u32> {
        let visit = &mut self.visits[id];
        let Step::Repeat { key, body, .. } = self.program.steps[visit.pc as usize] else {
            unreachable!("a looping visit stands at a loop")
        };
        if visit.count == visit.rounds {
            visit.awaits = 0;
            return self.go_on(id);
        }
        visit.count += 1;
        visit.state = State::Looping;
        let spread = u64::from(visit.count).wrapping_mul(SPREAD);
        let step = key ^ spread;
        let key = mix((visit.key ^ key).wrapping_add(spread));
        let child = self.local(id, key, body.0);
        self.caches.origins.inherit(id, child, step);
        Some(child)
    }

    fn round_done(&mut self, parent: u32, child: u32, outcome: Option<Reason>) -> Option<u32> {
        if let Some(reason) = outcome {
            self.discard(child);
            self.visits[parent].awaits = 0;
            return self.finish(parent, Some(reason));
        }
        self.take_over(parent, child);
        self.round(parent)
    }

    /// Starts all branches, of which each asks for something else, or all for what `asks` says.
    pub(super) fn fork(
        &mut self,
        id: u32,
        (first, count): (u32, u32),
        asks: Option<u64>,
    ) -> Option<u32> {
        let number = self.fresh();
        let visit = &mut self.visits[id];
        visit.count = count;
        visit.awaits = number;
        visit.state = State::Forked;
        let parent = visit.key;
        for branch in first..first + count {
            let (entry, key) = self.program.branches[branch as usize];
            let child = self.local(id, mix(parent ^ key), entry.0);
            let asks = asks.unwrap_or(key);
            self.caches.origins.inherit(id, child, asks);
            self.ready.push_back(child);
        }
        None
    }

    fn branch_done(&mut self, parent: u32, child: u32, outcome: Option<Reason>) -> Option<u32> {
        if let Some(reason) = outcome {
            self.discard(child);
            self.visits[parent].awaits = 0;
            return self.finish(parent, Some(reason));
        }
        let visit = &mut self.visits[parent];
        visit.count -= 1;
        if visit.count == 0 {
            visit.awaits = 0;
            self.take_over(parent, child);
            return self.go_on(parent);
        }
        self.take_beside(parent, child);
        None
    }

    /// Takes over the work of a branch that was not the last, beside the path.
    pub(super) fn take_beside(&mut self, parent: u32, child: u32) {
        self.visits[parent].flags |= self.visits[child].flags & DEGRADED;
        let (owner, service) = (self.visits[child].owner, self.visits[child].service);
        let rest = std::mem::replace(&mut self.visits[child].path, Path::EMPTY);
        let path = &mut self.visits[parent].path;
        self.journal.beside(path, owner, service);
        self.journal.append_beside(path, rest);
        self.visits.remove(child);
    }

    /// Starts a visit that nobody waits for.
    pub(super) fn spawn(&mut self, id: u32, node: u32, entry: u32, key: u64) -> Option<u32> {
        if self.nodes[node as usize].up {
            self.spawned(id, node, entry, key);
        }
        self.go_on(id)
    }

    /// A new visit at a node that is up, about to begin.
    pub(super) fn spawned(&mut self, id: u32, node: u32, entry: u32, key: u64) -> u32 {
        let child = self.visits[id].child(id, mix(self.visits[id].key ^ key), self.now);
        let child = self.start_alone(child, node, entry);
        self.caches.origins.inherit(id, child, key);
        child
    }

    /// Starts a visit at a node that nobody waits for.
    pub(super) fn start_alone(&mut self, mut visit: Visit, node: u32, entry: u32) -> u32 {
        let place = &self.nodes[node as usize];
        visit.flags = visit.flags & !COUNTED | SPAWNED | INSIDE;
        (visit.parent, visit.link, visit.class) = (NONE, 0, NONE);
        (visit.node, visit.pc, visit.entered) = (node, entry, self.now);
        (visit.owner, visit.since) = (place.component, self.now);
        self.probe.inside[place.component as usize].up(self.now);
        let id = self.visits.add(visit);
        self.ready.push_back(id);
        id
    }
}

/// Geometric from 0 with this mean.
fn geometric(mean: f64, word: u64) -> u32 {
    if mean <= 0.0 {
        return 0;
    }
    let rounds = libm::log(1.0 - fraction(word)) / -libm::log1p(1.0 / mean);
    rounds as u32
}
