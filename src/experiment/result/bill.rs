//! What a design costs at the prices of its file.

use super::Named;
use serde::Serialize;

/// What the parts of a design cost, in the money of the file's prices.
#[derive(Clone, Debug, Serialize)]
pub struct Bill {
    /// A month of 730 hours; of an autoscaled component as many nodes as ran on average.
    pub per_month: f64,
    /// A million answered requests, at the load of the run all month; `None` without answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_million_requests: Option<f64>,
    /// Components and hosts that have a price.
    pub parts: Named<BillPart>,
    /// Components without one, on no host that has one; those of others are left out.
    pub without_price: Vec<String>,
}

/// Nodes of one component, or one host.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct BillPart {
    /// How many; a mean where the number changes.
    pub nodes: f64,
    /// Price of one, per month.
    pub each: f64,
    /// All of them, per month.
    pub per_month: f64,
}
