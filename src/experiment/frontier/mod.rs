//! Many designs under common random numbers, and those among them that nothing beats.
//!
//! Every combination of the values of some paths is one design. Each is run with the same seed,
//! warm-up, length and number of replications (S30, S37). A design is beaten by one that costs no
//! more, answers no later, carries no less and is up no less, and is better by one of these.

mod front;

use std::time::Instant;

use super::bill::bill;
use super::compare::{
    Candidate, REPLICATIONS, common_span, highest_of, losses_of, ready_for_highest,
};
use super::fixed::{fixed, lasting};
use super::pilot::pilot;
use super::replicate::{Bench, Crew};
use super::result::frontier::{Criterion, FrontierAxis, FrontierPoint, FrontierResult, Standing};
use super::result::{RunResult, Verdict, Warning};
use super::run::ExperimentError;
use super::sample::{Design, Number, PILOT_SHARE, collect, design};
use super::scenario::{Kind, at_peak, put_load};
use super::settings::Settings;
use super::summarise::{header, result};
use crate::model::Model;
use crate::statistics::{Estimate, Reason};
use front::{Score, standings};

/// Combinations that are looked at at most.
pub const MOST: usize = 1_000;

/// Runs all designs, one for each combination of the values of `axes`, the last turning fastest,
/// and finds those that nothing beats; with `capacity` also by the load that each carries. Stages
/// are replaced by their peaks and scheduled faults left out.
///
/// # Errors
/// When a design has no steady load, or nodes that come and go; and as `highest`.
pub fn frontier(
    designs: &[Candidate],
    axes: Vec<FrontierAxis>,
    settings: &Settings<'_>,
    capacity: bool,
) -> Result<FrontierResult, ExperimentError> {
    let begun = Instant::now();
    let mut models = Vec::new();
    for one in designs {
        models.push(steady(&one.model, settings)?);
        if capacity {
            ready_for_highest(one, settings)?;
        }
    }
    let crew = Crew::new(settings.jobs)?;
    let (runs, replications) = runs(&models, &crew, settings);
    let mut points = Vec::new();
    for ((one, model), run) in designs.iter().zip(&models).zip(&runs) {
        points.push(point(one, model, run.as_ref(), settings, capacity)?);
    }
    let criteria = criteria(&points);
    let mut warnings = Vec::new();
    if !criteria.contains(&Criterion::CostPerMonth) {
        warnings.push(Warning {
            code: "no_price",
            text: "not every design has a price, so that cost was left out: write `cost` at \
                   machines, hosts or components"
                .to_owned(),
        });
    }
    let scores: Vec<_> = points.iter().map(|one| scores(one, &criteria)).collect();
    let names: Vec<String> = points.iter().map(|one| one.name.clone()).collect();
    for (point, found) in points.iter_mut().zip(standings(&scores)) {
        // Others say why they are held against nobody.
        if let Some((standing, by)) = found {
            point.standing = standing;
            point.beaten_by = by.map(|by| names[by].clone());
        }
    }
    let partial = settings.is_stopped();
    Ok(FrontierResult {
        header: header("compare", settings, &designs[0].model),
        replications,
        wall_s: begun.elapsed().as_secs_f64(),
        axes,
        criteria,
        verdict_reason: sentence(&points),
        points,
        partial,
        warnings,
    })
}

/// The model under its heaviest load, for ever.
fn steady(model: &Model, settings: &Settings<'_>) -> Result<Model, ExperimentError> {
    let what = "a frontier";
    fixed(model, what)?;
    lasting(model, what)?;
    let mut model = at_peak(model);
    if let Some(load) = settings.load {
        put_load(&mut model, load)?;
    }
    if Kind::of(&model) != Kind::Steady {
        let text = "a frontier compares steady loads, and the file replays a log: write an Open \
                    or Closed workload in its place";
        return Err(ExperimentError::Question(text.to_owned()));
    }
    Ok(model)
}

/// Runs of all models with one warm-up, length and number; `None` where more is offered than is
/// carried, or when interrupted.
fn runs(models: &[Model], crew: &Crew, settings: &Settings<'_>) -> (Vec<Option<RunResult>>, u32) {
    let shared = Settings {
        precision: None,
        ..settings.clone()
    };
    settings.progress.phase("warm-up", None);
    let piloted = |model: &Model| {
        let found = pilot(
            &Bench::new(model),
            crew,
            settings,
            model.run.cap / PILOT_SHARE,
        )?;
        let span = design(model, &shared, &found).span;
        Some((found.grown.is_some(), found.exact, span))
    };
    let found: Vec<_> = models.iter().map(piloted).collect();
    let carried = found.iter().flatten().filter(|one| !one.0);
    let Some(span) = common_span(carried.map(|one| one.2)) else {
        return (vec![None; models.len()], 0);
    };
    let fixed = |model: &Model| settings.replications.or(model.run.replications);
    let number = models.iter().filter_map(fixed).max();
    let number = number.unwrap_or(REPLICATIONS);
    let runs = models.iter().zip(found).map(|(model, found)| {
        let (is_grown, exact, _) = found?;
        if is_grown || settings.is_stopped() {
            return None;
        }
        let design = Design {
            span,
            number: Number::Fixed(if exact { 1 } else { number }),
        };
        let sample = collect(Bench::new(model), crew, settings, design, exact);
        (!sample.partial).then(|| result(&sample, settings))
    });
    (runs.collect(), number)
}

fn point(
    one: &Candidate,
    model: &Model,
    run: Option<&RunResult>,
    settings: &Settings<'_>,
    capacity: bool,
) -> Result<FrontierPoint, ExperimentError> {
    let is_carried = run.is_some_and(|run| run.verdict != Verdict::Saturated);
    let asked = capacity && is_carried;
    let found = if asked && !settings.is_stopped() {
        Some(highest_of(one, settings)?)
    } else {
        None
    };
    // Half a search says nothing that others could be held against.
    let capacity = found.filter(|_| !settings.is_stopped());
    let values = one.changes.iter();
    let is_unseen = settings.is_stopped() && (run.is_none() || asked && capacity.is_none());
    let (verdict, reason, standing) = if is_unseen {
        (Verdict::Undecided, Reason::NoData, Standing::Unseen)
    } else {
        (
            Verdict::Saturated,
            Reason::GrowsWithTime,
            Standing::Overloaded,
        )
    };
    Ok(FrontierPoint {
        name: one.name.clone(),
        values: values
            .map(|change| change.after.clone().unwrap_or_default())
            .collect(),
        verdict: run.map_or(verdict, |run| run.verdict),
        cost_per_month: bill(model).map(|bill| bill.per_month),
        response_p95_s: run.map_or(Estimate::missing(reason), |run| run.response_time_s.p95),
        capacity,
        availability: losses_of(one, settings)?.availability,
        standing,
        beaten_by: None,
    })
}

/// Whether a point takes part: all that is asked of it is known.
fn is_measured(point: &FrontierPoint) -> bool {
    point.verdict != Verdict::Saturated
        && point.standing != Standing::Unseen
        && point.response_p95_s.value.is_some()
}

/// What all points that take part are known by.
fn criteria(points: &[FrontierPoint]) -> Vec<Criterion> {
    let all =
        |known: fn(&FrontierPoint) -> bool| points.iter().filter(|one| is_measured(one)).all(known);
    let mut found = Vec::new();
    if all(|one| one.cost_per_month.is_some()) {
        found.push(Criterion::CostPerMonth);
    }
    found.push(Criterion::ResponseP95);
    if points.iter().any(|one| one.capacity.is_some()) {
        found.push(Criterion::Capacity);
    }
    if all(|one| one.availability.is_some()) {
        found.push(Criterion::Availability);
    }
    found
}

fn scores(point: &FrontierPoint, criteria: &[Criterion]) -> Option<Vec<Score>> {
    if !is_measured(point) {
        return None;
    }
    let each = criteria.iter().map(|criterion| match criterion {
        Criterion::CostPerMonth => point.cost_per_month.map(Score::exact),
        Criterion::ResponseP95 => {
            let found = &point.response_p95_s;
            let value = found.value?;
            let (low, high) = found.ci95.unwrap_or((0.0, f64::INFINITY));
            Some(Score { value, low, high })
        }
        Criterion::Capacity => {
            let found = point.capacity.as_ref()?;
            // One that keeps nothing carries nothing.
            let load = found.load.or(found.at_least).unwrap_or(0.0);
            let (low, high) = found.ci95.unwrap_or((load, load));
            Some(Score {
                value: -load,
                low: -high,
                high: -low,
            })
        }
        Criterion::Availability => point.availability.map(|share| Score::exact(-share)),
    });
    each.collect()
}

fn sentence(points: &[FrontierPoint]) -> String {
    let count = |standing| points.iter().filter(|one| one.standing == standing).count();
    let front = count(Standing::Front);
    let are = if front == 1 { "is" } else { "are" };
    let mut text = format!("{front} of {} designs {are} beaten by none", points.len());
    for (standing, one, many) in [
        (
            Standing::Undecided,
            "cannot be told from one that beats it",
            "cannot be told from one that beats them",
        ),
        (
            Standing::Overloaded,
            "does not carry the load",
            "do not carry the load",
        ),
        (Standing::Unseen, "was not run", "were not run"),
    ] {
        let number = count(standing);
        let what = if number == 1 { one } else { many };
        if number > 0 {
            text = format!("{text}, {number} {what}");
        }
    }
    text
}
