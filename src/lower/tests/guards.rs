//! Guards of links, from the model to the program.

use std::sync::atomic::AtomicBool;

use crate::engine::build::plan;
use crate::engine::id::{JourneyId, NodeId};
use crate::engine::observation::Observations;
use crate::engine::plan::{End, Plan};
use crate::engine::program::{Arrivals, Budget, Effect, TimedEffect, WHOLE};
use crate::lower::lower;
use crate::model::builder::{Builder, constant};
use crate::model::{self, Fallback, Link, Model};

/// Two nodes of app that ask pay (10 ns) and then db (5 ns), or hand on to pay.
fn model(hands_on: bool, set: impl FnOnce(&mut Link)) -> Model {
    let mut b = Builder::new("guards");
    let (app, pay, db) = (
        b.component("app", 2),
        b.component("pay", 1),
        b.component("db", 1),
    );
    for (part, work) in [(pay, 10), (db, 5)] {
        let work = b.work(part, "cpu", constant(work));
        b.operation(part, "default", vec![work]);
    }
    let steps = if hands_on {
        vec![b.forward(app, pay)]
    } else {
        vec![b.call(app, pay), b.call(app, db)]
    };
    b.operation(app, "default", steps);
    set(b.link(app, pay));
    b.open("users", 1.0, &[("default", app, 1.0)]);
    b.build()
}

/// One request at 3; pay, the third node, crashes at 1.
fn without_pay(model: &Model) -> Observations {
    let mut program = lower(model).program;
    program.sources[0].arrivals = Arrivals::Replay {
        log: vec![(3, JourneyId(0), 0)],
        items: Vec::new(),
    };
    let crash = TimedEffect {
        at: 1,
        effect: Effect::Crash(NodeId(2)),
    };
    let plan = Plan {
        effects: vec![crash],
        ..plan(1, End::At(100))
    };
    crate::engine::run(&program, &plan, &AtomicBool::new(false))
}

/// S16: with a fallback app goes on to db, 5 ns, and the answer is degraded.
#[test]
fn the_caller_goes_on_with_an_answer_of_its_own() {
    let seen = without_pay(&model(false, |link| link.fallback = Some(Fallback::Reply)));
    let class = &seen.classes[0];
    assert_eq!(
        (class.succeeded, class.degraded, class.response_sum),
        (1, 1, 5)
    );
    let class = &without_pay(&model(false, |_| ())).classes[0];
    assert_eq!((class.succeeded, class.failed.iter().sum::<u64>()), (0, 1));
}

/// Who hands a request on over a link with a fallback waits for the answer, and has its own.
#[test]
fn a_request_handed_on_falls_back_to_its_sender() {
    let seen = without_pay(&model(true, |link| link.fallback = Some(Fallback::Reply)));
    let class = &seen.classes[0];
    assert_eq!(
        (class.succeeded, class.degraded, class.response_sum),
        (1, 1, 0)
    );
}

/// S2: each calling node has a budget of its own, shared by all its calls over the link.
#[test]
fn each_calling_node_has_its_own_guard() {
    let model = model(false, |link| {
        link.retry = Some(model::Retry {
            attempts: 3,
            backoff: model::Backoff::Law(constant(1)),
            elsewhere: false,
            budget: Some(model::Budget {
                deposit: 0.1,
                bucket: 7,
            }),
        });
    });
    let program = lower(&model).program;
    let guards: Vec<_> = program.guards.iter().map(|guard| guard.node).collect();
    assert_eq!(guards, [NodeId(0), NodeId(1)]);
    let budget = Budget {
        deposit: WHOLE / 10,
        bucket: 7,
    };
    assert!(
        program
            .guards
            .iter()
            .all(|guard| guard.budget == Some(budget))
    );
    let guarded = program.calls.iter().filter(|call| call.guard.is_some());
    assert_eq!(guarded.count(), 2, "the calls to pay alone");
}
