//! Numbers from replications: histograms, means, intervals, warm-up, stopping, verdicts.
//!
//! This layer knows no model. It takes plain numbers (integer nanoseconds, counts, values per
//! replication) and gives estimates with the uncertainty they deserve. Everything is folded in
//! index order and every logarithm comes from `libm`, so equal input gives equal bytes on every
//! machine (S38).

pub mod estimate;
pub mod histogram;
pub mod moments;
pub mod quantile;
pub mod ratio;
#[cfg(test)]
mod samples;
pub mod share;
pub mod student;

pub use estimate::{Confidence, Estimate, Reason};
pub use histogram::Histogram;
pub use moments::Moments;
