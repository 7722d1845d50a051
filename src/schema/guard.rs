//! Guards of links that all calls of a node share.

use super::At;
use crate::quantity::{Count, Share, Time, Window};

/// A circuit breaker (S21).
#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize)]
#[serde(rename = "breaker", deny_unknown_fields)]
pub struct Breaker {
    /// Share of failures from which on it opens.
    pub failure_rate: Option<At<Share>>,
    /// How many of the latest attempts are looked at.
    pub window: Option<At<Window>>,
    /// How many must be known before it opens.
    pub minimum_calls: Option<At<Count>>,
    /// How long it is open before a trial.
    pub open: Option<At<Time>>,
    /// Attempts of the trial.
    pub half_open: Option<At<Count>>,
}

/// What a caller does when a call has failed for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
pub enum Fallback {
    /// Takes an answer of its own and goes on.
    Reply,
}
