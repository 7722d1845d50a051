//! Groups of nodes whose number in service follows their utilisation, as a program describes them.

use crate::engine::id::{NodeId, PoolId, StationId};

/// A group of nodes of which only some are in service.
#[derive(Clone, Debug)]
pub struct Scaler {
    /// For the draw of its first look.
    pub name: String,
    /// All nodes; the first are in service at the start.
    pub members: Vec<Member>,
    /// How many are in service at the start.
    pub start: u32,
    /// From the decision until a node takes work, ns.
    pub boot: u64,
    /// Time between two looks, ns, above 0.
    pub every: u64,
    /// Before this nobody looks, ns: the end of the lead-in.
    pub from: u64,
    /// The first look, ns after `from`; `None`: drawn within `every`.
    pub first: Option<u64>,
    /// What is decided by.
    pub terms: Terms,
}

/// A node of a group.
#[derive(Clone, Debug)]
pub struct Member {
    /// The node.
    pub node: NodeId,
    /// Where it is seen how busy it is.
    pub busy: Busy,
    /// How many servers or permits are all of it.
    pub servers: u32,
    /// Stations that are its own.
    pub stations: Vec<StationId>,
    /// Pools that are its own.
    pub pools: Vec<PoolId>,
}

/// What of a node is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Busy {
    /// Servers of a station.
    Station(StationId),
    /// Permits of a pool.
    Pool(PoolId),
}

/// What is decided by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Terms {
    /// Fewest in service.
    pub min: u32,
    /// Most in service.
    pub max: u32,
    /// The utilisation to keep, above 0.
    pub target: f64,
    /// How far from it nothing is done, as a share of it.
    pub tolerance: f64,
    /// Shortest time between two changes, ns.
    pub cooldown: u64,
    /// How long fewer must have been enough, ns.
    pub stabilise: u64,
}

/// What a look shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// When, ns.
    pub at: u64,
    /// Nodes in service.
    pub in_service: u32,
    /// Nodes that start.
    pub starting: u32,
    /// Mean utilisation of those in service since the look before; who came since was idle before.
    pub utilisation: f64,
}

/// What is remembered from look to look.
#[derive(Clone, Debug, Default)]
pub struct Past {
    /// When the last change was decided.
    pub acted: Option<u64>,
    /// How many were wanted when.
    pub wanted: Vec<(u64, u32)>,
}

/// How many are wanted in service from now on, those that start among them.
pub type Scaling = fn(&Terms, &mut Past, Sample) -> u32;
