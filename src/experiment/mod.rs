//! Experiments: plans of runs, replications in parallel, and what they find.

pub mod bottleneck;
pub mod next_steps;
pub mod objectives;
pub mod plan;
pub mod result;
pub mod scenario;
pub mod settings;
pub mod summarise;
pub mod verdict;
mod words;
