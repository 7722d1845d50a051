//! The result of `compare`.

use super::curve::LoadAxis;
use super::summary::{RunResult, Warning};
use crate::statistics::Estimate;
use serde::Serialize;

/// Designs side by side under common random numbers.
#[derive(Clone, Debug, Serialize)]
pub struct CompareResult {
    /// Version of these keys.
    pub schema: u32,
    /// Version of the program.
    pub linchpin: String,
    /// `compare`.
    pub command: String,
    /// Seed.
    pub seed: u64,
    /// Wall time, s.
    pub wall_s: f64,
    /// The designs, the first is the base.
    pub designs: Vec<Design>,
    /// Pairwise differences: those against the base first, then the other pairs (up to four
    /// designs).
    pub differences: Vec<Difference>,
    /// One sentence.
    pub verdict_reason: String,
    /// Interrupted.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub partial: bool,
    /// Doubts.
    pub warnings: Vec<Warning>,
}

/// One design.
#[derive(Clone, Debug, Serialize)]
pub struct Design {
    /// Name of the variant, or of the file.
    pub name: String,
    /// What it changes against the base.
    pub changes: Vec<Change>,
    /// Its run.
    #[serde(flatten)]
    pub run: RunResult,
    /// The highest load at which it keeps its objectives, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capacity: Option<DesignCapacity>,
    /// What its losses do, by structure, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub losses: Option<DesignLosses>,
}

/// The highest load of a design.
#[derive(Clone, Debug, Serialize)]
pub struct DesignCapacity {
    /// What the load is.
    pub axis: LoadAxis,
    /// The load; `None` where none that was tried keeps every objective, or every one does.
    pub load: Option<f64>,
    /// Its 95 % interval.
    pub ci95: Option<(f64, f64)>,
    /// The highest load looked at, where every objective is kept there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_least: Option<f64>,
    /// The objective that ends it.
    pub binding: Option<String>,
}

/// What the losses of a design do, by structure alone.
#[derive(Clone, Debug, Serialize)]
pub struct DesignLosses {
    /// Parts of which each alone stops a class or journey.
    pub single_points: Vec<String>,
    /// Share of time in which everything can succeed, from the failures that the file states;
    /// `None` where it states none.
    pub availability: Option<f64>,
    /// Minutes a year in which it cannot.
    pub downtime_minutes_per_year: Option<f64>,
}

/// A difference between two files.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// Where.
    pub path: String,
    /// In the base; `None`: added.
    pub before: Option<String>,
    /// In the design; `None`: removed.
    pub after: Option<String>,
}

/// One metric of two designs.
#[derive(Clone, Debug, Serialize)]
pub struct Difference {
    /// `response_time_s.mean` ...
    pub metric: String,
    /// Name of the base.
    pub a: String,
    /// Name of the other.
    pub b: String,
    /// b - a with its paired interval.
    pub difference: Estimate,
    /// Relative to a.
    pub relative: Option<f64>,
    /// The interval, for readers of the flat table.
    pub ci95: Option<(f64, f64)>,
    /// Whether it is significant (Holm over all of this comparison, S43).
    pub significant: bool,
    /// Half-width with independent runs over half-width as paired: what common random numbers
    /// brought.
    pub gain: Option<f64>,
}
