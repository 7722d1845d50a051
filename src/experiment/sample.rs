//! The replications of one design: how long, how many, when to stop (S28, S30 to S32).

use super::batches::{Basis, batches};
use super::pilot::{Pilot, pilot};
use super::replicate::{Bench, Crew, Span};
use super::result::Warning;
use super::scenario::Kind;
use super::settings::Settings;
use super::summarise::classes::{Requests, Tally};
use super::summarise::fold::{Fold, seconds};
use super::terminating::terminating;
use super::words;
use crate::engine::observation::Observations;
use crate::model::{Model, WarmUp};
use crate::statistics::{Confidence, Decision, Estimate, decide};

/// Share of `run.cap` that the pilots of a run may spend.
pub(super) const PILOT_SHARE: u64 = 4;
/// Fewest and most requests of a replication when the program chooses: enough for an interval of
/// p99.9 over ten of them (S31), fewer where a request costs many events.
const LEAST_REQUESTS: (u64, u64) = (1_000, 10_000);
/// Events that the shortest choice of ten replications may cost.
const LEAST_EVENTS: f64 = 2_000_000.0;
/// Replications that the length is chosen for: the precision should be reached with about so
/// many.
const AIMED_AT: f64 = 15.0;
/// Most replications of a run that is stopped by precision.
pub(super) const MOST: u32 = 200;
/// Fewest replications stopping looks at (S32).
pub(super) const FEWEST: u32 = 10;

/// Replications and how they came about.
pub struct Sample<'a> {
    /// The model and its program, with its lead-in.
    pub bench: Bench<'a>,
    /// In index order.
    pub runs: Vec<Observations>,
    /// How intervals are made.
    pub confidence: Confidence,
    /// S44.
    pub exact: bool,
    /// S28, S29.
    pub kind: Kind,
    /// Cut off at the start, ns.
    pub warm_up: u64,
    /// Relative half-width asked for.
    pub target: Option<f64>,
    /// Interrupted.
    pub partial: bool,
    /// Doubts.
    pub warnings: Vec<Warning>,
    /// Of a single replication of a steady run: its batches, none if it is too short.
    pub batches: Option<Vec<Observations>>,
}

impl Sample<'_> {
    /// What its intervals rest on.
    pub fn basis(&self) -> Basis<'_> {
        match &self.batches {
            None => Basis::Replications,
            Some(batches) if batches.is_empty() => Basis::TooShort,
            Some(batches) => Basis::Batches(batches),
        }
    }

    /// The replications as estimates are made from them.
    pub fn fold(&self) -> Fold<'_> {
        Fold {
            runs: &self.runs,
            confidence: self.confidence,
            basis: self.basis(),
            exact: self.exact,
        }
    }
}

/// How the replications of a design are to be run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Design {
    /// What each counts.
    pub span: Span,
    /// Number, or by precision.
    pub number: Number,
}

/// How many replications.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// Exactly.
    Fixed(u32),
    /// Until the half-width of the mean response is at most this share of it, at most so many.
    Precision(f64, u32),
}

/// Samples `model` as settings, file and defaults say.
pub fn sample<'a>(model: &'a Model, crew: &Crew, settings: &Settings<'_>) -> Sample<'a> {
    match Kind::of(model) {
        Kind::Steady => steady(model, crew, settings),
        kind @ Kind::Terminating { horizon } => terminating(model, crew, settings, kind, horizon),
    }
}

pub(super) fn nothing(bench: Bench<'_>, kind: Kind) -> Sample<'_> {
    Sample {
        bench,
        runs: Vec::new(),
        confidence: Confidence::Fixed,
        exact: false,
        kind,
        warm_up: 0,
        target: None,
        partial: true,
        warnings: Vec::new(),
        batches: None,
    }
}

fn steady<'a>(model: &'a Model, crew: &Crew, settings: &Settings<'_>) -> Sample<'a> {
    let bench = Bench::new(model);
    settings.progress.phase("warm-up", None);
    let Some(found) = pilot(&bench, crew, settings, model.run.cap / PILOT_SHARE) else {
        return nothing(bench, Kind::Steady);
    };
    if found.grown.is_some() && is_free(model, settings) {
        return as_grown(bench, found);
    }
    let mut design = design(model, settings, &found);
    let mut warnings = transient_warnings(settings, &found, &design);
    let is_single = design.number == Number::Fixed(1) && !found.exact;
    if is_single {
        design.span = design.span.marked();
    }
    let mut sample = collect(bench, crew, settings, design, found.exact);
    sample.kind = Kind::Steady;
    if let ([run], true) = (&sample.runs[..], is_single) {
        sample.batches = Some(batches(run).unwrap_or_default());
    }
    sample.warnings.append(&mut warnings);
    sample
}

/// Whether neither file nor flags fix length or number.
fn is_free(model: &Model, settings: &Settings<'_>) -> bool {
    let run = &model.run;
    settings.replications.or(run.replications).is_none()
        && settings.requests.or(run.requests).is_none()
        && settings.duration.or(run.duration).is_none()
}

/// The pilot has seen the backlog grow: longer runs would only see more of it (S33).
fn as_grown(bench: Bench<'_>, found: Pilot) -> Sample<'_> {
    Sample {
        runs: found.grown.unwrap_or_default(),
        exact: found.exact,
        partial: false,
        ..nothing(bench, Kind::Steady)
    }
}

fn warm_up_of(model: &Model, settings: &Settings<'_>, found: &Pilot) -> u64 {
    match settings.warm_up.unwrap_or(model.run.warm_up) {
        WarmUp::Fixed(ns) => ns,
        WarmUp::Auto => found.truncation,
    }
}

/// Length and number of the replications of a steady run.
///
/// By flags or file: so many requests, or so long, or so many replications. Otherwise a
/// replication is at least ten times its truncation (S32), long enough for about 15 to reach the
/// precision by the spread that the pilot saw, and together they stay below `run.cap` requests
/// and, at the default precision, below `Settings::effort` events.
pub fn design(model: &Model, settings: &Settings<'_>, found: &Pilot) -> Design {
    let run = &model.run;
    let warm_up = warm_up_of(model, settings, found);
    let drain = if found.grown.is_some() { 0 } else { run.drain };
    let asked = settings.precision.or(run.precision);
    let precision = asked.unwrap_or(settings.aim);
    let fixed = settings.replications.or(run.replications);
    let budget = budget(model, settings, found, asked.is_some());
    let span = match (
        settings
            .requests
            .or(run.requests.filter(|_| settings.duration.is_none())),
        settings.duration.or(run.duration),
    ) {
        (Some(count), _) => Span::requests(warm_up, count, found.time_for(count), drain),
        (None, Some(length)) => Span::until(warm_up, warm_up.saturating_add(length), drain),
        (None, None) => {
            let length = free_length(found, precision, budget);
            Span::until(warm_up, warm_up.saturating_add(length), drain)
        }
    };
    let number = match fixed {
        _ if found.exact => Number::Fixed(1),
        Some(number) => Number::Fixed(number.max(1)),
        None => {
            let each = counted_requests(span, found).max(1);
            let most = (budget / each).min(u64::from(MOST)) as u32;
            Number::Precision(precision, most.max(FEWEST))
        }
    };
    Design { span, number }
}

/// Requests over all replications.
fn budget(model: &Model, settings: &Settings<'_>, found: &Pilot, is_asked: bool) -> u64 {
    if is_asked {
        return model.run.cap;
    }
    let by_effort = settings.effort as f64 / found.events_per_request.max(1.0);
    model.run.cap.min(by_effort as u64)
}

fn counted_requests(span: Span, found: &Pilot) -> u64 {
    match span.end {
        crate::engine::plan::End::Requests(count) => count,
        crate::engine::plan::End::At(end) => found.requests_in(end.saturating_sub(span.warm_up)),
    }
}

fn free_length(found: &Pilot, precision: f64, budget: u64) -> u64 {
    let by_cost = (LEAST_EVENTS / 10.0 / found.events_per_request.max(1.0)) as u64;
    let least = found.time_for(by_cost.clamp(LEAST_REQUESTS.0, LEAST_REQUESTS.1));
    let ten = found.truncation.saturating_mul(10);
    if found.exact {
        return least.saturating_mul(10).max(ten);
    }
    let reach = 2.4 * found.spread / precision;
    let needed = (found.length as f64 * reach * reach / AIMED_AT).min(1e18) as u64;
    let most = found.time_for((budget as f64 / AIMED_AT) as u64);
    needed.min(most).max(least).max(ten)
}

fn transient_warnings(settings: &Settings<'_>, found: &Pilot, design: &Design) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let length = match design.span.end {
        crate::engine::plan::End::At(end) => end.saturating_sub(design.span.warm_up),
        crate::engine::plan::End::Requests(count) => found.time_for(count),
    };
    let cut = words::time(seconds(found.truncation));
    if found.doubtful {
        let text = format!(
            "no steady state was reached within {}: the system still moves, so means and \
             percentiles depend on the length of the run; run longer (`run.cap`, --duration) or \
             lower the load",
            words::time(seconds(found.length))
        );
        warnings.push(Warning {
            code: "short_for_transient",
            text,
        });
    } else if length < found.truncation.saturating_mul(10) {
        let text = format!(
            "the start takes {cut} to fade and {} are counted after it: too short for its \
             transient; count at least {}",
            words::time(seconds(length)),
            words::time(seconds(found.truncation.saturating_mul(10)))
        );
        warnings.push(Warning {
            code: "short_for_transient",
            text,
        });
    }
    if let Some(WarmUp::Fixed(ns)) = settings.warm_up
        && ns < found.truncation
    {
        let text = format!(
            "the warm-up of {} is shorter than the {cut} that the start takes to fade",
            words::time(seconds(ns))
        );
        warnings.push(Warning {
            code: "short_warm_up",
            text,
        });
    }
    warnings
}

/// Runs the replications of a design.
pub fn collect<'a>(
    bench: Bench<'a>,
    crew: &Crew,
    settings: &Settings<'_>,
    design: Design,
    exact: bool,
) -> Sample<'a> {
    let mut sample = nothing(bench, Kind::Steady);
    sample.warm_up = design.span.warm_up;
    sample.exact = exact;
    sample.partial = false;
    let (first, precision) = match design.number {
        Number::Fixed(number) => (number, None),
        Number::Precision(precision, most) => (FEWEST, Some((precision, most))),
    };
    sample.target = precision.map(|pair| pair.0);
    if precision.is_some() {
        sample.confidence = Confidence::Sequential;
    }
    settings
        .progress
        .phase("replications", Some(u64::from(first)));
    let mut wanted = first;
    loop {
        let done = sample.runs.len() as u32;
        let more = sample.bench.run(crew, settings, done..wanted, design.span);
        sample.partial = (more.len() as u32) < wanted - done;
        sample.runs.extend(more);
        let Some((precision, most)) = precision else {
            break;
        };
        if sample.partial {
            break;
        }
        let mean = Requests::all(sample.fold()).times(Tally::response).mean;
        match decide(&mean, wanted as usize, precision, most as usize) {
            Decision::Stop => break,
            Decision::Capped => {
                sample.warnings.push(imprecise(&mean, precision, settings));
                break;
            }
            Decision::Continue(count) => wanted = count as u32,
        }
        settings
            .progress
            .phase("replications", Some(u64::from(wanted)));
    }
    sample.exact = exact && sample.runs.iter().all(|run| !run.random);
    sample
}

fn imprecise(mean: &Estimate, precision: f64, settings: &Settings<'_>) -> Warning {
    let reached = match mean.relative_half_width() {
        Some(half) => format!("the mean response is known to {}", words::percent(half)),
        None => "the mean response has no interval".to_owned(),
    };
    let remedy = match settings.precision {
        Some(_) => "when the cap of requests was reached: raise `run.cap`",
        None => "in the time a first run may take: ask for a --precision to go on",
    };
    let text = format!(
        "{reached}, not to the {} aimed at, {remedy}",
        words::percent(precision)
    );
    Warning {
        code: "precision_not_reached",
        text,
    }
}
