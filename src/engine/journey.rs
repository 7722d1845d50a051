//! Trips: one user's way through a journey, one request at a time.

use super::ended::Ended;
use super::id::JourneyId;
use super::key::{Key, Rank};
use super::observation::{Cap, Ending};
use super::program::{Arrivals, OnFailure, Reason};
use super::run::Engine;
use super::source::Identity;
use super::visit::{COUNTED, NONE, Visit};
use crate::law::mix;

/// S25: least pause of a user after a failure, ns.
pub(super) const AFTER_FAILURE: u64 = 100_000_000;
/// Purposes of draws of one user.
pub(super) const REQUESTS: u64 = 0x1F83_D9AB_FB41_BD6B;
pub(super) const THINK: u64 = 0x3B9A_CA07_64D1_29E5;
pub(super) const NO_ENTRY: &str = "a workload has an entry for each class of its journeys";

/// What a trip is about to do or doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Before a journey: a closed user thinks.
    Idle,
    /// In a journey, between requests.
    Pausing,
    /// Waits for an answer.
    Asking,
    /// The slot is free.
    Over,
}

/// One user in a journey.
#[derive(Clone, Copy, Debug)]
pub struct Trip {
    /// Key of the user (closed), from which those of journeys come.
    pub(super) user_key: u64,
    pub(super) key: u64,
    /// Intended arrival of the current request.
    pub born: u64,
    pub(super) started: u64,
    pub(super) ticket: u64,
    pub(super) address: u64,
    pub(super) source: u32,
    pub(super) journey: u32,
    pub(super) person: u32,
    /// Number of a closed user, or [`NONE`].
    pub(super) user: u32,
    /// Class of the current request.
    pub class: u32,
    item: u32,
    left: u32,
    pub(super) requests: u64,
    pub(super) journeys: u64,
    /// What it does.
    pub stage: Stage,
    /// Whether the current request is of the cohort (S14).
    pub counted: bool,
    next: u32,
}

/// All trips, slots reused.
#[derive(Debug)]
pub struct Trips {
    /// By number.
    pub slots: Vec<Trip>,
    free: u32,
}

impl Default for Trips {
    fn default() -> Self {
        Self {
            slots: Vec::new(),
            free: NONE,
        }
    }
}

impl Trips {
    fn add(&mut self, trip: Trip) -> u32 {
        if self.free == NONE {
            self.slots.push(trip);
            return (self.slots.len() - 1) as u32;
        }
        let id = self.free;
        let slot = &mut self.slots[id as usize];
        self.free = std::mem::replace(slot, trip).next;
        id
    }

    fn remove(&mut self, id: u32) {
        let trip = &mut self.slots[id as usize];
        (trip.stage, trip.ticket) = (Stage::Over, 0);
        trip.next = self.free;
        self.free = id;
    }
}

impl Engine<'_> {
    /// Somebody sets out; an open user's key is that of the one journey.
    pub(super) fn open_trip(&mut self, source: u32, key: u64, who: Identity) -> u32 {
        self.probe.concurrent.up(self.now);
        self.trips.add(Trip {
            user_key: key,
            key,
            born: 0,
            started: 0,
            ticket: 0,
            address: who.address,
            source,
            journey: 0,
            person: who.person,
            user: NONE,
            class: 0,
            item: 0,
            left: 0,
            requests: 0,
            journeys: 0,
            stage: Stage::Idle,
            counted: false,
            next: NONE,
        })
    }

    /// Sends a request to the system; it comes from the clients' node.
    #[inline(always)]
    pub(super) fn launch(&mut self, visit: Visit) -> u32 {
        let program = self.program;
        let counted = self.admit(visit.class);
        let id = self.visits.add(Visit {
            born: self.now,
            since: self.now,
            node: self.clients,
            owner: program.components.len() as u32,
            flags: if counted { COUNTED } else { 0 },
            ..visit
        });
        self.caches.origins.begin(id, visit.key);
        id
    }

    /// Counts a request that comes; whether it is of the cohort (S14).
    #[inline(always)]
    pub(super) fn admit(&mut self, class: u32) -> bool {
        let counted = self.probe.offered(self.now, class);
        if self.probe.in_system.count > u64::from(self.plan.in_flight_cap) {
            self.halt(Ending::Capped(Cap::InFlight));
        }
        if counted && self.probe.cohort == self.quota {
            self.close_window();
        }
        counted
    }

    #[inline]
    fn close_trip(&mut self, id: u32) {
        self.probe.concurrent.down(self.now);
        self.trips.remove(id);
    }

    /// Begins a journey with its first request.
    pub(super) fn start_journey(&mut self, id: u32, named: Option<JourneyId>) -> u32 {
        let trip = &self.trips.slots[id as usize];
        let journey = named.unwrap_or_else(|| self.pick_journey(trip.source, trip.key));
        self.probe.journeys[journey.index()].started += 1;
        let trip = &mut self.trips.slots[id as usize];
        trip.journey = journey.0;
        trip.started = self.now;
        trip.item = 0;
        trip.requests = 0;
        trip.left = self.program.journeys[journey.index()].items[0].times;
        self.ask(id)
    }

    /// Sends the next request of a journey.
    #[inline(always)]
    fn ask(&mut self, id: u32) -> u32 {
        let program = self.program;
        let trip = &mut self.trips.slots[id as usize];
        let class = program.journeys[trip.journey as usize].items[trip.item as usize].class;
        let number = trip.requests;
        let key = match number {
            0 => trip.key,
            _ => mix(mix(trip.key ^ REQUESTS).wrapping_add(number)),
        };
        trip.requests += 1;
        trip.stage = Stage::Asking;
        trip.born = self.now;
        trip.class = class.0;
        let entry = program.sources[trip.source as usize].entry[class.index()];
        let visit = Visit {
            key,
            address: trip.address,
            pc: entry.expect(NO_ENTRY).0,
            class: class.0,
            person: trip.person,
            trip: id,
            ..Visit::NEW
        };
        let visit = self.launch(visit);
        self.trips.slots[id as usize].counted = self.visits[visit].is(COUNTED);
        visit
    }

    /// The answer, or the failure, has reached the user (S16).
    #[inline(always)]
    pub(super) fn conclude(&mut self, id: u32) {
        let visit = &self.visits[id];
        let (ended, of) = (Ended::of(visit), (visit.trip, visit.source, visit.journey));
        let is_last = self.probe.concluded(ended, self.now, &mut self.journal);
        self.visits.remove(id);
        self.go_home(of, ended, is_last);
    }

    /// What follows an outcome for the trip, or workload and journey, of its request.
    #[inline(always)]
    pub(super) fn go_home(
        &mut self,
        (trip, source, journey): (u32, u32, u32),
        ended: Ended,
        is_last: bool,
    ) {
        let failed = ended.outcome.is_some();
        if is_last {
            self.halt(Ending::Complete);
        }
        if trip != NONE {
            if !self.rest_again(trip, failed) {
                self.proceed(trip, ended.outcome);
            }
            return;
        }
        if !self.probe.users_are_requests {
            self.probe.concurrent.down(self.now);
        }
        if journey != NONE {
            self.end_single(source, journey, ended.born, failed);
        }
    }

    /// What the user does next.
    #[inline]
    fn proceed(&mut self, id: u32, outcome: Option<Reason>) {
        let program = self.program;
        let trip = &mut self.trips.slots[id as usize];
        let source = &program.sources[trip.source as usize];
        let items = &program.journeys[trip.journey as usize].items;
        if outcome.is_some() && source.on_failure == OnFailure::Abandon {
            self.probe.journeys[trip.journey as usize].abandoned += 1;
            return self.end_journey(id, true);
        }
        let mut item = items[trip.item as usize];
        trip.left -= 1;
        let unfinished = trip.left > 0 || (trip.item as usize) < items.len() - 1;
        let leaves = trip.user != NONE && trip.user >= self.sources[trip.source as usize].wanted;
        if leaves && unfinished {
            self.probe.journeys[trip.journey as usize].abandoned += 1;
            return self.end_journey(id, outcome.is_some());
        }
        if trip.left == 0 {
            trip.item += 1;
            let Some(next) = items.get(trip.item as usize) else {
                let duration = self.now - trip.started;
                self.probe.journeys[trip.journey as usize].completed += 1;
                self.probe.journeys[trip.journey as usize].duration_sum += u128::from(duration);
                return self.end_journey(id, outcome.is_some());
            };
            item = *next;
            trip.left = next.times;
        }
        trip.stage = Stage::Pausing;
        let word = mix(mix(trip.key ^ item.key).wrapping_add(trip.requests));
        let think = item.think.map_or(0, |law| self.draw_ns(law, word));
        self.rest(id, think, outcome.is_some());
    }

    /// The user goes on after a pause, never at once after a failure (S25).
    fn rest(&mut self, id: u32, think: u64, failed: bool) {
        let least = if failed { AFTER_FAILURE } else { 0 };
        let at = self.now.saturating_add(think.max(least));
        let ticket = self.put(at, Rank::User, id);
        self.trips.slots[id as usize].ticket = ticket;
    }

    /// An open trip is over; a closed user thinks before the next journey, or leaves.
    #[inline]
    fn end_journey(&mut self, id: u32, failed: bool) {
        let trip = &self.trips.slots[id as usize];
        if trip.user == NONE {
            return self.close_trip(id);
        }
        let source = &mut self.sources[trip.source as usize];
        if trip.user >= source.wanted {
            source.users[trip.user as usize] = NONE;
            return self.close_trip(id);
        }
        self.idle(id, failed);
    }

    /// A closed user thinks before a journey.
    fn idle(&mut self, id: u32, failed: bool) {
        let trip = &mut self.trips.slots[id as usize];
        trip.stage = Stage::Idle;
        trip.key = mix(mix(trip.user_key ^ REQUESTS).wrapping_add(trip.journeys));
        trip.journeys += 1;
        let word = mix(trip.key ^ THINK);
        let source = trip.source as usize;
        let Arrivals::Closed { think, .. } = self.program.sources[source].arrivals else {
            unreachable!("only closed users think before journeys")
        };
        self.rest(id, self.draw_ns(think, word), failed);
    }

    /// A user's pause is over.
    pub(super) fn user(&mut self, key: Key) -> Option<u32> {
        let trip = &self.trips.slots[key.id() as usize];
        if trip.ticket != key.ticket() {
            return None;
        }
        match trip.stage {
            Stage::Idle if self.sources[trip.source as usize].again.is_some() => {
                self.ask_again(key.id())
            }
            Stage::Idle => Some(self.start_journey(key.id(), None)),
            _ => Some(self.ask(key.id())),
        }
    }

    /// Users come with a think; those who go leave at once if they think, else with the answer
    /// they wait for. A journey that they have not finished counts as given up.
    pub(super) fn adjust_users(&mut self, id: u32) {
        let wanted = self.sources[id as usize].wanted;
        for user in 0..wanted.max(self.sources[id as usize].users.len() as u32) {
            let source = &mut self.sources[id as usize];
            if source.users.len() as u32 <= user {
                source.users.push(NONE);
            }
            let trip = source.users[user as usize];
            if user < wanted && trip == NONE {
                self.add_user(id, user);
            } else if user >= wanted && trip != NONE {
                let Trip { stage, journey, .. } = self.trips.slots[trip as usize];
                if stage == Stage::Pausing {
                    self.probe.journeys[journey as usize].abandoned += 1;
                }
                if stage != Stage::Asking {
                    self.sources[id as usize].users[user as usize] = NONE;
                    self.close_trip(trip);
                }
            }
        }
    }

    fn add_user(&mut self, source: u32, user: u32) {
        let base = self.sources[source as usize].key;
        let key = mix(base.wrapping_add(u64::from(user).wrapping_mul(super::call::SPREAD)));
        let who = self.identity(source, Some(user), key);
        let trip = self.open_trip(source, key, who);
        self.trips.slots[trip as usize].user = user;
        self.sources[source as usize].users[user as usize] = trip;
        self.idle(trip, false);
    }
}
