//! Groups: parts that fail or are repaired together.

use super::At;
use crate::quantity::{Count, Share, Time};

/// Parts that do not fail each by itself, or that wait for the same repair crews.
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
#[serde(rename = "group", deny_unknown_fields)]
pub struct Group {
    /// Components with all their nodes, single nodes, hosts, racks, zones, feeds, switches.
    pub members: At<Vec<At<String>>>,
    /// How many are repaired at once; all of them when left out.
    pub crews: Option<At<Count>>,
    /// Share of the failures that take all members at once (the beta factor).
    pub common_cause: Option<At<Share>>,
    /// Whether members that are not needed run.
    pub standby: Option<At<Standby>>,
    /// How many run when those that are not needed stand by cold.
    pub needed: Option<At<Count>>,
    /// Share of the failures of the active one of two that are noticed and taken over.
    pub coverage: Option<At<Share>>,
    /// How long a takeover lasts that is covered.
    pub takeover: Option<At<Time>>,
    /// How long it lasts until somebody takes over by hand.
    pub by_hand: Option<At<Time>>,
}

/// Whether members that are not needed can fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename = "standby")]
pub enum Standby {
    /// They run, and fail as often as the others.
    Hot,
    /// They stand by, and cannot fail.
    Cold,
}
