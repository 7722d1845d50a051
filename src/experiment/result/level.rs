//! A level over time.

use serde::Serialize;

use crate::statistics::Estimate;

/// A level over time.
#[derive(Clone, Debug, Serialize)]
pub struct LevelSummary {
    /// Time average.
    pub mean: Estimate,
    /// Largest value seen; of several nodes or resources together the sum of the largest of each,
    /// an upper bound.
    pub max: u64,
}
