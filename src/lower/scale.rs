//! Components of which only some nodes are in service.

use super::map::Meter;
use super::{Lowering, Origin, node_id};
use crate::engine::program::{Busy, Member, Scaler, Terms};
use crate::model::{self, Autoscale, NodeId};

impl Lowering<'_> {
    /// The groups of nodes whose number follows their utilisation. Links have their pools by now.
    pub(super) fn scalers(&mut self) {
        let model = self.model;
        for (part, autoscale) in model.scaled() {
            let scaler = self.scaler(part, autoscale);
            self.program.scalers.push(scaler);
        }
    }

    fn scaler(&self, part: &model::Component, autoscale: Autoscale) -> Scaler {
        let member = |&node: &NodeId| self.member(node, autoscale.resource);
        Scaler {
            name: part.name.clone(),
            members: part.nodes.iter().map(member).collect(),
            start: autoscale.start,
            boot: autoscale.boot,
            every: autoscale.every,
            from: 0,
            first: autoscale.first,
            terms: Terms {
                min: autoscale.min,
                max: autoscale.max,
                target: autoscale.target,
                tolerance: autoscale.tolerance,
                cooldown: autoscale.cooldown,
                stabilise: autoscale.stabilise,
            },
        }
    }

    /// A node with what it alone uses.
    fn member(&self, node: NodeId, resource: &str) -> Member {
        let found = self.map.node_resource(node, resource);
        let meter = found.and_then(|one| one.meters.first()).copied();
        let (busy, servers) = match meter {
            Some(Meter::Station(id)) => {
                let servers = self.program.stations[id.index()].servers;
                (Busy::Station(id), servers)
            }
            Some(Meter::Pool(id)) => (Busy::Pool(id), self.program.pools[id.index()].capacity),
            Some(Meter::Visits(_) | Meter::Memory(_)) | None => {
                unreachable!("a resource with a limit")
            }
        };
        let mut own = Member {
            node: node_id(node),
            busy,
            servers: servers.expect("a resource with a limit"),
            stations: Vec::new(),
            pools: Vec::new(),
        };
        let hosts = self.map.hosts.iter().flatten();
        let shared: Vec<Meter> = hosts.flat_map(|one| one.meters.iter().copied()).collect();
        let resources = self.map.nodes[node.index()].iter();
        let meters = resources.flat_map(|one| one.meters.iter().copied());
        for meter in meters.filter(|meter| !shared.contains(meter)) {
            match meter {
                Meter::Station(id) => own.stations.push(id),
                Meter::Pool(id) => own.pools.push(id),
                Meter::Visits(_) | Meter::Memory(_) => {}
            }
        }
        let links = self.pools.iter();
        let from_here = links.filter(|((origin, _), _)| *origin == Origin::Node(node));
        own.pools.extend(from_here.map(|(_, &pool)| pool));
        own
    }
}
