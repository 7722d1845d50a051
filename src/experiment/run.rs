//! One scenario: many replications, one result.

use std::time::Instant;

use thiserror::Error;

use super::replicate::Crew;
use super::result::RunResult;
use super::sample::sample;
use super::scenario::{LoadError, put_load};
use super::settings::Settings;
use super::summarise::result;
use crate::model::{Model, Outage};

/// Why an experiment cannot be run.
#[derive(Debug, Error)]
pub enum ExperimentError {
    /// The load asked for does not fit the model.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The system gave no threads.
    #[error("threads cannot be started")]
    Threads(#[from] rayon::ThreadPoolBuildError),
    /// The question does not fit the model.
    #[error("{0}")]
    Question(String),
    /// The file refuses a value that was tried; whoever has the file knows why.
    #[error("the file refuses a value that was tried")]
    Refused,
}

/// The first part of which only the share of time down is stated: `spof` alone can use it (S41).
pub fn only_by_probability(model: &Model) -> Option<&str> {
    let mut parts = model.components.iter();
    let untimed = |outage: &Option<Outage>| outage.as_ref().is_some_and(|one| one.times.is_none());
    let part = parts.find(|part| untimed(&part.outage));
    let hosts = model.hosts.iter().map(|host| (&host.name, &host.outage));
    let racks = model.racks.iter().map(|rack| (&rack.name, &rack.outage));
    let switches = model.switches.iter();
    let switches = switches.map(|switch| (&switch.name, &switch.outage));
    let places = hosts.chain(racks).chain(switches);
    let mut failing = places.filter(|(_, outage)| untimed(outage));
    part.map(|part| &*part.name)
        .or_else(|| failing.next().map(|(name, _)| &**name))
}

/// Runs `model` as it stands, under the load of `settings` if they name one.
///
/// A steady run (S28) finds its warm-up by a pilot (S30), then adds replications until the mean
/// response is known to the precision asked for (default 2 %, within about a second; S32). A
/// terminating run (S29) goes through its whole horizon, 20 times by default. A model without
/// draws runs once (S44).
///
/// # Errors
/// When the load does not fit the model, or threads cannot be started.
pub fn run(model: &Model, settings: &Settings<'_>) -> Result<RunResult, ExperimentError> {
    let start = Instant::now();
    let mut model = model.clone();
    model.run.with_failures = settings.with_failures;
    if let Some(part) = only_by_probability(&model).filter(|_| settings.with_failures) {
        let text = format!(
            "`{part}` states only its `unavailability`, which says how often it is down and not \
             when: write `mtbf` and `mttr`, or leave --with-failures out; `spof` answers for it by \
             probability"
        );
        return Err(ExperimentError::Question(text));
    }
    if let Some(load) = settings.load {
        put_load(&mut model, load)?;
    }
    for question in &settings.share_above {
        let name = &question.subject;
        let is_known = model.class_named(name).is_some() || model.component_named(name).is_some();
        if name != "all" && !is_known {
            let text = format!("no class or component is called `{name}`; `all` is every request");
            return Err(ExperimentError::Question(text));
        }
    }
    let crew = Crew::new(settings.jobs)?;
    let sample = sample(&model, &crew, settings);
    let mut result = result(&sample, settings);
    result.wall_s = start.elapsed().as_secs_f64();
    Ok(result)
}
