//! Full rooms and patience at the only station of open workloads.

use std::collections::BTreeMap;

use super::lone::Lone;
use super::{Answer, Basis, Solution};
use crate::engine::program::{Full, Impatience, Program};
use crate::experiment::traffic::Flow;
use crate::law::Law;
use crate::theory::Lossy;

/// Laws that know full rooms and patience.
pub const LAWS: [&str; 4] = ["Erlang B", "M/M/c/K", "Erlang A", "M/M/c/K+M"];

/// The answer; `None` where everybody waits to the end, where a full room does anything but turn
/// away, or where service or patience is not exponential.
pub fn solve(program: &Program, flows: &[Flow], lone: &Lone) -> Option<Solution> {
    let shape = shape(program, lone)?;
    let solved = shape.solve()?;
    let basis = basis(&shape);
    let service_s = 1.0 / shape.service_rate;
    let rate = solved.throughput();
    let in_place = if shape.places > shape.servers {
        (solved.mean_hold() - service_s).max(0.0)
    } else {
        0.0
    };
    let outside = solved.mean_wait_outside();
    let station = Answer {
        rate,
        utilisation: solved.utilisation(),
        wait_s: Some(if lone.pool.is_some() {
            in_place
        } else {
            outside
        }),
        service_s,
        basis: basis.clone(),
    };
    let held = lone.pool.map(|pool| {
        let answer = Answer {
            rate,
            utilisation: solved.mean_inside() / f64::from(shape.places),
            wait_s: Some(outside),
            service_s: solved.mean_hold(),
            basis: basis.clone(),
        };
        (pool, answer)
    });
    let served = rate / lone.rate();
    Some(Solution {
        stations: BTreeMap::from([(lone.station, station)]),
        pools: held.into_iter().collect(),
        flows: lone.flows(flows, &basis, served, |_| solved.mean_response()),
        obstacles: Vec::new(),
    })
}

fn basis(shape: &Lossy) -> Basis {
    let law = match (shape.room, shape.patience) {
        (Some(0), _) if shape.places <= shape.servers => LAWS[0],
        (Some(_), None) => LAWS[1],
        (None, _) => LAWS[2],
        (Some(_), Some(_)) => LAWS[3],
    };
    let text = match shape.patience {
        None => "Poisson arrivals, exponential service, who finds no place is lost",
        Some(_) => "Poisson arrivals, exponential service and patience",
    };
    Basis::exact(law, text)
}

/// A bounded pool in front of the station, or its own queue.
fn shape(program: &Program, lone: &Lone) -> Option<Lossy> {
    let station = &program.stations[lone.station];
    let servers = station.servers?;
    let pool = lone.pool.map(|pool| &program.pools[pool]);
    let (places, room, patience) = if let Some(pool) = pool {
        let is_fit = pool.full == Full::Refuse && station.queue == Impatience::default();
        (pool.capacity.filter(|_| is_fit)?, pool.room, pool.patience)
    } else {
        let above = station.queue.above.map(|above| above.saturating_add(1));
        (servers, above, station.queue.patience)
    };
    let patience = match patience.map(|(law, _)| &program.laws[law.index()]) {
        None => None,
        Some(Law::Exponential { mean }) => Some(mean / 1e9),
        Some(_) => return None,
    };
    if room.is_none() && patience.is_none() {
        return None;
    }
    Some(Lossy {
        arrival_rate: lone.rate(),
        service_rate: 1.0 / lone.exponential()?,
        servers,
        places,
        room,
        patience,
    })
}
