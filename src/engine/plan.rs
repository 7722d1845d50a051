//! How one replication is run.

use super::program::{Scaling, TimedEffect};

/// Settings of one replication.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Seed of the whole experiment.
    pub seed: u64,
    /// Number of the replication, from 0.
    pub replication: u32,
    /// Start of counting, ns.
    pub warm_up: u64,
    /// End of counting.
    pub end: End,
    /// Longest time after the end in which the cohort may still be answered, ns.
    pub drain: u64,
    /// S34: most requests in flight.
    pub in_flight_cap: u32,
    /// S34: most events.
    pub event_cap: u64,
    /// Changes, in order of time.
    pub effects: Vec<TimedEffect>,
    /// How many nodes of a [`Scaler`](super::program::Scaler) are wanted; `None`: all are in
    /// service.
    pub scaling: Option<Scaling>,
    /// Length of a bucket of the series at first, ns.
    pub bucket_ns: u64,
    /// Most buckets; even.
    pub bucket_cap: usize,
    /// Distance of marks at first, ns ([`Observations::marks`](super::observation::Observations));
    /// 0: none.
    pub mark_ns: u64,
    /// Record `Series::busy`.
    pub busy_series: bool,
    /// Every demand is multiplied by this; 1.0. Tests plant an error with it to see that the
    /// comparison with theory catches it.
    pub demand_bias: f64,
}

/// When counting ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// At this time, ns.
    At(u64),
    /// At the arrival of the n-th counted request; all n are followed to their answer (S8).
    Requests(u64),
}
