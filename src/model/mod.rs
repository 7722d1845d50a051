//! The architecture as the analyses see it: resolved, complete, immutable.
//!
//! A model is made of primitives. Component kinds have been translated already (`kinds`): what
//! is left of them is a word for reports. Everything that a default can fill in is filled in.

pub mod alarm;
mod autoscale;
pub mod builder;
pub mod component;
pub mod contents;
pub mod fault;
mod fewer;
pub mod group;
pub mod id;
pub mod link;
pub mod memory;
mod objective;
pub mod parameter;
pub mod run;
mod session;
pub mod step;
pub mod traffic;
mod voters;
pub mod workload;

use std::collections::BTreeSet;

use petgraph::graph::DiGraph;

pub use alarm::{Alarm, Grade, Means, Response};
pub use autoscale::Autoscale;
pub use component::{
    Component, Contention, Discipline, Failure, Full, Host, NameService, Node, Operation, Outage,
    Permits, Queueing, Rack, RackKind, Rates, Resource, Role, Switch, Takeover, Tier, Times,
};
pub use contents::{Capacity, Contents, Eviction, Fill, Keys, Renew};
pub use fault::{Fault, FaultKind, FaultTarget};
pub use fewer::TooFew;
pub use group::{Coupling, Coverage, Group, Part};
pub use id::{
    ClassId, ComponentId, GroupId, HostId, JourneyId, LinkId, NodeId, RackId, SwitchId, WorkloadId,
};
pub use link::{
    Back, Backoff, Breaker, Budget, Caller, Eject, Fallback, Health, Hedge, Link, Path, Policy,
    RateLimit, Retry, Ties,
};
pub use memory::{Memory, Swap};
pub use objective::{Comparison, Metric, Objective, Scope};
pub use run::{RunSettings, Start, WarmUp};
pub use session::{Holders, Sessions};
pub use step::{Call, Count, Step};
pub use voters::Voters;
pub use workload::{
    Arrivals, Class, Item, Journey, MixEntry, OnFailure, Phase, Process, Stage, Workload,
};

/// A whole architecture with its workload and its questions.
#[derive(Clone, Debug)]
pub struct Model {
    /// As in the file.
    pub name: String,
    /// Components by [`ComponentId`], in the order of the file.
    pub components: Vec<Component>,
    /// Nodes by [`NodeId`], component by component.
    pub nodes: Vec<Node>,
    /// Hosts by [`HostId`].
    pub hosts: Vec<Host>,
    /// Racks by [`RackId`].
    pub racks: Vec<Rack>,
    /// Switches by [`SwitchId`].
    pub switches: Vec<Switch>,
    /// Groups by [`GroupId`].
    pub groups: Vec<Group>,
    /// Links by [`LinkId`]; also one from each workload to every component where its requests
    /// enter.
    pub links: Vec<Link>,
    /// Classes by [`ClassId`].
    pub classes: Vec<Class>,
    /// Journeys by [`JourneyId`].
    pub journeys: Vec<Journey>,
    /// Workloads by [`WorkloadId`].
    pub workloads: Vec<Workload>,
    /// Scheduled faults.
    pub faults: Vec<Fault>,
    /// Who looks at what, and what is done then.
    pub alarms: Vec<Alarm>,
    /// What the architecture is asked to keep.
    pub objectives: Vec<Objective>,
    /// How long and how often to run.
    pub run: RunSettings,
    /// Who calls whom: components as nodes (same index), links between components as edges.
    pub graph: DiGraph<ComponentId, LinkId>,
}

impl Model {
    /// The component `id`.
    pub fn component(&self, id: ComponentId) -> &Component {
        &self.components[id.index()]
    }

    /// The node `id`.
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.index()]
    }

    /// The group that `part` is a member of.
    pub fn group_of(&self, part: Part) -> Option<&Group> {
        self.groups
            .iter()
            .find(|group| group.members.contains(&part))
    }

    /// What the host of node `id` is lost with: its rack, its zone, feeds without another.
    pub fn racks_of(&self, id: NodeId) -> &[RackId] {
        let host = self.node(id).host;
        host.map_or(&[], |host| &self.hosts[host.index()].within)
    }

    /// Whether node `id` is lost with a rack, zone or feed.
    pub fn falls_with(&self, id: NodeId, rack: RackId) -> bool {
        self.racks_of(id).contains(&rack)
    }

    /// The nodes on all hosts that are lost with a rack, zone or feed.
    pub fn nodes_in(&self, rack: RackId) -> impl Iterator<Item = NodeId> + '_ {
        let nodes = (0..self.nodes.len()).map(NodeId::from);
        nodes.filter(move |&node| self.falls_with(node, rack))
    }

    /// The link `id`.
    pub fn link(&self, id: LinkId) -> &Link {
        &self.links[id.index()]
    }

    /// How a caller chooses: shards by key, else its own way, else as its links say. A call of
    /// nobody takes turns.
    pub fn policy(&self, call: &Call) -> Policy {
        let Some(&(link, _)) = call.links.first() else {
            return Policy::RoundRobin;
        };
        match (self.link(link).balance, call.policy) {
            (Policy::Shard, _) => Policy::Shard,
            (_, Some(own)) => own,
            (stated, None) => stated,
        }
    }

    /// Whether the caller goes on with an answer of its own when a call has failed.
    pub fn has_fallback(&self, call: &Call) -> bool {
        let link = call.links.first();
        link.is_some_and(|&(link, _)| self.link(link).fallback == Some(Fallback::Reply))
    }

    /// Links over which requests are handed on for good: the caller waits for no answer.
    pub fn handing_on(&self) -> BTreeSet<LinkId> {
        let operations = self.components.iter().flat_map(|one| &one.operations);
        let mut found = BTreeSet::new();
        operations.for_each(|one| step::forwards_of(&one.steps, &mut found));
        found
    }

    /// The links among which the caller of this one chooses in some call, itself among them: they
    /// have equal properties.
    pub fn alike(&self, link: LinkId) -> BTreeSet<LinkId> {
        let mut calls = Vec::new();
        if let Some(caller) = self.link(link).caller.component() {
            let operations = &self.component(caller).operations;
            for operation in operations {
                step::choices_of(&operation.steps, &mut calls);
            }
        }
        let mut alike = BTreeSet::from([link]);
        loop {
            let before = alike.len();
            for choices in &calls {
                if !alike.is_disjoint(choices) {
                    alike.extend(choices);
                }
            }
            if alike.len() == before {
                return alike;
            }
        }
    }

    /// Links that are taken only in place of calls that have failed.
    pub fn spare_links(&self) -> BTreeSet<LinkId> {
        let (mut usual, mut spare) = (BTreeSet::new(), BTreeSet::new());
        let operations = self.components.iter().flat_map(|part| &part.operations);
        for operation in operations {
            step::links_of(&operation.steps, &mut usual, &mut spare);
        }
        &spare - &usual
    }

    /// The nodes of a component in groups of one that leads and the standbys behind it, which take
    /// the place of no other: the copies of a shard.
    pub fn shards<'m>(&'m self, part: &'m Component) -> impl Iterator<Item = &'m [NodeId]> {
        let follows = |_: &NodeId, next: &NodeId| self.node(*next).role == Role::Standby;
        part.nodes.chunk_by(follows)
    }

    /// The component called `name`.
    pub fn component_named(&self, name: &str) -> Option<ComponentId> {
        self.components
            .iter()
            .position(|component| component.name == name)
            .map(ComponentId::from)
    }

    /// The class called `name`.
    pub fn class_named(&self, name: &str) -> Option<ClassId> {
        self.classes
            .iter()
            .position(|class| class.name == name)
            .map(ClassId::from)
    }

    /// The link from `caller` to `callee`.
    pub fn link_between(&self, caller: Caller, callee: ComponentId) -> Option<LinkId> {
        self.links
            .iter()
            .position(|link| link.caller == caller && link.callee == callee)
            .map(LinkId::from)
    }
}
