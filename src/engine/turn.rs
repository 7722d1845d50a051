//! Visits at stations that choose whom to serve next.

use super::key::{Key, Rank};
use super::limit::Bound;
use super::ordered::{Move, Ordered};
use super::program::{Part, Reason};
use super::run::Engine;
use super::station::Kind;
use super::visit::{NONE, State};

impl Engine<'_> {
    fn ordered(&mut self, station: u32) -> &mut Ordered {
        match &mut self.stations[station as usize].kind {
            Kind::Ordered(ordered) => ordered,
            _ => unreachable!("a station that chooses"),
        }
    }

    /// A job comes to a station that chooses.
    #[inline(never)]
    pub(super) fn take_turn(&mut self, id: u32, station: u32) -> Option<u32> {
        if self.balks(station) {
            let component = self.nodes[self.visits[id].node as usize].component;
            self.probe.refused(component);
            return self.finish(id, Some(Reason::Balked));
        }
        let (now, work) = (self.now, self.work_of(id));
        let visit = &mut self.visits[id];
        visit.state = State::InTurn;
        let (node, class) = (visit.node, visit.class);
        let priority = match class {
            NONE => 0,
            class => self.program.classes[class as usize].priority,
        };
        self.ordered(station).enter(id, node, work, priority, now);
        self.rearranged(station);
        if let Some(patience) = self.program.stations[station as usize].queue.patience
            && self.ordered(station).stands(id, now).is_none()
        {
            self.bound_wait(id, patience);
        }
        None
    }

    /// Accounts for what happened at a station, and puts its next event.
    pub(super) fn rearranged(&mut self, station: u32) {
        let mut moves = std::mem::take(&mut self.ordered(station).moves);
        for happened in moves.drain(..) {
            match happened {
                Move::Starts(id) => {
                    if self.limits.any() {
                        self.limits.disarm(id, Bound::Attempt);
                    }
                    self.charge(id, Part::Queue);
                }
                Move::Stops(id, stood) => {
                    self.stood(id, stood);
                    let component = self.nodes[self.visits[id].node as usize].component;
                    self.stations[station as usize].deliver(component, stood);
                }
            }
        }
        let now = self.now;
        self.ordered(station).moves = moves;
        self.stations[station as usize].relevel(now);
        let ordered = self.ordered(station);
        let Some(due) = ordered.next().filter(|&due| due < ordered.scheduled) else {
            return;
        };
        ordered.scheduled = due;
        self.ordered(station).ticket = self.put(due, Rank::Turn, station);
    }

    /// A station that chooses may have finished a job; an event that came too early is moved.
    pub(super) fn turn(&mut self, key: Key) -> Option<u32> {
        let (now, station) = (self.now, key.id());
        let ordered = self.ordered(station);
        if ordered.ticket != key.ticket() {
            return None;
        }
        ordered.scheduled = u64::MAX;
        if ordered.next().is_none_or(|due| due > now) {
            self.rearranged(station);
            return None;
        }
        let done = ordered.finish(now);
        let service = self.stood(done.visit, done.stood);
        let waited = done.waited + done.stood - service;
        let component = self.nodes[self.visits[done.visit].node as usize].component;
        self.stations[station as usize].done(component, waited, done.stood);
        self.rearranged(station);
        self.go_on(done.visit)
    }

    /// Accounts a stretch of `stood` ns on a place: plain demand as service, the rest as queue.
    /// Returns the service.
    fn stood(&mut self, id: u32, stood: u64) -> u64 {
        let part = self.part_of(id);
        let station = self.visits[id].at;
        let shares = self.ordered(station).shares();
        let visit = &self.visits[id];
        let service = if shares {
            stood.min(visit.demand)
        } else {
            stood
        };
        let begin = visit.since + (stood - service);
        let now = std::mem::replace(&mut self.now, begin);
        self.charge(id, Part::Queue);
        self.now = now;
        self.charge(id, part);
        service
    }

    /// A lost visit leaves the queue of a station that chooses.
    pub(super) fn leave_turn(&mut self, id: u32) {
        let (station, now) = (self.visits[id].at, self.now);
        if self.ordered(station).drop_out(id, now) {
            self.visits[id].state = State::Ready;
            self.rearranged(station);
        }
    }

    /// A lost visit leaves its place at a station that chooses; what it got is spent for nothing.
    pub(super) fn leave_place(&mut self, id: u32) {
        let (station, now) = (self.visits[id].at, self.now);
        let Some(done) = self.ordered(station).abort(id, now) else {
            return;
        };
        self.stood(id, done.stood);
        let component = self.nodes[self.visits[id].node as usize].component;
        self.stations[station as usize].deliver(component, done.stood);
        self.rearranged(station);
    }
}
