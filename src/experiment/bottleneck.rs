//! Which resource binds first, and which only look as if they did (S22).

use super::result::summary::BottleneckFinding;
use super::summarise::classes::Requests;
use super::summarise::components::utilisation;
use super::summarise::fold::Fold;
use super::summarise::links::pool_of;
use crate::lower::{Lowered, MIB, Meter};
use crate::model::step::inner_lists;
use crate::model::{Caller, ComponentId, Model, Step};
use crate::statistics::Estimate;

/// From this utilisation on a resource counts as saturated: somebody who waits for it waits for
/// a full resource.
pub const SATURATED: f64 = 0.95;

/// Share of all work done for nobody from which on nothing is extrapolated.
const WASTED: f64 = 0.05;

/// Whose resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// A component.
    Component(usize),
    /// A host.
    Host(usize),
    /// A link's connections or lines.
    Link(usize),
}

/// A limited resource with its meters.
#[derive(Clone, Debug)]
pub struct Place {
    /// Whose.
    pub owner: Owner,
    /// `cpu`, `threads`, `pool` ...
    pub resource: String,
    /// One per node.
    pub meters: Vec<Meter>,
    /// Servers or permits of all meters.
    pub capacity: u32,
}

/// All limited resources. What nodes share on a host is the host's.
pub fn places(model: &Model, lowered: &Lowered) -> Vec<Place> {
    let shared: Vec<Meter> = lowered
        .map
        .hosts
        .iter()
        .flatten()
        .flat_map(|one| one.meters.iter().copied())
        .collect();
    let mut found = Vec::new();
    let mut take = |owner, name: &str, meters: &[Meter], capacity: Option<u32>| {
        if let Some(capacity) = capacity.filter(|&number| number > 0) {
            let (resource, meters) = (name.to_owned(), meters.to_vec());
            found.push(Place {
                owner,
                resource,
                meters,
                capacity,
            });
        }
    };
    for (place, list) in lowered.map.components.iter().enumerate() {
        for one in list
            .iter()
            .filter(|one| !one.meters.iter().all(|m| shared.contains(m)))
        {
            take(Owner::Component(place), one.name, &one.meters, one.capacity);
        }
    }
    for (place, list) in lowered.map.hosts.iter().enumerate() {
        for one in list {
            take(Owner::Host(place), one.name, &one.meters, one.capacity);
        }
    }
    for link in 0..model.links.len() {
        if let Some((meters, capacity)) = pool_of(lowered, link) {
            take(Owner::Link(link), "pool", &meters, capacity);
        }
        for line in &lowered.map.lines[link] {
            take(Owner::Link(link), line.name, &line.meters, line.capacity);
        }
    }
    found
}

/// Whether a place is busy in proportion to the load: its rate depends neither on who is there
/// nor on servers that stop.
fn is_proportional(lowered: &Lowered, place: &Place) -> bool {
    place.meters.iter().all(|meter| match *meter {
        Meter::Station(id) => {
            let station = &lowered.program.stations[id.index()];
            let is_even = station.rates.scaling.is_empty() && station.contention == (0.0, 0.0);
            is_even && !station.rates.stops
        }
        Meter::Pool(_) | Meter::Visits(_) => true,
        // What a program holds by itself does not grow with the load, what it leaks with time.
        Meter::Memory(_) => false,
    })
}

/// The limit of one meter and its name.
fn meter_limit(lowered: &Lowered, meter: Meter) -> (Option<u32>, &str) {
    match meter {
        Meter::Station(id) => {
            let station = &lowered.program.stations[id.index()];
            (station.servers, &station.name)
        }
        Meter::Pool(id) => {
            let pool = &lowered.program.pools[id.index()];
            (pool.capacity, &pool.name)
        }
        Meter::Memory(id) => {
            let memory = &lowered.program.memories[id.index()];
            (u32::try_from(memory.size / MIB).ok(), &memory.name)
        }
        Meter::Visits(_) => (None, ""),
    }
}

/// Utilisation of a place: of all its meters, or of the one that is busier than the whole by
/// more than the intervals; with that meter's name.
fn hottest(lowered: &Lowered, fold: Fold<'_>, place: &Place) -> (Estimate, Option<String>) {
    let whole = utilisation(fold, &place.meters, Some(place.capacity));
    if place.meters.len() < 2 {
        return (whole, None);
    }
    let single = |&meter: &Meter| {
        let (limit, name) = meter_limit(lowered, meter);
        let one = utilisation(fold, &[meter], limit);
        one.value.map(|value| (value, one, name))
    };
    let top = place
        .meters
        .iter()
        .filter_map(single)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    match (top, whole.value) {
        (Some((value, one, name)), Some(mean)) if stands_out(&one, &whole, value, mean) => {
            let node = name.rsplit_once('.').map_or(name, |parts| parts.0);
            (one, Some(node.to_owned()))
        }
        _ => (whole, None),
    }
}

/// A tenth busier, and certainly busier.
fn stands_out(one: &Estimate, whole: &Estimate, value: f64, mean: f64) -> bool {
    let apart = match (one.ci95, whole.ci95) {
        (Some((low, _)), Some((_, high))) => low > high,
        _ => true,
    };
    apart && value > 1.1 * mean
}

/// All limited resources: first those that bind by themselves, busiest first, then symptoms.
pub fn rank(model: &Model, lowered: &Lowered, fold: Fold<'_>) -> Vec<BottleneckFinding> {
    let places = places(model, lowered);
    let fold = fold.of_parts();
    let busy: Vec<(Estimate, Option<String>)> = places
        .iter()
        .map(|place| hottest(lowered, fold, place))
        .collect();
    let value = |place: usize| busy[place].0.value.unwrap_or(0.0);
    let causes: Vec<Option<usize>> = (0..places.len())
        .map(|place| cause(model, &places, place, &value))
        .collect();
    // Where work is done for nobody, twice the answers are not twice the work.
    let throughput = Requests::all(fold).throughput().value;
    let throughput = throughput.filter(|_| !is_wasting(model, &places, fold, &value));
    let mut order: Vec<usize> = (0..places.len()).filter(|&p| value(p) > 0.0).collect();
    order.sort_by(|&a, &b| {
        let symptoms = causes[a].is_some().cmp(&causes[b].is_some());
        symptoms.then(value(b).total_cmp(&value(a))).then(a.cmp(&b))
    });
    let top = order.first().map(|&place| busy[place].0);
    let finding = |place: usize| BottleneckFinding {
        component: owner_name(model, places[place].owner),
        resource: places[place].resource.clone(),
        node: busy[place].1.clone(),
        utilisation: busy[place].0,
        ceiling_rps: throughput
            .filter(|_| is_proportional(lowered, &places[place]))
            .map(|rate| rate / value(place)),
        symptom_of: causes[place].map(|other| {
            format!(
                "{}.{}",
                owner_name(model, places[other].owner),
                places[other].resource
            )
        }),
        tied: causes[place].is_none() && top.is_some_and(|top| overlap(&top, &busy[place].0)),
    };
    order.into_iter().map(finding).collect()
}

/// Whether more than a small part of all work is for callers that have given up.
fn is_wasting(
    model: &Model,
    places: &[Place],
    fold: Fold<'_>,
    value: &impl Fn(usize) -> f64,
) -> bool {
    let wasted = |part: usize| {
        fold.average(|run| run.components[part].wasted_ns, 1.0)
            .value
    };
    let wasted: f64 = (0..model.components.len()).filter_map(wasted).sum();
    let is_served = |place: &usize| matches!(places[*place].meters[..], [Meter::Station(_), ..]);
    let served = (0..places.len()).filter(is_served);
    let busy: f64 = served
        .map(|place| value(place) * f64::from(places[place].capacity))
        .sum();
    wasted > WASTED * busy
}

fn overlap(a: &Estimate, b: &Estimate) -> bool {
    let ends = |one: &Estimate| one.ci95.or(one.value.map(|value| (value, value)));
    match (ends(a), ends(b)) {
        (Some(a), Some(b)) => a.0 <= b.1 && b.0 <= a.1,
        _ => false,
    }
}

/// The busiest resource that the holders of `place` wait for, if it is saturated or at least as
/// busy: then a full `place` is its symptom. Holders of servers wait for nobody.
fn cause(
    model: &Model,
    places: &[Place],
    place: usize,
    value: &impl Fn(usize) -> f64,
) -> Option<usize> {
    if !matches!(places[place].meters.first(), Some(Meter::Pool(_))) {
        return None;
    }
    let waited = Waited::of(model, &places[place]);
    (0..places.len())
        .filter(|&other| other != place && waited.includes(model, places, place, other))
        .filter(|&other| value(other) >= SATURATED || value(other) >= value(place))
        .max_by(|&a, &b| {
            let is_server = |p: usize| matches!(places[p].meters.first(), Some(Meter::Station(_)));
            value(a)
                .total_cmp(&value(b))
                .then(is_server(a).cmp(&is_server(b)))
                .then(b.cmp(&a))
        })
}

/// What the holders of a pool wait for.
struct Waited {
    /// Components whose own servers are used meanwhile.
    own: Option<usize>,
    /// Components that are called, with all that they use.
    called: Vec<bool>,
    /// Links that are called over.
    links: Vec<bool>,
}

impl Waited {
    fn of(model: &Model, place: &Place) -> Self {
        let mut waited = Self {
            own: None,
            called: vec![false; model.components.len()],
            links: vec![false; model.links.len()],
        };
        match place.owner {
            Owner::Component(owner) => {
                waited.own = Some(owner);
                for (link, is_call) in calls_of(model, owner) {
                    if is_call {
                        waited.links[link] = true;
                        waited.enter(model, model.links[link].callee);
                    }
                }
            }
            Owner::Link(link) => waited.enter(model, model.links[link].callee),
            Owner::Host(_) => {}
        }
        waited
    }

    /// Everything behind a component: the answer passes its forwards too.
    fn enter(&mut self, model: &Model, component: ComponentId) {
        if std::mem::replace(&mut self.called[component.index()], true) {
            return;
        }
        for (link, _) in calls_of(model, component.index()) {
            self.links[link] = true;
            self.enter(model, model.links[link].callee);
        }
    }

    fn includes(&self, model: &Model, places: &[Place], place: usize, other: usize) -> bool {
        let is_station = matches!(places[other].meters.first(), Some(Meter::Station(_)));
        match places[other].owner {
            Owner::Component(owner) if self.called[owner] => true,
            Owner::Component(owner) if self.own == Some(owner) => {
                is_station || places[place].resource == "connections"
            }
            Owner::Component(_) => false,
            Owner::Host(host) => model.nodes.iter().any(|node| {
                let component = node.component.index();
                node.host.is_some_and(|on| on.index() == host)
                    && (self.called[component] || self.own == Some(component))
            }),
            Owner::Link(link) => self.links[link],
        }
    }
}

/// Links that a component's operations use; true: it waits for the answer.
fn calls_of(model: &Model, component: usize) -> Vec<(usize, bool)> {
    let mut found = Vec::new();
    for operation in &model.components[component].operations {
        collect(&operation.steps, &mut found);
    }
    let caller = Caller::Component(ComponentId::from(component));
    found.retain(|&(link, _)| model.links[link].caller == caller);
    found
}

fn collect(steps: &[Step], found: &mut Vec<(usize, bool)>) {
    let mut add = |call: &crate::model::Call, waits: bool| {
        found.extend(call.links.iter().map(|&(link, _)| (link.index(), waits)));
    };
    for step in steps {
        match step {
            Step::Call(call) | Step::Fallback { call, .. } | Step::Cached { lookup: call, .. } => {
                add(call, true);
            }
            Step::Forward(call) | Step::Resolve(call) | Step::Publish { accept: call, .. } => {
                add(call, false);
            }
            _ => {}
        }
    }
    for inner in steps.iter().flat_map(inner_lists) {
        collect(inner, found);
    }
}

fn owner_name(model: &Model, owner: Owner) -> String {
    match owner {
        Owner::Component(place) => model.components[place].name.clone(),
        Owner::Host(place) => model.hosts[place].name.clone(),
        Owner::Link(place) => model.links[place].name.clone(),
    }
}
