//! What theory alone says about a program: the answers of `estimate`, and what runs are held
//! against.
//!
//! The strongest law whose assumptions hold is taken: product form, then a single station of
//! Poisson requests, then approximations that say so. Timeouts, retries, faults and changes of
//! load are outside of all of them.

mod closed;
mod dealt;
mod layered;
mod lone;
mod lossy;
mod open;
mod ranked;

use std::collections::BTreeMap;

use super::traffic::{Flow, Obstacle, Profile, flows};
use crate::engine::program::{Discipline, Impatience, Program, Rates};
use crate::law::Law;

pub use closed::bounds;
pub use layered::through_pools;
pub use open::{Alone, alone};

/// What a number rests on.
#[derive(Clone, Debug, PartialEq)]
pub struct Basis {
    /// `Erlang C`, `MVA`, `Pollaczek-Khinchine` ...
    pub law: &'static str,
    /// What must hold for it, in words.
    pub assumption: String,
    /// The law is an approximation even where its assumptions hold, or they do not hold here.
    pub is_approximation: bool,
}

impl Basis {
    fn exact(law: &'static str, assumption: impl Into<String>) -> Self {
        Self {
            law,
            assumption: assumption.into(),
            is_approximation: false,
        }
    }

    fn approximate(law: &'static str, assumption: impl Into<String>) -> Self {
        Self {
            is_approximation: true,
            ..Self::exact(law, assumption)
        }
    }
}

/// A station or a pool in numbers; times in seconds.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// Passages per second.
    pub rate: f64,
    /// Share of the servers or permits in use; beyond 1 it cannot last.
    pub utilisation: f64,
    /// Mean wait; `None` where the queue grows without end.
    pub wait_s: Option<f64>,
    /// Mean service or holding time.
    pub service_s: f64,
    /// Why.
    pub basis: Basis,
}

/// A workload in numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct FlowAnswer {
    /// Requests per second.
    pub throughput: f64,
    /// Mean response of a request in seconds; `None` where something is overloaded.
    pub response_s: Option<f64>,
    /// Why.
    pub basis: Basis,
}

/// The whole in numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Solution {
    /// By program station.
    pub stations: BTreeMap<usize, Answer>,
    /// By program pool, where pools bind.
    pub pools: BTreeMap<usize, Answer>,
    /// By source.
    pub flows: Vec<FlowAnswer>,
    /// What requests meet that no law here covers.
    pub obstacles: Vec<Obstacle>,
}

impl Solution {
    /// Whether full rooms and patience are part of it.
    pub fn knows_rooms(&self) -> bool {
        let is_lossy = |one: &Answer| lossy::LAWS.contains(&one.basis.law);
        self.stations.values().any(is_lossy)
    }
}

/// Solves a program under the first level of its workloads; `None` with a log among them, or
/// where calls go round in circles.
pub fn solve(program: &Program) -> Option<Solution> {
    let flows = flows(program)?;
    let mut solution = solve_without_pools(program, &flows)?;
    if lone::lone(program, &flows).is_none()
        && let Some(found) = through_pools(program, &flows)
        && found.is_binding()
    {
        found.replace(&mut solution, &flows);
    }
    Some(solution)
}

/// The same where nobody waits for a permit.
pub fn solve_without_pools(program: &Program, flows: &[Flow]) -> Option<Solution> {
    if let Some(found) = lone::lone(program, flows) {
        return Some(found);
    }
    let total = total(flows);
    if total.obstacles.contains(&Obstacle::Circle) {
        return None;
    }
    let mut solution = if flows.iter().any(|flow| flow.users.0 > 0.0) {
        closed::solve(program, flows)?
    } else {
        open::solve(program, flows)
    };
    solution.obstacles = total.obstacles.iter().copied().collect();
    Some(solution)
}

/// All flows together: open ones by their rates, closed ones as a single journey.
pub fn total(flows: &[Flow]) -> Profile {
    let mut total = Profile::default();
    for flow in flows {
        let weight = if flow.users.0 > 0.0 {
            1.0
        } else {
            flow.journeys_per_s
        };
        total.add(&flow.profile, weight);
    }
    total
}

/// Product form (BCMP): memoryless sources; no caps, no contention; FCFS with one exponential
/// law, or processor sharing with any.
pub fn has_product_form(program: &Program, flows: &[Flow]) -> bool {
    let total = total(flows);
    let is_fit = |(&place, used): (&usize, &super::traffic::Use)| {
        is_plain(program, place)
            && (program.stations[place].discipline == Discipline::ProcessorSharing
                || is_one_exponential(program, used))
    };
    flows.iter().all(|flow| flow.is_memoryless) && total.stations.iter().all(is_fit)
}

/// A station without caps and contention, whose speed does not depend on who is there, that
/// shares or serves in order of arrival, and whose queue everybody joins and stays in.
pub fn is_plain(program: &Program, place: usize) -> bool {
    let station = &program.stations[place];
    let is_known = matches!(
        station.discipline,
        Discipline::Fcfs | Discipline::ProcessorSharing
    );
    is_known && is_even(program, place) && station.queue == Impatience::default()
}

/// A station of equal servers whose speed does not depend on who is there.
fn is_even(program: &Program, station: usize) -> bool {
    let station = &program.stations[station];
    let is_even = station.rates == Rates::default() && station.caps.is_empty();
    is_even && station.contention == (0.0, 0.0)
}

/// All services are of one exponential law.
pub fn is_one_exponential(program: &Program, used: &super::traffic::Use) -> bool {
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

/// All services are of one constant.
fn is_one_constant(program: &Program, used: &super::traffic::Use) -> bool {
    let constant = |&law: &u32| matches!(program.laws[law as usize], Law::Constant(_));
    used.laws.len() == 1 && used.laws.iter().all(constant)
}

/// Mean service at a station in seconds.
fn service_s(program: &Program, station: usize, used: &super::traffic::Use) -> f64 {
    used.work / used.uses / program.stations[station].speed / 1e9
}
