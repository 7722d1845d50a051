//! Everything that is tested from outside: one binary, a module for each kind of claim.

mod determinism;
mod fields;
mod lints;
#[cfg(target_os = "linux")]
mod mutations;
mod properties;
mod replay;
mod server_map;
mod structure;
mod support;
mod tidy;
