//! A test that goes on until it is decided: whether a design keeps its objectives under a load.

use crate::experiment::bottleneck;
use crate::experiment::objectives::{Evidence, holds, judge_all};
use crate::experiment::pilot::{Pilot, pilot};
use crate::experiment::replicate::{Bench, Crew, Span};
use crate::experiment::result::fewest::StateLook;
use crate::experiment::result::{BottleneckFinding, ObjectiveFinding, ObjectiveVerdict, Verdict};
use crate::experiment::sample::{PILOT_SHARE, Sample, sample};
use crate::experiment::scenario::Kind;
use crate::experiment::settings::Settings;
use crate::experiment::summarise::result;
use crate::experiment::verdict::{cap_reached, overload};
use crate::model::Model;
use crate::statistics::Confidence;

/// Counted requests of a replication, unless the settings say otherwise.
const REQUESTS: u64 = 20_000;
/// Replications of the first look; each further one doubles them.
const FIRST: u32 = 10;
/// Most looks: 10, 20, 40 .. 1,280 replications.
pub const LOOKS: u32 = 8;
/// Events that the test of one design may cost.
const EFFORT: u64 = 400_000_000;
/// Events and relative half-width of the mean response of a short run.
const SHORT: (u64, f64) = (1_000_000, 0.1);

/// What a test found.
pub struct Tested {
    /// For the result.
    pub look: StateLook,
    /// The busiest resource.
    pub busiest: Option<BottleneckFinding>,
    /// Interrupted.
    pub partial: bool,
}

impl Tested {
    /// Decided without a run.
    pub fn at_once(lost: u32, reason: String) -> Self {
        Self {
            look: StateLook {
                lost,
                kept: Some(false),
                reason: Some(reason),
                replications: 0,
                objectives: Vec::new(),
            },
            busiest: None,
            partial: false,
        }
    }
}

/// Whether a short run keeps every objective, as measured, and what it showed.
pub fn short(model: &Model, crew: &Crew, settings: &Settings<'_>, lost: u32) -> Tested {
    let settings = Settings {
        effort: SHORT.0,
        aim: SHORT.1,
        replications: None,
        requests: None,
        load: None,
        ..settings.clone()
    };
    let run = result(&sample(model, crew, &settings), &settings);
    let judged = |one: &&ObjectiveFinding| one.verdict != ObjectiveVerdict::JudgedBySpof;
    let texts = run.objectives.iter().filter(judged);
    let keeps = |one: &ObjectiveFinding| {
        let objective = model.objectives.iter().find(|own| own.text == one.text);
        match (objective, one.measured) {
            (Some(own), Some(value)) => holds(own, value),
            _ => false,
        }
    };
    let is_full = run.verdict == Verdict::Saturated;
    let kept = texts.into_iter().all(keeps) && !is_full;
    Tested {
        look: StateLook {
            lost,
            kept: Some(kept),
            reason: is_full.then(|| run.verdict_reason.clone()),
            replications: run.replications,
            objectives: run.objectives,
        },
        busiest: run.bottleneck,
        partial: run.partial || settings.is_stopped(),
    }
}

/// Replications until the interval of every objective lies on the side of its bound that keeps it,
/// or that of one on the other. The looks share the 5 % among them.
pub fn certify(model: &Model, crew: &Crew, settings: &Settings<'_>, lost: u32) -> Tested {
    settings.progress.phase("warm-up", None);
    let bench = Bench::new(model);
    let Some(found) = pilot(&bench, crew, settings, model.run.cap / PILOT_SHARE) else {
        return interrupted(lost);
    };
    let mut sample = empty(bench, &found);
    if let Some(runs) = &found.grown {
        sample.runs.clone_from(runs);
        return judged(&sample, lost).0;
    }
    let count = settings.requests.unwrap_or(REQUESTS);
    let length = found
        .time_for(count)
        .max(found.truncation.saturating_mul(10));
    let span = Span::until(
        found.truncation,
        found.truncation.saturating_add(length.max(1)),
        model.run.drain,
    );
    let each = found.requests_in(length) as f64 * found.events_per_request.max(1.0);
    let affordable = (EFFORT as f64 / each.max(1.0)) as u32;
    let mut wanted = match (found.exact, settings.replications) {
        (true, _) => 1,
        (false, Some(fixed)) => fixed,
        (false, None) => FIRST,
    };
    let is_fixed = found.exact || settings.replications.is_some();
    if is_fixed {
        sample.confidence = Confidence::Fixed;
    }
    for look in 1..=LOOKS {
        settings
            .progress
            .phase("certificate", Some(u64::from(wanted)));
        let done = sample.runs.len() as u32;
        let more = sample.bench.run(crew, settings, done..wanted, span);
        let is_whole = more.len() as u32 == wanted - done;
        sample.runs.extend(more);
        if !is_whole {
            return interrupted(lost);
        }
        let (tested, is_decided) = judged(&sample, lost);
        if is_decided || is_fixed || look == LOOKS || 2 * wanted > affordable.max(FIRST) {
            return tested;
        }
        wanted *= 2;
    }
    interrupted(lost)
}

fn interrupted(lost: u32) -> Tested {
    let mut tested = Tested::at_once(lost, "interrupted".to_owned());
    tested.look.kept = None;
    tested.partial = true;
    tested
}

fn empty<'m>(bench: Bench<'m>, found: &Pilot) -> Sample<'m> {
    Sample {
        bench,
        runs: Vec::new(),
        confidence: Confidence::Looks(LOOKS),
        exact: found.exact,
        kind: Kind::Steady,
        warm_up: found.truncation,
        target: None,
        partial: false,
        warnings: Vec::new(),
        batches: None,
    }
}

/// What the replications so far say, and whether that is settled.
fn judged(sample: &Sample<'_>, lost: u32) -> (Tested, bool) {
    let (model, lowered, fold) = (sample.bench.model, &sample.bench.lowered, sample.fold());
    let too_much = overload(model, lowered, fold, Kind::Steady);
    let is_capped = cap_reached(fold.runs).is_some();
    let evidence = Evidence {
        model,
        lowered,
        fold,
        grows: matches!(
            too_much,
            Some(crate::experiment::verdict::Overload::Growing(_))
        ),
    };
    let objectives = judge_all(evidence);
    let has = |verdict| objectives.iter().any(|one| one.verdict == verdict);
    let (kept, reason) = if is_capped {
        (None, Some("a replication reached a cap"))
    } else if too_much.is_some() {
        (Some(false), Some("more is offered than carried"))
    } else if has(ObjectiveVerdict::Fail) {
        (Some(false), None)
    } else if has(ObjectiveVerdict::Undecided) || has(ObjectiveVerdict::NoData) {
        (None, None)
    } else {
        (Some(true), None)
    };
    let tested = Tested {
        look: StateLook {
            lost,
            kept,
            reason: reason.map(str::to_owned),
            replications: sample.runs.len() as u32,
            objectives,
        },
        busiest: bottleneck::rank(model, lowered, fold).into_iter().next(),
        partial: false,
    };
    let is_decided = kept.is_some() || is_capped;
    (tested, is_decided)
}
