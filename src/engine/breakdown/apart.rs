//! Sums of the cells that requests have met, one by one: what a topology of thousands of
//! components needs, where a row of all cells for each band would mostly hold zeros.

use super::{BANDS, BandSums, Tally};
use crate::engine::journal::{self, Journal, Path, Stay};
use crate::engine::program::Part;
use crate::engine::visit::NONE;

/// A table of pairs of cells (a cell and the one that follows it) by band, with open addressing.
#[derive(Debug)]
pub(super) struct Apart {
    /// Cells of a band.
    width: u32,
    /// Requests by band.
    counts: Vec<u64>,
    /// Places in `keys` and `sums`, or [`NONE`]; a power of two of them.
    slots: Vec<u32>,
    /// Band times width plus the first cell.
    keys: Vec<u32>,
    sums: Vec<[u128; 2]>,
}

impl Apart {
    /// Nothing yet, for bands of so many cells.
    pub(super) fn new(width: usize) -> Self {
        Self {
            width: u32::try_from(width).expect("components are limited"),
            counts: vec![0; BANDS],
            slots: vec![NONE; 1024],
            keys: Vec::new(),
            sums: Vec::new(),
        }
    }

    /// As [`Sums::record`](super::Sums::record).
    #[inline(never)]
    pub(super) fn record(
        &mut self,
        journal: &Journal,
        path: Path,
        stay: Stay,
        band: usize,
    ) -> Tally {
        self.counts[band] += 1;
        let first = band as u32 * self.width;
        let mut tally = Tally::of(stay);
        let cell = journal::cell(stay.owner, Part::Queue);
        self.add(first + cell, stay.queue, stay.service);
        journal.for_each(path, |cell, ns, service| {
            self.add(first + cell, ns, service);
            tally.add(cell, ns, service);
        });
        tally
    }

    fn add(&mut self, key: u32, ns: u64, service: u64) {
        let mut slot = self.slot(key);
        while self.slots[slot] != NONE && self.keys[self.slots[slot] as usize] != key {
            slot = (slot + 1) & (self.slots.len() - 1);
        }
        if self.slots[slot] == NONE {
            self.slots[slot] = self.keys.len() as u32;
            self.keys.push(key);
            self.sums.push([0; 2]);
        }
        let pair = &mut self.sums[self.slots[slot] as usize];
        pair[0] += u128::from(ns);
        pair[1] += u128::from(service);
        if self.keys.len() * 4 > self.slots.len() * 3 {
            self.grow();
        }
    }

    /// Where a key is sought first (Fibonacci hashing; D. Knuth, "The Art of Computer
    /// Programming", vol. 3, section 6.4).
    fn slot(&self, key: u32) -> usize {
        let bits = self.slots.len().trailing_zeros();
        (key.wrapping_mul(0x9E37_79B9) >> (u32::BITS - bits)) as usize
    }

    #[cold]
    fn grow(&mut self) {
        self.slots = vec![NONE; self.slots.len() * 2];
        for (place, &key) in self.keys.iter().enumerate() {
            let mut slot = self.slot(key);
            while self.slots[slot] != NONE {
                slot = (slot + 1) & (self.slots.len() - 1);
            }
            self.slots[slot] = place as u32;
        }
    }

    /// The sums by band.
    pub(super) fn finish(self) -> Vec<BandSums> {
        let Self {
            width, keys, sums, ..
        } = self;
        let mut order: Vec<u32> = (0..keys.len() as u32).collect();
        order.sort_unstable_by_key(|&place| keys[place as usize]);
        let mut bands: Vec<BandSums> = Vec::new();
        for place in order {
            let key = keys[place as usize];
            let (band, cell) = (key / width, key % width);
            if bands.last().is_none_or(|last| last.band != band) {
                bands.push(BandSums::new(band, self.counts[band as usize]));
            }
            let [own, next] = sums[place as usize];
            if let Some(last) = bands.last_mut() {
                last.add(cell, own);
                last.add(cell + 1, next);
            }
        }
        bands
    }
}
