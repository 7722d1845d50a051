//! Caches whose contents are simulated.
//!
//! A lookup draws its item from the key of the request and of the step (S37), never from that of
//! the attempt, so that a retry asks for the same item again. A miss goes on to the work and
//! stores the item when the work is done; a fill under way is a [`flight::Flight`] of the visit
//! that does the work. Items are dense numbers, and every lookup takes constant time (with
//! `Eviction::Lfu` logarithmic in the worst case).

mod fifo;
mod flight;
mod lfu;
mod list;
mod look;
mod lru;
mod origin;
mod random;
mod shard;
mod table;
#[cfg(test)]
mod tests;
mod warm;

use std::sync::Arc;

use super::id::{ComponentId, NodeId, SelectorId};
use super::program::Program;
use crate::law::{Law, Popularity, Sampler, Ziggurat, fraction, mix};
use flight::Flights;
pub use origin::Origin;
use origin::Origins;
use shard::{Rules, Shard};

/// A cache with contents.
#[derive(Clone, Debug)]
pub struct Cache {
    /// Whose lookups are counted.
    pub component: ComponentId,
    /// Its shards with their nodes; what a shard holds is lost when all of its nodes are down.
    pub shards: Vec<Vec<NodeId>>,
    /// Which node a caller asks for an item, for the contents of a warm start; `None`: each
    /// shard is asked for all items.
    pub owner: Option<SelectorId>,
    /// A first guess of the share of hits, 0 to 1, for walks over the program; runs do not look
    /// at it.
    pub expected_hits: f64,
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
    /// Whether a replication begins with the contents of a steady state.
    pub warm: bool,
    /// Estimate of the lookups per ns that a request for an item is one of, for the ages of
    /// entries after a warm start: of each shard where there is no `owner`, else of all.
    pub lookups_per_ns: f64,
    /// Key of sizes, of random replacement and of the contents at the start.
    pub key: u64,
}

impl Cache {
    /// Whether two replications can differ in it.
    pub(super) fn is_random(&self) -> bool {
        self.keys == Keys::Drawn && self.popularity.shares().len() > 1
            || self.eviction == Eviction::Random
            || self.warm
    }
}

/// Where the items of a cache come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keys {
    /// Drawn by popularity.
    Drawn,
    /// Recorded with the request.
    Recorded,
}

/// What a shard has room for.
#[derive(Clone, Debug, PartialEq)]
pub enum Capacity {
    /// Everything.
    Unlimited,
    /// So many items.
    Items(u64),
    /// So many bytes, and the size of each item, which is the same whenever it is fetched.
    Bytes(u64, Law),
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
    /// The least frequently asked for over the whole run.
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

/// A cache at work.
#[derive(Debug)]
struct Contents {
    rules: Rules,
    shards: Vec<Shard>,
    sizes: Option<Sampler>,
    key: u64,
    /// When an entry had to leave for the first time, ns.
    full_at: Option<u64>,
}

impl Contents {
    fn new(cache: &Cache, base: u64) -> Self {
        let (capacity, sizes) = match &cache.capacity {
            Capacity::Unlimited => (None, None),
            Capacity::Items(items) => (Some(*items), None),
            Capacity::Bytes(bytes, law) => (Some(*bytes), Some(law.sampler())),
        };
        let seed = |shard: usize| mix(mix(base ^ cache.key).wrapping_add(shard as u64));
        let shards = 0..cache.shards.len();
        Self {
            rules: Rules {
                capacity,
                ttl: cache.ttl,
                renew: cache.renew,
            },
            shards: shards
                .map(|shard| Shard::new(cache.eviction, seed(shard)))
                .collect(),
            sizes,
            key: cache.key,
            full_at: None,
        }
    }

    /// What an item takes of the capacity.
    fn weight(&self, item: u32) -> u64 {
        match &self.sizes {
            None => 1,
            Some(law) => {
                let word = mix(self.key ^ Popularity::hash(item));
                crate::law::round(law.sample(word, Ziggurat::get()))
            }
        }
    }
}

/// All caches of a replication.
#[derive(Debug, Default)]
pub struct Caches {
    contents: Vec<Contents>,
    /// Cache and shard of each node that has one.
    places: Vec<Option<(u32, u32)>>,
    flights: Flights,
    /// What visits inherit from their requests.
    pub(super) origins: Origins,
    /// Word of seed and replication.
    base: u64,
}

impl Caches {
    /// All caches, empty.
    pub fn new(program: &Program, base: u64) -> Self {
        let mut places = Vec::new();
        if !program.caches.is_empty() {
            places.resize(program.nodes.len() + 1, None);
        }
        for (number, cache) in program.caches.iter().enumerate() {
            for (shard, nodes) in cache.shards.iter().enumerate() {
                for node in nodes {
                    places[node.index()] = Some((number as u32, shard as u32));
                }
            }
        }
        let contents = |cache: &Cache| Contents::new(cache, base);
        Self {
            contents: program.caches.iter().map(contents).collect(),
            places,
            flights: Flights::default(),
            origins: Origins::new(program),
            base,
        }
    }

    /// Whether nothing is simulated.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.contents.is_empty()
    }

    /// A share of what the shard of a node holds is lost, by a draw for each item.
    pub fn flush(&mut self, node: u32, share: f64, key: u64) {
        if let Some(Some((cache, shard))) = self.places.get(node as usize).copied() {
            let shard = &mut self.contents[cache as usize].shards[shard as usize];
            shard.forget(|item| fraction(mix(key ^ Popularity::hash(item))) < share);
        }
    }

    /// A node is lost, `others` being those of its shard that are still up.
    pub fn lose(&mut self, node: u32, others: impl Fn(NodeId) -> bool, program: &Program) {
        let Some(Some((cache, shard))) = self.places.get(node as usize).copied() else {
            return;
        };
        let nodes = &program.caches[cache as usize].shards[shard as usize];
        if !nodes.iter().any(|&node| others(node)) {
            self.contents[cache as usize].shards[shard as usize].clear();
        }
    }
}
