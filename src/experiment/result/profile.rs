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
    /// What it asks in detail, where that is more than one thing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub questions: Vec<Asked>,
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
    /// How levels went on in a soak.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub slopes: Vec<Slope>,
    /// Takeovers tried during an overload, in order of time.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub takeovers: Vec<TakeoverTried>,
}

/// One of several questions of a profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Asked {
    /// By its name.
    pub question: &'static str,
    /// In words.
    pub answer: String,
    /// Whether that is good; `None`: it is neither.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub good: Option<bool>,
}

/// The straight line through a level over time.
#[derive(Clone, Debug, Serialize)]
pub struct Slope {
    /// `requests inside`, ``connections of `was -> db` ``, `response time`.
    pub resource: String,
    /// `s` of a time, `count` of requests and permits.
    pub unit: &'static str,
    /// Mean level.
    pub mean: f64,
    /// Rise of the level an hour.
    pub per_hour: Estimate,
    /// Whether it is more than chance, and more than a tenth of the mean within the run.
    pub grows: bool,
    /// Of something with an end that grows: from the start of the run until all of it is held, s.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub full_after_s: Option<f64>,
}

/// A part that was lost during an overload, for another one to take over.
#[derive(Clone, Debug, Serialize)]
pub struct TakeoverTried {
    /// What was lost.
    pub part: String,
    /// Whose node it is.
    pub component: String,
    /// How the load leaves it.
    pub mechanism: &'static str,
    /// When it was lost, s from the end of the lead-in.
    pub from_s: f64,
    /// When it was back, s.
    pub to_s: f64,
    /// Mean and longest time from its loss until no caller is sent to it any more, s; `None`: that
    /// was not so before it was back, or nobody was answered from then on.
    pub finished_after_s: Option<[f64; 2]>,
    /// Answered in time in the overload before it was lost, per second.
    pub before_rps: f64,
    /// The same from its loss until the takeover, to the width of a stretch of the run.
    pub until_rps: f64,
    /// The same from the takeover until it was back.
    pub after_rps: Option<f64>,
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
