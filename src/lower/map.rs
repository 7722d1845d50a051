//! Which stations, pools, routes and selectors belong to which part of the model.

use std::sync::Arc;

use crate::engine::id::{self, MemoryId, PoolId, RouteId, SelectorId, StationId};
use crate::model::{ComponentId, Health, HostId, LinkId, Model, NodeId, Path, Tier, WorkloadId};

/// Where the parts of a model went.
#[derive(Clone, Debug, Default)]
pub struct Map {
    /// Resources by component: `cpu`, `disk`, `remote`, `threads`, `connections`, `nic_out`, over
    /// all its nodes.
    pub components: Vec<Vec<Resource>>,
    /// Resources by node, one meter each.
    pub nodes: Vec<Vec<Resource>>,
    /// Resources by host: its `cpu` and `nic_out`, and the `disk`s of its nodes.
    pub hosts: Vec<Vec<Resource>>,
    /// Pools by link, one for each calling node.
    pub pools: Vec<Vec<PoolId>>,
    /// Lines by link: `request_line`, `answer_line`, where its bandwidth has a limit.
    pub lines: Vec<Vec<Resource>>,
    /// By route: the paths it stands for.
    pub paths: Vec<Path>,
    /// Route by link, where the link is used alone.
    pub routes: Vec<Option<RouteId>>,
    /// By queue of the program: its component.
    pub queues: Vec<ComponentId>,
    /// By selector: whose view it is, of whom.
    pub views: Vec<View>,
}

/// A resource and where it is measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// The word in reports.
    pub name: &'static str,
    /// Stations or pools, each once.
    pub meters: Vec<Meter>,
    /// Servers or permits of all meters together; `None`: no limit. On a shared host a
    /// component's `cpu` is the host's, whoever uses it; a node's is its cap where it has one.
    pub capacity: Option<u32>,
}

/// A place of measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Meter {
    /// Busy servers and jobs.
    Station(StationId),
    /// Permits held and waiting.
    Pool(PoolId),
    /// Bytes of a node's memory, reported in MiB.
    Memory(MemoryId),
    /// Visits at the nodes of a component, each of which holds a permit that never runs out.
    Visits(id::ComponentId),
}

/// Who chooses with a selector.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// A calling node.
    Node(NodeId),
    /// The users of a workload.
    Users(WorkloadId),
    /// A name service, for its clients.
    Names(ComponentId),
}

/// A selector: who looks, and what it is told.
#[derive(Clone, Debug)]
pub struct View {
    /// Who chooses.
    pub origin: Origin,
    /// Targets, in the selector's order.
    pub targets: Arc<[Watch]>,
}

/// How one target is watched.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Watch {
    /// The node.
    pub node: NodeId,
    /// What it is asked for.
    pub tier: Tier,
    /// Over which link.
    pub link: LinkId,
    /// The caller's own checks; `None`: it never looks.
    pub health: Option<Health>,
}

impl Map {
    pub(super) fn new(model: &Model) -> Self {
        Self {
            components: vec![Vec::new(); model.components.len()],
            nodes: vec![Vec::new(); model.nodes.len()],
            hosts: vec![Vec::new(); model.hosts.len()],
            pools: vec![Vec::new(); model.links.len()],
            lines: vec![Vec::new(); model.links.len()],
            paths: Vec::new(),
            routes: vec![None; model.links.len()],
            queues: Vec::new(),
            views: Vec::new(),
        }
    }

    /// A component's resource by name.
    pub fn resource(&self, component: ComponentId, name: &str) -> Option<&Resource> {
        self.components[component.index()]
            .iter()
            .find(|resource| resource.name == name)
    }

    /// A node's resource by name.
    pub fn node_resource(&self, node: NodeId, name: &str) -> Option<&Resource> {
        self.nodes[node.index()]
            .iter()
            .find(|resource| resource.name == name)
    }

    /// A host's resource by name.
    pub fn host_resource(&self, host: HostId, name: &str) -> Option<&Resource> {
        self.hosts[host.index()]
            .iter()
            .find(|resource| resource.name == name)
    }

    /// Selectors that can choose `node`, with its place in each.
    pub fn watchers(&self, node: NodeId) -> impl Iterator<Item = (SelectorId, usize)> + '_ {
        self.views
            .iter()
            .enumerate()
            .flat_map(move |(selector, view)| {
                let places = view.targets.iter().enumerate();
                places
                    .filter(move |(_, watch)| watch.node == node)
                    .map(move |(place, _)| (SelectorId::from(selector), place))
            })
    }

    /// Records a node's resource, for the node itself and for its component; `own` is the node's
    /// share of the meter, `whole` all of it.
    pub(super) fn add(
        &mut self,
        at: (NodeId, ComponentId),
        name: &'static str,
        meter: Meter,
        (own, whole): (Option<u32>, Option<u32>),
    ) {
        let meters = vec![meter];
        self.nodes[at.0.index()].push(Resource {
            name,
            meters,
            capacity: own,
        });
        put(&mut self.components[at.1.index()], name, meter, whole);
    }

    /// Records a resource without limit that every visit to a component uses while it is there.
    pub(super) fn add_unlimited(&mut self, component: ComponentId, name: &'static str) {
        let meter = Meter::Visits(super::component_id(component));
        put(&mut self.components[component.index()], name, meter, None);
    }

    /// Records a resource of a host.
    pub(super) fn add_to_host(
        &mut self,
        host: HostId,
        name: &'static str,
        meter: Meter,
        capacity: Option<u32>,
    ) {
        put(&mut self.hosts[host.index()], name, meter, capacity);
    }
}

/// Adds a meter to the resource of that name, once.
fn put(resources: &mut Vec<Resource>, name: &'static str, meter: Meter, capacity: Option<u32>) {
    let Some(resource) = resources.iter_mut().find(|resource| resource.name == name) else {
        resources.push(Resource {
            name,
            meters: vec![meter],
            capacity,
        });
        return;
    };
    if !resource.meters.contains(&meter) {
        resource.meters.push(meter);
        resource.capacity = resource
            .capacity
            .zip(capacity)
            .map(|(sum, more)| sum.saturating_add(more));
    }
}
