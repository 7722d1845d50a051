//! A shard against a plain list that is searched from end to end.

use proptest::prelude::*;

use crate::engine::cache::shard::{Found, Rules, Shard};
use crate::engine::cache::{Eviction, Renew};

#[derive(Clone, Debug)]
struct Entry {
    item: u32,
    expires: u64,
    weight: u64,
    known: bool,
}

/// Entries in the order in which they leave, the next one last; under LFU in no order.
#[derive(Debug)]
struct Naive {
    eviction: Eviction,
    entries: Vec<Entry>,
    asked: Vec<u32>,
}

impl Naive {
    fn new(eviction: Eviction) -> Self {
        Self {
            eviction,
            entries: Vec::new(),
            asked: Vec::new(),
        }
    }

    fn count(&self, item: u32) -> usize {
        self.asked.iter().filter(|asked| **asked == item).count()
    }

    fn look(&mut self, rules: &Rules, item: u32, now: u64) -> Found {
        self.asked.push(item);
        let Some(place) = self.entries.iter().position(|entry| entry.item == item) else {
            return Found::Nothing;
        };
        let entry = &mut self.entries[place];
        if now >= entry.expires {
            let known = std::mem::replace(&mut entry.known, true);
            return if known { Found::Nothing } else { Found::Stale };
        }
        if rules.renew == Renew::OnHit {
            entry.expires = rules.ttl.map_or(u64::MAX, |ttl| now + ttl);
        }
        if self.eviction == Eviction::Lru {
            let entry = self.entries.remove(place);
            self.entries.insert(0, entry);
        }
        Found::Fresh
    }

    fn fill(&mut self, rules: &Rules, item: u32, weight: u64, now: u64) -> u64 {
        let expires = rules.ttl.map_or(u64::MAX, |ttl| now + ttl);
        let mut entry = Entry {
            item,
            expires,
            weight,
            known: false,
        };
        if let Some(place) = self.entries.iter().position(|entry| entry.item == item) {
            entry.weight = self.entries.remove(place).weight;
            self.entries.insert(0, entry);
            return 0;
        }
        let capacity = rules.capacity.unwrap_or(u64::MAX);
        if weight > capacity {
            return 0;
        }
        let mut evicted = 0;
        while self.entries.iter().map(|entry| entry.weight).sum::<u64>() + weight > capacity {
            let mut last = self.entries.len() - 1;
            if self.eviction == Eviction::Lfu {
                let rank = |place: &usize| {
                    let item = self.entries[*place].item;
                    (self.count(item), item)
                };
                last = (0..self.entries.len()).min_by_key(rank).unwrap();
                if self.count(item) <= self.count(self.entries[last].item) {
                    return evicted;
                }
            }
            self.entries.remove(last);
            evicted += 1;
        }
        self.entries.insert(0, entry);
        evicted
    }
}

/// Sizes that an item always has.
fn weight(item: u32, by_size: bool) -> u64 {
    if by_size {
        u64::from(1 + item * 7 % 5)
    } else {
        1
    }
}

proptest! {
    #[test]
    fn a_shard_does_what_a_plain_list_does(
        eviction in prop::sample::select(vec![Eviction::Lru, Eviction::Fifo, Eviction::Lfu]),
        capacity in prop::option::of(0_u64..9),
        ttl in prop::option::of(1_u64..40),
        on_hit in any::<bool>(),
        by_size in any::<bool>(),
        steps in prop::collection::vec((0_u32..12, 0_u64..6, 0_u8..20), 1..300),
    ) {
        let renew = if on_hit { Renew::OnHit } else { Renew::OnFetch };
        let rules = Rules { capacity, ttl, renew };
        let (mut shard, mut naive) = (Shard::new(eviction, 1), Naive::new(eviction));
        let mut now = 0;
        for (item, pause, kind) in steps {
            now += pause;
            let found = shard.look(&rules, item, now);
            prop_assert_eq!(found, naive.look(&rules, item, now));
            // Mostly a miss is fetched; at times a second fetch of the same item ends, too.
            if (found != Found::Fresh && kind > 2) || kind == 1 {
                let weight = weight(item, by_size);
                let evicted = shard.fill(&rules, item, weight, now);
                prop_assert_eq!(evicted, naive.fill(&rules, item, weight, now));
            }
            if kind == 0 && item == 0 {
                shard.clear();
                naive.entries.clear();
                naive.asked.clear();
            }
            let held: u64 = naive.entries.iter().map(|entry| entry.weight).sum();
            prop_assert_eq!(shard.held, held);
            for item in 0..12 {
                let is_there = naive.entries.iter().any(|entry| entry.item == item);
                prop_assert_eq!(shard.has(item), is_there);
            }
        }
    }

    #[test]
    fn random_replacement_keeps_to_its_room(
        capacity in 1_u64..9,
        items in prop::collection::vec(0_u32..12, 1..300),
    ) {
        let rules = Rules { capacity: Some(capacity), ttl: None, renew: Renew::OnFetch };
        let mut shard = Shard::new(Eviction::Random, 7);
        for item in items {
            let before = (0..12).filter(|&item| shard.has(item)).count() as u64;
            let hit = shard.look(&rules, item, 0) == Found::Fresh;
            if !hit {
                let evicted = shard.fill(&rules, item, 1, 0);
                prop_assert_eq!(evicted, u64::from(before == capacity));
            }
            prop_assert!(shard.has(item));
            let after = (0..12).filter(|&item| shard.has(item)).count() as u64;
            prop_assert_eq!(after, (before + u64::from(!hit)).min(capacity));
        }
    }
}
