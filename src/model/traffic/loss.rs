//! What the loss of one node does to the queues, without solving the whole network anew.
//!
//! A loss changes the choices of those that call the lost node's component, the rates behind
//! them, and the queues of whatever is visited more often. [`Losses`] solves the network with
//! everything up once, and for each loss looks again only at the queues that it may push past
//! their capacity: those of the lost node's component, those of callers whose caches lost a
//! shard, and those whose load grows by more than their room. What it finds there are the same
//! sums in the same order as in [`Traffic::open_stations`].

use std::collections::{BTreeMap, BTreeSet};

use super::flow::{Flow, Row, Visit, operation};
use super::serving::{Lost, serving};
use super::station::{Place, Station, Stations};
use super::{Traffic, open_level};
use crate::model::step::inner_lists;
use crate::model::{Call, ComponentId, HostId, Model, NodeId, Step};

/// A queue that is closer to its capacity than this is looked at.
const ROUNDING: f64 = 1e-9;

/// The network with everything up, ready for questions about losses.
#[derive(Clone, Debug)]
pub struct Losses<'t> {
    traffic: &'t Traffic<'t>,
    /// What users cause directly.
    entered: Vec<Visit>,
    flow: Flow,
    starts: Vec<f64>,
    /// Visits per second with everything up, by place in the flow.
    rates: Vec<f64>,
    /// Visits of each component, by place in the flow.
    visits: Vec<Vec<usize>>,
    /// Visits that call each component, and whether they ask it as a cache.
    callers: Vec<Vec<(usize, bool)>>,
    /// Components with nodes on each host.
    residents: Vec<Vec<ComponentId>>,
    /// Highest utilisation below 1 of the queues that a component uses.
    fullest: Vec<f64>,
}

impl<'t> Losses<'t> {
    /// Solves the network of `traffic` with everything up; `None` where some request has nobody
    /// to go to, or goes round in circles for ever.
    pub fn new(traffic: &'t Traffic<'t>) -> Option<Self> {
        let model = traffic.model;
        let none = Lost::none();
        let entered = traffic.entered();
        let flow = Flow::new(model, &none, &entered);
        if flow.is_stranded || entered.iter().any(|visit| is_closed(model, visit, &none)) {
            return None;
        }
        let levels: Vec<f64> = traffic.sources.iter().map(open_level).collect();
        let starts = traffic.starts(&flow, &levels);
        let rates = flow.rates(&starts)?;
        let components = model.components.len();
        let mut visits = vec![Vec::new(); components];
        let mut callers = vec![Vec::new(); components];
        for (place, visit) in flow.visits.iter().enumerate() {
            visits[visit.component.index()].push(place);
            let mut called = BTreeMap::new();
            called_by(model, &operation(model, *visit).steps, &mut called);
            for (callee, is_cache) in called {
                callers[callee.index()].push((place, is_cache));
            }
        }
        let mut residents = vec![Vec::new(); model.hosts.len()];
        for (id, component) in model.components.iter().enumerate() {
            let id = ComponentId::from(id);
            let hosts = component.nodes.iter().filter_map(|&n| model.node(n).host);
            for host in hosts.collect::<BTreeSet<_>>() {
                residents[host.index()].push(id);
            }
        }
        let stations = Stations::new(model, &none, &flow, &rates);
        let mut all = Self {
            traffic,
            entered,
            flow,
            starts,
            rates,
            visits,
            callers,
            residents,
            fullest: vec![0.0; components],
        };
        for station in stations.table.values() {
            all.note(station);
        }
        Some(all)
    }

    /// Remembers how full a queue is for those who use it.
    fn note(&mut self, station: &Station) {
        if station.utilisation >= 1.0 {
            return;
        }
        let own;
        let users: &[ComponentId] = match station.place {
            Place::Resource(node, _) | Place::NodeNic(node) => {
                own = [self.traffic.model.node(node).component];
                &own
            }
            Place::HostCpu(host) | Place::HostNic(host) => &self.residents[host.index()],
        };
        for user in users {
            let fullest = &mut self.fullest[user.index()];
            *fullest = fullest.max(station.utilisation);
        }
    }

    /// The queues that the loss of `node` may push past their capacity, and some others, under
    /// the load of open workloads; none where some request has nobody left to go to.
    pub fn without(&mut self, node: NodeId) -> Vec<Station> {
        let model = self.traffic.model;
        let lost = Lost::node(node);
        let component = model.node(node).component;
        let entered = self.entered.iter();
        let mut lost_entries = entered.filter(|visit| visit.component == component);
        let is_gone = lost_entries.any(|visit| is_closed(model, visit, &lost));
        let Some(rows) = self.rows(component, &lost).filter(|_| !is_gone) else {
            return Vec::new();
        };
        let mut looked_at = BTreeSet::from([component]);
        let askers = self.callers[component.index()]
            .iter()
            .filter(|caller| caller.1);
        looked_at.extend(askers.map(|&(place, _)| self.flow.visits[place].component));
        if rows.is_empty() {
            return self.stations(&lost, &looked_at, None);
        }
        let Some(rates) = self.rates_with(rows) else {
            return Vec::new();
        };
        for (place, visit) in self.flow.visits.iter().enumerate() {
            let grown = rates[place] / self.rates[place];
            let has_room = self.fullest[visit.component.index()] * grown < 1.0 - ROUNDING;
            if grown > 1.0 && !has_room {
                looked_at.insert(visit.component);
            }
        }
        self.stations(&lost, &looked_at, Some(&rates))
    }

    /// The calls that change, by caller; `None` where one of them finds nobody.
    fn rows(&self, component: ComponentId, lost: &Lost) -> Option<Vec<(usize, Row)>> {
        let mut changed = Vec::new();
        for &(place, is_cache) in &self.callers[component.index()] {
            let at = (component, is_cache);
            let row = (self.flow).row_without(self.traffic.model, lost, place, at)?;
            if row != self.flow.calls[place] {
                changed.push((place, row));
            }
        }
        Some(changed)
    }

    /// Rates with these calls.
    fn rates_with(&mut self, mut rows: Vec<(usize, Row)>) -> Option<Vec<f64>> {
        let mut swap = |flow: &mut Flow| {
            for (place, row) in &mut rows {
                std::mem::swap(&mut flow.calls[*place], row);
            }
        };
        swap(&mut self.flow);
        let rates = self.flow.rates(&self.starts);
        swap(&mut self.flow);
        rates
    }

    /// The queues of these components.
    fn stations(
        &self,
        lost: &Lost,
        components: &BTreeSet<ComponentId>,
        rates: Option<&Vec<f64>>,
    ) -> Vec<Station> {
        let model = self.traffic.model;
        let nodes = components.iter().flat_map(|&id| &model.component(id).nodes);
        let hosts: BTreeSet<HostId> = nodes.filter_map(|&node| model.node(node).host).collect();
        let neighbours = hosts.iter().flat_map(|host| &self.residents[host.index()]);
        let involved: BTreeSet<ComponentId> = neighbours.chain(components).copied().collect();
        let mut places: Vec<usize> = involved
            .iter()
            .flat_map(|id| self.visits[id.index()].iter().copied())
            .collect();
        places.sort_unstable();
        let rates = rates.unwrap_or(&self.rates);
        let part = Stations::of(model, lost, &self.flow, rates, places);
        let is_whole = |place: Place| match place {
            Place::Resource(node, _) | Place::NodeNic(node) => {
                components.contains(&model.node(node).component)
            }
            Place::HostCpu(host) | Place::HostNic(host) => hosts.contains(&host),
        };
        let all = part.table.into_values();
        all.filter(|station| is_whole(station.place)).collect()
    }
}

/// Whether nobody is left to answer a visit.
pub(super) fn is_closed(model: &Model, visit: &Visit, lost: &Lost) -> bool {
    let tier = operation(model, *visit).tier;
    serving(model, visit.component, tier, lost).is_empty()
}

/// Components that steps call, and whether one of the calls is the lookup of a cache.
fn called_by(model: &Model, steps: &[Step], into: &mut BTreeMap<ComponentId, bool>) {
    let mut add = |call: &Call, is_cache: bool| {
        for &(link, _) in &call.links {
            *into.entry(model.link(link).callee).or_default() |= is_cache;
        }
    };
    for step in steps {
        match step {
            Step::Call(call) | Step::Forward(call) | Step::Resolve(call) => add(call, false),
            Step::Publish { accept, deliver } => {
                add(accept, false);
                add(deliver, false);
            }
            Step::Cached { lookup: call, .. } | Step::Fallback { call, .. } => add(call, true),
            _ => {}
        }
    }
    for inner in steps.iter().flat_map(inner_lists) {
        called_by(model, inner, into);
    }
}
