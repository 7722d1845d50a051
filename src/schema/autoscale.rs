//! Nodes whose number follows their utilisation.

use super::At;
use super::preset::Preset;
use crate::quantity::{Count, Share, Time};

/// How many nodes of a component are in service, by how busy they are.
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
#[serde(rename = "autoscale", deny_unknown_fields)]
pub struct Autoscale {
    /// Fewest nodes in service.
    pub min: At<Count>,
    /// Most nodes in service.
    pub max: At<Count>,
    /// The utilisation to keep, as a condition.
    pub target: At<String>,
    /// From the decision until a new node takes work.
    pub boot: At<Time>,
    /// Shortest time between two changes.
    pub cooldown: Option<Time>,
    /// Time between two looks.
    pub every: Option<At<Time>>,
    /// The first look, from the end of the lead-in; at random within `every` when left out (S27).
    pub at: Option<Time>,
    /// How far from the target nothing is done, as a share of it.
    pub tolerance: Option<Share>,
    /// How long fewer nodes must have been enough before some are taken out.
    pub stabilise: Option<Time>,
}

/// Shortest time between two changes.
pub const COOLDOWN: Preset = Preset {
    of: "autoscale",
    field: "cooldown",
    value: "\"0s\"",
    source: "Kubernetes 1.32, Horizontal Pod Autoscaling, Algorithm details: no cooldown, only the \
             stabilisation of scale-down",
};
/// Time between two looks.
pub const EVERY: Preset = Preset {
    field: "every",
    value: "\"15s\"",
    source: "Kubernetes 1.32, kube-controller-manager, --horizontal-pod-autoscaler-sync-period",
    ..COOLDOWN
};
/// How far from the target nothing is done.
pub const TOLERANCE: Preset = Preset {
    field: "tolerance",
    value: "0.1",
    source: "Kubernetes 1.32, kube-controller-manager, --horizontal-pod-autoscaler-tolerance",
    ..COOLDOWN
};
/// How long fewer nodes must have been enough.
pub const STABILISE: Preset = Preset {
    field: "stabilise",
    value: "\"5m\"",
    source: "Kubernetes 1.32, kube-controller-manager, \
             --horizontal-pod-autoscaler-downscale-stabilization",
    ..COOLDOWN
};

/// Defaults of autoscaling.
pub const AUTOSCALE: [Preset; 4] = [COOLDOWN, EVERY, TOLERANCE, STABILISE];
