//! The engine against theory, pencil traces and conservation.

mod calls;
mod cells;
mod crews;
mod disciplines;
mod eject;
mod failures;
mod flow;
mod guards;
mod marks;
mod memory;
mod messages;
mod oracles;
mod overload;
mod parts;
mod queues;
mod random;
mod rides;
mod rooms;
mod theory;
mod traces;
mod users;

use std::sync::atomic::AtomicBool;

use super::build::{self, Builder};
use super::id::{CallId, LawId, NodeId, Pc};
use super::observation::Observations;
use super::plan::{End, Plan};
use super::program::{Call, Effect, Part, Policy, Program, Reason, Step, TimedEffect};
use crate::law::Law;

/// Runs and checks what must hold exactly in any run.
fn checked(program: &Program, plan: &Plan) -> Observations {
    let seen = super::run(program, plan, &AtomicBool::new(false));
    let audit = &seen.audit;
    assert_eq!(audit.in_system_area, audit.time_in_system);
    assert_eq!(audit.breakdown_error, 0);
    for (area, times) in audit.components.iter().chain(&audit.pools) {
        assert_eq!(area, times, "Little's law over the window");
    }
    for [offered, succeeded, late, failed, inside] in &audit.classes {
        assert_eq!(*offered, succeeded + late + failed + inside);
    }
    for class in &seen.classes {
        let failed: u64 = class.failed.iter().sum();
        assert_eq!(
            class.offered,
            class.succeeded + class.late + failed + class.in_flight
        );
        assert_eq!(class.response.count(), class.succeeded + class.late);
        assert_eq!(class.failure_time.count(), failed);
    }
    let parts: u128 = seen.breakdown.total.iter().sum();
    assert_eq!(
        parts,
        seen.classes
            .iter()
            .map(|class| class.response_sum)
            .sum::<u128>()
    );
    seen
}

/// A program in which all times are ns on paper.
struct Paper {
    b: Builder,
}

impl Paper {
    fn new() -> Self {
        Self { b: Builder::new() }
    }

    fn ns(&mut self, ns: u64) -> LawId {
        self.b.law(Law::Constant(ns as f64))
    }

    fn node(&mut self, name: &str) -> NodeId {
        self.b.component(name, 1)[0]
    }

    fn wait(&mut self, ns: u64) -> Step {
        Step::Wait {
            law: self.ns(ns),
            key: 0,
            part: Part::Service,
        }
    }

    /// One-server queue of a node, each visit so long.
    fn queue(&mut self, node: NodeId, ns: u64) -> Step {
        let law = self.ns(ns);
        let station = self
            .b
            .station(node, super::program::Discipline::Fcfs, Some(1));
        self.b.serve(station, law)
    }

    fn call(&mut self, name: &str, node: NodeId, entry: Pc, set: impl FnOnce(&mut Call)) -> CallId {
        self.b.call(name, Policy::RoundRobin, &[(node, entry)], set)
    }

    /// Requests at these instants that enter by a forward over a call.
    fn users(self, instants: &[u64], call: CallId) -> Program {
        self.users_with(instants, [Step::Forward { call }])
    }

    /// Requests at these instants with these steps of the user.
    fn users_with(mut self, instants: &[u64], steps: impl IntoIterator<Item = Step>) -> Program {
        let entry = self.b.steps(steps);
        let (_, journey) = self.b.class("request", None);
        self.b.source("users", entry, build::at(instants, journey));
        self.b.program
    }
}

/// Runs to 1000 ns with these changes.
fn trace(program: &Program, effects: &[(u64, Effect)]) -> Observations {
    let effects = effects
        .iter()
        .map(|&(at, effect)| TimedEffect { at, effect })
        .collect();
    checked(
        program,
        &Plan {
            effects,
            ..build::plan(1, End::At(1000))
        },
    )
}

/// Answered, sum of response times, and failures as (reason, how many).
fn result(seen: &Observations) -> (u64, u128, Vec<(Reason, u64)>) {
    let class = &seen.classes[0];
    let failures = Reason::ALL
        .into_iter()
        .zip(class.failed)
        .filter(|failure| failure.1 > 0);
    (
        class.succeeded + class.late,
        class.response_sum,
        failures.collect(),
    )
}

/// Time until failure of the only failed request, ns.
fn failed_after(seen: &Observations) -> u128 {
    let answered = seen.classes[0].response_sum;
    seen.audit.time_in_system - answered
}
