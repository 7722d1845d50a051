//! Pencil traces of hedged calls, from the model to the engine.

use std::sync::atomic::AtomicBool;

use crate::engine::build::plan;
use crate::engine::id::{JourneyId, NodeId};
use crate::engine::observation::{LinkObservation, Observations};
use crate::engine::plan::{End, Plan};
use crate::engine::program::{Arrivals, Effect, TimedEffect};
use crate::lower::lower;
use crate::model::builder::{Builder, constant};
use crate::model::{Hedge, Policy};

/// One request at 0 of an app that asks one of two servers of 10 ns in turn.
fn asked(hedge: impl Into<Option<Hedge>>, effects: &[(u64, Effect)]) -> Observations {
    let mut b = Builder::new("hedge");
    let (app, server) = (b.component("app", 1), b.component("server", 2));
    let work = b.work(server, "cpu", constant(10));
    b.operation(server, "default", vec![work]);
    let call = b.call(app, server);
    b.operation(app, "default", vec![call]);
    let link = b.link(app, server);
    (link.hedge, link.balance) = (hedge.into(), Policy::RoundRobin);
    b.open("users", 1.0, &[("default", app, 1.0)]);
    let mut program = lower(&b.build()).program;
    program.sources[0].arrivals = Arrivals::Replay {
        log: vec![(0, JourneyId(0), 0)],
        items: Vec::new(),
    };
    let effects = effects
        .iter()
        .map(|&(at, effect)| TimedEffect { at, effect });
    let plan = Plan {
        effects: effects.collect(),
        ..plan(1, End::At(1000))
    };
    crate::engine::run(&program, &plan, &AtomicBool::new(false))
}

fn link(seen: &Observations) -> LinkObservation {
    let all = seen.links.iter().copied();
    all.max_by_key(|link| (link.hedges, link.attempts)).unwrap()
}

fn after(after: u64, at_most: u32) -> Hedge {
    Hedge { after, at_most }
}

/// The copy of 4 goes to the other node, that of 8 to the first one's, where it shares the core:
/// 2 ns that were left take 4. The answer is there at 12; two copies work 10 ns each for nobody.
#[test]
fn the_first_answer_wins_and_the_others_are_worked_off() {
    let plain = asked(None, &[]);
    assert_eq!(
        (plain.classes[0].succeeded, plain.classes[0].response_sum),
        (1, 10)
    );
    let seen = asked(after(4, 2), &[]);
    assert_eq!(
        (seen.classes[0].succeeded, seen.classes[0].response_sum),
        (1, 12)
    );
    let link = link(&seen);
    assert_eq!((link.calls, link.attempts, link.hedges), (1, 3, 2));
    assert_eq!(seen.components[1].wasted_ns, 20);
}

/// Answered at 10, nothing is sent at 12; at 10 itself the answer comes first (S45).
#[test]
fn no_copy_is_sent_once_the_answer_is_there() {
    for wait in [10, 12] {
        let seen = asked(after(wait, 1), &[]);
        assert_eq!(
            (seen.classes[0].succeeded, seen.classes[0].response_sum),
            (1, 10)
        );
        assert_eq!((link(&seen).attempts, link(&seen).hedges), (1, 0), "{wait}");
    }
}

/// The node of the first copy crashes at 2: the copy of 4 goes to the other one, done at 14. If the
/// idle node crashes instead, the copy finds it down, and the first is done at 10.
#[test]
fn a_copy_that_fails_leaves_it_to_the_others() {
    let crashed = |node| asked(after(4, 1), &[(2, Effect::Crash(NodeId(node)))]);
    let mut took = [1, 2].map(|node| crashed(node).classes[0].response_sum);
    took.sort_unstable();
    assert_eq!(took, [10, 14]);
}

/// Both copies fail, whichever came first: at 2 or on arrival at 4, and at 6.
#[test]
fn the_request_fails_when_all_copies_have() {
    for (one, other) in [(1, 2), (2, 1)] {
        let effects = [(2, one), (6, other)].map(|(at, node)| (at, Effect::Crash(NodeId(node))));
        let seen = asked(after(4, 1), &effects);
        let class = &seen.classes[0];
        assert_eq!((class.succeeded, class.failed.iter().sum::<u64>()), (0, 1));
    }
}
