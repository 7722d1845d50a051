//! What a sweep is to do: complete, so that whoever has the plan needs nothing else.

use serde::{Deserialize, Serialize};

use super::design::{Design, points};
use crate::experiment::result::TopologyId;
use crate::experiment::result::sweep::{DesignKind, SettingValue, SweepParameter};
use crate::experiment::run::ExperimentError;
use crate::experiment::settings::{Load, Settings};
use crate::experiment::summarise::SCHEMA;
use crate::model::WarmUp;
use crate::model::parameter::{Measure, Parameter, Setting};

/// Relative half-width of the mean response aimed at, at each point, unless another is asked for.
const PRECISION: f64 = 0.05;
/// Events that one point may cost at this precision.
const EFFORT: u64 = 4_000_000;

/// Settings of the run at every point; `None` leaves the choice to the file, then to the program.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Simulation {
    /// Exactly so many replications.
    pub replications: Option<u32>,
    /// Relative half-width of the mean response at which to stop.
    pub precision: Option<f64>,
    /// Counted requests of a replication.
    pub requests: Option<u64>,
    /// Counted length of a replication, ns.
    pub duration_ns: Option<u64>,
    /// Cut off at the start, ns.
    pub warm_up_ns: Option<u64>,
    /// Total rate of the open workloads, per second.
    pub rate: Option<f64>,
    /// Total users of the closed workloads.
    pub users: Option<u32>,
}

impl Simulation {
    /// What these settings say of single runs.
    pub fn of(settings: &Settings<'_>) -> Self {
        let load = settings.load;
        Self {
            replications: settings.replications,
            precision: settings.precision,
            requests: settings.requests,
            duration_ns: settings.duration,
            warm_up_ns: match settings.warm_up {
                Some(WarmUp::Fixed(ns)) => Some(ns),
                Some(WarmUp::Auto) | None => None,
            },
            rate: match load {
                Some(Load::Rate(rate)) => Some(rate),
                _ => None,
            },
            users: match load {
                Some(Load::Users(users)) => Some(users),
                _ => None,
            },
        }
    }
}

/// A topology as text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Text {
    /// Name of the file.
    pub name: String,
    /// What it says, `--set` included.
    pub text: String,
}

/// A plan. The same question gives the same plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Version of the keys of results.
    pub schema: u32,
    /// Version of the program.
    pub linchpin: String,
    /// Seed of every point, so that their draws are common (S37).
    pub seed: u64,
    /// Which topology.
    pub topology: TopologyId,
    /// Its text.
    pub source: Text,
    /// How the points were chosen.
    pub design: DesignKind,
    /// Of a sampled design: its size.
    pub samples: Option<u32>,
    /// Settings of single runs.
    pub simulation: Simulation,
    /// What is varied.
    pub parameters: Vec<SweepParameter>,
    /// By point and parameter: what stands in the file.
    pub points: Vec<Vec<String>>,
}

impl Plan {
    /// The plan of a question about a topology.
    ///
    /// # Errors
    /// When parameters and design do not fit each other.
    pub fn new(
        (topology, source): (TopologyId, Text),
        parameters: &[Parameter],
        design: Design,
        settings: &Settings<'_>,
    ) -> Result<Self, ExperimentError> {
        let simulation = Simulation::of(settings);
        refuse_twice(parameters, &simulation)?;
        let chosen = points(parameters, design, settings.seed)?;
        let texts = |point: Vec<Setting>| point.into_iter().map(|one| one.text).collect();
        Ok(Self {
            schema: SCHEMA,
            linchpin: env!("CARGO_PKG_VERSION").to_owned(),
            seed: settings.seed,
            topology,
            source,
            design: design.kind,
            samples: design.samples,
            simulation,
            parameters: parameters.iter().map(described).collect(),
            points: chosen.into_iter().map(texts).collect(),
        })
    }

    /// The assignments of a point, as of `--set`.
    pub fn assignments(&self, point: usize) -> Vec<String> {
        let pairs = self.parameters.iter().zip(&self.points[point]);
        pairs
            .filter(|(parameter, _)| !Parameter::is_load(&parameter.path))
            .map(|(parameter, text)| format!("{}={text}", parameter.path))
            .collect()
    }

    /// The load of a point, if it is set.
    pub fn load(&self, point: usize) -> Option<Load> {
        let number = |path: &str| {
            let place = self.parameters.iter().position(|one| one.path == path)?;
            Setting::new(self.points[point][place].clone()).number
        };
        let rate = number("rate").or(self.simulation.rate).map(Load::Rate);
        let users = number("users").map(|users| users as u32);
        rate.or(users.or(self.simulation.users).map(Load::Users))
    }

    /// The settings of a parameter at every point.
    pub fn settings(&self, parameter: usize) -> impl Iterator<Item = Setting> {
        let texts = self
            .points
            .iter()
            .map(move |point| point[parameter].clone());
        texts.map(Setting::new)
    }

    /// What a point is set to, for results.
    pub fn values(&self, point: usize) -> Vec<(String, SettingValue)> {
        let pairs = self.parameters.iter().zip(&self.points[point]);
        pairs
            .map(|(parameter, text)| (parameter.path.clone(), value(&Setting::new(text.clone()))))
            .collect()
    }

    /// Settings of the run at a point; threads, progress and the end are those of `settings`.
    pub fn settings_of<'a>(&self, point: usize, settings: &Settings<'a>) -> Settings<'a> {
        let simulation = &self.simulation;
        let own = Settings::new(self.seed);
        Settings {
            replications: simulation.replications,
            precision: simulation.precision,
            requests: simulation.requests,
            duration: simulation.duration_ns,
            warm_up: simulation.warm_up_ns.map(WarmUp::Fixed),
            load: self.load(point),
            stop: settings.stop.clone(),
            jobs: settings.jobs,
            topology: self.topology.clone(),
            aim: PRECISION,
            effort: own.effort.min(EFFORT),
            ..own
        }
    }
}

/// Two values for one thing.
fn refuse_twice(parameters: &[Parameter], simulation: &Simulation) -> Result<(), ExperimentError> {
    let refuse = |text: String| Err(ExperimentError::Question(text));
    if parameters.is_empty() {
        return refuse("a sweep varies something: add --param 'PATH=VALUES'".to_owned());
    }
    for (place, one) in parameters.iter().enumerate() {
        if parameters[..place]
            .iter()
            .any(|other| other.path == one.path)
        {
            return refuse(format!("`{}` is varied twice", one.path));
        }
    }
    let varies = |path: &str| parameters.iter().any(|one| one.path == path);
    let is_fixed = simulation.rate.is_some() || simulation.users.is_some();
    if (varies("rate") || varies("users")) && is_fixed {
        return refuse("the load is varied and fixed: leave --rate and --users out".to_owned());
    }
    if varies("rate") && varies("users") {
        return refuse("vary `rate` or `users`: one of them is the load".to_owned());
    }
    Ok(())
}

fn described(parameter: &Parameter) -> SweepParameter {
    SweepParameter {
        path: parameter.path.clone(),
        values: parameter.written.clone(),
        unit: parameter.measure.unit().to_owned(),
    }
}

/// Plain numbers as such, everything else as text.
fn value(setting: &Setting) -> SettingValue {
    match Measure::read(setting.bare()) {
        Some((Measure::Number, number)) if number.fract() == 0.0 && number.abs() < 9e15 => {
            SettingValue::Whole(number as i64)
        }
        Some((Measure::Number, number)) => SettingValue::Number(number),
        _ => SettingValue::Text(setting.bare().to_owned()),
    }
}
