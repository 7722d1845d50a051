//! Least frequently used, with counts of all items kept over the whole run ("perfect LFU" in
//! L. Breslau et al., "Web caching and Zipf-like distributions", 1999, 5): the cache holds the
//! items asked for most often so far. An item comes in only if it was asked for more often than
//! the one that would have to leave; among equals the one with the smaller number leaves. With
//! fixed popularities this tends to the best static contents, the most popular items.
//!
//! The entries stand in a binary heap whose root is the next to leave. A hit raises a count by
//! one, so that popular entries, which are leaves, hardly ever move.

use super::shard::Slot;
use super::table::Table;
use crate::engine::visit::NONE;

/// Counts of all items, and the entries as a heap; each knows its place in `prev`.
#[derive(Debug, Default)]
pub struct Lfu {
    counts: Table,
    heap: Vec<u32>,
}

impl Lfu {
    /// How often an item was asked for.
    #[inline]
    pub fn count(&self, item: u32) -> u32 {
        match self.counts.get(item) {
            NONE => 0,
            count => count,
        }
    }

    /// Sets how often an item was asked for before the run; not of an entry.
    pub fn set_count(&mut self, item: u32, count: u32) {
        self.counts.set(item, count.min(NONE - 1));
    }

    /// An item was asked for; `slot` where it stands, if it is here.
    #[inline]
    pub fn asked(&mut self, slots: &mut [Slot], item: u32, slot: u32) {
        let count = self.count(item);
        self.counts.set(item, (count + 1).min(NONE - 1));
        if slot != NONE {
            self.sink(slots, slots[slot as usize].prev as usize);
        }
    }

    /// Whether a newcomer was asked for more often than the next to leave.
    pub fn beats(&self, slots: &[Slot], item: u32) -> bool {
        self.heap
            .first()
            .is_none_or(|&least| self.count(item) > self.count(slots[least as usize].item))
    }

    /// The next to leave.
    pub fn least(&self) -> Option<u32> {
        self.heap.first().copied()
    }

    /// Adds an entry.
    pub fn add(&mut self, slots: &mut [Slot], slot: u32) {
        let place = self.heap.len();
        self.heap.push(slot);
        slots[slot as usize].prev = place as u32;
        self.rise(slots, place);
    }

    /// Takes an entry out.
    pub fn remove(&mut self, slots: &mut [Slot], slot: u32) {
        let place = slots[slot as usize].prev as usize;
        self.heap.swap_remove(place);
        if let Some(&moved) = self.heap.get(place) {
            slots[moved as usize].prev = place as u32;
            self.sink(slots, place);
            self.rise(slots, place);
        }
    }

    /// Forgets the entries; counts are of the node's memory, too, and start again.
    pub fn clear(&mut self) {
        self.heap.clear();
        self.counts.clear();
    }

    fn key(&self, slots: &[Slot], place: usize) -> (u32, u32) {
        let item = slots[self.heap[place] as usize].item;
        (self.count(item), item)
    }

    fn swap(&mut self, slots: &mut [Slot], a: usize, b: usize) {
        self.heap.swap(a, b);
        slots[self.heap[a] as usize].prev = a as u32;
        slots[self.heap[b] as usize].prev = b as u32;
    }

    fn rise(&mut self, slots: &mut [Slot], mut place: usize) {
        while place > 0 {
            let above = (place - 1) / 2;
            if self.key(slots, above) <= self.key(slots, place) {
                break;
            }
            self.swap(slots, above, place);
            place = above;
        }
    }

    fn sink(&mut self, slots: &mut [Slot], mut place: usize) {
        loop {
            let below = [2 * place + 1, 2 * place + 2];
            let least = below
                .into_iter()
                .filter(|&child| child < self.heap.len())
                .min_by_key(|&child| self.key(slots, child));
            match least {
                Some(child) if self.key(slots, child) < self.key(slots, place) => {
                    self.swap(slots, child, place);
                    place = child;
                }
                _ => return,
            }
        }
    }
}
