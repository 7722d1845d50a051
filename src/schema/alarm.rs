//! Alarms: what is looked at, how often, and what is done when it is bad.

use super::{At, Preset};
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
    /// The version before is put back.
    RollBack(Act),
    /// A better version is put in place.
    HotFix(Act),
    /// A certificate or a quota is renewed.
    Renew(Act),
}

impl Response {
    /// To what, and how long it takes.
    pub fn act(&self) -> &Act {
        match self {
            Self::Replace(act)
            | Self::Restart(act)
            | Self::RollBack(act)
            | Self::HotFix(act)
            | Self::Renew(act) => act,
        }
    }
}

/// A deed and how long it takes.
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Act {
    /// A component, one of its nodes, a host, a rack or a switch; of `Renew` also a link.
    pub target: At<String>,
    /// From the alarm, or from the end of the deed before.
    pub takes: Time,
}

/// Time between looks.
pub const EVERY: Preset = Preset {
    of: "alarms",
    field: "every",
    value: "\"1m\"",
    source: "AWS, CloudWatch User Guide, Metrics: a data point a minute with detailed monitoring",
};
/// Bad looks in a row.
pub const CONSECUTIVE: Preset = Preset {
    of: "alarms",
    field: "consecutive",
    value: "1",
    source: "AWS, PutMetricAlarm, DatapointsToAlarm: as many as EvaluationPeriods, here one",
};
/// Whether somebody is called.
pub const GRADE: Preset = Preset {
    of: "alarms",
    field: "grade",
    value: "Critical",
    source: "linchpin's choice because an alarm that nobody acts on says so itself",
};

/// Defaults of alarms.
pub const ALARM: [Preset; 3] = [EVERY, CONSECUTIVE, GRADE];
