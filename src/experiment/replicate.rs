//! Replications in parallel, folded in index order.

use std::ops::Range;

use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

use super::settings::Settings;
use crate::control;
use crate::engine;
use crate::engine::observation::{Ending, Observations};
use crate::engine::plan::{End, Plan};
use crate::engine::program::{Program, TimedEffect};
use crate::lower::{Lowered, lower, with_lead_in};
use crate::model::Model;

/// Buckets of a series over the length that was asked for; at twice as many they are merged.
pub const BUCKETS: u64 = 500;

/// Marks over the length that was asked for (of a number of requests: over about that length).
const MARKS: u64 = 60;

/// The threads of an experiment.
pub struct Crew(ThreadPool);

impl Crew {
    /// `jobs` threads; 0: one per processor.
    ///
    /// # Errors
    /// When the system gives no threads.
    pub fn new(jobs: usize) -> Result<Self, rayon::ThreadPoolBuildError> {
        ThreadPoolBuilder::new().num_threads(jobs).build().map(Self)
    }

    /// The values of `work` for 0 .. `count`, in that order whatever the threads do (S38).
    pub fn map<T: Send>(&self, count: usize, work: impl Fn(usize) -> T + Send + Sync) -> Vec<T> {
        self.0
            .install(|| (0..count).into_par_iter().map(work).collect())
    }
}

/// What of a replication is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Start of counting, ns.
    pub warm_up: u64,
    /// End of counting.
    pub end: End,
    /// Longest time after the end for open requests, ns.
    pub drain: u64,
    /// Length of a bucket of the series, ns.
    pub bucket_ns: u64,
    /// Most buckets before they are merged.
    pub bucket_cap: usize,
    /// Distance of marks, ns; 0: none.
    pub mark_ns: u64,
}

impl Span {
    /// From `warm_up` to `end`, with [`BUCKETS`] buckets.
    pub fn until(warm_up: u64, end: u64, drain: u64) -> Self {
        Self {
            warm_up,
            end: End::At(end),
            drain,
            bucket_ns: (end / BUCKETS).max(1),
            bucket_cap: 2 * BUCKETS as usize,
            mark_ns: 0,
        }
    }

    /// So many counted requests after `warm_up`; `expected` is about how long that takes, ns.
    pub fn requests(warm_up: u64, count: u64, expected: u64, drain: u64) -> Self {
        let bucket_ns = ((warm_up + expected) / BUCKETS).max(1);
        Self {
            end: End::Requests(count),
            ..Self {
                bucket_ns,
                ..Self::until(warm_up, 0, drain)
            }
        }
    }
}

impl Span {
    /// With marks for batch means, about as many as are kept.
    #[must_use]
    pub fn marked(self) -> Self {
        let length = match self.end {
            End::At(end) => end.saturating_sub(self.warm_up),
            End::Requests(_) => (self.bucket_ns * BUCKETS).saturating_sub(self.warm_up),
        };
        Self {
            mark_ns: length.div_ceil(MARKS).max(1),
            ..self
        }
    }
}

/// A model ready to be run again and again.
pub struct Bench<'a> {
    /// The model.
    pub model: &'a Model,
    /// Its program and where its parts went.
    pub lowered: Lowered,
    /// Uncounted stretch at the start, ns (S29).
    pub lead_in: u64,
}

impl<'a> Bench<'a> {
    /// Lowers `model`; no lead-in.
    pub fn new(model: &'a Model) -> Self {
        Self {
            model,
            lowered: lower(model),
            lead_in: 0,
        }
    }

    /// Puts a lead-in in front.
    #[must_use]
    pub fn with_lead_in(mut self, ns: u64) -> Self {
        with_lead_in(&mut self.lowered.program, ns);
        self.lead_in += ns;
        self
    }

    /// Faults and what watches over them in one replication, from the start of the run.
    pub fn effects(&self, seed: u64, replication: u32) -> Vec<TimedEffect> {
        let mut effects = control::timeline(self.model, &self.lowered, seed, replication);
        for effect in &mut effects {
            effect.at = effect.at.saturating_add(self.lead_in);
        }
        effects
    }

    /// Replications `range`, in parallel, in index order; those that were interrupted are left
    /// out.
    pub fn run(
        &self,
        crew: &Crew,
        settings: &Settings<'_>,
        range: Range<u32>,
        span: Span,
    ) -> Vec<Observations> {
        let first = range.start;
        let runs = crew.map(range.len(), |offset| {
            let replication = first + offset as u32;
            let effects = self.effects(settings.seed, replication);
            let run = self.one(settings, replication, span, effects);
            settings.progress.step();
            run
        });
        runs.into_iter().flatten().collect()
    }

    /// One replication; `None` when it was interrupted.
    pub fn one(
        &self,
        settings: &Settings<'_>,
        replication: u32,
        span: Span,
        effects: Vec<TimedEffect>,
    ) -> Option<Observations> {
        if settings.is_stopped() {
            return None;
        }
        let plan = Plan {
            seed: settings.seed,
            replication,
            warm_up: span.warm_up,
            end: span.end,
            drain: span.drain,
            in_flight_cap: self.model.run.in_flight_cap,
            event_cap: self.model.run.event_cap,
            effects,
            bucket_ns: span.bucket_ns,
            bucket_cap: span.bucket_cap,
            mark_ns: span.mark_ns,
            busy_series: false,
            demand_bias: settings.demand_bias,
        };
        let run = engine::run(self.program(), &plan, &settings.stop);
        (run.ending != Ending::Interrupted).then_some(run)
    }

    fn program(&self) -> &Program {
        &self.lowered.program
    }
}
