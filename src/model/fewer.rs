//! A model with fewer nodes.

use super::fault::{FaultKind, FaultTarget};
use super::{Component, ComponentId, Model, NodeId, Part, Role, Takeover, Tier};

/// Why something cannot go on with fewer nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TooFew {
    /// No node of the component is left.
    Nodes,
    /// A lost primary of this component would have nobody who takes its place.
    Heirs(ComponentId),
    /// Too few voters are left for a takeover of this component, or for its primary to go on.
    Voters(ComponentId),
}

impl Model {
    /// The same with so many nodes of a component out of service for good, and everybody knowing:
    /// of nodes on unlike machines those with most cores times speed, else the last ones; of a
    /// database read replicas, as one of them takes the place of a lost primary.
    ///
    /// # Errors
    /// Where no node would be left, and where it matters which of the nodes are lost: of a database
    /// that takes writes, the primary without failover, or more nodes than its voters can miss.
    pub fn without(&self, component: ComponentId, lost: u32) -> Result<Self, TooFew> {
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
        let left = places.len().saturating_sub(lost as usize);
        if left == 0 {
            return Err(TooFew::Nodes);
        }
        let gone: Vec<NodeId> = places
            .drain(left..)
            .map(|place| part.nodes[place])
            .collect();
        if let Some(missing) = self.stopped(component, &gone) {
            return Err(missing);
        }
        places.sort_unstable();
        let mut model = self.clone();
        let kept = places.iter().map(|&place| part.nodes[place]).collect();
        model.components[component.index()].nodes = kept;
        model.renumber(self);
        Ok(model)
    }

    /// What writes would lack, were `lost` nodes of a component gone, or as many others of it.
    fn stopped(&self, component: ComponentId, lost: &[NodeId]) -> Option<TooFew> {
        let part = self.component(component);
        let takes_writes = |part: &Component| {
            let primary = |&node: &NodeId| self.node(node).role == Role::Primary;
            let mut operations = part.operations.iter();
            operations.any(|one| one.tier == Tier::Primary) && part.nodes.iter().any(primary)
        };
        let needs_heir = !lost.is_empty() && part.takeover == Takeover::None;
        if needs_heir && takes_writes(part) {
            return Some(TooFew::Heirs(component));
        }
        let stops = |&asking: &ComponentId| {
            let voters = self.component(asking).voters;
            let steps_down = voters.is_some_and(|voters| voters.steps_down);
            takes_writes(self.component(asking)) && (asking == component || steps_down)
        };
        self.undecided(lost).find(stops).map(TooFew::Voters)
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
    use crate::model::Voters;
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
        for lost in [3, 4] {
            assert_eq!(model.without(was, lost).unwrap_err(), TooFew::Nodes);
        }
    }

    /// A primary and read replicas, in a component of its own after three monitors.
    fn base(replicas: u32, takeover: Takeover) -> (Model, ComponentId, ComponentId) {
        let mut b = Builder::new("base");
        let monitor = b.component("monitor", 3);
        let db = b.database("db", 0, replicas);
        b.tier_operation(db, "update", Tier::Primary, Vec::new(), 0.0);
        b.model().components[1].takeover = takeover;
        let mut model = b.build();
        model.nodes[3].speed = 9.0;
        (model, db, monitor)
    }

    const PROMOTION: Takeover = Takeover::Promotion {
        detect: 1,
        promote: 1,
    };

    #[test]
    fn read_replicas_are_lost_before_the_primary() {
        let (model, db, _) = base(2, PROMOTION);
        let less = model.without(db, 2).unwrap();
        assert_eq!(names(&less)[3..], ["db/1"]);
        assert_eq!(less.nodes[3].role, Role::Primary);
    }

    /// Any of its nodes may be lost: without failover also the one that writes need.
    #[test]
    fn a_primary_that_nobody_follows_cannot_be_lost() {
        let (mut model, db, _) = base(2, Takeover::None);
        assert_eq!(model.without(db, 1).unwrap_err(), TooFew::Heirs(db));
        assert!(model.without(db, 0).is_ok());
        model.components[1].operations[0].tier = Tier::Replicas;
        assert!(model.without(db, 1).is_ok());
    }

    /// Of two nodes that vote none can be missed, of three one, of five two.
    #[test]
    fn the_majority_is_counted_over_all_voters() {
        for (replicas, most) in [(1, 0), (2, 1), (3, 1), (4, 2)] {
            for steps_down in [false, true] {
                let (mut model, db, _) = base(replicas, PROMOTION);
                model.components[1].voters = Some(Voters {
                    component: db,
                    steps_down,
                });
                assert!(model.without(db, most).is_ok());
                let more = model.without(db, most + 1).unwrap_err();
                assert_eq!(more, TooFew::Voters(db));
            }
        }
    }

    /// Monitors that are lost stop writes only where the primary then steps down.
    #[test]
    fn monitors_are_missed_by_a_primary_that_steps_down() {
        let (mut model, db, monitor) = base(1, PROMOTION);
        let mut voted = |steps_down| {
            model.components[1].voters = Some(Voters {
                component: monitor,
                steps_down,
            });
            model.clone()
        };
        assert!(voted(true).without(monitor, 1).is_ok());
        assert!(voted(false).without(monitor, 2).is_ok());
        let more = voted(true).without(monitor, 2).unwrap_err();
        assert_eq!(more, TooFew::Voters(db));
        assert!(voted(true).without(db, 1).is_ok());
    }
}
