//! Test profiles: runs with stages and questions of their own.

mod negative;

use std::time::Instant;

use super::replicate::Crew;
use super::result::{RunResult, Verdict};
use super::run::ExperimentError;
use super::sample::sample;
use super::scenario::{has_lead_in, put_load};
use super::settings::Settings;
use super::summarise::result;
use crate::model::Model;

/// A test profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// Parts are taken away in turn under load.
    Negative,
}

/// Runs `model` through a profile, whose stages and faults take the place of the model's.
///
/// # Errors
/// When the profile does not fit the model, and as of [`run`](super::run()).
pub fn profile(
    model: &Model,
    settings: &Settings<'_>,
    profile: Profile,
) -> Result<RunResult, ExperimentError> {
    let start = Instant::now();
    let mut base = model.clone();
    if let Some(load) = settings.load {
        put_load(&mut base, load)?;
    }
    if settings.duration.is_some() || settings.requests.is_some() {
        let text = "a profile has its own length: leave --duration and --requests out";
        return Err(ExperimentError::Question(text.to_owned()));
    }
    if !has_lead_in(&base) {
        let text = "a profile meets a system at work: it needs a load at the start, and \
                    `start: Warm`";
        return Err(ExperimentError::Question(text.to_owned()));
    }
    let Profile::Negative = profile;
    let plan = negative::plan(&base)?;
    negative::put(&mut base, &plan);
    let sample = sample(&base, &Crew::new(settings.jobs)?, settings);
    let mut found = result(&sample, settings);
    let summary = negative::summary(&sample, &plan);
    if !summary.passed {
        found.verdict = Verdict::Fail;
        found.verdict_reason.clone_from(&summary.answer);
    }
    found.profile = Some(summary);
    found.wall_s = start.elapsed().as_secs_f64();
    Ok(found)
}
