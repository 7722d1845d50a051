//! Where the time of a visit went: a chain of stretches, each with the cell it counts for.
//!
//! Every visit is accounted without gaps from its birth on, and a parent takes over the chain of
//! the child that answered it, so that the stretches of a request add up to its response time.
//! What a visit waits and is served at its current node is kept in the visit itself and becomes a
//! stretch when it leaves the node: a [`Stay`].

use super::program::Part;
use super::visit::{NONE, Visit};

/// Bits of a cell below the owner.
const PART_BITS: u32 = 3;
/// Marks work of branches that did not answer last: spent, but not on the path.
const OFF_PATH: u32 = 1 << 31;

/// The cell of an owner and a part.
#[inline]
pub fn cell(owner: u32, part: Part) -> u32 {
    owner << PART_BITS | part as u32
}

/// Cells of `owners` owners.
pub fn cells(owners: usize) -> usize {
    owners << PART_BITS
}

/// The owner of a cell.
pub fn owner(cell: u32) -> usize {
    ((cell & !OFF_PATH) >> PART_BITS) as usize
}

/// The number of the part of a cell.
#[inline]
pub fn part(cell: u32) -> u32 {
    cell & ((1 << PART_BITS) - 1)
}

/// A chain of stretches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Path {
    head: u32,
    tail: u32,
}

impl Path {
    /// No time at all.
    pub const EMPTY: Path = Path {
        head: NONE,
        tail: NONE,
    };
}

#[derive(Clone, Copy, Debug)]
struct Stretch {
    ns: u64,
    /// Service that followed the waiting of a stay, ns; it counts for the next cell.
    service: u64,
    cell: u32,
    next: u32,
}

/// What a visit did at one node: waiting in queues, and service; ns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stay {
    /// Whose node.
    pub owner: u32,
    /// Waiting in queues.
    pub queue: u64,
    /// Being served.
    pub service: u64,
}

impl Stay {
    /// What a visit has done at its node so far.
    #[inline(always)]
    pub fn of(visit: &Visit) -> Self {
        Self {
            owner: visit.owner,
            queue: visit.waiting,
            service: visit.service,
        }
    }
}

/// All chains.
#[derive(Debug)]
pub struct Journal {
    stretches: Vec<Stretch>,
    free: u32,
}

impl Default for Journal {
    fn default() -> Self {
        Self {
            stretches: Vec::new(),
            free: NONE,
        }
    }
}

impl Journal {
    /// Puts what a visit has done at its node into its path.
    #[inline(always)]
    pub fn settle(&mut self, visit: &mut Visit) {
        let stay = Stay::of(visit);
        self.keep(&mut visit.path, stay);
        (visit.waiting, visit.service) = (0, 0);
    }

    /// Puts a stay at the end of a chain.
    #[inline(always)]
    pub fn keep(&mut self, path: &mut Path, stay: Stay) {
        if stay.queue + stay.service > 0 {
            let cell = cell(stay.owner, Part::Queue);
            self.hang(path, cell, stay.queue, stay.service);
        }
    }

    /// A new stretch at the end of a chain.
    #[inline]
    fn hang(&mut self, path: &mut Path, cell: u32, ns: u64, service: u64) {
        let id = self.slot(Stretch {
            ns,
            service,
            cell,
            next: NONE,
        });
        if path.tail == NONE {
            path.head = id;
        } else {
            self.stretches[path.tail as usize].next = id;
        }
        path.tail = id;
    }

    /// Adds a stretch of `ns > 0` to a chain.
    #[inline]
    pub fn add(&mut self, path: &mut Path, cell: u32, ns: u64) {
        if path.tail != NONE {
            let last = &mut self.stretches[path.tail as usize];
            if last.cell == cell {
                last.ns += ns;
                return;
            }
        }
        self.hang(path, cell, ns, 0);
    }

    #[inline]
    fn slot(&mut self, stretch: Stretch) -> u32 {
        if self.free == NONE {
            self.stretches.push(stretch);
            return (self.stretches.len() - 1) as u32;
        }
        let id = self.free;
        let place = &mut self.stretches[id as usize];
        self.free = place.next;
        *place = stretch;
        id
    }

    /// Hangs `rest` behind `path`.
    #[inline]
    pub fn append(&mut self, path: &mut Path, rest: Path) {
        if path.tail == NONE {
            *path = rest;
        } else if rest.head != NONE {
            self.stretches[path.tail as usize].next = rest.head;
            path.tail = rest.tail;
        }
    }

    /// Adds service that was not on the path.
    pub fn beside(&mut self, path: &mut Path, owner: u32, ns: u64) {
        if ns > 0 {
            self.add(path, cell(owner, Part::Service) | OFF_PATH, ns);
        }
    }

    /// Hangs only the service of `rest` behind `path`, as work beside the path.
    pub fn append_beside(&mut self, path: &mut Path, rest: Path) {
        let mut next = rest.head;
        while next != NONE {
            let stretch = self.stretches[next as usize];
            next = stretch.next;
            let service = stretch.all_service();
            if service > 0 {
                let cell = cell(owner(stretch.cell) as u32, Part::Service);
                self.add(path, cell | OFF_PATH, service);
            }
        }
        self.release(rest);
    }

    /// Gives a chain back.
    #[inline]
    pub fn release(&mut self, path: Path) {
        if path.head != NONE {
            self.stretches[path.tail as usize].next = self.free;
            self.free = path.head;
        }
    }

    /// Walks over the stretches on the path: cell, ns, and ns of the cell that follows it.
    #[inline]
    pub fn for_each(&self, path: Path, mut visit: impl FnMut(u32, u64, u64)) {
        let mut next = path.head;
        while next != NONE {
            let stretch = self.stretches[next as usize];
            if stretch.cell & OFF_PATH == 0 {
                visit(stretch.cell, stretch.ns, stretch.service);
            }
            next = stretch.next;
        }
    }

    /// Walks over all service, on the path or beside it: (owner, ns).
    pub fn for_each_service(&self, path: Path, mut visit: impl FnMut(usize, u64)) {
        let mut next = path.head;
        while next != NONE {
            let stretch = self.stretches[next as usize];
            let service = stretch.all_service();
            if service > 0 {
                visit(owner(stretch.cell), service);
            }
            next = stretch.next;
        }
    }
}

impl Stretch {
    fn all_service(&self) -> u64 {
        if part(self.cell) == Part::Service as u32 {
            self.ns
        } else {
            self.service
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chains_join_and_slots_return() {
        let mut journal = Journal::default();
        let (mut a, mut b, mut c) = (Path::EMPTY, Path::EMPTY, Path::EMPTY);
        let (service, network) = (cell(2, Part::Service), cell(1, Part::Network));
        journal.add(&mut a, service, 5);
        journal.add(&mut a, service, 2);
        journal.add(&mut b, network, 3);
        journal.add(&mut c, service, 11);
        journal.add(&mut c, network, 4);
        journal.append(&mut a, b);
        journal.append_beside(&mut a, c);
        let mut seen = Vec::new();
        journal.for_each(a, |cell, ns, _| seen.push((owner(cell), part(cell), ns)));
        assert_eq!(seen, [(2, 2, 7), (1, 0, 3)]);
        let mut spent = 0;
        journal.for_each_service(a, |owner, ns| {
            assert_eq!(owner, 2);
            spent += ns;
        });
        assert_eq!(spent, 18);
        let slots = journal.stretches.len();
        journal.release(a);
        let mut d = Path::EMPTY;
        (0..slots as u32).for_each(|n| journal.add(&mut d, n << 3, 1));
        assert_eq!(journal.stretches.len(), slots);
    }
}
