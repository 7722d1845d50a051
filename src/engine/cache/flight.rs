//! Fills under way: which visit fetches which item, and who waits for it.

use super::table::Table;
use crate::engine::visit::NONE;

/// A shard that was not reached: nothing is stored there.
const NOWHERE: (u32, u32) = (NONE, NONE);

/// A fill under way.
#[derive(Clone, Debug)]
pub struct Flight {
    /// Cache and shard.
    pub place: (u32, u32),
    /// What is fetched.
    pub item: u32,
    /// Visits that wait for it, each with its ticket, in order.
    pub waiting: Vec<(u32, u64)>,
    /// The flight that the same visit began before, or the next free one.
    next: u32,
}

impl Flight {
    /// Whether what is fetched is stored.
    pub fn is_stored(&self) -> bool {
        self.place != NOWHERE
    }
}

/// All fills under way.
#[derive(Debug, Default)]
pub struct Flights {
    slots: Vec<Flight>,
    free: Vec<u32>,
    /// Head of the chain of flights of each visit.
    of_visit: Vec<u32>,
    /// Number of flights under way.
    open: usize,
    /// Flight by item of each shared shard: cache and shard, then items.
    shared: Vec<((u32, u32), Table)>,
}

impl Flights {
    /// Whether a visit may fetch something.
    #[inline]
    pub fn are_open(&self) -> bool {
        self.open > 0
    }

    /// The flight that others may wait for.
    pub fn shared(&self, place: (u32, u32), item: u32) -> Option<u32> {
        let at = self.table(place).ok()?;
        let flight = self.shared[at].1.get(item);
        (flight != NONE).then_some(flight)
    }

    fn table(&self, place: (u32, u32)) -> Result<usize, usize> {
        self.shared.binary_search_by_key(&place, |entry| entry.0)
    }

    /// A visit begins to fetch; with `alone` nobody else may.
    pub fn begin(&mut self, visit: u32, place: (u32, u32), item: u32, alone: bool) {
        let flight = Flight {
            place,
            item,
            waiting: Vec::new(),
            next: self.head(visit),
        };
        let number = if let Some(number) = self.free.pop() {
            self.slots[number as usize] = flight;
            number
        } else {
            self.slots.push(flight);
            (self.slots.len() - 1) as u32
        };
        self.open += 1;
        self.set_head(visit, number);
        if alone {
            let at = match self.table(place) {
                Ok(at) => at,
                Err(at) => {
                    self.shared.insert(at, (place, Table::default()));
                    at
                }
            };
            self.shared[at].1.set(item, number);
        }
    }

    /// A visit does the work of a lookup that reached no shard.
    pub fn begin_nowhere(&mut self, visit: u32) {
        self.begin(visit, NOWHERE, NONE, false);
    }

    /// The latest flight of a visit is over.
    pub fn end(&mut self, visit: u32) -> Option<Flight> {
        let number = self.head(visit);
        if number == NONE {
            return None;
        }
        self.open -= 1;
        self.free.push(number);
        let slot = &mut self.slots[number as usize];
        let flight = Flight {
            waiting: std::mem::take(&mut slot.waiting),
            ..*slot
        };
        self.set_head(visit, flight.next);
        if let Ok(at) = self.table(flight.place)
            && self.shared[at].1.get(flight.item) == number
        {
            self.shared[at].1.set(flight.item, NONE);
        }
        Some(flight)
    }

    /// A visit waits for a flight.
    pub fn wait(&mut self, flight: u32, visit: u32, ticket: u64) {
        self.slots[flight as usize].waiting.push((visit, ticket));
    }

    /// Another visit takes a flight over with those who still wait.
    pub fn hand_over(&mut self, visit: u32, flight: &Flight, waiting: Vec<(u32, u64)>) {
        self.begin(visit, flight.place, flight.item, true);
        let number = self.head(visit) as usize;
        self.slots[number].waiting = waiting;
    }

    fn head(&self, visit: u32) -> u32 {
        self.of_visit.get(visit as usize).copied().unwrap_or(NONE)
    }

    fn set_head(&mut self, visit: u32, flight: u32) {
        let place = visit as usize;
        if place >= self.of_visit.len() {
            self.of_visit.resize(place + 1, NONE);
        }
        self.of_visit[place] = flight;
    }
}
