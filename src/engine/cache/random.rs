//! Random replacement: any entry leaves with equal chance.

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

use super::shard::Slot;

/// Entries in no order; each knows its place in `prev`.
#[derive(Debug)]
pub struct Random {
    places: Vec<u32>,
    stream: Xoshiro256PlusPlus,
}

impl Random {
    /// Empty, with a stream of its own.
    pub fn new(seed: u64) -> Self {
        Self {
            places: Vec::new(),
            stream: Xoshiro256PlusPlus::seed_from_u64(seed),
        }
    }

    /// Adds an entry.
    pub fn add(&mut self, slots: &mut [Slot], slot: u32) {
        slots[slot as usize].prev = self.places.len() as u32;
        self.places.push(slot);
    }

    /// Draws who leaves.
    pub fn draw(&mut self) -> Option<u32> {
        let count = self.places.len() as u128;
        let place = (u128::from(self.stream.next_u64()) * count) >> 64;
        self.places.get(place as usize).copied()
    }

    /// Takes an entry out; the last one moves to its place.
    pub fn remove(&mut self, slots: &mut [Slot], slot: u32) {
        let place = slots[slot as usize].prev;
        self.places.swap_remove(place as usize);
        if let Some(&moved) = self.places.get(place as usize) {
            slots[moved as usize].prev = place;
        }
    }

    /// Forgets all entries.
    pub fn clear(&mut self) {
        self.places.clear();
    }
}
