//! One replication of a lowered model: calendar, stations, pools, selectors, visits.

pub mod id;
pub mod observation;
pub mod plan;
pub mod program;
