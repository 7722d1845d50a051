//! Experiments: plans of runs, replications in parallel, and what they find.

pub mod result;
