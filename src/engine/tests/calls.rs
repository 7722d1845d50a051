//! Pencil traces of calls: connections, timeouts, retries, deadlines, fallbacks, names.

use super::{Paper, failed_after, result, trace};
use crate::engine::id::{CallId, LaneId, NodeId, PoolId};
use crate::engine::observation::Breakdown;
use crate::engine::program::{Backoff, Call, Effect, Part, Policy, Program, Reason, Step, Store};

/// web calls db (one server, `db_ns`); users forward into web at `instants`.
fn caller(db_ns: u64, instants: &[u64], set: impl FnOnce(&mut Call)) -> Program {
    let mut p = Paper::new();
    let (web, db) = (p.node("web"), p.node("db"));
    let serve = p.queue(db, db_ns);
    let query = p.b.steps([serve, Step::Reply]);
    let call = p.call("web -> db", db, query, set);
    let entry = p.b.steps([
        Step::Call {
            call,
            otherwise: None,
        },
        Step::Reply,
    ]);
    let user = p.call("user -> web", web, entry, |_| ());
    p.users(instants, user)
}

fn lane(program: &mut Program, ns: u64) -> LaneId {
    program.lanes.push(ns);
    LaneId::from(program.lanes.len() - 1)
}

fn connections(program: &mut Program, count: u32) -> PoolId {
    program.pools.push(crate::engine::program::Pool {
        name: "connections".into(),
        capacity: Some(count),
        room: None,
        refusal: Reason::Connections,
        part: Part::PoolWait,
        patience: None,
        full: crate::engine::program::Full::Refuse,
        overload: crate::engine::program::Overload::default(),
    });
    PoolId::from(program.pools.len() - 1)
}

/// S19, S45: an answer at the instant of its timeout beats it; one ns less does not suffice, and
/// the work for it is wasted (S20).
#[test]
fn the_answer_beats_the_timeout() {
    for (patience, expected) in [
        (10, (1, 10, vec![])),
        (9, (0, 0, vec![(Reason::Timeout, 1)])),
    ] {
        let mut program = caller(10, &[0], |_| ());
        program.calls[0].timeout = Some(lane(&mut program, patience));
        let seen = trace(&program, &[]);
        assert_eq!(result(&seen), expected);
        let in_time = patience == 10;
        assert_eq!(seen.components[1].wasted_ns, if in_time { 0 } else { 10 });
        assert_eq!(seen.links[0].timeouts, u64::from(!in_time));
        assert_eq!(seen.components[1].completed, 1);
    }
}

/// S19: with one connection the second caller waits 10 ns for it; its timeout of 10 ns starts
/// only then. Its patience for a connection ends at 10, and the grant comes first.
#[test]
fn the_timeout_runs_from_the_connection_on() {
    let mut program = caller(10, &[0, 0], |_| ());
    program.calls[0].pool = Some(connections(&mut program, 1));
    program.calls[0].timeout = Some(lane(&mut program, 10));
    program.calls[0].pool_timeout = program.calls[0].timeout;
    let seen = trace(&program, &[]);
    assert_eq!(result(&seen), (2, 30, vec![]));
    let web = Breakdown::cell(0, Part::PoolWait);
    assert_eq!(seen.breakdown.total[web], 10);
    assert_eq!(seen.stations[0].queue.area, 0);
}

/// Without a connection within 7 ns the call fails then, and the waiter has left the room.
#[test]
fn patience_for_a_connection_ends() {
    let mut program = caller(10, &[0, 1, 2], |_| ());
    program.calls[0].pool = Some(connections(&mut program, 1));
    program.calls[0].pool_timeout = Some(lane(&mut program, 8));
    let seen = trace(&program, &[]);
    // At 0 served to 10; the one of 1 gives up at 9; the one of 2 is still there at 10 by rank.
    assert_eq!(result(&seen), (2, 10 + 18, vec![(Reason::PoolTimeout, 1)]));
    assert_eq!(failed_after(&seen), 8);
    assert_eq!(seen.pools[0].timed_out, 1);
}

/// Tries at 0, 6 and 16, each failing after 1 out and 1 back: 18 ns.
#[test]
fn retries_pause_and_double() {
    let mut program = caller(10, &[0], |call| {
        call.attempts = 3;
        call.backoff = Backoff::Doubling {
            from: 4,
            cap: 100,
            jitter: false,
        };
    });
    let one = crate::engine::id::LawId::from(program.laws.len());
    program.laws.push(crate::law::Law::Constant(1.0));
    program.calls[0].latency = Some(one);
    let down = [(0, Effect::Crash(NodeId(1)))];
    let seen = trace(&program, &down);
    assert_eq!(result(&seen), (0, 0, vec![(Reason::Down, 1)]));
    assert_eq!(failed_after(&seen), 18);
    let link = &seen.links[0];
    assert_eq!(
        (link.calls, link.attempts, link.retries, link.failed),
        (1, 3, 2, 1)
    );
    assert_eq!(seen.classes[0].attempts, 4);
    // Repaired at 7, the try that arrives there then is served (S45): 7 + 10 + 1.
    let seen = trace(&program, &[down[0], (7, Effect::Repair(NodeId(1)))]);
    assert_eq!(result(&seen), (1, 18, vec![]));
    let web = Breakdown::cell(0, Part::RetryWait);
    assert_eq!(seen.breakdown.total[web], 6);
}

/// A deadline of 10 ns ends the call in the pause after the second try, with its own reason.
#[test]
fn a_deadline_bounds_all_attempts() {
    let mut program = caller(50, &[0], |call| {
        call.attempts = 9;
        call.backoff = Backoff::Doubling {
            from: 4,
            cap: 4,
            jitter: false,
        };
    });
    program.calls[0].timeout = Some(lane(&mut program, 3));
    program.calls[0].deadline = Some(lane(&mut program, 11));
    let seen = trace(&program, &[]);
    assert_eq!(result(&seen), (0, 0, vec![(Reason::Deadline, 1)]));
    assert_eq!(failed_after(&seen), 11);
    // Tries at 0 and 7, both timed out; both still worked off at the database.
    assert_eq!(
        (seen.links[0].attempts, seen.components[1].wasted_ns),
        (2, 100)
    );
}

/// A failed call with a fallback goes on there, and the answer is degraded (S16).
#[test]
fn a_fallback_answers_degraded() {
    let mut program = caller(10, &[0, 100], |_| ());
    let fallback = crate::engine::id::Pc::from(program.steps.len());
    let wait = Step::Wait {
        law: crate::engine::id::LawId(0),
        key: 0,
        part: Part::Service,
    };
    program.steps.extend([wait, Step::Reply]);
    for step in &mut program.steps {
        if let Step::Call { otherwise, .. } = step {
            *otherwise = Some(fallback);
        }
    }
    let seen = trace(&program, &[(50, Effect::Crash(NodeId(1)))]);
    assert_eq!(result(&seen), (2, 20, vec![]));
    assert_eq!(seen.classes[0].degraded, 1);
}

/// Names: the first request asks two servers (5 and 8 ns) and goes on after 5; a second one
/// within the time to live does not ask; after it, with both servers down, it fails.
#[test]
fn names_are_kept_until_they_expire() {
    let mut p = Paper::new();
    let (web, dns) = (p.node("web"), p.b.component("dns", 2));
    let serve = p.wait(10);
    let entry = p.b.steps([serve, Step::Reply]);
    let call = p.call("user -> web", web, entry, |_| ());
    let lookup = p.ns(5);
    let selector = p.b.program.calls[0].selector;
    let owner = crate::engine::id::ComponentId(1);
    p.b.program.stores = vec![Store {
        ttl: 100,
        warm: false,
        servers: dns,
        lookup,
        selector,
        owner,
    }];
    let store = crate::engine::id::StoreId(0);
    let fresh = crate::engine::id::Pc::from(p.b.program.steps.len() + 2);
    let program = p.users_with(
        &[0, 50, 200],
        [
            Step::Recall { store, fresh },
            Step::Resolve { store, key: 4 },
            Step::ForwardResolved {
                store,
                call: CallId(call.0),
            },
        ],
    );
    let down = [
        (60, Effect::Crash(NodeId(1))),
        (60, Effect::Crash(NodeId(2))),
    ];
    let seen = trace(&program, &down);
    assert_eq!(result(&seen), (2, 15 + 10, vec![(Reason::NameLookup, 1)]));
    assert_eq!(seen.breakdown.total[Breakdown::cell(1, Part::Network)], 5);
    let one_left = trace(&program, &down[..1]);
    assert_eq!(result(&one_left), (3, 15 + 10 + 15, vec![]));
}

/// A pair behind a name of long life. Work takes 10. The client resolves at 0 (5), the first
/// node crashes at 40: at 50 it is refused there. The address moves at 60: at 70 the client, with
/// the name it has, is answered by the standby. At 80 it moves back to the repaired first node.
/// At 90 the client is answered there, and a new client that is told of the standby at 65 holds
/// the same address.
#[test]
fn who_holds_a_name_follows_its_address() {
    let mut p = Paper::new();
    let (lb, dns) = (p.b.component("lb", 2), p.node("dns"));
    let serve = p.wait(10);
    let entry = p.b.steps([serve, Step::Reply]);
    let both = [(lb[0], entry), (lb[1], entry)];
    let call = p.b.call("user -> lb", Policy::Random, &both, |_| ());
    let selector = p.b.program.calls[0].selector;
    let targets = &mut p.b.program.selectors[selector.index()].targets;
    let standby = &mut std::sync::Arc::make_mut(targets)[1];
    (standby.up, standby.rank) = (false, 1);
    p.b.program.stores = vec![Store {
        ttl: 900,
        warm: false,
        servers: vec![dns],
        lookup: p.ns(5),
        selector,
        owner: crate::engine::id::ComponentId(1),
    }];
    let store = crate::engine::id::StoreId(0);
    let fresh = crate::engine::id::Pc::from(p.b.program.steps.len() + 2);
    let steps = [
        Step::Recall { store, fresh },
        Step::Resolve { store, key: 4 },
        Step::ForwardResolved { store, call },
    ];
    let mut program = p.users_with(&[], steps);
    let journey = crate::engine::id::JourneyId(0);
    let came = [(0, 7), (50, 7), (65, 8), (70, 7), (90, 7), (90, 8)];
    let log = came.iter().map(|&(at, who)| (at, journey, who)).collect();
    program.sources[0].arrivals = crate::engine::program::Arrivals::Replay {
        log,
        items: Vec::new(),
    };
    let told = |first: bool| {
        let belief = |target, up: bool| Effect::Belief {
            selector,
            target,
            up,
            rank: u8::from(!up),
        };
        let holder = u32::from(!first);
        let address = 0;
        let moved = Effect::Handover {
            store,
            address,
            holder,
        };
        [belief(0, first), belief(1, !first), moved]
    };
    let mut effects = vec![(40, Effect::Crash(lb[0])), (80, Effect::Repair(lb[0]))];
    effects.extend(told(false).map(|effect| (60, effect)));
    effects.extend(told(true).map(|effect| (80, effect)));
    let seen = trace(&program, &effects);
    let answered = (5, 15 + 15 + 3 * 10, vec![(Reason::Down, 1)]);
    assert_eq!(result(&seen), answered);
    // 65 to 80 and 70 to 80 at the standby: nothing of it was lost when the address moved back.
    assert_eq!(seen.components[0].completed, 5);
}
