//! How long and how often to run.

/// The `run` block (S8).
#[derive(Clone, Debug, PartialEq)]
pub struct RunSettings {
    /// Length of a replication after warm-up, ns; `None`: chosen by the experiment.
    pub duration: Option<u64>,
    /// Counted requests of a replication instead of a length.
    pub requests: Option<u64>,
    /// What is cut off at the start of a steady run.
    pub warm_up: WarmUp,
    /// Number of replications; `None`: by precision.
    pub replications: Option<u32>,
    /// Relative half-width of the mean response at which to stop.
    pub precision: Option<f64>,
    /// Most counted requests over all replications.
    pub cap: u64,
    /// Longest time after the end in which open requests may still be answered, ns.
    pub drain: u64,
    /// S29.
    pub start: Start,
    /// S34: most requests in flight.
    pub in_flight_cap: u32,
    /// S34: most events of a replication.
    pub event_cap: u64,
    /// Whether failure laws act (S41); a file cannot say so, `run --with-failures` does.
    pub with_failures: bool,
}

/// What is cut off at the start of a steady run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WarmUp {
    /// Found by MSER-5 (S30).
    Auto,
    /// This long, ns.
    Fixed(u64),
}

/// The state in which a terminating run starts (S29).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// As in steady state at the load of the first stage.
    Warm,
    /// Empty.
    Cold,
}
