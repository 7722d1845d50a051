//! Timers of random length: a heap of their own, beside the calendar, from which a timer is
//! taken out as soon as nobody waits for it any more. The calendar holds one event for the first.

use super::visit::NONE;

/// What a timer bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// An attempt, or a wait in a queue: a visit does one of them at a time.
    Attempt = 0,
    /// A whole call.
    Call = 1,
}

/// A running timer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Timer {
    due: u64,
    number: u64,
    /// Twice the visit, plus the bound.
    slot: u32,
}

/// All timers of random length.
#[derive(Debug)]
pub struct Limits {
    heap: Vec<Timer>,
    /// Place in the heap by slot, or [`NONE`].
    places: Vec<u32>,
    /// Time of the event in the calendar; `u64::MAX`: none.
    pub scheduled: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            heap: Vec::new(),
            places: Vec::new(),
            scheduled: u64::MAX,
        }
    }
}

impl Limits {
    /// Whether any timer runs.
    #[inline]
    pub fn any(&self) -> bool {
        !self.heap.is_empty()
    }

    /// Starts a timer; the visit has none of this bound.
    pub fn arm(&mut self, visit: u32, bound: Bound, due: u64, number: u64) {
        let slot = visit * 2 + bound as u32;
        if self.places.len() <= slot as usize {
            self.places.resize(slot as usize + 2, NONE);
        }
        self.heap.push(Timer { due, number, slot });
        self.rise(self.heap.len() - 1);
    }

    /// Takes a timer out, if it runs.
    #[inline]
    pub fn disarm(&mut self, visit: u32, bound: Bound) {
        let slot = visit as usize * 2 + bound as usize;
        if let Some(&place) = self.places.get(slot).filter(|&&place| place != NONE) {
            self.remove(place as usize);
        }
    }

    /// When the first timer runs out.
    #[inline]
    pub fn next(&self) -> Option<u64> {
        self.heap.first().map(|timer| timer.due)
    }

    /// Takes out the first timer if it runs out by `now`.
    pub fn expire(&mut self, now: u64) -> Option<(u32, Bound)> {
        let first = *self.heap.first().filter(|timer| timer.due <= now)?;
        self.remove(0);
        let bound = if first.slot % 2 == 0 {
            Bound::Attempt
        } else {
            Bound::Call
        };
        Some((first.slot / 2, bound))
    }

    fn remove(&mut self, place: usize) {
        self.places[self.heap[place].slot as usize] = NONE;
        self.heap.swap_remove(place);
        if place < self.heap.len() {
            self.rise(place);
            let place = self.places[self.heap[place].slot as usize].min(place as u32);
            self.sink(place as usize);
        }
    }

    fn put(&mut self, place: usize, timer: Timer) {
        self.heap[place] = timer;
        self.places[timer.slot as usize] = place as u32;
    }

    fn rise(&mut self, mut place: usize) {
        let timer = self.heap[place];
        while place > 0 && timer < self.heap[(place - 1) / 4] {
            let parent = (place - 1) / 4;
            self.put(place, self.heap[parent]);
            place = parent;
        }
        self.put(place, timer);
    }

    fn sink(&mut self, mut place: usize) {
        let timer = self.heap[place];
        loop {
            let children = place * 4 + 1..(place * 4 + 5).min(self.heap.len());
            let least = children.min_by_key(|&child| self.heap[child]);
            let Some(child) = least.filter(|&child| self.heap[child] < timer) else {
                break;
            };
            self.put(place, self.heap[child]);
            place = child;
        }
        self.put(place, timer);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// As a sorted set, under arming, disarming and running out in any order.
        #[test]
        fn agrees_with_a_sorted_set(
            steps in prop::collection::vec((0u8..4, 0u32..20, 0u64..50), 1..300)
        ) {
            let mut limits = Limits::default();
            let mut set = BTreeSet::new();
            for (number, (what, visit, due)) in (0u64..).zip(steps) {
                let bound = if due % 2 == 0 { Bound::Attempt } else { Bound::Call };
                let slot = visit * 2 + bound as u32;
                let known = set.iter().find(|timer: &&Timer| timer.slot == slot).copied();
                match (what, known) {
                    (0 | 1, None) => {
                        limits.arm(visit, bound, due, number);
                        set.insert(Timer { due, number, slot });
                    }
                    (2, _) => {
                        limits.disarm(visit, bound);
                        known.map(|timer| set.remove(&timer));
                    }
                    _ => {
                        let first = set.first().copied().filter(|timer| timer.due <= due);
                        first.map(|timer| set.remove(&timer));
                        let slot = limits.expire(due).map(|(v, b)| v * 2 + b as u32);
                        prop_assert_eq!(slot, first.map(|timer| timer.slot));
                    }
                }
                prop_assert_eq!(limits.next(), set.first().map(|timer| timer.due));
                prop_assert_eq!(limits.any(), !set.is_empty());
            }
        }
    }
}
