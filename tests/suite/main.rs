//! Everything that is tested from outside: one binary, a module for each kind of claim.

// All of it is tests, also what bears no #[test].
#![allow(clippy::unwrap_used)]
// Values that must come out to the last bit are compared as such.
#![allow(clippy::float_cmp)]

mod answers;
mod balancing;
mod by_probability;
mod cancelling;
mod catalogue;
mod cli;
mod cures;
mod designs;
mod determinism;
mod estimate;
mod examples;
mod failure_laws;
mod faults;
mod features;
mod fewest;
mod fields;
mod fitting;
mod flow;
mod groups;
mod growth;
mod highest;
mod incidents;
mod interrupted;
mod lints;
mod long_run;
mod losses;
mod made_cures;
#[cfg(target_os = "linux")]
mod mutations;
mod open_psa;
mod plots;
mod profiles;
mod promises;
mod properties;
mod rare_events;
mod recovery;
mod refusals;
mod replay;
mod sale;
mod saturation;
mod scale;
mod scaling;
mod server_map;
mod sessions;
mod shards;
mod short_pairs;
mod single_points;
mod structure;
mod support;
mod sweep;
mod theory;
mod tidy;
mod triggers;
mod voters;
