//! What a replication shows of nodes that come and go.

use crate::engine::observation::Level;

/// A group of nodes of which only some are in service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScalerObservation {
    /// Nodes in service.
    pub in_service: Level,
    /// Nodes that boot, are in service, or finish what they have.
    pub running: Level,
    /// How often it was decided to start some.
    pub outs: u64,
    /// How often it was decided to stop some.
    pub ins: u64,
    /// Nodes started.
    pub started: u64,
    /// Nodes stopped.
    pub stopped: u64,
    /// Numbers from an instant on, over the whole run.
    pub steps: Vec<ScaleStep>,
}

/// How many nodes there are from an instant on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScaleStep {
    /// When, ns.
    pub at: u64,
    /// In service.
    pub in_service: u32,
    /// Booting, in service, or finishing what they have.
    pub running: u32,
}
