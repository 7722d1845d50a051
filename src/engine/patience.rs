//! Who gives up after a time of random length: attempts, users, and requests in a queue.

use super::call::SPREAD;
use super::id::LawId;
use super::key::Rank;
use super::limit::Bound;
use super::program::{Call, Part, Reason};
use super::run::Engine;
use super::station::Kind;
use super::visit::State;
use crate::law::mix;

/// Purposes of draws of one call.
const ATTEMPT: u64 = 0x5BE0_CD19_137E_2179;
const WHOLE: u64 = 0x1F83_D9AB_FB41_BD6B;

impl Engine<'_> {
    /// Starts a timer of random length; the calendar learns of it if it is the first.
    fn bound(&mut self, id: u32, bound: Bound, law: LawId, word: u64) {
        let due = self.now.saturating_add(self.draw_ns(law, word));
        let number = self.fresh();
        self.limits.arm(id, bound, due, number);
        self.schedule_limit();
    }

    /// Puts the event of the first timer unless one comes early enough already. Its id is one
    /// past the lanes of timers of equal length.
    fn schedule_limit(&mut self) {
        let Some(due) = self
            .limits
            .next()
            .filter(|&due| due < self.limits.scheduled)
        else {
            return;
        };
        self.limits.scheduled = due;
        self.put(due, Rank::Expired, self.lanes.len() as u32);
    }

    /// The first timer of random length may have run out; an event that came too early is moved.
    #[inline(never)]
    pub(super) fn lapsed(&mut self) -> Option<u32> {
        if self.limits.scheduled <= self.now {
            self.limits.scheduled = u64::MAX;
        }
        let expired = self.limits.expire(self.now);
        self.schedule_limit();
        match expired? {
            (id, Bound::Call) => self.walk_away(id),
            (id, Bound::Attempt) => match self.visits[id].state {
                State::Permit | State::InTurn => self.abandon_queue(id),
                _ => self.attempt_lapsed(id),
            },
        }
    }

    /// Bounds an attempt whose timeout is random.
    pub(super) fn bound_attempt(&mut self, id: u32, call: &Call, law: LawId) {
        let visit = &self.visits[id];
        let spread = u64::from(visit.count).wrapping_mul(SPREAD);
        let word = mix((visit.key ^ call.key ^ ATTEMPT).wrapping_add(spread));
        self.bound(id, Bound::Attempt, law, word);
    }

    fn attempt_lapsed(&mut self, id: u32) -> Option<u32> {
        let (call, _) = self.calling(id);
        self.visits[id].ticket = 0;
        self.probe.links[call.link.index()].timeouts += 1;
        self.attempt_failed(id, Reason::Timeout)
    }

    /// Bounds a whole call by the patience of the user.
    pub(super) fn bound_call(&mut self, id: u32, call: &Call, law: LawId) {
        let word = mix(self.visits[id].key ^ call.key ^ WHOLE);
        self.bound(id, Bound::Call, law, word);
    }

    /// The user gives up (S16).
    fn walk_away(&mut self, id: u32) -> Option<u32> {
        let visit = &mut self.visits[id];
        visit.ticket = 0;
        if visit.state == State::Connection {
            let pool = visit.at;
            self.pools[pool as usize].give_up(&mut self.visits, id, self.now, true);
        }
        self.charge(id, Part::RetryWait);
        self.let_go(id);
        self.call_failed(id, Reason::Abandoned)
    }

    /// Bounds the wait in a queue.
    pub(super) fn bound_wait(&mut self, id: u32, (law, key): (LawId, u64)) {
        let word = mix(self.visits[id].key ^ key);
        self.bound(id, Bound::Attempt, law, word);
    }

    /// A request leaves the queue before it is served.
    fn abandon_queue(&mut self, id: u32) -> Option<u32> {
        let at = self.visits[id].at;
        if self.visits[id].state == State::Permit {
            let place = &mut self.pools[at as usize];
            place.give_up(&mut self.visits, id, self.now, true);
            self.charge(id, self.program.pools[at as usize].part);
            self.room_at(at);
        } else {
            self.leave_turn(id);
            self.charge(id, Part::Queue);
        }
        self.finish(id, Some(Reason::Abandoned))
    }

    /// Whether too many wait already at the station that a request comes to.
    pub(super) fn balks(&self, station: u32) -> bool {
        let above = self.program.stations[station as usize].queue.above;
        let Kind::Ordered(ordered) = &self.stations[station as usize].kind else {
            return false;
        };
        above.is_some_and(|above| ordered.lining() > u64::from(above))
    }
}
