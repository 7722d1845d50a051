//! What of each point is looked at over all points.

use crate::experiment::result::{RunResult, SweepPoint};
use crate::statistics::{Confidence, Estimate};

/// A metric of a run.
pub struct Metric {
    /// Its key in `summary.json`.
    pub name: &'static str,
    /// `s`, `per_s` or `share`.
    pub unit: &'static str,
    /// Of a point.
    of_point: fn(&SweepPoint) -> &Estimate,
    /// Of a run.
    of_run: fn(&RunResult) -> &Estimate,
}

/// All of them; the first is the one that is told of.
pub const METRICS: [Metric; 5] = [
    Metric {
        name: "response_time_s.mean",
        unit: "s",
        of_point: |point| &point.response_time_s.mean,
        of_run: |run| &run.response_time_s.mean,
    },
    Metric {
        name: "response_time_s.p95",
        unit: "s",
        of_point: |point| &point.response_time_s.p95,
        of_run: |run| &run.response_time_s.p95,
    },
    Metric {
        name: "response_time_s.p99",
        unit: "s",
        of_point: |point| &point.response_time_s.p99,
        of_run: |run| &run.response_time_s.p99,
    },
    Metric {
        name: "throughput_rps",
        unit: "per_s",
        of_point: |point| &point.throughput_rps,
        of_run: |run| &run.throughput_rps,
    },
    Metric {
        name: "error_rate",
        unit: "share",
        of_point: |point| &point.error_rate,
        of_run: |run| &run.error_rate,
    },
];

impl Metric {
    /// Its value at a point; `None` without one.
    pub fn value(&self, point: &SweepPoint) -> Option<f64> {
        (self.of_point)(point).value
    }

    /// Its value at a point for ranks: a time that grows with the run is above every other.
    pub fn rank_value(&self, point: &SweepPoint) -> Option<f64> {
        let grown = (point.grows && self.unit == "s").then_some(f64::INFINITY);
        self.value(point).or(grown)
    }

    /// Standard error of its value at a point; `None` without interval.
    pub fn error_of(&self, point: &SweepPoint) -> Option<f64> {
        point.standard_errors.get(self.name).copied()
    }

    /// Standard error in a run: the half-width over the quantile of t that it was made with.
    pub fn standard_error(&self, run: &RunResult, confidence: Confidence) -> Option<f64> {
        let estimate = (self.of_run)(run);
        let half = estimate.half_width()?;
        if half <= 0.0 {
            return Some(0.0);
        }
        (estimate.groups >= 2).then(|| half / confidence.t(estimate.groups))
    }
}
