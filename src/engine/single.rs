//! Open journeys of one request: they need no trip.

use super::id::{JourneyId, Pc};
use super::journey::NO_ENTRY;
use super::program::OnFailure;
use super::run::Engine;
use super::source::Identity;
use super::visit::{NONE, Visit};

/// An open journey of one request, and where that begins.
#[derive(Clone, Copy, Debug)]
pub struct Single {
    /// The journey.
    pub journey: JourneyId,
    /// Class of its request.
    pub class: u32,
    /// First step of the request.
    pub entry: Pc,
    /// Whether the file names the journey, so that its end is counted.
    pub named: bool,
}

impl Engine<'_> {
    /// Begins such a journey of a workload.
    #[inline(always)]
    pub(super) fn ask_once(
        &mut self,
        source: u32,
        journey: JourneyId,
        key: u64,
        who: Identity,
    ) -> u32 {
        let program = self.program;
        let class = self.sources[source as usize].single[journey.index()];
        let entry = program.sources[source as usize].entry[class as usize];
        let single = Single {
            journey,
            class,
            entry: entry.expect(NO_ENTRY),
            named: program.journeys[journey.index()].named,
        };
        self.ask_single(source, single, key, who)
    }

    /// The same, where all that does not change is known.
    #[inline(always)]
    pub(super) fn ask_single(
        &mut self,
        source: u32,
        single: Single,
        key: u64,
        who: Identity,
    ) -> u32 {
        if !self.probe.users_are_requests {
            self.probe.concurrent.up(self.now);
        }
        self.probe.journeys[single.journey.index()].started += 1;
        self.launch(Visit {
            key,
            address: who.address,
            pc: single.entry.0,
            class: single.class,
            person: who.person,
            source,
            journey: if single.named { single.journey.0 } else { NONE },
            ..Visit::NEW
        })
    }

    /// A journey of one request that the file names is over.
    pub(super) fn end_single(&mut self, source: u32, journey: u32, born: u64, failed: bool) {
        let seen = &mut self.probe.journeys[journey as usize];
        if failed && self.program.sources[source as usize].on_failure == OnFailure::Abandon {
            seen.abandoned += 1;
        } else {
            seen.completed += 1;
            seen.duration_sum += u128::from(self.now - born);
        }
    }
}
