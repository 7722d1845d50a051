//! Properties of links.

use std::fmt;

use serde::de::value::{EnumAccessDeserializer, MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserialize, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, Visitor};

use super::{At, Breaker, Eject, Fallback, Product, RateLimit, TimeLaw};
use crate::quantity::{Bandwidth, Copies, Count, Few, Share, Time};

/// What stands on the way from one part to another.
#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize)]
#[serde(rename = "link", deny_unknown_fields)]
pub struct Link {
    /// One-way delay.
    pub latency: Option<TimeLaw>,
    /// Bandwidth, shared equally by the transfers of a direction.
    pub bandwidth: Option<Bandwidth>,
    /// Switches on the way.
    pub via: Option<Via>,
    /// Time until traffic moves to another of `AnyOf`.
    pub detect: Option<At<Time>>,
    /// Connections of each calling node.
    pub pool: Option<At<Count>>,
    /// Longest wait for a connection.
    pub pool_timeout: Option<At<Time>>,
    /// Longest attempt.
    pub timeout: Option<At<TimeLaw>>,
    /// Longest call, all attempts included.
    pub deadline: Option<At<Time>>,
    /// Whether the callee stops when the caller gives an attempt up.
    pub cancel: Option<At<bool>>,
    /// Further attempts.
    pub retry: Option<At<Retry>>,
    /// Copies of a request that is slow to be answered.
    pub hedge: Option<At<Hedge>>,
    /// When calls are refused because the latest ones failed.
    pub breaker: Option<At<Breaker>>,
    /// When a target that fails is left out of choice.
    pub eject: Option<At<Eject>>,
    /// What the caller does when a call has failed for good.
    pub fallback: Option<At<Fallback>>,
    /// Most attempts of a calling node under way.
    pub bulkhead: Option<At<Count>>,
    /// Most attempts of a calling node in a time.
    pub rate_limit: Option<At<RateLimit>>,
    /// How the caller chooses among the nodes of the callee.
    pub balance: Option<At<Policy>>,
    /// How the caller learns that a node is down.
    pub health: Option<At<Health>>,
}

/// Switches on the way: `["a", "b"]` are all needed, `AnyOf(["a", "b"])` are alternatives.
#[derive(Clone, Debug, PartialEq)]
pub enum Via {
    /// All are needed.
    All(Vec<At<String>>),
    /// Each is a way of its own.
    AnyOf(Vec<Path>),
}

impl<'de> Deserialize<'de> for Via {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Reader;
        #[derive(serde::Deserialize)]
        #[serde(rename = "Via")]
        enum Word {
            AnyOf(Vec<Path>),
        }
        impl<'de> Visitor<'de> for Reader {
            type Value = Via;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of switches like [\"sw\"], or AnyOf([\"sw1\", \"sw2\"])")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Via, A::Error> {
                let names: Vec<_> = Vec::deserialize(SeqAccessDeserializer::new(list))?;
                some_switch(names).map(Via::All)
            }

            fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> Result<Via, A::Error> {
                let Word::AnyOf(ways) = Word::deserialize(EnumAccessDeserializer::new(access))?;
                some_switch(ways).map(Via::AnyOf)
            }
        }
        from.deserialize_any(Reader)
    }
}

/// The switches or ways of a list, of which there must be one.
fn some_switch<T, E: Error>(list: Vec<T>) -> Result<Vec<T>, E> {
    if list.is_empty() {
        let message = "no switch is named here\nname one, or leave `via` out";
        return Err(E::custom(message));
    }
    Ok(list)
}

/// One way of `AnyOf`: a switch, or a list of switches that are all needed.
#[derive(Clone, Debug, PartialEq)]
pub struct Path(pub Vec<At<String>>);

impl<'de> Deserialize<'de> for Path {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Result<String, Vec<At<String>>>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a switch like \"sw1\", or a list of switches")
            }

            fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<Self::Value, E> {
                Ok(Ok(name.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
                let names: Vec<_> = Vec::deserialize(SeqAccessDeserializer::new(list))?;
                some_switch(names).map(Err)
            }
        }
        struct Shape(Result<String, Vec<At<String>>>);
        impl<'de> Deserialize<'de> for Shape {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                from.deserialize_any(Reader).map(Shape)
            }
        }
        let At { value, span } = At::<Shape>::deserialize(from)?;
        Ok(Self(match value.0 {
            Ok(value) => vec![At { value, span }],
            Err(names) => names,
        }))
    }
}

/// Attempts after the first (S19).
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retry {
    /// Whose values stand for what is left out.
    pub preset: Option<At<Product>>,
    /// All tries, the first included.
    pub attempts: Option<At<Count>>,
    /// Pause before each further try.
    pub backoff: Option<Backoff>,
    /// Whether a further try goes to another node than those before, where one is left.
    pub elsewhere: Option<At<bool>>,
    /// Whether doubling pauses are drawn.
    pub jitter: Option<At<Jitter>>,
    /// What a good answer adds to the retries that a calling node has left.
    pub budget: Option<At<Share>>,
    /// Most retries that it can have left, and has at the start.
    pub bucket: Option<At<Count>>,
}

/// Copies of a request that is slow to be answered (S21). The first good answer wins; a copy that
/// fails leaves it to those sent and yet to be sent, and the call fails when all have.
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hedge {
    /// How long the caller waits before each further copy.
    pub after: At<Time>,
    /// Most further copies; 1 when left out.
    pub at_most: Option<Copies>,
}

/// Pause before a further try: a law, or `Doubling(from: .., cap: ..)`.
#[derive(Clone, Debug, PartialEq)]
pub enum Backoff {
    /// Drawn anew each time.
    Law(TimeLaw),
    /// Twice as long each time.
    Doubling(Doubling),
}

/// Twice as long each time.
#[derive(Clone, Copy, Debug, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Doubling {
    /// The first pause.
    pub from: Time,
    /// The longest pause.
    pub cap: Time,
}

impl<'de> Deserialize<'de> for Backoff {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        super::law::pause(from)
    }
}

/// Whether doubling pauses are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
pub enum Jitter {
    /// Uniform between 0 and the pause.
    Full,
    /// The pause itself.
    Off,
}

/// How nodes are chosen.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Policy {
    /// In turn.
    RoundRobin,
    /// In turn by weight.
    Weighted,
    /// At random, by weight.
    Random,
    /// Fewest open requests.
    LeastConnections(Option<LeastConnections>),
    /// The least loaded of several drawn.
    PowerOf(Option<PowerOf>),
    /// By the client's address.
    SourceHash,
    /// By the client's address on a ring.
    ConsistentHash(Option<ConsistentHash>),
    /// Whoever has room next, from one line at the balancer.
    CentralQueue,
}

/// Fewest open requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeastConnections {
    /// Among equals.
    pub ties: Option<Ties>,
}

/// The least loaded of several drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PowerOf {
    /// How many are drawn, with replacement.
    pub choices: Option<Few>,
    /// Among equals.
    pub ties: Option<Ties>,
}

/// By the client's address on a ring.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsistentHash {
    /// Points of each node on the ring.
    pub points: Option<Few>,
}

/// Choice among equals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
pub enum Ties {
    /// A seeded draw.
    Random,
    /// In turn.
    Rotation,
    /// The first.
    First,
}

/// Active health checks, or `Off`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Health {
    /// Nobody checks.
    Off,
    /// Checked at intervals.
    Checks(Checks),
}

/// Checks at intervals.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename = "health", deny_unknown_fields)]
pub struct Checks {
    /// Whose values stand for what is left out.
    pub preset: Option<At<Product>>,
    /// Time between checks.
    pub interval: Option<At<Time>>,
    /// The same from the first check that tells another state until that is believed.
    pub fast: Option<At<Time>>,
    /// The same while the target is believed down.
    pub when_down: Option<At<Time>>,
    /// How long a check waits for an answer.
    pub timeout: Option<At<Time>>,
    /// Failed checks in a row until down.
    pub fall: Option<Count>,
    /// Good checks in a row until up.
    pub rise: Option<Count>,
}

impl<'de> Deserialize<'de> for Health {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Reader;
        #[derive(serde::Deserialize)]
        #[serde(rename = "health")]
        enum Word {
            Off,
        }
        impl<'de> Visitor<'de> for Reader {
            type Value = Health;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("checks like (interval: \"2s\", fall: 3, rise: 2), or the word Off")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Health, A::Error> {
                Checks::deserialize(MapAccessDeserializer::new(map)).map(Health::Checks)
            }

            fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> Result<Health, A::Error> {
                let Word::Off = Word::deserialize(EnumAccessDeserializer::new(access))?;
                Ok(Health::Off)
            }
        }
        from.deserialize_any(Reader)
    }
}
