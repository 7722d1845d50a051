//! Visits: a request at a node, or on its way, or one of its branches; kept in an arena.

use super::journal::Path;
use super::program::Reason;

/// No entry.
pub const NONE: u32 = u32::MAX;
/// As the way back of a visit: over a call that adds nothing to it.
pub const DIRECT: u32 = NONE - 1;

/// What a visit waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Nothing: it is about to go on.
    Ready,
    /// A server of a first-come station.
    Queued,
    /// The end of its service at a first-come station.
    Serving,
    /// The end of its service at a sharing station.
    Sharing,
    /// A place, or the end of its service there, at a station that chooses.
    InTurn,
    /// The end of a pause.
    Waiting,
    /// An answer of the name servers.
    Resolving,
    /// A permit of a pool of its node.
    Permit,
    /// Its next try at a pool whose room was full.
    Orbiting,
    /// Room at a pool, outside of which it waits or to whose node it goes.
    Blocked,
    /// A connection for its call.
    Connection,
    /// The answer of its call.
    Calling,
    /// A fill of a cache that another visit has begun.
    Filling,
    /// The next try of its call.
    Pausing,
    /// The body of its loop.
    Looping,
    /// Its branches.
    Forked,
    /// Enough of its branches.
    Polling,
    /// Its own arrival at a node.
    Travelling,
    /// Its own answer's arrival at the caller.
    Returning,
    /// That its node goes on after a pause.
    Held,
    /// Nothing: it has vanished, and somebody waits for it.
    Lost,
    /// Nothing: the slot is free.
    Free,
}

/// Present at its node (counted there).
pub const INSIDE: u8 = 1;
/// A branch or loop body of another visit at the same node.
pub const LOCAL: u8 = 2;
/// Started by nobody who waits.
pub const SPAWNED: u8 = 4;
/// Holds a connection of its current call.
pub const CONNECTED: u8 = 8;
/// Took a fallback.
pub const DEGRADED: u8 = 16;
/// Its request arrived in the window.
pub const COUNTED: u8 = 32;
/// Its current target is counted open at the selector of its call.
pub const OPEN: u8 = 64;
/// Its current service at a first-come station counts as network.
pub const NETWORK: u8 = 128;

/// One visit.
#[derive(Clone, Copy, Debug)]
pub struct Visit {
    /// Key of its draws.
    pub key: u64,
    /// Ticket of the one event that may wake it; 0: none.
    pub ticket: u64,
    /// What the parent waits for as long as it waits for this visit.
    pub link: u64,
    /// What this visit waits for from children, a pool with timeout, or an attempt; 0: nothing.
    pub awaits: u64,
    /// Number of the running deadline of its call; 0: none.
    pub deadline: u64,
    /// Plain demand of its current service, ns.
    pub demand: u64,
    /// When its service at a first-come station ends; at a sharing one the attained service that
    /// the station's clock showed when it came; ns.
    pub until: u64,
    /// How long it waited for its current service, ns.
    pub queued: u64,
    /// Its time is accounted up to here.
    pub since: u64,
    /// When it came to its node.
    pub entered: u64,
    /// Waiting in queues of its node so far, ns.
    pub waiting: u64,
    /// Service at its node so far, ns.
    pub service: u64,
    /// Intended arrival of the request of a root visit, ns.
    pub born: u64,
    /// Hash of the client's address.
    pub address: u64,
    /// Where its time went.
    pub path: Path,
    /// Current step.
    pub pc: u32,
    /// Current node, or where it travels to.
    pub node: u32,
    /// Component of the current node; the number of components for the clients.
    pub owner: u32,
    /// Who waits for it.
    pub parent: u32,
    /// Station or pool where it is.
    pub at: u32,
    /// Link in the queue there, or in the free list.
    pub next: u32,
    /// Link in the queue there.
    pub prev: u32,
    /// Class of its request.
    pub class: u32,
    /// Person of its request.
    pub person: u32,
    /// Call over which it travels now.
    pub hop: u32,
    /// Call over which its answer goes back, [`DIRECT`] or [`NONE`].
    pub back: u32,
    /// Trip of a root visit; [`NONE`]: that of an open journey of one request.
    pub trip: u32,
    /// Workload of a root visit without trip; others: [`NONE`].
    pub source: u32,
    /// Journey of a root visit without trip, if the file names it.
    pub journey: u32,
    /// Target of its current call.
    pub target: u32,
    /// Attempts made, rounds begun, or branches outstanding.
    pub count: u32,
    /// Rounds of the current loop.
    pub rounds: u32,
    /// Address that it resolved.
    pub resolved: u32,
    /// Chain of selectors that count it open since it was forwarded.
    pub opens: u32,
    /// Pools whose permits it holds.
    pub permits: [u32; 4],
    /// Number of permits.
    pub held: u8,
    /// What it waits for.
    pub state: State,
    /// Bits of above.
    pub flags: u8,
    /// How it ended.
    pub outcome: Option<Reason>,
}

impl Visit {
    /// A visit made by this one, of number `id`, for the same request.
    #[inline]
    pub fn child(&self, id: u32, key: u64, now: u64) -> Self {
        Self {
            key,
            since: now,
            node: self.node,
            owner: self.owner,
            parent: id,
            link: self.awaits,
            class: self.class,
            person: self.person,
            address: self.address,
            flags: self.flags & COUNTED,
            ..Self::NEW
        }
    }

    /// Before anything.
    pub const NEW: Visit = Visit {
        key: 0,
        ticket: 0,
        link: 0,
        awaits: 0,
        deadline: 0,
        demand: 0,
        until: 0,
        queued: 0,
        since: 0,
        entered: 0,
        waiting: 0,
        service: 0,
        born: 0,
        address: 0,
        path: Path::EMPTY,
        pc: 0,
        node: NONE,
        owner: NONE,
        parent: NONE,
        at: NONE,
        next: NONE,
        prev: NONE,
        class: NONE,
        person: NONE,
        hop: NONE,
        back: NONE,
        trip: NONE,
        source: NONE,
        journey: NONE,
        target: NONE,
        count: 0,
        rounds: 0,
        resolved: NONE,
        opens: NONE,
        permits: [NONE; 4],
        held: 0,
        state: State::Ready,
        flags: 0,
        outcome: None,
    };

    /// Whether a flag is set.
    #[inline]
    pub fn is(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }
}

/// All visits, slots of ended ones reused.
#[derive(Debug)]
pub struct Visits {
    /// By number.
    pub slots: Vec<Visit>,
    free: u32,
}

impl Default for Visits {
    fn default() -> Self {
        Self {
            slots: Vec::new(),
            free: NONE,
        }
    }
}

impl Visits {
    /// Stores a visit.
    #[inline(always)]
    pub fn add(&mut self, visit: Visit) -> u32 {
        if self.free == NONE {
            self.slots.push(visit);
            return (self.slots.len() - 1) as u32;
        }
        let id = self.free;
        self.free = self[id].next;
        self[id] = visit;
        id
    }

    /// Gives a slot back.
    #[inline(always)]
    pub fn remove(&mut self, id: u32) {
        let free = self.free;
        let visit = &mut self[id];
        visit.state = State::Free;
        visit.ticket = 0;
        visit.awaits = 0;
        visit.deadline = 0;
        visit.next = free;
        self.free = id;
    }

    /// Number of slots, free ones included.
    pub fn slots(&self) -> usize {
        self.slots.len()
    }
}

impl std::ops::Index<u32> for Visits {
    type Output = Visit;
    #[inline]
    fn index(&self, id: u32) -> &Visit {
        &self.slots[id as usize]
    }
}

impl std::ops::IndexMut<u32> for Visits {
    #[inline]
    fn index_mut(&mut self, id: u32) -> &mut Visit {
        &mut self.slots[id as usize]
    }
}

/// A queue of visits through their own links.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    /// First.
    pub head: u32,
    /// Last.
    pub tail: u32,
    /// How many.
    pub length: u32,
}

impl Line {
    /// Nobody.
    pub const EMPTY: Line = Line {
        head: NONE,
        tail: NONE,
        length: 0,
    };

    /// At the end.
    #[inline]
    pub fn push(&mut self, visits: &mut Visits, id: u32) {
        let visit = &mut visits[id];
        visit.next = NONE;
        visit.prev = self.tail;
        if self.tail == NONE {
            self.head = id;
        } else {
            visits[self.tail].next = id;
        }
        self.tail = id;
        self.length += 1;
    }

    /// From the front.
    #[inline]
    pub fn pop(&mut self, visits: &mut Visits) -> Option<u32> {
        let id = self.head;
        if id == NONE {
            return None;
        }
        // The link back of the new first is not looked at any more.
        self.head = visits[id].next;
        if self.head == NONE {
            self.tail = NONE;
        }
        self.length -= 1;
        Some(id)
    }

    /// From anywhere.
    #[inline]
    pub fn unlink(&mut self, visits: &mut Visits, id: u32) {
        let (prev, next) = (visits[id].prev, visits[id].next);
        let (is_first, is_last) = (self.head == id, self.tail == id);
        if is_first {
            self.head = next;
        } else {
            visits[prev].next = next;
        }
        if is_last {
            self.tail = if is_first { NONE } else { prev };
        } else {
            visits[next].prev = prev;
        }
        self.length -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_keeps_order_when_one_leaves_from_the_middle() {
        let mut visits = Visits::default();
        let ids: Vec<u32> = (0..4).map(|_| visits.add(Visit::NEW)).collect();
        let mut line = Line::EMPTY;
        for &id in &ids {
            line.push(&mut visits, id);
        }
        line.unlink(&mut visits, ids[1]);
        line.unlink(&mut visits, ids[3]);
        assert_eq!(line.length, 2);
        assert_eq!(line.pop(&mut visits), Some(ids[0]));
        assert_eq!(line.pop(&mut visits), Some(ids[2]));
        assert_eq!(line.pop(&mut visits), None);
        visits.remove(ids[2]);
        assert_eq!(visits.add(Visit::NEW), ids[2]);
    }
}
