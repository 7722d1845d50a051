//! Stations of open workloads.

use super::dealt::dealt;
use super::{
    Answer, Basis, FlowAnswer, Solution, has_product_form, is_one_constant, is_one_exponential,
    is_plain, service_s, total,
};
use crate::engine::program::{Discipline, Program};
use crate::experiment::traffic::{Flow, Obstacle, Profile, Use};
use crate::theory::{Mg1, Mmc, allen_cunneen, mdc_mean_wait};
use std::collections::BTreeMap;

/// How far stations may be looked at one by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alone {
    /// The network has product form: each is exact by itself.
    ProductForm,
    /// Each request is served once, at one station that sees Poisson arrivals: exact.
    Single,
    /// Only as if arrivals were Poisson.
    AsIf,
}

/// How far the stations of these open flows may be looked at one by one.
pub fn alone(program: &Program, flows: &[Flow]) -> Alone {
    let is_split_at_random = flows.iter().all(|flow| flow.profile.has_known_ways());
    let is_single = flows
        .iter()
        .all(|flow| flow.is_memoryless && flow.profile.longest <= 1.0);
    if is_split_at_random && has_product_form(program, flows) {
        Alone::ProductForm
    } else if is_split_at_random && is_single {
        Alone::Single
    } else {
        Alone::AsIf
    }
}

/// Every station by the strongest law, and the workloads as sums over their ways.
pub fn solve(program: &Program, flows: &[Flow]) -> Solution {
    let total = total(flows);
    let how = alone(program, flows);
    let dealt = dealt(program, flows, &total);
    let mut stations = BTreeMap::new();
    for (&place, used) in &total.stations {
        if used.work > 0.0 {
            let answer = match &dealt {
                Some((wait, basis)) => Answer {
                    wait_s: Some(*wait),
                    ..with_basis(program, place, used, basis.clone())
                },
                None => station(program, &total, place, how),
            };
            stations.insert(place, answer);
        }
    }
    let flows = flows.iter().map(|flow| workload(flow, &stations)).collect();
    Solution {
        stations,
        pools: BTreeMap::new(),
        flows,
        obstacles: Vec::new(),
    }
}

/// Rate, service and utilisation of a station that serves `used` per second.
fn with_basis(program: &Program, place: usize, used: &Use, basis: Basis) -> Answer {
    let service_s = service_s(program, place, used);
    let servers = program.stations[place]
        .servers
        .map_or(f64::INFINITY, f64::from);
    Answer {
        rate: used.uses,
        utilisation: used.uses * service_s / servers,
        wait_s: None,
        service_s,
        basis,
    }
}

/// One station under `total` per second.
fn station(program: &Program, total: &Profile, place: usize, how: Alone) -> Answer {
    let used = &total.stations[&place];
    let shape = &program.stations[place];
    let servers = shape.servers.unwrap_or(u32::MAX);
    let service = service_s(program, place, used);
    let scv = total.scv(place).unwrap_or(0.0);
    let is_sharing = shape.discipline == Discipline::ProcessorSharing;
    let plain = Mmc::new(used.uses, 1.0 / service, servers).map(|queue| queue.mean_wait());
    let (wait_s, basis) = if how == Alone::ProductForm {
        (plain, product_form(is_sharing))
    } else if !is_plain(program, place) {
        let text =
            "contention, caps, choice of who is next and patience left out, Poisson arrivals";
        (plain, Basis::approximate("Erlang C", text))
    } else if is_sharing {
        let text = "processor sharing: the law of service does not matter";
        let exact = Basis::exact("M/G/c-PS", format!("Poisson arrivals; {text}"));
        let as_if = Basis::approximate("M/G/c-PS", format!("arrivals taken as Poisson; {text}"));
        (plain, if how == Alone::Single { exact } else { as_if })
    } else {
        first_come(program, used, (servers, service, scv), how)
    };
    Answer {
        wait_s,
        ..with_basis(program, place, used, basis)
    }
}

fn product_form(is_sharing: bool) -> Basis {
    let kind = if is_sharing {
        "processor sharing, any law of service"
    } else {
        "first come first served, exponential service"
    };
    let text = format!("product form: Poisson arrivals, random splits, {kind}");
    Basis::exact("Erlang C", text)
}

/// First come first served, outside of product form.
fn first_come(
    program: &Program,
    used: &Use,
    (servers, service, scv): (u32, f64, f64),
    how: Alone,
) -> (Option<f64>, Basis) {
    let cv = scv.sqrt();
    let rate = used.uses;
    if how == Alone::AsIf {
        let wait = allen_cunneen(rate, service, servers, 1.0, scv);
        let text = format!("arrivals taken as Poisson, cv of service {cv:.2}");
        let law = if servers == 1 {
            "Kingman"
        } else {
            "Allen-Cunneen"
        };
        return (wait, Basis::approximate(law, text));
    }
    if is_one_exponential(program, used) {
        let wait = Mmc::new(rate, 1.0 / service, servers).map(|queue| queue.mean_wait());
        let text = "Poisson arrivals, exponential service";
        return (wait, Basis::exact("Erlang C", text));
    }
    if servers == 1 {
        let wait = Mg1::new(rate, service, scv).map(|queue| queue.mean_wait());
        let text = format!("Poisson arrivals, cv of service {cv:.2}");
        return (wait, Basis::exact("Pollaczek-Khinchine", text));
    }
    if is_one_constant(program, used) {
        let text = "Poisson arrivals, constant service";
        return (
            mdc_mean_wait(rate, service, servers),
            Basis::exact("M/D/c", text),
        );
    }
    let wait = allen_cunneen(rate, service, servers, 1.0, scv);
    let text = format!("Poisson arrivals, cv of service {cv:.2}");
    (wait, Basis::approximate("Allen-Cunneen", text))
}

/// The mean response of a workload: its own services and delays and the waits on its way.
fn workload(flow: &Flow, stations: &BTreeMap<usize, Answer>) -> FlowAnswer {
    let visits = flow.profile.stations.iter().map(|(place, used)| {
        let answer = stations.get(place);
        answer.map_or(Some(0.0), |answer| {
            // Under processor sharing a longer request waits in proportion.
            Some(used.uses * (answer.wait_s? + answer.service_s))
        })
    });
    let sum = visits.sum::<Option<f64>>();
    let bases: Vec<&Basis> = flow
        .profile
        .stations
        .keys()
        .filter_map(|place| Some(&stations.get(place)?.basis))
        .collect();
    let weakest = bases
        .iter()
        .find(|basis| basis.is_approximation)
        .or(bases.first());
    let mut basis = weakest.map_or_else(
        || Basis::exact("sum of delays", "nothing is waited for"),
        |basis| (*basis).clone(),
    );
    let obstacles = &flow.profile.obstacles;
    if obstacles.contains(&Obstacle::Parallel) {
        let text = "branches at once as if one followed the other: far too long where they do \
                    the same";
        basis = Basis::approximate("sum of branches", text);
    } else if obstacles.contains(&Obstacle::Contents) && obstacles.len() == 1 {
        basis.is_approximation = true;
        basis.assumption += "; hits by Che's approximation, requests for items independent";
    } else if obstacles.iter().any(|one| *one != Obstacle::Policy) {
        basis.is_approximation = true;
        basis.assumption += "; without what is not covered";
    }
    let inside = sum.map(|sum| (sum + flow.profile.delay / 1e9) / flow.requests);
    FlowAnswer {
        throughput: flow.journeys_per_s * flow.requests,
        response_s: inside,
        basis,
    }
}
