//! Who sends what, and when.

use super::id::{ClassId, ComponentId, JourneyId};
use crate::law::Law;

/// A request class.
#[derive(Clone, Debug)]
pub struct Class {
    /// As in the file.
    pub name: String,
    /// An answer after this time is late (S16), ns.
    pub deadline: Option<u64>,
    /// The larger the more urgent, where a discipline looks at it.
    pub priority: i32,
    /// How long its user waits for the answer (S16); `None`: for ever.
    pub patience: Option<Law>,
    /// Where its requests enter; `None`: no workload sends it.
    pub entry: Option<ComponentId>,
}

/// Requests that a user makes one after the other.
#[derive(Clone, Debug)]
pub struct Journey {
    /// As in the file, or the class's name.
    pub name: String,
    /// In order.
    pub items: Vec<Item>,
    /// Written under `journeys`; otherwise made from a class of a mix.
    pub named: bool,
}

/// Requests of one class in a row.
#[derive(Clone, Debug)]
pub struct Item {
    /// Their class.
    pub class: ClassId,
    /// How many.
    pub times: u32,
    /// Pause before each next request of the journey.
    pub think: Option<Law>,
}

/// A population or stream of users.
#[derive(Clone, Debug)]
pub struct Workload {
    /// As in the file.
    pub name: String,
    /// How they arrive.
    pub arrivals: Arrivals,
    /// What they do, unless a stage says otherwise; shares add up to 1.
    pub mix: Vec<MixEntry>,
    /// Persons of an open workload; `None`: every journey is somebody new.
    pub people: Option<u32>,
    /// Share of persons behind one address.
    pub behind_proxy: f64,
    /// After a failed request (S25).
    pub on_failure: OnFailure,
}

/// A journey and its share.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MixEntry {
    /// Which.
    pub journey: JourneyId,
    /// Its share of the journeys started.
    pub share: f64,
}

/// S25.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnFailure {
    /// Think, next item.
    Continue,
    /// End the journey.
    Abandon,
}

/// How users arrive.
#[derive(Clone, Debug)]
pub enum Arrivals {
    /// At a rate of journeys.
    Open {
        /// Gaps.
        process: Process,
        /// Journeys per arrival instant.
        batch: u32,
        /// Journeys per second when there are no stages.
        rate_per_s: f64,
        /// Rates over time; empty: constant.
        stages: Vec<Stage>,
        /// Whether the stages begin anew when they are over, in place of the last level.
        repeats: bool,
    },
    /// A fixed number of users who wait for their answers.
    Closed {
        /// Users when there are no stages.
        users: u32,
        /// Pause before each journey.
        think: Law,
        /// Users over time; empty: constant.
        stages: Vec<Stage>,
    },
    /// At the instants of a log.
    Replay {
        /// Instant from the start in ns (already divided by `speed`), journey, client number.
        log: Vec<(u64, JourneyId, u32)>,
        /// The item that each line asks for; empty where the log has no keys.
        items: Vec<u32>,
        /// Lines that were not taken, by reason.
        rejected: Vec<(String, u64)>,
        /// File, for reports.
        file: String,
    },
}

/// Gaps between arrivals, at a mean rate that stands elsewhere.
#[derive(Clone, Debug, PartialEq)]
pub enum Process {
    /// Exponential.
    Poisson,
    /// Equal.
    Deterministic,
    /// Independent, of this law with mean 1.
    Renewal(Law),
    /// Poisson at a rate that changes at random: states in a circle.
    Modulated(Vec<Phase>),
}

/// A state of a modulated stream.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Phase {
    /// Rate over the mean rate.
    pub factor: f64,
    /// Mean of its exponential length, ns.
    pub stay: f64,
}

/// A stretch of the load.
#[derive(Clone, Debug, PartialEq)]
pub struct Stage {
    /// Level at its start (journeys per second, or users).
    pub from: f64,
    /// Level at its end.
    pub to: f64,
    /// Length, ns.
    pub length: u64,
    /// Mix during this stage; empty: the workload's.
    pub mix: Vec<MixEntry>,
}
