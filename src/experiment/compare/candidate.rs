//! A design that is put beside others.

use crate::experiment::result::{Change, TopologyId};
use crate::model::Model;

/// A design to compare: its name, its model and what it changes against the first.
pub struct Candidate {
    /// Name of the variant, or of the file.
    pub name: String,
    /// The model.
    pub model: Model,
    /// Against the base.
    pub changes: Vec<Change>,
    /// Which topology, for the head of its run.
    pub topology: TopologyId,
}
