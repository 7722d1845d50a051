//! Parts that fail or are repaired together.

use super::{FaultTarget, HostId, NodeId, Outage, RackId, SwitchId};

/// What fails on its own, with what stands on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// One node.
    Node(NodeId),
    /// A host with all its nodes.
    Host(HostId),
    /// A rack, zone or feed with all nodes on its hosts.
    Rack(RackId),
    /// A switch.
    Switch(SwitchId),
}

impl Part {
    /// As the target of a fault.
    pub fn target(self) -> FaultTarget {
        match self {
            Part::Node(node) => FaultTarget::Nodes(vec![node]),
            Part::Host(host) => FaultTarget::Host(host),
            Part::Rack(rack) => FaultTarget::Rack(rack),
            Part::Switch(switch) => FaultTarget::Switch(switch),
        }
    }
}

/// Equal parts that fail or are repaired together.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// As in the file.
    pub name: String,
    /// Two or more, each in one group only.
    pub members: Vec<Part>,
    /// How often each is down by itself, without the common cause.
    pub own: Outage,
    /// How often the common cause takes all at once; `None` where there is none.
    pub common: Option<Outage>,
    /// How they wait for each other; `None` where each is repaired by itself.
    pub coupling: Option<Coupling>,
}

impl Group {
    /// Whether something takes all members at once without any of them being down by itself: a
    /// common cause of parts that are repaired each by itself, or a takeover.
    pub fn is_taken_at_once(&self) -> bool {
        match self.coupling {
            None => self.common.is_some(),
            Some(how) => how.coverage.is_some(),
        }
    }
}

/// How the parts of a group depend on each other. Their times are exponential.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Coupling {
    /// How many are repaired at once.
    pub crews: u32,
    /// How many run, from 1 to all; the others cannot fail. All, where spares are hot.
    pub running: u32,
    /// How a failure of the active one of two is taken over; `None`: at once.
    pub coverage: Option<Coverage>,
}

/// How a failure of the active one of two parts is taken over.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Coverage {
    /// Share of its failures that are noticed.
    pub share: f64,
    /// Mean time of a takeover, ns.
    pub takeover: u64,
    /// Mean time until somebody takes over by hand, ns.
    pub by_hand: u64,
}
