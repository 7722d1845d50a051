//! The load as one number that an experiment turns: a rate of journeys, or a number of users.

use super::result::LoadAxis;
use super::run::ExperimentError;
use super::scenario::{load_of, put_load};
use super::settings::Load;
use super::traffic::{Obstacle, crowd, flows, headroom};
use super::words;
use crate::lower::lower;
use crate::model::{Arrivals, Model};

/// Users that are the most looked at, in crossings of the asymptotes of a closed system.
const CROWDED: f64 = 3.0;
/// Share of the bound by mean demands from which a measured one is the same.
const SAME: f64 = 0.95;
/// Loads of the file that are the most looked at where nothing is known to bound them.
const FAR: f64 = 100.0;

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

/// The load that mean demands allow; of users as many as there can be before they queue. `None`
/// where no processor, disk or line bounds it, and where it is not known beforehand what share of
/// the load reaches each.
pub fn bound(base: &Model, axis: LoadAxis) -> Option<f64> {
    let program = lower(base).program;
    let mut flows = flows(&program)?.into_iter();
    if flows.any(|flow| flow.profile.obstacles.contains(&Obstacle::Shares)) {
        return None;
    }
    match axis {
        LoadAxis::Rate => {
            let factor = headroom(&program).filter(|factor| factor.is_finite());
            factor.map(|factor| own(base, axis) * factor)
        }
        LoadAxis::Users => crowd(&program).map(|users| users.max(1.0)),
    }
}

/// The load at which something is full: as mean demands say, or less where a resource that is
/// `busy` at a load says so. Threads and connections are held for as long as they are, which
/// demands do not tell; what is within noise of the bound is the bound.
pub fn full_at(bound: Option<f64>, busy: Option<f64>, load: f64) -> Option<f64> {
    let measured = busy.filter(|busy| *busy > 0.0).map(|busy| load / busy);
    let counts = |full: &f64| bound.is_none_or(|bound| *full < SAME * bound);
    measured.filter(counts).or(bound)
}

/// The most that is looked at: the bound of rates, a few times that of users; many times the load
/// of the file where there is none.
pub fn ceiling(base: &Model, axis: LoadAxis) -> f64 {
    match (bound(base, axis), axis) {
        (Some(bound), LoadAxis::Rate) => bound,
        (Some(bound), LoadAxis::Users) => CROWDED * bound,
        (None, _) => FAR * own(base, axis),
    }
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
