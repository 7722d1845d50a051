//! Requests that are lost in the long run.

use serde::Serialize;

/// Share of the requests that is lost in the long run (S41): the losses of the states of the
/// architecture, each with its share of time, and those of the changes between them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ExpectedOfRequests {
    /// At least and at most: what is lost while several parts are down was not tried, and is taken
    /// as what the structure has no way for, or as everything.
    pub lost_share: (f64, f64),
    /// That, in minutes of the whole load a year of 365 days.
    pub lost_minutes_per_year: (f64, f64),
    /// While one part is down and others have reacted.
    pub while_down: f64,
    /// Until others have reacted.
    pub in_changes: f64,
    /// Share of time in which several parts are down, or one whose loss was not tried.
    pub untried: f64,
    /// Parts that fail and of which the file does not say how often: their changes are not counted.
    pub untimed: Vec<String>,
    /// What each part contributes, the most first.
    pub parts: Vec<PartLoss>,
}

/// What the failures of one part cost.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PartLoss {
    /// Node, host, rack or switch.
    pub component: String,
    /// Share of the requests lost while it is down and others have reacted.
    pub settled_share: f64,
    /// What is lost beyond that after each failure, s of the whole load.
    pub change_s: f64,
    /// Share of all requests of the long run.
    pub lost_share: f64,
}
