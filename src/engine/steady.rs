//! The plainest of workloads: each arrival is one request of one class from somebody new, at a
//! constant rate. Its draws are those of any other workload; it only gets there on a short way.

use super::call::SPREAD;
use super::key::Rank;
use super::program::{self, Arrivals, Process, Program};
use super::rides::{First, Rider};
use super::run::Engine;
use super::single::Single;
use super::source::{self, GAPS, Identity};
use super::visit::NONE;
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
}

impl Steady {
    /// The workload as such a one, if it is.
    pub fn of(program: &Program, workload: &program::Source) -> Option<Self> {
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
        })
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
        let ride = source.ride;
        let at = steady.start.saturating_add(at);
        self.agenda.put(at, Rank::Arrival, id);
        if let Some(first) = ride {
            return self.send_rider(id, steady, key, first);
        }
        let who = Identity {
            person: NONE,
            address: key,
        };
        Some(self.ask_single(id, steady.single, key, who))
    }

    /// Sends a request of a workload by the fast path.
    #[inline(always)]
    fn send_rider(&mut self, source: u32, steady: Steady, key: u64, first: First) -> Option<u32> {
        let Single {
            journey,
            class,
            named,
            ..
        } = steady.single;
        if !self.probe.users_are_requests {
            self.probe.concurrent.up(self.now);
        }
        self.probe.journeys[journey.index()].started += 1;
        let counted = self.admit(class);
        let mut rider = Rider::new((key, key), self.now, class, counted);
        rider.source = source;
        rider.journey = if named { journey.0 } else { NONE };
        self.ride(rider, first)
    }
}
