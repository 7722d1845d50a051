//! What the load does to an architecture, by arithmetic: rates, utilisations and times.
//!
//! [`Traffic`] follows every workload from its entry through the steps of operations (chances,
//! loops, branches, caches, hand-overs) and solves the traffic equations: how often each component
//! is visited, and which work that brings to each CPU, disk and network card. [`Estimate`] adds
//! times: every queue on its own, as if its arrivals were Poisson (as in a Jackson network;
//! J. Jackson, "Networks of waiting lines", 1957), and a time along a path as the sum of
//! independent parts.
//!
//! These are estimates for advice and first guesses, not results: timeouts, retries, full waiting
//! rooms, waits for threads and for connections are left out, and a client of a name service is
//! taken to look the name up each time. The steps of a fallback count where nobody is left to
//! answer the call that they stand in for, and only there. Workloads are taken at their busiest
//! stage, all at once. A closed workload sends at the rate at which its users' cycle time comes
//! out right; near saturation that is a few per cent too low, as its queues are taken to see
//! Poisson arrivals.

mod demand;
mod flow;
mod loss;
mod moments;
mod response;
mod serving;
mod source;
mod station;

pub use flow::Visit;
pub use loss::Losses;
pub use moments::Moments;
pub use serving::{Lost, serving};
pub use source::{Level, Source, hold_busiest, journeys};
pub use station::{Place, Station};

use flow::Flow;
use response::Times;
use station::Stations;

use super::{Caller, ClassId, LinkId, Model, NodeId};

/// An architecture and what its workloads send at their busiest.
#[derive(Clone, Debug)]
pub struct Traffic<'m> {
    model: &'m Model,
    sources: Vec<Source>,
    /// Visits that users cause directly, by class.
    entries: Vec<Option<Visit>>,
}

/// The load with everything up.
#[derive(Clone, Debug)]
pub struct Estimate {
    /// Queues with their work, by place.
    pub stations: Vec<Station>,
    /// What is visited.
    pub visits: Vec<VisitLoad>,
    /// By [`LinkId`].
    pub links: Vec<LinkLoad>,
    /// By class: `None` where no workload sends it at its busiest.
    pub classes: Vec<Option<ClassLoad>>,
}

/// One operation for one class.
#[derive(Clone, Copy, Debug)]
pub struct VisitLoad {
    /// Which.
    pub visit: Visit,
    /// Per second, all nodes together.
    pub rate: f64,
    /// Arrival to answer.
    pub response: Moments,
    /// Arrival until the component is done with it; a thread is held so long.
    pub hold: Moments,
}

/// What goes over a link.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LinkLoad {
    /// Calls per second, all callers together, without retries.
    pub rate: f64,
    /// The same of the calling node that makes most of them.
    pub rate_per_caller: f64,
    /// From sending to the answer, network included.
    pub response: Moments,
}

/// Requests of one class.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClassLoad {
    /// Per second.
    pub rate: f64,
    /// As users see it, network included.
    pub response: Moments,
}

impl<'m> Traffic<'m> {
    /// Follows the workloads of `model`.
    pub fn new(model: &'m Model) -> Self {
        let busiest = |workload| Source::busiest(model, workload);
        let entry = |class: usize| {
            let name = &model.classes[class].name;
            let component = model.classes[class].entry?;
            let operation = model.component(component).operation_for(name)?;
            Some(Visit {
                component,
                operation,
                class: ClassId::from(class),
            })
        };
        Self {
            model,
            sources: model.workloads.iter().map(busiest).collect(),
            entries: (0..model.classes.len()).map(entry).collect(),
        }
    }

    /// What each workload sends, by its id.
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// Every operation that some journey of some stage can reach, whatever its share.
    pub fn reachable(&self) -> Vec<Visit> {
        let all = self.model.workloads.iter().flat_map(journeys);
        let items = all.flat_map(|journey| &self.model.journeys[journey.index()].items);
        let mut entries: Vec<_> = items
            .filter_map(|item| self.entries[item.class.index()])
            .collect();
        entries.sort_unstable();
        entries.dedup();
        Flow::new(self.model, &Lost::none(), &entries).visits
    }

    /// The load with everything up; `None` where requests go round in circles for ever.
    pub fn estimate(&self) -> Option<Estimate> {
        let none = Lost::none();
        let flow = Flow::new(self.model, &none, &self.entered());
        let mut levels: Vec<f64> = self.sources.iter().map(open_level).collect();
        let mut whole = self.whole(&flow, &levels)?;
        // Each closed workload in turn, until they agree; one round is enough for one of them.
        let closed: Vec<_> = (0..levels.len())
            .filter(|&w| matches!(self.sources[w].level, Level::Closed { .. }))
            .collect();
        let rounds = if closed.len() > 1 { 4 } else { 1 };
        for _ in 0..rounds {
            for &workload in &closed {
                self.settle(&flow, &mut levels, workload)?;
            }
        }
        if !closed.is_empty() {
            whole = self.whole(&flow, &levels)?;
        }
        Some(self.estimate_of(&flow, &levels, whole))
    }

    /// Queues under the load of open workloads alone, while `lost` nodes are down. `None` where
    /// some request has nobody left to go to, or goes round in circles for ever.
    pub fn open_stations(&self, lost: &Lost) -> Option<Vec<Station>> {
        let flow = Flow::new(self.model, lost, &self.entered());
        let entered = self.entered();
        if flow.is_stranded
            || entered
                .iter()
                .any(|visit| loss::is_closed(self.model, visit, lost))
        {
            return None;
        }
        let levels: Vec<f64> = self.sources.iter().map(open_level).collect();
        let rates = flow.rates(&self.starts(&flow, &levels))?;
        let stations = Stations::new(self.model, lost, &flow, &rates);
        Some(stations.table.into_values().collect())
    }

    /// Entries of the classes that are sent at the busiest.
    fn entered(&self) -> Vec<Visit> {
        let sent = |class: usize| self.sources.iter().any(|s| s.requests[class] > 0.0);
        let entries = self.entries.iter().enumerate();
        entries
            .filter_map(|(class, entry)| entry.filter(|_| sent(class)))
            .collect()
    }

    /// Visits per second that users cause directly when workloads start `levels` journeys.
    fn starts(&self, flow: &Flow, levels: &[f64]) -> Vec<f64> {
        let mut starts = vec![0.0; flow.visits.len()];
        for (source, level) in self.sources.iter().zip(levels) {
            for (class, requests) in source.requests.iter().enumerate() {
                let entry = self.entries[class].and_then(|visit| flow.place(visit));
                if let Some(place) = entry {
                    starts[place] += level * requests;
                }
            }
        }
        starts
    }

    fn whole(&self, flow: &Flow, levels: &[f64]) -> Option<(Vec<f64>, Stations, Times)> {
        let rates = flow.rates(&self.starts(flow, levels))?;
        let stations = Stations::new(self.model, &Lost::none(), flow, &rates);
        let times = Times::new(self.model, flow, &stations);
        Some((rates, stations, times))
    }

    /// Finds the level at which the users of a closed workload come round in time, by bisection:
    /// level x (think + response) grows with the level and must be the number of users.
    fn settle(&self, flow: &Flow, levels: &mut [f64], workload: usize) -> Option<()> {
        let Level::Closed { users, think_s } = self.sources[workload].level else {
            return Some(());
        };
        let cycle = |levels: &[f64]| -> Option<f64> {
            let (_, _, times) = self.whole(flow, levels)?;
            Some(think_s + self.journey_time(flow, &times, workload))
        };
        levels[workload] = 0.0;
        let shortest = cycle(levels)?;
        if shortest <= 0.0 {
            return Some(());
        }
        let (mut low, mut high) = (0.0, users / shortest);
        for _ in 0..40 {
            levels[workload] = 0.5 * (low + high);
            if levels[workload] * cycle(levels)? > users {
                high = levels[workload];
            } else {
                low = levels[workload];
            }
        }
        levels[workload] = low;
        Some(())
    }

    /// Mean time that a journey waits for answers, s.
    fn journey_time(&self, flow: &Flow, times: &Times, workload: usize) -> f64 {
        let requests = self.sources[workload].requests.iter().enumerate();
        requests
            .filter(|(_, count)| **count > 0.0)
            .filter_map(|(class, count)| {
                let response = self.user_response(flow, times, workload, class)?;
                Some(count * response.mean)
            })
            .sum()
    }

    fn user_response(
        &self,
        flow: &Flow,
        times: &Times,
        workload: usize,
        class: usize,
    ) -> Option<Moments> {
        let visit = self.entries[class]?;
        let inside = times.response[flow.place(visit)?];
        let caller = Caller::Workload(workload.into());
        let link = self.model.link_between(caller, visit.component);
        let way = link.map_or(Moments::ZERO, |link| response::network(self.model, link));
        Some(way.then(inside))
    }

    fn estimate_of(
        &self,
        flow: &Flow,
        levels: &[f64],
        (rates, stations, times): (Vec<f64>, Stations, Times),
    ) -> Estimate {
        let visits = (0..flow.visits.len()).map(|place| VisitLoad {
            visit: flow.visits[place],
            rate: rates[place],
            response: times.response[place],
            hold: times.hold[place],
        });
        Estimate {
            visits: visits.collect(),
            links: self.links(flow, levels, &rates, &times),
            classes: self.classes(flow, levels, &times),
            stations: stations.table.into_values().collect(),
        }
    }

    fn classes(&self, flow: &Flow, levels: &[f64], times: &Times) -> Vec<Option<ClassLoad>> {
        let one = |class: usize| {
            let mut parts = Vec::new();
            for (workload, level) in levels.iter().enumerate() {
                let rate = level * self.sources[workload].requests[class];
                if rate > 0.0 {
                    parts.push((rate, self.user_response(flow, times, workload, class)?));
                }
            }
            let rate = parts.iter().map(|(rate, _)| rate).sum();
            let response = Moments::mixture(&parts);
            (!parts.is_empty()).then_some(ClassLoad { rate, response })
        };
        (0..self.entries.len()).map(one).collect()
    }

    fn links(&self, flow: &Flow, levels: &[f64], rates: &[f64], times: &Times) -> Vec<LinkLoad> {
        let model = self.model;
        let mut parts: Vec<Vec<(f64, Moments)>> = vec![Vec::new(); model.links.len()];
        let mut per_caller = vec![0.0; model.links.len()];
        for (place, calls) in flow.calls.iter().enumerate() {
            let visit = flow.visits[place];
            let tier = flow::operation(model, visit).tier;
            let callers = station::nodes_of(model, visit.component, tier).len().max(1);
            for &(link, to, count) in calls {
                let rate = rates[place] * count;
                let way = response::network(model, link).then(times.response[to]);
                parts[link.index()].push((rate, way));
                per_caller[link.index()] += rate / callers as f64;
            }
        }
        for (link, parts) in model.links.iter().zip(&mut parts) {
            let Caller::Workload(workload) = link.caller else {
                continue;
            };
            let workload = workload.index();
            for (class, entry) in self.entries.iter().enumerate() {
                let rate = levels[workload] * self.sources[workload].requests[class];
                let here = entry.is_some_and(|visit| visit.component == link.callee);
                if let Some(response) = self.user_response(flow, times, workload, class)
                    && here
                    && rate > 0.0
                {
                    parts.push((rate, response));
                }
            }
        }
        let load = |(parts, &rate_per_caller): (&Vec<(f64, Moments)>, &f64)| LinkLoad {
            rate: parts.iter().map(|(rate, _)| rate).sum(),
            rate_per_caller,
            response: Moments::mixture(parts),
        };
        parts.iter().zip(&per_caller).map(load).collect()
    }
}

impl Estimate {
    /// The queue at this place.
    pub fn station(&self, place: Place) -> Option<&Station> {
        self.stations.iter().find(|station| station.place == place)
    }

    /// What goes over a link.
    pub fn link(&self, link: LinkId) -> LinkLoad {
        self.links[link.index()]
    }

    /// Most visits that one node of the component holds at once, on average: its busy threads.
    pub fn held(&self, model: &Model, node: NodeId) -> f64 {
        let component = model.node(node).component;
        let own = self
            .visits
            .iter()
            .filter(|v| v.visit.component == component);
        own.filter_map(|load| {
            let tier = flow::operation(model, load.visit).tier;
            let nodes = station::nodes_of(model, component, tier);
            let share = load.rate / nodes.len().max(1) as f64;
            nodes
                .contains(&node)
                .then(|| load.hold.repeated(share, 0.0).mean)
        })
        .sum()
    }
}

fn open_level(source: &Source) -> f64 {
    match source.level {
        Level::Open(rate) => rate,
        Level::Closed { .. } => 0.0,
    }
}

#[cfg(test)]
mod tests;
