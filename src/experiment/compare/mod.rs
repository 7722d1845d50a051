//! Designs side by side under common random numbers (S37, S43).

mod candidate;
mod depth;
mod metrics;
mod sentence;

use std::time::Instant;

use super::pilot::{Pilot, pilot};
use super::replicate::{Bench, Crew, Span};
use super::result::compare::{CompareResult, Design};
use super::result::{RunResult, Warning};
use super::run::ExperimentError;
use super::sample::{Number, Sample, collect, design, sample};
use super::scenario::{Kind, load_of, put_load};
use super::settings::Settings;
use super::summarise::{SCHEMA, result};
use super::terminating::lead_in;
use super::words;
use crate::engine::plan::End;
use crate::model::{Model, WarmUp};
pub use candidate::Candidate;
pub use depth::Depth;
pub(super) use depth::{highest_of, losses_of, ready_for_highest};
use metrics::differences;
use sentence::sentence;

/// Replications of a comparison whose length the program chooses.
pub(super) const REPLICATIONS: u32 = 20;
/// Share of `run.cap` that the pilots of a comparison may spend.
const PILOT_SHARE: u64 = 4;

/// Runs all designs with the same seed, warm-up, length and number of replications and compares
/// each with the first, and up to four also with each other. Warm-up and length are the largest
/// that any of them needs (S30).
///
/// # Errors
/// With fewer than two designs, or when a load does not fit one of them.
pub fn compare(
    candidates: &[Candidate],
    settings: &Settings<'_>,
) -> Result<CompareResult, ExperimentError> {
    compare_in_depth(candidates, settings, Depth::default())
}

/// The same, with what else is asked of each design.
///
/// # Errors
/// As [`compare`]; and when a design has no highest load to be found.
pub fn compare_in_depth(
    candidates: &[Candidate],
    settings: &Settings<'_>,
    depth: Depth,
) -> Result<CompareResult, ExperimentError> {
    let start = Instant::now();
    if candidates.len() < 2 {
        let text = "a comparison needs at least two designs".to_owned();
        return Err(ExperimentError::Question(text));
    }
    if depth.capacity {
        for one in candidates {
            ready_for_highest(one, settings)?;
        }
    }
    let mut models: Vec<Model> = candidates.iter().map(|one| one.model.clone()).collect();
    if let Some(load) = settings.load {
        models
            .iter_mut()
            .try_for_each(|model| put_load(model, load))?;
    }
    let crew = Crew::new(settings.jobs)?;
    let steady = models.iter().all(|model| Kind::of(model) == Kind::Steady);
    let samples = if steady {
        steady_samples(&models, &crew, settings)
    } else {
        terminating_samples(&models, &crew, settings)
    };
    let runs: Vec<RunResult> = samples.iter().map(|one| result(one, settings)).collect();
    let differences = differences(candidates, &samples, &runs);
    let mut warnings = warnings(&samples);
    warnings.extend(unlike_loads(candidates, &models));
    let partial = samples.iter().any(|sample| sample.partial);
    drop(samples);
    let mut designs = Vec::new();
    for (candidate, mut run) in candidates.iter().zip(runs) {
        run.header.topology = candidate.topology.clone();
        designs.push(Design {
            name: candidate.name.clone(),
            changes: candidate.changes.clone(),
            capacity: depth.capacity_of(candidate, settings)?,
            losses: depth.losses_of(candidate, settings)?,
            run,
        });
    }
    let verdict_reason = sentence(&designs, &differences);
    Ok(CompareResult {
        schema: SCHEMA,
        linchpin: env!("CARGO_PKG_VERSION").to_owned(),
        command: "compare".to_owned(),
        seed: settings.seed,
        wall_s: start.elapsed().as_secs_f64(),
        designs,
        differences,
        verdict_reason,
        partial: partial || settings.is_stopped(),
        warnings,
    })
}

/// One warm-up, length and number for all designs.
fn steady_samples<'a>(
    models: &'a [Model],
    crew: &Crew,
    settings: &Settings<'_>,
) -> Vec<Sample<'a>> {
    let shared = Settings {
        precision: None,
        ..settings.clone()
    };
    settings.progress.phase("warm-up", None);
    let found: Vec<Option<Pilot>> = models
        .iter()
        .map(|model| {
            pilot(
                &Bench::new(model),
                crew,
                settings,
                model.run.cap / PILOT_SHARE,
            )
        })
        .collect();
    let designs: Vec<_> = models
        .iter()
        .zip(&found)
        .filter_map(|(model, found)| Some(design(model, &shared, found.as_ref()?)))
        .collect();
    if designs.len() < models.len() {
        return models
            .iter()
            .map(|model| sample(model, crew, settings))
            .collect();
    }
    let span = common_span(designs.iter().map(|one| one.span)).expect("a comparison has designs");
    let fixed = |model: &Model| settings.replications.or(model.run.replications);
    let number = models
        .iter()
        .filter_map(fixed)
        .max()
        .unwrap_or(REPLICATIONS);
    let exact: Vec<bool> = found.iter().flatten().map(|one| one.exact).collect();
    let number = if exact.iter().all(|&one| one) {
        1
    } else {
        number
    };
    models
        .iter()
        .zip(exact)
        .map(|(model, exact)| {
            let design = super::sample::Design {
                span,
                number: Number::Fixed(number),
            };
            collect(Bench::new(model), crew, settings, design, exact)
        })
        .collect()
}

/// The longest warm-up with the longest counted stretch (or the most requests); `None` of none.
pub(super) fn common_span(spans: impl Iterator<Item = Span>) -> Option<Span> {
    spans.reduce(|a, b| {
        let warm_up = a.warm_up.max(b.warm_up);
        let drain = a.drain.max(b.drain);
        match (a.end, b.end) {
            (End::Requests(x), End::Requests(y)) => Span {
                warm_up,
                end: End::Requests(x.max(y)),
                drain,
                ..a
            },
            (End::At(x), End::At(y)) => {
                let length = (x - a.warm_up).max(y - b.warm_up);
                Span::until(warm_up, warm_up.saturating_add(length), drain)
            }
            _ => Span {
                warm_up,
                drain,
                ..a
            },
        }
    })
}

/// Terminating designs keep their own horizons, begin with the longest lead-in that any of them
/// needs, so that the same instants bring the same arrivals, and pair by number.
fn terminating_samples<'a>(
    models: &'a [Model],
    crew: &Crew,
    settings: &Settings<'_>,
) -> Vec<Sample<'a>> {
    let needed = models
        .iter()
        .filter_map(|model| lead_in(model, crew, settings));
    let longest = needed.map(|found| found.0).max().unwrap_or(0);
    let each = Settings {
        replications: Some(settings.replications.unwrap_or(REPLICATIONS)),
        precision: None,
        warm_up: Some(WarmUp::Fixed(longest)),
        ..settings.clone()
    };
    models
        .iter()
        .map(|model| sample(model, crew, &each))
        .collect()
}

/// Designs that are not under the load of the first.
fn unlike_loads(candidates: &[Candidate], models: &[Model]) -> Option<Warning> {
    let told = |model: &Model| {
        let (rate, users) = load_of(model);
        let parts = [
            (rate > 0.0).then(|| words::rate(rate)),
            (users > 0.0).then(|| format!("{} users", words::number(users))),
        ];
        words::list(&parts.into_iter().flatten().collect::<Vec<_>>())
    };
    let loads: Vec<String> = models.iter().map(told).collect();
    let other = loads.iter().position(|load| *load != loads[0])?;
    let text = format!(
        "{} is under {} and {} under {}: their times differ for that alone; --rate or --users \
         gives them one load",
        candidates[0].name, loads[0], candidates[other].name, loads[other]
    );
    let code = "unlike_loads";
    Some(Warning { code, text })
}

fn warnings(samples: &[Sample<'_>]) -> Vec<Warning> {
    let mut found: Vec<Warning> = Vec::new();
    for warning in samples.iter().flat_map(|sample| &sample.warnings) {
        if !found.iter().any(|known| known.text == warning.text) {
            found.push(warning.clone());
        }
    }
    found
}
