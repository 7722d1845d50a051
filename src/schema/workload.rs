//! Workloads, classes and journeys.

use serde::{Deserialize, Deserializer};

use super::either::Either;
use super::{Arriving, At, Named, Pace, TimeLaw};
use crate::quantity::{Batch, Count, Factor, Rate, Share, Time, USERS_MAX, Users, Whole};

/// Properties of a request class.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Class {
    /// An answer after this time is late.
    pub deadline: Option<Time>,
    /// The larger the more urgent, where a discipline looks at it; 0 when left out.
    pub priority: Option<Whole>,
    /// How long its user waits for the answer.
    pub patience: Option<At<TimeLaw>>,
}

/// An item of a journey.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Request {
    /// Requests of one class in a row.
    Request(Row),
}

/// Requests of one class in a row.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename = "Request", deny_unknown_fields)]
pub struct Row {
    /// Their class.
    pub class: At<String>,
    /// How many; 1 when left out.
    pub times: Option<Count>,
    /// Pause before each next request.
    pub think: Option<TimeLaw>,
}

/// A population or stream of users.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Workload {
    /// At a rate.
    Open(Open),
    /// A number of users who wait for their answers.
    Closed(Closed),
    /// At the instants of a log.
    Replay(Replay),
}

/// Users who arrive at a rate.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Open {
    /// Journeys started per second; with `stages` the level before the first one.
    pub rate: Option<At<Pace>>,
    /// Gaps between arrivals.
    pub arrivals: Option<At<Arriving>>,
    /// Journeys that start at the same instant.
    pub batch: Option<Batch>,
    /// Class to share of the requests.
    pub mix: Option<At<Named<Share>>>,
    /// Journey to share of the journeys started.
    pub journeys: Option<At<Named<Share>>>,
    /// The rate over time.
    pub stages: Option<At<Vec<Stage<Rate>>>>,
    /// Persons.
    pub people: Option<Count>,
    /// Share of persons behind one address.
    pub behind_proxy: Option<At<Share>>,
    /// After a failed request.
    pub on_failure: Option<OnFailure>,
}

/// What a user does after a failed request (S25).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum OnFailure {
    /// Think, next item.
    Continue,
    /// End the journey.
    Abandon,
}

/// Users who wait for their answers.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Closed {
    /// How many; with `stages` the number before the first one.
    pub users: Option<Users>,
    /// Pause before each journey.
    pub think: Option<TimeLaw>,
    /// Class to share of the requests.
    pub mix: Option<At<Named<Share>>>,
    /// Journey to share of the journeys started.
    pub journeys: Option<At<Named<Share>>>,
    /// The number over time.
    pub stages: Option<At<Vec<Stage<Whole>>>>,
    /// Share of persons behind one address.
    pub behind_proxy: Option<At<Share>>,
    /// After a failed request.
    pub on_failure: Option<OnFailure>,
}

/// A level that stages lead to.
pub trait Level: Copy {
    /// The highest.
    const MOST: u32;

    /// Journeys per second, or users.
    fn level(self) -> f64;
}

impl Level for Rate {
    const MOST: u32 = u32::MAX;

    fn level(self) -> f64 {
        self.per_second()
    }
}

impl Level for Whole {
    const MOST: u32 = USERS_MAX;

    fn level(self) -> f64 {
        self.get() as f64
    }
}

/// A stretch of the load.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Stage<L> {
    /// A change of level.
    Ramp(Ramp<L>),
    /// No change: `Hold("10m")`, or `Hold(lasts: "10m", mix: {..})`.
    Hold(Stay),
}

/// A change of level.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ramp<L> {
    /// The level at its end.
    pub to: L,
    /// How long it takes; at once when left out.
    pub over: Option<At<Time>>,
    /// Class to share during this stage.
    pub mix: Option<At<Named<Share>>>,
    /// Journey to share during this stage.
    pub journeys: Option<At<Named<Share>>>,
}

/// No change of level.
#[derive(Clone, Debug, PartialEq)]
pub struct Stay {
    /// How long.
    pub lasts: At<Time>,
    /// Class to share during this stage.
    pub mix: Option<At<Named<Share>>>,
    /// Journey to share during this stage.
    pub journeys: Option<At<Named<Share>>>,
}

impl<'de> Deserialize<'de> for Stay {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename = "Hold", deny_unknown_fields)]
        struct Full {
            lasts: At<Time>,
            mix: Option<At<Named<Share>>>,
            journeys: Option<At<Named<Share>>>,
        }
        let At { value, span } = At::<Either<Time, Full>>::deserialize(from)?;
        Ok(match value {
            Either::One(value) => Self {
                lasts: At { value, span },
                mix: None,
                journeys: None,
            },
            Either::Many(Full {
                lasts,
                mix,
                journeys,
            }) => Self {
                lasts,
                mix,
                journeys,
            },
        })
    }
}

/// Requests at the instants of a log.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Replay {
    /// The log, relative to the topology file; `.gz` is unpacked.
    pub file: At<String>,
    /// How its lines are read.
    pub format: LogFormat,
    /// How many times as fast as it was.
    pub speed: Option<Factor>,
    /// The class of each line: the first rule that fits.
    #[serde(default)]
    pub classes: Vec<Rule>,
    /// The class of lines that no rule fits; they are rejected when it is left out.
    pub otherwise: Option<At<String>>,
}

/// How the lines of a log are read.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum LogFormat {
    /// Columns separated by tabs, named by the first line.
    Tsv(Columns),
}

/// Names of columns.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename = "Tsv", deny_unknown_fields)]
pub struct Columns {
    /// Seconds, with or without a fraction.
    pub time: At<String>,
    /// What was asked for.
    pub url: At<String>,
    /// How it was asked for.
    pub method: Option<At<String>>,
    /// Who asked.
    pub client: Option<At<String>>,
    /// The item that a cache with `keys: FromLog` is asked for.
    pub key: Option<At<String>>,
}

/// Which lines belong to a class.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename = "rule", deny_unknown_fields)]
pub struct Rule {
    /// The whole URL, with `*` for any run of characters.
    pub url: Option<At<String>>,
    /// The method, as in the log.
    pub method: Option<At<String>>,
    /// The class.
    pub class: At<String>,
}
