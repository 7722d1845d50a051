//! Models written in code, for tests and for embedding; a topology file is the usual way.
//!
//! ```
//! use linchpin::model::builder::{Builder, exponential, ms};
//!
//! let mut b = Builder::new("three tiers");
//! let lb = b.component("lb", 1);
//! let was = b.component("was", 2);
//! let db = b.component("db", 1);
//! b.cpu(was, 2).threads(was, 200, 100).cpu(db, 8);
//! let to_was = b.forward(lb, was);
//! let to_db = b.call(was, db);
//! b.operation(lb, "default", vec![to_was]);
//! b.operation(was, "default", vec![b.work(was, "cpu", exponential(ms(8))), to_db]);
//! b.operation(db, "default", vec![b.work(db, "cpu", exponential(ms(3)))]);
//! b.open("users", 150.0, &[("default", lb, 1.0)]);
//! let model = b.build();
//! assert_eq!(model.nodes[2].name, "was/2");
//! ```

mod wiring;

use petgraph::graph::DiGraph;

use super::{
    Caller, Component, ComponentId, Contention, Discipline, Fault, Health, Host, HostId, LinkId,
    Model, Node, NodeId, Operation, Permits, Queueing, Rack, RackId, RackKind, Rates, Resource,
    Role, RunSettings, Start, Step, Switch, SwitchId, Takeover, Tier, WarmUp,
};
use crate::law::Law;

/// Milliseconds in ns.
pub fn ms(count: u64) -> u64 {
    count * 1_000_000
}

/// Seconds in ns.
pub fn seconds(count: u64) -> u64 {
    count * 1_000_000_000
}

/// An exponential law of this mean, ns.
pub fn exponential(mean: u64) -> Law {
    Law::Exponential { mean: mean as f64 }
}

/// Always this long, ns.
pub fn constant(value: u64) -> Law {
    Law::Constant(value as f64)
}

/// A model under construction. Each component starts with nodes of speed 1 on private hosts,
/// one core, no threads, no operations; each link without latency or guards, round robin.
#[derive(Clone, Debug)]
pub struct Builder {
    model: Model,
}

impl Builder {
    /// An empty model.
    pub fn new(name: &str) -> Self {
        let model = Model {
            name: name.to_owned(),
            components: Vec::new(),
            nodes: Vec::new(),
            hosts: Vec::new(),
            racks: Vec::new(),
            switches: Vec::new(),
            groups: Vec::new(),
            links: Vec::new(),
            classes: Vec::new(),
            journeys: Vec::new(),
            workloads: Vec::new(),
            faults: Vec::new(),
            alarms: Vec::new(),
            objectives: Vec::new(),
            run: plain_run(),
            graph: DiGraph::new(),
        };
        Self { model }
    }

    /// The model, with its graph.
    pub fn build(mut self) -> Model {
        let mut graph = DiGraph::new();
        let places: Vec<_> = (0..self.model.components.len())
            .map(|c| graph.add_node(ComponentId::from(c)))
            .collect();
        for (number, link) in self.model.links.iter().enumerate() {
            if let Caller::Component(caller) = link.caller {
                graph.add_edge(
                    places[caller.index()],
                    places[link.callee.index()],
                    LinkId::from(number),
                );
            }
        }
        self.model.graph = graph;
        self.model
    }

    /// The model so far, to set what has no method here.
    pub fn model(&mut self) -> &mut Model {
        &mut self.model
    }

    /// A host of speed 1 with processor sharing.
    pub fn host(&mut self, name: &str, cores: u32) -> HostId {
        self.model.hosts.push(Host {
            name: name.to_owned(),
            cores,
            speed: 1.0,
            discipline: Discipline::ProcessorSharing,
            contention: Contention::default(),
            rates: Rates::default(),
            nic_bps: None,
            cost: None,
            within: Vec::new(),
            fed_by: Vec::new(),
            outage: None,
        });
        HostId::from(self.model.hosts.len() - 1)
    }

    /// A rack with these hosts in it.
    pub fn rack(&mut self, name: &str, hosts: &[HostId]) -> RackId {
        let rack = RackId::from(self.model.racks.len());
        self.model.racks.push(Rack {
            name: name.to_owned(),
            kind: RackKind::Rack,
            outage: None,
        });
        for host in hosts {
            self.model.hosts[host.index()].within.push(rack);
        }
        rack
    }

    /// A switch without delay.
    pub fn switch(&mut self, name: &str) -> SwitchId {
        self.model.switches.push(Switch {
            name: name.to_owned(),
            latency: None,
            outage: None,
        });
        SwitchId::from(self.model.switches.len() - 1)
    }

    /// A component of `count` equal nodes, each with one core.
    pub fn component(&mut self, name: &str, count: u32) -> ComponentId {
        let id = ComponentId::from(self.model.components.len());
        self.model.components.push(Component {
            name: name.to_owned(),
            kind: "Component",
            nodes: Vec::new(),
            resources: Vec::new(),
            threads: None,
            connections: None,
            operations: Vec::new(),
            names: None,
            takeover: Takeover::None,
            voters: None,
            queueing: Queueing::default(),
            failure: None,
            outage: None,
            contents: None,
            memory: None,
            sessions: None,
            lag: None,
            autoscale: None,
            external: false,
        });
        self.cpu(id, 1);
        for _ in 0..count {
            self.node(id, Role::Member);
        }
        self.rename(id);
        id
    }

    /// A component of one primary, then `standbys`, then `read_replicas`; each one core.
    pub fn database(&mut self, name: &str, standbys: u32, read_replicas: u32) -> ComponentId {
        let id = self.component(name, 0);
        self.node(id, Role::Primary);
        (0..standbys).for_each(|_| self.node(id, Role::Standby));
        (0..read_replicas).for_each(|_| self.node(id, Role::ReadReplica));
        self.rename(id);
        id
    }

    /// A component of one active node and one standby that takes over.
    pub fn pair(&mut self, name: &str, after: u64, give_back: u64) -> ComponentId {
        let id = self.component(name, 1);
        self.node(id, Role::Standby);
        self.rename(id);
        self.model.components[id.index()].takeover = Takeover::Standby { after, give_back };
        id
    }

    /// Cores of each node, under processor sharing.
    pub fn cpu(&mut self, component: ComponentId, cores: u32) -> &mut Self {
        self.resource(component, "cpu", Some(cores), Discipline::ProcessorSharing)
    }

    /// A resource of each node, replacing the one of that name.
    pub fn resource(
        &mut self,
        component: ComponentId,
        name: &'static str,
        servers: Option<u32>,
        discipline: Discipline,
    ) -> &mut Self {
        let is_cpu = name == "cpu";
        let contention = Contention::default();
        let new = Resource {
            name,
            servers,
            discipline,
            contention,
            rates: Rates::default(),
            is_cpu,
        };
        let resources = &mut self.model.components[component.index()].resources;
        match resources.iter_mut().find(|resource| resource.name == name) {
            Some(old) => *old = new,
            None => resources.push(new),
        }
        self
    }

    /// Threads of each node and the room in front of them.
    pub fn threads(&mut self, component: ComponentId, threads: u32, room: u32) -> &mut Self {
        self.model.components[component.index()].threads = Some(Permits {
            capacity: Some(threads),
            room: Some(room),
        });
        self
    }

    /// Deals the component's nodes to these hosts in turn (S3).
    pub fn on(&mut self, component: ComponentId, hosts: &[HostId]) -> &mut Self {
        let nodes = self.model.components[component.index()].nodes.clone();
        for (node, host) in nodes.into_iter().zip(hosts.iter().cycle()) {
            self.model.nodes[node.index()].host = Some(*host);
        }
        self
    }

    /// An operation of the tier that takes all members.
    pub fn operation(&mut self, component: ComponentId, name: &str, steps: Vec<Step>) -> &mut Self {
        self.tier_operation(component, name, Tier::Members, steps, 0.0)
    }

    /// An operation of a tier; `apply` as in [`Operation::apply`].
    pub fn tier_operation(
        &mut self,
        component: ComponentId,
        name: &str,
        tier: Tier,
        steps: Vec<Step>,
        apply: f64,
    ) -> &mut Self {
        let name = name.to_owned();
        let operation = Operation {
            draws_as: name.clone(),
            name,
            tier,
            steps,
            apply,
        };
        self.model.components[component.index()]
            .operations
            .push(operation);
        self
    }

    /// A step that takes `demand` from the resource called `resource`.
    ///
    /// # Panics
    /// Where the component has no such resource.
    pub fn work(&self, component: ComponentId, resource: &str, demand: Law) -> Step {
        let place = self.model.components[component.index()]
            .resources
            .iter()
            .position(|candidate| candidate.name == resource);
        Step::Use {
            resource: place.expect("the component has this resource"),
            demand,
        }
    }
    /// Adds a scheduled fault.
    pub fn fault(&mut self, fault: Fault) -> &mut Self {
        self.model.faults.push(fault);
        self
    }
    fn node(&mut self, component: ComponentId, role: Role) {
        let id = NodeId::from(self.model.nodes.len());
        let name = String::new();
        let node = Node {
            name,
            component,
            role,
            host: None,
            speed: 1.0,
            nic_bps: None,
            cost: None,
        };
        self.model.nodes.push(node);
        self.model.components[component.index()].nodes.push(id);
    }

    fn rename(&mut self, component: ComponentId) {
        let part = &self.model.components[component.index()];
        for (number, node) in part.nodes.iter().enumerate() {
            self.model.nodes[node.index()].name = match part.nodes.len() {
                1 => part.name.clone(),
                _ => format!("{}/{}", part.name, number + 1),
            };
        }
    }
}

/// Health checks, for links and name services: interval and timeout in ns, fall, rise.
pub fn health(interval: u64, fall: u32, rise: u32) -> Health {
    Health {
        interval,
        fast: interval,
        when_down: interval,
        timeout: interval,
        fall,
        rise,
    }
}

fn plain_run() -> RunSettings {
    RunSettings {
        duration: None,
        requests: None,
        warm_up: WarmUp::Fixed(0),
        replications: None,
        precision: None,
        cap: 10_000_000,
        drain: seconds(60),
        start: Start::Warm,
        in_flight_cap: 5_000_000,
        event_cap: 10_000_000_000,
        with_failures: false,
    }
}
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_are_numbered_only_where_there_are_several() {
        let mut b = Builder::new("t");
        let one = b.component("one", 1);
        let db = b.database("db", 1, 2);
        let model = b.build();
        assert_eq!(model.node(model.component(one).nodes[0]).name, "one");
        let names: Vec<_> = model
            .component(db)
            .nodes
            .iter()
            .map(|&n| model.node(n).name.as_str())
            .collect();
        assert_eq!(names, ["db/1", "db/2", "db/3", "db/4"]);
        let roles: Vec<_> = model
            .component(db)
            .nodes
            .iter()
            .map(|&n| model.node(n).role)
            .collect();
        assert_eq!(
            roles,
            [
                Role::Primary,
                Role::Standby,
                Role::ReadReplica,
                Role::ReadReplica
            ]
        );
    }

    #[test]
    fn a_link_is_made_once_and_becomes_an_edge() {
        let mut b = Builder::new("t");
        let a = b.component("a", 1);
        let c = b.component("c", 1);
        b.call(a, c);
        b.forward(a, c);
        b.link(a, c).pool = Some(3);
        b.open("users", 1.0, &[("x", a, 0.5), ("y", a, 0.5)]);
        let model = b.build();
        assert_eq!(model.links.len(), 2);
        assert_eq!(model.links[0].pool, Some(3));
        assert_eq!(model.links[1].name, "users -> a");
        assert_eq!(model.graph.edge_count(), 1);
    }
}
