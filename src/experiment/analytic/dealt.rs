//! Single stations whose arrivals are not a random split: dealt in turn, by queue length, at a
//! fixed pace or in batches.

use super::{Basis, is_one_exponential, is_plain, service_s};
use crate::engine::program::{Policy, Program, Selector, Ties};
use crate::experiment::traffic::{Flow, Obstacle, Profile};
use crate::theory::{Batch, Gim1, power_of_choices, shortest_of_two};

/// Mean wait in seconds at every station and what it rests on, where one open workload brings
/// each request to one of equal exponential single servers and a law for that is known.
pub fn dealt(program: &Program, flows: &[Flow], total: &Profile) -> Option<(f64, Basis)> {
    let [flow] = flows else { return None };
    let foreign = |one: &&Obstacle| !matches!(one, Obstacle::Policy | Obstacle::Delay);
    let is_simple = (flow.requests - 1.0).abs() < 1e-12
        && flow.profile.longest <= 1.0
        && flow.profile.obstacles.iter().find(foreign).is_none();
    if !is_simple {
        return None;
    }
    let service = equal_service(program, total)?;
    let rate = flow.journeys_per_s;
    let count = total.stations.len() as u32;
    let each = rate / f64::from(count);
    let is_exponential = "exponential service";
    if count == 1 && flow.is_paced && flow.batch == 1 {
        let queue = Gim1::paced(1.0 / rate, 1.0 / service)?;
        let text = format!("arrivals at a fixed pace, {is_exponential}");
        return Some((queue.mean_wait(), Basis::exact("D/M/1", text)));
    }
    if count == 1 && !flow.is_paced && flow.batch > 1 {
        // The rate counts journeys, which arrive `batch` at a time.
        let queue = Batch::of_equal_size(rate / f64::from(flow.batch), flow.batch, 1.0 / service)?;
        let text = format!("Poisson batches of {}, {is_exponential}", flow.batch);
        return Some((queue.mean_wait(), Basis::exact("M[X]/M/1", text)));
    }
    if !flow.is_memoryless {
        return None;
    }
    let choice = only_choice(program, count)?;
    if choice.jar.is_some() {
        return None;
    }
    match choice.policy {
        Policy::RoundRobin => {
            let queue = Gim1::in_stages(count, 1.0 / each, 1.0 / service)?;
            let text = format!("Poisson arrivals dealt in turn to {count}, {is_exponential}");
            Some((queue.mean_wait(), Basis::exact("E_k/M/1", text)))
        }
        Policy::LeastConnections {
            ties: Ties::Random | Ties::Rotation,
        } if count == 2 && flow.profile.delay <= 0.0 => {
            let response = shortest_of_two(rate, 1.0 / service)?;
            let text = format!("Poisson arrivals join the shorter of two, {is_exponential}");
            Some((response - service, Basis::exact("shortest queue", text)))
        }
        Policy::PowerOf { choices, .. } if count > 2 => {
            let response = power_of_choices(each * service, service, choices)?;
            let text = format!("limit of very many servers, {is_exponential}");
            Some((response - service, Basis::approximate("mean field", text)))
        }
        _ => None,
    }
}

/// Mean service in seconds of equal, equally used, exponential single servers.
fn equal_service(program: &Program, total: &Profile) -> Option<f64> {
    let mut equal: Option<(f64, f64)> = None;
    for (&place, used) in &total.stations {
        let is_fit = is_plain(program, place)
            && program.stations[place].servers == Some(1)
            && is_one_exponential(program, used);
        let own = (used.uses, service_s(program, place, used));
        let first = *equal.get_or_insert(own);
        let is_near = |a: f64, b: f64| (a / b - 1.0).abs() < 1e-9;
        if !(is_fit && is_near(own.0, first.0) && is_near(own.1, first.1)) {
            return None;
        }
    }
    equal.map(|(_, service)| service)
}

/// The only selector of the program that has a choice, if it is among `count` targets.
fn only_choice(program: &Program, count: u32) -> Option<&Selector> {
    let mut choosing = program.selectors.iter().filter(|one| one.targets.len() > 1);
    let first = choosing.next()?;
    (choosing.next().is_none() && first.targets.len() == count as usize).then_some(first)
}
