//! The load as one number that an experiment turns: a rate of journeys, or a number of users.

use super::result::LoadAxis;
use super::run::ExperimentError;
use super::scenario::{load_of, put_load};
use super::settings::Load;
use super::traffic::{crowd, headroom, room_of_stations};
use super::words;
use crate::lower::lower;
use crate::model::{Arrivals, Model};

/// Users that are the most looked at, in crossings of the asymptotes of a closed system.
const CROWDED: f64 = 3.0;

/// What the load of `model` is: as the settings say; otherwise what the file has, rate before
/// users. `who` asks, for the error.
///
/// # Errors
/// When a log is replayed, or no workload has this kind of load.
pub fn axis(
    model: &Model,
    asked: Option<LoadAxis>,
    who: &str,
) -> Result<LoadAxis, ExperimentError> {
    let (rate, users) = load_of(model);
    let is_log = |one: &crate::model::Workload| matches!(one.arrivals, Arrivals::Replay { .. });
    if model.workloads.iter().any(is_log) {
        let text = format!("{who} needs workloads with a rate or users; a log has its own load");
        return Err(ExperimentError::Question(text));
    }
    let axis = match asked {
        Some(axis) => axis,
        None if rate > 0.0 => LoadAxis::Rate,
        None => LoadAxis::Users,
    };
    let missing = match axis {
        LoadAxis::Rate => rate <= 0.0,
        LoadAxis::Users => users <= 0.0,
    };
    if missing {
        let text = "the file has no workload with this kind of load";
        return Err(ExperimentError::Question(text.to_owned()));
    }
    Ok(axis)
}

/// `base` under another load.
///
/// # Errors
/// As of [`put_load`].
pub fn under(base: &Model, axis: LoadAxis, load: f64) -> Result<Model, ExperimentError> {
    let mut model = base.clone();
    let wanted = match axis {
        LoadAxis::Rate => Load::Rate(load),
        LoadAxis::Users => Load::Users(load as u32),
    };
    put_load(&mut model, wanted)?;
    Ok(model)
}

/// The load that mean demands allow; of users as many as there can be before they queue.
pub fn bound(base: &Model, axis: LoadAxis) -> f64 {
    let program = lower(base).program;
    match axis {
        LoadAxis::Rate => times(headroom(&program), own(base, axis)),
        LoadAxis::Users => crowd(&program).unwrap_or(own(base, axis)).max(1.0),
    }
}

/// The most that is looked at, at least the bound: rates that stations and lines allow, whatever
/// permits are held for; a few times the users who do not queue.
pub fn ceiling(base: &Model, axis: LoadAxis) -> f64 {
    match axis {
        LoadAxis::Rate => times(room_of_stations(&lower(base).program), own(base, axis)),
        LoadAxis::Users => CROWDED * bound(base, axis),
    }
}

fn times(factor: Option<f64>, load: f64) -> f64 {
    load * factor.filter(|factor| factor.is_finite()).unwrap_or(1.0)
}

/// The load of the file.
pub fn own(base: &Model, axis: LoadAxis) -> f64 {
    let (rate, users) = load_of(base);
    match axis {
        LoadAxis::Rate => rate,
        LoadAxis::Users => users,
    }
}

/// Users are whole, and at least one.
pub fn whole(axis: LoadAxis, load: f64) -> f64 {
    match axis {
        LoadAxis::Rate => load,
        LoadAxis::Users => load.round().max(1.0),
    }
}

/// A load in words.
pub fn named(axis: LoadAxis, load: f64) -> String {
    match axis {
        LoadAxis::Rate => words::rate(load),
        LoadAxis::Users => format!("{} users", words::number(load)),
    }
}
