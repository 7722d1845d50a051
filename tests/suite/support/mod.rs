//! Models and slow oracles that several tests use.

pub mod naive;
pub mod random_model;
pub mod svg;
