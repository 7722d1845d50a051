//! The `run` block.

use std::fmt;

use serde::de::value::EnumAccessDeserializer;
use serde::de::{Deserialize, Deserializer, EnumAccess, Error, Visitor};

use super::At;
use crate::quantity::{self, Count, Time, Whole};

/// How long and how often to run (S8).
#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// Length of a replication after warm-up.
    pub duration: Option<At<Time>>,
    /// Counted requests of a replication instead.
    pub requests: Option<At<Count>>,
    /// What is cut off at the start.
    pub warm_up: Option<At<Cut>>,
    /// Number of replications.
    pub replications: Option<Count>,
    /// Relative half-width at which to stop.
    pub precision: Option<Percentage>,
    /// Most counted requests over all replications.
    pub cap: Option<Whole>,
    /// Longest time after the end for open requests.
    pub drain: Option<At<Time>>,
    /// The state at the start.
    pub start: Option<StartState>,
    /// Most requests in flight.
    pub in_flight_cap: Option<Count>,
    /// Most events of a replication.
    pub event_cap: Option<Whole>,
}

/// The state in which a terminating run starts (S29).
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
pub enum StartState {
    /// As in steady state.
    Warm,
    /// Empty.
    Cold,
}

/// What is cut off at the start: `Auto`, or a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// Found by the run itself.
    Auto,
    /// This long.
    Fixed(Time),
}

impl<'de> Deserialize<'de> for Cut {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Reader;
        #[derive(serde::Deserialize)]
        #[serde(rename = "warm_up")]
        enum Word {
            Auto,
        }
        impl<'de> Visitor<'de> for Reader {
            type Value = Cut;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a time like \"30s\", or the word Auto")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Cut, E> {
                text.parse().map(Cut::Fixed).map_err(E::custom)
            }

            fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> Result<Cut, A::Error> {
                let Word::Auto = Word::deserialize(EnumAccessDeserializer::new(access))?;
                Ok(Cut::Auto)
            }
        }
        from.deserialize_any(Reader)
    }
}

/// A relative precision in quotes, as in `"2%"`: more than 0, at most 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Percentage(pub f64);

impl<'de> Deserialize<'de> for Percentage {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Reader;
        impl Visitor<'_> for Reader {
            type Value = Percentage;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a precision like \"2%\"")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Percentage, E> {
                let share = quantity::percent(text).map_err(E::custom)?;
                if share > 0.0 {
                    return Ok(Percentage(share));
                }
                Err(E::custom(
                    "a precision of 0 is never reached: write one like \"2%\"",
                ))
            }
        }
        from.deserialize_any(Reader)
    }
}
