//! Sums of the parts of response times, in all and by band of response time.

use super::journal::{self, Journal, Path};
use super::observation::Breakdown;
use super::program::Part;
use super::visit::NONE;

/// Bands: eight to each octave of 64 bits.
pub const BANDS: usize = 512;

/// The sums at work; cells have the stride of the journal.
#[derive(Debug)]
pub struct Sums {
    owners: usize,
    width: usize,
    count: u64,
    /// Row of a band, or [`NONE`].
    rows: Vec<u32>,
    counts: Vec<u64>,
    cells: Vec<u128>,
}

/// What the path of one request adds up to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// All of it, ns.
    pub all: u64,
    /// Queue and pools.
    pub waiting: u64,
}

impl Tally {
    #[inline]
    fn add(&mut self, cell: u32, ns: u64) {
        self.all += ns;
        let part = journal::part(cell);
        if part == Part::Queue as u32 || part == Part::PoolWait as u32 {
            self.waiting += ns;
        }
    }
}

impl Sums {
    /// For so many components and the clients.
    pub fn new(components: usize) -> Self {
        let owners = components + 1;
        Self {
            owners,
            count: 0,
            width: journal::cells(owners),
            rows: vec![NONE; BANDS],
            counts: Vec::new(),
            cells: Vec::new(),
        }
    }

    /// Adds up a path without recording it.
    #[inline]
    pub fn tally(journal: &Journal, path: Path) -> Tally {
        let mut tally = Tally::default();
        journal.for_each(path, |cell, ns| tally.add(cell, ns));
        tally
    }

    /// Records the path of an answered request and adds it up.
    #[inline]
    pub fn record(&mut self, journal: &Journal, path: Path, response: u64) -> Tally {
        let width = self.width;
        let band = Breakdown::band(response) as usize;
        if self.rows[band] == NONE {
            self.rows[band] = self.counts.len() as u32;
            self.counts.push(0);
            self.cells.resize(self.cells.len() + width, 0);
        }
        let row = self.rows[band] as usize;
        self.count += 1;
        self.counts[row] += 1;
        let cells = &mut self.cells[row * width..(row + 1) * width];
        let mut tally = Tally::default();
        journal.for_each(path, |cell, ns| {
            cells[cell as usize] += u128::from(ns);
            tally.add(cell, ns);
        });
        tally
    }

    /// The result, with cells side by side.
    pub fn finish(&self) -> Breakdown {
        let width = self.width;
        let pack = |row: &[u128]| -> Vec<u128> {
            let owner = |owner: usize| {
                let first = journal::cells(owner);
                row[first..first + Part::COUNT].to_vec()
            };
            (0..self.owners).flat_map(owner).collect()
        };
        let mut total = vec![0; self.owners * Part::COUNT];
        let mut bands = Vec::new();
        for (band, &row) in self
            .rows
            .iter()
            .enumerate()
            .filter(|(_, row)| **row != NONE)
        {
            let row = row as usize;
            let sums = pack(&self.cells[row * width..(row + 1) * width]);
            total
                .iter_mut()
                .zip(&sums)
                .for_each(|(total, sum)| *total += sum);
            bands.push((band as u32, self.counts[row], sums));
        }
        Breakdown {
            owners: self.owners,
            count: self.count,
            total,
            bands,
        }
    }
}
