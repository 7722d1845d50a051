//! Sums of the parts of response times, in all and by band of response time.

mod apart;

use super::journal::{self, Journal, Path, Stay};
use super::observation::Breakdown;
use super::program::Part;
use super::visit::NONE;
use apart::Apart;

/// Bands of response time.
pub const BANDS: usize = Breakdown::BANDS;
/// Most owners for which a band gets a row with all cells; with more of them each request meets
/// few, and only the cells that it meets are kept.
const OWNERS_IN_ROWS: usize = 256;

/// The sums at work; cells have the stride of the journal.
#[derive(Debug)]
pub struct Sums {
    owners: usize,
    width: usize,
    /// Row of a band, or [`NONE`].
    rows: Vec<u32>,
    counts: Vec<u64>,
    cells: Vec<u128>,
    /// Cells of their own, where there are too many owners for rows.
    apart: Option<Apart>,
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
            apart: (owners > OWNERS_IN_ROWS).then(|| Apart::new(journal::cells(owners))),
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
            if let Some(apart) = &mut self.apart {
                return apart.record(journal, path, stay, band);
            }
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
    pub fn finish(self) -> Breakdown {
        let bands = match self.apart {
            Some(apart) => apart.finish(),
            None => self.bands(),
        };
        let mut total = vec![0; self.owners * Part::COUNT];
        for band in &bands {
            for (cell, sum) in band.cells() {
                total[cell] += sum;
            }
        }
        Breakdown {
            owners: self.owners,
            count: bands.iter().map(|band| band.count).sum(),
            total,
            bands,
        }
    }

    fn bands(&self) -> Vec<BandSums> {
        let rows = self.rows.iter().enumerate();
        let used = rows.filter(|(_, row)| **row != NONE);
        used.map(|(band, &row)| {
            let row = row as usize;
            let mut sums = BandSums::new(band as u32, self.counts[row]);
            let cells = &self.cells[row * self.width..(row + 1) * self.width];
            for (cell, &sum) in cells.iter().enumerate() {
                sums.add(cell as u32, sum);
            }
            sums
        })
        .collect()
    }
}

/// Where the time of the answered requests of one band went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BandSums {
    /// The band.
    pub band: u32,
    /// Answered requests.
    pub count: u64,
    /// Places of the cells that are not 0, ascending.
    places: Vec<u32>,
    /// Their sums, ns.
    sums: Vec<u128>,
}

impl BandSums {
    /// Cells that are not 0, with their sums in ns.
    pub fn cells(&self) -> impl Iterator<Item = (usize, u128)> + '_ {
        let places = self.places.iter().map(|&place| place as usize);
        places.zip(self.sums.iter().copied())
    }

    fn new(band: u32, count: u64) -> Self {
        Self {
            band,
            count,
            places: Vec::new(),
            sums: Vec::new(),
        }
    }

    /// Adds to a cell of the journal; cells come in ascending order.
    fn add(&mut self, cell: u32, ns: u128) {
        if ns == 0 {
            return;
        }
        let place = (journal::owner(cell) * Part::COUNT) as u32 + journal::part(cell);
        match self.places.last() {
            Some(&last) if last == place => {
                let sum = self.sums.last_mut().expect("as many sums as places");
                *sum += ns;
            }
            _ => {
                self.places.push(place);
                self.sums.push(ns);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::law::mix;

    #[test]
    fn cells_of_their_own_hold_what_rows_hold() {
        let (mut rows, mut apart) = (Sums::new(1_000), Sums::new(1_000));
        rows.apart = None;
        let parts = [
            Part::Network,
            Part::PoolWait,
            Part::RetryWait,
            Part::Service,
        ];
        for number in 0..30_000 {
            let draw = |of: u64, below: u64| mix(number * 16 + of) % below;
            let mut journal = Journal::default();
            let mut path = Path::EMPTY;
            for stretch in 0..draw(0, 5) {
                let part = parts[draw(stretch + 1, 4) as usize];
                let owner = draw(stretch + 6, 1_001) as u32;
                journal.add(&mut path, journal::cell(owner, part), 1 + stretch);
            }
            let stay = Stay {
                owner: draw(11, 1_001) as u32,
                queue: draw(12, 3),
                service: draw(13, 1_000_000),
            };
            let band = 40 + draw(14, 50) as usize;
            let expected = rows.record(&journal, path, stay, band);
            assert_eq!(apart.record(&journal, path, stay, band), expected);
        }
        let (rows, apart) = (rows.finish(), apart.finish());
        assert!(apart.bands.len() == 50 && apart.count == 30_000);
        assert_eq!(apart.bands, rows.bands);
        assert_eq!(apart.total, rows.total);
    }
}
