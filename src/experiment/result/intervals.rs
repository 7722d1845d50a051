//! How intervals came about, and how far the replications lie apart.

use serde::Serialize;

/// What intervals rest on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// The spread between replications, each from its own draws.
    #[default]
    Replications,
    /// The spread between batches of the only replication, long enough to be independent.
    BatchMeans,
    /// There are none: the only replication is too short for batches, or is not steady.
    None,
    /// Nothing is drawn at random, so nothing is uncertain (S44).
    Exact,
}

/// The method of the intervals of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Intervals {
    /// What they rest on.
    pub method: Method,
    /// Number of batches; `null` without.
    pub batches: Option<u32>,
    /// Length of a batch, s; `null` without.
    pub batch_s: Option<f64>,
    /// The number of replications was chosen by looking at the interval, so it is made with the
    /// 97 % quantile of t and covers 95 % (S32).
    pub sequential: bool,
}

/// The mean response of single replications: what one run alone might have said.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Spread {
    /// Smallest, s.
    pub min: f64,
    /// Largest, s.
    pub max: f64,
    /// Their distance as a share of the mean.
    pub relative: f64,
}
