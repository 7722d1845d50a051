//! Calls and answers over plain hops, on a short way: nothing happens between caller and callee,
//! and nobody else has to be woken. What is not plain is left to `call` and `tree`.

use super::go::choose;
use super::hop::{Manner, Way};
use super::limit::Bound;
use super::program::Reason;
use super::run::Engine;
use super::visit::{CONNECTED, COUNTED, DEGRADED, DIRECT, INSIDE, LOCAL, NONE, OPEN, SPAWNED};
use super::visit::{State, Visit};
use crate::law::mix;

use super::call::SPREAD;

impl Engine<'_> {
    /// Begins a call; returns the visit that goes on.
    #[inline(always)]
    pub(super) fn ask_callee(&mut self, id: u32, number: u32) -> Option<u32> {
        let call = &self.program.calls[number as usize];
        let hop = self.hops.calls[number as usize];
        if hop.manner == Manner::Full || call.deadline.is_some() || self.fuel < 2 {
            return self.call(id, number);
        }
        let (now, awaits) = (self.now, self.agenda.fresh());
        let link = &mut self.probe.links[hop.link as usize];
        link.calls += 1;
        link.attempts += 1;
        let visit = &mut self.visits.slots[id as usize];
        (visit.count, visit.awaits, visit.deadline) = (1, awaits, 0);
        if visit.is(COUNTED) {
            self.probe.attempted(visit.class);
        }
        if let Some(pool) = call.pool {
            if !self.pools[pool.index()].take(now) {
                return self.wait_for_connection(id, call);
            }
            visit.flags |= CONNECTED;
        }
        let Some(target) = choose(hop, &mut self.selectors, visit) else {
            return self.attempt_failed(id, Reason::NoBackend);
        };
        let Way { node, pc, .. } = self.hops.ways[(hop.ways + target) as usize];
        let place = &self.nodes[node as usize];
        (visit.state, visit.target) = (State::Calling, target);
        let child = Visit {
            key: mix((visit.key ^ call.key).wrapping_add(SPREAD)),
            since: now,
            entered: now,
            node,
            pc,
            owner: place.component,
            parent: id,
            link: awaits,
            back: number,
            class: visit.class,
            person: visit.person,
            address: visit.address,
            flags: visit.flags & COUNTED | INSIDE,
            ..Visit::NEW
        };
        let up = place.up;
        if let Some(lane) = call.timeout {
            self.arm(lane.0, id, awaits);
        } else if let Some(law) = call.timeout_law {
            self.bound_attempt(id, call, law);
        }
        let child = self.visits.add(child);
        self.caches.origins.inherit(id, child, call.asks);
        if !up {
            self.visits[child].flags &= !INSIDE;
            return self.enter(child);
        }
        self.fuel -= 1;
        self.probe.inside[self.nodes[node as usize].component as usize].up(now);
        Some(child)
    }

    /// Ends a visit that answers a plain call well; returns the visit that goes on.
    #[inline(always)]
    pub(super) fn answer_caller(&mut self, id: u32) -> Option<u32> {
        let now = self.now;
        let visit = &mut self.visits.slots[id as usize];
        let direct = visit.parent != NONE
            && visit.back < DIRECT
            && self.hops.calls[visit.back as usize].manner != Manner::Full
            && visit.opens == NONE
            && visit.flags & (LOCAL | SPAWNED | INSIDE) == INSIDE;
        if !direct {
            return self.finish(id, None);
        }
        visit.outcome = None;
        visit.flags &= !INSIDE;
        self.probe.left(now, visit, None);
        self.journal.settle(visit);
        let (parent, link, path, flags) = (visit.parent, visit.link, visit.path, visit.flags);
        if visit.held > 0 {
            self.give_permits_back(id);
        }
        let caller = &self.visits.slots[parent as usize];
        if link == 0 || caller.awaits != link || caller.state != State::Calling {
            return self.send_back(id);
        }
        if caller.flags & (CONNECTED | OPEN) != 0 {
            self.let_go(parent);
        } else if self.limits.any() {
            self.limits.disarm(parent, Bound::Attempt);
        }
        self.visits.remove(id);
        let caller = &mut self.visits.slots[parent as usize];
        caller.flags |= flags & DEGRADED;
        (caller.awaits, caller.deadline, caller.since) = (0, 0, now);
        self.journal.append(&mut caller.path, path);
        caller.pc += 1;
        caller.state = State::Ready;
        Some(parent)
    }
}
