//! To be written.

pub mod graph;
