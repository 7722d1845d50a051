//! Throughput and response time against load (S36).

mod findings;
mod loads;

use std::time::Instant;

use super::fixed::fixed;
use super::load_axis::{axis, under};
use super::replicate::Crew;
use super::result::curve::{CurvePoint, CurveResponse, CurveResult};
use super::result::{BottleneckFinding, LoadAxis, RunResult, Verdict, Warning};
use super::run::ExperimentError;
use super::sample::sample;
use super::scenario::{at_peak, put_load};
use super::settings::{Load, Settings};
use super::summarise::{header, result};
use super::words;
use crate::lower::lower;
use crate::model::{Arrivals, Model};
use findings::Measured;
use loads::Plan;

/// Share of saturation that may be used (S36): a peak is not a maximum to plan with.
pub const MARGIN: f64 = 0.7;
/// Relative half-width of the mean response aimed at, at each load, unless another is asked for.
const PRECISION: f64 = 0.05;
/// Events that one load may cost at this precision.
const EFFORT: u64 = 4_000_000;
/// Most requests of one load: beyond them a point near saturation is as good as it gets.
const CAP: u64 = 1_000_000;
/// Most loads, chosen or added.
const MOST_POINTS: usize = 40;
/// Busiest resources named at each point.
const NAMED: usize = 5;

/// What loads to look at.
#[derive(Clone, Debug, PartialEq)]
pub struct CurveSettings {
    /// Smallest load, in the axis' unit.
    pub from: Option<f64>,
    /// Largest load.
    pub to: Option<f64>,
    /// Number of loads between them, at least 2.
    pub steps: Option<u32>,
    /// Share of saturation that may be used, 0 to 1.
    pub margin: f64,
}

impl Default for CurveSettings {
    fn default() -> Self {
        Self {
            from: None,
            to: None,
            steps: None,
            margin: MARGIN,
        }
    }
}

/// A load with its run.
struct Point {
    load: f64,
    run: RunResult,
}

/// Runs `model` at one load after the other, with the same seed, so that their draws are common
/// (S37). Stages are replaced by their peaks and scheduled faults left out. Loads are added
/// until the two around the saturation point differ by at most 2 %.
///
/// # Errors
/// When the model has no workload with such a load, or a range makes no sense.
pub fn curve(
    model: &Model,
    settings: &Settings<'_>,
    asked: &CurveSettings,
) -> Result<CurveResult, ExperimentError> {
    let start = Instant::now();
    fixed(model, "a curve")?;
    let mut base = at_peak(model);
    if let Some(load) = settings.load {
        put_load(&mut base, load)?;
    }
    free_length(&mut base);
    let wanted = settings.load.map(|load| match load {
        Load::Rate(_) => LoadAxis::Rate,
        Load::Users(_) => LoadAxis::Users,
    });
    let axis = axis(&base, wanted, "a curve")?;
    let crew = Crew::new(settings.jobs)?;
    let mut plan = Plan::new(&lower(&base).program, &base, axis, asked)?;
    let each = each(settings);
    let mut points: Vec<Point> = Vec::new();
    let mut partial = false;
    while let Some(load) = plan.next(&measured(&points, axis)) {
        if settings.is_stopped() || points.len() >= MOST_POINTS {
            partial = settings.is_stopped();
            break;
        }
        let point = one(&base, axis, load, &crew, &each)?;
        partial = point.run.partial;
        if partial {
            break;
        }
        let place = points.partition_point(|other| other.load < load);
        points.insert(place, point);
    }
    let mut found = conclude(&base, axis, points, asked.margin, settings);
    found.partial = partial;
    found.wall_s = start.elapsed().as_secs_f64();
    Ok(found)
}

/// A curve chooses length and number of its runs itself, whatever the file says of single runs.
fn free_length(model: &mut Model) {
    model.run.duration = None;
    model.run.requests = None;
    model.run.replications = None;
    model.run.precision = None;
    model.run.cap = model.run.cap.min(CAP);
}

/// Settings of the run at one load.
fn each<'a>(settings: &Settings<'a>) -> Settings<'a> {
    Settings {
        load: None,
        effort: settings.effort.min(EFFORT),
        aim: PRECISION,
        ..settings.clone()
    }
}

fn one(
    base: &Model,
    axis: LoadAxis,
    load: f64,
    crew: &Crew,
    settings: &Settings<'_>,
) -> Result<Point, ExperimentError> {
    let model = under(base, axis, load)?;
    let run = result(&sample(&model, crew, settings), settings);
    Ok(Point { load, run })
}

fn measured(points: &[Point], axis: LoadAxis) -> Vec<Measured> {
    let one = |point: &Point| Measured {
        load: point.load,
        throughput: point.run.throughput_rps,
        response: point.run.response_time_s.mean.value,
        is_saturated: point.run.verdict == Verdict::Saturated,
        grows: axis == LoadAxis::Rate
            && point.run.verdict == Verdict::Saturated
            && point.run.response_time_s.mean.value.is_none(),
        passes: point.run.verdict == Verdict::Pass,
    };
    points.iter().map(one).collect()
}

fn conclude(
    model: &Model,
    axis: LoadAxis,
    points: Vec<Point>,
    margin: f64,
    settings: &Settings<'_>,
) -> CurveResult {
    let measured = measured(&points, axis);
    let saturation = findings::saturation(&measured, is_open(model));
    let recommended =
        findings::recommended(&measured, &saturation, margin, !model.objectives.is_empty());
    let at = |load: f64| points.iter().find(|point| point.load >= load);
    let is_full =
        |point: &&Point| axis == LoadAxis::Rate && point.run.verdict == Verdict::Saturated;
    let full = points.iter().find(is_full);
    let bottleneck: Option<BottleneckFinding> = full
        .or_else(|| at(saturation.load))
        .and_then(|point| point.run.bottleneck.clone());
    let mut warnings = Vec::new();
    if !saturation.reached && !points.is_empty() {
        let text = if saturation.throughput_rps.value.is_some() {
            "throughput still grows at the largest load: look further with --to"
        } else {
            "even the smallest load is not carried: look lower with --from"
        };
        warnings.push(Warning {
            code: "saturation_not_reached",
            text: text.to_owned(),
        });
    }
    warnings.extend(unsteady(&points));
    CurveResult {
        header: header("curve", settings, model),
        wall_s: 0.0,
        axis,
        knee: findings::knee(&measured),
        buckle: findings::buckle(&measured),
        saturation,
        recommended_max_rps: recommended.0,
        recommended_because: recommended.1,
        margin,
        bottleneck,
        partial: false,
        warnings,
        points: points.into_iter().map(curve_point).collect(),
    }
}

/// Loads whose transient was longer than their runs: their times depend on the length.
fn unsteady(points: &[Point]) -> Option<Warning> {
    let is_short = |point: &&Point| {
        let short = |warning: &Warning| warning.code == "short_for_transient";
        point.run.verdict != Verdict::Saturated && point.run.warnings.iter().any(short)
    };
    let loads: Vec<String> = points
        .iter()
        .filter(is_short)
        .map(|point| words::number(point.load))
        .collect();
    (!loads.is_empty()).then(|| Warning {
        code: "short_for_transient",
        text: format!(
            "at {} the runs were too short for a steady state: response times there depend on \
             their length",
            words::list(&loads)
        ),
    })
}

fn is_open(model: &Model) -> bool {
    model
        .workloads
        .iter()
        .any(|one| matches!(one.arrivals, Arrivals::Open { .. }))
}

fn curve_point(point: Point) -> CurvePoint {
    let run = point.run;
    let busiest = run.bottlenecks.iter().take(NAMED).filter_map(|finding| {
        let name = format!("{}.{}", finding.component, finding.resource);
        Some((name, finding.utilisation.value?))
    });
    CurvePoint {
        load: point.load,
        offered_rps: run.offered_rps,
        throughput_rps: run.throughput_rps,
        utilisation: busiest.collect(),
        response_time_s: CurveResponse {
            mean: run.response_time_s.mean,
            p50: run.response_time_s.p50,
            p95: run.response_time_s.p95,
            p99: run.response_time_s.p99,
        },
        error_rate: run.error_rate,
        verdict: run.verdict,
    }
}
