//! Crash of a node: everything on it is lost, everybody who waits for it learns of it (S49).

use std::collections::BTreeMap;

use super::limit::Bound;
use super::program::{Part, Reason};
use super::run::Engine;
use super::station::Kind;
use super::visit::{CONNECTED, INSIDE, LOCAL, OPEN, SPAWNED, State};

impl Engine<'_> {
    /// The node stops.
    #[cold]
    pub(super) fn crash(&mut self, node: u32) {
        let place = &mut self.nodes[node as usize];
        if !place.up {
            return;
        }
        place.up = false;
        self.fates[node as usize].life.down(self.now);
        self.forget_guards(node);
        let nodes = &self.nodes;
        self.caches
            .lose(node, |other| nodes[other.index()].up, self.program);
        self.lose_visits(node);
        self.memory_anew(node);
        self.lose_sessions(node);
        self.strand_writes(node);
        self.lead_again(node);
    }

    /// All visits of a node are lost. They leave queues first, then servers and pools, so that
    /// nothing is handed to another visit of the same node; then their callers are told.
    pub(super) fn lose_visits(&mut self, node: u32) {
        let lost: Vec<u32> = (0..self.visits.slots() as u32)
            .filter(|&id| {
                let visit = &self.visits[id];
                visit.state != State::Free
                    && visit.node == node
                    && (visit.is(INSIDE) || visit.is(LOCAL))
            })
            .collect();
        // Those outside first: the places that others give up are not for them any more.
        for &id in &lost {
            if self.visits[id].state == State::Blocked {
                self.leave_outside(id);
            }
        }
        for &id in &lost {
            self.leave_queues(id);
        }
        self.clear_sharing(node, &lost);
        for &id in &lost {
            self.leave_server(id);
        }
        for &id in &lost {
            self.give_back(id);
        }
        for &id in &lost {
            self.report_loss(id);
        }
        self.lose_held(node);
    }

    pub(super) fn leave_queues(&mut self, id: u32) {
        let visit = &self.visits[id];
        let at = visit.at as usize;
        match visit.state {
            State::Queued => self.stations[at].drop_out(&mut self.visits, id, self.now),
            State::InTurn => self.leave_turn(id),
            State::Permit | State::Connection => {
                self.pools[at].give_up(&mut self.visits, id, self.now, false);
                self.room_at(at as u32);
            }
            State::Orbiting => self.pools[at].lands(self.now),
            State::Filling => self.visits[id].ticket = 0,
            _ => {}
        }
    }

    /// Takes the lost jobs of a node out of sharing stations; what they attained is spent for
    /// nothing.
    pub(super) fn clear_sharing(&mut self, node: u32, lost: &[u32]) {
        let mut at: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for &id in lost {
            let visit = &self.visits[id];
            if visit.state == State::Sharing {
                at.entry(visit.at).or_default().push(id);
            }
        }
        for (station, lost) in at {
            let place = &mut self.stations[station as usize];
            let Kind::Sharing(shared) = &mut place.kind else {
                unreachable!("a sharing visit is at a sharing station")
            };
            shared.advance(self.now);
            shared.take_out(node, &lost);
            shared.scheduled = u64::MAX;
            let clock = shared.clock_ns(node);
            for &id in &lost {
                self.attained(id, station, clock);
            }
            self.stations[station as usize].part(lost.len() as u64, self.now);
            self.schedule_due(station);
        }
    }

    /// Books the service that a job attained before it was lost.
    fn attained(&mut self, id: u32, station: u32, clock: u64) {
        let done = clock - self.visits[id].until;
        let component = self.nodes[self.visits[id].node as usize].component;
        self.stations[station as usize].deliver(component, done);
        let visit = &mut self.visits[id];
        visit.since = visit.since.max(self.now - done.min(self.now));
        self.charge(id, Part::Service);
    }

    pub(super) fn leave_server(&mut self, id: u32) {
        let visit = &self.visits[id];
        if visit.state == State::InTurn {
            return self.leave_place(id);
        }
        if visit.state != State::Serving {
            return;
        }
        let (station, node) = (visit.at, visit.node);
        let done = self.now - visit.since;
        self.charge(id, Part::Service);
        let component = self.nodes[node as usize].component;
        let place = &mut self.stations[station as usize];
        place.deliver(component, done);
        if let Some(next) = place.next_in_line(&mut self.visits, node, self.now) {
            self.start(next);
        }
    }

    /// Permits and connections go back; calls under way are left to themselves.
    pub(super) fn give_back(&mut self, id: u32) {
        let awaits = self.visits[id].awaits;
        self.cancellable.calls.remove(&awaits);
        self.abandon_fills(id);
        self.forget_lost(id);
        if self.visits[id].flags & (CONNECTED | OPEN) != 0 {
            self.let_go(id);
        }
        if self.limits.any() {
            self.limits.disarm(id, Bound::Attempt);
            self.limits.disarm(id, Bound::Call);
        }
        let visit = &mut self.visits[id];
        (visit.awaits, visit.deadline, visit.ticket) = (0, 0, 0);
        visit.state = State::Ready;
        for place in 0..std::mem::take(&mut visit.held) {
            let pool = self.visits[id].permits[place as usize];
            self.release(pool);
        }
    }

    /// Leaves its node, with all that was done for it spent for nothing.
    pub(super) fn leave_for_nothing(&mut self, id: u32, reason: Reason) {
        let waiting = self.visits[id].waiting;
        self.spend(id);
        if self.visits[id].is(INSIDE) {
            self.visits[id].waiting = waiting;
            self.leave(id, Some(reason));
        }
    }

    fn report_loss(&mut self, id: u32) {
        self.leave_for_nothing(id, Reason::Reset);
        if self.visits[id].flags & (LOCAL | SPAWNED) != 0 {
            if !self.strand(id) {
                self.message_over(id, Some(Reason::Reset));
            }
            self.visits.remove(id);
            return;
        }
        self.visits[id].outcome = Some(Reason::Reset);
        if let Some(next) = self.send_back(id) {
            self.ready.push_back(next);
        }
    }
}
