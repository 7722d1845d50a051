//! The result of `drill`: an incident played through.

use super::Named;
use super::summary::{Header, ObjectiveFinding, Verdict, Warning};
use crate::statistics::Estimate;
use serde::Serialize;

/// An incident from the first fault to the last repair.
#[derive(Clone, Debug, Serialize)]
pub struct DrillResult {
    /// Head.
    #[serde(flatten)]
    pub header: Header,
    /// Replications.
    pub replications: u32,
    /// Wall time, s.
    pub wall_s: f64,
    /// Whether the objectives held over the whole time.
    pub verdict: Verdict,
    /// In words.
    pub verdict_reason: String,
    /// The objectives.
    pub objectives: Vec<ObjectiveFinding>,
    /// What happened in the first replication, in order of time.
    pub timeline: Vec<Event>,
    /// What broke there, in words.
    pub cause: Vec<String>,
    /// The parts that broke.
    pub points: Vec<String>,
    /// What brought the service back there.
    pub recovery: Vec<String>,
    /// By what it was detected: an alarm, or `customers`; replications.
    pub detected_by: Named<u32>,
    /// Replications in which nobody noticed: nothing was felt and no alarm fired.
    pub unnoticed: u32,
    /// From the first fault until somebody knew, s: mean time to detect.
    pub mttd_s: Estimate,
    /// From the first fault until the service was as before, s: mean time to restore.
    pub mttr_s: Estimate,
    /// From the first fault until everything was whole again and the service as before, s.
    pub ended_s: Estimate,
    /// Replications in which the service was not as before at the end.
    pub not_restored: u32,
    /// Time in which the service was not as before, s.
    pub felt_s: Estimate,
    /// Requests failed or late beyond the share of before.
    pub lost_requests: Estimate,
    /// Sessions lost in a mean replication (S26); `None` where nobody keeps any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lost_sessions: Option<f64>,
    /// Writes that were answered and are gone, in a mean replication; `None` where no database
    /// has a lag.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lost_writes: Option<f64>,
    /// The error budget.
    pub budget: Budget,
    /// What keeps it from happening again, as assignments of `--set`.
    pub prevention: Vec<Prevention>,
    /// Interrupted.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub partial: bool,
    /// Doubts.
    pub warnings: Vec<Warning>,
}

impl DrillResult {
    /// How the process ends: as a run whose objectives were judged over the whole time (S35).
    pub fn exit_code(&self) -> u8 {
        self.verdict.exit_code(!self.objectives.is_empty())
    }
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Event {
    /// When, s from the end of the lead-in.
    pub at_s: f64,
    /// `occurred`, `felt`, `detected`, `announced`, `mitigated`, `ended`, or `action` for the rest.
    pub event: &'static str,
    /// What, in words.
    pub text: String,
    /// Whose doing it was: `fault`, `control`, `monitoring`, `responder`, `users`.
    pub by: &'static str,
}

/// What of the error budget of 30 days is gone.
#[derive(Clone, Debug, Serialize)]
pub struct Budget {
    /// Share to be served.
    pub objective: f64,
    /// Whether the file states it.
    pub is_stated: bool,
    /// Share of the budget spent.
    pub spent: Estimate,
    /// The alerts on the burn rate.
    pub alerts: Vec<BurnAlert>,
}

/// An alert on the burn rate.
#[derive(Clone, Debug, Serialize)]
pub struct BurnAlert {
    /// Its name.
    pub name: &'static str,
    /// Replications in which it fired.
    pub fired: u32,
    /// From the first fault, s: mean over those.
    pub after_s: Option<f64>,
}

/// What keeps it from happening again.
#[derive(Clone, Debug, Serialize)]
pub struct Prevention {
    /// The single point.
    pub component: String,
    /// Why it is one.
    pub witness: String,
    /// What to do.
    pub fix: String,
}
