//! Priorities at the only station of open workloads.

use std::collections::BTreeMap;

use super::lone::{Lone, Stream};
use super::{Answer, Basis, Solution};
use crate::engine::program::Program;
use crate::experiment::traffic::Flow;
use crate::theory::{
    PriorityClass, non_preemptive_waits, non_preemptive_waits_on, preemptive_resume_responses,
};

/// Streams of equal priority taken together, the most urgent first.
struct Levels {
    priorities: Vec<i32>,
    classes: Vec<PriorityClass>,
    /// Mean waits in seconds, interruptions included.
    waits: Vec<f64>,
    preemptive: bool,
}

/// The answer by class; `None` with overload, or where several servers interrupt or serve
/// unequal classes.
pub fn solve(program: &Program, flows: &[Flow], lone: &Lone, preemptive: bool) -> Option<Solution> {
    let servers = program.stations[lone.station].servers?;
    let levels = Levels::of(lone, servers, preemptive)?;
    let basis = basis(servers, preemptive);
    let rate = lone.rate();
    let mean = |value: &dyn Fn(&Stream) -> f64| {
        let sum: f64 = lone.streams.iter().map(|one| one.rate * value(one)).sum();
        sum / rate
    };
    let service_s = mean(&|one| one.service.0);
    let station = Answer {
        rate,
        utilisation: rate * service_s / f64::from(servers),
        wait_s: Some(mean(&|one| levels.wait(one))),
        service_s,
        basis: basis.clone(),
    };
    Some(Solution {
        stations: BTreeMap::from([(lone.station, station)]),
        pools: BTreeMap::new(),
        flows: lone.flows(flows, &basis, 1.0, |one| levels.wait(one) + one.service.0),
        obstacles: Vec::new(),
    })
}

fn basis(servers: u32, preemptive: bool) -> Basis {
    let (law, text) = if preemptive {
        let text = "Poisson arrivals, one server, who is interrupted goes on where it stopped";
        ("preemptive priority", text)
    } else if servers == 1 {
        (
            "Cobham",
            "Poisson arrivals, one server, nobody is interrupted",
        )
    } else {
        let text = "Poisson arrivals, nobody is interrupted, one exponential service for all";
        ("Cobham", text)
    };
    Basis::exact(law, text)
}

impl Levels {
    fn of(lone: &Lone, servers: u32, preemptive: bool) -> Option<Self> {
        let mut priorities: Vec<i32> = lone.streams.iter().map(|one| one.priority).collect();
        priorities.sort_unstable_by(|a, b| b.cmp(a));
        priorities.dedup();
        let level = |priority: &i32| together(lone, *priority);
        let classes: Vec<PriorityClass> = priorities.iter().map(level).collect();
        let waits: Vec<f64> = match (preemptive, servers) {
            (true, 1) => {
                let responses = preemptive_resume_responses(&classes)?;
                let pairs = responses.iter().zip(&classes);
                pairs.map(|(all, class)| all - class.service_mean).collect()
            }
            (false, 1) => non_preemptive_waits(&classes)?,
            (false, _) => {
                let rates: Vec<f64> = classes.iter().map(|class| class.arrival_rate).collect();
                non_preemptive_waits_on(&rates, lone.exponential()?, servers)?
            }
            (true, _) => return None,
        };
        (waits.len() == priorities.len()).then_some(Self {
            priorities,
            classes,
            waits,
            preemptive,
        })
    }

    /// Mean wait of a stream in seconds: within a level a longer service is interrupted more
    /// often.
    fn wait(&self, one: &Stream) -> f64 {
        let place = self.priorities.iter().position(|own| *own == one.priority);
        let level = place.expect("every stream has a level");
        if !self.preemptive {
            return self.waits[level];
        }
        let load = |class: &PriorityClass| class.arrival_rate * class.service_mean;
        let above: f64 = self.classes[..level].iter().map(load).sum();
        let more = one.service.0 - self.classes[level].service_mean;
        self.waits[level] + more * above / (1.0 - above)
    }
}

/// All streams of one priority.
fn together(lone: &Lone, priority: i32) -> PriorityClass {
    let own = lone.streams.iter().filter(|one| one.priority == priority);
    let (rate, work, squares) = own.fold((0.0, 0.0, 0.0), |(rate, work, squares), one| {
        let (mean, scv) = one.service;
        (
            rate + one.rate,
            work + one.rate * mean,
            squares + one.rate * mean * mean * (1.0 + scv),
        )
    });
    let mean = work / rate;
    PriorityClass {
        arrival_rate: rate,
        service_mean: mean,
        service_scv: (squares / rate / (mean * mean) - 1.0).max(0.0),
    }
}
