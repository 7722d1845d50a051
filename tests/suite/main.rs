//! Everything that is tested from outside: one binary, a module for each kind of claim.

mod lints;
mod server_map;
mod structure;
mod support;
mod tidy;
