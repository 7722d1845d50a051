//! The load as one number that an experiment turns: a rate of journeys, or a number of users.

use super::result::LoadAxis;
use super::run::ExperimentError;
use super::scenario::{load_of, put_load};
use super::settings::Load;
use crate::model::{Arrivals, Model};

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
