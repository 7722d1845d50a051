//! What a test profile asked, and its answers.

use super::spof::PointVerdict;
use serde::Serialize;

/// A test profile and how the architecture went through it.
#[derive(Clone, Debug, Serialize)]
pub struct ProfileSummary {
    /// `negative`.
    pub name: &'static str,
    /// What it asks.
    pub question: &'static str,
    /// Whether the answer is good.
    pub passed: bool,
    /// In words.
    pub answer: String,
    /// Its phases, in order of time.
    pub phases: Vec<Phase>,
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
