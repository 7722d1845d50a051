//! Lookups on paper: single flight, time to live, crash, and what a retry asks for.

use std::sync::Arc;

use crate::engine::build::Builder;
use crate::engine::cache::{Cache, Capacity, Eviction, Fill, Keys, Renew};
use crate::engine::id::{CacheId, ComponentId, LookId, NodeId, Pc};
use crate::engine::observation::{CacheObservation, Observations};
use crate::engine::plan::{End, Plan};
use crate::engine::program::{Arrivals, Effect, Part, Policy, Program, Reason, Step, TimedEffect};
use crate::engine::{build, run};
use crate::law::{Law, Popularity};

/// An edge that holds recorded items, with this work on a miss; requests at these instants ask
/// for these items.
struct Edge {
    fill: Fill,
    ttl: Option<u64>,
    renew: Renew,
    /// Steps of a miss, `Fill` not included.
    work: Vec<Step>,
    laws: Vec<Law>,
    requests: Vec<(u64, u32)>,
}

const MISS: Pc = Pc(2);

impl Edge {
    /// A miss takes 100 ns.
    fn new(requests: &[(u64, u32)]) -> Self {
        Self {
            fill: Fill::Every,
            ttl: None,
            renew: Renew::OnFetch,
            work: vec![Step::Wait {
                law: crate::engine::id::LawId(0),
                key: 0,
                part: Part::Service,
            }],
            laws: vec![Law::Constant(100.0)],
            requests: requests.to_vec(),
        }
    }

    fn program(self) -> Program {
        let mut b = Builder::new();
        b.program.laws = self.laws;
        let node = b.component("edge", 1)[0];
        // 0 look, 1 reply on a hit, 2.. work, fill, reply.
        let look = Step::Look {
            look: LookId(0),
            key: 5,
            miss: MISS,
        };
        let steps = [look, Step::Reply].into_iter();
        let entry = b.steps(steps.chain(self.work).chain([Step::Fill, Step::Reply]));
        b.program.looks.push((CacheId(0), None));
        b.program
            .caches
            .push(cache(node, self.fill, self.ttl, self.renew));
        let call = b.call("enter", Policy::RoundRobin, &[(node, entry)], |_| {});
        let enter = b.steps([Step::Forward { call }]);
        let (_, journey) = b.class("request", None);
        let (log, items) = self
            .requests
            .iter()
            .map(|&(at, item)| ((at, journey, 0), item))
            .unzip();
        b.source("users", enter, Arrivals::Replay { log, items });
        b.program
    }

    fn run(self, effects: &[(u64, Effect)]) -> Observations {
        observed(&self.program(), effects)
    }
}

fn observed(program: &Program, effects: &[(u64, Effect)]) -> Observations {
    let effects = effects
        .iter()
        .map(|&(at, effect)| TimedEffect { at, effect });
    let plan = Plan {
        effects: effects.collect(),
        ..build::plan(1, End::At(10_000))
    };
    let seen = run(program, &plan, &std::sync::atomic::AtomicBool::new(false));
    assert_eq!(seen.audit.breakdown_error, 0);
    seen
}

fn cache(node: NodeId, fill: Fill, ttl: Option<u64>, renew: Renew) -> Cache {
    Cache {
        component: ComponentId(0),
        shards: vec![vec![node]],
        owner: None,
        expected_hits: 0.5,
        popularity: Arc::new(Popularity::zipf(10, 1.0)),
        keys: Keys::Recorded,
        capacity: Capacity::Items(2),
        eviction: Eviction::Lru,
        ttl,
        renew,
        fill,
        warm: false,
        lookups_per_ns: 0.0,
        key: 1,
    }
}

fn seen(observations: &Observations) -> CacheObservation {
    observations.components[0].cache
}

#[test]
fn a_hit_costs_nothing_and_the_least_recently_used_leaves() {
    // 1, 2 are fetched; 1 is used; 3 drives out 2; 1 is still there, 2 is not.
    let requests = [(0, 1), (200, 2), (400, 1), (500, 3), (700, 1), (800, 2)];
    let observed = Edge::new(&requests).run(&[]);
    let expected = CacheObservation {
        hits: 2,
        misses: 4,
        fills: 4,
        evictions: 2,
        full_at: Some(600),
        ..CacheObservation::default()
    };
    assert_eq!(seen(&observed), expected);
    assert_eq!(observed.classes[0].response_sum, 4 * 100);
}

#[test]
fn without_coalescing_everybody_fetches() {
    // Two more come while the item is under way, one just after.
    let observed = Edge::new(&[(0, 1), (40, 1), (99, 1), (101, 1)]).run(&[]);
    assert_eq!(
        (seen(&observed).hits, seen(&observed).fills),
        (1, 3),
        "{:?}",
        seen(&observed)
    );
    assert_eq!(observed.classes[0].response_sum, 300);
}

#[test]
fn with_single_flight_the_others_wait_for_the_first() {
    let mut edge = Edge::new(&[(0, 1), (40, 1), (50, 2), (99, 1), (101, 1)]);
    edge.fill = Fill::SingleFlight;
    let observed = edge.run(&[]);
    let expected = CacheObservation {
        hits: 1,
        misses: 4,
        waited: 2,
        fills: 2,
        ..CacheObservation::default()
    };
    assert_eq!(seen(&observed), expected);
    // 100, 60, 100 for the other item, 1, 0.
    assert_eq!(observed.classes[0].response_sum, 261);
}

#[test]
fn when_the_one_who_fetches_fails_the_next_one_fetches() {
    let mut edge = Edge::new(&[(0, 1), (40, 1), (60, 1)]);
    edge.fill = Fill::SingleFlight;
    edge.work.push(Step::Fail {
        reason: Reason::Error,
    });
    let observed = edge.run(&[]);
    // The first fails at 100, the second takes over and fails at 200, the third at 300.
    assert_eq!(observed.classes[0].failed[Reason::Error as usize], 3);
    assert_eq!(seen(&observed).fills, 0);
    assert_eq!(seen(&observed).waited, 2);
    assert_eq!(observed.audit.time_in_system, 100 + 160 + 240);
}

#[test]
fn an_entry_is_too_old_from_the_end_of_its_time() {
    // Fetched at 100, good until before 150; fetched again at 250.
    let mut edge = Edge::new(&[(0, 1), (149, 1), (150, 1), (160, 1), (270, 1)]);
    edge.ttl = Some(50);
    let observed = edge.run(&[]);
    let expected = CacheObservation {
        hits: 2,
        misses: 3,
        stale: 1,
        fills: 3,
        ..CacheObservation::default()
    };
    assert_eq!(seen(&observed), expected);
}

#[test]
fn a_hit_renews_where_it_is_said_to() {
    for (renew, hits) in [(Renew::OnFetch, 1), (Renew::OnHit, 3)] {
        let mut edge = Edge::new(&[(0, 1), (140, 1), (180, 1), (220, 1)]);
        (edge.ttl, edge.renew) = (Some(50), renew);
        let observed = edge.run(&[]);
        assert_eq!(seen(&observed).hits, hits, "{renew:?}");
    }
}

/// S48: a crash loses what the node held, and those who waited for a fill with it.
#[test]
fn a_repaired_node_starts_cold() {
    let mut edge = Edge::new(&[(0, 1), (200, 1), (300, 2), (310, 2), (500, 1), (700, 1)]);
    edge.fill = Fill::SingleFlight;
    let node = NodeId(0);
    let observed = edge.run(&[(350, Effect::Crash(node)), (400, Effect::Repair(node))]);
    let expected = CacheObservation {
        hits: 2,
        misses: 4,
        waited: 1,
        fills: 2,
        ..CacheObservation::default()
    };
    assert_eq!(seen(&observed), expected);
    assert_eq!(observed.classes[0].failed[Reason::Reset as usize], 2);
}

/// A retry asks for the item of the request again, while each request draws one of its own.
#[test]
fn a_retry_of_a_miss_is_a_miss() {
    let mut edge = Edge::new(&[]);
    // The work always fails, so that nothing is ever stored.
    edge.work = vec![Step::Fail {
        reason: Reason::Error,
    }];
    edge.requests = (0..400).map(|n| (n * 10, 0)).collect();
    let mut program = edge.program();
    program.steps[0] = Step::Held {
        share: 0.5,
        key: 5,
        otherwise: MISS,
    };
    program.calls[0].attempts = 3;
    let enter = program.sources[0].entry[0].unwrap();
    let call = crate::engine::id::CallId(0);
    program.steps[enter.index()] = Step::Call {
        call,
        otherwise: None,
    };
    program.steps.push(Step::Reply);
    let observed = observed(&program, &[]);
    let class = &observed.classes[0];
    let failed = class.failed[Reason::Error as usize];
    assert_eq!(class.succeeded + failed, 400);
    // Binomial with standard deviation 10; a draw of its own for each attempt would leave 50.
    assert!(failed.abs_diff(200) < 50, "{failed}");
    assert_eq!(class.attempts, class.succeeded + 3 * failed);
}

#[test]
fn a_flush_loses_what_is_there_and_misses_come_again() {
    // Fetched at 100, hit at 200; lost at 250, fetched again at 400, hit at 500.
    let flush = [(250, Effect::Flush(NodeId(0), 1.0, 7))];
    let requests = [(0, 1), (200, 1), (300, 1), (500, 1)];
    let observed = Edge::new(&requests).run(&flush);
    assert_eq!((seen(&observed).hits, seen(&observed).misses), (2, 2));
    assert_eq!(observed.classes[0].response_sum, 2 * 100);
}

#[test]
fn what_comes_after_a_flush_is_stored() {
    // Under way when everything is lost at 50, stored at 100.
    let flush = [(50, Effect::Flush(NodeId(0), 1.0, 7))];
    let observed = Edge::new(&[(0, 1), (150, 1)]).run(&flush);
    assert_eq!((seen(&observed).hits, seen(&observed).misses), (1, 1));
}

#[test]
fn a_flush_of_nothing_loses_nothing() {
    let flush = [(150, Effect::Flush(NodeId(0), 0.0, 7))];
    let observed = Edge::new(&[(0, 1), (200, 1)]).run(&flush);
    assert_eq!((seen(&observed).hits, seen(&observed).misses), (1, 1));
}
