//! Nodes that come and go.

use serde::Serialize;

use super::level::LevelSummary;
use crate::statistics::Estimate;

/// Nodes of an autoscaled component, whose `replicas` are the most there can be. Counts are over
/// all replications.
#[derive(Clone, Debug, Serialize)]
pub struct ScalingSummary {
    /// Fewest in service.
    pub min: u32,
    /// Most in service.
    pub max: u32,
    /// The utilisation to keep.
    pub target: String,
    /// In service.
    pub in_service: LevelSummary,
    /// Hours of all nodes that booted, were in service or finished what they had, mean over
    /// replications.
    pub node_hours: Estimate,
    /// Times that nodes were started.
    pub scale_outs: u64,
    /// Times that nodes were stopped.
    pub scale_ins: u64,
    /// Nodes started.
    pub started: u64,
    /// Nodes stopped.
    pub stopped: u64,
    /// Numbers over time, mean over replications.
    pub series: Vec<ScalePoint>,
}

/// Nodes in a stretch of time, on average.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct ScalePoint {
    /// Its start, s from the end of the lead-in.
    pub time_s: f64,
    /// In service.
    pub in_service: f64,
    /// Booting, in service, or finishing what they have.
    pub running: f64,
}
