//! Choices among nodes, as a program describes them.

use std::sync::Arc;

use super::guard::spec::Eject;
use super::id::{NodeId, PoolId, SelectorId};

/// A choice among nodes, with one caller's own view of them.
#[derive(Clone, Debug)]
pub struct Selector {
    /// For random streams: calling node and callee, by name.
    pub name: String,
    /// How to choose.
    pub policy: Policy,
    /// Among whom; callers with the same view of the same nodes share it.
    pub targets: Arc<[Target]>,
    /// Most requests of this selector, and of those that count with it, that a target has open at
    /// once, and the pool in which callers wait for one that has fewer.
    pub limit: Option<(u32, PoolId)>,
    /// The jar of cookies that tell whom each person belongs to, below
    /// `Program::jars`; `None`: nobody belongs to anybody.
    pub jar: Option<u32>,
    /// When a target that fails is left out; needs a [`super::guard::spec::Guard`] on every call
    /// that chooses here.
    pub eject: Option<Eject>,
    /// By target: the same node in other selectors that look at open requests, each with its
    /// place there; what is opened here counts there too. Empty: nobody counts with this one.
    pub peers: Vec<Vec<(SelectorId, u32)>>,
}

/// One node as a selector sees it at the start of the run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Target {
    /// The node.
    pub node: NodeId,
    /// Relative share, for policies with weights; positive.
    pub weight: f64,
    /// Preference: among the targets believed up, only those of the least rank take part.
    pub rank: u8,
    /// Believed up. When nobody is believed up the attempt fails with [`Reason::NoBackend`].
    pub up: bool,
}

/// Balancing policies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Policy {
    /// In turn. The start is drawn per replication.
    RoundRobin,
    /// In turn by weight, smoothly interleaved.
    Weighted,
    /// At random, by weight.
    Random,
    /// Fewest open requests in this selector's own count.
    LeastConnections {
        /// Among equals.
        ties: Ties,
    },
    /// The least loaded of `choices` drawn with replacement.
    PowerOf {
        /// How many are drawn, at least 1.
        choices: u32,
        /// Among equals.
        ties: Ties,
    },
    /// By the hash of the client's address (rendezvous hashing, so that a lost node moves only
    /// its own clients). A request without person has a fresh address.
    SourceHash,
    /// By the hash of the client's address on a ring where each node has `points` points.
    ConsistentHash {
        /// Points of each node, at least 1.
        points: u32,
    },
    /// By the hash of the request itself: keys spread over shards. A shard that is down is still
    /// chosen for its share.
    Shard,
}

impl Policy {
    /// Whether it looks at open requests.
    pub fn looks_at_open(self) -> bool {
        matches!(self, Self::LeastConnections { .. } | Self::PowerOf { .. })
    }
}

/// How least-loaded policies choose among equals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ties {
    /// A seeded draw.
    Random,
    /// In turn.
    Rotation,
    /// The first of the list.
    First,
}
