//! Numbers from replications: histograms, means, intervals, warm-up, stopping, verdicts.
//!
//! This layer knows no model. It takes plain numbers (integer nanoseconds, counts, values per
//! replication) and gives estimates with the uncertainty they deserve. Everything is folded in
//! index order and every logarithm comes from `libm`, so equal input gives equal bytes on every
//! machine (S38).

pub mod agreement;
pub mod bands;
pub mod batch;
pub mod difference;
pub mod estimate;
pub mod growth;
pub mod histogram;
pub mod level;
pub mod low_discrepancy;
pub mod moments;
pub mod quantile;
pub mod rank;
pub mod ratio;
#[cfg(test)]
mod samples;
pub mod sensitivity;
pub mod share;
pub mod stopping;
pub mod student;
pub mod verdict;
pub mod warm_up;

pub use agreement::{Comparison, agrees};
pub use bands::{Bands, Cut};
pub use batch::{
    BatchTimes, MOST_BATCHES, batch_count, quantile_of_batches, ratio_of_batches, share_of_batches,
};
pub use difference::{holm, p_value, paired_difference, significant};
pub use estimate::{Confidence, Estimate, Reason, mean_of};
pub use growth::{Growth, growth};
pub use histogram::Histogram;
pub use level::Level;
pub use moments::Moments;
pub use quantile::{FEWEST_GROUPS, Observed, quantile_difference, quantile_of};
pub use rank::rank_correlation;
pub use ratio::{ratio_difference, ratio_of_sums};
pub use sensitivity::{Evaluated, Indices, indices};
pub use share::{share_of, share_of_independent};
pub use stopping::{Decision, decide, fixed_counts, is_long_enough};
pub use verdict::{Band, Comparator, Judgement, Verdict, judge};
pub use warm_up::{Doubt, WarmUp, warm_up};
