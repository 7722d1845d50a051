//! Conditions: `[SCOPE ":"] METRIC (< | <= | > | >=) QUANTITY ["of successes"] ["within" SHARE]`.

use super::id::{ClassId, ComponentId};

/// A condition that the architecture should keep.
#[derive(Clone, Debug, PartialEq)]
pub struct Objective {
    /// As written.
    pub text: String,
    /// Of what.
    pub scope: Scope,
    /// What.
    pub metric: Metric,
    /// How it compares.
    pub comparison: Comparison,
    /// With what: seconds, per second, share 0 to 1, or a plain number, by metric.
    pub bound: f64,
    /// Percentile among answered requests only (S18).
    pub of_successes: bool,
    /// S51: a band around the bound that reads `at the limit`.
    pub within: Option<f64>,
}

impl Objective {
    /// Whether it asks for so much to be done, which a lower load breaks and a higher one does not.
    pub fn asks_for_load(&self) -> bool {
        matches!(self.metric, Metric::Throughput | Metric::Goodput)
            && matches!(self.comparison, Comparison::Greater | Comparison::AtLeast)
    }
}

/// Of what a metric is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All requests.
    All,
    /// One class.
    Class(ClassId),
    /// One component.
    Component(ComponentId),
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Metric {
    /// Mean response time, s.
    Mean,
    /// Quantile of the response time, 0 to 1, s.
    Quantile(f64),
    /// Largest response time, s.
    Max,
    /// Failed share.
    ErrorRate,
    /// Served share (S41).
    Availability,
    /// Answered per second.
    Throughput,
    /// Answered in time per second.
    Goodput,
    /// Share of the answered that came late.
    Late,
    /// Utilisation of a resource of a component: `cpu`, `disk`, `threads`, `connections`.
    Utilisation(&'static str),
    /// Mean number waiting at a component.
    Queue,
}

/// How a measured value compares with the bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
}
