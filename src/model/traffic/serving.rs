//! Which nodes answer while others are lost.

use crate::model::{Component, ComponentId, Model, NodeId, Role, Takeover, Tier};

/// Nodes that are down for good, with takeover and promotion already done.
#[derive(Clone, Debug, Default)]
pub struct Lost(Vec<NodeId>);

impl Lost {
    /// Everything is up.
    pub fn none() -> Self {
        Self::default()
    }

    /// This node is down.
    pub fn node(node: NodeId) -> Self {
        Self(vec![node])
    }

    /// These nodes are down.
    pub fn nodes(nodes: Vec<NodeId>) -> Self {
        Self(nodes)
    }

    fn has(&self, node: NodeId) -> bool {
        self.0.contains(&node)
    }
}

/// The nodes of a component that answer an operation of `tier`; empty where none is left.
pub fn serving(model: &Model, component: ComponentId, tier: Tier, lost: &Lost) -> Vec<NodeId> {
    match tier {
        Tier::Members => members(model, component, lost),
        Tier::Primary => {
            let part = model.component(component);
            let has_stepped_down = part.voters.is_some_and(|voters| voters.steps_down)
                && !can_decide(model, part, lost);
            let primary = primary(model, component, lost).filter(|_| !has_stepped_down);
            primary.into_iter().collect()
        }
        Tier::Replicas => {
            let primary = primary(model, component, lost);
            let mut readers = alive(model, component, Role::ReadReplica, lost);
            readers.retain(|&node| Some(node) != primary);
            if readers.is_empty() {
                readers.extend(primary);
            }
            readers
        }
    }
}

fn members(model: &Model, component: ComponentId, lost: &Lost) -> Vec<NodeId> {
    let part = model.component(component);
    let replaces =
        matches!(part.takeover, Takeover::Standby { .. }) && can_decide(model, part, lost);
    let leads = |node: &NodeId| matches!(model.node(*node).role, Role::Member | Role::Primary);
    let first_up = |shard: &[NodeId]| {
        let mut nodes = shard.iter().copied();
        nodes.find(|node| !lost.has(*node) && (leads(node) || replaces))
    };
    let shards = model.shards(part).filter(|shard| leads(&shard[0]));
    shards.filter_map(first_up).collect()
}

fn primary(model: &Model, component: ComponentId, lost: &Lost) -> Option<NodeId> {
    let first = |role| alive(model, component, role, lost).first().copied();
    let leads = first(Role::Primary).or_else(|| first(Role::Member));
    let part = model.component(component);
    if leads.is_some() || !can_decide(model, part, lost) {
        return leads;
    }
    match part.takeover {
        Takeover::None => None,
        Takeover::Standby { .. } => first(Role::Standby),
        Takeover::Promotion { .. } => first(Role::Standby).or_else(|| first(Role::ReadReplica)),
    }
}

/// Whether enough voters are up for another node to take over.
fn can_decide(model: &Model, part: &Component, lost: &Lost) -> bool {
    model.voters(part).is_none_or(|(voters, majority)| {
        voters.iter().filter(|&&voter| !lost.has(voter)).count() >= majority
    })
}

fn alive(model: &Model, component: ComponentId, role: Role, lost: &Lost) -> Vec<NodeId> {
    let nodes = model.component(component).nodes.iter().copied();
    nodes
        .filter(|&node| model.node(node).role == role && !lost.has(node))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Voters;
    use crate::model::builder::{Builder, seconds};

    #[test]
    fn a_promoted_replica_takes_the_writes_and_leaves_the_reads_to_the_other() {
        let mut b = Builder::new("t");
        let db = b.database("db", 0, 2);
        b.model().components[0].takeover = Takeover::Promotion {
            detect: 0,
            promote: 0,
        };
        let model = b.build();
        let lost = Lost::node(NodeId(0));
        assert_eq!(serving(&model, db, Tier::Primary, &lost), [NodeId(1)]);
        assert_eq!(serving(&model, db, Tier::Replicas, &lost), [NodeId(2)]);
        let up = serving(&model, db, Tier::Replicas, &Lost::none());
        assert_eq!(up, [NodeId(1), NodeId(2)]);
    }

    /// Two of three nodes are a majority, one is not: it may read, and lead if it did and does not
    /// step down.
    #[test]
    fn a_promotion_needs_its_voters() {
        let serves = |steps_down, tier, lost: &[u32]| {
            let mut b = Builder::new("t");
            let db = b.database("db", 0, 2);
            b.model().components[0].takeover = Takeover::Promotion {
                detect: 0,
                promote: 0,
            };
            b.model().components[0].voters = Some(Voters {
                component: db,
                steps_down,
            });
            let lost = Lost::nodes(lost.iter().copied().map(NodeId).collect());
            serving(&b.build(), db, tier, &lost)
        };
        for steps_down in [false, true] {
            let writes = |lost: &[u32]| serves(steps_down, Tier::Primary, lost);
            assert_eq!(writes(&[0]), [NodeId(1)]);
            assert_eq!(writes(&[0, 1]), []);
            let alone = if steps_down { vec![] } else { vec![NodeId(0)] };
            assert_eq!(writes(&[1, 2]), alone);
            assert_eq!(serves(steps_down, Tier::Replicas, &[0, 1]), [NodeId(2)]);
            assert_eq!(serves(steps_down, Tier::Replicas, &[1, 2]), [NodeId(0)]);
        }
    }

    #[test]
    fn without_promotion_a_lost_primary_leaves_no_one_to_write() {
        let mut b = Builder::new("t");
        let db = b.database("db", 1, 0);
        let model = b.build();
        let lost = Lost::node(NodeId(0));
        assert!(serving(&model, db, Tier::Primary, &lost).is_empty());
    }

    /// Two shards of two: the copy of the one does not answer for the other.
    #[test]
    fn a_copy_stands_behind_its_own_shard() {
        let mut b = Builder::new("t");
        let cache = b.component("cache", 4);
        for copy in [1, 3] {
            b.model().nodes[copy].role = Role::Standby;
        }
        b.model().components[0].takeover = Takeover::Standby {
            after: 0,
            give_back: 0,
        };
        let model = b.build();
        let up = |lost: &[u32]| {
            let lost = Lost::nodes(lost.iter().copied().map(NodeId).collect());
            serving(&model, cache, Tier::Members, &lost)
        };
        assert_eq!(up(&[0]), [NodeId(1), NodeId(2)]);
        assert_eq!(up(&[0, 2]), [NodeId(1), NodeId(3)]);
        assert_eq!(up(&[0, 1]), [NodeId(2)]);
    }

    #[test]
    fn a_standby_takes_part_only_in_place_of_a_lost_member() {
        let mut b = Builder::new("t");
        let lb = b.pair("lb", seconds(3), 0);
        let model = b.build();
        let up = serving(&model, lb, Tier::Members, &Lost::none());
        assert_eq!(up, [NodeId(0)]);
        let after = serving(&model, lb, Tier::Members, &Lost::node(NodeId(0)));
        assert_eq!(after, [NodeId(1)]);
    }
}
