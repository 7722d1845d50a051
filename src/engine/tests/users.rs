//! Pencil traces of users: journeys, failures, batches, changing mixes, proxies, persons.

use super::{Paper, checked, trace};
use crate::engine::build::{self, Builder, plan, steady};
use crate::engine::id::{ComponentId, JourneyId, NodeId, Pc, StoreId};
use crate::engine::observation::Observations;
use crate::engine::plan::End;
use crate::engine::program::{
    Arrivals, Item, OnFailure, Policy, Process, Program, Reason, Segment, Step, Store,
};
use crate::law::Law;

/// One server of 10 ns, classes `look` and `buy`, and a user who makes a journey of both: two
/// times `look`, 5 ns apart, then 7 ns later `buy`.
struct Shop {
    b: Builder,
    entry: Pc,
    journey: JourneyId,
}

impl Shop {
    fn new() -> Self {
        let mut b = Builder::new();
        let node = b.component("web", 1)[0];
        let station = b.station(node, super::super::program::Discipline::Fcfs, Some(1));
        let law = b.law(Law::Constant(10.0));
        let serve = b.serve(station, law);
        let inside = b.steps([serve, Step::Reply]);
        let call = b.call("user -> web", Policy::RoundRobin, &[(node, inside)], |_| ());
        let entry = b.steps([Step::Forward { call }]);
        let (look, _) = b.class("look", None);
        let (buy, _) = b.class("buy", None);
        let (five, seven) = (b.law(Law::Constant(5.0)), b.law(Law::Constant(7.0)));
        let journey = JourneyId::from(b.program.journeys.len());
        let item = |class, times, think| Item {
            class,
            times,
            think: Some(think),
            key: 0,
        };
        b.program.journeys.push(crate::engine::program::Journey {
            name: "visit".into(),
            items: vec![item(look, 2, five), item(buy, 1, seven)],
            named: true,
        });
        Self { b, entry, journey }
    }

    /// One user who comes at 0; `look` fails at once where told.
    fn visit(mut self, fails: bool, on_failure: OnFailure) -> Program {
        self.b
            .source("users", self.entry, build::at(&[0], self.journey));
        let reason = Reason::Error;
        let failure = self.b.steps([Step::Fail { reason }]);
        let source = &mut self.b.program.sources[0];
        source.on_failure = on_failure;
        if fails {
            source.entry[0] = Some(failure);
        }
        self.b.program
    }
}

/// 0 to 10, 15 to 25, 32 to 42.
#[test]
fn a_journey_of_several_items() {
    let seen = trace(&Shop::new().visit(false, OnFailure::Continue), &[]);
    let offered = seen.classes.iter().map(|class| class.offered);
    assert_eq!(offered.collect::<Vec<_>>(), [2, 1]);
    let journey = &seen.journeys[2];
    assert_eq!((journey.started, journey.completed), (1, 1));
    assert_eq!((journey.abandoned, journey.duration_sum), (0, 42));
    assert_eq!((seen.concurrent_users.area, seen.in_system.area), (42, 30));
}

/// S25: who abandons leaves after the first failure; who continues waits 100 ms instead of 5 ns
/// after each, and buys at 200 ms.
#[test]
fn failures_within_a_journey() {
    let given_up = trace(&Shop::new().visit(true, OnFailure::Abandon), &[]);
    let journey = &given_up.journeys[2];
    let counts = (journey.started, journey.completed, journey.abandoned);
    assert_eq!(counts, (1, 0, 1));
    assert_eq!(given_up.classes[0].failed[Reason::Error as usize], 1);
    assert_eq!(given_up.classes[1].offered, 0);

    let program = Shop::new().visit(true, OnFailure::Continue);
    let gone_on = checked(&program, &plan(1, End::At(300_000_000)));
    assert_eq!(gone_on.classes[0].failed[Reason::Error as usize], 2);
    let journey = &gone_on.journeys[2];
    assert_eq!((journey.completed, journey.abandoned), (1, 0));
    assert_eq!(journey.duration_sum, 200_000_010);
}

/// One user thinks 50, then visits: 50 to 60, 65 to 75, 82 to 92. When there is to be nobody from
/// `gone` on, the user leaves with the answer it waits for, or at once.
#[test]
fn a_user_who_is_no_longer_wanted_leaves_with_the_current_answer() {
    let leaving = |gone: u64| -> (u128, u64, u64) {
        let mut shop = Shop::new();
        let think = shop.b.law(Law::Constant(50.0));
        let level = |start, level| Segment {
            start,
            from: level,
            to: level,
            length: None,
            mix: vec![(shop.journey, 1.0)],
        };
        let segments = vec![level(0, 1.0), level(gone, 0.0)];
        shop.b
            .source("users", shop.entry, Arrivals::Closed { segments, think });
        let seen = trace(&shop.b.program, &[]);
        let journey = &seen.journeys[2];
        let present = seen.concurrent_users.area;
        (present, journey.completed, journey.abandoned)
    };
    assert_eq!(leaving(20), (20, 0, 0));
    assert_eq!(leaving(55), (60, 0, 1));
    assert_eq!(leaving(62), (62, 0, 1));
    assert_eq!(leaving(90), (92, 1, 0));
    assert_eq!(leaving(120), (120, 1, 0));
}

/// Three together every 100 ns at one server of 10: 10 + 20 + 30 for each of the nine batches.
#[test]
fn batches_arrive_together() {
    let mut shop = Shop::new();
    let mut arrivals = steady(Process::Deterministic, 3e7, JourneyId(0));
    if let Arrivals::Open { batch, .. } = &mut arrivals {
        *batch = 3;
    }
    shop.b.source("users", shop.entry, arrivals);
    let class = &trace(&shop.b.program, &[]).classes[0];
    assert_eq!((class.offered, class.response_sum), (27, 9 * 60));
    assert_eq!(class.response.max(), Some(30));
}

/// One journey each 100 ns: four of the first mix by 450, then five of the second.
#[test]
fn the_mix_of_a_segment_holds_from_its_start() {
    let mut shop = Shop::new();
    let segment = |start, length, journey| Segment {
        start,
        from: 1e7,
        to: 1e7,
        length,
        mix: vec![(JourneyId(journey), 1.0)],
    };
    let arrivals = Arrivals::Open {
        process: Process::Deterministic,
        batch: 1,
        segments: vec![segment(0, Some(450), 0), segment(450, None, 1)],
        again: None,
    };
    shop.b.source("users", shop.entry, arrivals);
    let seen = trace(&shop.b.program, &[]);
    let offered = seen.classes.iter().map(|class| class.offered);
    assert_eq!(offered.collect::<Vec<_>>(), [4, 5]);
}

/// A workload of `look` every 100 ns and a log with two `buy`: each has its own counts, and both
/// queue at the same server (at 200 and 500 somebody waits 10).
#[test]
fn several_workloads_share_the_system() {
    let mut shop = Shop::new();
    let every = steady(Process::Deterministic, 1e7, JourneyId(0));
    shop.b.source("users", shop.entry, every);
    let log = build::at(&[200, 500], JourneyId(1));
    shop.b.source("log", shop.entry, log);
    let seen = trace(&shop.b.program, &[]);
    let offered = seen.classes.iter().map(|class| class.offered);
    assert_eq!(offered.collect::<Vec<_>>(), [9, 2]);
    let sums = seen.classes.iter().map(|class| class.response_sum);
    assert_eq!(sums.sum::<u128>(), 11 * 10 + 2 * 10);
}

/// 4000 journeys of 400 persons over four nodes by the hash of their addresses.
fn hashed(hidden: f64) -> Observations {
    let mut b = Builder::new();
    let entry = b.steps([Step::Reply]);
    let mut targets = Vec::new();
    for name in ["a", "b", "c", "d"] {
        targets.push((b.component(name, 1)[0], entry));
    }
    let call = b.call("user -> web", Policy::SourceHash, &targets, |_| ());
    let enter = b.steps([Step::Forward { call }]);
    let (_, journey) = b.class("request", None);
    b.source("users", enter, steady(Process::Deterministic, 1e6, journey));
    b.program.sources[0].people = Some(400);
    b.program.sources[0].behind_proxy = hidden;
    checked(&b.program, &plan(3, End::At(4_000_001)))
}

/// S26: everybody behind the proxy is one address, and so goes to one node.
#[test]
fn a_proxy_is_one_address() {
    let shares = |seen: &Observations| -> Vec<u64> {
        let mut shares: Vec<u64> = seen.components.iter().map(|one| one.completed).collect();
        shares.sort_unstable();
        shares
    };
    assert_eq!(shares(&hashed(1.0)), [0, 0, 0, 4000]);
    // 100 persons of 400 to each: binomial standard deviation 8.7 persons.
    let even = shares(&hashed(0.0));
    assert!(even[0] > 550 && even[3] < 1450, "{even:?}");
    // Half of the persons to one node, and a quarter of the rest: 2500.
    let half = shares(&hashed(0.5));
    assert!(half[3].abs_diff(2500) < 500, "{half:?}");
}

/// Names belong to persons of one workload: person 0 of another one asks again. 5 for a lookup.
#[test]
fn persons_of_different_workloads_are_different_persons() {
    let mut p = Paper::new();
    let (web, dns) = (p.node("web"), p.node("dns"));
    let entry = p.b.steps([Step::Reply]);
    let call = p.call("user -> web", web, entry, |_| ());
    let lookup = p.ns(5);
    p.b.program.stores = vec![Store {
        ttl: 500,
        warm: false,
        servers: vec![NodeId(dns.0)],
        lookup,
        selector: p.b.program.calls[0].selector,
        owner: ComponentId(1),
    }];
    let store = StoreId(0);
    let fresh = Pc::from(p.b.program.steps.len() + 2);
    let enter = p.b.steps([
        Step::Recall { store, fresh },
        Step::Resolve { store, key: 4 },
        Step::ForwardResolved { store, call },
    ]);
    let (_, journey) = p.b.class("request", None);
    let log = |entries: &[(u64, u32)]| Arrivals::Replay {
        log: entries
            .iter()
            .map(|&(at, who)| (at, journey, who))
            .collect(),
        items: Vec::new(),
    };
    p.b.source("one", enter, log(&[(0, 0), (10, 1), (20, 2), (30, 1)]));
    p.b.source("two", enter, log(&[(40, 0), (50, 1), (60, 0)]));
    let seen = trace(&p.b.program, &[]);
    assert_eq!(seen.classes[0].response_sum, 5 * 5);
}
