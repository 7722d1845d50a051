//! Nodes, their stations and their pools.

use super::key::Path;
use super::map::Meter;
use super::{Lowering, component_id};
use crate::engine::id::{NodeId, PoolId, StationId};
use crate::engine::program::{
    Discipline, Failure, Full, Impatience, Node, Overload, Part, Pool, Rates, Reason, Station,
};
use crate::model::{self, Component, Contention, FaultKind, HostId, Permits, Resource, Sessions};

/// Stations that the nodes of a host share.
#[derive(Clone, Copy, Default)]
struct Shared {
    cpu: Option<StationId>,
    network: Option<StationId>,
}

/// Which permits of a component every visit has from its coming to its leaving.
struct Unlimited {
    threads: bool,
    connections: bool,
}

impl Unlimited {
    /// Messages and applied writes are visits that take no permit, or another one, or none.
    fn of(part: &Component) -> Self {
        let copies = part.sessions.as_ref().is_some_and(Sessions::is_copied);
        let applies = part.operations.iter().any(|one| one.apply > 0.0);
        let all_take = part.kind != "Queue" && !applies && !copies;
        let open = |permits: Option<Permits>| permits.is_some_and(|one| one.capacity.is_none());
        let connections = all_take && open(part.connections);
        let at_once = part.connections.is_none() || connections;
        Self {
            threads: all_take && at_once && open(part.threads),
            connections,
        }
    }
}

impl Lowering<'_> {
    /// Makes all nodes with their stations and pools.
    pub(super) fn stations(&mut self) {
        let model = self.model;
        let mut shared = vec![Shared::default(); model.hosts.len()];
        for (number, node) in model.nodes.iter().enumerate() {
            let id = model::NodeId::from(number);
            let part = model.component(node.component);
            let stations = part
                .resources
                .iter()
                .map(|resource| self.resource(id, resource, &mut shared))
                .collect::<Vec<_>>();
            self.program.nodes.push(Node {
                name: node.name.clone(),
                component: component_id(node.component),
                stations: stations.clone(),
            });
            self.resources.push(stations);
            let network = self.network_card(id, &mut shared);
            self.network.push(network);
            self.permits(id, part);
            self.memory(id, part);
        }
        self.pauses();
    }

    /// Lets servers stop where a fault pauses their node.
    fn pauses(&mut self) {
        let model = self.model;
        let faults = model.faults.iter();
        for fault in faults.filter(|fault| fault.kind == FaultKind::Pause) {
            for node in fault.target.nodes(model) {
                for station in &self.program.nodes[node.index()].stations {
                    let station = &mut self.program.stations[station.index()];
                    station.rates.stops |= station.servers.is_some();
                }
            }
        }
    }

    /// The station that a resource of a node draws on.
    fn resource(
        &mut self,
        node: model::NodeId,
        resource: &Resource,
        shared: &mut [Shared],
    ) -> StationId {
        let place = self.model.node(node);
        match place.host {
            Some(host) if resource.is_cpu => {
                self.host_cpu(node, host, resource.servers, &mut shared[host.index()])
            }
            host => {
                let station = self.own_station(node, resource);
                if let Some(host) = host.filter(|_| resource.servers.is_some()) {
                    let meter = Meter::Station(station);
                    self.map
                        .add_to_host(host, resource.name, meter, resource.servers);
                }
                station
            }
        }
    }

    /// A station of this node alone; only CPUs have a speed (S4).
    fn own_station(&mut self, node: model::NodeId, resource: &Resource) -> StationId {
        let place = self.model.node(node);
        let queue = self.cpu_queue(place.component, resource);
        let id = self.station(Station {
            name: format!("{}.{}", place.name, resource.name),
            servers: resource.servers,
            discipline: discipline(resource.discipline),
            speed: if resource.is_cpu { place.speed } else { 1.0 },
            contention: coefficients(resource.contention),
            caps: Vec::new(),
            rates: rates(&resource.rates),
            queue,
        });
        self.failure(node, id, resource);
        let capacity = (resource.servers, resource.servers);
        self.map.add(
            (node, place.component),
            resource.name,
            Meter::Station(id),
            capacity,
        );
        id
    }

    /// The CPU of a host, shared by its nodes; a node's own `cores` is a cap (S3).
    fn host_cpu(
        &mut self,
        node: model::NodeId,
        host: HostId,
        cap: Option<u32>,
        shared: &mut Shared,
    ) -> StationId {
        let machine = &self.model.hosts[host.index()];
        let cores = Some(machine.cores);
        let id = shared.cpu.unwrap_or_else(|| {
            let id = self.station(Station {
                name: format!("{}.cpu", machine.name),
                servers: cores,
                discipline: discipline(machine.discipline),
                speed: machine.speed,
                contention: coefficients(machine.contention),
                caps: Vec::new(),
                rates: rates(&machine.rates),
                queue: Impatience::default(),
            });
            self.map.add_to_host(host, "cpu", Meter::Station(id), cores);
            id
        });
        shared.cpu = Some(id);
        let cap = cap.filter(|&cap| cap < machine.cores);
        if let Some(cap) = cap {
            self.program.stations[id.index()]
                .caps
                .push((super::node_id(node), cap));
        }
        let component = self.model.node(node).component;
        self.map.add(
            (node, component),
            "cpu",
            Meter::Station(id),
            (cap.or(cores), cores),
        );
        id
    }

    /// The sending side of the network card that a node uses, with its bandwidth in bits per
    /// second; none where there is no limit.
    fn network_card(
        &mut self,
        node: model::NodeId,
        shared: &mut [Shared],
    ) -> Option<(StationId, f64)> {
        let place = self.model.node(node);
        let (bps, name) = match place.host {
            Some(host) => {
                let machine = &self.model.hosts[host.index()];
                (machine.nic_bps?, &machine.name)
            }
            None => (place.nic_bps?, &place.name),
        };
        let known = place.host.and_then(|host| shared[host.index()].network);
        let id = known.unwrap_or_else(|| {
            self.station(Station {
                name: format!("{name}.nic_out"),
                servers: Some(1),
                discipline: Discipline::ProcessorSharing,
                speed: 1.0,
                contention: (0.0, 0.0),
                caps: Vec::new(),
                rates: Rates::default(),
                queue: Impatience::default(),
            })
        });
        if let Some(host) = place.host {
            shared[host.index()].network = Some(id);
            self.map
                .add_to_host(host, "nic_out", Meter::Station(id), Some(1));
        }
        let capacity = (Some(1), Some(1));
        self.map.add(
            (node, place.component),
            "nic_out",
            Meter::Station(id),
            capacity,
        );
        Some((id, bps))
    }

    /// Threads (with a backlog) and connections (without room) of a node. What has no limit needs
    /// no pool: the visits at the component are its users.
    fn permits(&mut self, node: model::NodeId, part: &Component) {
        let component = self.model.node(node).component;
        let open = Unlimited::of(part);
        let threads = part.threads.filter(|_| !open.threads).map(|threads| {
            self.node_pool(node, "threads", threads, (Reason::Refused, Part::Queue))
        });
        let limited = part.connections.filter(|_| !open.connections);
        let connections = limited.map(|connections| {
            let permits = Permits {
                capacity: connections.capacity,
                room: Some(0),
            };
            self.node_pool(
                node,
                "connections",
                permits,
                (Reason::Connections, Part::PoolWait),
            )
        });
        if open.threads {
            self.map.add_unlimited(component, "threads");
        }
        if open.connections {
            self.map.add_unlimited(component, "connections");
        }
        self.threads.push(threads);
        self.connections.push(connections);
    }

    fn node_pool(
        &mut self,
        node: model::NodeId,
        word: &'static str,
        permits: Permits,
        (refusal, part): (Reason, Part),
    ) -> PoolId {
        let place = self.model.node(node);
        let name = format!("{}.{word}", place.name);
        let Permits { capacity, room } = permits;
        let mut pool = Pool {
            name,
            capacity,
            room,
            refusal,
            part,
            patience: None,
            full: Full::Refuse,
            overload: Overload::default(),
        };
        if word == "threads" && capacity.is_some() {
            self.queue_for_threads(place.component, &mut pool);
        }
        let id = self.pool(pool);
        self.map.add(
            (node, place.component),
            word,
            Meter::Pool(id),
            (capacity, capacity),
        );
        id
    }

    /// Patience, balking and a full room in front of threads. Who balks finds a room that ends
    /// there.
    fn queue_for_threads(&mut self, component: model::ComponentId, pool: &mut Pool) {
        let part = self.model.component(component);
        let path = || Path::new(&part.name);
        pool.overload = Overload {
            last_first: part.queueing.last_first,
            sheds: part.queueing.sheds,
        };
        let timeout = part.queueing.timeout.as_ref();
        pool.patience = timeout.map(|law| {
            let key = path().key("queue timeout");
            (self.law(key, law), key)
        });
        if let Some(above) = part.queueing.balk
            && pool.room.is_none_or(|room| above < room)
        {
            (pool.room, pool.refusal) = (Some(above + 1), Reason::Balked);
            return;
        }
        pool.full = match &part.queueing.full {
            model::Full::Refuse => Full::Refuse,
            model::Full::Block => Full::Block,
            model::Full::Retry(law) => {
                let key = path().key("retry");
                let law = self.law(key, law);
                Full::Retry { law, key }
            }
        };
    }

    /// Lets the cores of a node stop and go on, where the run lets failure laws act (S41).
    fn failure(&mut self, node: model::NodeId, station: StationId, resource: &Resource) {
        let place = self.model.node(node);
        let part = self.model.component(place.component);
        let Some(failure) = &part.failure else { return };
        if !resource.is_cpu || !self.model.run.with_failures {
            return;
        }
        self.program.stations[station.index()].rates.stops = true;
        let path = || Path::new(&part.name);
        let up = self.law(path().key("mtbf"), &failure.mtbf);
        let down = self.law(path().key("mttr"), &failure.mttr);
        self.program.failures.push(Failure {
            station,
            up,
            down,
            each_server: failure.each_core,
            key: Path::new(&place.name).key("failure"),
        });
    }

    /// Patience and balking in front of a CPU whose node has no limit of threads.
    fn cpu_queue(&mut self, component: model::ComponentId, resource: &Resource) -> Impatience {
        let part = self.model.component(component);
        let bounded = part
            .threads
            .is_some_and(|threads| threads.capacity.is_some());
        if bounded || !resource.is_cpu {
            return Impatience::default();
        }
        let timeout = part.queueing.timeout.as_ref();
        let key = Path::new(&part.name).key("queue timeout");
        Impatience {
            patience: timeout.map(|law| (self.law(key, law), key)),
            above: part.queueing.balk,
        }
    }

    pub(super) fn pool(&mut self, pool: Pool) -> PoolId {
        self.program.pools.push(pool);
        PoolId::from(self.program.pools.len() - 1)
    }

    pub(super) fn station(&mut self, station: Station) -> StationId {
        self.program.stations.push(station);
        StationId::from(self.program.stations.len() - 1)
    }

    /// The station of a node's resource.
    pub(super) fn station_of(&self, node: NodeId, resource: usize) -> StationId {
        self.resources[node.index()][resource]
    }
}

fn discipline(discipline: model::Discipline) -> Discipline {
    match discipline {
        model::Discipline::Fcfs => Discipline::Fcfs,
        model::Discipline::ProcessorSharing => Discipline::ProcessorSharing,
        model::Discipline::Lcfs => Discipline::Lcfs,
        model::Discipline::RandomOrder => Discipline::RandomOrder,
        model::Discipline::LimitedSharing(jobs) => Discipline::LimitedSharing(jobs),
        model::Discipline::Priority { preemptive } => Discipline::Priority { preemptive },
    }
}

fn rates(rates: &model::Rates) -> Rates {
    Rates {
        core_speeds: rates.core_speeds.clone(),
        scaling: rates.scaling.clone(),
        stops: false,
    }
}

fn coefficients(contention: Contention) -> (f64, f64) {
    (contention.sigma, contention.kappa)
}
