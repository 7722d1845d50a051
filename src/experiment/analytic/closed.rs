//! Closed workloads, alone or beside open ones.

use super::{Answer, Basis, FlowAnswer, Solution, has_product_form, service_s, total};
use crate::engine::program::Program;
use crate::experiment::traffic::Flow;
use crate::theory::{
    Bounds, Chain, ClassStation, ClosedClass, ClosedClasses, Layered, Load, Use, asymptotic,
    closed_classes, layered, linearizer,
};
use std::collections::BTreeMap;

/// Users of a workload up to which networks are solved.
const MOST_USERS: f64 = 100_000.0;

/// Bounds on journeys per second and journey time in seconds of the only, closed, workload over
/// single servers and its delays; several servers count as one fast one, which keeps them bounds
/// of the throughput.
pub fn bounds(program: &Program, flows: &[Flow]) -> Option<Bounds> {
    let [flow] = flows else { return None };
    if flow.users.0 <= 0.0 || flow.users.0 > MOST_USERS {
        return None;
    }
    let single = |(&place, used): (&usize, &crate::experiment::traffic::Use)| {
        let station = &program.stations[place];
        (station.servers == Some(1)).then(|| used.work / station.speed / 1e9)
    };
    let demands: Vec<f64> = flow
        .profile
        .stations
        .iter()
        .map(single)
        .collect::<Option<_>>()?;
    let think = (flow.users.1 + flow.pauses + flow.profile.delay) / 1e9;
    asymptotic(flow.users.0 as u32, think, &demands)
}

/// All workloads closed: mean value analysis. Open ones among them: station by station.
pub fn solve(program: &Program, flows: &[Flow]) -> Option<Solution> {
    if flows.iter().any(|flow| flow.users.0 > MOST_USERS) {
        return None;
    }
    if flows.iter().any(|flow| flow.users.0 <= 0.0) {
        return mixed(program, flows);
    }
    let (solved, basis) = network(program, flows)?;
    let total = total(flows);
    let places: Vec<usize> = total.stations.keys().copied().collect();
    let mut stations = BTreeMap::new();
    for (k, place) in places.iter().enumerate() {
        let visits = |flow: &Flow| {
            flow.profile
                .stations
                .get(place)
                .map_or(0.0, |used| used.uses)
        };
        let parts = flows.iter().zip(&solved.throughput);
        let rate: f64 = parts.map(|(flow, x)| x * visits(flow)).sum();
        let present: f64 = solved.in_station[k].iter().sum();
        let servers = f64::from(program.stations[*place].servers.unwrap_or(u32::MAX));
        let busy = solved.utilisation[k] * servers;
        if rate > 0.0 {
            let answer = Answer {
                rate,
                utilisation: solved.utilisation[k],
                wait_s: Some(((present - busy) / rate).max(0.0)),
                service_s: busy / rate,
                basis: basis.clone(),
            };
            stations.insert(*place, answer);
        }
    }
    let answers = flows.iter().enumerate().map(|(k, flow)| FlowAnswer {
        throughput: solved.throughput[k] * flow.requests,
        response_s: Some((solved.response[k] + flow.profile.delay / 1e9) / flow.requests),
        basis: basis.clone(),
    });
    Some(Solution {
        flows: answers.collect(),
        stations,
        pools: BTreeMap::new(),
        obstacles: Vec::new(),
    })
}

/// The closed network, with delays as thinking.
fn network(program: &Program, flows: &[Flow]) -> Option<(ClosedClasses, Basis)> {
    let classes: Vec<ClosedClass> = flows
        .iter()
        .map(|flow| ClosedClass {
            users: flow.users.0 as u32,
            think: (flow.users.1 + flow.pauses + flow.profile.delay) / 1e9,
        })
        .collect();
    let total = total(flows);
    let stations: Vec<ClassStation> = total
        .stations
        .keys()
        .map(|place| ClassStation {
            demands: flows
                .iter()
                .map(|flow| {
                    let used = flow.profile.stations.get(place);
                    used.map_or(0.0, |used| used.work / program.stations[*place].speed / 1e9)
                })
                .collect(),
            servers: program.stations[*place].servers,
        })
        .collect();
    // Delays of unknown mean would be thinking of unknown length.
    let is_known = flows.iter().all(|flow| flow.profile.obstacles.is_empty());
    let is_exact = is_known && has_product_form(program, flows);
    let form = "product form: random splits, exponential first come first served or sharing";
    let lacking = "product form assumed, which does not hold here";
    if let [class] = classes[..]
        && let Some(solved) = single(class, &stations)
    {
        let basis = if is_exact {
            Basis::exact("MVA", form)
        } else {
            Basis::approximate("MVA", lacking)
        };
        return Some((solved, basis));
    }
    match closed_classes(&classes, &stations) {
        Some(solved) if is_exact => Some((solved, Basis::exact("MVA", form))),
        Some(solved) => Some((solved, Basis::approximate("MVA", lacking))),
        None => {
            let solved = linearizer(&classes, &stations)?;
            let text = format!("{form}; too many users for the exact solution");
            Some((solved, Basis::approximate("Linearizer", text)))
        }
    }
}

/// One class by the convolution that takes any number of users.
fn single(class: ClosedClass, stations: &[ClassStation]) -> Option<ClosedClasses> {
    use crate::theory::{Station, closed_network};
    let list: Vec<Station> = stations
        .iter()
        .map(|one| match one.servers {
            Some(servers) => Station::queue(one.demands[0], servers),
            None => Station::delay(one.demands[0]),
        })
        .collect();
    let solved = closed_network(class.users, class.think, &list)?;
    Some(ClosedClasses {
        throughput: vec![solved.throughput],
        response: vec![solved.response],
        in_station: solved.in_station.iter().map(|n| vec![*n]).collect(),
        utilisation: solved.utilisation,
    })
}

/// Open and closed workloads over the same stations.
fn mixed(program: &Program, flows: &[Flow]) -> Option<Solution> {
    let total = total(flows);
    let places: Vec<usize> = total.stations.keys().copied().collect();
    let chains = flows.iter().map(|flow| Chain {
        load: if flow.users.0 > 0.0 {
            Load::Closed(flow.users.0 as u32, (flow.users.1 + flow.pauses) / 1e9)
        } else {
            Load::Open(flow.journeys_per_s)
        },
        uses: places
            .iter()
            .enumerate()
            .filter_map(|(k, place)| {
                let used = flow.profile.stations.get(place)?;
                Some(Use::Serve(k, used.uses, service_s(program, *place, used)))
            })
            .chain([Use::Delay(flow.profile.delay / 1e9)])
            .collect(),
    });
    let servers = places
        .iter()
        .map(|k| program.stations[*k].servers.unwrap_or(u32::MAX));
    let solved = layered(&Layered {
        chains: chains.collect(),
        pools: Vec::new(),
        servers: servers.collect(),
    })?;
    let text = "open and closed workloads together, each station by itself, exponential service";
    let basis = Basis::approximate("surrogate delays", text);
    let answer = |layer: &crate::theory::Layer| Answer {
        rate: layer.rate,
        utilisation: layer.utilisation,
        wait_s: Some(layer.wait),
        service_s: layer.hold,
        basis: basis.clone(),
    };
    let stations = places.iter().zip(&solved.stations);
    Some(Solution {
        stations: stations
            .map(|(place, layer)| (*place, answer(layer)))
            .collect(),
        pools: BTreeMap::new(),
        flows: flows
            .iter()
            .enumerate()
            .map(|(k, flow)| FlowAnswer {
                throughput: solved.throughput[k] * flow.requests,
                response_s: Some(solved.response[k] / flow.requests),
                basis: basis.clone(),
            })
            .collect(),
        obstacles: Vec::new(),
    })
}
