//! Reading and checking of topology files.
pub mod lint;
