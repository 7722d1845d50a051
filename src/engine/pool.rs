//! Pools of permits with a bounded waiting room, first come, first served.

use super::gauge::Gauge;
use super::observation::PoolObservation;
use super::program::{self, Part, Reason};
use super::visit::{Line, Visits};

/// What happened to a wish for a permit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// It is held.
    Granted,
    /// The visit waits in the room.
    Waiting,
    /// The room is full.
    Refused,
}

/// A pool at work.
#[derive(Debug)]
pub struct Pool {
    capacity: u64,
    /// Whether a selector sets the capacity; permits then go back to it and not to who waits.
    gated: bool,
    room: u64,
    /// With more in line than this, the last is first; otherwise the first.
    last_above: u32,
    /// Whether those whose answer is of no use any more are sent away.
    pub sheds: bool,
    /// Why a full room turns away.
    pub refusal: Reason,
    /// What waiting counts as.
    pub part: Part,
    used: Gauge,
    waiting: Gauge,
    line: Line,
    granted: u64,
    waiting_sum: u128,
    /// Those who found no room, where there were any.
    beyond: Option<Box<Beyond>>,
}

/// Those who did not get in, and those who left.
#[derive(Debug)]
struct Beyond {
    /// Those who wait outside.
    outside: Line,
    orbit: Gauge,
    refused: u64,
    timed_out: u64,
    gave_up_sum: u128,
}

impl Default for Beyond {
    fn default() -> Self {
        Self {
            outside: Line::EMPTY,
            orbit: Gauge::default(),
            refused: 0,
            timed_out: 0,
            gave_up_sum: 0,
        }
    }
}

impl Pool {
    /// As described, empty.
    pub fn new(pool: &program::Pool) -> Self {
        Self {
            capacity: pool.capacity.map_or(u64::MAX, u64::from),
            gated: false,
            room: pool.room.map_or(u64::MAX, u64::from),
            last_above: pool.overload.last_first.unwrap_or(u32::MAX),
            sheds: pool.overload.sheds,
            refusal: pool.refusal,
            part: pool.part,
            used: Gauge::default(),
            waiting: Gauge::default(),
            line: Line::EMPTY,
            granted: 0,
            waiting_sum: 0,
            beyond: None,
        }
    }

    fn beyond(&mut self) -> &mut Beyond {
        self.beyond.get_or_insert_default()
    }

    /// Permits in use, as an area from the start.
    pub fn used_area(&self, now: u64) -> u128 {
        self.used.area(now)
    }

    /// Takes a permit if one is free.
    #[inline(always)]
    pub fn take(&mut self, now: u64) -> bool {
        let free = self.used.count < self.capacity;
        if free {
            self.used.up(now);
            self.granted += 1;
        }
        free
    }

    /// The visit wants a permit.
    #[inline]
    pub fn wish(&mut self, visits: &mut Visits, id: u32, now: u64) -> Wish {
        if self.take(now) {
            return Wish::Granted;
        }
        if self.waiting.count >= self.room {
            self.beyond().refused += 1;
            return Wish::Refused;
        }
        self.waiting.up(now);
        self.line.push(visits, id);
        Wish::Waiting
    }

    /// Permits held.
    pub fn held(&self) -> u64 {
        self.used.count
    }

    /// Whether a wish would be refused.
    pub fn is_full(&self) -> bool {
        self.used.count >= self.capacity && self.waiting.count >= self.room
    }

    /// A permit comes back; returns the waiting visit that gets it.
    #[inline]
    pub fn release(&mut self, visits: &mut Visits, now: u64) -> Option<u32> {
        if self.gated {
            self.used.down(now);
            return None;
        }
        let Some(id) = self.next_in_line(visits) else {
            self.used.down(now);
            return None;
        };
        self.got_one(visits, id, now);
        Some(id)
    }

    #[inline]
    fn next_in_line(&mut self, visits: &mut Visits) -> Option<u32> {
        if self.line.length > self.last_above {
            let last = self.line.tail;
            self.line.unlink(visits, last);
            return Some(last);
        }
        self.line.pop(visits)
    }

    #[inline]
    fn got_one(&mut self, visits: &Visits, id: u32, now: u64) {
        self.waiting.down(now);
        self.granted += 1;
        self.waiting_sum += u128::from(now - visits[id].since);
    }

    /// From now on `room` permits are left for those that are free or held by visits on their way
    /// to the room; `open` of those held are in use there already.
    pub fn set_free(&mut self, room: u64, open: u64) {
        self.gated = true;
        let promised = self.used.count - open;
        self.capacity = self.used.count + room.saturating_sub(promised);
    }

    /// The first in line, if a permit is free for it.
    pub fn admit(&mut self, visits: &mut Visits, now: u64) -> Option<u32> {
        if self.used.count >= self.capacity {
            return None;
        }
        let id = self.next_in_line(visits)?;
        self.used.up(now);
        self.got_one(visits, id, now);
        Some(id)
    }

    /// A waiting visit leaves the room; `timed_out`: because its patience ended.
    pub fn give_up(&mut self, visits: &mut Visits, id: u32, now: u64, timed_out: bool) {
        self.line.unlink(visits, id);
        self.waiting.down(now);
        self.beyond().gave_up_sum += u128::from(now - visits[id].since);
        self.beyond().timed_out += u64::from(timed_out);
    }

    /// One that found the room full is not turned away for good.
    pub fn pardon(&mut self) {
        self.beyond().refused -= 1;
    }

    /// One that found the room full will come back.
    pub fn circles(&mut self, now: u64) {
        self.beyond().orbit.up(now);
    }

    /// One comes back, or is lost on the way.
    pub fn lands(&mut self, now: u64) {
        self.beyond().orbit.down(now);
    }

    /// Whether a permit or a place to wait is free.
    #[inline]
    pub fn has_room(&self) -> bool {
        self.used.count < self.capacity || self.waiting.count < self.room
    }

    /// One waits outside.
    pub fn shut_out(&mut self, visits: &mut Visits, id: u32) {
        self.beyond().outside.push(visits, id);
    }

    /// Whether anybody waits outside.
    #[inline]
    pub fn anybody_out(&self) -> bool {
        self.beyond
            .as_ref()
            .is_some_and(|beyond| beyond.outside.length > 0)
    }

    /// The first of those outside.
    pub fn call_in(&mut self, visits: &mut Visits) -> Option<u32> {
        self.beyond.as_mut()?.outside.pop(visits)
    }

    /// One no longer waits outside.
    pub fn turn_from(&mut self, visits: &mut Visits, id: u32) {
        self.beyond().outside.unlink(visits, id);
    }

    /// Opens the window.
    pub fn open(&mut self, now: u64) {
        (self.granted, self.waiting_sum) = (0, 0);
        self.used.open(now);
        self.waiting.open(now);
        if let Some(beyond) = &mut self.beyond {
            (beyond.refused, beyond.timed_out, beyond.gave_up_sum) = (0, 0, 0);
            beyond.orbit.open(now);
        }
    }

    /// What was seen since.
    pub fn observe(&self, now: u64) -> PoolObservation {
        let inside = PoolObservation {
            used: self.used.level(now),
            waiting: self.waiting.level(now),
            granted: self.granted,
            waiting_sum: self.waiting_sum,
            ..PoolObservation::default()
        };
        let Some(beyond) = &self.beyond else {
            return inside;
        };
        PoolObservation {
            orbit: beyond.orbit.level(now),
            refused: beyond.refused,
            timed_out: beyond.timed_out,
            gave_up_sum: beyond.gave_up_sum,
            ..inside
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::visit::Visit;

    #[test]
    fn grants_in_order_refuses_beyond_the_room_and_lets_waiters_go() {
        let mut visits = Visits::default();
        let ids: Vec<u32> = (0..4).map(|_| visits.add(Visit::NEW)).collect();
        let mut pool = Pool::new(&program::Pool {
            name: "threads".into(),
            capacity: Some(1),
            room: Some(2),
            refusal: Reason::Refused,
            part: Part::Queue,
            patience: None,
            full: program::Full::Refuse,
            overload: program::Overload::default(),
        });
        let wishes: Vec<Wish> = ids
            .iter()
            .map(|&id| pool.wish(&mut visits, id, 0))
            .collect();
        assert_eq!(
            wishes,
            [Wish::Granted, Wish::Waiting, Wish::Waiting, Wish::Refused]
        );
        pool.give_up(&mut visits, ids[1], 4, true);
        assert_eq!(pool.release(&mut visits, 6), Some(ids[2]));
        assert_eq!(pool.release(&mut visits, 8), None);
        let seen = pool.observe(10);
        assert_eq!((seen.used.area, seen.waiting.area), (8, 4 + 6));
        assert_eq!(
            (seen.granted, seen.refused, seen.timed_out, seen.waiting_sum),
            (2, 1, 1, 6)
        );
    }
}
