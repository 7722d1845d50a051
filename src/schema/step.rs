//! Steps of operations.

use std::fmt;

use serde::de::value::{EnumAccessDeserializer, MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserialize, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, Visitor};

use super::either::Either;
use super::{At, SizeLaw, TimeLaw};
use crate::quantity::{Count, Exponent, Share};

/// One step of an operation.
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Step {
    /// Work of the node's CPU.
    Cpu(TimeLaw),
    /// Work of the node's disk.
    Disk(TimeLaw),
    /// Time that passes.
    Wait(TimeLaw),
    /// Ask another component and wait for its answer.
    Call(Target),
    /// Hand the request on and be released.
    Forward(Target),
    /// Send a message to a queue and go on.
    Publish(Target),
    /// Several things at once.
    Parallel(Parallel),
    /// Several things at once, of which some suffice.
    Quorum(Quorum),
    /// One of two ways.
    Chance(Chance),
    /// One of several ways.
    OneOf(At<Vec<Way>>),
    /// Again and again.
    Repeat(Repeat),
    /// Ask a cache, and do the work when it misses.
    Cached(Cached),
    /// The size of the answer.
    Reply(SizeLaw),
}

/// Whom to call: `"db"`, `"db.select"`, or `(to: "db.select", request: "1KiB")`.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// A component, or a component and one of its operations after a dot.
    pub to: At<String>,
    /// Size of what is sent along.
    pub request: Option<SizeLaw>,
}

impl<'de> Deserialize<'de> for Target {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(serde::Deserialize)]
        #[serde(rename = "Call", deny_unknown_fields)]
        struct Full {
            to: At<String>,
            request: Option<SizeLaw>,
        }
        let At { value, span } = At::<Either<String, Full>>::deserialize(from)?;
        Ok(match value {
            Either::One(value) => Self {
                to: At { value, span },
                request: None,
            },
            Either::Many(Full { to, request }) => Self { to, request },
        })
    }
}

/// Several things at once: `Parallel([[..], [..]])`, or `Parallel(times: 3, steps: [..])`.
#[derive(Clone, Debug, PartialEq)]
pub enum Parallel {
    /// Different branches.
    Branches(Vec<Vec<Step>>),
    /// The same branch so many times.
    Times(Count, Vec<Step>),
}

impl<'de> Deserialize<'de> for Parallel {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Reader;
        #[derive(serde::Deserialize)]
        #[serde(rename = "Parallel", deny_unknown_fields)]
        struct Copies {
            times: Count,
            #[serde(deserialize_with = "some_steps")]
            steps: Vec<Step>,
        }
        impl<'de> Visitor<'de> for Reader {
            type Value = Parallel;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(
                    "branches like [[Call(\"a\")], [Call(\"b\")]], or (times: 3, steps: [..])",
                )
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Parallel, A::Error> {
                let branches: Vec<Vec<Step>> = Vec::deserialize(SeqAccessDeserializer::new(list))?;
                if branches.is_empty() || branches.iter().any(Vec::is_empty) {
                    return Err(nothing_done());
                }
                Ok(Parallel::Branches(branches))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Parallel, A::Error> {
                let Copies { times, steps } = Copies::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Parallel::Times(times, steps))
            }
        }
        from.deserialize_any(Reader)
    }
}

/// Several things at once, of which some suffice.
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quorum {
    /// How many must succeed.
    pub need: At<Count>,
    /// The branches.
    pub of: Vec<Vec<Step>>,
}

/// One of several ways.
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
#[serde(rename = "OneOf", deny_unknown_fields)]
pub struct Way {
    /// Its probability; those of all ways add up to 1.
    pub share: Share,
    /// What is done.
    pub steps: Vec<Step>,
}

/// One of two ways.
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chance {
    /// Probability of `then`.
    pub p: Share,
    /// With probability `p`.
    pub then: Vec<Step>,
    /// Else; nothing when left out.
    #[serde(default)]
    pub otherwise: Vec<Step>,
}

/// Again and again.
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Repeat {
    /// How often.
    pub times: Times,
    /// What.
    #[serde(deserialize_with = "some_steps")]
    pub steps: Vec<Step>,
}

/// Steps of a branch or turn, of which there must be one.
fn some_steps<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Step>, D::Error> {
    let steps: Vec<Step> = Vec::deserialize(from)?;
    if steps.is_empty() {
        return Err(nothing_done());
    }
    Ok(steps)
}

fn nothing_done<E: Error>() -> E {
    E::custom("nothing is done here\nwrite a step, as in `[Cpu(\"5ms\")]`, or leave this out")
}

/// Most turns of a `Repeat`, and the largest mean of a `Geometric` number of them: a loop whose
/// turns take no time is one event, which nothing interrupts.
pub const TIMES_MAX: u32 = 1_000_000;

/// How often: a number, or `Geometric(mean)`, counted from 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Times {
    /// Exactly so often.
    Exactly(u32),
    /// A geometric count from 0 with this mean.
    Geometric(f64),
}

impl<'de> Deserialize<'de> for Times {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Reader;
        #[derive(serde::Deserialize)]
        #[serde(rename = "Times")]
        enum Word {
            Geometric(Exponent),
        }
        impl<'de> Visitor<'de> for Reader {
            type Value = Times;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a whole number of 0 or more, or Geometric(mean)")
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Times, E> {
                if number > u64::from(TIMES_MAX) {
                    return Err(too_often(number));
                }
                Ok(Times::Exactly(number as u32))
            }

            fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> Result<Times, A::Error> {
                let Word::Geometric(mean) = Word::deserialize(EnumAccessDeserializer::new(access))?;
                if mean.value() > f64::from(TIMES_MAX) {
                    return Err(too_often(mean));
                }
                Ok(Times::Geometric(mean.value()))
            }
        }
        from.deserialize_any(Reader)
    }
}

fn too_often<E: Error>(found: impl fmt::Display) -> E {
    E::custom(format!(
        "expected at most {TIMES_MAX} times, found {found}\nwrite fewer turns that take longer"
    ))
}

/// Ask a cache, and do the work when it misses.
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cached {
    /// The cache.
    pub r#in: At<String>,
    /// The work on a miss.
    pub miss: Vec<Step>,
}
