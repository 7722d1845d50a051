//! The result of `plan`: rates from people, virtual users from rates.

use serde::Serialize;

/// Arithmetic of a load test, no topology needed.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct PlanResult {
    /// DAU x visits.
    pub visits_per_day: Option<f64>,
    /// visits / 86,400.
    pub mean_rps: Option<f64>,
    /// mean x peak ratio.
    pub peak_rps: Option<f64>,
    /// T = R x request duration + extra + think, s.
    pub iteration_s: Option<f64>,
    /// ceil(rate x T / R).
    pub vus: Option<u64>,
    /// Requests in flight at the peak by Little's law: rate x request duration.
    pub in_flight: Option<f64>,
}
