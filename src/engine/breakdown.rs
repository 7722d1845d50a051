//! Sums of the parts of response times, in all and by band of response time.

use super::journal::{self, Journal, Path, Stay};
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
    fn of(stay: Stay) -> Self {
        Self {
            all: stay.queue + stay.service,
            waiting: stay.queue,
        }
    }

    #[inline]
    fn add(&mut self, cell: u32, ns: u64, service: u64) {
        const WAITING: u32 = 1 << Part::Queue as u32 | 1 << Part::PoolWait as u32;
        self.all += ns + service;
        if WAITING >> journal::part(cell) & 1 == 1 {
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
            width: journal::cells(owners),
            rows: vec![NONE; BANDS],
            counts: Vec::new(),
            cells: Vec::new(),
        }
    }

    /// Adds up a path and the last stay without recording them.
    #[inline]
    pub fn tally(journal: &Journal, path: Path, stay: Stay) -> Tally {
        let mut tally = Tally::of(stay);
        journal.for_each(path, |cell, ns, service| tally.add(cell, ns, service));
        tally
    }

    /// Records the path and the last stay of an answered request, and adds them up.
    #[inline(always)]
    pub fn record(&mut self, journal: &Journal, path: Path, stay: Stay, band: usize) -> Tally {
        let width = self.width;
        if self.rows[band] == NONE {
            self.open_row(band);
        }
        let row = self.rows[band] as usize;
        self.counts[row] += 1;
        let cells = &mut self.cells[row * width..(row + 1) * width];
        let mut put = |cell: u32, ns: u64, service: u64| {
            let pair = &mut cells[cell as usize..cell as usize + 2];
            pair[0] += u128::from(ns);
            pair[1] += u128::from(service);
        };
        let mut tally = Tally::of(stay);
        put(
            journal::cell(stay.owner, Part::Queue),
            stay.queue,
            stay.service,
        );
        journal.for_each(path, |cell, ns, service| {
            put(cell, ns, service);
            tally.add(cell, ns, service);
        });
        tally
    }

    #[cold]
    fn open_row(&mut self, band: usize) {
        self.rows[band] = self.counts.len() as u32;
        self.counts.push(0);
        self.cells.resize(self.cells.len() + self.width, 0);
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
            count: self.counts.iter().sum(),
            total,
            bands,
        }
    }
}
