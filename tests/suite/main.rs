//! The integration tests: one binary, a module for each kind of claim.

mod determinism;
mod fields;
#[cfg(target_os = "linux")]
mod mutations;
mod properties;
mod replay;
