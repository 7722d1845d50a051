//! An incident played through: what breaks, who learns of it and when, what is done, what it
//! costs.
//!
//! The faults of the file happen, health checks and takeovers do what they do, alarms fire and
//! those on duty respond. What nobody is alarmed about is told by customers in the end. Times are
//! means over replications; the timeline is that of the first one.

mod course;
mod timeline;

use std::time::Instant;

use super::objectives::{PROMISED, promised_share};
use super::replicate::Crew;
use super::result::drill::{Budget, BurnAlert, DrillResult, Prevention};
use super::result::{ComponentSummary, Named, SpofResult, Warning};
use super::run::ExperimentError;
use super::sample::{Sample, sample};
use super::scenario::Kind;
use super::settings::Settings;
use super::spof::{SpofSettings, spof};
use super::summarise::{header, result};
use super::words;
use crate::model::Model;
use crate::statistics::{Confidence, Estimate, Reason, mean_of};
use crate::theory::burn_rate::{ALERTS, budget_spent};
use course::{Course, Witness, course};

/// Share answered before the first fault from which on the service was well.
const WELL: f64 = 0.95;

/// What a drill assumes of people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DrillSettings {
    /// From when customers feel it until they have told, ns.
    pub customers: u64,
    /// From detection until it is announced, ns.
    pub announce: u64,
}

/// Plays the faults of `model` through.
///
/// # Errors
/// Without a fault, with none before the end, and as of [`run`](super::run()).
pub fn drill(
    model: &Model,
    settings: &Settings<'_>,
    asked: DrillSettings,
) -> Result<DrillResult, ExperimentError> {
    let start = Instant::now();
    if model.faults.is_empty() {
        let text = "nothing breaks in this file: add a fault, or one by --inject";
        return Err(ExperimentError::Question(text.to_owned()));
    }
    let length = settings.duration.or(model.run.duration);
    if let Kind::Terminating { horizon } = Kind::of(model)
        && let until = length.unwrap_or(horizon)
        && model.faults.iter().all(|fault| fault.at >= until)
    {
        let text = "no fault begins before the run ends: let one begin earlier, or the run last \
                    longer (`--duration`)";
        return Err(ExperimentError::Question(text.to_owned()));
    }
    let sample = sample(model, &Crew::new(settings.jobs)?, settings);
    let (objective, is_stated) = promised_share(model);
    let numbers = 0..sample.runs.len();
    let allowed = 1.0 - objective;
    let courses: Vec<Course> = numbers
        .filter_map(|number| course(&sample, number, settings.seed, asked.customers, allowed))
        .collect();
    let structure = SpofSettings {
        structural_only: true,
        order: 1,
        ..SpofSettings::default()
    };
    let single = spof(model, settings, &structure)?;
    let mut found = told(&sample, settings, asked, &courses);
    found.budget = budget(&courses, objective, is_stated);
    found.prevention = prevention(&single, &found.points);
    found.wall_s = start.elapsed().as_secs_f64();
    Ok(found)
}

fn told(
    sample: &Sample<'_>,
    settings: &Settings<'_>,
    asked: DrillSettings,
    courses: &[Course],
) -> DrillResult {
    let model = sample.bench.model;
    let run = result(sample, settings);
    let story = timeline::story(sample, settings.seed, asked.announce, courses.first());
    let in_a_mean_run = |of: fn(&ComponentSummary) -> Option<u64>| {
        let parts = run.components.iter().filter_map(|(_, part)| of(part));
        let lost = parts.fold(None, |sum, lost| Some(sum.unwrap_or(0) + lost));
        lost.map(|lost| lost as f64 / f64::from(run.replications.max(1)))
    };
    let since = |at: Option<u64>, course: &Course| Some((at? - course.occurred) as f64 / 1e9);
    let detected = |course: &Course| course.detected.map(|(at, _)| at);
    DrillResult {
        header: header("drill", settings, model),
        replications: run.replications,
        wall_s: 0.0,
        verdict: run.verdict,
        verdict_reason: run.verdict_reason,
        objectives: run.objectives,
        timeline: story.events,
        cause: story.cause,
        points: story.points,
        recovery: story.recovery,
        detected_by: detected_by(model, courses),
        unnoticed: courses.iter().filter(|one| one.detected.is_none()).count() as u32,
        mttd_s: mean(courses, |one| since(detected(one), one)),
        mttr_s: mean(courses, |one| since(one.restored(), one)),
        ended_s: mean(courses, |one| since(one.ended(), one)),
        not_restored: courses
            .iter()
            .filter(|one| one.restored().is_none())
            .count() as u32,
        felt_s: mean(courses, |one| match one.felt {
            None => Some(0.0),
            Some((from, end)) => Some((end? - from) as f64 / 1e9),
        }),
        lost_requests: mean(courses, |one| Some(one.lost)),
        lost_sessions: in_a_mean_run(|part| part.sessions.map(|sessions| sessions.lost)),
        lost_writes: in_a_mean_run(|part| part.lost_writes),
        budget: Budget {
            objective: PROMISED,
            is_stated: false,
            spent: Estimate::missing(Reason::NoData),
            alerts: Vec::new(),
        },
        prevention: Vec::new(),
        partial: run.partial,
        warnings: warnings(run.warnings, model, courses),
    }
}

/// Mean over the replications that have a value.
fn mean(courses: &[Course], of: impl Fn(&Course) -> Option<f64>) -> Estimate {
    let values: Vec<f64> = courses.iter().filter_map(of).collect();
    if values.is_empty() {
        return Estimate::missing(Reason::NoData);
    }
    let mut mean = mean_of(&values, Confidence::Fixed);
    // Times, counts and shares are never below 0.
    mean.ci95 = mean.ci95.map(|(low, high)| (low.max(0.0), high));
    mean
}

fn detected_by(model: &Model, courses: &[Course]) -> Named<u32> {
    let count = |witness: Witness| {
        let detected = courses.iter().filter_map(|one| one.detected);
        detected.filter(|(_, who)| *who == witness).count() as u32
    };
    let alarms = model.alarms.iter().enumerate();
    let alarms = alarms.map(|(place, alarm)| (alarm.name.clone(), count(Witness::Alarm(place))));
    let customers = ("customers".to_owned(), count(Witness::Customers));
    Named(
        alarms
            .chain([customers])
            .filter(|(_, count)| *count > 0)
            .collect(),
    )
}

fn budget(courses: &[Course], objective: f64, is_stated: bool) -> Budget {
    let allowed = 1.0 - objective;
    let alert = |(place, alert): (usize, &crate::theory::burn_rate::BurnRate)| {
        let fired = courses
            .iter()
            .filter_map(|one| Some(one.burnt[place]? - one.occurred));
        let times: Vec<f64> = fired.map(|ns| ns as f64 / 1e9).collect();
        BurnAlert {
            name: alert.name,
            fired: times.len() as u32,
            after_s: (!times.is_empty()).then(|| times.iter().sum::<f64>() / times.len() as f64),
        }
    };
    Budget {
        objective,
        is_stated,
        spent: mean(courses, |one| {
            (one.rate_per_s > 0.0).then(|| budget_spent(one.lost, allowed, one.rate_per_s))
        }),
        alerts: ALERTS.iter().enumerate().map(alert).collect(),
    }
}

/// The cures of the single points among what broke.
fn prevention(single: &SpofResult, points: &[String]) -> Vec<Prevention> {
    let broke = |name: &str| points.iter().any(|point| point == name);
    let points = single.single_points.iter();
    points
        .filter(|point| point.class.is_some() && broke(&point.component))
        .map(|point| Prevention {
            component: point.component.clone(),
            witness: point.witness.clone(),
            fix: point.fix.clone(),
        })
        .collect()
}

fn warnings(mut own: Vec<Warning>, model: &Model, courses: &[Course]) -> Vec<Warning> {
    if model.alarms.is_empty() {
        own.push(Warning {
            code: "no_alarms",
            text: "the file has no `alarms`: customers have to tell".to_owned(),
        });
    }
    if courses.iter().any(|one| one.rate_per_s <= 0.0) {
        own.push(Warning {
            code: "nothing_before",
            text: "nothing came before the first fault: there is nothing to compare with; let it \
                   begin later"
                .to_owned(),
        });
    }
    let answered = courses.iter().map(|one| one.answered_before);
    let answered = answered.fold(1.0, f64::min);
    if answered < WELL {
        let failing = words::percent(1.0 - answered);
        own.push(Warning {
            code: "failing_before",
            text: format!(
                "{failing} of the requests fail before the first fault already: restored is no \
                 more than that, what is lost counts what fails beyond it, and the alerts on the \
                 burn rate all of it"
            ),
        });
    }
    own
}
