//! The result of `sweep`: one model under many settings of its parameters.

use super::Named;
use super::part::{RequestCounts, TimeStatistics};
use super::summary::{Header, ObjectiveVerdict, Verdict, Warning};
use crate::model::parameter::Measure;
use crate::statistics::Estimate;
use serde::{Deserialize, Serialize};

/// How the points of a sweep are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DesignKind {
    /// Every value of each parameter with every value of the others.
    Grid,
    /// A Latin hypercube.
    Latin,
    /// Sobol's sequence, scrambled.
    Sobol,
    /// Two independent samples and their mixtures, for Sobol indices.
    Indices,
}

impl DesignKind {
    /// Whether the points are a sample of what the inputs may be.
    pub fn is_sampled(self) -> bool {
        self != Self::Grid
    }
}

/// A parameter that was varied.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SweepParameter {
    /// Where it stands in the file, or `rate` or `users`.
    pub path: String,
    /// Its values as they were asked for.
    pub values: String,
    /// Base unit of its numbers in tables and correlations; empty for plain numbers and words.
    pub unit: String,
}

/// What a parameter is set to at a point.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum SettingValue {
    /// A plain whole number.
    Whole(i64),
    /// Another plain number.
    Number(f64),
    /// A quantity with its unit, or a word.
    Text(String),
}

impl SettingValue {
    /// Its number, of a quantity in the base unit; `None` for words.
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Whole(number) => Some(*number as f64),
            Self::Number(number) => Some(*number),
            Self::Text(text) => Measure::read(text).map(|found| found.1),
        }
    }

    /// As it is written.
    pub fn text(&self) -> String {
        match self {
            Self::Whole(number) => number.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.clone(),
        }
    }
}

/// One objective at one point.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SweepObjective {
    /// As written.
    pub text: String,
    /// Measured, in the unit of the metric.
    pub measured: Option<f64>,
    /// Its interval.
    pub ci95: Option<(f64, f64)>,
    /// Judgement.
    pub verdict: ObjectiveVerdict,
    /// Whether the point estimate is on the good side of the bound; `None` where nothing was
    /// measured.
    pub holds: Option<bool>,
}

/// The busiest resource at a point.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SweepBottleneck {
    /// Component, host or link.
    pub component: String,
    /// `cpu`, `threads`, `pool` ...
    pub resource: String,
    /// Its utilisation.
    pub utilisation: Estimate,
}

/// One point: its parameters and a summary of its run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SweepPoint {
    /// By path, in the order of the command.
    pub parameters: Named<SettingValue>,
    /// Verdict of its run.
    pub verdict: Verdict,
    /// Why, in one sentence.
    pub verdict_reason: String,
    /// Replications run.
    pub replications: u32,
    /// Counted length of a replication, s.
    pub duration_s: f64,
    /// Cut off at the start, s.
    pub warm_up_s: f64,
    /// Events handled.
    pub events: u64,
    /// Outcomes over all replications.
    pub requests: RequestCounts,
    /// Requests offered per second.
    pub offered_rps: Estimate,
    /// Answered per second.
    pub throughput_rps: Estimate,
    /// Answered in time per second.
    pub goodput_rps: Estimate,
    /// Failed share.
    pub error_rate: Estimate,
    /// Share served.
    pub availability: Estimate,
    /// Of answered requests.
    pub response_time_s: TimeStatistics,
    /// Mean number of requests in the system.
    pub in_system: Estimate,
    /// The resource that binds first.
    pub bottleneck: Option<SweepBottleneck>,
    /// Utilisation of the busiest resources: `was.cpu`.
    pub utilisation: Vec<(String, f64)>,
    /// Objectives.
    pub objectives: Vec<SweepObjective>,
    /// Standard errors of what is looked at over all points, by metric.
    pub standard_errors: Named<f64>,
    /// More is offered than carried, and the backlog grows (S33).
    pub grows: bool,
    /// Codes of its warnings.
    pub warnings: Vec<String>,
}

/// How one metric is spread over the points.
#[derive(Clone, Debug, Serialize)]
pub struct PointSpread {
    /// `response_time_s.mean` ...
    pub metric: String,
    /// `s`, `per_s` or `share`.
    pub unit: &'static str,
    /// Points with a value.
    pub of: usize,
    /// Points without: their backlog grows, or nothing was answered.
    pub without: usize,
    /// Mean over points.
    pub mean: Option<f64>,
    /// Standard deviation over points.
    pub sd: Option<f64>,
    /// Least value.
    pub least: Option<f64>,
    /// Quantiles over points by their share in percent: `p5`, `p25`, `p50`, `p75`, `p95`.
    pub quantiles: Named<f64>,
    /// Largest value.
    pub most: Option<f64>,
    /// Share of the variance over points that is sampling error of single points: the mean of their
    /// squared standard errors over the variance.
    pub noise_share: Option<f64>,
}

/// How often an objective holds over the points.
#[derive(Clone, Debug, Serialize)]
pub struct ObjectiveShare {
    /// As written, or `all of them`.
    pub text: String,
    /// Points where it holds.
    pub holds: u64,
    /// Points where it could be judged.
    pub of: u64,
    /// Points among these whose own interval straddles the bound.
    pub undecided: u64,
    /// The share; with an interval where the points are a sample.
    pub probability: Estimate,
}

/// How a metric goes with a parameter.
#[derive(Clone, Debug, Serialize)]
pub struct Correlation {
    /// `response_time_s.mean` ...
    pub metric: String,
    /// Path of the parameter.
    pub parameter: String,
    /// Spearman's rank correlation, -1 to 1; with an interval where the points are a sample.
    pub rank_correlation: Estimate,
}

/// Sobol indices of one parameter.
#[derive(Clone, Debug, Serialize)]
pub struct ParameterIndices {
    /// Its path.
    pub parameter: String,
    /// First order: the share of the variance that is gone once this parameter is known.
    pub first: Estimate,
    /// Total: the share that is left while this parameter alone is unknown.
    pub total: Estimate,
}

/// Sobol indices of one metric, as that of the mean over replications.
#[derive(Clone, Debug, Serialize)]
pub struct MetricIndices {
    /// `response_time_s.mean` ...
    pub metric: String,
    /// Variance over the points, in the square of the metric's unit.
    pub variance: f64,
    /// Share of it that is sampling error of single points.
    pub noise_share: Option<f64>,
    /// By parameter.
    pub parameters: Vec<ParameterIndices>,
}

/// One model under many settings of its parameters, with common random numbers.
#[derive(Clone, Debug, Serialize)]
pub struct SweepResult {
    /// Head.
    #[serde(flatten)]
    pub header: Header,
    /// Wall time of what this process did, s. It is in no file, whose bytes do not depend on how
    /// often the work was interrupted and by how many it was shared.
    #[serde(skip)]
    pub wall_s: f64,
    /// A stable name of the plan.
    pub plan: String,
    /// How the points were chosen.
    pub design: DesignKind,
    /// Of a sampled design: its size.
    pub samples: Option<u32>,
    /// What was varied.
    pub parameters: Vec<SweepParameter>,
    /// Points of the plan.
    pub planned: usize,
    /// The points that are done, in the order of the plan.
    pub points: Vec<SweepPoint>,
    /// By metric.
    pub spread: Vec<PointSpread>,
    /// Objectives.
    pub objectives: Vec<ObjectiveShare>,
    /// By metric and parameter.
    pub correlations: Vec<Correlation>,
    /// Sobol indices, where they were asked for.
    pub indices: Vec<MetricIndices>,
    /// The parameter whose value matters most, in a sentence.
    pub measure_next: Option<String>,
    /// Interrupted: points are missing.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub partial: bool,
    /// Doubts.
    pub warnings: Vec<Warning>,
}
