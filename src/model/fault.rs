//! What breaks, where and when.

use super::Model;
use super::id::{HostId, LinkId, NodeId, RackId, SwitchId, WorkloadId};
use crate::law::Law;

/// A scheduled fault.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// What.
    pub kind: FaultKind,
    /// Where.
    pub target: FaultTarget,
    /// Start, ns from the end of the lead-in.
    pub at: u64,
    /// Length, ns; `None`: to the end.
    pub lasts: Option<u64>,
}

impl Fault {
    /// First instant after it, ns from the end of the lead-in; `None`: it does not end. What is
    /// flushed is gone at once.
    pub fn end(&self) -> Option<u64> {
        match self.kind {
            FaultKind::Flush(_) => Some(self.at),
            _ => Some(self.at.saturating_add(self.lasts?)),
        }
    }
}

/// What breaks.
#[derive(Clone, Debug, PartialEq)]
pub enum FaultKind {
    /// It stops.
    Crash,
    /// Its work takes `factor` times as long.
    Slow(f64),
    /// Its work stands still, and goes on after it.
    Pause,
    /// What is sent to it or by it vanishes.
    BlackHole,
    /// What is sent from the target to these nodes vanishes, and what comes back if `both`.
    Partition {
        /// The other side.
        to: FaultTarget,
        /// Whether nothing comes back either.
        both: bool,
    },
    /// What is sent to it or by it takes longer, ns.
    Latency(Law),
    /// This share of what is sent to it or by it is lost, and sent again.
    Loss(f64),
    /// This share of the requests to it is answered with an error at once.
    Errors(f64),
    /// This share of its answers is cut off.
    Reset(f64),
    /// Its line carries no more than this, bits per second.
    Bandwidth(f64),
    /// This share of what it holds is lost.
    Flush(f64),
    /// It answers no lookups.
    DnsError,
    /// Its disk takes `factor` times as long.
    SlowDisk(f64),
    /// Its disk takes nothing more: steps that need it fail.
    FullDisk,
    /// Its certificate or quota is over: all requests to it are answered with an error.
    Expire,
    /// Each request that comes to it leaves so many bytes behind.
    Leak(u64),
    /// The rate of a workload is this many times what it is.
    Overload(f64),
}

impl FaultKind {
    /// The word of the file.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Crash => "Crash",
            Self::Slow(_) => "Slow",
            Self::Pause => "Pause",
            Self::BlackHole => "BlackHole",
            Self::Partition { .. } => "Partition",
            Self::Latency(_) => "Latency",
            Self::Loss(_) => "Loss",
            Self::Errors(_) => "Errors",
            Self::Reset(_) => "Reset",
            Self::Bandwidth(_) => "Bandwidth",
            Self::Flush(_) => "Flush",
            Self::DnsError => "DnsError",
            Self::SlowDisk(_) => "SlowDisk",
            Self::FullDisk => "FullDisk",
            Self::Expire => "Expire",
            Self::Leak(_) => "Leak",
            Self::Overload(_) => "Overload",
        }
    }

    /// Whether it befalls messages on their way rather than nodes or switches.
    pub fn is_of_messages(&self) -> bool {
        match self {
            Self::Crash
            | Self::Slow(_)
            | Self::Pause
            | Self::Bandwidth(_)
            | Self::Flush(_)
            | Self::DnsError
            | Self::SlowDisk(_)
            | Self::FullDisk
            | Self::Leak(_)
            | Self::Overload(_) => false,
            Self::BlackHole
            | Self::Partition { .. }
            | Self::Latency(_)
            | Self::Loss(_)
            | Self::Errors(_)
            | Self::Reset(_)
            | Self::Expire => true,
        }
    }
}

/// Where a fault strikes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaultTarget {
    /// These nodes, all of them.
    Nodes(Vec<NodeId>),
    /// One of these nodes, drawn by seed (S10: `was/any`).
    AnyOf(Vec<NodeId>),
    /// A host with all its nodes.
    Host(HostId),
    /// A rack with all nodes on its hosts.
    Rack(RackId),
    /// A switch.
    Switch(SwitchId),
    /// A link.
    Link(LinkId),
    /// A workload.
    Workload(WorkloadId),
}

impl FaultTarget {
    /// All nodes that may be struck; of [`FaultTarget::AnyOf`] those of which one is drawn.
    pub fn nodes(&self, model: &Model) -> Vec<NodeId> {
        match self {
            Self::Nodes(nodes) | Self::AnyOf(nodes) => nodes.clone(),
            Self::Host(host) => (0..model.nodes.len())
                .map(NodeId::from)
                .filter(|&node| model.node(node).host == Some(*host))
                .collect(),
            Self::Rack(rack) => model.nodes_in(*rack).collect(),
            Self::Switch(_) | Self::Link(_) | Self::Workload(_) => Vec::new(),
        }
    }

    /// Whether what is sent among its own nodes stays inside of it.
    pub fn is_a_place(&self) -> bool {
        matches!(self, Self::Host(_) | Self::Rack(_))
    }
}
