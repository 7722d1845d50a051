//! The fields that all kinds share.

use super::autoscale::Autoscale;
use super::failure::Failure;
use super::{At, Memory, TimeLaw};
use crate::quantity::{Cost, Count, Factor, Time, Whole};
use serde::Deserialize;

/// The fields that all kinds share.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shared {
    /// How many identical nodes (S1).
    pub replicas: Option<At<Count>>,
    /// Hosts to which the nodes are dealt in turn (S3).
    pub on: Option<At<Vec<At<String>>>>,
    /// The size of each node's machine.
    pub machine: Option<At<String>>,
    /// Speed of each core, where they are not equal.
    pub core_speeds: Option<At<Vec<Factor>>>,
    /// Total rate of the CPU with 1, 2, 3 .. jobs; the last holds for more.
    pub scaling: Option<At<Vec<Factor>>>,
    /// Longest wait for a thread, or for the CPU where threads are unlimited.
    pub queue_timeout: Option<At<TimeLaw>>,
    /// Who does not join the queue.
    pub balk: Option<At<Balk>>,
    /// What happens when the waiting room is full.
    pub full: Option<At<Full>>,
    /// Who is sent away when a thread comes free.
    pub shed: Option<At<Shed>>,
    /// When those who came last are served first.
    pub last_first: Option<At<LastFirst>>,
    /// How many of its nodes are in service.
    pub autoscale: Option<At<Autoscale>>,
    /// How its nodes fail and are repaired.
    pub failure: Option<At<Failure>>,
    /// What each node can hold.
    pub memory: Option<At<Memory>>,
    /// How long a node takes to come back when it is restarted, or has run out of memory.
    pub boot: Option<At<Time>>,
    /// What each node costs, in place of its machine.
    pub cost: Option<Cost>,
}

/// Who does not join a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename = "balk", deny_unknown_fields)]
pub struct Balk {
    /// Those who find more than so many waiting.
    pub above: Whole,
}

/// Who is sent away when a thread comes free.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename = "shed")]
pub enum Shed {
    /// Those for whose answer nobody waits any more, or whose deadline has passed.
    Stale,
}

/// When those who came last are served first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename = "last_first", deny_unknown_fields)]
pub struct LastFirst {
    /// While more than so many wait.
    pub above: Whole,
}

/// What happens when a waiting room is full.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename = "full", deny_unknown_fields)]
pub enum Full {
    /// Whoever comes fails.
    Refuse,
    /// Whoever comes waits outside, or stays on the thread from which it was to be passed on.
    Block,
    /// Whoever comes tries again later.
    Retry(Again),
}

/// When to try again.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename = "Again", deny_unknown_fields)]
pub struct Again {
    /// Pause before each try.
    pub after: TimeLaw,
}

/// Names of the fields of [`Shared`].
pub const SHARED_FIELDS: &[&str] = &[
    "replicas",
    "on",
    "machine",
    "core_speeds",
    "scaling",
    "queue_timeout",
    "balk",
    "full",
    "shed",
    "last_first",
    "autoscale",
    "failure",
    "memory",
    "boot",
    "cost",
];
