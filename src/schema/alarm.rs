//! Alarms: what is looked at, how often, and what is done when it is bad.

use super::At;
use crate::quantity::{Count, Time};

/// An alarm.
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
#[serde(rename = "alarm", deny_unknown_fields)]
pub struct Alarm {
    /// The condition that is bad, over the time since the last look.
    pub when: At<String>,
    /// Time between looks.
    pub every: Option<At<Time>>,
    /// Bad looks in a row until it fires.
    pub consecutive: Option<Count>,
    /// Whether somebody is called.
    pub grade: Option<Grade>,
    /// What whoever is called does, one after the other.
    #[serde(default)]
    pub respond: Vec<Response>,
}

/// How urgent an alarm is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
pub enum Grade {
    /// Somebody is called and acts now.
    Critical,
    /// Looked at in working hours: nobody acts during a run.
    Warning,
}

/// What is done.
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Response {
    /// Another machine takes the place.
    Replace(Act),
    /// The process is started anew.
    Restart(Act),
}

/// A deed and how long it takes.
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Act {
    /// A component, one of its nodes, a host, a rack or a switch.
    pub target: At<String>,
    /// From the alarm, or from the end of the deed before.
    pub takes: Time,
}
