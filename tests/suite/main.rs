//! The integration tests: one binary, a module for each kind of claim.

#[cfg(target_os = "linux")]
mod mutations;
mod fields;
