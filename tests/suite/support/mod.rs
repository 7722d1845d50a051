//! Models, slow oracles and a way to run the program that several tests use.

pub mod files;
pub mod naive;
pub mod open_psa;
pub mod program;
pub mod random_model;
pub mod svg;
