//! Terminating runs: lead-in, horizon, number of replications (S29).

use super::pilot::pilot;
use super::replicate::{BUCKETS, Bench, Crew, Span};
use super::result::Warning;
use super::sample::{Design, FEWEST, MOST, Number, PILOT_SHARE, Sample, collect, nothing};
use super::scenario::{Kind, has_lead_in};
use super::settings::Settings;
use crate::model::{Arrivals, Model, WarmUp, Workload};

/// Fewest and most replications when the program chooses.
const NUMBER: (u32, u32) = (5, 20);

/// Longer than any run may last (S39), ns.
const TO_THE_LAST_ANSWER: u64 = 200 * 365 * 86_400 * 1_000_000_000;

/// Samples a terminating `model` over its horizon, ns.
pub fn terminating<'a>(
    model: &'a Model,
    crew: &Crew,
    settings: &Settings<'_>,
    kind: Kind,
    horizon: u64,
) -> Sample<'a> {
    let horizon = settings.duration.or(model.run.duration).unwrap_or(horizon);
    settings.progress.phase("lead-in", None);
    let Some((lead_in, mut warnings)) = lead_in(model, crew, settings) else {
        return nothing(Bench::new(model), kind);
    };
    let bench = Bench::new(model).with_lead_in(lead_in).watched();
    let drain = drain(model);
    let span = match settings.requests.or(model.run.requests) {
        Some(count) => Span::requests(lead_in, count, horizon, drain),
        None => Span::until(lead_in, lead_in.saturating_add(horizon), drain),
    };
    let span = if settings.marked { span.marked() } else { span };
    let Some((number, exact)) = terminating_number(&bench, settings, span) else {
        return nothing(bench, kind);
    };
    let mut sample = collect(bench, crew, settings, Design { span, number }, exact);
    sample.kind = kind;
    sample.warnings.append(&mut warnings);
    sample.warnings.extend(rejected_lines(model));
    sample
}

/// A warning for each log of which lines were not taken, with their number by reason.
fn rejected_lines(model: &Model) -> impl Iterator<Item = Warning> {
    model.workloads.iter().filter_map(|workload| {
        let Arrivals::Replay {
            log,
            rejected,
            file,
            ..
        } = &workload.arrivals
        else {
            return None;
        };
        let reasons: Vec<String> = rejected
            .iter()
            .map(|(reason, count)| format!("{reason}: {count}"))
            .collect();
        let text = format!(
            "of `{file}` {} lines are replayed and others are not ({})",
            log.len(),
            reasons.join(", ")
        );
        (!rejected.is_empty()).then_some(Warning {
            code: "rejected_lines",
            text,
        })
    })
}

/// How long a terminating run may take to answer what is open at its end: as the file says, but a
/// replay goes on to its last answer (S44).
fn drain(model: &Model) -> u64 {
    let is_replay = |workload: &Workload| matches!(workload.arrivals, Arrivals::Replay { .. });
    if model.workloads.iter().all(is_replay) {
        TO_THE_LAST_ANSWER
    } else {
        model.run.drain
    }
}

/// Number of replications of a terminating run: as asked; otherwise 20, or fewer (at least 5)
/// where they would cost more than `Settings::effort` events by what the first one costs.
fn terminating_number(
    bench: &Bench<'_>,
    settings: &Settings<'_>,
    span: Span,
) -> Option<(Number, bool)> {
    let run = &bench.model.run;
    let fixed = settings.replications.or(run.replications);
    if let Some(number) = fixed.filter(|&number| number > 1) {
        return Some((Number::Fixed(number), false));
    }
    let first = bench.one(settings, 0, span, bench.script())?;
    let random = first.random || bench.draws_failures();
    if !random || fixed.is_some() {
        return Some((Number::Fixed(1), !random));
    }
    if let Some(precision) = settings.precision.or(run.precision) {
        let offered: u64 = first.classes.iter().map(|class| class.offered).sum();
        let most = (run.cap / offered.max(1)).min(u64::from(MOST)) as u32;
        return Some((Number::Precision(precision, most.max(FEWEST)), false));
    }
    let affordable = settings.effort / first.events.max(1);
    let number = (affordable.min(u64::from(NUMBER.1)) as u32).max(NUMBER.0);
    Some((Number::Fixed(number), false))
}

/// Length of the lead-in of a terminating run (S29): twice the truncation point of a pilot at
/// the load of the first stage, or as the settings fix it. An overloaded start has no steady
/// state to begin in. `None` when interrupted.
pub fn lead_in(model: &Model, crew: &Crew, settings: &Settings<'_>) -> Option<(u64, Vec<Warning>)> {
    if !has_lead_in(model) {
        return Some((0, Vec::new()));
    }
    if let WarmUp::Fixed(ns) = settings.warm_up.unwrap_or(model.run.warm_up) {
        return Some((ns, Vec::new()));
    }
    let century = 100 * 365 * 86_400 * 1_000_000_000_u64;
    let bench = Bench::new(model).with_lead_in(century);
    let found = pilot(&bench, crew, settings, model.run.cap / PILOT_SHARE)?;
    if found.grown.is_some() || found.doubtful {
        let text = "the load of the first stage is more than the system carries for long: the \
                    run starts empty instead of warm"
            .to_owned();
        return Some((
            0,
            vec![Warning {
                code: "no_warm_start",
                text,
            }],
        ));
    }
    let bucket = found.length / BUCKETS;
    Some((
        found.truncation.saturating_mul(2).max(5 * bucket),
        Vec::new(),
    ))
}
