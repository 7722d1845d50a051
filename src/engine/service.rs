//! Serving, waiting and taking permits: what a visit does at its node without others.

use super::id::LawId;
use super::key::{Key, Rank};
use super::limit::Bound;
use super::pool::Wish;
use super::program::{Part, Step};
use super::run::Engine;
use super::station::Kind;
use super::visit::{NETWORK, State};
use crate::law::{mix, round};

impl Engine<'_> {
    /// Brings a visit with its demand to a station that shares, chooses, has caps, or a slow node.
    #[inline(never)]
    pub(super) fn serve(&mut self, id: u32, station: u32, part: Part) -> Option<u32> {
        let place = &mut self.stations[station as usize];
        match place.kind {
            Kind::Sharing(_) => {
                self.share(id, station);
                return None;
            }
            Kind::Ordered(_) => return self.take_turn(id, station),
            Kind::Fcfs(_) => {}
        }
        if part != Part::Service {
            self.visits[id].flags |= NETWORK;
        }
        if place.line_up(&mut self.visits, id, self.now) {
            self.start(id);
        }
        None
    }

    /// The demand of a visit at its station, longer if the node is slow there.
    #[inline]
    pub(super) fn work_of(&self, id: u32) -> u64 {
        let visit = &self.visits[id];
        if self.slowed == 0 {
            return visit.demand;
        }
        let ailing = self.ailing.factor(visit.at);
        match self.fates[visit.node as usize].speed {
            Some(speed) if self.slows(visit.node, visit.at) => {
                round(visit.demand as f64 * ailing / speed)
            }
            _ => round(visit.demand as f64 * ailing),
        }
    }

    /// Whether a station belongs to those that slow down with a node.
    pub(super) fn slows(&self, node: u32, station: u32) -> bool {
        let stations = &self.program.nodes[node as usize].stations;
        stations.iter().any(|listed| listed.0 == station)
    }

    /// A first-come server takes a visit.
    pub(super) fn start(&mut self, id: u32) {
        let queued = self.charge_queue(id);
        let work = if self.slowed == 0 {
            self.visits[id].demand
        } else {
            self.work_of(id)
        };
        let until = self.now.saturating_add(work);
        let ticket = self.put(until, Rank::Served, id);
        let visit = &mut self.visits[id];
        visit.state = State::Serving;
        visit.queued = queued;
        visit.until = until;
        visit.ticket = ticket;
    }

    /// What the current step's service counts as.
    #[inline]
    pub(super) fn part_of(&self, id: u32) -> Part {
        match self.program.steps[self.visits[id].pc as usize] {
            Step::Serve { part, .. } | Step::Wait { part, .. } => part,
            _ => Part::Service,
        }
    }

    /// The next step.
    #[inline]
    #[expect(
        clippy::unnecessary_wraps,
        reason = "steps return the visit that goes on"
    )]
    pub(super) fn go_on(&mut self, id: u32) -> Option<u32> {
        let visit = &mut self.visits[id];
        visit.pc += 1;
        visit.state = State::Ready;
        Some(id)
    }

    /// A job comes to a sharing station.
    fn share(&mut self, id: u32, station: u32) {
        let now = self.now;
        let work = if self.slowed == 0 {
            self.visits[id].demand
        } else {
            self.work_of(id)
        };
        self.visits[id].state = State::Sharing;
        let node = self.visits[id].node;
        let place = &mut self.stations[station as usize];
        let Kind::Sharing(shared) = &mut place.kind else {
            unreachable!("a sharing station")
        };
        shared.advance(now);
        self.visits[id].until = shared.clock_ns(node);
        let look = shared.enter(id, node, work) || shared.scheduled == u64::MAX;
        place.join(now);
        if look {
            self.schedule_due(station);
        }
    }

    /// Puts the event of a sharing station unless one comes early enough already.
    #[inline]
    pub(super) fn schedule_due(&mut self, station: u32) {
        let Kind::Sharing(shared) = &mut self.stations[station as usize].kind else {
            unreachable!("a sharing station")
        };
        if let Some(due) = shared.next().filter(|&due| due < shared.scheduled) {
            shared.scheduled = due;
            shared.ticket = self.agenda.put(due, Rank::Due, station);
        }
    }

    /// A sharing station may have finished a job; an event that came too early is moved.
    pub(super) fn due(&mut self, key: Key) -> Option<u32> {
        let (now, station) = (self.now, key.id());
        let place = &mut self.stations[station as usize];
        let Kind::Sharing(shared) = &mut place.kind else {
            unreachable!("a sharing station")
        };
        if shared.ticket != key.ticket() {
            return None;
        }
        shared.scheduled = u64::MAX;
        match shared.next() {
            None => return None,
            Some(due) if due > now => {
                shared.scheduled = due;
                shared.ticket = self.agenda.put(due, Rank::Due, station);
                return None;
            }
            Some(_) => {}
        }
        shared.advance(now);
        let id = shared.leave();
        let visit = &self.visits[id];
        let attained = shared.clock_ns(visit.node) - visit.until;
        place.part(1, now);
        self.schedule_due(station);
        self.shared_out(id, station, attained);
        self.go_on(id)
    }

    /// Accounts for a job that has had its share: plain demand as service, the rest as queue.
    fn shared_out(&mut self, id: u32, station: u32, attained: u64) {
        if self.program.steps[self.visits[id].pc as usize] == Step::Carried {
            return self.carried(id, station, attained);
        }
        let part = self.part_of(id);
        let visit = &mut self.visits[id];
        let elapsed = self.now - visit.since;
        let service = elapsed.min(visit.demand);
        visit.waiting += elapsed - service;
        visit.since = self.now - service;
        self.charge(id, part);
        let component = self.nodes[self.visits[id].node as usize].component;
        self.stations[station as usize].done(component, elapsed - service, attained);
    }

    /// Lets time pass.
    pub(super) fn wait(&mut self, id: u32, law: LawId, key: u64) -> Option<u32> {
        let ns = self.draw_ns(law, mix(self.visits[id].key ^ key));
        if ns == 0 {
            return self.go_on(id);
        }
        let ticket = self.put(self.now.saturating_add(ns), Rank::Waited, id);
        let visit = &mut self.visits[id];
        visit.state = State::Waiting;
        visit.ticket = ticket;
        None
    }

    /// A pause or a name lookup is over.
    pub(super) fn waited(&mut self, key: Key) -> Option<u32> {
        let id = self.wake(key)?;
        if self.visits[id].state == State::Resolving {
            return self.resolved(id);
        }
        self.charge(id, self.part_of(id));
        self.go_on(id)
    }

    /// Asks for a permit that is kept until the visit leaves the node.
    pub(super) fn acquire(&mut self, id: u32, pool: u32) -> Option<u32> {
        let place = &mut self.pools[pool as usize];
        match place.wish(&mut self.visits, id, self.now) {
            Wish::Granted => self.keep(id, pool),
            Wish::Waiting => {
                let visit = &mut self.visits[id];
                visit.at = pool;
                visit.state = State::Permit;
                if let Some(patience) = self.program.pools[pool as usize].patience {
                    self.bound_wait(id, patience);
                }
                None
            }
            Wish::Refused => self.found_full(id, pool),
        }
    }

    /// A waiting visit got its permit.
    pub(super) fn permitted(&mut self, id: u32) -> Option<u32> {
        let pool = self.visits[id].at;
        if self.limits.any() {
            self.limits.disarm(id, Bound::Attempt);
        }
        self.charge(id, self.pools[pool as usize].part);
        if self.pools[pool as usize].sheds && self.is_stale(id) {
            return self.shed(id, pool);
        }
        self.keep(id, pool)
    }

    #[inline]
    pub(super) fn keep(&mut self, id: u32, pool: u32) -> Option<u32> {
        let visit = &mut self.visits[id];
        visit.permits[visit.held as usize] = pool;
        visit.held += 1;
        self.go_on(id)
    }

    /// Gives a permit back; who waits for it goes on at this instant.
    #[inline]
    pub(super) fn release(&mut self, pool: u32) {
        let place = &mut self.pools[pool as usize];
        if let Some(id) = place.release(&mut self.visits, self.now) {
            self.ready.push_back(id);
        }
        self.room_at(pool);
        if let Some(memory) = self.memories.counted_by(pool) {
            self.measure(memory);
        }
    }
}
