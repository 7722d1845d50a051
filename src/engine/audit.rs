//! Sums of a whole run that must agree, whatever happened in it.

/// Exact sums over the whole run, from time 0 to the instant it stopped, that must agree.
#[derive(Clone, Debug, Default)]
pub struct Audit {
    /// Integral of the number of requests in the system, requests x ns.
    pub in_system_area: u128,
    /// Sum over requests of their time in the system, up to the stop for those inside, ns.
    pub time_in_system: u128,
    /// Per station: integral of busy servers (at full speed), server-ns, and service delivered,
    /// summed job by job, server-ns.
    pub stations: Vec<(u128, u128)>,
    /// Per class: offered, succeeded, late, failed, in flight over the whole run.
    pub classes: Vec<[u64; 5]>,
    /// Per component, over the window: integral of visits inside, plus what those inside had
    /// stayed at its start; and residences of those who left, plus what those inside had stayed
    /// at its end, visit by visit, ns.
    pub components: Vec<(u128, u128)>,
    /// The same of those who waited at each pool.
    pub pools: Vec<(u128, u128)>,
    /// Per memory, at the stop: bytes, and what those who hold some add up to.
    pub memories: Vec<(u64, u64)>,
    /// Largest difference between a request's response time and the sum of its parts, ns; 0.
    pub breakdown_error: u64,
}
