//! From the observations of all replications to one result with every key of `summary.json`.

pub mod breakdown;
pub mod classes;
pub mod components;
pub mod fold;
