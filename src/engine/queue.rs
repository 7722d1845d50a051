//! Messages: visits that nobody waits for, with a life of their own (S23).

use std::collections::BTreeMap;

use super::id::{NodeId, PoolId};
use super::observation::QueueObservation;
use super::program::Reason;
use super::run::Engine;

/// A queue of messages.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Queue {
    /// The node that keeps them.
    pub node: NodeId,
    /// What a message takes first: permits are messages in work, its room those that wait.
    pub pool: PoolId,
}

/// A message under way.
#[derive(Clone, Copy, Debug)]
struct Message {
    queue: u32,
    sent: u64,
    counted: bool,
}

/// All messages of a replication.
#[derive(Debug, Default)]
pub struct Messages {
    /// Under way, by visit.
    open: BTreeMap<u32, Message>,
    /// By queue: those sent in the window.
    pub seen: Vec<QueueObservation>,
}

impl Messages {
    /// Nothing sent yet.
    pub fn new(queues: usize) -> Self {
        Self {
            open: BTreeMap::new(),
            seen: vec![QueueObservation::default(); queues],
        }
    }
}

impl Engine<'_> {
    /// Sends a message, unless the queue is down or full.
    pub(super) fn publish(&mut self, id: u32, queue: u32, entry: u32, key: u64) -> Option<u32> {
        let place = self.program.queues[queue as usize];
        let pool = &self.pools[place.pool.index()];
        let up = self.nodes[place.node.index()].up;
        let counted = self.probe.opened && !self.probe.closed;
        let seen = &mut self.messages.seen[queue as usize];
        if !up || pool.is_full() {
            seen.refused += u64::from(counted);
            let reason = if up { pool.refusal } else { Reason::Down };
            return self.finish(id, Some(reason));
        }
        seen.accepted += u64::from(counted);
        let message = Message {
            queue,
            sent: self.now,
            counted,
        };
        let child = self.spawned(id, place.node.0, entry, key);
        self.messages.open.insert(child, message);
        self.go_on(id)
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
