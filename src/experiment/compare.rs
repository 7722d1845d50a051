//! Designs side by side under common random numbers (S37, S43).

use std::time::Instant;

use super::pilot::{Pilot, pilot};
use super::replicate::{Bench, Crew, Span};
use super::result::compare::{Change, CompareResult, Design, Difference};
use super::result::{RunResult, TopologyId, Warning};
use super::run::ExperimentError;
use super::sample::{Number, Sample, collect, design, sample};
use super::scenario::{Kind, put_load};
use super::settings::Settings;
use super::summarise::classes::{Requests, Tally};
use super::summarise::components::{read_all, utilisation};
use super::summarise::fold::{Fold, window_s};
use super::summarise::{SCHEMA, result};
use super::words;
use crate::engine::observation::Observations;
use crate::engine::plan::End;
use crate::model::Model;
use crate::statistics::{
    Confidence, Estimate, Observed, Reason, paired_difference, quantile_difference,
    ratio_difference, significant,
};

/// Replications of a comparison whose length the program chooses.
const REPLICATIONS: u32 = 20;
/// Share of `run.cap` that the pilots of a comparison may spend.
const PILOT_SHARE: u64 = 4;

/// A design to compare: its name, its model and what it changes against the first.
pub struct Candidate {
    /// Name of the variant, or of the file.
    pub name: String,
    /// The model.
    pub model: Model,
    /// Against the base.
    pub changes: Vec<Change>,
    /// Which topology, for the head of its run.
    pub topology: TopologyId,
}

/// Runs all designs with the same seed, warm-up, length and number of replications and compares
/// each with the first. Warm-up and length are the largest that any of them needs (S30).
///
/// # Errors
/// With fewer than two designs, or when a load does not fit one of them.
pub fn compare(
    candidates: &[Candidate],
    settings: &Settings<'_>,
) -> Result<CompareResult, ExperimentError> {
    let start = Instant::now();
    if candidates.len() < 2 {
        let text = "a comparison needs at least two designs".to_owned();
        return Err(ExperimentError::Question(text));
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
    let verdict_reason = sentence(&differences);
    let warnings = warnings(&samples);
    let name = |(candidate, mut run): (&Candidate, RunResult)| {
        run.header.topology = candidate.topology.clone();
        Design {
            name: candidate.name.clone(),
            changes: candidate.changes.clone(),
            run,
        }
    };
    Ok(CompareResult {
        schema: SCHEMA,
        linchpin: env!("CARGO_PKG_VERSION").to_owned(),
        command: "compare".to_owned(),
        seed: settings.seed,
        wall_s: start.elapsed().as_secs_f64(),
        designs: candidates.iter().zip(runs).map(name).collect(),
        differences,
        verdict_reason,
        partial: samples.iter().any(|sample| sample.partial),
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
    let span = common_span(designs.iter().map(|one| one.span));
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

/// The longest warm-up with the longest counted stretch (or the most requests).
fn common_span(spans: impl Iterator<Item = Span>) -> Span {
    spans
        .reduce(|a, b| {
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
        .expect("a comparison has designs")
}

/// Terminating designs keep their own horizons; their replications pair by number.
fn terminating_samples<'a>(
    models: &'a [Model],
    crew: &Crew,
    settings: &Settings<'_>,
) -> Vec<Sample<'a>> {
    let number = settings.replications.unwrap_or(REPLICATIONS);
    let each = Settings {
        replications: Some(number),
        precision: None,
        ..settings.clone()
    };
    models
        .iter()
        .map(|model| sample(model, crew, &each))
        .collect()
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

/// A metric of both designs: its difference and the half-widths that independent runs would have.
struct Metric {
    name: String,
    difference: Estimate,
    base: Estimate,
    other: Estimate,
}

fn differences(
    candidates: &[Candidate],
    samples: &[Sample<'_>],
    runs: &[RunResult],
) -> Vec<Difference> {
    let mut found = Vec::new();
    for other in 1..samples.len() {
        let metrics = metrics((&samples[0], &runs[0]), (&samples[other], &runs[other]));
        found.extend(metrics.into_iter().map(|metric| Difference {
            metric: metric.name,
            a: candidates[0].name.clone(),
            b: candidates[other].name.clone(),
            relative: relative(&metric.difference, &metric.base),
            ci95: metric.difference.ci95,
            significant: false,
            gain: gain(&metric.difference, &metric.base, &metric.other),
            difference: metric.difference,
        }));
    }
    let estimates: Vec<Estimate> = found.iter().map(|one| one.difference).collect();
    for (one, is_real) in found.iter_mut().zip(significant(&estimates)) {
        one.significant = is_real;
    }
    found
}

fn relative(difference: &Estimate, base: &Estimate) -> Option<f64> {
    let (difference, base) = (difference.value?, base.value?);
    (base.abs() > 0.0).then(|| difference / base)
}

/// Half-width that independent runs would have over the paired one.
fn gain(difference: &Estimate, base: &Estimate, other: &Estimate) -> Option<f64> {
    let (a, b) = (base.half_width()?, other.half_width()?);
    let paired = difference.half_width().filter(|&half| half > 0.0)?;
    Some((a * a + b * b).sqrt() / paired)
}

/// One design with its result.
type Side<'a> = (&'a Sample<'a>, &'a RunResult);

fn metrics(a: Side<'_>, b: Side<'_>) -> Vec<Metric> {
    let (fa, fb) = (a.0.fold(), b.0.fold());
    let (all_a, all_b) = (Requests::all(fa), Requests::all(fb));
    let mut found = request_metrics("", (&all_a, &all_b), (a.1, b.1));
    for (name, class) in
        a.0.bench
            .model
            .classes
            .iter()
            .enumerate()
            .map(|(i, c)| (&c.name, i))
    {
        let Some(other) = b.0.bench.model.class_named(name) else {
            continue;
        };
        if a.0.bench.model.classes.len() < 2 {
            continue;
        }
        let pair = (
            &Requests::of_class(fa, class),
            &Requests::of_class(fb, other.index()),
        );
        found.extend(time_metrics(&format!("classes.{name}."), pair, (a.1, b.1)));
    }
    for (place, part) in a.0.bench.model.components.iter().enumerate() {
        if let Some(other) = b.0.bench.model.component_named(&part.name) {
            found.extend(use_metrics(a, b, (place, other.index())));
        }
    }
    found
}

fn request_metrics(
    prefix: &str,
    pair: (&Requests<'_>, &Requests<'_>),
    runs: (&RunResult, &RunResult),
) -> Vec<Metric> {
    let mut found = time_metrics(prefix, pair, runs);
    let mut add = |name: &str, count: fn(&Tally) -> (f64, f64)| {
        let sides = (counts(pair.0, count), counts(pair.1, count));
        found.push(Metric {
            name: format!("{prefix}{name}"),
            difference: settle(
                pair.0.fold,
                ratio_difference(&sides.0, &sides.1, Confidence::Fixed),
            ),
            base: crate::statistics::ratio_of_sums(&sides.0, Confidence::Fixed),
            other: crate::statistics::ratio_of_sums(&sides.1, Confidence::Fixed),
        });
    };
    add("error_rate", |tally| {
        (
            tally.failed() as f64,
            (tally.answered() + tally.failed()) as f64,
        )
    });
    let answered: fn(&Tally) -> u64 =
        |tally| tally.sum.completed_in_window.0 + tally.sum.completed_in_window.1;
    let in_time: fn(&Tally) -> u64 = |tally| tally.sum.completed_in_window.0;
    for (name, count, base, other) in [
        (
            "throughput_rps",
            answered,
            pair.0.throughput(),
            pair.1.throughput(),
        ),
        ("goodput_rps", in_time, pair.0.goodput(), pair.1.goodput()),
    ] {
        let difference = paired_difference(
            &rates(pair.0, count),
            &rates(pair.1, count),
            Confidence::Fixed,
        );
        let difference = settle(pair.0.fold, difference);
        found.push(Metric {
            name: format!("{prefix}{name}"),
            difference,
            base,
            other,
        });
    }
    found
}

/// Without draws a difference is known without error (S44).
fn settle(fold: Fold<'_>, difference: Estimate) -> Estimate {
    match difference.value {
        Some(value) if fold.exact => Estimate::exact(value),
        _ => difference,
    }
}

fn counts(requests: &Requests<'_>, count: fn(&Tally) -> (f64, f64)) -> Vec<(f64, f64)> {
    requests.tallies.iter().map(count).collect()
}

fn rates(requests: &Requests<'_>, count: fn(&Tally) -> u64) -> Vec<f64> {
    let windows = requests.fold.runs.iter().map(window_s);
    requests
        .tallies
        .iter()
        .zip(windows)
        .map(|(tally, s)| count(tally) as f64 / s)
        .collect()
}

/// Mean and percentiles; none where one of the designs is saturated.
fn time_metrics(
    prefix: &str,
    pair: (&Requests<'_>, &Requests<'_>),
    runs: (&RunResult, &RunResult),
) -> Vec<Metric> {
    let grows = runs.0.growth_per_s.is_some() || runs.1.growth_per_s.is_some();
    let mean = |tally: &Tally| (tally.sum.response_sum as f64 / 1e9, tally.answered() as f64);
    let fold = pair.0.fold;
    let sides = (counts(pair.0, mean), counts(pair.1, mean));
    let mut found = vec![Metric {
        name: format!("{prefix}response_time_s.mean"),
        difference: ratio_difference(&sides.0, &sides.1, Confidence::Fixed),
        base: crate::statistics::ratio_of_sums(&sides.0, Confidence::Fixed),
        other: crate::statistics::ratio_of_sums(&sides.1, Confidence::Fixed),
    }];
    for (name, p) in [("p95", 0.95), ("p99", 0.99)] {
        found.push(Metric {
            name: format!("{prefix}response_time_s.{name}"),
            difference: quantile_difference(
                &observed(pair.0),
                &observed(pair.1),
                p,
                Confidence::Fixed,
            ),
            base: pair.0.quantile(p, true),
            other: pair.1.quantile(p, true),
        });
    }
    for metric in &mut found {
        metric.difference = if grows {
            Estimate::missing(Reason::GrowsWithTime)
        } else {
            settle(fold, metric.difference)
        };
    }
    found
}

fn observed<'a>(requests: &'a Requests<'_>) -> Vec<Observed<'a>> {
    let one = |tally: &'a Tally| Observed {
        histogram: &tally.sum.response,
        missing: 0,
    };
    requests.tallies.iter().map(one).collect()
}

/// Utilisation of the resources that both designs limit.
fn use_metrics(a: Side<'_>, b: Side<'_>, places: (usize, usize)) -> Vec<Metric> {
    let lists = (
        &a.0.bench.lowered.map.components[places.0],
        &b.0.bench.lowered.map.components[places.1],
    );
    let name = &a.0.bench.model.components[places.0].name;
    let share = |run: &Observations, one: &crate::lower::Resource, capacity: u32| {
        read_all(run, &one.meters).used.area as f64 / 1e9 / window_s(run) / f64::from(capacity)
    };
    let mut found = Vec::new();
    for one in lists.0 {
        let Some(other) = lists.1.iter().find(|other| other.name == one.name) else {
            continue;
        };
        let (Some(left), Some(right)) = (one.capacity, other.capacity) else {
            continue;
        };
        let of_a: Vec<f64> = a.0.runs.iter().map(|run| share(run, one, left)).collect();
        let of_b: Vec<f64> =
            b.0.runs
                .iter()
                .map(|run| share(run, other, right))
                .collect();
        let difference = paired_difference(&of_a, &of_b, Confidence::Fixed);
        found.push(Metric {
            name: format!("components.{name}.{}.utilisation", one.name),
            difference: settle(a.0.fold(), difference),
            base: utilisation(a.0.fold(), &one.meters, one.capacity),
            other: utilisation(b.0.fold(), &other.meters, other.capacity),
        });
    }
    found
}

/// The differences that matter most to people, in one sentence.
fn sentence(differences: &[Difference]) -> String {
    let mut parts = Vec::new();
    for one in differences
        .iter()
        .filter(|one| one.metric == "response_time_s.mean")
    {
        parts.push(match (one.difference.value, one.relative) {
            (Some(_), Some(share)) if one.significant => {
                let word = if share < 0.0 { "faster" } else { "slower" };
                format!(
                    "{} is {} {word} than {}",
                    one.b,
                    words::percent(share.abs()),
                    one.a
                )
            }
            (Some(_), _) => format!(
                "{} and {} cannot be told apart by mean response",
                one.b, one.a
            ),
            (None, _) => format!("{} or {} is saturated", one.b, one.a),
        });
    }
    parts.join("; ")
}
