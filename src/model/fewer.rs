//! A model with fewer nodes.

use super::fault::{FaultKind, FaultTarget};
use super::{ComponentId, Model, NodeId, Part, Role};

impl Model {
    /// The same with so many nodes of a component out of service for good, and everybody knowing:
    /// of nodes on unlike machines those with most cores times speed, else the last ones; of a
    /// database read replicas, as one of them takes the place of a lost primary. `None` where no
    /// node would be left.
    #[must_use]
    pub fn without(&self, component: ComponentId, lost: u32) -> Option<Self> {
        let part = self.component(component);
        let mut places: Vec<usize> = (0..part.nodes.len()).collect();
        let weight = |place: &usize| {
            let node = self.node(part.nodes[*place]);
            let cores = node.host.map_or(1, |host| self.hosts[host.index()].cores);
            let follows = node.role == Role::ReadReplica;
            (follows, node.speed * f64::from(cores))
        };
        // The heaviest stand last; of equal ones the last nodes do.
        places.sort_by(|a, b| {
            let (x, y) = (weight(a), weight(b));
            x.0.cmp(&y.0).then(x.1.total_cmp(&y.1)).then(a.cmp(b))
        });
        let left = places.len().checked_sub(lost as usize)?;
        if left == 0 {
            return None;
        }
        places.truncate(left);
        places.sort_unstable();
        let mut model = self.clone();
        let kept = places.iter().map(|&place| part.nodes[place]).collect();
        model.components[component.index()].nodes = kept;
        model.renumber(self);
        Some(model)
    }

    /// Gives the nodes that the components of this copy of `whole` still have their numbers;
    /// faults of the others, and what would be done to them, are left out.
    pub(super) fn renumber(&mut self, whole: &Self) {
        let kept: Vec<NodeId> = self
            .components
            .iter()
            .flat_map(|part| part.nodes.iter().copied())
            .collect();
        let new = |old: NodeId| kept.iter().position(|&node| node == old).map(NodeId::from);
        for part in &mut self.components {
            part.nodes = part.nodes.iter().copied().filter_map(new).collect();
        }
        self.nodes = kept.iter().map(|&node| whole.node(node).clone()).collect();
        self.faults.retain_mut(|fault| {
            let other = match &mut fault.kind {
                FaultKind::Partition { to, .. } => still_there(to, &new),
                _ => true,
            };
            still_there(&mut fault.target, &new) && other
        });
        for group in &mut self.groups {
            group.members.retain_mut(|member| match member {
                Part::Node(node) => new(*node).map(|number| *node = number).is_some(),
                _ => true,
            });
        }
        for alarm in &mut self.alarms {
            alarm
                .respond
                .retain_mut(|response| still_there(&mut response.target, &new));
        }
    }
}

/// Gives the nodes of a target their new numbers; whether any is left.
fn still_there(target: &mut FaultTarget, new: &impl Fn(NodeId) -> Option<NodeId>) -> bool {
    match target {
        FaultTarget::Nodes(nodes) | FaultTarget::AnyOf(nodes) => {
            *nodes = nodes.iter().copied().filter_map(new).collect();
            !nodes.is_empty()
        }
        FaultTarget::Host(_)
        | FaultTarget::Rack(_)
        | FaultTarget::Switch(_)
        | FaultTarget::Link(_)
        | FaultTarget::Workload(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::builder::Builder;

    fn names(model: &Model) -> Vec<&str> {
        model.nodes.iter().map(|node| &*node.name).collect()
    }

    #[test]
    fn the_last_of_equal_nodes_are_lost_and_the_fastest_of_unequal_ones() {
        let mut b = Builder::new("pool");
        let was = b.component("was", 3);
        b.component("db", 1);
        let mut model = b.build();
        let less = model.without(was, 1).unwrap();
        assert_eq!(names(&less), ["was/1", "was/2", "db"]);
        assert_eq!(less.components[1].nodes, [NodeId(2)]);
        model.nodes[0].speed = 2.0;
        assert_eq!(
            names(&model.without(was, 1).unwrap()),
            ["was/2", "was/3", "db"]
        );
        assert_eq!(names(&model.without(was, 2).unwrap()), ["was/2", "db"]);
        assert!(model.without(was, 3).is_none() && model.without(was, 4).is_none());
    }

    #[test]
    fn read_replicas_are_lost_before_the_primary() {
        let mut b = Builder::new("base");
        let db = b.component("db", 3);
        let mut model = b.build();
        model.nodes[0].role = Role::Primary;
        model.nodes[0].speed = 9.0;
        model.nodes[1].role = Role::ReadReplica;
        model.nodes[2].role = Role::ReadReplica;
        let less = model.without(db, 2).unwrap();
        assert_eq!(names(&less), ["db/1"]);
        assert_eq!(less.nodes[0].role, Role::Primary);
    }
}
