//! One model under many settings of its parameters, every point with the same draws (S37).
//!
//! A [`Plan`] lists the points; [`run_points`] works any of them off, in any order, on any number
//! of threads, processes and machines; [`conclude`] makes a result of those that are done. A point
//! depends on nothing but the plan, and a result on nothing but its points.

mod conclude;
mod design;
mod findings;
mod metric;
mod plan;
mod point;

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use super::replicate::Crew;
use super::result::SweepPoint;
use super::run::ExperimentError;
use super::sample::sample;
use super::scenario::put_load;
use super::settings::Settings;
use crate::model::Model;

pub use conclude::conclude;
pub use design::{Design, MOST_POINTS};
pub use plan::{Plan, Simulation, Text};

/// Loads the topology of a plan with further assignments; `None` if that is not possible.
pub type Reload<'a> = dyn Fn(&[String]) -> Option<Model> + Sync + 'a;

/// Told of every point when it is done, from any thread; false ends the work.
pub type Done<'a> = dyn Fn(usize, &SweepPoint) -> bool + Sync + 'a;

/// Works off the points `wanted` of a plan and hands each to `done` as soon as it has its result.
///
/// Each thread takes a point, with its pilot and all its replications, and then the next; threads
/// that find no further point help with the replications of those that are left. Whether all are
/// done is the answer: false after an interruption, or when `done` said so.
///
/// # Errors
/// When a load does not fit the model, a point cannot be loaded, or threads cannot be started.
///
/// # Panics
/// When `done` panics.
pub fn run_points(
    plan: &Plan,
    wanted: &[usize],
    reload: &Reload<'_>,
    settings: &Settings<'_>,
    done: &Done<'_>,
) -> Result<bool, ExperimentError> {
    let crew = Crew::new(settings.jobs)?;
    let ended = AtomicBool::new(false);
    let problem = Mutex::new(None);
    settings.progress.phase("points", Some(wanted.len() as u64));
    crew.each(wanted.len(), |place| {
        if ended.load(Ordering::Relaxed) || settings.is_stopped() {
            return;
        }
        match one(plan, wanted[place], &crew, reload, settings) {
            Ok(Some(point)) => {
                if done(wanted[place], &point) {
                    settings.progress.step();
                } else {
                    ended.store(true, Ordering::Relaxed);
                }
            }
            Ok(None) => {}
            Err(error) => {
                ended.store(true, Ordering::Relaxed);
                let mut problem = problem.lock().expect("nobody panics with the lock");
                problem.get_or_insert(error);
            }
        }
    });
    let problem = problem.into_inner().expect("nobody panics with the lock");
    match problem {
        Some(error) => Err(error),
        None => Ok(!ended.into_inner() && !settings.is_stopped()),
    }
}

/// The result of one point; `None` when it was interrupted.
fn one(
    plan: &Plan,
    number: usize,
    crew: &Crew,
    reload: &Reload<'_>,
    settings: &Settings<'_>,
) -> Result<Option<SweepPoint>, ExperimentError> {
    let Some(model) = reload(&plan.assignments(number)) else {
        let text = format!("point {number} of the plan cannot be loaded");
        return Err(ExperimentError::Question(text));
    };
    let own = plan.settings_of(number, settings);
    let model = ready(model, &own)?;
    let sample = sample(&model, crew, &own);
    if sample.partial {
        return Ok(None);
    }
    Ok(Some(point::point(plan.values(number), &sample, &own)))
}

/// The model of a point under its load.
///
/// # Errors
/// When the load does not fit the model.
pub fn ready(mut model: Model, settings: &Settings<'_>) -> Result<Model, ExperimentError> {
    if let Some(load) = settings.load {
        put_load(&mut model, load)?;
    }
    Ok(model)
}
