//! Machines, hosts and what they share, switches.

use std::fmt;

use serde::Deserialize;
use serde::de::value::{EnumAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserializer, EnumAccess, Error, SeqAccess, Visitor};

use super::{At, Failure, TimeLaw};
use crate::quantity::{Bandwidth, Cores, Cost, Factor, Share, Sharing, Size};

/// A size of machine.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Machine {
    /// Its cores.
    pub cores: Option<Cores>,
    /// Speed of a core; 1.0 is where the demands were measured.
    pub speed: Option<Factor>,
    /// Bandwidth of its network card.
    pub nic: Option<Bandwidth>,
    /// What the programs of a node on it can hold.
    pub memory: Option<At<Size>>,
    /// What it costs.
    pub cost: Option<Cost>,
}

/// What components stand on and links pass.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Infrastructure {
    /// A physical machine that nodes share.
    Host(Box<Host>),
    /// What hosts stand in and are lost with.
    Rack(Rack),
    /// A place with power, cooling and uplinks of its own, with all hosts in it.
    Zone(Rack),
    /// What hosts draw power from.
    Feed(Rack),
    /// A switch on the way of links.
    Switch(Switch),
}

/// A physical machine that nodes share.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Host {
    /// Its size, unless the fields below say otherwise.
    pub machine: Option<At<String>>,
    /// Its cores.
    pub cores: Option<Cores>,
    /// Speed of a core.
    pub speed: Option<Factor>,
    /// Bandwidth of its network card.
    pub nic: Option<Bandwidth>,
    /// Order of service of its CPU.
    pub discipline: Option<Discipline>,
    /// Contention on its CPU.
    pub contention: Option<At<Contention>>,
    /// Speed of each core, where they are not equal.
    pub core_speeds: Option<At<Vec<Factor>>>,
    /// Total rate of the CPU with 1, 2, 3 .. jobs; the last holds for more.
    pub scaling: Option<At<Vec<Factor>>>,
    /// The rack that it stands in.
    pub rack: Option<At<String>>,
    /// The zone that it stands in.
    pub zone: Option<At<String>>,
    /// What it draws power from.
    pub feeds: Option<At<Feeds>>,
    /// What it costs, in place of its machine.
    pub cost: Option<Cost>,
    /// How it fails and is repaired.
    pub failure: Option<At<Failure>>,
}

/// Sources of power: `["a"]` are all needed, of `AnyOf(["a", "b"])` one suffices.
#[derive(Clone, Debug, PartialEq)]
pub enum Feeds {
    /// All are needed.
    All(Vec<At<String>>),
    /// One of them suffices.
    AnyOf(Vec<At<String>>),
}

impl<'de> Deserialize<'de> for Feeds {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Reader;
        #[derive(Deserialize)]
        #[serde(rename = "Feeds")]
        enum Word {
            AnyOf(Vec<At<String>>),
        }
        fn some<E: Error>(names: Vec<At<String>>) -> Result<Vec<At<String>>, E> {
            if names.is_empty() {
                return Err(E::custom("name a Feed, or leave `feeds` out"));
            }
            Ok(names)
        }
        impl<'de> Visitor<'de> for Reader {
            type Value = Feeds;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of feeds like [\"a\"], or AnyOf([\"a\", \"b\"])")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Feeds, A::Error> {
                let names = Vec::deserialize(SeqAccessDeserializer::new(list))?;
                some(names).map(Feeds::All)
            }

            fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> Result<Feeds, A::Error> {
                let Word::AnyOf(names) = Word::deserialize(EnumAccessDeserializer::new(access))?;
                some(names).map(Feeds::AnyOf)
            }
        }
        from.deserialize_any(Reader)
    }
}

/// What hosts stand in: power, cooling and uplinks that they share.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rack {
    /// How it fails and is repaired.
    pub failure: Option<At<Failure>>,
}

/// A switch on the way of links.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Switch {
    /// Delay that it adds to each crossing.
    pub latency: Option<TimeLaw>,
    /// How it fails and is repaired.
    pub failure: Option<At<Failure>>,
}

/// Order of service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Discipline {
    /// All at once, in equal shares.
    ProcessorSharing,
    /// First come, first served.
    Fcfs,
    /// Last come, first served; nobody is interrupted.
    Lcfs,
    /// Whoever waits is as likely to be next.
    RandomOrder,
    /// So many at once, the rest first come, first served.
    LimitedSharing(Sharing),
    /// By priority of the class.
    Priority(Priority),
}

/// By priority of the class, within it first come, first served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Priority {
    /// Whether an urgent job interrupts one that is less so, which later resumes.
    pub preemptive: bool,
}

/// Universal Scalability Law coefficients (S6).
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contention {
    /// Waiting for shared parts, at most 1.
    pub sigma: Share,
    /// Keeping copies coherent, at most 1.
    pub kappa: Share,
}
