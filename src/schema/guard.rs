//! Guards of links that all calls of a node share.

use std::fmt;

use serde::de::value::{EnumAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserialize, Deserializer, EnumAccess, Error, SeqAccess, Visitor};

use super::either::Either;
use super::preset::Preset;
use super::{At, Product, Step, code};
use crate::diagnostic::Diagnostic;
use crate::model;
use crate::quantity::{Count, Rate, Share, Time, Window};

/// A circuit breaker (S21).
#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize)]
#[serde(rename = "breaker", deny_unknown_fields)]
pub struct Breaker {
    /// Whose values stand for what is left out.
    pub preset: Option<At<Product>>,
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

/// What a caller does when a call has failed for good: the word `Reply`, or a list of steps.
#[derive(Clone, Debug, PartialEq)]
pub enum Fallback {
    /// Takes an answer of its own and goes on.
    Reply,
    /// Does these steps in place of the call.
    Steps(Vec<Step>),
}

impl<'de> Deserialize<'de> for Fallback {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Reader;
        #[derive(serde::Deserialize)]
        #[serde(rename = "fallback")]
        enum Word {
            Reply,
        }
        impl<'de> Visitor<'de> for Reader {
            type Value = Fallback;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the word Reply, or steps like [Call(\"cache\"), Cpu(\"2ms\")]")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Fallback, A::Error> {
                let steps: Vec<Step> = Vec::deserialize(SeqAccessDeserializer::new(list))?;
                if steps.is_empty() {
                    let message = "nothing is done here\nwrite a step, or `fallback: Reply`";
                    return Err(A::Error::custom(message));
                }
                Ok(Fallback::Steps(steps))
            }

            fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> Result<Fallback, A::Error> {
                let Word::Reply = Word::deserialize(EnumAccessDeserializer::new(access))?;
                Ok(Fallback::Reply)
            }
        }
        from.deserialize_any(Reader)
    }
}

/// Most calls in a time: a rate, or `(rate: .., burst: ..)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RateLimit {
    /// Tokens that come in a time.
    pub rate: Rate,
    /// Tokens that there can be.
    pub burst: Option<Burst>,
}

impl<'de> Deserialize<'de> for RateLimit {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(serde::Deserialize)]
        #[serde(rename = "rate_limit", deny_unknown_fields)]
        struct Parts {
            rate: Rate,
            burst: Option<Burst>,
        }
        let either = Either::<Rate, Parts>::deserialize(from)?;
        Ok(match either {
            Either::One(rate) => Self { rate, burst: None },
            Either::Many(Parts { rate, burst }) => Self { rate, burst },
        })
    }
}

impl RateLimit {
    /// With the burst of the default where none is stated.
    pub fn model(self, burst: &Preset) -> model::RateLimit {
        let per_s = self.rate.per_second();
        let worth = |time: Time| (per_s * time.nanos() as f64 / 1e9).round();
        let burst = match self.burst.unwrap_or_else(|| burst.read()) {
            Burst::Count(count) => count.get(),
            Burst::Time(time) => worth(time).clamp(1.0, f64::from(u32::MAX)) as u32,
        };
        model::RateLimit { per_s, burst }
    }
}

/// How many tokens there can be: a number, or what comes in a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Burst {
    /// So many.
    Count(Count),
    /// As many as come in this time, at least one.
    Time(Time),
}

impl<'de> Deserialize<'de> for Burst {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Reader;
        impl Visitor<'_> for Reader {
            type Value = Burst;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number of calls, or a time like \"1s\"")
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Burst, E> {
                let count = u32::try_from(number).ok().and_then(|n| Count::new(n).ok());
                count.map(Burst::Count).ok_or_else(|| {
                    let most = u32::MAX;
                    E::custom(format!(
                        "expected a whole number from 1 to {most}, found {number}\nwrite one, \
                         or a time like \"1s\""
                    ))
                })
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Burst, E> {
                text.parse().map(Burst::Time).map_err(E::custom)
            }
        }
        from.deserialize_any(Reader)
    }
}

/// Refuses a limit that lets nothing through.
pub fn lets_some_through(limit: &At<RateLimit>) -> Option<Diagnostic> {
    (limit.value.rate.per_second() <= 0.0).then(|| {
        Diagnostic::error(code::RANGE, "this limit lets nothing through")
            .at(limit.span.clone())
            .help("write a rate above 0, such as \"200/s\"")
    })
}
