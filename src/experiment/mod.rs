//! Experiments: plans of runs, replications in parallel, and what they find.

pub mod alarms;
pub mod analytic;
mod batches;
pub mod bottleneck;
pub mod capacity;
pub mod compare;
pub mod curve;
pub mod drill;
pub mod estimate;
mod fixed;
pub mod highest;
mod load_axis;
pub mod next_steps;
pub mod objectives;
pub mod pilot;
pub mod plan;
pub mod profile;
pub mod replicate;
pub mod result;
mod run;
pub mod sample;
pub mod scenario;
pub mod settings;
pub mod spof;
mod stretch;
pub mod summarise;
mod terminating;
#[cfg(test)]
mod tests;
pub mod theory_check;
pub mod traffic;
pub mod verdict;
mod words;

pub use capacity::{CapacitySettings, capacity};
pub use compare::{Candidate, compare};
pub use curve::{CurveSettings, curve};
pub use drill::{DrillSettings, drill};
pub use estimate::estimate;
pub use highest::{HighestSettings, highest};
pub use plan::{PlanError, PlanInput, plan};
pub use profile::{Profile, profile};
pub use run::{ExperimentError, only_by_probability, run};
pub use settings::{Load, Progress, Settings, ShareQuestion, Silent};
pub use spof::{SpofSettings, spof, spof_with_cures};
