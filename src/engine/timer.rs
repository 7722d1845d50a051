//! Timers of equal length expire in the order in which they were armed: a queue per length and
//! one event for its front, instead of one event per timer.

use std::collections::VecDeque;

use super::visit::Visits;

/// Timers that a queue may keep although nobody cares for them any more.
const SHORT: usize = 16;

/// A running timer: when, whom, and what the visit must still wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timer {
    /// When it runs out, ns.
    pub due: u64,
    /// Whose it is.
    pub visit: u32,
    /// `Visit::awaits` or `Visit::deadline` while it matters.
    pub number: u64,
}

impl Timer {
    /// Whether anybody still cares.
    #[inline]
    pub fn alive(&self, visits: &Visits) -> bool {
        let visit = &visits[self.visit];
        visit.awaits == self.number || visit.deadline == self.number
    }
}

/// All timers of one length.
#[derive(Debug, Default)]
pub struct Lane {
    length: u64,
    armed: VecDeque<Timer>,
    scheduled: bool,
}

impl Lane {
    /// For timers of `length` ns.
    pub fn new(length: u64) -> Self {
        Self {
            length,
            ..Self::default()
        }
    }

    /// For timers of each of these lengths, ns.
    pub fn all(lengths: &[u64]) -> Vec<Self> {
        lengths.iter().map(|&length| Self::new(length)).collect()
    }

    /// Starts a timer; returns when the lane's event must be put, if it has none.
    #[inline]
    pub fn arm(&mut self, visits: &Visits, now: u64, visit: u32, number: u64) -> Option<u64> {
        // Dead timers are dropped as new ones come, so that the queue stays short.
        while self.armed.len() > SHORT && self.armed.front().is_some_and(|t| !t.alive(visits)) {
            self.armed.pop_front();
        }
        let due = now.saturating_add(self.length);
        self.armed.push_back(Timer { due, visit, number });
        (!std::mem::replace(&mut self.scheduled, true)).then_some(due)
    }

    /// The lane's event has come: the timer that runs out now, if any.
    pub fn expire(&mut self, visits: &Visits, now: u64) -> Option<Timer> {
        self.scheduled = false;
        while self.armed.front().is_some_and(|front| !front.alive(visits)) {
            self.armed.pop_front();
        }
        let due = self.armed.front().is_some_and(|front| front.due <= now);
        if due { self.armed.pop_front() } else { None }
    }

    /// When the lane's next event must be put, if it needs one.
    pub fn next(&mut self) -> Option<u64> {
        let due = self.armed.front()?.due;
        (!std::mem::replace(&mut self.scheduled, true)).then_some(due)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::visit::Visit;

    #[test]
    fn only_living_timers_run_out_in_order() {
        let mut visits = Visits::default();
        let ids: Vec<u32> = (1..4)
            .map(|n| {
                visits.add(Visit {
                    awaits: n,
                    ..Visit::NEW
                })
            })
            .collect();
        let mut lane = Lane::new(10);
        assert_eq!(lane.arm(&visits, 0, ids[0], 1), Some(10));
        assert_eq!(lane.arm(&visits, 3, ids[1], 2), None);
        assert_eq!(lane.arm(&visits, 5, ids[2], 3), None);
        visits[ids[1]].awaits = 0;
        assert_eq!(
            lane.expire(&visits, 10).map(|timer| timer.visit),
            Some(ids[0])
        );
        assert_eq!(lane.next(), Some(13));
        assert_eq!(lane.expire(&visits, 13), None);
        assert_eq!(lane.next(), Some(15));
        assert_eq!(
            lane.expire(&visits, 15).map(|timer| timer.visit),
            Some(ids[2])
        );
        assert_eq!(lane.next(), None);
    }
}
