//! Response times along the paths of requests.

use super::demand::Kind;
use super::flow::{Flow, Visit, answered, mean_count, operation};
use super::moments::Moments;
use super::serving::{Lost, serving};
use super::station::Stations;
use crate::model::{Call, Count, LinkId, Model, NodeId, Step};

/// Times of every visit, by place in the flow.
#[derive(Clone, Debug)]
pub(super) struct Times {
    /// From its arrival at the component to the answer.
    pub(super) response: Vec<Moments>,
    /// From its arrival until the component is done with it: ends at `Forward`.
    pub(super) hold: Vec<Moments>,
}

/// What the walk over steps looks up.
struct Walk<'a> {
    model: &'a Model,
    flow: &'a Flow,
    stations: &'a Stations,
    visit: Visit,
    nodes: Vec<NodeId>,
    known: &'a [Moments],
    with_forward: bool,
}

impl Times {
    /// The times under these queues.
    ///
    /// Callees are known before their callers unless `Forward` goes in circles; then the values
    /// are iterated until they settle.
    pub(super) fn new(model: &Model, flow: &Flow, stations: &Stations) -> Self {
        const SWEEPS: usize = 1_000;
        let count = flow.visits.len();
        let mut response = vec![Moments::ZERO; count];
        for _ in 0..SWEEPS {
            let mut is_settled = true;
            for place in (0..count).rev() {
                let new = walk(model, flow, stations, place, &response, true);
                let old = std::mem::replace(&mut response[place], new);
                let change = (new.mean - old.mean).abs();
                is_settled &= old == new || change <= 1e-9 * new.mean;
            }
            if is_settled {
                break;
            }
        }
        let hold = (0..count)
            .map(|place| walk(model, flow, stations, place, &response, false))
            .collect();
        Self { response, hold }
    }
}

fn walk(
    model: &Model,
    flow: &Flow,
    stations: &Stations,
    place: usize,
    known: &[Moments],
    with_forward: bool,
) -> Moments {
    let visit = flow.visits[place];
    let operation = operation(model, visit);
    let walk = Walk {
        model,
        flow,
        stations,
        visit,
        nodes: serving(model, visit.component, operation.tier, &Lost::none()),
        known,
        with_forward,
    };
    walk.list(&operation.steps)
}

impl Walk<'_> {
    fn list(&self, steps: &[Step]) -> Moments {
        steps
            .iter()
            .fold(Moments::ZERO, |sum, step| sum.then(self.step(step)))
    }

    fn step(&self, step: &Step) -> Moments {
        match step {
            Step::Use { resource, demand } => {
                let kind = Kind::Use(*resource);
                self.stations.sojourn(self.model, &self.nodes, demand, kind)
            }
            Step::Send { size } => self
                .stations
                .sojourn(self.model, &self.nodes, size, Kind::Send),
            Step::Wait(law) => Moments::of(law, 1e9),
            Step::Call(call) | Step::Fallback { call, .. } => self.call(call),
            Step::Forward(call) if self.with_forward => self.call(call),
            Step::Publish { accept, .. } => self.body(accept),
            Step::Resolve(call) => self.resolve(call),
            Step::Forward(_) | Step::Fail => Moments::ZERO,
            Step::Parallel(branches) => {
                let times: Vec<_> = branches.iter().map(|branch| self.list(branch)).collect();
                Moments::slowest(&times)
            }
            Step::Quorum { need, of } => {
                let times: Vec<_> = of.iter().map(|branch| self.list(branch)).collect();
                Moments::kth(&times, *need)
            }
            Step::Chance {
                share,
                then,
                otherwise,
            } => Moments::mixture(&[
                (*share, self.list(then)),
                (1.0 - share, self.list(otherwise)),
            ]),
            Step::Repeat { times, steps } => {
                let turn = self.list(steps);
                let mean = mean_count(*times);
                match times {
                    Count::Times(_) => turn.repeated(mean, 0.0),
                    Count::Geometric(_) => turn.repeated(mean, mean + mean * mean),
                }
            }
            Step::Held { hit, miss } => {
                Moments::mixture(&[(*hit, Moments::ZERO), (1.0 - hit, self.list(miss))])
            }
            Step::Cached { lookup, hit, miss } => {
                let hit = hit * answered(self.model, &Lost::none(), lookup, self.visit.class);
                let rest = Moments::mixture(&[(hit, Moments::ZERO), (1.0 - hit, self.list(miss))]);
                self.call(lookup).then(rest)
            }
        }
    }

    /// A lookup by a client that holds no name, then the call.
    fn resolve(&self, call: &Call) -> Moments {
        let names = &self.model.component(self.visit.component).names;
        let lookup = names
            .as_ref()
            .map_or(Moments::ZERO, |names| Moments::of(&names.lookup, 1e9));
        if self.with_forward {
            lookup.then(self.call(call))
        } else {
            lookup
        }
    }

    /// The body of a request on the caller's network card.
    fn body(&self, call: &Call) -> Moments {
        call.request.as_ref().map_or(Moments::ZERO, |size| {
            self.stations
                .sojourn(self.model, &self.nodes, size, Kind::Send)
        })
    }

    fn call(&self, call: &Call) -> Moments {
        let body = self.body(call);
        let ways: Vec<_> = self
            .flow
            .choices(self.model, &Lost::none(), call, self.visit.class)
            .into_iter()
            .map(|choice| {
                let way = network(self.model, choice.link).then(self.known[choice.visit]);
                (choice.share, way)
            })
            .collect();
        body.then(Moments::mixture(&ways))
    }
}

/// Delays of a link and of the switches of its first path, both ways.
pub(super) fn network(model: &Model, link: LinkId) -> Moments {
    let link = model.link(link);
    let mut way = Moments::ZERO;
    if let Some(law) = &link.latency {
        way = way.then(Moments::of(law, 1e9));
    }
    let path = link.via.as_ref().and_then(|path| path.options.first());
    for switch in path.into_iter().flatten() {
        if let Some(law) = &model.switches[switch.index()].latency {
            way = way.then(Moments::of(law, 1e9));
        }
    }
    way.repeated(2.0, 0.0)
}
