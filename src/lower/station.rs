//! Nodes, their stations and their pools.

use super::map::Meter;
use super::{Lowering, component_id};
use crate::engine::id::{NodeId, PoolId, StationId};
use crate::engine::program::{Discipline, Node, Part, Pool, Reason, Station};
use crate::model::{self, Component, Contention, HostId, Permits, Resource};

/// Stations that the nodes of a host share.
#[derive(Clone, Copy, Default)]
struct Shared {
    cpu: Option<StationId>,
    network: Option<StationId>,
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
        let id = self.station(Station {
            name: format!("{}.{}", place.name, resource.name),
            servers: resource.servers,
            discipline: discipline(resource.discipline),
            speed: if resource.is_cpu { place.speed } else { 1.0 },
            contention: coefficients(resource.contention),
            caps: Vec::new(),
        });
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

    /// Threads (with a backlog) and connections (without room) of a node.
    fn permits(&mut self, node: model::NodeId, part: &Component) {
        let threads = part.threads.map(|threads| {
            self.node_pool(node, "threads", threads, (Reason::Refused, Part::Queue))
        });
        let connections = part.connections.map(|connections| {
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
        let id = self.pool(Pool {
            name,
            capacity,
            room,
            refusal,
            part,
        });
        self.map.add(
            (node, place.component),
            word,
            Meter::Pool(id),
            (capacity, capacity),
        );
        id
    }

    pub(super) fn pool(&mut self, pool: Pool) -> PoolId {
        self.program.pools.push(pool);
        PoolId::from(self.program.pools.len() - 1)
    }

    fn station(&mut self, station: Station) -> StationId {
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
    }
}

fn coefficients(contention: Contention) -> (f64, f64) {
    (contention.sigma, contention.kappa)
}
