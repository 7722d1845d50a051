//! Choices among nodes: one selector for each caller and group of links.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::entry::{Entry, Work};
use super::map::{View, Watch};
use super::seat::{Seat, takes_part};
use super::{Lowering, Origin, node_id};
use crate::engine::id::{NodeId, PoolId, SelectorId};
use crate::engine::program::{Full, Overload, Part, Policy, Pool, Reason, Selector, Target, Ties};
use crate::model::{self, Call, Caller, ClassId, LinkId, Tier};

/// What tells selectors of one caller apart: links with the bits of their weights, and tiers.
pub(super) type Group = Vec<(LinkId, u64, u8)>;

/// Targets of a selector, and how each is watched.
pub(super) type Crowd = (Arc<[Target]>, Arc<[Watch]>);

/// One component that a call may go to.
pub(super) struct Choice {
    link: LinkId,
    weight: f64,
    operation: usize,
    tier: Tier,
}

impl Lowering<'_> {
    /// The components a call may go to, with the operation each of them runs.
    pub(super) fn choices(&self, call: &Call, class: ClassId) -> Vec<Choice> {
        let class = &self.model.classes[class.index()].name;
        let choice = |&(link, weight): &(LinkId, f64)| {
            let callee = self.model.component(self.model.link(link).callee);
            let operation = match &call.operation {
                Some(name) => callee.operation_named(name),
                None => callee.operation_for(class),
            };
            let operation = operation.expect("a call of an operation that exists");
            Choice {
                link,
                weight,
                operation,
                tier: callee.operations[operation].tier,
            }
        };
        call.links.iter().map(choice).collect()
    }

    /// What tells selectors over these choices apart.
    pub(super) fn group(choices: &[Choice]) -> Group {
        choices
            .iter()
            .map(|c| (c.link, c.weight.to_bits(), c.tier as u8))
            .collect()
    }

    /// The nodes that take part, in the order of the selector's targets.
    pub(super) fn targets<'a>(
        &'a self,
        choices: &'a [Choice],
    ) -> impl Iterator<Item = (&'a Choice, model::NodeId)> + 'a {
        choices.iter().flat_map(move |choice| {
            let callee = self.model.component(self.model.link(choice.link).callee);
            let nodes = callee.nodes.iter().copied();
            nodes
                .filter(move |&node| {
                    takes_part(self.model.node(node).role, choice.tier, callee.takeover)
                })
                .map(move |node| (choice, node))
        })
    }

    /// The entries of a call, one for each target.
    pub(super) fn row(&mut self, choices: &[Choice], class: ClassId) -> u32 {
        let entries: Vec<_> = self
            .targets(choices)
            .map(|(choice, node)| Entry {
                node,
                operation: choice.operation,
                class,
                work: Work::Own,
            })
            .collect();
        self.entries.row(entries)
    }

    /// The selector of a call over these choices, made when it is new.
    pub(super) fn selector(
        &mut self,
        origin: Origin,
        choices: &[Choice],
        call: &Call,
    ) -> SelectorId {
        let policy = self.model.policy(call);
        let key = (origin, Self::group(choices), policy, call.sticky);
        if let Some(&id) = self.selectors.get(&key) {
            return id;
        }
        let id = SelectorId::from(self.program.selectors.len());
        let mut name = self.selector_name(origin, choices);
        if policy != self.model.link(choices[0].link).balance {
            // Another stream than that of the policy for everything else.
            name = format!("{name} by {policy:?}");
        }
        let limit = call
            .maxconn
            .map(|most| (most, self.queue_for(&name, choices, most)));
        let jar = call.sticky.then(|| self.jar(origin, choices, policy));
        if call.policy.is_some() {
            self.counting.entry(origin).or_default().push(id);
        }
        let (targets, watches) = self.crowd(origin, choices);
        let eject = super::guard::eject(self.model, origin, choices[0].link, targets.len());
        self.program.selectors.push(Selector {
            name,
            policy: engine_policy(policy),
            targets,
            limit,
            jar,
            eject,
            peers: Vec::new(),
        });
        self.map.views.push(View {
            origin,
            targets: watches,
        });
        self.selectors.insert(key, id);
        id
    }

    /// The jar of the cookies that all nodes of a balancer give out.
    fn jar(&mut self, origin: Origin, choices: &[Choice], policy: model::Policy) -> u32 {
        let balancer = match origin {
            Origin::Node(node) => Some(self.model.node(node).component),
            Origin::Users(_) | Origin::Names(_) => None,
        };
        let jars = &mut self.program.jars;
        let key = (balancer, Self::group(choices), policy);
        *self.jars.entry(key).or_insert_with(|| {
            *jars += 1;
            *jars - 1
        })
    }

    /// Those among whom a caller chooses, and how it watches them.
    fn crowd(&mut self, origin: Origin, choices: &[Choice]) -> Crowd {
        let names = match origin {
            Origin::Names(component) => Some(component),
            Origin::Node(_) | Origin::Users(_) => None,
        };
        let key = (Self::group(choices), names);
        if let Some((targets, watches)) = self.crowds.get(&key) {
            return (Arc::clone(targets), Arc::clone(watches));
        }
        let shares: Vec<(LinkId, f64)> = choices
            .iter()
            .map(|choice| (choice.link, choice.weight / self.leaders(choice) as f64))
            .collect();
        let describe = |(choice, node): (&Choice, model::NodeId)| {
            let (up, rank) = Seat::of(self.model.node(node).role).standing(choice.tier);
            let share = shares.iter().find(|share| share.0 == choice.link);
            let target = Target {
                node: node_id(node),
                weight: share.map_or(choice.weight, |share| share.1),
                rank,
                up,
            };
            let watch = Watch {
                node,
                tier: choice.tier,
                link: choice.link,
                health: self.health(origin, choice.link),
            };
            (target, watch)
        };
        let (targets, watches): (Vec<_>, Vec<_>) = self.targets(choices).map(describe).unzip();
        let crowd: Crowd = (targets.into(), watches.into());
        self.crowds.insert(key, crowd.clone());
        crowd
    }

    /// Where the requests of a balancer wait for a node with fewer than `most` of them.
    fn queue_for(&mut self, name: &str, choices: &[Choice], most: u32) -> PoolId {
        let nodes = self.targets(choices).count() as u32;
        let id = self.pool(Pool {
            name: format!("{name}.queue"),
            capacity: Some(most.saturating_mul(nodes)),
            room: None,
            refusal: Reason::PoolTimeout,
            part: Part::Queue,
            patience: None,
            full: Full::Refuse,
            overload: Overload::default(),
        });
        self.map.pools[choices[0].link.index()].push(id);
        id
    }

    /// Lets the selectors of one caller that chooses in its own way count together.
    pub(super) fn count_together(&mut self) {
        for selectors in self.counting.values() {
            let mut looking: BTreeMap<NodeId, Vec<(SelectorId, u32)>> = BTreeMap::new();
            for &id in selectors {
                let selector = &self.program.selectors[id.index()];
                if selector.policy.looks_at_open() || selector.limit.is_some() {
                    for (place, target) in selector.targets.iter().enumerate() {
                        let seen = looking.entry(target.node).or_default();
                        seen.push((id, place as u32));
                    }
                }
            }
            for &id in selectors {
                let selector = &mut self.program.selectors[id.index()];
                let others = |target: &Target| -> Vec<(SelectorId, u32)> {
                    let seen = looking.get(&target.node).into_iter().flatten();
                    seen.filter(|(other, _)| *other != id).copied().collect()
                };
                let peers: Vec<_> = selector.targets.iter().map(others).collect();
                if peers.iter().any(|others| !others.is_empty()) {
                    selector.peers = peers;
                }
            }
        }
    }

    /// Nodes over which a component's weight is spread: those of the best rank.
    fn leaders(&self, choice: &Choice) -> usize {
        let callee = self.model.component(self.model.link(choice.link).callee);
        let standings = callee.nodes.iter().map(|&node| {
            let role = self.model.node(node).role;
            (
                takes_part(role, choice.tier, callee.takeover),
                Seat::of(role).standing(choice.tier),
            )
        });
        let ranks: Vec<u8> = standings
            .filter(|(in_it, (up, _))| *in_it && *up)
            .map(|(_, (_, rank))| rank)
            .collect();
        let best = ranks.iter().min();
        ranks
            .iter()
            .filter(|&rank| Some(rank) == best)
            .count()
            .max(1)
    }

    fn health(&self, origin: Origin, link: LinkId) -> Option<model::Health> {
        match origin {
            Origin::Names(component) => self
                .model
                .component(component)
                .names
                .as_ref()
                .and_then(|names| names.health),
            Origin::Node(_) | Origin::Users(_) => self.model.link(link).health,
        }
    }

    /// Caller, callees and tier: the name of the selector's random stream.
    fn selector_name(&self, origin: Origin, choices: &[Choice]) -> String {
        let uneven = choices
            .iter()
            .any(|c| c.weight.to_bits() != choices[0].weight.to_bits());
        let callee = |choice: &Choice| {
            let name = &self
                .model
                .component(self.model.link(choice.link).callee)
                .name;
            let tier = match choice.tier {
                Tier::Members => "",
                Tier::Primary => " (primary)",
                Tier::Replicas => " (replicas)",
            };
            if uneven {
                format!("{name}*{}{tier}", choice.weight)
            } else {
                format!("{name}{tier}")
            }
        };
        let callees: Vec<_> = choices.iter().map(callee).collect();
        format!("{} -> {}", self.origin_name(origin), callees.join("+"))
    }

    /// The caller's name in selectors and pools.
    pub(super) fn origin_name(&self, origin: Origin) -> &str {
        match origin {
            Origin::Node(node) => &self.model.node(node).name,
            Origin::Users(workload) => &self.model.workloads[workload.index()].name,
            Origin::Names(component) => &self.model.component(component).name,
        }
    }

    /// The component at the left end of a link, where there is one.
    pub(super) fn caller_of(&self, link: LinkId) -> Option<model::ComponentId> {
        match self.model.link(link).caller {
            Caller::Component(component) => Some(component),
            Caller::Workload(_) => None,
        }
    }
}

fn engine_policy(policy: model::Policy) -> Policy {
    match policy {
        model::Policy::RoundRobin => Policy::RoundRobin,
        model::Policy::Weighted => Policy::Weighted,
        model::Policy::Random => Policy::Random,
        model::Policy::LeastConnections(ties) => Policy::LeastConnections {
            ties: engine_ties(ties),
        },
        model::Policy::PowerOf { choices, ties } => Policy::PowerOf {
            choices,
            ties: engine_ties(ties),
        },
        model::Policy::SourceHash => Policy::SourceHash,
        model::Policy::ConsistentHash { points } => Policy::ConsistentHash { points },
        model::Policy::Shard => Policy::Shard,
    }
}

fn engine_ties(ties: model::Ties) -> Ties {
    match ties {
        model::Ties::Random => Ties::Random,
        model::Ties::Rotation => Ties::Rotation,
        model::Ties::First => Ties::First,
    }
}
