//! The plainest of closed users: one request of one class, a think, and again. The draws are those
//! of any other closed user; they only get there on a short way.

use super::id::{JourneyId, LawId};
use super::journey::{AFTER_FAILURE, REQUESTS, Stage, THINK};
use super::key::Rank;
use super::program::{self, Arrivals, OnFailure, Program};
use super::rides::Rider;
use super::run::Engine;
use super::source;
use super::visit::{COUNTED, NONE, Visit};
use crate::law::mix;

/// A closed workload without choices.
#[derive(Clone, Copy, Debug)]
pub struct Again {
    /// Its journey, and the class of the request.
    journey: JourneyId,
    class: u32,
    /// First step of its visits.
    pc: u32,
    /// Pause before each request.
    think: LawId,
}

impl Again {
    /// The workload as such a one, if it is; journeys that the file names are counted one by one.
    pub fn of(program: &Program, workload: &program::Source) -> Option<Self> {
        let Arrivals::Closed { think, .. } = workload.arrivals else {
            return None;
        };
        let only = source::only(&workload.arrivals)?;
        let journey = &program.journeys[only.index()];
        let class = source::single(journey);
        let plain = class != NONE && !journey.named && workload.on_failure == OnFailure::Continue;
        let pc = plain.then(|| workload.entry[class as usize])??;
        Some(Self {
            journey: only,
            class,
            pc: pc.0,
            think,
        })
    }
}

impl Engine<'_> {
    /// Lets such a user think before the next request; false if it is none, or has to leave.
    #[inline(always)]
    pub(super) fn rest_again(&mut self, id: u32, failed: bool) -> bool {
        let trip = &mut self.trips.slots[id as usize];
        let source = &self.sources[trip.source as usize];
        let Some(again) = source.again.filter(|_| trip.user < source.wanted) else {
            return false;
        };
        trip.stage = Stage::Idle;
        trip.key = mix(mix(trip.user_key ^ REQUESTS).wrapping_add(trip.journeys));
        trip.journeys += 1;
        let drawn = self.samplers[again.think.index()].sample(mix(trip.key ^ THINK), self.tables);
        let least = if failed { AFTER_FAILURE } else { 0 };
        let at = self.now.saturating_add(crate::law::round(drawn).max(least));
        trip.ticket = self.agenda.put(at, Rank::User, id);
        true
    }

    /// Sends the request of such a user; returns the visit that goes on.
    #[inline(always)]
    pub(super) fn ask_again(&mut self, id: u32) -> Option<u32> {
        let trip = &mut self.trips.slots[id as usize];
        let source = &self.sources[trip.source as usize];
        let Some(again) = source.again else {
            unreachable!("looked at before")
        };
        let ride = source.ride;
        self.probe.journeys[again.journey.index()].started += 1;
        trip.stage = Stage::Asking;
        trip.born = self.now;
        trip.class = again.class;
        let (key, address, person) = (trip.key, trip.address, trip.person);
        if let Some(first) = ride {
            let counted = self.admit(again.class);
            self.trips.slots[id as usize].counted = counted;
            let mut rider = Rider::new((key, address), self.now, again.class, counted);
            rider.trip = id;
            return self.ride(rider, first);
        }
        let visit = Visit {
            key,
            address,
            pc: again.pc,
            class: again.class,
            person,
            trip: id,
            ..Visit::NEW
        };
        let visit = self.launch(visit);
        self.trips.slots[id as usize].counted = self.visits[visit].is(COUNTED);
        Some(visit)
    }
}
