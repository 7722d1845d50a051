//! What a link showed.

/// One link.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LinkObservation {
    /// Calls (each with one or more attempts).
    pub calls: u64,
    /// Attempts.
    pub attempts: u64,
    /// Attempts that were second or later.
    pub retries: u64,
    /// Attempts that were further copies of one under way.
    pub hedges: u64,
    /// Failed attempts that no other followed because the budget of retries was spent.
    pub withheld: u64,
    /// How often its circuit breakers opened.
    pub opened: u64,
    /// Attempts that an open or half-open breaker refused.
    pub broken: u64,
    /// Attempts that a bulkhead refused.
    pub crowded: u64,
    /// Attempts that a limit of rate refused.
    pub limited: u64,
    /// How often a target was left out for its failures.
    pub ejected: u64,
    /// How often one was not, because too many were already, or nobody would have been left.
    pub spared: u64,
    /// How long targets were left out, summed over targets and calling nodes, ns.
    pub out_ns: u128,
    /// How long its breakers were open, summed over calling nodes, ns.
    pub open_ns: u128,
    /// Attempts that ended by timeout.
    pub timeouts: u64,
    /// Calls that failed for good.
    pub failed: u64,
}
