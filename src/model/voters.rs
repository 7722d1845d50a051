//! Who decides that another node takes over.

use super::id::{ComponentId, NodeId};
use super::{Component, Model};

/// Nodes without more than half of which nobody takes over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Voters {
    /// Whose nodes vote; a component may ask its own.
    pub component: ComponentId,
    /// Whether a primary that has lost the majority takes no writes until it is back.
    pub steps_down: bool,
}

impl Model {
    /// The nodes that must agree before another node of `component` takes over, and how many of
    /// them at least; `None` where nobody is asked.
    pub fn voters(&self, component: &Component) -> Option<(&[NodeId], usize)> {
        let voters = component.voters?;
        let nodes = &self.component(voters.component).nodes;
        Some((nodes, nodes.len() / 2 + 1))
    }

    /// The component, this one or one that asks it, on whose takeovers too few voters are left
    /// without the `lost` ones.
    pub fn outvoted(&self, of: ComponentId, lost: &[NodeId]) -> Option<&Component> {
        let concerns = |part: &&Component| {
            part.name == self.component(of).name
                || part.voters.is_some_and(|voters| voters.component == of)
        };
        let is_short = |part: &&Component| {
            self.voters(part).is_some_and(|(voters, majority)| {
                voters.iter().filter(|&voter| !lost.contains(voter)).count() < majority
            })
        };
        self.components.iter().filter(concerns).find(is_short)
    }
}
