//! Cuts: two sides that are well and do not reach each other.

use super::Span;
use crate::model::{LinkId, NodeId};

/// Who does not reach whom, and when. A check needs both ways: one that is cut is enough.
#[derive(Clone, Debug, PartialEq)]
pub struct Cut {
    sides: Sides,
    /// When.
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
enum Sides {
    Link(LinkId),
    Nodes(Vec<NodeId>, Vec<NodeId>),
}

impl Cut {
    /// All over a link.
    pub fn link(link: LinkId, span: Span) -> Self {
        let sides = Sides::Link(link);
        Self { sides, span }
    }

    /// Nodes of one side from those of the other.
    pub fn between(one: Vec<NodeId>, other: Vec<NodeId>, span: Span) -> Self {
        let sides = Sides::Nodes(one, other);
        Self { sides, span }
    }

    /// Whether it parts a caller on these nodes from a node that it calls over a link.
    pub fn parts(&self, caller: &[NodeId], link: LinkId, node: NodeId) -> bool {
        let within =
            |side: &[NodeId]| !caller.is_empty() && caller.iter().all(|node| side.contains(node));
        match &self.sides {
            Sides::Link(cut) => *cut == link,
            Sides::Nodes(one, other) => {
                within(one) && other.contains(&node) || within(other) && one.contains(&node)
            }
        }
    }
}
