//! Steps that stand in for a call, traced by hand.

use std::sync::atomic::AtomicBool;

use crate::engine::build::plan;
use crate::engine::id::{JourneyId, NodeId};
use crate::engine::observation::Observations;
use crate::engine::plan::{End, Plan};
use crate::engine::program::{Arrivals, Effect, TimedEffect};
use crate::lower::lower;
use crate::model::builder::{Builder, constant};
use crate::model::{Fallback, Hedge, Link, Model, Step};

const PAY: u32 = 2;
const CACHE: u32 = 4;

/// Two nodes of app ask pay (10 ns), or in its place work 2 ns and ask cache (4 ns), and then ask
/// db (5 ns). `set` gets the links to pay and cache.
fn model(set: impl Fn(&mut Link, &str)) -> Model {
    let mut b = Builder::new("fallback");
    let names = ["app", "pay", "db", "cache"];
    let [app, pay, db, cache] = names.map(|name| b.component(name, 1 + u32::from(name == "app")));
    for (part, work) in [(pay, 10), (db, 5), (cache, 4)] {
        let work = b.work(part, "cpu", constant(work));
        b.operation(part, "default", vec![work]);
    }
    let call = b.calling(app, &[(pay, 1.0)], None);
    let instead = vec![b.work(app, "cpu", constant(2)), b.call(app, cache)];
    let steps = vec![Step::Fallback { call, instead }, b.call(app, db)];
    b.operation(app, "default", steps);
    b.link(app, pay).fallback = Some(Fallback::Steps);
    set(b.link(app, pay), "pay");
    set(b.link(app, cache), "cache");
    b.open("users", 1.0, &[("default", app, 1.0)]);
    b.build()
}

/// One request at 3; these nodes crash at 1.
fn without(lost: &[u32], model: &Model) -> Observations {
    let mut program = lower(model).program;
    program.sources[0].arrivals = Arrivals::Replay {
        log: vec![(3, JourneyId(0), 0)],
        items: Vec::new(),
    };
    let crash = |&node: &u32| TimedEffect {
        at: 1,
        effect: Effect::Crash(NodeId(node)),
    };
    let plan = Plan {
        effects: lost.iter().map(crash).collect(),
        ..plan(1, End::At(100))
    };
    crate::engine::run(&program, &plan, &AtomicBool::new(false))
}

/// Succeeded, degraded, failed, sum of response times.
fn outcome(lost: &[u32], model: &Model) -> (u64, u64, u64, u64) {
    let seen = without(lost, model);
    let class = &seen.classes[0];
    let failed = class.failed.iter().sum();
    (
        class.succeeded,
        class.degraded,
        failed,
        class.response_sum as u64,
    )
}

/// S16: pay refuses at once, 2 ns of work, 4 ns of cache, then db, 5 ns: 11 ns, degraded. With pay
/// it is 10 + 5 and nothing stands in for it.
#[test]
fn steps_stand_in_for_a_call_that_failed() {
    let plain = model(|_, _| ());
    assert_eq!(outcome(&[PAY], &plain), (1, 1, 0, 11));
    assert_eq!(outcome(&[], &plain), (1, 0, 0, 15));
    let seen = without(&[], &plain);
    assert_eq!(seen.links.iter().map(|link| link.calls).max(), Some(1));
    assert_eq!(seen.components[3].completed, 0, "cache is left alone");
}

/// S19: the attempt is given up after 6 ns, then 2 + 4 + 5 ns as before.
#[test]
fn they_begin_when_the_call_has_failed_for_good() {
    let slow = model(|link, to| link.timeout = (to == "pay").then_some(6));
    assert_eq!(outcome(&[], &slow), (1, 1, 0, 17));
}

/// What fails in place of a call fails the call: db is not asked. The link to cache has a fallback
/// of its own, with which the request comes through: 2 + 5 ns.
#[test]
fn a_step_that_fails_there_fails_the_request_unless_its_link_has_a_fallback() {
    let plain = model(|_, _| ());
    let (succeeded, _, failed, _) = outcome(&[PAY, CACHE], &plain);
    assert_eq!((succeeded, failed), (0, 1));
    let seen = without(&[PAY, CACHE], &plain);
    assert_eq!(seen.components[2].completed, 0, "db is not asked");
    let nested = model(|link, to| {
        if to == "cache" {
            link.fallback = Some(Fallback::Reply);
        }
    });
    assert_eq!(outcome(&[PAY, CACHE], &nested), (1, 1, 0, 7));
}

/// S21: the first copy fails at once, the second, 3 ns later, too; then 2 + 4 + 5 ns, or with an
/// answer of its own 5 ns.
#[test]
fn they_wait_for_all_copies_of_a_hedged_call() {
    let hedge = Some(Hedge {
        after: 3,
        at_most: 1,
    });
    let hedged = model(|link, to| {
        if to == "pay" {
            link.hedge = hedge;
        }
    });
    assert_eq!(outcome(&[PAY], &hedged), (1, 1, 0, 14));
    // The second copy shares the one processor of pay from 3 ns on: the first has 7 ns left, which
    // take 14.
    assert_eq!(outcome(&[], &hedged), (1, 0, 0, 3 + 14 + 5));
    let mut b = Builder::new("hedged");
    let [app, pay, db] = ["app", "pay", "db"].map(|name| b.component(name, 2));
    for (part, work) in [(pay, 10), (db, 5)] {
        let work = b.work(part, "cpu", constant(work));
        b.operation(part, "default", vec![work]);
    }
    let steps = vec![b.call(app, pay), b.call(app, db)];
    b.operation(app, "default", steps);
    let link = b.link(app, pay);
    (link.hedge, link.fallback) = (hedge, Some(Fallback::Reply));
    b.open("users", 1.0, &[("default", app, 1.0)]);
    assert_eq!(outcome(&[2, 3], &b.build()), (1, 1, 0, 8));
}

/// S37: what stands in draws by the place of its step under the call, on every node alike.
#[test]
fn its_draws_are_named_after_its_place() {
    use crate::engine::program::Step;
    use crate::lower::key::Path;
    let program = lower(&model(|_, _| ())).program;
    let at = Path::new("app").then("default").at(0).then("fallback");
    let key = at.at(0).key("serve");
    let drawn = |step: &&Step| matches!(step, Step::Serve { key: found, .. } if *found == key);
    assert_eq!(program.steps.iter().filter(drawn).count(), 2);
    let call = at.at(1).key("call");
    let called = program.calls.iter().filter(|found| found.key == call);
    assert_eq!(called.count(), 2);
}
