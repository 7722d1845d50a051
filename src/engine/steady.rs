//! The plainest of workloads: each arrival is one request of one class from somebody new, at a
//! constant rate. Its draws are those of any other workload; it only gets there on a short way.

use super::call::SPREAD;
use super::hop::{Hops, Manner};
use super::id::Pc;
use super::key::Rank;
use super::last_stop::Rider;
use super::program::{self, Arrivals, Process, Program, Step};
use super::run::Engine;
use super::single::Single;
use super::source::{self, GAPS, Identity};
use super::visit::{COUNTED, NONE};
use crate::law::{mix, round};

/// A workload without choices.
#[derive(Clone, Copy, Debug)]
pub struct Steady {
    /// Start of its only segment, ns.
    start: u64,
    /// What it asks for.
    single: Single,
    /// Whether gaps are drawn.
    is_poisson: bool,
    /// Number of the last stop to which requests go at once, or [`NONE`], and their link.
    stop: (u32, u32),
}

impl Steady {
    /// The workload as such a one, if it is.
    pub fn of(program: &Program, workload: &program::Source, hops: &Hops) -> Option<Self> {
        let Arrivals::Open {
            process,
            batch: 1,
            segments,
            ..
        } = &workload.arrivals
        else {
            return None;
        };
        let journey = source::only(&workload.arrivals)?;
        let anonymous = workload.people.is_none() && workload.behind_proxy <= 0.0;
        let goal = &program.journeys[journey.index()];
        let class = source::single(goal);
        let entry = workload.entry.get(class as usize).copied().flatten()?;
        let constant = source::ns_per_unit(&workload.arrivals) > 0.0;
        let plain = matches!(process, Process::Poisson | Process::Deterministic);
        (plain && anonymous && constant).then_some(Self {
            start: segments[0].start,
            single: Single {
                journey,
                class,
                entry,
                named: goal.named,
            },
            is_poisson: *process == Process::Poisson,
            stop: first_is_last(program, hops, entry),
        })
    }
}

#[cfg(test)]
impl Steady {
    /// Takes the general path.
    pub fn forget_last_stop(&mut self) {
        self.stop = (NONE, NONE);
    }
}

/// The last stop to which the first step hands requests, or [`NONE`], and the link on the way.
fn first_is_last(program: &Program, hops: &Hops, entry: Pc) -> (u32, u32) {
    match program.steps[entry.index()] {
        Step::Forward { call } if hops.calls[call.index()].manner == Manner::Direct => {
            let hop = hops.calls[call.index()];
            (hops.ways[hop.ways as usize].stop, hop.link)
        }
        _ => (NONE, NONE),
    }
}

impl Engine<'_> {
    /// A workload sends, or changes its number of users.
    #[inline(always)]
    pub(super) fn arrival(&mut self, id: u32) -> Option<u32> {
        let source = &mut self.sources[id as usize];
        let Some(steady) = source.steady else {
            return self.arrival_of_any(id);
        };
        let gap = if steady.is_poisson {
            let gap = source.gap.wrapping_mul(SPREAD);
            self.tables
                .exponential(mix((source.key ^ GAPS).wrapping_add(gap)))
        } else {
            1.0
        };
        source.gap += 1;
        source.units += gap;
        let at = round(source.units * source.ns_per_unit);
        let key = mix(source.key.wrapping_add(source.number.wrapping_mul(SPREAD)));
        source.number += 1;
        let at = steady.start.saturating_add(at);
        self.agenda.put(at, Rank::Arrival, id);
        if steady.stop.0 != NONE {
            self.send_to_last_stop(id, steady, key);
            return None;
        }
        let who = Identity {
            person: NONE,
            address: key,
        };
        Some(self.ask_single(id, steady.single, key, who))
    }

    /// Sends a request of a workload to the last stop that is its first.
    #[inline(always)]
    fn send_to_last_stop(&mut self, source: u32, steady: Steady, key: u64) {
        let Single {
            journey,
            class,
            named,
            ..
        } = steady.single;
        let (stop, link) = steady.stop;
        if !self.probe.users_are_requests {
            self.probe.concurrent.up(self.now);
        }
        self.probe.journeys[journey.index()].started += 1;
        let counted = self.admit(class);
        self.probe.passed(link, class, counted);
        let mut rider = Rider::new(self.now, class, if counted { COUNTED } else { 0 });
        rider.source = source;
        rider.journey = if named { journey.0 } else { NONE };
        self.board(rider, key, stop);
    }
}
