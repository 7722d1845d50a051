//! Steps, one after the other.

use super::three_tiers;
use crate::engine::id::{
    CacheId, CallId, ComponentId, LawId, LookId, Pc, PoolId, StationId, StoreId,
};
use crate::engine::program::{Count, Part, Program, Step};
use crate::lower::lower;
use crate::model::builder::{Builder, constant, exponential, ms, seconds};
use crate::model::{self, NameService, Policy};

/// A step without its key.
fn bare(step: Step) -> Step {
    match step {
        Step::Serve {
            station, law, part, ..
        } => Step::Serve {
            station,
            law,
            key: 0,
            part,
        },
        Step::Wait { law, part, .. } => Step::Wait { law, key: 0, part },
        Step::Chance {
            share, otherwise, ..
        } => Step::Chance {
            share,
            key: 0,
            otherwise,
        },
        Step::Held {
            share, otherwise, ..
        } => Step::Held {
            share,
            key: 0,
            otherwise,
        },
        Step::Look { look, miss, .. } => Step::Look { look, key: 0, miss },
        Step::Repeat { count, body, .. } => Step::Repeat {
            count,
            key: 0,
            body,
        },
        Step::Spawn { node, entry, .. } => Step::Spawn {
            node,
            entry,
            key: 0,
        },
        Step::Resolve { store, .. } => Step::Resolve { store, key: 0 },
        other => other,
    }
}

fn trace(program: &Program) -> Vec<Step> {
    program.steps.iter().copied().map(bare).collect()
}

fn serve(station: u32, law: u32) -> Step {
    let (station, law) = (StationId(station), LawId(law));
    Step::Serve {
        station,
        law,
        key: 0,
        part: Part::Service,
    }
}

fn call(call: u32) -> Step {
    Step::Call {
        call: CallId(call),
        otherwise: None,
    }
}

fn forward(call: u32) -> Step {
    Step::Forward { call: CallId(call) }
}

#[test]
fn three_tiers_by_hand() {
    let program = lower(&three_tiers(2, Policy::RoundRobin, false).build()).program;
    // Stations: 0 lb, 1 was/1, 2 was/2, 3 db. Laws: 0 was, 1 db. Pools: threads of was/1, was/2.
    let acquire = |pool| Step::Acquire { pool: PoolId(pool) };
    let expected = [
        forward(0), // 0: users -> lb
        forward(1), // 1: lb -> was
        Step::Reply,
        acquire(0), // 3: was/1
        serve(1, 0),
        call(2),
        Step::Reply,
        acquire(1), // 7: was/2
        serve(2, 0),
        call(3),
        Step::Reply,
        serve(3, 1), // 11: db
        Step::Reply,
    ];
    assert_eq!(trace(&program), expected);
    // users -> lb, lb -> both was, both was -> db.
    assert_eq!(program.entries, [1, 3, 7, 11].map(Pc));
    let rows: Vec<_> = program.calls.iter().map(|call| call.entries).collect();
    assert_eq!(rows, [0, 1, 3, 3]);
    // Two calling nodes, two selectors, one key.
    assert_ne!(program.calls[2].selector, program.calls[3].selector);
    assert_eq!(program.calls[2].key, program.calls[3].key);
    assert_eq!(program.sources[0].entry, [Some(Pc(0))]);
}

/// One component `a` with these steps; `b` and `c` answer at once.
fn one(steps: impl FnOnce(&mut Builder) -> Vec<model::Step>) -> Program {
    let mut builder = Builder::new("one");
    let a = builder.component("a", 1);
    for name in ["b", "c"] {
        let part = builder.component(name, 1);
        builder.operation(part, "default", Vec::new());
    }
    let steps = steps(&mut builder);
    builder.operation(a, "default", steps);
    builder.open("users", 1.0, &[("default", a, 1.0)]);
    lower(&builder.build()).program
}

#[test]
fn a_miss_and_a_dead_cache_both_do_the_work() {
    let program = one(|b| {
        let ids = [0, 1, 2].map(model::ComponentId);
        let lookup = b.calling(ids[0], &[(ids[1], 1.0)], None);
        let miss = vec![b.call(ids[0], ids[2])];
        let after = b.work(ids[0], "cpu", constant(5));
        vec![
            model::Step::Cached {
                lookup,
                hit: 0.92,
                miss,
            },
            after,
        ]
    });
    let cache = ComponentId(1);
    let expected = [
        forward(0),
        Step::Call {
            call: CallId(1),
            otherwise: Some(Pc(5)),
        },
        Step::Held {
            share: 0.92,
            key: 0,
            otherwise: Pc(5),
        },
        Step::Looked { cache, hit: true },
        Step::Jump { to: Pc(7) },
        Step::Looked { cache, hit: false },
        call(2),
        serve(0, 0),
        Step::Reply,
        Step::Reply, // b
        Step::Reply, // c
    ];
    assert_eq!(trace(&program), expected);
}

/// Where contents are simulated the work of a miss ends with a fill, also after a dead cache.
#[test]
fn the_work_of_a_miss_fills_the_cache() {
    let mut shares = Vec::new();
    let program = one(|b| {
        let ids = [0, 1, 2].map(model::ComponentId);
        let lookup = b.calling(ids[0], &[(ids[1], 1.0)], None);
        let miss = vec![b.call(ids[0], ids[2])];
        b.model().components[1].contents = Some(model::Contents {
            popularity: std::sync::Arc::new(crate::law::Popularity::zipf(9, 1.0)),
            keys: model::Keys::Drawn,
            capacity: model::Capacity::Items(3),
            eviction: model::Eviction::Lru,
            ttl: None,
            renew: model::Renew::OnFetch,
            fill: model::Fill::Every,
        });
        shares.push(b.model().components[1].nodes.len());
        vec![model::Step::Cached {
            lookup,
            hit: 0.5,
            miss,
        }]
    });
    let expected = [
        forward(0),
        Step::Call {
            call: CallId(1),
            otherwise: Some(Pc(4)),
        },
        Step::Look {
            look: LookId(0),
            key: 0,
            miss: Pc(5),
        },
        Step::Jump { to: Pc(7) },
        Step::Unreached { cache: CacheId(0) },
        call(2),
        Step::Fill,
        Step::Reply,
    ];
    assert_eq!(trace(&program)[..8], expected);
    assert_eq!(program.caches[0].shards.len(), shares[0]);
    let asked = program.calls[1]
        .item
        .expect("the node is chosen by the item");
    assert_eq!(asked.0, CacheId(0));
}

#[test]
fn choices_jump_past_the_other_side() {
    let program = one(|b| {
        let work = |length| b.work(model::ComponentId(0), "cpu", constant(length));
        vec![
            model::Step::Chance {
                share: 0.3,
                then: vec![work(1)],
                otherwise: vec![work(2)],
            },
            model::Step::Chance {
                share: 0.1,
                then: vec![work(3)],
                otherwise: Vec::new(),
            },
        ]
    });
    let chance = |share, to| Step::Chance {
        share,
        key: 0,
        otherwise: Pc(to),
    };
    let expected = [
        forward(0),
        chance(0.3, 4),
        serve(0, 0),
        Step::Jump { to: Pc(5) },
        serve(0, 1),
        chance(0.1, 7), // 5
        serve(0, 2),
        Step::Reply,
    ];
    assert_eq!(trace(&program), expected);
}

#[test]
fn loops_and_branches_stand_behind_their_operation() {
    let program = one(|b| {
        let work = |length| b.work(model::ComponentId(0), "cpu", constant(length));
        vec![
            model::Step::Repeat {
                times: model::Count::Geometric(1.6),
                steps: vec![work(4), model::Step::Wait(constant(5))],
            },
            model::Step::Parallel(vec![vec![work(6)], vec![work(7), model::Step::Fail]]),
        ]
    });
    let expected = [
        forward(0),
        Step::Repeat {
            count: Count::Geometric(1.6),
            key: 0,
            body: Pc(4),
        },
        Step::Fork { first: 0, count: 2 },
        Step::Reply,
        serve(0, 0), // 4: body
        Step::Wait {
            law: LawId(1),
            key: 0,
            part: Part::Service,
        },
        Step::Reply,
        serve(0, 2), // 7: first branch
        Step::Reply,
        serve(0, 3), // 9: second branch
        Step::Fail {
            reason: crate::engine::program::Reason::Error,
        },
        Step::Reply,
    ];
    let places: Vec<_> = program.branches.iter().map(|branch| branch.0).collect();
    assert_eq!(trace(&program)[..expected.len()], expected);
    assert_eq!(places, [7, 9].map(Pc));
    assert_ne!(program.branches[0].1, program.branches[1].1);
}

/// Hand-over in a circle: the program is finite.
#[test]
fn forward_cycles_end() {
    let mut b = Builder::new("cycle");
    let a = b.component("a", 2);
    let c = b.component("c", 2);
    let (there, back) = (b.forward(a, c), b.forward(c, a));
    let choice = model::Step::Chance {
        share: 0.5,
        then: vec![back],
        otherwise: Vec::new(),
    };
    b.operation(a, "default", vec![there]);
    b.operation(c, "default", vec![choice]);
    b.open("users", 1.0, &[("default", a, 1.0)]);
    let program = lower(&b.build()).program;
    // Root; a: renew, forward, reply; c: chance, renew, forward, reply; two nodes each.
    assert_eq!(program.steps.len(), 1 + 2 * 3 + 2 * 4);
}

/// The clients ask the name service themselves; its nodes carry no requests.
#[test]
fn clients_resolve_before_they_enter() {
    let mut b = Builder::new("names");
    let dns = b.component("dns", 2);
    let web = b.component("web", 2);
    b.operation(web, "default", Vec::new());
    let name = b.calling(dns, &[(web, 1.0)], None);
    b.operation(dns, "default", vec![model::Step::Resolve(name)]);
    b.model().components[0].names = Some(NameService {
        ttl: seconds(60),
        lookup: exponential(ms(8)),
        health: None,
    });
    b.open("users", 1.0, &[("default", dns, 1.0)]);
    let store = StoreId(0);
    let asks = [
        Step::Recall {
            store,
            fresh: Pc(2),
        },
        Step::Resolve { store, key: 0 },
    ];
    let plain = lower(&b.clone().build()).program;
    let hand_on = Step::ForwardResolved {
        store,
        call: CallId(0),
    };
    let steps = [&asks[..], &[hand_on, Step::Reply, Step::Reply]].concat();
    assert_eq!(trace(&plain), steps);
    assert_eq!(plain.stores[0].servers.len(), 2);
    assert_eq!(plain.stores[0].selector, plain.calls[0].selector);

    // A user's own timeout holds for the request that follows the lookup (S19).
    b.user_link("users", dns).timeout = Some(seconds(1));
    let guarded = lower(&b.build()).program;
    let steps = [&asks[..], &[call(0), Step::Reply, Step::Reply, Step::Reply]].concat();
    assert_eq!(trace(&guarded), steps);
    assert_eq!(guarded.calls[0].resolved, Some(store));
    assert_eq!(guarded.links[guarded.calls[0].link.index()], "users -> dns");
    assert_eq!(guarded.lanes, [seconds(1)]);
}
