//! Replications in parallel, folded in index order.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

use super::alarms;
use super::settings::Settings;
use crate::control;
use crate::engine;
use crate::engine::observation::{Ending, Observations, Outage};
use crate::engine::plan::{End, Plan};
use crate::engine::program::{Effect, Program, TimedEffect};
use crate::fault::{self, crash_of};
use crate::lower::{Lowered, lower, with_lead_in};
use crate::model::{Fault, Model, NodeId, Part, Times};

/// Buckets of a series over the length that was asked for; at twice as many they are merged.
pub const BUCKETS: u64 = 500;

/// Marks over the length that was asked for (of a number of requests: over about that length).
const MARKS: u64 = 60;

/// Buckets of the time that an alarm looks at.
const LOOK: u64 = 60;
/// Most buckets of a run for alarms.
const MOST: u64 = 100_000;

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

    /// Does `work` for 0 .. `count`: each thread takes the next number when it is done with the
    /// last, and helps others with what they [`Crew::map`] inside once no number is left.
    pub fn each(&self, count: usize, work: impl Fn(usize) + Send + Sync) {
        let next = AtomicUsize::new(0);
        let (next, work) = (&next, &work);
        self.0.scope(|scope| {
            for _ in 0..self.0.current_num_threads().min(count) {
                scope.spawn(move |_| {
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        if number >= count {
                            break;
                        }
                        work(number);
                    }
                });
            }
        });
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
    /// With buckets short enough for every alarm of `model`.
    #[must_use]
    fn fine(self, model: &Model) -> Self {
        let End::At(until) = self.end else {
            return self;
        };
        let shortest = model.alarms.iter().map(|alarm| alarm.every).min();
        let wanted = shortest.map_or(self.bucket_ns, |every| every / LOOK);
        let bucket_ns = self.bucket_ns.min(wanted.max(until / MOST).max(1));
        let buckets = (until.saturating_add(self.drain) / bucket_ns + 2) as usize;
        Self {
            bucket_ns,
            bucket_cap: self.bucket_cap.max(buckets),
            ..self
        }
    }

    /// A time at which the run is over, ns: of one that counts requests, twenty times as long
    /// as it is expected to take.
    fn surely_over(&self) -> u64 {
        let end = match self.end {
            End::At(end) => end,
            End::Requests(_) => self.bucket_ns.saturating_mul(20 * BUCKETS),
        };
        end.saturating_add(self.drain)
    }

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

/// What happens in a replication whatever the load does.
#[derive(Clone, Copy, Debug)]
pub struct Script<'f> {
    /// Faults.
    pub faults: &'f [Fault],
    /// From when on their times count, ns from the start of the run.
    pub after: u64,
    /// Whether failure laws act.
    pub with_laws: bool,
}

impl Script<'_> {
    /// Nothing.
    pub const NOTHING: Self = Self {
        faults: &[],
        after: 0,
        with_laws: false,
    };
}

/// Outages from an instant on, as crashes; times count from that instant.
fn crashes(outages: &[Outage], after: u64) -> impl Iterator<Item = Fault> + '_ {
    outages.iter().filter_map(move |outage| {
        let place = Part::Node(NodeId(outage.node.0));
        Some(crash_of(
            place,
            outage.at.checked_sub(after)?,
            Some(outage.boot),
        ))
    })
}

/// A model ready to be run again and again.
pub struct Bench<'a> {
    /// The model.
    pub model: &'a Model,
    /// Its program and where its parts went.
    pub lowered: Lowered,
    /// Uncounted stretch at the start, ns (S29).
    pub lead_in: u64,
    /// Whether alarms are looked at, and responded to.
    pub is_watched: bool,
}

impl<'a> Bench<'a> {
    /// Lowers `model`; no lead-in.
    pub fn new(model: &'a Model) -> Self {
        Self {
            model,
            lowered: lower(model),
            lead_in: 0,
            is_watched: false,
        }
    }

    /// Puts a lead-in in front.
    #[must_use]
    pub fn with_lead_in(mut self, ns: u64) -> Self {
        with_lead_in(&mut self.lowered.program, ns);
        self.lead_in += ns;
        self
    }

    /// Has alarms looked at, where the model has some.
    #[must_use]
    pub fn watched(mut self) -> Self {
        self.is_watched = !self.model.alarms.is_empty();
        self
    }

    /// The faults of the model from the end of the lead-in on, with the failures of parts where
    /// the run lets their laws act (S41).
    pub fn script(&self) -> Script<'_> {
        self.script_of(&self.model.faults)
    }

    /// The same under other faults than the model's.
    fn script_of<'f>(&self, faults: &'f [Fault]) -> Script<'f> {
        Script {
            faults,
            after: self.lead_in,
            with_laws: self.model.run.with_failures,
        }
    }

    /// Faults and what watches over them in one replication of this span, from the start of the
    /// run, when these nodes have run out of memory. One that did so before the script begins is
    /// found by nobody: it crashes and comes back.
    fn effects(
        &self,
        script: Script<'_>,
        outages: &[Outage],
        (draw, span): ((u64, u32), &Span),
    ) -> Vec<TimedEffect> {
        let mut faults = script.faults.to_vec();
        if script.with_laws {
            faults.extend(fault::laws::crashes(self.model, draw, span.surely_over()));
        }
        faults.extend(crashes(outages, script.after));
        let mut effects = control::timeline_of(self.model, &self.lowered, &faults, draw.0, draw.1);
        control::after_lead_in(&mut effects, script.after);
        for outage in outages.iter().filter(|outage| outage.at < script.after) {
            let back = outage.at.saturating_add(outage.boot);
            let own = [
                (outage.at, Effect::Crash(outage.node)),
                (back, Effect::Repair(outage.node)),
            ];
            effects.extend(own.map(|(at, effect)| TimedEffect { at, effect }));
        }
        effects
    }

    /// The nodes that ran out of memory after the lead-in of a replication, as crashes from its end
    /// on.
    pub fn outages(&self, run: &Observations) -> Vec<Fault> {
        crashes(&run.outages, self.lead_in).collect()
    }

    /// Whether the failures of parts are drawn (S44).
    pub fn draws_failures(&self) -> bool {
        let is_random = |times: &Times| [&times.up, &times.down].iter().any(|law| law.is_random());
        let mut parts = fault::laws::parts(self.model);
        self.model.run.with_failures && parts.any(|(_, _, times)| is_random(times))
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
            let run = if self.is_watched {
                self.responded(settings, replication, span)
            } else {
                self.one(settings, replication, span, self.script())
            };
            settings.progress.step();
            run
        });
        runs.into_iter().flatten().collect()
    }

    /// One replication whose alarms are responded to; `None` when it was interrupted.
    ///
    /// What an alarm sees depends on what was done before, and what is done on what alarms saw. So
    /// the replication is played again after each alarm whose response changes something, with
    /// the same draws: up to that response it goes as before, and the next alarm is the first of
    /// what comes after it.
    fn responded(
        &self,
        settings: &Settings<'_>,
        replication: u32,
        span: Span,
    ) -> Option<Observations> {
        let span = span.fine(self.model);
        let who = (settings.seed, replication);
        let mut known = vec![Vec::new(); self.model.alarms.len()];
        let mut faults = self.model.faults.clone();
        loop {
            let run = self.one(settings, replication, span, self.script_of(&faults))?;
            let fired = alarms::fired(self.model, &self.lowered, &run, self.lead_in, who);
            let changed = loop {
                let news = fired
                    .iter()
                    .enumerate()
                    .filter(|(place, _)| known[*place].is_empty());
                let first = news
                    .filter_map(|(place, times)| Some((*times.first()?, place)))
                    .min();
                let Some((at, place)) = first else {
                    return Some(run);
                };
                known[place] = vec![at];
                let answered = alarms::answers(self.model, &known).0;
                if answered != faults {
                    break answered;
                }
            };
            faults = changed;
        }
    }

    /// One replication; `None` when it was interrupted.
    pub fn one(
        &self,
        settings: &Settings<'_>,
        replication: u32,
        span: Span,
        script: Script<'_>,
    ) -> Option<Observations> {
        if settings.is_stopped() {
            return None;
        }
        let draws = ((settings.seed, replication), &span);
        let plan = Plan {
            seed: settings.seed,
            replication,
            warm_up: span.warm_up,
            end: span.end,
            drain: span.drain,
            in_flight_cap: self.model.run.in_flight_cap,
            event_cap: self.model.run.event_cap,
            effects: self.effects(script, &[], draws),
            scaling: Some(control::autoscaler::decide),
            bucket_ns: span.bucket_ns,
            bucket_cap: span.bucket_cap,
            mark_ns: span.mark_ns,
            busy_series: self.is_watched && alarms::look_at_work(self.model),
            demand_bias: settings.demand_bias,
        };
        let course = |outages: &[Outage]| self.effects(script, outages, draws);
        let run = engine::run_watched(self.program(), &plan, &settings.stop, Some(&course));
        (run.ending != Ending::Interrupted).then_some(run)
    }

    fn program(&self) -> &Program {
        &self.lowered.program
    }
}
