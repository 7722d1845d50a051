//! Queueing networks in product form.
//!
//! Erlang C gives the mean wait at every station of an open network in product form: Poisson
//! arrivals, random splits, first come first served with exponential service of one mean, or
//! processor sharing with any law (F. Baskett, K. Chandy, R. Muntz, F. Palacios 1975, *Open,
//! closed, and mixed networks of queues with different classes of customers*, JACM 22;
//! insensitivity: F. Kelly, *Reversibility and Stochastic Networks*, section 3.3). Bounded pools
//! are outside it unless nobody ever waited for one.

use std::collections::BTreeMap;

use super::{Ground, finding, subject};
use crate::engine::program::{Discipline, Program};
use crate::experiment::bottleneck::places;
use crate::experiment::result::TheoryFinding;
use crate::experiment::summarise::classes::{Requests, Tally};
use crate::experiment::summarise::components::read_all;
use crate::experiment::traffic::{Flow, Profile, Use};
use crate::law::Law;
use crate::lower::Meter;
use crate::statistics::{Estimate, agrees};
use crate::theory::{Mmc, Station, closed_network};

/// Relative half-width beyond which a comparison says nothing.
const VAGUE: f64 = 0.5;
/// Users up to which the closed network is solved.
const MOST_USERS: f64 = 100_000.0;

/// BCMP: no caps, no contention; FCFS with one exponential law.
pub fn applies(program: &Program, flows: &[Flow]) -> bool {
    let mut total = Profile::default();
    for flow in flows {
        total.add(&flow.profile, 1.0);
    }
    let is_fit = |(&place, used): (&usize, &Use)| {
        let station = &program.stations[place];
        let plain = station.caps.is_empty() && station.contention == (0.0, 0.0);
        plain
            && (station.discipline == Discipline::ProcessorSharing
                || is_one_exponential(program, used))
    };
    flows.iter().all(|flow| flow.is_memoryless) && total.stations.iter().all(is_fit)
}

fn is_one_exponential(program: &Program, used: &Use) -> bool {
    let mut means = used
        .laws
        .iter()
        .map(|&law| match program.laws[law as usize] {
            Law::Exponential { mean } => Some(mean),
            _ => None,
        });
    let Some(Some(first)) = means.next() else {
        return false;
    };
    means.all(|mean| mean.is_some_and(|mean| (mean / first - 1.0).abs() < 1e-12))
}

/// Erlang C for open networks, mean value analysis for a closed one.
pub fn compare(ground: Ground<'_>, flows: &[Flow]) -> Vec<TheoryFinding> {
    let closed: Vec<&Flow> = flows.iter().filter(|flow| flow.users.0 > 0.0).collect();
    match closed[..] {
        [] => open_network(ground, flows).unwrap_or_default(),
        [flow] if flows.len() == 1 => closed_chain(ground, flow).unwrap_or_default(),
        _ => Vec::new(),
    }
}

/// Adds a comparison, unless the simulated number is too vague to disagree with anything.
fn push(
    found: &mut Vec<TheoryFinding>,
    law: &str,
    text: String,
    simulated: Estimate,
    expected: f64,
) {
    let is_known = simulated
        .relative_half_width()
        .is_some_and(|half| half <= VAGUE);
    if let Some(agrees) = agrees(&simulated, expected).filter(|_| is_known) {
        found.push(finding(law, text, simulated, expected, agrees));
    }
}

/// Stations by number: services per second and the queue that they make.
type Queues = BTreeMap<usize, (f64, Mmc)>;

/// Every station as a queue of its own; `None` if one is overloaded.
fn queues(program: &Program, total: &Profile) -> Option<Queues> {
    let mut found = BTreeMap::new();
    for (&place, used) in &total.stations {
        if used.work > 0.0 {
            let station = &program.stations[place];
            let service_s = used.work / used.uses / station.speed / 1e9;
            let queue = Mmc::new(used.uses, 1.0 / service_s, station.servers?)?;
            found.insert(place, (used.uses, queue));
        }
    }
    Some(found)
}

/// Erlang C at every station and the sum of the ways.
fn open_network(ground: Ground<'_>, flows: &[Flow]) -> Option<Vec<TheoryFinding>> {
    let mut total = Profile::default();
    for flow in flows {
        total.add(&flow.profile, flow.journeys_per_s);
    }
    let queues = queues(&ground.lowered.program, &total)?;
    let mut found = waits(ground, &queues);
    if total.obstacles.is_empty() {
        let requests: f64 = flows
            .iter()
            .map(|flow| flow.journeys_per_s * flow.requests)
            .sum();
        let inside: f64 = queues
            .values()
            .map(|(_, queue)| queue.mean_in_system())
            .sum();
        let expected = (inside + total.delay / 1e9) / requests;
        let mean = Requests::all(ground.fold).times(Tally::response).mean;
        push(
            &mut found,
            "Erlang C",
            "mean response, s".to_owned(),
            mean,
            expected,
        );
    }
    Some(found)
}

/// Mean waits by resource, over all its nodes.
fn waits(ground: Ground<'_>, queues: &Queues) -> Vec<TheoryFinding> {
    let mut found = Vec::new();
    for place in places(ground.model, ground.lowered) {
        let queue = |meter: &Meter| match meter {
            Meter::Station(id) => queues.get(&id.index()),
            Meter::Pool(_) => None,
        };
        let here: Vec<&(f64, Mmc)> = place.meters.iter().filter_map(queue).collect();
        let flow: f64 = here.iter().map(|pair| pair.0).sum();
        if flow > 0.0 {
            let sum: f64 = here
                .iter()
                .map(|(rate, queue)| rate * queue.mean_wait())
                .sum();
            let simulated = ground.fold.mean_time(|run| {
                let reading = read_all(run, &place.meters);
                (reading.waiting_sum, reading.served)
            });
            let text = subject(ground.model, &place, "mean wait, s");
            push(&mut found, "Erlang C", text, simulated, sum / flow);
        }
    }
    found
}

/// Mean value analysis of the only workload, closed.
fn closed_chain(ground: Ground<'_>, flow: &Flow) -> Option<Vec<TheoryFinding>> {
    if !flow.profile.obstacles.is_empty() || flow.users.0 > MOST_USERS {
        return None;
    }
    let program = &ground.lowered.program;
    let queues = flow.profile.stations.iter().map(|(&place, used)| {
        let station = &program.stations[place];
        Some(Station::queue(
            used.work / station.speed / 1e9,
            station.servers?,
        ))
    });
    let mut stations: Vec<Station> = queues.collect::<Option<_>>()?;
    if flow.profile.delay > 0.0 {
        stations.push(Station::delay(flow.profile.delay / 1e9));
    }
    let think = (flow.users.1 + flow.pauses) / 1e9;
    let solved = closed_network(flow.users.0 as u32, think, &stations)?;
    let all = Requests::all(ground.fold);
    let mut found = Vec::new();
    let throughput = solved.throughput * flow.requests;
    push(
        &mut found,
        "MVA",
        "throughput, requests/s".to_owned(),
        all.throughput(),
        throughput,
    );
    let response = solved.response / flow.requests;
    let mean = all.times(Tally::response).mean;
    push(
        &mut found,
        "MVA",
        "mean response, s".to_owned(),
        mean,
        response,
    );
    Some(found)
}
