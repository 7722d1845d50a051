//! Messages: visits that nobody waits for, with a life of their own (S23).

use std::collections::BTreeMap;

use super::cache::Origin;
use super::id::{NodeId, PoolId};
use super::observation::QueueObservation;
use super::program::Reason;
use super::run::Engine;
use super::visit::{NONE, Visit};

/// A queue of messages.
#[derive(Clone, Debug, PartialEq)]
pub struct Queue {
    /// Its nodes, the one that leads at first before those that have copies of all messages.
    pub seats: Vec<Seat>,
}

/// A node of a queue.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Seat {
    /// The node.
    pub node: NodeId,
    /// What a message takes first: permits are messages in work, its room those that wait.
    pub pool: PoolId,
}

/// A message under way.
#[derive(Clone, Copy, Debug)]
struct Message {
    queue: u32,
    /// Place of the first of its entries in `Program::entries`, one for each seat.
    entries: u32,
    sent: u64,
    counted: bool,
}

/// A message whose node is lost, but not its copies.
#[derive(Debug)]
struct Stranded {
    message: Message,
    visit: Visit,
    /// What it asks caches for.
    origin: Option<Origin>,
}

/// All messages of a replication.
#[derive(Debug, Default)]
pub struct Messages {
    /// Under way, by visit.
    open: BTreeMap<u32, Message>,
    /// By queue: those sent in the window.
    pub seen: Vec<QueueObservation>,
    /// By queue: which of its seats leads; `None`: nobody does.
    leads: Vec<Option<usize>>,
    /// By queue: those that wait for whoever leads next, in the order sent.
    stranded: Vec<Vec<Stranded>>,
}

impl Messages {
    /// Nothing sent yet.
    pub fn new(queues: usize) -> Self {
        Self {
            open: BTreeMap::new(),
            seen: vec![QueueObservation::default(); queues],
            leads: vec![Some(0); queues],
            stranded: (0..queues).map(|_| Vec::new()).collect(),
        }
    }
}

impl Engine<'_> {
    /// Sends a message, unless nobody leads or it is full there.
    pub(super) fn publish(&mut self, id: u32, queue: u32, entries: u32, key: u64) -> Option<u32> {
        let seats = &self.program.queues[queue as usize].seats;
        let leads = self.messages.leads[queue as usize];
        let leads = leads.filter(|&seat| self.nodes[seats[seat].node.index()].up);
        let counted = self.probe.opened && !self.probe.closed;
        let seen = &mut self.messages.seen[queue as usize];
        let refusal = leads.map_or(Some(Reason::Down), |seat| {
            let pool = &self.pools[seats[seat].pool.index()];
            pool.is_full().then_some(pool.refusal)
        });
        let (Some(seat), None) = (leads, refusal) else {
            seen.refused += u64::from(counted);
            return self.finish(id, refusal);
        };
        seen.accepted += u64::from(counted);
        let message = Message {
            queue,
            entries,
            sent: self.now,
            counted,
        };
        let entry = self.program.entries[entries as usize + seat].0;
        let child = self.spawned(id, seats[seat].node.0, entry, key);
        self.messages.open.insert(child, message);
        self.go_on(id)
    }

    /// A visit is lost with its node: if it is a message of which others have copies, it waits for
    /// whoever leads next.
    pub(super) fn strand(&mut self, id: u32) -> bool {
        let open = &mut self.messages.open;
        let has_copies =
            |message: &Message| self.program.queues[message.queue as usize].seats.len() > 1;
        let Some(message) = open.get(&id).copied().filter(has_copies) else {
            return false;
        };
        open.remove(&id);
        let stranded = Stranded {
            message,
            visit: self.visits[id].child(NONE, self.visits[id].key, self.now),
            origin: self.caches.origins.of(id),
        };
        self.messages.stranded[message.queue as usize].push(stranded);
        true
    }

    /// Another node leads a queue, or nobody. What others still have follows whoever leads: a node
    /// may lose the lead that only fell silent or stood still.
    pub(super) fn lead(&mut self, queue: u32, seat: Option<u32>) {
        self.messages.leads[queue as usize] = seat.map(|seat| seat as usize);
        let seats = &self.program.queues[queue as usize].seats;
        for (number, other) in (0..).zip(seats) {
            if seat.is_some_and(|seat| seat != number) {
                self.lose_visits(other.node.0);
            }
        }
        self.deliver_again(queue as usize);
    }

    /// A node is lost or back, which may have led a queue or may lead it.
    pub(super) fn lead_again(&mut self, node: u32) {
        for queue in 0..self.program.queues.len() {
            let seats = self.program.queues[queue].seats.iter();
            if seats.clone().any(|seat| seat.node.0 == node) {
                self.deliver_again(queue);
            }
        }
    }

    /// What was not worked on to the end begins anew where the queue is led now, the oldest first,
    /// before anything that is sent from now on.
    fn deliver_again(&mut self, queue: usize) {
        let seats = &self.program.queues[queue].seats;
        let leads = self.messages.leads[queue];
        let leads = leads.filter(|&seat| self.nodes[seats[seat].node.index()].up);
        let Some(seat) = leads else { return };
        let mut all = std::mem::take(&mut self.messages.stranded[queue]);
        all.sort_by_key(|one| one.message.sent);
        for one in all {
            let entry = self.program.entries[one.message.entries as usize + seat].0;
            let id = self.start_alone(one.visit, seats[seat].node.0, entry);
            if let Some(origin) = one.origin {
                self.caches.origins.put(id, origin);
            }
            self.messages.open.insert(id, one.message);
        }
    }

    /// A visit that nobody waits for is over; it may have been a message.
    pub(super) fn message_over(&mut self, id: u32, outcome: Option<Reason>) {
        let Some(message) = self.messages.open.remove(&id) else {
            return;
        };
        let seen = &mut self.messages.seen[message.queue as usize];
        if !message.counted {
            return;
        }
        if outcome.is_some() {
            seen.dead += 1;
            return;
        }
        let took = self.now - message.sent;
        seen.completed += 1;
        seen.completion.record(took);
        seen.completion_sum += u128::from(took);
        let seconds = took as f64 / 1e9;
        seen.completion_squares += seconds * seconds;
    }
}
