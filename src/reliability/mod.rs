//! What the loss of parts does to classes and journeys, read from the architecture alone.
//!
//! [`Structure::of`] compiles every class and every named journey of a model to a monotone
//! formula over its nodes, hosts, racks and switches. [`single_points`] removes each part in turn,
//! [`cut_sets`] each pair, and [`takeover_of`] says what moves the load away from a lost part and
//! how long that takes at most. Nothing here looks at a component's kind or at a load.
//!
//! [`FaultTree`] is such a formula turned over: what must be lost. [`Bdd`] gives its exact
//! probability and the [`importance`] of every part, [`Family`] its minimal cut sets, and
//! [`markov`] what a group does whose parts wait for the same crew. [`process::Parts`] plays the
//! parts through time, up and down, and [`splitting`] makes what is rare of it common.

pub mod atom;
pub mod chances;
pub mod common_cause;
pub mod coupled;
pub mod cut_set;
pub mod diagram;
pub mod every_state;
pub mod fault_tree;
pub mod formula;
pub mod markov;
pub mod measures;
pub mod mixture;
pub mod process;
pub mod reading;
pub mod single_point;
pub mod splitting;
pub mod standing;
pub mod structure;
pub mod takeover;

mod compile;
mod explain;
mod reach;

pub use atom::{Atom, Atoms};
pub use chances::Chances;
pub use coupled::Coupled;
pub use cut_set::{CutSets, PAIR_LIMIT, cut_sets};
pub use diagram::{Bdd, Family, NODES_MAX, TooLarge};
pub use every_state::{EVERY_STATE_MAX, by_every_state};
pub use fault_tree::FaultTree;
pub use formula::{Formula, Gate, GateId};
pub use measures::{Frequency, Importance, frequency, group_importance, importance};
pub use mixture::{CASES_MAX, Mixture};
pub use reading::Reading;
pub use single_point::{Loss, Route, SinglePoint, single_points};
pub use structure::{Hop, Structure, Subject, SubjectOf};
pub use takeover::{Mechanism, Recovery, takeover_of};

#[cfg(test)]
mod tests;
