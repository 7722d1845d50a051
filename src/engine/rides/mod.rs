//! The fast path: requests that are only handed from one plain first-come station to the next.
//! Nobody can look inside, so that they need no visit: riders take their place. Events, draws and
//! numbers are those of the general path, and so is every result.

mod riders;
mod stops;

use super::ended::Ended;
use super::go::choose_for;
use super::hop::Way;
use super::journal::Stay;
use super::key::Rank;
use super::run::Engine;
use super::selector::Asker;
use super::visit::{COUNTED, DEGRADED, DIRECT, NONE, Visit};
use crate::law::{fraction, mix, round};

use riders::LAST_ID;
use stops::{Service, Then};

pub use riders::{First, Rider, Riders, ways};

impl Engine<'_> {
    /// Takes the general path everywhere, for comparison.
    #[cfg(test)]
    pub(super) fn forget_fast_path(&mut self) {
        self.riders.stops.clear();
        self.hops.ways.iter_mut().for_each(|way| way.stop = NONE);
        self.sources
            .iter_mut()
            .for_each(|source| source.ride = None);
    }

    /// A visit comes to a stop and goes on as a rider.
    #[inline(always)]
    pub(super) fn alight(&mut self, id: u32, way: Way) -> Option<u32> {
        if self.visits.slots[id as usize].held > 0 {
            self.give_permits_back(id);
        }
        let visit = &self.visits.slots[id as usize];
        let draws = (visit.key, visit.address);
        let slot = self.riders.add(Rider {
            path: visit.path,
            trip: visit.trip,
            source: visit.source,
            journey: visit.journey,
            flags: visit.flags & (COUNTED | DEGRADED),
            ..Rider::new(draws, visit.born, visit.class, false)
        });
        self.visits.remove(id);
        self.come(slot, way)
    }

    /// A request begins on the fast path; returns the visit that goes on where that path ends.
    #[inline(always)]
    pub(super) fn ride(&mut self, rider: Rider, first: First) -> Option<u32> {
        let (class, counted) = (rider.class, rider.flags & COUNTED != 0);
        let slot = self.riders.add(rider);
        if let Some(service) = first.service {
            self.probe.passed(first.link, class, counted);
            self.probe.inside[first.component as usize].up(self.now);
            self.board(slot, service, first.stop);
            return None;
        }
        let way = self.next_way(slot, first.call);
        self.come(slot, way)
    }

    /// Chooses where a rider is handed on over a call.
    #[inline(always)]
    fn next_way(&mut self, slot: u32, call: u32) -> Way {
        let rider = &self.riders.slots[slot as usize];
        let hop = self.hops.calls[call as usize];
        let asker = Asker {
            key: rider.key,
            address: rider.address,
            person: NONE,
        };
        let target = choose_for(hop, &mut self.selectors, asker).expect("some target is up");
        let counted = rider.flags & COUNTED != 0;
        self.probe.passed(hop.link, rider.class, counted);
        self.hops.ways[(hop.ways + target) as usize]
    }

    /// A rider comes to where a way leads, past what it only passes through.
    #[inline(always)]
    fn come(&mut self, slot: u32, mut way: Way) -> Option<u32> {
        loop {
            if way.stop == NONE {
                return Some(self.step_off(slot, way));
            }
            let stop = &self.riders.stops[way.stop as usize];
            let component = stop.component;
            self.probe.inside[component as usize].up(self.now);
            if let Some(service) = stop.service {
                self.board(slot, service, way.stop);
                return None;
            }
            way = self.pass_through(slot, way.stop);
        }
    }

    /// A rider has come where it is not served, and is handed on.
    fn pass_through(&mut self, slot: u32, stop: u32) -> Way {
        let stop = &self.riders.stops[stop as usize];
        let Then::Forward(call) = stop.then else {
            unreachable!("who does not serve hands on")
        };
        let at = (stop.component, self.riders.slots[slot as usize].class);
        self.probe.left_well(self.now, at, 0, self.now);
        self.next_way(slot, call)
    }

    /// A rider takes a server, or joins the line.
    #[inline(always)]
    fn board(&mut self, slot: u32, service: Service, stop: u32) {
        let now = self.now;
        let rider = &mut self.riders.slots[slot as usize];
        let word = mix(rider.key ^ service.key);
        let drawn = self.samplers[service.law.index()].sample(word, self.tables);
        let place = &mut self.stations[service.station as usize];
        let demand = round(drawn * place.scale);
        (rider.entered, rider.stop) = (now, stop);
        if place.take_server(now) {
            rider.since = now;
            let until = now.saturating_add(demand);
            self.agenda.put(until, Rank::Served, LAST_ID - slot);
        } else {
            (rider.demand, rider.since, rider.next) = (demand, u64::MAX, NONE);
            place.one_waits(now);
            self.riders.stops[stop as usize].push(&mut self.riders.slots, slot);
        }
    }

    /// The fast path ends before this node: a visit goes on there.
    #[inline(never)]
    fn step_off(&mut self, slot: u32, way: Way) -> u32 {
        let component = self.nodes[way.node as usize].component;
        let rider = self.riders.slots[slot as usize];
        self.riders.remove(slot);
        let id = self.visits.add(Visit {
            key: rider.key,
            address: rider.address,
            born: rider.born,
            since: self.now,
            path: rider.path,
            class: rider.class,
            trip: rider.trip,
            source: rider.source,
            journey: rider.journey,
            flags: rider.flags,
            back: DIRECT,
            ..Visit::NEW
        });
        self.visits[id].come_to(way.node, way.pc, component, self.now);
        self.probe.inside[component as usize].up(self.now);
        id
    }

    /// A rider has been served; returns the visit that goes on, if it becomes one.
    #[inline(always)]
    pub(super) fn served_rider(&mut self, slot: u32) -> Option<u32> {
        let now = self.now;
        let rider = &mut self.riders.slots[slot as usize];
        let (class, entered, key) = (rider.class, rider.entered, rider.key);
        let (queue, service) = (rider.since - entered, now - rider.since);
        let stop = &mut self.riders.stops[rider.stop as usize];
        let (owner, then) = (stop.component, stop.then);
        let at = stop.service.expect("who was served").station;
        let place = &mut self.stations[at as usize];
        place.done(owner, queue, service);
        if let Some(next) = stop.pop(&self.riders.slots) {
            place.one_starts(now);
            let rider = &mut self.riders.slots[next as usize];
            rider.since = now;
            let until = now.saturating_add(rider.demand);
            self.agenda.put(until, Rank::Served, LAST_ID - next);
        } else {
            place.one_rests(now);
        }
        self.probe.left_well(now, (owner, class), queue, entered);
        let stay = Stay {
            owner,
            queue,
            service,
        };
        let call = match then {
            Then::Answer => NONE,
            Then::Forward(call) => call,
            Then::Perhaps {
                share,
                key: of,
                call,
            } => {
                let hit = fraction(mix(key ^ of)) < share;
                if hit { call } else { NONE }
            }
        };
        if call == NONE {
            self.ride_over(slot, stay);
            return None;
        }
        self.journal
            .keep(&mut self.riders.slots[slot as usize].path, stay);
        let way = self.next_way(slot, call);
        self.come(slot, way)
    }

    /// A request has had its last service; its answer is with the user.
    #[inline(always)]
    fn ride_over(&mut self, slot: u32, stay: Stay) {
        let rider = &self.riders.slots[slot as usize];
        let ended = Ended {
            born: rider.born,
            class: rider.class,
            flags: rider.flags,
            path: rider.path,
            stay,
            outcome: None,
        };
        let of = (rider.trip, rider.source, rider.journey);
        self.riders.remove(slot);
        let is_last = self.probe.concluded(ended, self.now, &mut self.journal);
        self.go_home(of, ended, is_last);
    }
}
