//! Contents of caches.

use std::sync::Arc;

use crate::law::{Law, Popularity};
use crate::theory::caches::{che_fifo_hits, che_lru_hits, lfu_hits};

/// What a cache holds and how it comes and goes. Capacity is that of one shard (S2).
#[derive(Clone, Debug, PartialEq)]
pub struct Contents {
    /// How often each item is asked for.
    pub popularity: Arc<Popularity>,
    /// Where the items come from.
    pub keys: Keys,
    /// What each shard has room for.
    pub capacity: Capacity,
    /// Who leaves a full shard.
    pub eviction: Eviction,
    /// Time to live of an entry, ns.
    pub ttl: Option<u64>,
    /// What starts the time to live again.
    pub renew: Renew,
    /// What a miss does while another one fetches the same item.
    pub fill: Fill,
}

/// Where the items of a cache come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keys {
    /// Drawn by popularity for each request and step.
    Drawn,
    /// A column of the log that is replayed.
    Recorded,
}

/// What a shard has room for.
#[derive(Clone, Debug, PartialEq)]
pub enum Capacity {
    /// Everything.
    Unlimited,
    /// So many items.
    Items(u64),
    /// So many bytes.
    Bytes {
        /// How many.
        bytes: u64,
        /// Size of an item, bytes; the same item always has the same size.
        size: Law,
    },
}

/// Who leaves a full shard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Eviction {
    /// The least recently used.
    Lru,
    /// The first that came in.
    Fifo,
    /// Anybody.
    Random,
    /// The least frequently asked for over the whole run; an item comes in only if it was asked
    /// for more often than the one that would leave.
    Lfu,
}

/// What starts the time to live again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renew {
    /// A fetch.
    OnFetch,
    /// A fetch or a hit.
    OnHit,
}

/// What a miss does while another one fetches the same item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fill {
    /// It waits for that one.
    SingleFlight,
    /// It fetches, too.
    Every,
}

impl Contents {
    /// Share of hits to be expected in steady state with `shards` that each hold a part of the
    /// keys, for first guesses: by the characteristic time of the capacity. A time to live is
    /// left out, so that it is too high where entries grow old before they have to leave.
    pub fn expected_hits(&self, shards: usize) -> f64 {
        let per_shard = match &self.capacity {
            Capacity::Unlimited => return 1.0,
            Capacity::Items(items) => *items as f64,
            Capacity::Bytes { bytes, size } => *bytes as f64 / size.mean().max(1.0),
        };
        let (shares, room) = (self.popularity.shares(), per_shard * shards as f64);
        match self.eviction {
            Eviction::Lru => che_lru_hits(shares, room),
            Eviction::Fifo | Eviction::Random => che_fifo_hits(shares, room),
            Eviction::Lfu => lfu_hits(shares, room as usize),
        }
    }
}
