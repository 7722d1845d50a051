//! Lines with less bandwidth, and disks that are slower: rates of single stations.
//!
//! Of several limits of a line the lowest holds; factors of a disk multiply.

use super::Span;
use crate::engine::id::StationId;
use crate::engine::program::{Effect, TimedEffect};
use crate::lower::{Map, Meter};
use crate::model::{Fault, FaultKind, FaultTarget, HostId, LinkId, Model, NodeId};

/// A part of the model that is stations of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wire {
    /// Both directions of a link with a bandwidth.
    Link(LinkId),
    /// The network card of a host.
    Host(HostId),
    /// The network card of a node with a machine of its own.
    Card(NodeId),
    /// The disk of a node.
    Disk(NodeId),
}

impl Wire {
    /// Its bandwidth, bits per second.
    fn bps(self, model: &Model) -> Option<f64> {
        match self {
            Wire::Link(link) => model.link(link).bandwidth_bps,
            Wire::Host(host) => model.hosts[host.index()].nic_bps,
            Wire::Card(node) => model.node(node).nic_bps,
            Wire::Disk(_) => None,
        }
    }

    /// Its stations.
    fn stations(self, map: &Map) -> Vec<StationId> {
        let resources = match self {
            Wire::Link(link) => map.lines[link.index()].iter().collect(),
            Wire::Host(host) => map.host_resource(host, "nic_out").into_iter().collect(),
            Wire::Card(node) => map.node_resource(node, "nic_out").into_iter().collect(),
            Wire::Disk(node) => map
                .node_resource(node, "disk")
                .into_iter()
                .collect::<Vec<_>>(),
        };
        let meters = resources.iter().flat_map(|resource| &resource.meters);
        let stations = meters.filter_map(|meter| match meter {
            Meter::Station(station) => Some(*station),
            Meter::Pool(_) | Meter::Visits(_) | Meter::Memory(_) => None,
        });
        stations.collect()
    }
}

/// The cards or the line that a limit of bandwidth is about, each with what its rate becomes.
pub fn limits(
    model: &Model,
    target: &FaultTarget,
    struck: &[NodeId],
    bps: f64,
) -> Vec<(Wire, f64)> {
    let mut wires: Vec<Wire> = match target {
        FaultTarget::Link(link) => vec![Wire::Link(*link)],
        FaultTarget::Host(host) => vec![Wire::Host(*host)],
        _ => {
            let card = |&node: &NodeId| match model.node(node).host {
                Some(host) => Wire::Host(host),
                None => Wire::Card(node),
            };
            struck.iter().map(card).collect()
        }
    };
    wires.sort_unstable();
    wires.dedup();
    let limit = |wire: Wire| Some((wire, bps / wire.bps(model)?));
    wires.into_iter().filter_map(limit).collect()
}

/// Rates of parts over time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rates {
    limits: Vec<(Wire, Span, f64)>,
    full: Vec<(NodeId, Span)>,
}

impl Rates {
    /// Adds what a fault does to single parts of the nodes that it strikes.
    pub fn add(&mut self, model: &Model, fault: &Fault, struck: &[NodeId], span: Span) {
        match fault.kind {
            FaultKind::Bandwidth(bps) => {
                let limits = limits(model, &fault.target, struck, bps);
                self.limits
                    .extend(limits.into_iter().map(|(wire, rate)| (wire, span, rate)));
            }
            FaultKind::SlowDisk(factor) => {
                let disks = struck.iter().map(|&node| Wire::Disk(node));
                self.limits
                    .extend(disks.map(|wire| (wire, span, 1.0 / factor)));
            }
            FaultKind::FullDisk => self.full.extend(struck.iter().map(|&node| (node, span))),
            _ => {}
        }
    }

    /// Whether nothing ever happens.
    pub fn is_empty(&self) -> bool {
        self.limits.is_empty() && self.full.is_empty()
    }

    /// What the engine is told, part by part.
    pub fn effects(&self, map: &Map) -> Vec<TimedEffect> {
        let mut effects = Vec::new();
        let mut wires: Vec<Wire> = self.limits.iter().map(|limit| limit.0).collect();
        wires.sort_unstable();
        wires.dedup();
        for wire in wires {
            let own = self.limits.iter().filter(|limit| limit.0 == wire);
            let own: Vec<(Span, f64)> = own.map(|&(_, span, rate)| (span, rate)).collect();
            let multiplies = matches!(wire, Wire::Disk(_));
            for station in wire.stations(map) {
                let rates = rates(&own, multiplies).into_iter();
                effects.extend(rates.map(|(at, rate)| TimedEffect {
                    at,
                    effect: Effect::Rate(station, rate),
                }));
            }
        }
        let mut full = self.full.clone();
        full.sort_unstable();
        for nodes in full.chunk_by(|a, b| a.0 == b.0) {
            let spans = super::span::union(nodes.iter().map(|one| one.1).collect());
            for station in Wire::Disk(nodes[0].0).stations(map) {
                super::crash::changes(&spans, |at, full| {
                    let effect = Effect::Full(station, full);
                    effects.push(TimedEffect { at, effect });
                });
            }
        }
        effects
    }
}

/// The rate over time, told where it changes; 1.0 where nothing holds.
fn rates(own: &[(Span, f64)], multiplies: bool) -> Vec<(u64, f64)> {
    let edges = own.iter().flat_map(|(span, _)| [span.start, span.end]);
    let mut edges: Vec<u64> = edges.filter(|&edge| edge < u64::MAX).collect();
    edges.sort_unstable();
    edges.dedup();
    let mut before = 1.0_f64;
    let mut rates = Vec::new();
    for edge in edges {
        let in_force = own.iter().filter(|(span, _)| span.contains(edge));
        let rate = in_force.fold(1.0, |sum, (_, rate)| {
            if multiplies {
                sum * rate
            } else {
                rate.min(sum)
            }
        });
        if rate.to_bits() != before.to_bits() {
            rates.push((edge, rate));
            before = rate;
        }
    }
    rates
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lowest_limit_of_a_line_holds_and_factors_of_a_disk_multiply() {
        let span = |start, end| Span { start, end };
        let own = [
            (span(0, 10), 0.5),
            (span(5, 20), 0.25),
            (span(30, u64::MAX), 0.5),
        ];
        let lowest = [(0, 0.5), (5, 0.25), (20, 1.0), (30, 0.5)];
        assert_eq!(rates(&own, false), lowest);
        let product = [(0, 0.5), (5, 0.125), (10, 0.25), (20, 1.0), (30, 0.5)];
        assert_eq!(rates(&own, true), product);
    }
}
