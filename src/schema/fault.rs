//! The faults.

use super::{At, Preset, TimeLaw};
use crate::quantity::{Bandwidth, Factor, Share, Size, Time};

/// Whether a partition lets one side through.
pub const ONE_WAY: Preset = Preset {
    of: "faults",
    field: "one_way",
    value: "false",
    source: "linchpin's choice because a connection that is cut one way carries nothing the other \
             way either",
};

/// How long a node takes to come back.
pub const BOOT: Preset = Preset {
    of: "components",
    field: "boot",
    value: "\"60s\"",
    source: "linchpin's choice because a machine and the program on it are up in about a minute",
};

/// Defaults of faults.
pub const FAULT: [Preset; 2] = [ONE_WAY, BOOT];

/// What breaks, and when.
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Fault {
    /// It stops.
    Crash(Crash),
    /// It stops and is started again.
    Restart(Restart),
    /// Its work takes longer.
    Slow(Slow),
    /// It stands still.
    Pause(Pause),
    /// What is sent to it or by it vanishes.
    BlackHole(BlackHole),
    /// Two sides do not reach each other.
    Partition(Partition),
    /// What is sent to it or by it takes longer.
    Latency(Latency),
    /// Some of what is sent to it or by it is lost and sent again.
    Loss(Loss),
    /// Some requests to it are answered with an error.
    Errors(Errors),
    /// Some of its answers are cut off.
    Reset(Reset),
    /// Its line carries less.
    Bandwidth(Narrow),
    /// It loses what it holds.
    Flush(Flush),
    /// It answers no lookups.
    DnsError(DnsError),
    /// Its disk is slower.
    SlowDisk(SlowDisk),
    /// Its disk takes nothing more.
    FullDisk(FullDisk),
    /// A certificate or a quota of it is over.
    Expire(Expire),
    /// Requests leave bytes behind at it.
    Leak(Leak),
    /// A workload sends more.
    Overload(Overload),
    /// Another version is put on its nodes.
    Deploy(Deploy),
}

impl Fault {
    /// Where it strikes, when, and how long.
    pub fn place(&self) -> (&At<String>, &At<Time>, Option<&At<Time>>) {
        let (target, at, lasts) = match self {
            Self::Crash(it) => (&it.target, &it.at, &it.lasts),
            Self::Restart(it) => (&it.target, &it.at, &it.lasts),
            Self::Slow(it) => (&it.target, &it.at, &it.lasts),
            Self::Pause(it) => (&it.target, &it.at, &it.lasts),
            Self::BlackHole(it) => (&it.target, &it.at, &it.lasts),
            Self::Partition(it) => (&it.from, &it.at, &it.lasts),
            Self::Latency(it) => (&it.target, &it.at, &it.lasts),
            Self::Loss(it) => (&it.target, &it.at, &it.lasts),
            Self::Errors(it) => (&it.target, &it.at, &it.lasts),
            Self::Reset(it) => (&it.target, &it.at, &it.lasts),
            Self::Bandwidth(it) => (&it.target, &it.at, &it.lasts),
            Self::Flush(it) => (&it.target, &it.at, &None),
            Self::DnsError(it) => (&it.target, &it.at, &it.lasts),
            Self::SlowDisk(it) => (&it.target, &it.at, &it.lasts),
            Self::FullDisk(it) => (&it.target, &it.at, &it.lasts),
            Self::Expire(it) => (&it.target, &it.at, &it.lasts),
            Self::Leak(it) => (&it.target, &it.at, &it.lasts),
            Self::Overload(it) => (&it.target, &it.at, &it.lasts),
            Self::Deploy(it) => (&it.target, &it.at, &None),
        };
        (target, at, lasts.as_ref())
    }
}

/// A stop.
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Crash {
    /// A component (all nodes), `was/2`, `was/any`, a host, a rack or a switch.
    pub target: At<String>,
    /// When.
    pub at: At<Time>,
    /// How long; to the end when left out.
    pub lasts: Option<At<Time>>,
}

/// A stop from which it comes back by itself.
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Restart {
    /// A component (all nodes), `was/2`, `was/any`, a host, a rack or a zone.
    pub target: At<String>,
    /// When.
    pub at: At<Time>,
    /// From one node to the next; all at once when left out.
    pub each: Option<At<Time>>,
    /// How long each node is away; the `boot` of its component when left out.
    pub lasts: Option<At<Time>>,
}

/// A standstill.
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pause {
    /// A component (all nodes), `was/2`, `was/any`, a host or a rack.
    pub target: At<String>,
    /// When.
    pub at: At<Time>,
    /// How long; to the end when left out.
    pub lasts: Option<At<Time>>,
}

/// A slowness.
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slow {
    /// A component (all nodes), `was/2`, `was/any`, a host or a rack.
    pub target: At<String>,
    /// How many times as long the work takes.
    pub factor: Factor,
    /// When.
    pub at: At<Time>,
    /// How long; to the end when left out.
    pub lasts: Option<At<Time>>,
}

/// Silence.
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlackHole {
    /// A component (all nodes), `was/2`, `was/any`, a host, a rack or a link.
    pub target: At<String>,
    /// When.
    pub at: At<Time>,
    /// How long; to the end when left out.
    pub lasts: Option<At<Time>>,
}

/// A cut between two sides.
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Partition {
    /// One side: a component, `was/2`, a host or a rack.
    pub from: At<String>,
    /// The other side.
    pub to: At<String>,
    /// Whether `to` still reaches `from`.
    pub one_way: Option<bool>,
    /// When.
    pub at: At<Time>,
    /// How long; to the end when left out.
    pub lasts: Option<At<Time>>,
}

/// A delay.
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Latency {
    /// A component (all nodes), `was/2`, `was/any`, a host, a rack or a link.
    pub target: At<String>,
    /// How much longer each message takes.
    pub add: At<TimeLaw>,
    /// When.
    pub at: At<Time>,
    /// How long; to the end when left out.
    pub lasts: Option<At<Time>>,
}

/// Lost messages.
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Loss {
    /// A component (all nodes), `was/2`, `was/any`, a host, a rack or a link.
    pub target: At<String>,
    /// Of all messages, this share.
    pub share: At<Share>,
    /// When.
    pub at: At<Time>,
    /// How long; to the end when left out.
    pub lasts: Option<At<Time>>,
}

/// Answers with an error.
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Errors {
    /// A component (all nodes), `was/2`, `was/any`, a host, a rack or a link.
    pub target: At<String>,
    /// Of all requests, this share.
    pub share: At<Share>,
    /// When.
    pub at: At<Time>,
    /// How long; to the end when left out.
    pub lasts: Option<At<Time>>,
}

/// Cut connections.
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reset {
    /// A component (all nodes), `was/2`, `was/any`, a host, a rack or a link.
    pub target: At<String>,
    /// Of all answers, this share.
    pub share: At<Share>,
    /// When.
    pub at: At<Time>,
    /// How long; to the end when left out.
    pub lasts: Option<At<Time>>,
}

/// A narrow line.
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
#[serde(rename = "Bandwidth", deny_unknown_fields)]
pub struct Narrow {
    /// A link, or what has a network card: a component, `was/2`, `was/any`, a host or a rack.
    pub target: At<String>,
    /// What it carries.
    pub to: At<Bandwidth>,
    /// When.
    pub at: At<Time>,
    /// How long; to the end when left out.
    pub lasts: Option<At<Time>>,
}

/// Lost contents.
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flush {
    /// A cache, one of its nodes, or where they stand.
    pub target: At<String>,
    /// Of its entries, this share.
    pub share: At<Share>,
    /// When.
    pub at: At<Time>,
}

/// Lookups without answer.
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DnsError {
    /// A name service, or one of its nodes.
    pub target: At<String>,
    /// When.
    pub at: At<Time>,
    /// How long; to the end when left out.
    pub lasts: Option<At<Time>>,
}

/// A slow disk.
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlowDisk {
    /// A component (all nodes), `was/2`, `was/any`, a host or a rack.
    pub target: At<String>,
    /// How many times as long its work takes.
    pub factor: At<Factor>,
    /// When.
    pub at: At<Time>,
    /// How long; to the end when left out.
    pub lasts: Option<At<Time>>,
}

/// A full disk.
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FullDisk {
    /// A component (all nodes), `was/2`, `was/any`, a host or a rack.
    pub target: At<String>,
    /// When.
    pub at: At<Time>,
    /// How long; to the end when left out.
    pub lasts: Option<At<Time>>,
}

/// The end of a certificate or of a quota.
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expire {
    /// A component or a link.
    pub target: At<String>,
    /// When it is over.
    pub at: At<Time>,
    /// Until somebody has renewed it; to the end when left out.
    pub lasts: Option<At<Time>>,
}

/// Memory that is never given back.
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Leak {
    /// A component (all nodes), `was/2`, `was/any`, a host or a rack.
    pub target: At<String>,
    /// What each request leaves behind, beside what it always does.
    pub per_request: At<Size>,
    /// When.
    pub at: At<Time>,
    /// How long; to the end when left out.
    pub lasts: Option<At<Time>>,
}

/// More than usual.
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Overload {
    /// An open workload.
    pub target: At<String>,
    /// How many times its rate.
    pub factor: At<Factor>,
    /// When.
    pub at: At<Time>,
    /// How long; to the end when left out.
    pub lasts: Option<At<Time>>,
}

/// Another version.
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deploy {
    /// A component.
    pub target: At<String>,
    /// When it begins.
    pub at: At<Time>,
    /// In which order the nodes get it.
    pub order: At<Order>,
    /// Of all requests to a node with the new version, this share is answered with an error;
    /// none when left out.
    pub errors: Option<At<Share>>,
}

/// In which order nodes get another version.
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Order {
    /// One after the other; each is restarted.
    Rolling(Rolling),
    /// All at once: a second set of nodes has been made ready beforehand.
    BlueGreen,
    /// The first node, and the others one after the other when it has been watched.
    Canary(Canary),
}

/// One after the other.
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rolling {
    /// From one node to the next.
    pub each: Time,
    /// How long a node is away.
    pub restart: At<Time>,
}

/// One, then the others.
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Canary {
    /// How long the first node is watched.
    pub watch: Time,
    /// From one of the others to the next.
    pub each: Time,
    /// How long a node is away.
    pub restart: At<Time>,
}
