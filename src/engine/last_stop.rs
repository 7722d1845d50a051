//! The fast path: a request at its last stop, a first-come station behind which only the answer
//! remains. Nobody can look inside, so that it needs no visit: a line of riders takes its place.
//! Events, draws and numbers are those of the general path, and so is every result.

use super::ended::Ended;
use super::hop::{Hop, Hops, Manner};
use super::id::LawId;
use super::journal::{Path, Stay};
use super::key::{ID_LIMIT, Rank};
use super::ordered::chooses;
use super::plan::Plan;
use super::program::{Discipline, Part, Program, Step};
use super::run::Engine;
use super::visit::NONE;
use crate::law::{mix, round};

/// Ids of riders count down from here, those of visits up from 0.
const LAST_ID: u32 = ID_LIMIT as u32 - 1;

/// A station where requests end, and who waits there.
#[derive(Debug)]
struct Stop {
    component: u32,
    station: u32,
    law: LawId,
    key: u64,
    head: u32,
    tail: u32,
}

/// A request at its last stop.
#[derive(Clone, Copy, Debug)]
pub struct Rider {
    /// Intended arrival of the request, ns.
    pub born: u64,
    /// Where its time went before.
    pub path: Path,
    /// Class of its request.
    pub class: u32,
    /// Trip, or [`NONE`].
    pub trip: u32,
    /// Workload of a request without trip.
    pub source: u32,
    /// Journey of a request without trip, if the file names it.
    pub journey: u32,
    /// Flags of the visit that it was.
    pub flags: u8,
    /// When it came, ns.
    entered: u64,
    /// When its service began; `u64::MAX` before.
    since: u64,
    demand: u64,
    /// [`NONE`]: the slot is free.
    stop: u32,
    next: u32,
}

impl Rider {
    /// A request of a class, born at `born`, about to come.
    pub fn new(born: u64, class: u32, flags: u8) -> Self {
        Self {
            born,
            path: Path::EMPTY,
            class,
            trip: NONE,
            source: NONE,
            journey: NONE,
            flags,
            entered: 0,
            since: u64::MAX,
            demand: 0,
            stop: NONE,
            next: NONE,
        }
    }
}

/// All stops and riders.
#[derive(Debug)]
pub struct Riders {
    stops: Vec<Stop>,
    slots: Vec<Rider>,
    free: u32,
}

/// The ways of a program, last stops marked, and those stops.
pub fn ways(program: &Program, plan: &Plan) -> (Hops, Riders) {
    let mut hops = Hops::new(program);
    let (riders, stops) = Riders::new(program, plan, &hops.calls);
    hops.mark_stops(&stops);
    (hops, riders)
}

impl Riders {
    /// The last stops of a program: a number for each entry point, or [`NONE`].
    fn new(program: &Program, plan: &Plan, hops: &[Hop]) -> (Self, Vec<u32>) {
        let mut riders = Self {
            stops: Vec::new(),
            slots: Vec::new(),
            free: NONE,
        };
        let mut numbers = vec![NONE; program.entries.len()];
        if !is_open_ground(program, plan, hops) {
            return (riders, numbers);
        }
        for (entry, number) in program.entries.iter().zip(&mut numbers) {
            if let Some(stop) = Stop::at(program, entry.index()) {
                let known = riders
                    .stops
                    .iter()
                    .position(|it| it.station == stop.station);
                *number = known.unwrap_or(riders.stops.len()) as u32;
                if known.is_none() {
                    riders.stops.push(stop);
                }
            }
        }
        (riders, numbers)
    }

    #[inline(always)]
    fn add(&mut self, rider: Rider) -> u32 {
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
    fn remove(&mut self, slot: u32) {
        let free = self.free;
        let place = &mut self.slots[slot as usize];
        (place.stop, place.next) = (NONE, free);
        self.free = slot;
    }

    /// How many last stops there are.
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

    /// Those who have come and not gone.
    pub fn present(&self) -> impl Iterator<Item = &Rider> {
        self.slots.iter().filter(|rider| rider.stop != NONE)
    }

    /// Those present: component and when they came.
    pub fn inside(&self) -> impl Iterator<Item = (usize, u64)> {
        self.present().map(|rider| {
            let component = self.stops[rider.stop as usize].component;
            (component as usize, rider.entered)
        })
    }

    /// Services under way: station and beginning.
    pub fn under_way(&self) -> impl Iterator<Item = (usize, u64)> {
        let served = self.present().filter(|rider| rider.since != u64::MAX);
        served.map(|rider| {
            (
                self.stops[rider.stop as usize].station as usize,
                rider.since,
            )
        })
    }
}

/// Whether requests only pass from station to station, undisturbed.
fn is_open_ground(program: &Program, plan: &Plan, hops: &[Hop]) -> bool {
    let is_passing = |step: &Step| {
        matches!(
            step,
            Step::Serve { .. }
                | Step::Wait { .. }
                | Step::Chance { .. }
                | Step::Jump { .. }
                | Step::Acquire { .. }
                | Step::Forward { .. }
                | Step::Reply
        )
    };
    plan.effects.is_empty()
        && program.failures.is_empty()
        && hops.iter().all(|hop| hop.manner != Manner::Full)
        && program.steps.iter().all(is_passing)
}

impl Stop {
    /// The one whose service, used nowhere else, and answer are all there is at an entry point.
    fn at(program: &Program, entry: usize) -> Option<Self> {
        let [
            Step::Serve {
                station,
                law,
                key,
                part: Part::Service,
            },
            Step::Reply,
        ] = *program.steps.get(entry..entry + 2)?
        else {
            return None;
        };
        let serves =
            |step: &&Step| matches!(step, Step::Serve { station: at, .. } if *at == station);
        let place = &program.stations[station.index()];
        let is_plain = place.discipline == Discipline::Fcfs
            && !chooses(place)
            && place.caps.is_empty()
            && program.steps.iter().filter(serves).count() == 1;
        let node = program
            .nodes
            .iter()
            .find(|node| node.stations.contains(&station))?;
        is_plain.then_some(Self {
            component: node.component.0,
            station: station.0,
            law,
            key,
            head: NONE,
            tail: NONE,
        })
    }

    #[inline(always)]
    fn push(&mut self, riders: &mut [Rider], slot: u32) {
        if self.head == NONE {
            self.head = slot;
        } else {
            riders[self.tail as usize].next = slot;
        }
        self.tail = slot;
    }

    #[inline(always)]
    fn pop(&mut self, riders: &[Rider]) -> Option<u32> {
        let slot = self.head;
        if slot == NONE {
            return None;
        }
        self.head = riders[slot as usize].next;
        Some(slot)
    }
}

impl Engine<'_> {
    /// Takes the general path everywhere, for comparison.
    #[cfg(test)]
    pub(super) fn forget_last_stops(&mut self) {
        self.riders.stops.clear();
        self.hops.ways.iter_mut().for_each(|way| way.stop = NONE);
        for steady in self
            .sources
            .iter_mut()
            .filter_map(|source| source.steady.as_mut())
        {
            steady.forget_last_stop();
        }
    }

    /// A visit comes to its last stop.
    #[inline(always)]
    pub(super) fn alight(&mut self, id: u32, stop: u32) {
        if self.visits.slots[id as usize].held > 0 {
            self.give_permits_back(id);
        }
        let visit = &self.visits.slots[id as usize];
        let rider = Rider {
            path: visit.path,
            trip: visit.trip,
            source: visit.source,
            journey: visit.journey,
            ..Rider::new(visit.born, visit.class, visit.flags)
        };
        let key = visit.key;
        self.visits.remove(id);
        self.board(rider, key, stop);
    }

    /// A request with this key comes to its last stop.
    #[inline(always)]
    pub(super) fn board(&mut self, rider: Rider, key: u64, number: u32) {
        let now = self.now;
        let stop = &mut self.riders.stops[number as usize];
        self.probe.inside[stop.component as usize].up(now);
        let word = mix(key ^ stop.key);
        let drawn = self.samplers[stop.law.index()].sample(word, self.tables);
        let place = &mut self.stations[stop.station as usize];
        let demand = round(drawn * place.scale);
        let starts = place.take_server(now);
        let slot = self.riders.add(Rider {
            entered: now,
            since: if starts { now } else { u64::MAX },
            demand,
            stop: number,
            ..rider
        });
        if starts {
            let until = now.saturating_add(demand);
            self.agenda.put(until, Rank::Served, LAST_ID - slot);
        } else {
            place.one_waits(now);
            self.riders.stops[number as usize].push(&mut self.riders.slots, slot);
        }
    }

    /// A request has had its last service; its answer is with the user.
    #[inline(always)]
    pub(super) fn ride_over(&mut self, slot: u32) {
        let now = self.now;
        let rider = self.riders.slots[slot as usize];
        let stop = &mut self.riders.stops[rider.stop as usize];
        let owner = stop.component;
        let (queue, service) = (rider.since - rider.entered, now - rider.since);
        let place = &mut self.stations[stop.station as usize];
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
        self.probe
            .left_well(now, (owner, rider.class), queue, rider.entered);
        self.riders.remove(slot);
        let stay = Stay {
            owner,
            queue,
            service,
        };
        let ended = Ended {
            born: rider.born,
            class: rider.class,
            flags: rider.flags,
            path: rider.path,
            stay,
            outcome: None,
        };
        let is_last = self.probe.concluded(ended, now, &mut self.journal);
        self.go_home((rider.trip, rider.source, rider.journey), ended, is_last);
    }
}
