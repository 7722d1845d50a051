//! How a replication ends.

/// How a replication ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// At its end, all of the cohort answered or `drain` over.
    Complete,
    /// A cap was reached (S34): in flight, events, or a loop at one instant (S25).
    Capped(Cap),
    /// It was told to stop.
    Interrupted,
}

/// Which cap ended a replication.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cap {
    /// Requests in flight.
    InFlight,
    /// Events in all.
    Events,
    /// More than 1e6 events at one instant (S25).
    OneInstant,
}
