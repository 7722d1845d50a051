//! Contents at the start of a replication (S29, S30): those of a steady state.
//!
//! What a full LRU cache holds in steady state under independent requests is the most recent
//! different items, so that requests are drawn backwards in time until the shards are full. FIFO
//! and random replacement go on from there through requests until the contents were replaced
//! several times. LFU holds the most popular items, and its counts stand as after a long past.
//! With a time to live the entries have the ages that they would have at the estimated rate of
//! lookups: an entry that a fetch alone renews is fresh with probability `r T / (1 + r T)` for
//! the rate `r` of its item, and ends at any time within `T`; one that hits renew, too, is fresh
//! if the last request came within `T`.

use super::shard::Shard;
use super::{Caches, Contents, Eviction, Renew};
use crate::engine::program::Program;
use crate::engine::run::Engine;
use crate::engine::selector::{Asker, Selector};
use crate::engine::visit::NONE;
use crate::law::{Popularity, fraction, mix};

/// Purposes of draws.
const PAST: u64 = 0x2545_F491_4F6C_DD1D;
const AGE: u64 = 0x5851_F42D_4C95_7F2D;
/// Most draws of the past per item; the rest is filled in by popularity.
const DRAWS_PER_ITEM: u64 = 64;
/// How often the contents are replaced before FIFO and random replacement count as steady.
const TURNS: u64 = 5;
/// Count of the most popular item under LFU.
const LONG_PAST: f64 = 1_073_741_824.0;

/// The words of one purpose of a cache.
struct Words {
    key: u64,
    number: u64,
}

impl Words {
    fn next(&mut self) -> u64 {
        self.number += 1;
        mix(self
            .key
            .wrapping_add(self.number.wrapping_mul(crate::engine::call::SPREAD)))
    }
}

/// Whom the callers ask for an item.
struct Owner<'e> {
    selector: &'e mut Selector,
    /// Shard of each target.
    shards: Vec<u32>,
}

impl Engine<'_> {
    /// Fills the caches that begin warm.
    pub(in crate::engine) fn warm_caches(&mut self) {
        let (program, base) = (self.program, self.caches.base);
        for (number, cache) in program.caches.iter().enumerate() {
            if cache.warm {
                let base = mix(base ^ cache.key);
                let (caches, selectors) = (&mut self.caches, &mut self.selectors);
                warm(program, number, caches, selectors, base);
            }
        }
    }
}

pub(super) fn warm(
    program: &Program,
    number: usize,
    caches: &mut Caches,
    all: &mut [Selector],
    base: u64,
) {
    let cache = &program.caches[number];
    let places = &caches.places;
    let owner = cache.owner.map(|selector| Owner {
        selector: &mut all[selector.index()],
        shards: program.selectors[selector.index()]
            .targets
            .iter()
            .map(|target| places[target.node.index()].map_or(0, |place| place.1))
            .collect(),
    });
    let mut filling = Filling {
        contents: &mut caches.contents[number],
        popularity: &cache.popularity,
        owner,
        words: Words {
            key: mix(base ^ PAST),
            number: 0,
        },
    };
    if cache.eviction == Eviction::Lfu {
        filling.set_counts();
        filling.by_popularity();
    } else {
        filling.backwards();
    }
    if matches!(cache.eviction, Eviction::Fifo | Eviction::Random) {
        filling.onwards();
    }
    if let Some(ttl) = cache.ttl {
        let mut ages = Words {
            key: mix(base ^ AGE),
            number: 0,
        };
        let rate = |item: u32| cache.popularity.shares()[item as usize] * cache.lookups_per_ns;
        for shard in &mut filling.contents.shards {
            shard.set_ends(|item| end(rate(item) * ttl as f64, ttl, cache.renew, ages.next()));
        }
    }
}

/// When an entry ends that is asked for `requests` times within its time to live on average, ns;
/// 0 for one that is past it.
fn end(requests: f64, ttl: u64, renew: Renew, word: u64) -> u64 {
    let (draw, ttl) = (fraction(word), ttl as f64);
    let fresh = match renew {
        Renew::OnFetch => requests / (1.0 + requests),
        Renew::OnHit => -libm::expm1(-requests),
    };
    if draw >= fresh {
        return 0;
    }
    let left = match renew {
        Renew::OnFetch => draw / fresh,
        // The time since the last request is exponential, cut at the time to live.
        Renew::OnHit => 1.0 + libm::log1p(-draw) / requests,
    };
    (left * ttl) as u64
}

struct Filling<'e> {
    contents: &'e mut Contents,
    popularity: &'e Popularity,
    owner: Option<Owner<'e>>,
    words: Words,
}

impl Filling<'_> {
    /// Calls `act` for the shards that are asked for an item.
    fn at_shards(&mut self, item: u32, mut act: impl FnMut(&mut Contents, usize)) {
        let Some(owner) = &mut self.owner else {
            for shard in 0..self.contents.shards.len() {
                act(self.contents, shard);
            }
            return;
        };
        let hash = Popularity::hash(item);
        let asker = Asker {
            key: hash,
            address: hash,
            person: NONE,
        };
        if let Some(target) = owner.selector.choose(asker) {
            act(self.contents, owner.shards[target as usize] as usize);
        }
    }

    fn items(&self) -> u64 {
        self.popularity.shares().len() as u64
    }

    /// The most recent different items, the latest first, until no shard has room for another.
    fn backwards(&mut self) {
        let capacity = self.contents.rules.capacity.unwrap_or(u64::MAX);
        let everything = self.contents.sizes.is_none() && capacity >= self.items();
        let mut full = vec![false; self.contents.shards.len()];
        let mut left = if everything {
            0
        } else {
            self.items().saturating_mul(DRAWS_PER_ITEM)
        };
        while left > 0 && !full.iter().all(|&is_full| is_full) {
            left -= 1;
            let item = self.popularity.draw(self.words.next());
            self.at_shards(item, |contents, place| {
                full[place] = full[place] || !contents.add_oldest(place, item);
            });
        }
        if left == 0 {
            self.by_popularity();
        }
    }

    /// The most popular items that fit and are not there yet.
    fn by_popularity(&mut self) {
        let shares = self.popularity.shares();
        let mut items: Vec<u32> = (0..shares.len() as u32).collect();
        items.sort_by(|&a, &b| shares[b as usize].total_cmp(&shares[a as usize]));
        for item in items {
            self.at_shards(item, |contents, place| {
                contents.add_oldest(place, item);
            });
        }
    }

    /// Requests until the contents were replaced several times, and as many again: right after
    /// an eviction the contents are not those that a request finds at any time.
    fn onwards(&mut self) {
        let held: u64 = self.contents.shards.iter().map(Shard::len).sum();
        let wanted = held.saturating_mul(TURNS);
        let limit = self.items().saturating_mul(DRAWS_PER_ITEM);
        let (mut evictions, mut drawn) = (0, 0);
        while drawn < limit && evictions < wanted {
            drawn += 1;
            evictions += self.request();
        }
        for _ in 0..drawn {
            self.request();
        }
    }

    /// A request at once; returns how many entries had to leave.
    fn request(&mut self) -> u64 {
        let item = self.popularity.draw(self.words.next());
        let mut evictions = 0;
        self.at_shards(item, |contents, place| {
            let weight = contents.weight(item);
            let Contents { rules, shards, .. } = contents;
            if !shards[place].has(item) {
                evictions += shards[place].fill(rules, item, weight, 0);
            }
        });
        evictions
    }

    /// Counts in proportion to popularity.
    fn set_counts(&mut self) {
        let shares = self.popularity.shares();
        let most = shares.iter().copied().fold(0.0, f64::max);
        for (item, share) in shares.iter().enumerate() {
            let count = (share / most * LONG_PAST) as u32;
            for shard in &mut self.contents.shards {
                shard.set_count(item as u32, count);
            }
        }
    }
}

impl Contents {
    /// Puts an item behind all others of a shard unless it is there; `false`: it does not fit.
    fn add_oldest(&mut self, place: usize, item: u32) -> bool {
        let weight = self.weight(item);
        let shard = &mut self.shards[place];
        if shard.has(item) {
            return true;
        }
        let fits = shard.fits(&self.rules, weight);
        if fits {
            shard.add_oldest(item, weight, u64::MAX);
        }
        fits
    }
}
