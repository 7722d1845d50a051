//! Queues in front of CPUs, disks and network cards.

use std::collections::BTreeMap;

use super::demand::{Demand, Kind, collect};
use super::flow::{Flow, Visit, operation};
use super::moments::Moments;
use super::serving::{Lost, serving};
use crate::law::Law;
use crate::model::{
    ComponentId, Contention, Discipline, HostId, Model, NodeId, Rates, Role, Sessions, Tier,
};
use crate::theory::{Mmc, Usl};

/// A queue of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// A resource of a node, by its place in `Component::resources`.
    Resource(NodeId, usize),
    /// The CPU that the nodes of a host share.
    HostCpu(HostId),
    /// The network card of a node with a private host.
    NodeNic(NodeId),
    /// The network card that the nodes of a host share.
    HostNic(HostId),
}

/// A queue and what it has to do.
#[derive(Clone, Debug, PartialEq)]
pub struct Station {
    /// Which queue.
    pub place: Place,
    /// `cpu`, `disk`, `nic` ...
    pub resource: &'static str,
    /// Servers; `None`: everybody is served at once.
    pub servers: Option<u32>,
    /// Jobs per second.
    pub rate: f64,
    /// Work that arrives per second, in seconds of one server.
    pub work: f64,
    /// Share of the capacity that the work takes; beyond 1 the queue grows. 0 without limit.
    pub utilisation: f64,
    discipline: Discipline,
    /// Least factor by which contention stretches all work.
    slowdown: f64,
}

/// All queues, by place.
#[derive(Clone, Debug)]
pub(super) struct Stations {
    pub(super) table: BTreeMap<Place, Station>,
}

impl Stations {
    /// The queues under these visit rates (per second, by place in `flow`).
    pub(super) fn new(model: &Model, lost: &Lost, flow: &Flow, rates: &[f64]) -> Self {
        Self::of(model, lost, flow, rates, 0..flow.visits.len())
    }

    /// The queues with what the visits at `places` of `flow` bring them.
    pub(super) fn of(
        model: &Model,
        lost: &Lost,
        flow: &Flow,
        rates: &[f64],
        places: impl IntoIterator<Item = usize>,
    ) -> Self {
        let mut all = Self {
            table: BTreeMap::new(),
        };
        for place in places {
            all.visit(model, lost, flow.visits[place], rates[place]);
        }
        for station in all.table.values_mut() {
            station.utilisation = station.servers.map_or(0.0, |servers| {
                station.work * station.slowdown / f64::from(servers)
            });
        }
        all
    }

    /// Adds what a visit brings at this rate.
    fn visit(&mut self, model: &Model, lost: &Lost, visit: Visit, rate: f64) {
        let operation = operation(model, visit);
        let nodes = serving(model, visit.component, operation.tier, lost);
        let share = rate / nodes.len().max(1) as f64;
        let mut demands = Vec::new();
        let kept =
            |call: &crate::model::Call| super::flow::answered(model, lost, call, visit.class);
        collect(&operation.steps, 1.0, &kept, &mut demands);
        for demand in &demands {
            for &node in &nodes {
                self.add(model, node, demand, share * demand.times);
            }
            let copy = (operation.apply, rate);
            self.repeat_writes(model, visit.component, &nodes, copy, demand);
        }
        self.copy_sessions(model, visit.component, &nodes, rate);
    }

    /// Nodes keep copies of the sessions of others.
    fn copy_sessions(&mut self, model: &Model, part: ComponentId, nodes: &[NodeId], rate: f64) {
        let part = model.component(part);
        let copy = part.sessions.as_ref().and_then(Sessions::copy);
        let cpu = part.resources.iter().position(|one| one.is_cpu);
        let (Some((copy, all)), Some(cpu)) = (copy, cpu) else {
            return;
        };
        if nodes.len() < 2 {
            return;
        }
        let others = if all { nodes.len() - 1 } else { 1 };
        let demand = Demand {
            kind: Kind::Use(cpu),
            law: copy.clone(),
            times: 1.0,
        };
        for &node in nodes {
            self.add(
                model,
                node,
                &demand,
                rate * others as f64 / nodes.len() as f64,
            );
        }
    }

    /// S13: every other data node repeats the work of a write.
    fn repeat_writes(
        &mut self,
        model: &Model,
        component: ComponentId,
        writers: &[NodeId],
        (apply, rate): (f64, f64),
        demand: &Demand,
    ) {
        if !matches!(demand.kind, Kind::Use(_)) || apply <= 0.0 {
            return;
        }
        for &node in &model.component(component).nodes {
            let holds_data = model.node(node).role != Role::Member;
            if holds_data && !writers.contains(&node) {
                let less = Demand {
                    law: demand.law.scaled(apply),
                    ..demand.clone()
                };
                self.add(model, node, &less, rate * demand.times);
            }
        }
    }

    fn add(&mut self, model: &Model, node: NodeId, demand: &Demand, rate: f64) {
        for place in places(model, node, demand.kind) {
            let mean = demand.law.mean() / speed(model, place);
            let station = self
                .table
                .entry(place)
                .or_insert_with(|| Station::idle(model, place));
            station.rate += rate;
            station.work += rate * mean;
        }
    }

    /// Time that `demand` spends with a component that answers from these nodes.
    pub(super) fn sojourn(
        &self,
        model: &Model,
        nodes: &[NodeId],
        demand: &Law,
        kind: Kind,
    ) -> Moments {
        let parts: Vec<_> = nodes
            .iter()
            .map(|&node| {
                let at = |place| self.time(model, place, demand);
                let slowest = places(model, node, kind)
                    .into_iter()
                    .map(at)
                    .max_by(|a, b| a.mean.total_cmp(&b.mean));
                (1.0, slowest.unwrap_or(Moments::ZERO))
            })
            .collect();
        Moments::mixture(&parts)
    }

    fn time(&self, model: &Model, place: Place, demand: &Law) -> Moments {
        let own = Moments::of(demand, speed(model, place));
        match self.table.get(&place) {
            Some(station) => station.sojourn(own),
            None => own,
        }
    }
}

impl Station {
    fn idle(model: &Model, place: Place) -> Self {
        let (resource, servers, discipline, contention, jobs, rates) = match place {
            Place::Resource(node, resource) => {
                let part = model.component(model.node(node).component);
                let own = &part.resources[resource];
                let threads = part.threads.and_then(|threads| threads.capacity);
                (
                    own.name,
                    own.servers,
                    own.discipline,
                    own.contention,
                    threads,
                    Some(&own.rates),
                )
            }
            Place::HostCpu(host) => {
                let host = &model.hosts[host.index()];
                (
                    "cpu",
                    Some(host.cores),
                    host.discipline,
                    host.contention,
                    None,
                    Some(&host.rates),
                )
            }
            Place::NodeNic(_) | Place::HostNic(_) => {
                let sharing = Discipline::ProcessorSharing;
                ("nic", Some(1), sharing, Contention::default(), None, None)
            }
        };
        Self {
            place,
            resource,
            servers,
            rate: 0.0,
            work: 0.0,
            utilisation: 0.0,
            discipline,
            slowdown: servers.map_or(1.0, |cores| slowdown(cores, contention, jobs))
                * servers.map_or(1.0, |cores| unevenness(cores, rates)),
        }
    }

    /// Time from joining to leaving of a job with these moments of its work alone.
    ///
    /// First come first served: the wait is that of M/M/c times (1 + cv^2)/2 (A. Allen,
    /// *Probability, Statistics, and Queueing Theory*, section 5.4). Processor sharing: work is
    /// stretched as in M/M/c, which for one server holds for any law (L. Kleinrock, *Queueing
    /// Systems* vol. 2, section 4.4); the spread is that of M/M/1 for an exponential demand
    /// (E. Coffman, R. Muntz, H. Trotter, "Waiting time distributions for processor-sharing
    /// systems", 1970).
    fn sojourn(&self, own: Moments) -> Moments {
        let own = Moments {
            mean: own.mean * self.slowdown,
            variance: own.variance * self.slowdown * self.slowdown,
        };
        let Some(servers) = self.servers else {
            return own;
        };
        if self.work <= 0.0 {
            return own;
        }
        let mean = self.work * self.slowdown / self.rate;
        let Some(queue) = Mmc::new(self.rate, 1.0 / mean, servers) else {
            return Moments::ENDLESS;
        };
        let waits = queue.wait_probability();
        match self.discipline {
            Discipline::Fcfs
            | Discipline::Lcfs
            | Discipline::RandomOrder
            | Discipline::LimitedSharing(_)
            | Discipline::Priority { .. } => {
                let cv2 = own.variance / (own.mean * own.mean).max(f64::MIN_POSITIVE);
                let scale = 0.5 * (1.0 + cv2.min(1e6));
                let wait = queue.mean_wait() * scale;
                let square = (2.0 / waits.max(f64::MIN_POSITIVE) - 1.0).min(1e12);
                own.then(Moments {
                    mean: wait,
                    variance: wait * wait * square,
                })
            }
            Discipline::ProcessorSharing => {
                let stretch = queue.mean_response() / mean;
                let response = own.mean * stretch;
                let spread = 2.0 * waits / (2.0 - waits);
                Moments {
                    mean: response,
                    variance: own.variance * stretch * stretch + response * response * spread,
                }
            }
        }
    }
}

/// The queues that a demand at a node goes through; several only for a capped CPU on a host (S3).
fn places(model: &Model, node: NodeId, kind: Kind) -> Vec<Place> {
    let seat = model.node(node);
    match kind {
        Kind::Use(resource) => {
            let part = model.component(seat.component);
            let own = Place::Resource(node, resource);
            let resource = &part.resources[resource];
            match seat.host.filter(|_| resource.is_cpu) {
                None => vec![own],
                Some(host) if resource.servers.is_none() => vec![Place::HostCpu(host)],
                Some(host) => vec![Place::HostCpu(host), own],
            }
        }
        Kind::Send => {
            let (place, bits) = match seat.host {
                Some(host) => (Place::HostNic(host), model.hosts[host.index()].nic_bps),
                None => (Place::NodeNic(node), seat.nic_bps),
            };
            bits.map(|_| place).into_iter().collect()
        }
    }
}

/// Units of demand that a server of this queue does in a second: ns of CPU or disk, bytes.
fn speed(model: &Model, place: Place) -> f64 {
    match place {
        Place::Resource(node, resource) => {
            let seat = model.node(node);
            let is_cpu = model.component(seat.component).resources[resource].is_cpu;
            let machine = match seat.host {
                Some(host) => model.hosts[host.index()].speed,
                None => seat.speed,
            };
            1e9 * if is_cpu { machine } else { 1.0 }
        }
        Place::HostCpu(host) => 1e9 * model.hosts[host.index()].speed,
        Place::NodeNic(node) => model.node(node).nic_bps.unwrap_or(f64::INFINITY) / 8.0,
        Place::HostNic(host) => {
            let host = &model.hosts[host.index()];
            host.nic_bps.unwrap_or(f64::INFINITY) / 8.0
        }
    }
}

/// Equal servers of speed 1 for each unit of what a busy station of these rates does.
fn unevenness(cores: u32, rates: Option<&Rates>) -> f64 {
    let Some(rates) = rates else { return 1.0 };
    let total = match rates.scaling.last() {
        Some(&total) => total,
        None if rates.core_speeds.is_empty() => return 1.0,
        None => rates.core_speeds.iter().sum(),
    };
    f64::from(cores) / total
}

/// Cores over the most work that they do per second with any number of jobs up to `jobs` (S6).
fn slowdown(cores: u32, contention: Contention, jobs: Option<u32>) -> f64 {
    let Contention { sigma, kappa } = contention;
    if sigma <= 0.0 && kappa <= 0.0 {
        return 1.0;
    }
    let law = Usl { sigma, kappa };
    let most = law.peak_on(cores).min(jobs.unwrap_or(u32::MAX)).max(1);
    f64::from(cores) / law.capacity_on(f64::from(most), f64::from(cores))
}

/// The nodes of a component that take part in `tier` when nothing is lost.
pub(super) fn nodes_of(model: &Model, component: ComponentId, tier: Tier) -> Vec<NodeId> {
    serving(model, component, tier, &Lost::none())
}
