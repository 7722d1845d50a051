//! Nodes whose number follows their utilisation.

use super::{Component, Model};

/// How many nodes of a component are in service. All [`Component::nodes`](super::Component) exist;
/// those that are not in service get no work.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Autoscale {
    /// Fewest in service, at least 1.
    pub min: u32,
    /// Most in service, at least `min`; so many nodes the component has. With as many as `min` the
    /// number is fixed.
    pub max: u32,
    /// In service at the start, from `min` to `max`.
    pub start: u32,
    /// Whose utilisation: a resource with a limit.
    pub resource: &'static str,
    /// The utilisation to keep, above 0, at most 1.
    pub target: f64,
    /// From the decision until a new node takes work, ns.
    pub boot: u64,
    /// Shortest time between two changes, ns.
    pub cooldown: u64,
    /// Time between two looks, ns, above 0.
    pub every: u64,
    /// The first look, ns from the end of the lead-in; `None`: at random within `every` (S27).
    pub first: Option<u64>,
    /// How far from the target nothing is done, as a share of it.
    pub tolerance: f64,
    /// How long fewer nodes must have been enough before some are taken out, ns.
    pub stabilise: u64,
}

impl Model {
    /// The components whose number of nodes follows their utilisation.
    pub fn scaled(&self) -> impl Iterator<Item = (&Component, Autoscale)> {
        let parts = self.components.iter();
        let scaled = parts.filter_map(|part| Some((part, part.autoscale?)));
        scaled.filter(|(_, autoscale)| autoscale.min < autoscale.max)
    }

    /// The same with the fewest nodes for good; faults of the others, and what would be done to
    /// them, are left out.
    #[must_use]
    pub fn at_minimum(&self) -> Self {
        let mut model = self.clone();
        if self.scaled().next().is_none() {
            return model;
        }
        for part in &mut model.components {
            if let Some(autoscale) = &mut part.autoscale {
                (autoscale.max, autoscale.start) = (autoscale.min, autoscale.min);
                part.nodes.truncate(autoscale.min as usize);
            }
        }
        model.renumber(self);
        model
    }
}

#[cfg(test)]
impl Autoscale {
    /// Half of the CPU, looked at all the time, without any delay.
    pub fn at_once(min: u32, max: u32, start: u32) -> Self {
        Self {
            min,
            max,
            start,
            resource: "cpu",
            target: 0.5,
            boot: 0,
            cooldown: 0,
            every: 1,
            first: None,
            tolerance: 0.1,
            stabilise: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::builder::Builder;
    use crate::model::{Fault, FaultKind, FaultTarget, NodeId};

    #[test]
    fn at_the_minimum_only_the_first_nodes_are_left() {
        let mut b = Builder::new("scaled");
        let was = b.component("was", 3);
        let db = b.component("db", 2);
        let mut model = b.build();
        model.components[was.index()].autoscale = Some(Autoscale::at_once(1, 3, 2));
        let crash = |nodes: &[u32]| Fault {
            kind: FaultKind::Crash,
            target: FaultTarget::Nodes(nodes.iter().copied().map(NodeId).collect()),
            at: 0,
            lasts: None,
        };
        model.faults = vec![crash(&[1, 2]), crash(&[2, 4])];
        let least = model.at_minimum();
        let names: Vec<&str> = least.nodes.iter().map(|node| &*node.name).collect();
        assert_eq!(names, ["was/1", "db/1", "db/2"]);
        assert_eq!(least.component(db).nodes, [NodeId(1), NodeId(2)]);
        assert_eq!(least.faults, [crash(&[2])]);
        assert!(least.scaled().next().is_none());
    }
}
