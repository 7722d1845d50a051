//! What a test profile asked, and its answers.

use super::spof::PointVerdict;
use crate::statistics::Estimate;
use serde::Serialize;

/// A test profile and how the architecture went through it.
#[derive(Clone, Debug, Serialize)]
pub struct ProfileSummary {
    /// `negative`, `smoke`, `load`, ...
    pub name: &'static str,
    /// What it asks.
    pub question: &'static str,
    /// Whether the answer is good.
    pub passed: bool,
    /// In words.
    pub answer: String,
    /// What was taken away, in order of time.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub phases: Vec<Phase>,
    /// Loads, in order of time.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub legs: Vec<Leg>,
    /// From the end of an overload until the service was as before it, s; `None`: it was not, or
    /// there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub back_after_s: Option<f64>,
    /// What a soak finds leaking, the first to be full first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub leaks: Vec<Exhaustion>,
}

/// One load held, or climbed to.
#[derive(Clone, Debug, Serialize)]
pub struct Leg {
    /// For people.
    pub name: String,
    /// When it begins, s from the end of the lead-in.
    pub from_s: f64,
    /// When it ends, s.
    pub to_s: f64,
    /// Load at its end, in loads of the file.
    pub load: f64,
    /// Requests per second.
    pub offered_rps: f64,
    /// Answered in time, per second.
    pub throughput_rps: f64,
    /// Share of the requests that ended that failed or were late.
    pub lost_share: f64,
}

/// Memory that fills up.
#[derive(Clone, Debug, Serialize)]
pub struct Exhaustion {
    /// Where.
    pub component: String,
    /// What requests leave behind at a node, bytes a second.
    pub left_bytes_per_s: Estimate,
    /// How long a node that has just been started lasts, s.
    pub full_after_s: Option<f64>,
    /// Crashes for want of memory, over all replications.
    pub crashes: u64,
}

/// One part taken away and given back.
#[derive(Clone, Debug, Serialize)]
pub struct Phase {
    /// What was taken away.
    pub part: String,
    /// When, s from the end of the lead-in.
    pub from_s: f64,
    /// When it was given back, s.
    pub to_s: f64,
    /// Masked: nobody felt it; transient: the service was as before while the part was still away;
    /// persistent: only once it was back; metastable: not even when the next part went.
    pub verdict: PointVerdict,
    /// Share of the requests that failed or were late while it was away.
    pub lost_share: f64,
    /// From its loss until the service was as before, s; `None`: it was not.
    pub back_after_s: Option<f64>,
}
