//! Crash: a part stops at once, and comes back empty (S48, S49).

use super::Span;
use crate::model::{Fault, FaultKind, FaultTarget, HostId, NodeId, RackId, SwitchId};

/// What can be crashed on its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// One node.
    Node(NodeId),
    /// A host with all its nodes.
    Host(HostId),
    /// A rack with all nodes on its hosts.
    Rack(RackId),
    /// A switch.
    Switch(SwitchId),
}

impl Place {
    /// As the target of a fault.
    pub fn target(self) -> FaultTarget {
        match self {
            Place::Node(node) => FaultTarget::Nodes(vec![node]),
            Place::Host(host) => FaultTarget::Host(host),
            Place::Rack(rack) => FaultTarget::Rack(rack),
            Place::Switch(switch) => FaultTarget::Switch(switch),
        }
    }
}

/// A crash of one part, at `at` ns for `lasts` ns or to the end.
pub fn crash_of(place: Place, at: u64, lasts: Option<u64>) -> Fault {
    Fault {
        kind: FaultKind::Crash,
        target: place.target(),
        at,
        lasts,
    }
}

/// Calls `tell(when, down)` at the edges of the stretches in which a part is down.
pub fn changes(spans: &[Span], mut tell: impl FnMut(u64, bool)) {
    for span in spans {
        tell(span.start, true);
        if span.end < u64::MAX {
            tell(span.end, false);
        }
    }
}
