//! Entries in a row, the next to leave last; links live in the entries.

use super::shard::Slot;
use crate::engine::visit::NONE;

/// Ends of the row.
#[derive(Clone, Copy, Debug)]
pub struct List {
    front: u32,
    back: u32,
}

impl Default for List {
    fn default() -> Self {
        Self {
            front: NONE,
            back: NONE,
        }
    }
}

impl List {
    /// The next to leave.
    pub fn last(self) -> Option<u32> {
        (self.back != NONE).then_some(self.back)
    }

    /// Puts an entry in front.
    pub fn push_front(&mut self, slots: &mut [Slot], slot: u32) {
        (slots[slot as usize].prev, slots[slot as usize].next) = (NONE, self.front);
        match self.front {
            NONE => self.back = slot,
            front => slots[front as usize].prev = slot,
        }
        self.front = slot;
    }

    /// Puts an entry behind all others.
    pub fn push_back(&mut self, slots: &mut [Slot], slot: u32) {
        (slots[slot as usize].prev, slots[slot as usize].next) = (self.back, NONE);
        match self.back {
            NONE => self.front = slot,
            back => slots[back as usize].next = slot,
        }
        self.back = slot;
    }

    /// Takes an entry out.
    pub fn unlink(&mut self, slots: &mut [Slot], slot: u32) {
        let Slot { prev, next, .. } = slots[slot as usize];
        match prev {
            NONE => self.front = next,
            prev => slots[prev as usize].next = next,
        }
        match next {
            NONE => self.back = prev,
            next => slots[next as usize].prev = prev,
        }
    }
}
