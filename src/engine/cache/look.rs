//! Lookups and fills of visits.

use super::shard::Found;
use super::{Fill, Keys};
use crate::engine::id::{CacheId, LookId};
use crate::engine::key::{Key, Rank};
use crate::engine::probe::Probe;
use crate::engine::program::{Part, Step};
use crate::engine::run::Engine;
use crate::engine::visit::{COUNTED, State};
use crate::law::{Popularity, fraction, mix};

impl Probe {
    /// A cache was asked.
    pub fn looked(&mut self, cache: u32, hit: bool, counted: bool) {
        let seen = &mut self.caches[cache as usize];
        let count = if hit {
            &mut seen.hits
        } else {
            &mut seen.misses
        };
        *count += u64::from(counted);
    }
}

impl Engine<'_> {
    /// A step that has to do with caches.
    pub(in crate::engine) fn cache_step(&mut self, id: u32, step: Step) -> Option<u32> {
        match step {
            Step::Held {
                share,
                key,
                otherwise,
            } => self.held(id, share, key, otherwise.0),
            Step::Look { look, key, .. } => return self.look(id, look, key),
            Step::Unreached { cache } => self.unreached(id, cache),
            Step::Fill => self.fill(id),
            step => unreachable!("{step:?} has nothing to do with caches"),
        }
        Some(id)
    }

    /// The item that a visit asks a cache for at a step of this key.
    #[inline]
    fn item(&self, id: u32, cache: CacheId, key: u64) -> u32 {
        let cache = &self.program.caches[cache.index()];
        match cache.keys {
            Keys::Drawn => cache
                .popularity
                .draw(mix(self.caches.origins.key(id) ^ key)),
            Keys::Recorded => self.caches.origins.item(id),
        }
    }

    /// What a visit is known by where a node is chosen for the item that it will ask for.
    #[inline]
    pub(in crate::engine) fn item_hash(&self, id: u32, cache: CacheId, key: u64) -> u64 {
        Popularity::hash(self.item(id, cache, key))
    }

    /// With a fixed share of hits: drawn for the request and step, so that a retry of a miss
    /// misses again. Goes on with the next step after a hit, else at `otherwise`.
    fn held(&mut self, id: u32, share: f64, key: u64, otherwise: u32) {
        let hit = fraction(mix(self.caches.origins.key(id) ^ key)) < share;
        let visit = &mut self.visits[id];
        visit.pc = if hit { visit.pc + 1 } else { otherwise };
    }

    /// A visit looks an item up: at its own node, or at the node that answered its last call.
    fn look(&mut self, id: u32, look: LookId, key: u64) -> Option<u32> {
        let (cache, from) = self.program.looks[look.index()];
        let item = self.item(id, cache, key);
        let visit = &self.visits[id];
        let node = match from {
            None => visit.node,
            Some(selector) => {
                let targets = &self.program.selectors[selector.index()].targets;
                targets[visit.target as usize].node.0
            }
        };
        let place = self.caches.places[node as usize].expect("the node has a shard");
        let contents = &mut self.caches.contents[place.0 as usize];
        let shard = &mut contents.shards[place.1 as usize];
        let found = shard.look(&contents.rules, item, self.now);
        let program = &self.program.caches[cache.index()];
        let component = program.component.0;
        let counted = self.visits[id].is(COUNTED);
        self.probe.looked(component, found == Found::Fresh, counted);
        if found == Found::Fresh {
            self.visits[id].pc += 1;
            return Some(id);
        }
        let alone = program.fill == Fill::SingleFlight;
        let counts = &mut self.probe.caches[component as usize];
        counts.stale += u64::from(counted && found == Found::Stale);
        if alone && let Some(flight) = self.caches.flights.shared(place, item) {
            counts.waited += u64::from(counted);
            let number = self.fresh();
            let ticket = Key::new(self.now, Rank::Waited, number, id).ticket();
            self.caches.flights.wait(flight, id, ticket);
            let visit = &mut self.visits[id];
            (visit.state, visit.ticket) = (State::Filling, ticket);
            return None;
        }
        self.caches.flights.begin(id, place, item, alone);
        self.go_to_miss(id);
        Some(id)
    }

    fn go_to_miss(&mut self, id: u32) {
        let Step::Look { miss, .. } = self.program.steps[self.visits[id].pc as usize] else {
            unreachable!("a visit that looks something up stands at a lookup")
        };
        self.visits[id].pc = miss.0;
    }

    /// The cache did not answer: the work is done as on a miss, and nothing is stored.
    fn unreached(&mut self, id: u32, cache: CacheId) {
        let component = self.program.caches[cache.index()].component.0;
        let counted = self.visits[id].is(COUNTED);
        self.probe.looked(component, false, counted);
        self.caches.flights.begin_nowhere(id);
        self.visits[id].pc += 1;
    }

    /// The work of a miss is done: the item is stored, and those who waited for it have it.
    fn fill(&mut self, id: u32) {
        self.visits[id].pc += 1;
        let flight = self.caches.flights.end(id).expect("a miss began a fill");
        if !flight.is_stored() {
            return;
        }
        let (cache, shard) = flight.place;
        let program = &self.program.caches[cache as usize];
        let nodes = &program.shards[shard as usize];
        if nodes.iter().any(|node| self.nodes[node.index()].up) {
            let contents = &mut self.caches.contents[cache as usize];
            let weight = contents.weight(flight.item);
            let shard = &mut contents.shards[shard as usize];
            let evicted = shard.fill(&contents.rules, flight.item, weight, self.now);
            let counts = &mut self.probe.caches[program.component.index()];
            if self.visits[id].is(COUNTED) {
                counts.fills += 1;
                counts.evictions += evicted;
            }
            if evicted > 0 && !program.warm {
                counts.full_at = Some(*contents.full_at.get_or_insert(self.now));
            }
        }
        for (waiter, ticket) in flight.waiting {
            if self.lands(waiter, ticket, program.component.0) {
                self.visits[waiter].pc += 1;
                self.ready.push_back(waiter);
            }
        }
    }

    /// Whether a visit still waits for a fill; if so it is ready again.
    fn lands(&mut self, id: u32, ticket: u64, component: u32) -> bool {
        let visit = &self.visits[id];
        if visit.state != State::Filling || visit.ticket != ticket {
            return false;
        }
        self.charge_to(id, component, Part::Queue);
        let visit = &mut self.visits[id];
        (visit.state, visit.ticket) = (State::Ready, 0);
        true
    }

    /// A visit ends without the work that it began for others: the first who waits does it.
    #[inline]
    pub(in crate::engine) fn abandon_fills(&mut self, id: u32) {
        if self.caches.flights.are_open() {
            self.abandon(id);
        }
    }

    #[cold]
    fn abandon(&mut self, id: u32) {
        while let Some(mut flight) = self.caches.flights.end(id) {
            if !flight.is_stored() {
                continue;
            }
            let component = self.program.caches[flight.place.0 as usize].component.0;
            let waiting = std::mem::take(&mut flight.waiting);
            let mut waiting = waiting.into_iter();
            while let Some((waiter, ticket)) = waiting.next() {
                if self.lands(waiter, ticket, component) {
                    self.caches
                        .flights
                        .hand_over(waiter, &flight, waiting.collect());
                    self.go_to_miss(waiter);
                    self.ready.push_back(waiter);
                    break;
                }
            }
        }
    }
}
