//! Changes of the running system: faults, and what the control layer does about them.

use super::id::{GateId, NodeId, RouteId, SelectorId, SpellId, StationId, StoreId};

/// A change at a time, from the fault schedule or from what watches over it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimedEffect {
    /// When, ns from the start of the run.
    pub at: u64,
    /// What.
    pub effect: Effect,
}

/// A change of the running system.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Effect {
    /// The node stops: queued and running work is lost, callers learn of it after one network
    /// delay (S49), new calls are refused.
    Crash(NodeId),
    /// The node is back: empty, cold, its pools free (S48).
    Repair(NodeId),
    /// All work of the node takes `1/speed` times as long; 1.0 ends it.
    Speed(NodeId, f64),
    /// The processes of the node stand still (true), or go on (false): no work is done, and
    /// nothing leaves it. Its stations are among those whose servers stop (`Rates::stops`).
    Pause(NodeId, bool),
    /// A switch goes down (false) or up (true).
    Gate(GateId, bool),
    /// All work of a station takes `1/rate` times as long; 1.0 ends it.
    Rate(StationId, f64),
    /// A station takes nothing more: who needs it fails with `Reason::Error`; or it does again.
    Full(StationId, bool),
    /// A name server answers nobody (true), or everybody again (false).
    Nameless(NodeId, bool),
    /// A share of what the shard of a node holds is lost, item by item by a draw with this key.
    Flush(NodeId, f64, u64),
    /// Each request that comes to the node leaves so many bytes behind beside what it always does.
    Leak(NodeId, u64),
    /// Something begins to befall messages, or ends.
    Spell(SpellId, bool),
    /// A selector changes its mind about a target: believed up or not, and its rank.
    Belief {
        /// Whose view.
        selector: SelectorId,
        /// Which target, by place.
        target: u32,
        /// Believed up.
        up: bool,
        /// Its new rank.
        rank: u8,
    },
    /// Another node takes the place of this one, for good.
    Succeed(NodeId),
    /// A queue is led by another of its seats from now on, or by none.
    Lead {
        /// Place in `Program::queues`.
        queue: u32,
        /// Who leads.
        seat: Option<u32>,
    },
    /// A route moves to another alternative.
    Reroute(RouteId, u32),
    /// The address of a target of a store, by place, is from now on held by another target (or
    /// by itself again); who has resolved it reaches the holder.
    Handover {
        /// Whose addresses.
        store: StoreId,
        /// Whose address it is.
        address: u32,
        /// Who answers there.
        holder: u32,
    },
}
