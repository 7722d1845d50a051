//! The fields that all kinds share.

use super::At;
use crate::quantity::Count;
use serde::Deserialize;

/// The fields that all kinds share.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shared {
    /// How many identical nodes (S1).
    pub replicas: Option<At<Count>>,
    /// Hosts to which the nodes are dealt in turn (S3).
    pub on: Option<At<Vec<At<String>>>>,
    /// The size of each node's machine.
    pub machine: Option<At<String>>,
}

/// Names of the fields of [`Shared`].
pub const SHARED_FIELDS: &[&str] = &["replicas", "on", "machine"];
