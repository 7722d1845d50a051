//! What one shard of a cache holds: entries by item, and the order in which they leave.

use super::fifo::Fifo;
use super::lfu::Lfu;
use super::list::List;
use super::lru::Lru;
use super::random::Random;
use super::table::Table;
use super::{Eviction, Renew};
use crate::engine::visit::NONE;

/// One entry.
#[derive(Clone, Copy, Debug)]
pub struct Slot {
    /// What it holds.
    pub item: u32,
    /// Link or place in the order of leaving.
    pub prev: u32,
    /// Link in the order of leaving, or in the list of free slots.
    pub next: u32,
    /// Whether somebody has found it too old since it was filled.
    pub known_stale: bool,
    /// From when on it is too old, ns.
    pub expires: u64,
    /// What it takes of the capacity.
    pub weight: u64,
}

/// What a lookup finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// A fresh entry.
    Fresh,
    /// An entry past its time, for the first time since it was filled.
    Stale,
    /// Nothing, or an entry that is known to be past its time.
    Nothing,
}

/// What holds for all shards of a cache.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// Items, or bytes where items have sizes; `None`: no limit.
    pub capacity: Option<u64>,
    /// Time to live, ns.
    pub ttl: Option<u64>,
    /// What starts it again.
    pub renew: Renew,
}

#[derive(Debug)]
enum Order {
    Lru(Lru),
    Fifo(Fifo),
    Random(Random),
    Lfu(Lfu),
}

/// One shard at work.
#[derive(Debug)]
pub struct Shard {
    slots: Vec<Slot>,
    free: u32,
    places: Table,
    order: Order,
    /// Capacity in use.
    pub held: u64,
}

impl Shard {
    /// An empty shard; `seed` is for random replacement.
    pub fn new(eviction: Eviction, seed: u64) -> Self {
        Self {
            slots: Vec::new(),
            free: NONE,
            places: Table::default(),
            order: match eviction {
                Eviction::Lru => Order::Lru(Lru::default()),
                Eviction::Fifo => Order::Fifo(Fifo::default()),
                Eviction::Random => Order::Random(Random::new(seed)),
                Eviction::Lfu => Order::Lfu(Lfu::default()),
            },
            held: 0,
        }
    }

    /// Number of entries at the start, when none has left yet.
    pub fn len(&self) -> u64 {
        self.slots.len() as u64
    }

    /// Whether there is an entry of an item, fresh or not.
    pub fn has(&self, item: u32) -> bool {
        self.places.get(item) != NONE
    }

    /// Somebody asks for an item. An entry is too old at the very instant at which its time to
    /// live is over.
    #[inline]
    pub fn look(&mut self, rules: &Rules, item: u32, now: u64) -> Found {
        let slot = self.places.get(item);
        if let Order::Lfu(lfu) = &mut self.order {
            lfu.asked(&mut self.slots, item, slot);
        }
        if slot == NONE {
            return Found::Nothing;
        }
        let entry = &mut self.slots[slot as usize];
        if now >= entry.expires {
            let known = std::mem::replace(&mut entry.known_stale, true);
            return if known { Found::Nothing } else { Found::Stale };
        }
        if let (Renew::OnHit, Some(ttl)) = (rules.renew, rules.ttl) {
            entry.expires = now.saturating_add(ttl);
        }
        if let Order::Lru(lru) = &mut self.order {
            lru.used(&mut self.slots, slot);
        }
        Found::Fresh
    }

    /// Stores an item that was fetched; returns how many entries had to leave.
    pub fn fill(&mut self, rules: &Rules, item: u32, weight: u64, now: u64) -> u64 {
        let expires = rules.ttl.map_or(u64::MAX, |ttl| now.saturating_add(ttl));
        let slot = self.places.get(item);
        if slot != NONE {
            let entry = &mut self.slots[slot as usize];
            (entry.expires, entry.known_stale) = (expires, false);
            if let Order::Lru(Lru(list)) | Order::Fifo(Fifo(list)) = &mut self.order {
                list.unlink(&mut self.slots, slot);
                list.push_front(&mut self.slots, slot);
            }
            return 0;
        }
        let mut evicted = 0;
        while !self.fits(rules, weight) {
            let Some(victim) = self.victim(rules, item, weight) else {
                return evicted;
            };
            self.remove(victim);
            evicted += 1;
        }
        let slot = self.add(item, weight, expires);
        match &mut self.order {
            Order::Lru(Lru(list)) | Order::Fifo(Fifo(list)) => {
                list.push_front(&mut self.slots, slot);
            }
            Order::Random(random) => random.add(&mut self.slots, slot),
            Order::Lfu(lfu) => lfu.add(&mut self.slots, slot),
        }
        evicted
    }

    /// Whether an entry of this weight needs nobody to leave.
    pub fn fits(&self, rules: &Rules, weight: u64) -> bool {
        rules
            .capacity
            .is_none_or(|capacity| self.held.saturating_add(weight) <= capacity)
    }

    /// Who leaves for a newcomer; `None`: the newcomer is not stored.
    fn victim(&mut self, rules: &Rules, item: u32, weight: u64) -> Option<u32> {
        if rules.capacity.is_some_and(|capacity| weight > capacity) {
            return None;
        }
        match &mut self.order {
            Order::Lru(Lru(list)) | Order::Fifo(Fifo(list)) => list.last(),
            Order::Random(random) => random.draw(),
            Order::Lfu(lfu) if lfu.beats(&self.slots, item) => lfu.least(),
            Order::Lfu(_) => None,
        }
    }

    /// Puts an entry that lives for ever where it is the next to leave; it must fit.
    pub fn add_oldest(&mut self, item: u32, weight: u64, expires: u64) {
        let slot = self.add(item, weight, expires);
        match &mut self.order {
            Order::Lru(Lru(list)) | Order::Fifo(Fifo(list)) => {
                list.push_back(&mut self.slots, slot);
            }
            Order::Random(random) => random.add(&mut self.slots, slot),
            Order::Lfu(lfu) => lfu.add(&mut self.slots, slot),
        }
    }

    /// Says how often an item was asked for before the run, where that counts.
    pub fn set_count(&mut self, item: u32, count: u32) {
        if let Order::Lfu(lfu) = &mut self.order {
            lfu.set_count(item, count);
        }
    }

    /// Gives every entry another end.
    pub fn set_ends(&mut self, mut end: impl FnMut(u32) -> u64) {
        for slot in &mut self.slots {
            slot.expires = end(slot.item);
        }
    }

    fn add(&mut self, item: u32, weight: u64, expires: u64) -> u32 {
        let entry = Slot {
            item,
            prev: NONE,
            next: NONE,
            known_stale: false,
            expires,
            weight,
        };
        self.held += weight;
        let slot = if self.free == NONE {
            self.slots.push(entry);
            (self.slots.len() - 1) as u32
        } else {
            let slot = self.free;
            self.free = std::mem::replace(&mut self.slots[slot as usize], entry).next;
            slot
        };
        self.places.set(item, slot);
        slot
    }

    fn remove(&mut self, slot: u32) {
        match &mut self.order {
            Order::Lru(Lru(list)) | Order::Fifo(Fifo(list)) => list.unlink(&mut self.slots, slot),
            Order::Random(random) => random.remove(&mut self.slots, slot),
            Order::Lfu(lfu) => lfu.remove(&mut self.slots, slot),
        }
        let entry = &mut self.slots[slot as usize];
        self.held -= entry.weight;
        self.places.set(entry.item, NONE);
        entry.next = self.free;
        self.free = slot;
    }

    /// Loses the entries of these items.
    pub fn forget(&mut self, is_lost: impl Fn(u32) -> bool) {
        for slot in 0..self.slots.len() as u32 {
            let item = self.slots[slot as usize].item;
            if self.places.get(item) == slot && is_lost(item) {
                self.remove(slot);
            }
        }
    }

    /// Loses everything.
    pub fn clear(&mut self) {
        self.slots.clear();
        self.free = NONE;
        self.places.clear();
        self.held = 0;
        match &mut self.order {
            Order::Lru(Lru(list)) | Order::Fifo(Fifo(list)) => *list = List::default(),
            Order::Random(random) => random.clear(),
            Order::Lfu(lfu) => lfu.clear(),
        }
    }
}
