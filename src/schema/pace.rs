//! Rates of an open workload over time, and the gaps between its arrivals.

use std::fmt;

use serde::de::value::EnumAccessDeserializer;
use serde::de::{Deserialize, Deserializer, EnumAccess, Error, Visitor};

use super::{At, TimeLaw};
use crate::quantity::{Count, Exponent, Factor, Rate, Time};

/// Journeys per second: `"100/s"`, or a rate that varies in time.
#[derive(Clone, Debug, PartialEq)]
pub enum Pace {
    /// Always the same.
    Constant(Rate),
    /// In waves.
    Sine(Sine),
    /// By the time of day.
    Daily(Daily),
}

/// In waves: `mean + amplitude x sin(2 pi t / period)` from the start of the run on.
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sine {
    /// Mean rate.
    pub mean: Rate,
    /// Largest distance from it, at most the mean.
    pub amplitude: At<Rate>,
    /// Time from one crest to the next.
    pub period: At<Time>,
}

/// By the time of day: `dau x visits` journeys a day.
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Daily {
    /// Users who come on a day.
    pub dau: Count,
    /// Journeys of each of them a day.
    pub visits: Factor,
    /// Busiest rate over the mean of the day.
    pub peak_ratio: Option<At<Factor>>,
    /// When it is busiest, from midnight.
    pub peak_at: Option<At<Time>>,
    /// Weights of the 24 hours of the day, in place of `peak_ratio` and `peak_at`.
    pub shape: Option<At<Vec<Exponent>>>,
    /// Time of day at which the run starts; midnight when left out.
    pub start: Option<At<Time>>,
}

impl<'de> Deserialize<'de> for Pace {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Reader;
        #[derive(serde::Deserialize)]
        #[serde(rename = "Rate")]
        enum Word {
            Sine(Sine),
            Daily(Daily),
        }
        impl<'de> Visitor<'de> for Reader {
            type Value = Pace;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(
                    "a rate like \"100/s\", Sine(mean: .., amplitude: .., period: ..), or \
                     Daily(dau: .., visits: .., peak_ratio: ..)",
                )
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Pace, E> {
                text.parse().map(Pace::Constant).map_err(E::custom)
            }

            fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> Result<Pace, A::Error> {
                Ok(
                    match Word::deserialize(EnumAccessDeserializer::new(access))? {
                        Word::Sine(sine) => Pace::Sine(sine),
                        Word::Daily(daily) => Pace::Daily(daily),
                    },
                )
            }
        }
        from.deserialize_any(Reader)
    }
}

/// Gaps between arrivals.
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Arriving {
    /// Exponential gaps.
    Poisson,
    /// Equal gaps.
    Deterministic,
    /// Independent gaps of any law; the rate follows from its mean.
    Renewal(TimeLaw),
    /// Poisson at rates that change at random: states one after the other, in a circle.
    Mmpp(Vec<Phase>),
}

/// A state of `Mmpp`.
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
#[serde(rename = "Mmpp", deny_unknown_fields)]
pub struct Phase {
    /// Rate while it lasts.
    pub rate: Rate,
    /// How long it lasts: the mean of an exponential law.
    pub stay: At<Time>,
}
