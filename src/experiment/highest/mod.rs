//! The highest load that keeps every objective.
//!
//! Loads are first bracketed by short runs, then five neighbouring ones are looked at closely with
//! the same draws (S37): along each objective the measured value goes from kept to broken, and
//! where it crosses its bound is the load. Replications are added until the interval of that load,
//! by the jackknife over them, is narrow enough.

mod close;
mod conclude;
mod fine;
mod root;

use std::time::Instant;

use super::fixed::{fixed, lasting};
use super::load_axis::{axis, ceiling, own, under, whole};
use super::replicate::Crew;
use super::result::highest::{HighestResult, Looked};
use super::result::{BottleneckFinding, LoadAxis, Warning};
use super::run::ExperimentError;
use super::sample::sample;
use super::scenario::at_peak;
use super::settings::Settings;
use super::summarise::result;
use crate::model::Model;
use fine::{Crossing, asked};
use root::margin;

/// Share of the bound by mean demands that is tried first.
const TOP: f64 = 0.98;
/// Share of the first try, or of the file's load if that is less, below which nothing is looked
/// for.
const LEAST: f64 = 0.01;
/// Relative width of the bracket that is looked at closely.
const BRACKET: f64 = 0.08;
/// Events and relative half-width of the mean response of a short run.
const SHORT: (u64, f64) = (1_000_000, 0.1);

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HighestSettings {
    /// Relative half-width of the load at which to stop.
    pub within: f64,
    /// Along the users of closed workloads, also where there is a rate.
    pub users: bool,
}

/// Finds the highest load of `model` that keeps every objective. Stages are replaced by their
/// peaks and scheduled faults left out.
///
/// # Errors
/// Without an objective that a load can break, when the model has no such load, and with one
/// replication, which has no interval.
pub fn highest(
    model: &Model,
    settings: &Settings<'_>,
    asked_for: HighestSettings,
) -> Result<HighestResult, ExperimentError> {
    let begun = Instant::now();
    let (base, axis) = ready(model, settings, asked_for)?;
    let mut search = Search {
        crew: Crew::new(settings.jobs)?,
        base,
        axis,
        settings,
        tried: Vec::new(),
    };
    let mut found = search.find(asked_for.within)?;
    let below = search.base.objectives.iter();
    for one in below.filter(|one| one.asks_for_load()) {
        let text = format!(
            "`{}` asks for a load and is no limit to it: left out",
            one.text
        );
        let code = "from_below";
        found.warnings.push(Warning { code, text });
    }
    found.partial |= settings.is_stopped();
    found.wall_s = begun.elapsed().as_secs_f64();
    Ok(found)
}

/// The model under its heaviest load, and along what it is turned; nothing is simulated.
///
/// # Errors
/// As [`highest`].
pub fn ready(
    model: &Model,
    settings: &Settings<'_>,
    asked_for: HighestSettings,
) -> Result<(Model, LoadAxis), ExperimentError> {
    fixed(model, "a capacity")?;
    lasting(model, "a capacity")?;
    let base = at_peak(model);
    if settings.replications == Some(1) {
        let text = "the interval of a capacity comes from how its replications differ: write \
                    --replications 2 or more, or leave it out";
        return Err(ExperimentError::Question(text.to_owned()));
    }
    if asked(&base).is_empty() {
        let text = "a capacity is the highest load that keeps every objective, and the file has \
                    none that a load can break: write `objectives: [\"p95 < 200ms\"]`, or ask for \
                    the load that comes back with --after";
        return Err(ExperimentError::Question(text.to_owned()));
    }
    let wanted = asked_for.users.then_some(LoadAxis::Users);
    let axis = axis(&base, wanted, "a capacity")?;
    Ok((base, axis))
}

struct Search<'s> {
    crew: Crew,
    base: Model,
    axis: LoadAxis,
    settings: &'s Settings<'s>,
    tried: Vec<Looked>,
}

/// Where the search ended.
struct End {
    crossing: Option<Crossing>,
    replications: u32,
    busiest: Vec<BottleneckFinding>,
    /// The load at which the busiest are so busy.
    busy_at: f64,
    warnings: Vec<Warning>,
    /// Every load tried is kept.
    is_above: bool,
}

impl Search<'_> {
    fn find(&mut self, within: f64) -> Result<HighestResult, ExperimentError> {
        let limit = ceiling(&self.base, self.axis);
        let end = match self.bracket(TOP * limit)? {
            Bracket::Interrupted | Bracket::NoneKept => End::nothing(false),
            Bracket::AllKept => End::nothing(true),
            Bracket::Between(low, high) => self.close_look((low, high), limit, within)?,
        };
        Ok(self.conclude(limit, end))
    }

    /// Users are whole.
    fn whole(&self, load: f64) -> f64 {
        whole(self.axis, load)
    }

    /// Two loads near each other of which the lower is kept and the higher is not, by short runs.
    fn bracket(&mut self, top: f64) -> Result<Bracket, ExperimentError> {
        let top = self.whole(top);
        match self.is_kept(top)? {
            None => return Ok(Bracket::Interrupted),
            Some(true) => return Ok(Bracket::AllKept),
            Some(false) => {}
        }
        let least = LEAST * top.min(own(&self.base, self.axis));
        let (mut low, mut high) = (0.0, top);
        while high - low > BRACKET * high {
            if high < least {
                return Ok(Bracket::NoneKept);
            }
            let middle = self.whole(f64::midpoint(low, high));
            if middle <= low || middle >= high {
                break;
            }
            match self.is_kept(middle)? {
                None => return Ok(Bracket::Interrupted),
                Some(true) => low = middle,
                Some(false) => high = middle,
            }
        }
        Ok(if low > 0.0 {
            Bracket::Between(low, high)
        } else {
            Bracket::NoneKept
        })
    }

    /// Whether a short run at this load keeps every objective, as measured; `None` when
    /// interrupted.
    fn is_kept(&mut self, load: f64) -> Result<Option<bool>, ExperimentError> {
        let mut model = under(&self.base, self.axis, load)?;
        free_length(&mut model);
        let settings = Settings {
            effort: SHORT.0,
            aim: SHORT.1,
            replications: None,
            requests: None,
            ..self.settings.clone()
        };
        let run = result(&sample(&model, &self.crew, &settings), &settings);
        if run.partial {
            return Ok(None);
        }
        let objectives = asked(&model);
        let measured: Vec<Option<f64>> = run
            .objectives
            .iter()
            .filter(|one| objectives.iter().any(|asked| asked.text == one.text))
            .map(|one| one.measured)
            .collect();
        let margins = objectives.iter().zip(&measured);
        let mut margins = margins.map(|(one, value)| margin(one, *value));
        let kept = margins.all(|margin| margin <= 0.0) && run.growth_per_s.is_none();
        self.note(load, measured, kept, run.replications);
        Ok(Some(kept))
    }

    fn note(&mut self, load: f64, measured: Vec<Option<f64>>, kept: bool, replications: u32) {
        let place = self.tried.partition_point(|one| one.load < load);
        let looked = Looked {
            load,
            measured,
            kept,
            replications,
        };
        self.tried.insert(place, looked);
    }
}

/// A close look chooses length and number of its runs itself.
fn free_length(model: &mut Model) {
    model.run.duration = None;
    model.run.requests = None;
    model.run.replications = None;
    model.run.precision = None;
}

/// What short runs say.
enum Bracket {
    Interrupted,
    AllKept,
    NoneKept,
    Between(f64, f64),
}

impl End {
    fn nothing(is_above: bool) -> Self {
        Self {
            crossing: None,
            replications: 0,
            busiest: Vec::new(),
            busy_at: 0.0,
            warnings: Vec::new(),
            is_above,
        }
    }
}
