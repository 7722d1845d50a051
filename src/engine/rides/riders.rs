//! Riders, in an arena, and how they begin.

use super::stops::{self, Service, Stop};
use crate::engine::hop::{Hops, Manner};
use crate::engine::journal::Path;
use crate::engine::key::ID_LIMIT;
use crate::engine::plan::Plan;
use crate::engine::program::{self, Program, Step};
use crate::engine::visit::{COUNTED, NONE};
use crate::engine::weather::Weather;

/// Ids of riders count down from here, those of visits up from 0.
pub(super) const LAST_ID: u32 = ID_LIMIT as u32 - 1;

/// A request on the fast path.
#[derive(Clone, Copy, Debug)]
pub struct Rider {
    /// Key of its draws.
    pub key: u64,
    /// Hash of the client's address.
    pub address: u64,
    /// Intended arrival of the request, ns.
    pub born: u64,
    /// Where its time went before.
    pub(super) path: Path,
    /// Class of its request.
    pub(super) class: u32,
    /// Trip, or [`NONE`].
    pub trip: u32,
    /// Workload of a request without trip.
    pub source: u32,
    /// Journey of a request without trip, if the file names it.
    pub journey: u32,
    /// When it came to its stop, ns.
    pub(super) entered: u64,
    /// When its service began; `u64::MAX` before.
    pub(super) since: u64,
    pub(super) demand: u64,
    /// [`NONE`]: the slot is free.
    pub(super) stop: u32,
    pub(super) next: u32,
    /// Those of its visit.
    pub(super) flags: u8,
}

impl Rider {
    /// A request of a class with these draws, born at `born`.
    #[inline(always)]
    pub fn new((key, address): (u64, u64), born: u64, class: u32, counted: bool) -> Self {
        Self {
            key,
            address,
            born,
            path: Path::EMPTY,
            class,
            trip: NONE,
            source: NONE,
            journey: NONE,
            entered: 0,
            since: u64::MAX,
            demand: 0,
            stop: NONE,
            next: NONE,
            flags: if counted { COUNTED } else { 0 },
        }
    }

    /// Class, birth, and whether it is of the cohort.
    pub fn asks(&self) -> (usize, u64, bool) {
        (self.class as usize, self.born, self.flags & COUNTED != 0)
    }
}

/// How requests of a workload begin on the fast path.
#[derive(Clone, Copy, Debug)]
pub struct First {
    /// Over this call.
    pub(super) call: u32,
    /// What is done where that leads, if it leads to one place only.
    pub(super) service: Option<Service>,
    pub(super) link: u32,
    pub(super) stop: u32,
    pub(super) component: u32,
}

/// All stops and riders.
#[derive(Debug)]
pub struct Riders {
    pub(super) stops: Vec<Stop>,
    pub(super) slots: Vec<Rider>,
    free: u32,
}

/// The ways of a program, stops of the fast path marked, and those stops.
pub fn ways(program: &Program, plan: &Plan) -> (Hops, Riders) {
    let mut hops = Hops::new(program);
    if Weather::is_known(plan) {
        hops.complicate();
    }
    let (stops, numbers) = stops::stops(program, plan, &hops);
    hops.mark_stops(&numbers);
    let riders = Riders {
        stops,
        slots: Vec::new(),
        free: NONE,
    };
    (hops, riders)
}

impl Riders {
    /// How all requests of a workload begin, if it is on the fast path and by the same call.
    pub fn first(&self, program: &Program, source: &program::Source, hops: &Hops) -> Option<First> {
        let mut calls = source.entry.iter().flatten().map(|&entry| {
            let Step::Forward { call } = program.steps[entry.index()] else {
                return None;
            };
            let targets = program.selectors[program.calls[call.index()].selector.index()]
                .targets
                .len();
            let ways = &hops.ways[hops.calls[call.index()].ways as usize..][..targets];
            ways.iter().all(|way| way.stop != NONE).then_some(call.0)
        });
        let call = calls.next()??;
        if !calls.all(|other| other == Some(call)) {
            return None;
        }
        let hop = hops.calls[call as usize];
        let stop = hops.ways[hop.ways as usize].stop;
        let place = &self.stops[stop as usize];
        Some(First {
            call,
            service: place.service.filter(|_| hop.manner == Manner::Direct),
            link: hop.link,
            stop,
            component: place.component,
        })
    }

    #[inline(always)]
    pub(super) fn add(&mut self, rider: Rider) -> u32 {
        if self.free == NONE {
            self.slots.push(rider);
            return (self.slots.len() - 1) as u32;
        }
        let slot = self.free;
        let place = &mut self.slots[slot as usize];
        self.free = place.next;
        *place = rider;
        slot
    }

    #[inline(always)]
    pub(super) fn remove(&mut self, slot: u32) {
        let free = self.free;
        let place = &mut self.slots[slot as usize];
        (place.stop, place.next) = (NONE, free);
        self.free = slot;
    }

    /// How many stops there are.
    #[cfg(test)]
    pub fn stops(&self) -> usize {
        self.stops.len()
    }

    /// Slots in use or free.
    pub fn slots(&self) -> usize {
        self.slots.len()
    }

    /// The rider of an event's id, if it is one's.
    #[inline(always)]
    pub fn of_event(&self, id: u32) -> Option<u32> {
        let slot = LAST_ID - id;
        ((slot as usize) < self.slots.len()).then_some(slot)
    }

    /// Those under way.
    pub fn present(&self) -> impl Iterator<Item = &Rider> {
        self.slots.iter().filter(|rider| rider.stop != NONE)
    }

    /// Those under way: component where they are, and when they came there.
    pub fn inside(&self) -> impl Iterator<Item = (usize, u64)> {
        self.present().map(|rider| {
            let component = self.stops[rider.stop as usize].component;
            (component as usize, rider.entered)
        })
    }

    /// Services under way: station and beginning.
    pub fn under_way(&self) -> impl Iterator<Item = (usize, u64)> {
        let served = self.present().filter(|rider| rider.since != u64::MAX);
        served.filter_map(|rider| {
            let service = self.stops[rider.stop as usize].service?;
            Some((service.station as usize, rider.since))
        })
    }
}
