//! Who decides that another node takes over.

use super::id::{ComponentId, NodeId};
use super::{Component, Model, Role};

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

    /// The components on whose takeovers too few voters are left without the `lost` ones.
    pub fn undecided(&self, lost: &[NodeId]) -> impl Iterator<Item = ComponentId> {
        let is_short = |part: &Component| {
            self.voters(part).is_some_and(|(voters, majority)| {
                voters.iter().filter(|&voter| !lost.contains(voter)).count() < majority
            })
        };
        let short = move |place: &usize| is_short(&self.components[*place]);
        let places = (0..self.components.len()).filter(short);
        places.map(ComponentId::from)
    }

    /// The components on whose takeovers the nodes of `of` vote.
    pub fn asking(&self, of: ComponentId) -> impl Iterator<Item = &Component> {
        let asks = move |part: &&Component| part.voters.is_some_and(|one| one.component == of);
        self.components.iter().filter(asks)
    }

    /// Of the components that ask `of` or are it, those which the `lost` nodes leave without
    /// somebody who leads for want of voters: the one who led is lost, or has stepped down.
    pub fn outvoted(&self, of: ComponentId, lost: &[NodeId]) -> impl Iterator<Item = ComponentId> {
        let is_concerned = move |asking: &ComponentId| {
            let part = self.component(*asking);
            part.voters.is_some_and(|voters| {
                (*asking == of || voters.component == of)
                    && (voters.steps_down || self.leads_among(part, lost))
            })
        };
        self.undecided(lost).filter(is_concerned)
    }

    /// Whether one of these nodes leads a component while nothing has happened.
    pub fn leads_among(&self, part: &Component, nodes: &[NodeId]) -> bool {
        let leads = |node: &NodeId| matches!(self.node(*node).role, Role::Member | Role::Primary);
        part.nodes
            .iter()
            .filter(|node| leads(node))
            .any(|node| nodes.contains(node))
    }
}
