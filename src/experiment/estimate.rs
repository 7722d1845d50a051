//! The analytic answer alone, in milliseconds, with the assumption behind each number.

use std::time::Instant;

use super::analytic::{Answer, Basis, Solution, bounds, solve};
use super::bottleneck::{Owner, Place, places};
use super::fixed::fixed;
use super::result::estimate::{
    BoundsEstimate, EstimateResult, ResourceEstimate, Rests, SaturationEstimate, WorkloadEstimate,
};
use super::result::{Named, TopologyId};
use super::run::ExperimentError;
use super::scenario::put_load;
use super::settings::Load;
use super::traffic::{Flow, Obstacle, crowd, flows};
use super::words;
use crate::engine::program::Program;
use crate::lower::{Lowered, Meter, lower};
use crate::model::traffic::hold_busiest;
use crate::model::{Arrivals, Fallback, Link, Model};

/// Version of the keys of the result.
const SCHEMA: u32 = 1;

/// Estimates `model` as it stands, under `load` if there is one, at the busiest level of its
/// workloads (the one that a load is put on, and that advice looks at) and with everything up.
///
/// # Errors
/// When the load does not fit the model.
pub fn estimate(
    model: &Model,
    load: Option<Load>,
    topology: TopologyId,
) -> Result<EstimateResult, ExperimentError> {
    let start = Instant::now();
    fixed(model, "an estimate")?;
    let mut model = model.clone();
    if let Some(load) = load {
        put_load(&mut model, load)?;
    }
    let held = hold(&mut model);
    let lowered = lower(&model);
    let mut result = EstimateResult {
        schema: SCHEMA,
        linchpin: env!("CARGO_PKG_VERSION").to_owned(),
        command: "estimate".to_owned(),
        topology,
        wall_s: 0.0,
        workloads: Named(Vec::new()),
        components: Named(Vec::new()),
        hosts: Named(Vec::new()),
        links: Named(Vec::new()),
        saturation: None,
        bounds: None,
        left_out: Vec::new(),
    };
    let known = flows(&lowered.program);
    let solved = solve(&lowered.program);
    result.left_out = left_out(&model, &lowered.program, solved.as_ref());
    let levels = held.iter().map(|(name, level)| {
        format!("a load that changes in time is taken at its busiest: `{name}` at {level}")
    });
    result.left_out.splice(0..0, levels);
    match known.as_ref().zip(solved) {
        Some((flows, solution)) => fill(&mut result, &model, &lowered, flows, &solution),
        None => result.left_out.insert(0, nothing(known.is_none())),
    }
    if !held.is_empty() {
        at_busiest(&mut result, &held);
    }
    result.wall_s = start.elapsed().as_secs_f64();
    Ok(result)
}

fn nothing(is_log: bool) -> String {
    let why = if is_log {
        "the arrivals of a log follow no law: only a simulation can answer"
    } else {
        "no law applies: calls go round in circles, open requests overload what closed users \
         share, or there are more than 100,000 users"
    };
    why.to_owned()
}

fn fill(
    result: &mut EstimateResult,
    model: &Model,
    lowered: &Lowered,
    flows: &[Flow],
    solution: &Solution,
) {
    let sources = lowered.program.sources.iter().zip(&solution.flows);
    for (source, answer) in sources {
        let workload = WorkloadEstimate {
            throughput_rps: answer.throughput,
            response_time_s: answer.response_s,
            rests: rests(&answer.basis),
        };
        result.workloads.0.push((source.name.clone(), workload));
    }
    for place in places(model, lowered) {
        if let Some(resource) = resource(&place, solution) {
            let (list, name) = match place.owner {
                Owner::Component(one) => (&mut result.components, &model.components[one].name),
                Owner::Host(one) => (&mut result.hosts, &model.hosts[one].name),
                Owner::Link(one) => (&mut result.links, &model.links[one].name),
            };
            entry(list, name).0.push((place.resource.clone(), resource));
        }
    }
    result.saturation = saturation(result, lowered, flows);
    result.bounds = bounds(&lowered.program, flows).map(|found| {
        let requests = flows[0].requests;
        let delay = flows[0].profile.delay / 1e9;
        BoundsEstimate {
            throughput_rps: (found.throughput.0 * requests, found.throughput.1 * requests),
            response_time_s: (
                (found.response.0 + delay) / requests,
                (found.response.1 + delay) / requests,
            ),
        }
    });
    let met = solution
        .obstacles
        .iter()
        .filter_map(|one| told(*one, solution));
    result.left_out.extend(met.map(str::to_owned));
}

/// Keeps the workloads whose load changes at their busiest; which they are, and at what.
fn hold(model: &mut Model) -> Vec<(String, String)> {
    let held = model.workloads.iter_mut().filter_map(|workload| {
        let level = hold_busiest(workload)?;
        let level = match &workload.arrivals {
            Arrivals::Closed { .. } => format!("{} users", words::number(level)),
            Arrivals::Open { .. } | Arrivals::Replay { .. } => words::rate(level),
        };
        Some((workload.name.clone(), level))
    });
    held.collect()
}

/// Every number holds only as long as the load stays where it is highest.
fn at_busiest(result: &mut EstimateResult, held: &[(String, String)]) {
    let levels = held
        .iter()
        .map(|(name, level)| format!("`{name}` at {level}"));
    let levels = levels.collect::<Vec<_>>().join(", ");
    let says = format!("; the load as if it stayed at its busiest: {levels}");
    let lists = [&mut result.components, &mut result.hosts, &mut result.links];
    let owners = lists.into_iter().flat_map(|list| &mut list.0);
    let resources = owners.flat_map(|(_, list)| &mut list.0);
    let of_resources = resources.map(|(_, one)| &mut one.rests);
    let of_workloads = result.workloads.0.iter_mut().map(|(_, one)| &mut one.rests);
    for rests in of_resources.chain(of_workloads) {
        rests.approximation = true;
        rests.assumption += &says;
    }
}

/// The list of resources called `name`, made where it is missing.
fn entry<'a>(
    list: &'a mut Named<Named<ResourceEstimate>>,
    name: &str,
) -> &'a mut Named<ResourceEstimate> {
    let place = list.0.iter().position(|(own, _)| own == name);
    let place = place.unwrap_or_else(|| {
        list.0.push((name.to_owned(), Named(Vec::new())));
        list.0.len() - 1
    });
    &mut list.0[place].1
}

fn rests(basis: &Basis) -> Rests {
    Rests {
        law: basis.law.to_owned(),
        assumption: basis.assumption.clone(),
        approximation: basis.is_approximation,
    }
}

/// All meters of a place as one: rates add up, times are means over passages.
fn resource(place: &Place, solution: &Solution) -> Option<ResourceEstimate> {
    let answer = |meter: &Meter| match meter {
        Meter::Station(id) => solution.stations.get(&id.index()),
        Meter::Pool(id) => solution.pools.get(&id.index()),
        Meter::Visits(_) | Meter::Memory(_) => None,
    };
    let here: Vec<&Answer> = place.meters.iter().filter_map(answer).collect();
    let rate: f64 = here.iter().map(|one| one.rate).sum();
    let first = here.first().filter(|_| rate > 0.0)?;
    let weakest = here
        .iter()
        .find(|one| one.basis.is_approximation)
        .unwrap_or(first);
    let work: f64 = here.iter().map(|one| one.rate * one.service_s).sum();
    let waits: Option<f64> = here.iter().map(|one| Some(one.rate * one.wait_s?)).sum();
    let busiest = here.iter().map(|one| one.utilisation).fold(0.0, f64::max);
    let mean = work / f64::from(place.capacity);
    Some(ResourceEstimate {
        capacity: place.capacity,
        rate_per_s: rate,
        // Nodes with unequal shares: the busiest of them tells.
        utilisation: busiest.max(mean),
        waiting_time_s: waits.map(|sum| sum / rate),
        service_time_s: work / rate,
        rests: rests(&weakest.basis),
    })
}

/// What is full first when the load grows in proportion, by what a request demands of it.
fn saturation(
    result: &EstimateResult,
    lowered: &Lowered,
    flows: &[Flow],
) -> Option<SaturationEstimate> {
    let owners = [&result.components, &result.hosts, &result.links];
    let all = owners.into_iter().flat_map(|list| &list.0);
    let resources =
        all.flat_map(|(owner, list)| list.0.iter().map(move |(name, one)| (owner, name, one)));
    // Permits at the holding times of this load: they are the busiest only where nothing that
    // their holders wait for is busier.
    let busiest = resources.max_by(|a, b| a.2.utilisation.total_cmp(&b.2.utilisation));
    let (owner, resource, one) = busiest.filter(|(_, _, one)| one.utilisation > 0.0)?;
    let throughput: f64 = result
        .workloads
        .iter()
        .map(|(_, one)| one.throughput_rps)
        .sum();
    let closed = flows.iter().filter(|flow| flow.users.0 > 0.0).count();
    Some(SaturationEstimate {
        owner: owner.clone(),
        resource: resource.clone(),
        throughput_rps: throughput / one.utilisation,
        users: crowd(&lowered.program).filter(|_| closed == 1 && flows.len() == 1),
    })
}

/// What an obstacle does to the numbers; `None` where a law covers it here.
fn told(obstacle: Obstacle, solution: &Solution) -> Option<&'static str> {
    let is_dealt = solution
        .stations
        .values()
        .all(|one| matches!(one.basis.law, "E_k/M/1" | "shortest queue" | "mean field"));
    match obstacle {
        Obstacle::Parallel => {
            Some("branches at once are counted one after the other: the response is too long")
        }
        Obstacle::Copies => Some("further copies of hedged requests are left out"),
        Obstacle::Spawned => Some("work that nobody waits for is counted as if it were waited for"),
        Obstacle::Circle => Some("calls in circles are not followed"),
        Obstacle::Policy if is_dealt => None,
        Obstacle::Policy => {
            Some("nodes chosen in turn or by load are taken as a random split of the requests")
        }
        Obstacle::Contents => Some(
            "hits of simulated caches by Che's approximation, as if nothing grew old (least \
             frequently used: what is asked for most)",
        ),
        Obstacle::Shares => Some(
            "unlike nodes chosen by load or hash are taken to get equal shares of the requests",
        ),
        Obstacle::Fails => Some("requests that are made to fail end early"),
        Obstacle::Delay => Some("name lookups, and delays of answers to forwards, are left out"),
    }
}

/// Features of the model that no law here knows.
fn left_out(model: &Model, program: &Program, solved: Option<&Solution>) -> Vec<String> {
    let mut found = Vec::new();
    let mut say = |is_there: bool, text: &str| {
        if is_there {
            found.push(text.to_owned());
        }
    };
    say(
        !model.faults.is_empty(),
        "faults are left out: everything is up",
    );
    let strikes = program
        .calls
        .iter()
        .any(|call| call.timeout.is_some() || call.deadline.is_some() || call.attempts > 1);
    say(
        strikes,
        "timeouts, deadlines and retries are taken as never striking",
    );
    say(
        model.links.iter().any(|link| link.breaker.is_some()),
        "circuit breakers are taken as never opening",
    );
    let stands_in = |link: &Link| link.fallback == Some(Fallback::Steps);
    say(
        model.links.iter().any(stands_in),
        "fallbacks are left out: nothing is done in place of a call",
    );
    say(
        program.selectors.iter().any(|one| one.eject.is_some()),
        "nobody is taken to be left out for failures (`eject`)",
    );
    let limits = program
        .guards
        .iter()
        .any(|guard| guard.bulkhead.is_some() || guard.rate.is_some());
    say(
        limits || !program.quotas.is_empty(),
        "bulkheads and limits of rate are taken as never refusing",
    );
    let rooms = program
        .pools
        .iter()
        .any(|pool| pool.capacity.is_some() && pool.room.is_some());
    let is_lossy = solved.is_some_and(Solution::knows_rooms);
    say(
        rooms && !is_lossy,
        "waiting rooms are taken as endless: nobody is turned away",
    );
    let crowded = program
        .stations
        .iter()
        .any(|station| station.contention != (0.0, 0.0));
    say(crowded, "contention (sigma, kappa) is left out");
    found
}
