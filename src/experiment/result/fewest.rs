//! The result of `capacity --find`: the fewest nodes, or the cheapest machine, that carry a load.

use super::bill::Bill;
use super::curve::LoadAxis;
use super::summary::{BottleneckFinding, Header, ObjectiveFinding, Verdict, Warning};
use serde::Serialize;

/// The least value of a path of the file with which every objective is kept at a load.
#[derive(Clone, Debug, Serialize)]
pub struct FewestResult {
    /// Head.
    #[serde(flatten)]
    pub header: Header,
    /// Wall time, s.
    pub wall_s: f64,
    /// What the load is.
    pub axis: LoadAxis,
    /// The load to be carried.
    pub load: f64,
    /// The path of the file that was turned.
    pub find: String,
    /// So many nodes of its component may be lost.
    pub survive: u32,
    /// Pass: found; fail: no value that was looked at; undecided: intervals straddle a bound.
    pub verdict: Verdict,
    /// In words.
    pub verdict_reason: String,
    /// The least value that keeps every objective; `None` where there is none.
    pub found: Option<Value>,
    /// The next lower value, which breaks one; `None` where there is none.
    pub below: Option<Value>,
    /// The objective that the next lower value breaks, or what else it does.
    pub binding: Option<String>,
    /// The busiest resource with what was found, the nodes being lost that may be.
    pub bottleneck: Option<BottleneckFinding>,
    /// What the design costs with it; `None` where nothing has a price.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<Bill>,
    /// Values looked at, in their order.
    pub tried: Vec<TriedValue>,
    /// Interrupted.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub partial: bool,
    /// Doubts.
    pub warnings: Vec<Warning>,
}

/// A value of the path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Value {
    /// A whole number.
    Whole(u32),
    /// A machine of the catalogue.
    Machine(String),
}

/// One value.
#[derive(Clone, Debug, Serialize)]
pub struct TriedValue {
    /// Which.
    pub value: Value,
    /// Whether every objective is kept; `None`: undecided.
    pub kept: Option<bool>,
    /// Whether intervals say so; else a short run alone does.
    pub certified: bool,
    /// What the design costs with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost_per_month: Option<f64>,
    /// With as many nodes lost as may be, and with none, as far as they were looked at.
    pub states: Vec<StateLook>,
}

/// The design with so many nodes lost.
#[derive(Clone, Debug, Serialize)]
pub struct StateLook {
    /// How many.
    pub lost: u32,
    /// Whether every objective is kept; `None`: undecided.
    pub kept: Option<bool>,
    /// What decided it, beside the objectives.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Replications.
    pub replications: u32,
    /// What each objective measures.
    pub objectives: Vec<ObjectiveFinding>,
}

impl FewestResult {
    /// How the process ends: 0 found, 4 undecided, 99 none.
    pub fn exit_code(&self) -> u8 {
        self.verdict.exit_code(true)
    }

    /// What was seen of a value.
    pub fn tried(&self, value: &Value) -> Option<&TriedValue> {
        self.tried.iter().find(|one| one.value == *value)
    }
}
