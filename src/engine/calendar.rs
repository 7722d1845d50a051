//! The set of pending events: a 4-ary heap whose taken minimum leaves a hole for the next put.

use std::hint::select_unpredictable;

use super::key::{Key, Rank};

/// Four siblings on one cache line, padded with the maximum.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
struct Line([u128; 4]);

/// Pending events in order.
#[derive(Debug)]
pub struct Calendar {
    /// The least key, or what it was while there is a hole.
    root: u128,
    /// Whether the root has been taken and not yet replaced.
    hole: bool,
    /// Number of keys below the root.
    below: usize,
    /// Children of the root, then children of key `i` in line `i + 1`.
    lines: Vec<Line>,
}

/// The calendar of a replication, and the numbers of its events.
#[derive(Debug, Default)]
pub struct Agenda {
    calendar: Calendar,
    /// The last number given.
    pub number: u64,
}

impl Agenda {
    /// Takes the next event.
    #[inline(always)]
    pub fn take(&mut self) -> Option<Key> {
        self.calendar.take()
    }

    /// Puts an event; returns its ticket.
    #[inline(always)]
    pub fn put(&mut self, time: u64, rank: Rank, id: u32) -> u64 {
        self.number += 1;
        let key = Key::new(time, rank, self.number, id);
        self.calendar.put(key);
        key.ticket()
    }

    /// A number that names one wait for ever.
    #[inline]
    pub fn fresh(&mut self) -> u64 {
        self.number += 1;
        self.number
    }
}

impl Default for Calendar {
    fn default() -> Self {
        Self {
            root: u128::MAX,
            hole: false,
            below: 0,
            lines: Vec::new(),
        }
    }
}

impl Calendar {
    /// Takes the least key.
    #[inline(always)]
    pub fn take(&mut self) -> Option<Key> {
        if self.hole {
            self.close();
        }
        if self.root == u128::MAX {
            return None;
        }
        self.hole = true;
        Some(Key(self.root))
    }

    /// The least key, without taking it.
    #[inline]
    pub fn peek(&mut self) -> Option<Key> {
        if self.hole {
            self.close();
        }
        (self.root != u128::MAX).then_some(Key(self.root))
    }

    /// Adds a key.
    #[inline(always)]
    pub fn put(&mut self, key: Key) {
        if self.hole {
            self.hole = false;
            self.sink(key.0);
        } else {
            self.push(key.0);
        }
    }

    /// Number of keys.
    pub fn len(&self) -> usize {
        self.below + usize::from(self.root != u128::MAX && !self.hole)
    }

    /// All keys, in no order.
    pub fn keys(&self) -> impl Iterator<Item = Key> {
        let root = (self.len() > self.below).then_some(self.root);
        let below = self.lines.iter().flat_map(|line| line.0);
        root.into_iter().chain(below.take(self.below)).map(Key)
    }

    /// Fills the hole with the last key.
    fn close(&mut self) {
        self.hole = false;
        if self.below == 0 {
            self.root = u128::MAX;
            return;
        }
        self.below -= 1;
        let slot = &mut self.lines[self.below / 4].0[self.below % 4];
        let last = std::mem::replace(slot, u128::MAX);
        self.sink(last);
    }

    /// Puts `key` at the root and lets it sink to its place.
    #[inline(always)]
    fn sink(&mut self, key: u128) {
        match self.least(0) {
            Some((least, place)) if least < key => {
                self.root = least;
                self.sink_below(key, place);
            }
            _ => self.root = key,
        }
    }

    /// Lets `key` sink to its place from a hole below the root.
    #[inline]
    fn sink_below(&mut self, key: u128, mut hole: usize) {
        while let Some((least, place)) = self.least(hole + 1) {
            if least >= key {
                break;
            }
            self.lines[hole / 4].0[hole % 4] = least;
            hole = place;
        }
        self.lines[hole / 4].0[hole % 4] = key;
    }

    /// The least of a line, and its place.
    #[inline]
    fn least(&self, line: usize) -> Option<(u128, usize)> {
        let Line([a, b, c, d]) = *self.lines.get(line)?;
        let (left, right) = (b < a, d < c);
        let first = select_unpredictable(left, b, a);
        let second = select_unpredictable(right, d, c);
        let other = second < first;
        let slot = select_unpredictable(other, 2 + usize::from(right), usize::from(left));
        Some((select_unpredictable(other, second, first), line * 4 + slot))
    }

    /// Adds a key at the end and lets it rise.
    fn push(&mut self, key: u128) {
        if self.root == u128::MAX {
            self.root = key;
            return;
        }
        let mut key = key;
        if key < self.root {
            std::mem::swap(&mut key, &mut self.root);
        }
        let place = self.below;
        self.below += 1;
        if place / 4 == self.lines.len() {
            self.lines.push(Line([u128::MAX; 4]));
        }
        self.rise(key, place);
    }

    /// Lets `key` rise to its place from a hole below the root.
    #[inline]
    fn rise(&mut self, key: u128, mut place: usize) {
        while place >= 4 {
            let parent = place / 4 - 1;
            let above = self.lines[parent / 4].0[parent % 4];
            if above <= key {
                break;
            }
            self.lines[place / 4].0[place % 4] = above;
            place = parent;
        }
        self.lines[place / 4].0[place % 4] = key;
    }
}

#[cfg(test)]
mod tests {
    use std::cmp::Reverse;
    use std::collections::BinaryHeap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn agrees_with_the_binary_heap_of_std(
            steps in prop::collection::vec((0u8..4, 0u64..40), 1..400)
        ) {
            let mut calendar = Calendar::default();
            let mut heap = BinaryHeap::new();
            for (number, (what, time)) in steps.into_iter().enumerate() {
                if what == 0 {
                    prop_assert_eq!(calendar.take(), heap.pop().map(|Reverse(key)| key));
                } else {
                    let key = Key(u128::from(time) << 64 | number as u128);
                    calendar.put(key);
                    heap.push(Reverse(key));
                }
                prop_assert_eq!(calendar.len(), heap.len());
                if what == 2 {
                    prop_assert_eq!(calendar.peek(), heap.peek().map(|&Reverse(key)| key));
                }
                if what == 3 {
                    let mut keys: Vec<Key> = calendar.keys().collect();
                    keys.sort_unstable();
                    let mut all: Vec<Key> = heap.iter().map(|&Reverse(key)| key).collect();
                    all.sort_unstable();
                    prop_assert_eq!(keys, all);
                }
            }
            while let Some(Reverse(key)) = heap.pop() {
                prop_assert_eq!(calendar.take(), Some(key));
            }
            prop_assert_eq!(calendar.take(), None);
        }
    }
}
