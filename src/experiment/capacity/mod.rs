//! The highest load from which a system comes back after a trigger (metastability).
//!
//! A system is metastable at a load that it carries, but not any more once something has pushed
//! it over: the trigger ends and the state stays, sustained by retries, cold caches or work for
//! callers that have given up. Sources: N. Bronson and others 2021, *Metastable Failures in
//! Distributed Systems*, `HotOS`; L. Huang and others 2022, *Metastable Failures in the Wild*,
//! OSDI.
//!
//! Loads are tried by bisection, each with the same draws, until the highest one of which all
//! replications come back and the lowest one of which some do not lie close together. What no
//! mean demand bounds is doubled first, from the file's load on.

mod sustain;
mod verdict;
mod watch;

use std::time::Instant;

use super::fixed::{fixed, lasting};
use super::load_axis::{axis, bound, ceiling, named, own, under, whole};
use super::replicate::{Bench, Crew, Span};
use super::result::capacity::{CapacityResult, Metastable, Tried};
use super::result::{LoadAxis, RunResult, Warning};
use super::run::ExperimentError;
use super::sample::Sample;
use super::scenario::Kind;
use super::settings::Settings;
use super::summarise::{header, result};
use super::terminating::lead_in;
use super::words;
use crate::engine::observation::Observations;
use crate::model::traffic::hold_busiest;
use crate::model::{Component, Model};
use crate::statistics::Confidence;
use verdict::verdict;
use watch::{Times, Watched, carried, watch};

/// Replications of each load unless the settings say otherwise.
const REPLICATIONS: u32 = 3;
/// Share of the bound by mean demands that is tried first: nearer to it queues are long without
/// any trigger.
const TOP: f64 = 0.97;
/// Requests before the trigger below which there is too little to compare with.
const ENOUGH: u64 = 100;
/// Longest time until the last trigger is over, ns: a day.
const LONGEST: u64 = 86_400_000_000_000;
/// Share answered before the trigger below which it is asked whether the load is carried at all.
const WELL: f64 = 0.95;
/// Share of the highest load, or of the file's if that is less, at which there is little to do.
const CALM: f64 = 0.1;
/// Share of the first try, or of the file's load if that is less, below which nothing is looked
/// for.
const LEAST: f64 = 0.01;

/// What is asked.
#[derive(Clone, Debug, PartialEq)]
pub struct CapacitySettings {
    /// Relative distance of the two loads at which to stop.
    pub within: f64,
    /// The triggers as given, for the result.
    pub after: Vec<String>,
    /// Along the users of closed workloads, also where there is a rate.
    pub users: bool,
}

/// What is known of one load.
struct Known {
    tried: Tried,
    watched: Watched,
    /// Share answered without the trigger, where there is doubt.
    carried: Option<f64>,
    times: Times,
}

/// Finds the highest load that comes back after the faults of `model`, which are the triggers:
/// each must end. Stages are replaced by their peaks.
///
/// # Errors
/// Without a trigger, with one that does not end or begins at once, and when the model has no
/// such load.
pub fn capacity(
    model: &Model,
    settings: &Settings<'_>,
    asked: &CapacitySettings,
) -> Result<CapacityResult, ExperimentError> {
    let begun = Instant::now();
    fixed(model, "a capacity")?;
    lasting(model, "a capacity")?;
    let mut base = model.clone();
    for workload in &mut base.workloads {
        hold_busiest(workload);
    }
    let trigger = trigger(&base)?;
    let wanted = asked.users.then_some(LoadAxis::Users);
    let axis = axis(&base, wanted, "a capacity")?;
    let mut search = Search {
        base,
        axis,
        trigger,
        crew: Crew::new(settings.jobs)?,
        settings,
        known: Vec::new(),
        calm: None,
    };
    let partial = search.bisect(asked.within)?;
    let mut found = search.conclude(asked)?;
    found.partial = partial || settings.is_stopped();
    found.wall_s = begun.elapsed().as_secs_f64();
    Ok(found)
}

/// Start of the first trigger and end of the last, ns.
fn trigger(model: &Model) -> Result<(u64, u64), ExperimentError> {
    let wrong = |text: &str| Err(ExperimentError::Question(text.to_owned()));
    let Some(start) = model.faults.iter().map(|fault| fault.at).min() else {
        return wrong("nothing to come back from: name a trigger that begins and ends");
    };
    let mut end = 0;
    for fault in &model.faults {
        let Some(over) = fault.end() else {
            return wrong("a trigger must end: say for how long, as in `for 10s`");
        };
        end = end.max(over);
    }
    if end > LONGEST {
        return wrong("the triggers must be over within a day");
    }
    if start == 0 {
        return wrong(
            "a trigger at the start leaves nothing to compare with: let it begin later, as in \
             `@60s`",
        );
    }
    Ok((start, end))
}

struct Search<'s> {
    base: Model,
    axis: LoadAxis,
    trigger: (u64, u64),
    crew: Crew,
    settings: &'s Settings<'s>,
    /// In order of load.
    known: Vec<Known>,
    /// Least share answered at a small load, once it is known.
    calm: Option<f64>,
}

impl Search<'_> {
    /// Tries loads until the two around the threshold are close; whether it was interrupted.
    fn bisect(&mut self, within: f64) -> Result<bool, ExperimentError> {
        let Some((mut low, mut high)) = self.bracket()? else {
            return Ok(true);
        };
        let least = LEAST * high.min(own(&self.base, self.axis));
        while high - low > within * high && high > least {
            let middle = self.whole(f64::midpoint(low, high));
            if middle <= low || middle >= high {
                break;
            }
            match self.comes_back(middle)? {
                None => return Ok(true),
                Some(true) => low = middle,
                Some(false) => high = middle,
            }
        }
        Ok(false)
    }

    /// A load that comes back, or 0, and one that does not, or the same where the highest comes
    /// back; `None` when interrupted. What no mean demand bounds is doubled from the file's load
    /// on: at a multiple of what is carried the backlogs take long to watch.
    fn bracket(&mut self) -> Result<Option<(f64, f64)>, ExperimentError> {
        let top = self.whole(TOP * ceiling(&self.base, self.axis));
        let is_bounded = bound(&self.base, self.axis).is_some();
        let first = if is_bounded {
            top
        } else {
            own(&self.base, self.axis)
        };
        let (mut low, mut high) = (0.0, first);
        loop {
            match self.comes_back(high)? {
                None => return Ok(None),
                Some(false) => return Ok(Some((low, high))),
                Some(true) if high >= top => return Ok(Some((high, high))),
                Some(true) => (low, high) = (high, self.whole((2.0 * high).min(top))),
            }
        }
    }

    /// Users are whole.
    fn whole(&self, load: f64) -> f64 {
        whole(self.axis, load)
    }

    /// Whether every replication at this load comes back; `None` when interrupted. A load at which
    /// more fail without the trigger than when there is little to do goes down by itself.
    fn comes_back(&mut self, load: f64) -> Result<Option<bool>, ExperimentError> {
        let Some(mut known) = self.look(load)? else {
            return Ok(None);
        };
        if let Some(carried) = known.carried {
            let Some(calm) = self.calm()? else {
                return Ok(None);
            };
            if carried < calm - watch::MOVES {
                known.watched.is_not_carried();
                known.tried = known.watched.tried(load);
            }
        }
        let is_back = known.is_back();
        let place = self.known.partition_point(|known| known.tried.load < load);
        self.known.insert(place, known);
        Ok(Some(is_back))
    }

    /// Share answered before the trigger at a small load; `None` when interrupted.
    fn calm(&mut self) -> Result<Option<f64>, ExperimentError> {
        if self.calm.is_none() {
            let (most, own) = (ceiling(&self.base, self.axis), own(&self.base, self.axis));
            let load = self.whole(CALM * most.min(own));
            self.calm = self
                .look(load)?
                .map(|known| known.watched.answered_before());
        }
        Ok(self.calm)
    }

    /// Watches one load.
    fn look(&self, load: f64) -> Result<Option<Known>, ExperimentError> {
        let model = under(&self.base, self.axis, load)?;
        let of = self.settings.replications.unwrap_or(REPLICATIONS).max(1);
        self.settings.progress.phase("load", Some(of.into()));
        let Some((ahead, _)) = lead_in(&model, &self.crew, self.settings) else {
            return Ok(None);
        };
        let mut calm = model.clone();
        calm.faults.clear();
        let calm = Bench::new(&calm).with_lead_in(ahead);
        let bench = Bench::new(&model).with_lead_in(ahead);
        let times = Times {
            lead_in: ahead,
            start: ahead.saturating_add(self.trigger.0),
            end: ahead.saturating_add(self.trigger.1),
        };
        let Some(watched) = watch([&bench, &calm], &self.crew, self.settings, times, of) else {
            return Ok(None);
        };
        if watched.ends.iter().any(|end| end.compared < ENOUGH) {
            let text = format!(
                "fewer than {ENOUGH} requests end before the trigger at {}: too few to compare \
                 with; let it begin later",
                named(self.axis, load)
            );
            return Err(ExperimentError::Question(text));
        }
        let mut share = None;
        if watched.answered_before() < WELL {
            let (crew, settings) = (&self.crew, self.settings);
            share = carried(&calm, crew, settings, times, &watched);
            if share.is_none() {
                return Ok(None);
            }
        }
        Ok(Some(Known {
            tried: watched.tried(load),
            carried: share,
            watched,
            times,
        }))
    }

    fn conclude(&self, asked: &CapacitySettings) -> Result<CapacityResult, ExperimentError> {
        let bound = bound(&self.base, self.axis);
        let low = self.known.iter().rfind(|known| known.is_back());
        let high = self.known.iter().find(|known| !known.is_back());
        let low = low.map(|known| known.tried.load);
        let metastable = match high {
            Some(high) => Some(self.metastable(bound, low.unwrap_or(0.0), high)?),
            None => None,
        };
        let own = own(&self.base, self.axis);
        let high = metastable.as_ref().map(|found| found.from_load);
        let (verdict, reason) = verdict(self.axis, own, bound, (low, high));
        Ok(CapacityResult {
            header: header("capacity", self.settings, &self.base),
            replications: self.known.first().map_or(0, |known| known.tried.of),
            wall_s: 0.0,
            axis: self.axis,
            after: asked.after.clone(),
            load_of_file: own,
            verdict,
            verdict_reason: reason,
            load: low,
            bound,
            metastable,
            tried: self.known.iter().map(|known| known.tried.clone()).collect(),
            partial: false,
            warnings: self.warnings(),
        })
    }

    /// What keeps the system down at the lowest load that does not come back.
    fn metastable(
        &self,
        bound: Option<f64>,
        low: f64,
        high: &Known,
    ) -> Result<Metastable, ExperimentError> {
        let load = high.tried.load;
        let model = under(&self.base, self.axis, load)?;
        let runs = high.watched.down();
        let mut calm = model.clone();
        calm.faults.clear();
        let bench = Bench::new(&calm);
        let ahead = high.times.lead_in;
        let length = high.watched.watch / watch::TAIL;
        let span = Span::until(ahead, ahead.saturating_add(length), 0);
        let bench = bench.with_lead_in(ahead);
        let normal = bench.run(&self.crew, self.settings, 0..1, span);
        let down = self.summary(Bench::new(&model), runs);
        let before = self.summary(bench, normal);
        let (sustained_by, amplification) = sustain::circle(&model, &down, &before);
        Ok(Metastable {
            from_load: load,
            between: [low, load],
            amplification,
            expected_load: bound
                .filter(|_| self.axis == LoadAxis::Rate && is_all_work_done(&self.base))
                .zip(amplification)
                .map(|(bound, times)| bound / times),
            sustained_by,
        })
    }

    /// The numbers of a state, its window being the tail of a watch.
    fn summary(&self, bench: Bench<'_>, runs: Vec<Observations>) -> RunResult {
        let exact = runs.iter().all(|run| !run.random);
        let sample = Sample {
            bench,
            runs,
            confidence: Confidence::Fixed,
            exact,
            kind: Kind::Terminating { horizon: 0 },
            warm_up: 0,
            target: None,
            partial: false,
            warnings: Vec::new(),
            batches: None,
        };
        result(&sample, self.settings)
    }

    fn warnings(&self) -> Vec<Warning> {
        let doubtful = self.known.iter().filter(|known| known.tried.undecided);
        let loads: Vec<String> = doubtful
            .map(|known| words::number(known.tried.load))
            .collect();
        let warning = |code, text| Warning { code, text };
        let mut found = Vec::new();
        if !loads.is_empty() {
            let text = format!(
                "at {} work was still being cleared at the end of the longest watch: counted as \
                 not back",
                words::list(&loads)
            );
            found.push(warning("still_clearing", text));
        }
        let few = self
            .known
            .iter()
            .any(|known| known.tried.answered_before < WELL);
        if few {
            let text = "at some loads a part of the requests failed before the trigger: what \
                        comes back there is no more than that"
                .to_owned();
            found.push(warning("failing_before", text));
        }
        found
    }
}

/// Whether every attempt costs what it costs alone: nobody drops or cancels any.
fn is_all_work_done(model: &Model) -> bool {
    let drops = |part: &Component| {
        let queueing = &part.queueing;
        queueing.sheds || queueing.last_first.is_some() || queueing.timeout.is_some()
    };
    !model.components.iter().any(drops) && !model.links.iter().any(|link| link.cancel)
}

impl Known {
    fn is_back(&self) -> bool {
        self.tried.came_back == self.tried.of
    }
}
