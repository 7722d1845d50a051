//! Names that persons have resolved, and asking the name servers.

use std::collections::BTreeMap;

use super::key::Rank;
use super::program::{self, Part, Reason};
use super::run::Engine;
use super::selector::Asker;
use super::visit::{NONE, State};
use crate::law::{fraction, mix};

/// Purpose of the draw of a copy's age.
const AGE: u64 = 0x94D0_49BB_1331_11EB;

/// A name store at work.
#[derive(Debug)]
pub struct Store {
    ttl: u64,
    /// Whether first copies are of all ages.
    warm: bool,
    /// By the address of the client (S26): until when, and which address.
    names: BTreeMap<u64, (u64, u32)>,
    /// Target that holds each address; at first everybody its own.
    holders: Vec<u32>,
}

impl Store {
    /// All of a program, empty.
    pub fn all(program: &program::Program) -> Vec<Self> {
        let stores = program.stores.iter();
        stores.map(|store| Self::new(program, store)).collect()
    }

    /// Empty.
    fn new(program: &program::Program, store: &program::Store) -> Self {
        let targets = program.selectors[store.selector.index()].targets.len();
        Self {
            ttl: store.ttl,
            warm: store.warm,
            names: BTreeMap::new(),
            holders: (0..targets as u32).collect(),
        }
    }

    /// Moves an address.
    pub fn hand_over(&mut self, address: u32, holder: u32) {
        self.holders[address as usize] = holder;
    }

    /// Who answers at an address now.
    pub fn holder(&self, address: u32) -> u32 {
        self.holders[address as usize]
    }

    /// Until when a client keeps what it has just been told. Whoever asks for the first time right
    /// after a warm start would have asked before, `age` (0 to 1) of a `ttl` ago.
    fn until(&self, client: u64, now: u64, age: f64) -> u64 {
        let first = (age * self.ttl as f64) as u64;
        if self.warm && first > now && !self.names.contains_key(&client) {
            return first;
        }
        now.saturating_add(self.ttl)
    }

    /// The address at which a target is known: the one it has taken over, else its own.
    fn address(&self, target: u32) -> u32 {
        let mut addresses = 0..self.holders.len() as u32;
        addresses
            .find(|&address| address != target && self.holder(address) == target)
            .unwrap_or(target)
    }
}

impl Engine<'_> {
    /// Takes the short way with a fresh name.
    pub(super) fn recall(&mut self, id: u32, store: u32, fresh: u32) {
        let visit = &mut self.visits[id];
        let known = self.stores[store as usize].names.get(&visit.address);
        if let Some(&(_, address)) = known.filter(|name| name.0 > self.now) {
            visit.resolved = address;
            visit.pc = fresh;
        } else {
            visit.pc += 1;
        }
    }

    /// Asks all name servers that are up and waits for the fastest.
    pub(super) fn resolve(&mut self, id: u32, store: u32, key: u64) -> Option<u32> {
        let program = &self.program.stores[store as usize];
        let own = self.visits[id].key ^ key;
        let up =
            program.servers.iter().enumerate().filter(|(_, node)| {
                self.nodes[node.index()].up && !self.ailing.is_nameless(node.0)
            });
        let draw = |(place, _)| self.draw_ns(program.lookup, mix(mix(own) ^ place as u64));
        let Some(ns) = up.map(draw).min() else {
            return self.finish(id, Some(Reason::NameLookup));
        };
        let ticket = self.put(self.now.saturating_add(ns), Rank::Waited, id);
        let visit = &mut self.visits[id];
        visit.at = store;
        visit.ticket = ticket;
        visit.state = State::Resolving;
        None
    }

    /// A name server has answered.
    pub(super) fn resolved(&mut self, id: u32) -> Option<u32> {
        let store = self.visits[id].at as usize;
        let program = &self.program.stores[store];
        self.charge_to(id, program.owner.0, Part::Network);
        let visit = &self.visits[id];
        let asker = Asker {
            key: visit.key,
            address: visit.address,
            person: visit.person,
        };
        let (person, own) = (visit.person, visit.key);
        let Some(target) = self.selectors[program.selector.index()].choose(asker) else {
            return self.finish(id, Some(Reason::NoBackend));
        };
        let store = &mut self.stores[store];
        let address = store.address(target);
        self.visits[id].resolved = address;
        if person != NONE {
            let age = fraction(mix(own ^ AGE));
            let until = store.until(asker.address, self.now, age);
            store.names.insert(asker.address, (until, address));
        }
        self.go_on(id)
    }

    /// Forwards to the address that the person knows.
    pub(super) fn forward_resolved(&mut self, id: u32, store: u32, call: u32) -> Option<u32> {
        let visit = &self.visits[id];
        let store = &self.stores[store as usize];
        let known = store.names.get(&visit.address);
        let address = match visit.resolved {
            NONE => known.map(|name| name.1),
            address => Some(address),
        };
        match address.map(|address| store.holder(address)) {
            Some(target) => self.forward_to(id, call, target),
            None => self.finish(id, Some(Reason::NameLookup)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store(warm: bool, names: &[(u64, (u64, u32))]) -> Store {
        Store {
            ttl: 60,
            warm,
            names: names.iter().copied().collect(),
            holders: vec![0],
        }
    }

    /// S29: at a warm start the first copy ends as if it had been fetched before the start; later
    /// ones, and those of a cold start, live their whole time.
    #[test]
    fn first_copies_of_a_warm_start_are_of_all_ages() {
        let warm = store(true, &[(7, (20, 0))]);
        assert_eq!(warm.until(1, 5, 0.5), 30);
        assert_eq!(
            warm.until(1, 40, 0.5),
            100,
            "it would have asked again at 30"
        );
        assert_eq!(warm.until(7, 25, 0.5), 85, "not its first");
        assert_eq!(store(false, &[]).until(1, 5, 0.5), 65);
    }
}
