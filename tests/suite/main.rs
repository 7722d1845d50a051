//! Everything that is tested from outside: one binary, a module for each kind of claim.

mod support;
mod tidy;
