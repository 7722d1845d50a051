//! Runs against the laws that give waits, responses and throughputs without simulation.
//!
//! Exact laws are judged; approximations are shown with their difference and not judged.

use super::{Ground, finding, nobody_waited_for_a_permit, subject};
use crate::experiment::analytic::{
    Answer, Basis, FlowAnswer, Solution, bounds, solve_without_pools, through_pools,
};
use crate::experiment::bottleneck::places;
use crate::experiment::result::TheoryFinding;
use crate::experiment::summarise::classes::{Requests, Tally};
use crate::experiment::summarise::components::read_all;
use crate::experiment::traffic::{Flow, Obstacle};
use crate::lower::Meter;
use crate::statistics::{Estimate, agrees};

/// Relative half-width beyond which a comparison says nothing.
const VAGUE: f64 = 0.5;

/// All comparisons of an undisturbed steady run.
pub fn compare(ground: Ground<'_>, flows: &[Flow]) -> Vec<TheoryFinding> {
    let program = &ground.lowered.program;
    let is_known = |flow: &Flow| {
        let strange = |one: &&Obstacle| !matches!(one, Obstacle::Policy | Obstacle::Delay);
        !flow.profile.obstacles.iter().any(|one| strange(&one))
    };
    if !flows.iter().all(is_known) {
        return Vec::new();
    }
    let mut found = Vec::new();
    if nobody_waited_for_a_permit(ground.fold.runs) {
        let Some(solution) = solve_without_pools(program, flows) else {
            return found;
        };
        if flows.iter().all(|flow| flow.users.0 <= 0.0) {
            found.extend(waits(ground, &solution));
        }
        found.extend(totals(ground, flows, &solution.flows));
    } else if let Some(layered) = through_pools(program, flows) {
        found.extend(totals(ground, flows, &layered.flows(flows)));
    }
    found.extend(most(ground, flows));
    found
}

/// Adds a comparison, unless the simulated number is too vague to disagree with anything.
fn push(
    found: &mut Vec<TheoryFinding>,
    basis: &Basis,
    text: String,
    simulated: Estimate,
    expected: f64,
) {
    let is_known = simulated
        .relative_half_width()
        .is_some_and(|half| half <= VAGUE);
    let Some(agrees) = agrees(&simulated, expected).filter(|_| is_known) else {
        return;
    };
    found.push(TheoryFinding {
        approximation: basis.is_approximation,
        agrees: (!basis.is_approximation).then_some(agrees),
        ..finding(basis.law, text, simulated, expected, agrees)
    });
}

/// Mean waits by resource, over all its nodes.
fn waits(ground: Ground<'_>, solution: &Solution) -> Vec<TheoryFinding> {
    let mut found = Vec::new();
    for place in places(ground.model, ground.lowered) {
        let answer = |meter: &Meter| match meter {
            Meter::Station(id) => solution.stations.get(&id.index()),
            Meter::Pool(_) | Meter::Visits(_) | Meter::Memory(_) => None,
        };
        let here: Vec<&Answer> = place.meters.iter().filter_map(answer).collect();
        let flow: f64 = here.iter().map(|one| one.rate).sum();
        let sum: Option<f64> = here.iter().map(|one| Some(one.rate * one.wait_s?)).sum();
        let (Some(sum), Some(first)) = (sum.filter(|_| flow > 0.0), here.first()) else {
            continue;
        };
        let weakest = here.iter().find(|one| one.basis.is_approximation);
        let basis = &weakest.unwrap_or(first).basis;
        let simulated = ground.fold.mean_time(|run| {
            let reading = read_all(run, &place.meters);
            (reading.waiting_sum, reading.served)
        });
        let text = subject(ground.model, &place, "mean wait, s");
        push(&mut found, basis, text, simulated, sum / flow);
    }
    found
}

/// Throughput, where users are closed, and mean response: of all and of each workload's own class.
fn totals(ground: Ground<'_>, flows: &[Flow], answers: &[FlowAnswer]) -> Vec<TheoryFinding> {
    let mut found = Vec::new();
    let weakest = answers.iter().find(|one| one.basis.is_approximation);
    let Some(basis) = weakest.or(answers.first()).map(|one| &one.basis) else {
        return found;
    };
    let throughput: f64 = answers.iter().map(|one| one.throughput).sum();
    let inside: Option<f64> = answers
        .iter()
        .map(|one| Some(one.throughput * one.response_s?))
        .sum();
    let all = Requests::all(ground.fold);
    let is_closed = flows.iter().any(|flow| flow.users.0 > 0.0);
    if is_closed {
        let text = "throughput, requests/s".to_owned();
        push(&mut found, basis, text, all.throughput(), throughput);
    }
    let is_delay_known = |flow: &Flow| !flow.profile.obstacles.contains(&Obstacle::Delay);
    if !flows.iter().all(is_delay_known) {
        return found;
    }
    if let Some(inside) = inside {
        let mean = all.times(Tally::response).mean;
        let text = "mean response, s".to_owned();
        push(&mut found, basis, text, mean, inside / throughput);
    }
    if answers.len() > 1 {
        for (k, answer) in answers.iter().enumerate() {
            let Some(class) = own_class(ground, k) else {
                continue;
            };
            let requests = Requests::of_class(ground.fold, class);
            let name = &ground.lowered.program.classes[class].name;
            if is_closed {
                let text = format!("{name} throughput, requests/s");
                let simulated = requests.throughput();
                push(
                    &mut found,
                    &answer.basis,
                    text,
                    simulated,
                    answer.throughput,
                );
            }
            if let Some(response) = answer.response_s {
                let mean = requests.times(Tally::response).mean;
                let text = format!("{name} mean response, s");
                push(&mut found, &answer.basis, text, mean, response);
            }
        }
    }
    found
}

/// The class of a workload that sends a single one which no other workload sends.
fn own_class(ground: Ground<'_>, workload: usize) -> Option<usize> {
    let sources = &ground.lowered.program.sources;
    let sent = |source: usize| {
        let entries = sources[source].entry.iter().enumerate();
        entries.filter_map(|(class, entry)| entry.map(|_| class))
    };
    let mut own = sent(workload);
    let class = own.next().filter(|_| own.next().is_none())?;
    let is_shared = (0..sources.len()).any(|k| k != workload && sent(k).any(|c| c == class));
    (!is_shared).then_some(class)
}

/// No closed network of single servers does more than its asymptotic bound, whatever its laws.
fn most(ground: Ground<'_>, flows: &[Flow]) -> Option<TheoryFinding> {
    let bounds = bounds(&ground.lowered.program, flows)?;
    let most = bounds.throughput.1 * flows.first()?.requests;
    let simulated = Requests::all(ground.fold).throughput();
    let low = simulated.ci95.map_or(simulated.value?, |(low, _)| low);
    let text = "throughput at most, requests/s".to_owned();
    Some(finding(
        "asymptotic bound",
        text,
        simulated,
        most,
        low <= most,
    ))
}
