//! The only station of open workloads, where it chooses who is next, turns away or is left.

use super::{Basis, FlowAnswer, Solution, is_even, lossy, ranked};
use crate::engine::id::Pc;
use crate::engine::program::{Arrivals, Discipline, Impatience, Program, Step};
use crate::experiment::traffic::Flow;
use crate::law::Law;

/// Requests of one class of one workload.
#[derive(Clone, Copy, Debug)]
pub struct Stream {
    /// Number of the workload.
    pub source: usize,
    /// Requests per second.
    pub rate: f64,
    /// The larger the more urgent.
    pub priority: i32,
    /// Mean service in seconds and its squared coefficient of variation.
    pub service: (f64, f64),
    /// Whether it is exponential.
    pub is_exponential: bool,
}

/// Poisson streams that are each served once, all at one station.
#[derive(Clone, Debug)]
pub struct Lone {
    /// The station.
    pub station: usize,
    /// Bounded pool that is held meanwhile.
    pub pool: Option<usize>,
    /// What arrives.
    pub streams: Vec<Stream>,
}

/// Where a request is served and what it holds there.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Way {
    station: usize,
    law: u32,
    pool: Option<usize>,
}

/// The answer for the only station of open workloads, where its order of service is priority, or
/// requests are turned away or give up; `None` elsewhere.
pub fn lone(program: &Program, flows: &[Flow]) -> Option<Solution> {
    let lone = find(program, flows)?;
    let shape = &program.stations[lone.station];
    match shape.discipline {
        Discipline::Priority { preemptive } if shape.queue == Impatience::default() => {
            ranked::solve(program, flows, &lone, preemptive)
        }
        Discipline::Fcfs | Discipline::ProcessorSharing => lossy::solve(program, flows, &lone),
        _ => None,
    }
}

fn find(program: &Program, flows: &[Flow]) -> Option<Lone> {
    let is_fit = |flow: &Flow| {
        let profile = &flow.profile;
        flow.is_memoryless
            && flow.users.0 <= 0.0
            && profile.longest <= 1.0
            && profile.obstacles.is_empty()
    };
    if !flows.iter().all(is_fit) {
        return None;
    }
    let mut found: Option<Way> = None;
    let mut streams = Vec::new();
    for (number, source) in program.sources.iter().enumerate() {
        let Arrivals::Open { segments, .. } = &source.arrivals else {
            return None;
        };
        let first = segments.first()?;
        for &(journey, share) in &first.mix {
            let [item] = program.journeys[journey.index()].items[..] else {
                return None;
            };
            let way = way(program, source.entry[item.class.index()]?)?;
            let same = *found.get_or_insert(way);
            if item.times != 1 || (same.station, same.pool) != (way.station, way.pool) {
                return None;
            }
            let law = &program.laws[way.law as usize];
            let speed = program.stations[way.station].speed;
            streams.push(Stream {
                source: number,
                rate: first.from * share,
                priority: program.classes[item.class.index()].priority,
                service: (law.mean() / speed / 1e9, law.cv() * law.cv()),
                is_exponential: matches!(law, Law::Exponential { .. }),
            });
        }
    }
    let way = found?;
    is_even(program, way.station).then_some(Lone {
        station: way.station,
        pool: way.pool,
        streams,
    })
}

/// Follows the one way from `at`; `None` where ways part, or with pauses, several services, or
/// bounded pools that are held across calls or two at a time.
fn way(program: &Program, mut at: Pc) -> Option<Way> {
    let (mut served, mut pools, mut back) = (None, Vec::new(), Vec::new());
    loop {
        let next = Pc(at.0 + 1);
        at = match *program.steps.get(at.index())? {
            Step::Acquire { pool } => {
                if program.pools[pool.index()].capacity.is_some() {
                    pools.push(pool.index());
                }
                next
            }
            Step::Serve { station, law, .. } => {
                let servers = program.stations[station.index()].servers;
                if program.laws[law.index()].mean() > 0.0 {
                    servers.filter(|_| served.is_none())?;
                    served = Some((station.index(), law.0, pools.clone()));
                }
                next
            }
            Step::Forward { call } => {
                pools.clear();
                only_entry(program, call.index())?
            }
            Step::Call { call, .. } => {
                let is_free = pools.is_empty() && program.calls[call.index()].pool.is_none();
                is_free.then(|| back.push(next))?;
                only_entry(program, call.index())?
            }
            Step::Jump { to } => to,
            Step::Reply => match back.pop() {
                Some(after) => after,
                None => break,
            },
            _ => return None,
        };
    }
    let (station, law, held) = served?;
    (held.len() < 2).then(|| Way {
        station,
        law,
        pool: held.first().copied(),
    })
}

/// Where a call leads that has nothing to choose.
fn only_entry(program: &Program, call: usize) -> Option<Pc> {
    let call = &program.calls[call];
    let targets = &program.selectors[call.selector.index()].targets;
    (targets.len() == 1).then(|| program.entries[call.entries as usize])
}

impl Lone {
    /// Requests per second.
    pub fn rate(&self) -> f64 {
        self.streams.iter().map(|one| one.rate).sum()
    }

    /// Mean service in seconds, if all streams have the same exponential one.
    pub fn exponential(&self) -> Option<f64> {
        let first = self.streams.first()?.service.0;
        let is_same =
            |one: &Stream| one.is_exponential && (one.service.0 / first - 1.0).abs() < 1e-12;
        self.streams.iter().all(is_same).then_some(first)
    }

    /// Workloads from the mean response in seconds of their streams and the share served.
    pub fn flows(
        &self,
        flows: &[Flow],
        basis: &Basis,
        served: f64,
        response: impl Fn(&Stream) -> f64,
    ) -> Vec<FlowAnswer> {
        let answer = |number: usize| {
            let own = self.streams.iter().filter(|one| one.source == number);
            let (rate, sum) = own.fold((0.0, 0.0), |(rate, sum), one| {
                (rate + one.rate, sum + one.rate * response(one))
            });
            FlowAnswer {
                throughput: rate * served,
                response_s: (rate > 0.0).then(|| sum / rate + flows[number].profile.delay / 1e9),
                basis: basis.clone(),
            }
        };
        (0..flows.len()).map(answer).collect()
    }
}
