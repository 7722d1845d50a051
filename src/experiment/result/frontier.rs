//! The result of `compare --frontier`: which of many designs nothing beats.

use super::compare::DesignCapacity;
use super::summary::{Header, Verdict, Warning};
use crate::statistics::Estimate;
use serde::Serialize;

/// All combinations of some values under common random numbers, and those that nothing beats.
#[derive(Clone, Debug, Serialize)]
pub struct FrontierResult {
    /// Head.
    #[serde(flatten)]
    pub header: Header,
    /// Replications of each point.
    pub replications: u32,
    /// Wall time, s.
    pub wall_s: f64,
    /// What was turned.
    pub axes: Vec<FrontierAxis>,
    /// What points are held against each other by.
    pub criteria: Vec<Criterion>,
    /// One sentence.
    pub verdict_reason: String,
    /// Every combination, the last axis turning fastest.
    pub points: Vec<FrontierPoint>,
    /// Interrupted.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub partial: bool,
    /// Doubts.
    pub warnings: Vec<Warning>,
}

/// A path of the file with its values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FrontierAxis {
    /// The path.
    pub path: String,
    /// Its values, as the file writes them.
    pub values: Vec<String>,
}

/// What a design is judged by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Criterion {
    /// Cost per month: less is better.
    CostPerMonth,
    /// The 95 % quantile of the response time: less is better.
    ResponseP95,
    /// The highest load that keeps every objective: more is better.
    Capacity,
    /// Share of time in which everything can succeed: more is better.
    Availability,
}

/// One combination.
#[derive(Clone, Debug, Serialize)]
pub struct FrontierPoint {
    /// Its assignments.
    pub name: String,
    /// Its values, by axis.
    pub values: Vec<String>,
    /// The verdict of its run.
    pub verdict: Verdict,
    /// What it costs; `None` where nothing has a price.
    pub cost_per_month: Option<f64>,
    /// 95 % quantile of the response time, s.
    pub response_p95_s: Estimate,
    /// The highest load that keeps every objective, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capacity: Option<DesignCapacity>,
    /// Share of time in which everything can succeed; `None` where the file states no failures.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub availability: Option<f64>,
    /// How it stands among the others.
    pub standing: Standing,
    /// A point that is as good in everything and better in something.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub beaten_by: Option<String>,
}

impl FrontierPoint {
    /// Its values by axis, as the file writes them but for quotes.
    pub fn bare_values(&self) -> impl Iterator<Item = &str> {
        self.values.iter().map(|value| value.trim_matches('"'))
    }
}

/// How a point stands among the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// By what was measured nothing beats it: it is in the Pareto set.
    Front,
    /// Another one beats it for certain.
    Beaten,
    /// By what was measured another one beats it, but intervals overlap.
    Undecided,
    /// More is offered than it carries: it is not held against others.
    Overloaded,
    /// It was not run before the frontier was interrupted.
    Unseen,
}
