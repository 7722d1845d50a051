//! From a model to numbers: lowered programs in the engine.

use std::sync::atomic::AtomicBool;

use super::three_tiers;
use crate::control::timeline_of;
use crate::engine::observation::{Ending, Observations};
use crate::engine::plan::{End, Plan};
use crate::engine::program::{Effect, Reason, TimedEffect};
use crate::engine::run;
use crate::fault::crash_of;
use crate::lower::{Lowered, Meter, lower};
use crate::model::Part;
use crate::model::builder::{Builder, constant, exponential, health, ms, seconds};
use crate::model::{self, NameService, NodeId, Policy, Tier};

pub(super) fn plan(replication: u32, end: u64, effects: Vec<TimedEffect>) -> Plan {
    Plan {
        seed: 11,
        replication,
        warm_up: 0,
        end: End::At(end),
        drain: seconds(60),
        in_flight_cap: 1_000_000,
        event_cap: 1_000_000_000,
        effects,
        bucket_ns: seconds(1),
        bucket_cap: 512,
        mark_ns: 0,
        scaling: None,
        busy_series: false,
        demand_bias: 1.0,
    }
}

/// Runs, and checks what holds in every run: one outcome for each request, areas that agree.
pub(super) fn observe(lowered: &Lowered, plan: &Plan) -> Observations {
    let seen = run(&lowered.program, plan, &AtomicBool::new(false));
    assert_eq!(seen.ending, Ending::Complete);
    for class in &seen.classes {
        let failed: u64 = class.failed.iter().sum();
        assert_eq!(
            class.offered,
            class.succeeded + class.late + failed + class.in_flight
        );
    }
    let audit = &seen.audit;
    assert_eq!(audit.in_system_area, audit.time_in_system);
    assert_eq!(audit.breakdown_error, 0);
    for (station, (busy, delivered)) in seen.stations.iter().zip(&audit.stations) {
        // Under processor sharing a job's service is rounded to whole ns at both ends (S40).
        let jobs = u128::from(station.served);
        assert!(busy.abs_diff(*delivered) <= jobs, "{busy} {delivered}");
    }
    seen
}

/// Product form (Baskett, Chandy, Muntz, Palacios 1975): was 8 ms / (1 - 0.6), db 3 ms /
/// (1 - 0.45), as 200 threads never bind.
#[test]
fn three_tiers_meet_theory() {
    let lowered = lower(&three_tiers(2, Policy::Random, false).build());
    let means: Vec<f64> = (0..10)
        .map(|replication| {
            let mut plan = plan(replication, seconds(1000), Vec::new());
            plan.warm_up = seconds(20);
            let seen = observe(&lowered, &plan);
            let class = &seen.classes[0];
            assert_eq!(class.in_flight + class.failed.iter().sum::<u64>(), 0);
            class.response_sum as f64 / class.succeeded as f64 / 1e6
        })
        .collect();
    let mean = means.iter().sum::<f64>() / 10.0;
    let squares: f64 = means.iter().map(|m| (m - mean) * (m - mean)).sum();
    let error = (squares / 90.0).sqrt();
    let expected = 8.0 / 0.4 + 3.0 / 0.55;
    assert!(
        (mean - expected).abs() < 4.8 * error,
        "{mean} +- {error}, not {expected}"
    );
    assert!(error < 0.15, "{error}");
}

/// A third of 300/s meets the dead node until the checks have found it; then nobody does.
#[test]
fn a_crash_is_felt_until_the_checks_find_it() {
    let mut b = three_tiers(3, Policy::RoundRobin, false);
    b.open("users", 300.0, &[]);
    b.model().workloads.truncate(1);
    let [lb, was] = ["lb", "was"].map(|name| b.model().component_named(name).expect("it is there"));
    b.cpu(was, 4);
    b.link(lb, was).health = Some(health(seconds(2), 3, 2));
    let model = b.build();
    let lowered = lower(&model);
    let faults = [crash_of(
        Part::Node(NodeId(1)),
        seconds(50),
        Some(seconds(50)),
    )];
    let effects = timeline_of(&model, &lowered, &faults, 11, 0);
    let found = effects
        .iter()
        .find(|timed| matches!(timed.effect, Effect::Belief { .. }));
    let blind = (found.expect("the checks find it").at - seconds(50)) as f64 / 1e9;
    let seen = observe(&lowered, &plan(0, seconds(200), effects));
    let failed = seen.classes[0].failed;
    let refused = failed[Reason::Down as usize] as f64;
    // Round robin thins a Poisson stream: the variance lies below the mean.
    let expected = 150.0 / 3.0 * blind;
    assert!(
        (refused - expected).abs() < 5.0 * expected.sqrt(),
        "{refused}, not {expected}"
    );
    let lost = failed[Reason::Reset as usize];
    assert!(lost < 20, "what was inside at the crash: {lost}");
    assert_eq!(failed.iter().sum::<u64>(), refused as u64 + lost);
    // Up for 150 of 200 s.
    assert_eq!(seen.node_up_ns[1], seconds(150));
}

/// S13: every write loads each of two replicas with a quarter of its work.
#[test]
fn replicas_apply_writes() {
    let mut b = Builder::new("writes");
    let db = b.database("db", 0, 2);
    let write = vec![b.work(db, "cpu", exponential(ms(8)))];
    b.tier_operation(db, "default", Tier::Primary, write, 0.25);
    b.open("users", 50.0, &[("default", db, 1.0)]);
    let lowered = lower(&b.build());
    let seen = observe(&lowered, &plan(0, seconds(4000), Vec::new()));
    let busy = |node: u32| {
        let cpu = lowered
            .map
            .node_resource(NodeId(node), "cpu")
            .expect("a node has a cpu");
        let Meter::Station(station) = cpu.meters[0] else {
            panic!("a cpu is a station")
        };
        seen.stations[station.index()].busy.area as f64 / seconds(4000) as f64
    };
    // 200,000 writes: the relative standard error of the sum of demands is sqrt(2 / 200,000).
    assert!((busy(0) - 0.4).abs() < 5.0 * 0.4 * 0.00317, "{}", busy(0));
    for replica in [1, 2] {
        assert!(
            (busy(replica) - 0.1).abs() < 5.0 * 0.1 * 0.00317,
            "{}",
            busy(replica)
        );
    }
}

/// R20, lived through: each of 3000 people asks every 20 s and keeps a name for 60 s. Until the
/// address is withdrawn half of the requests meet the dead node; after it those who hold it (half
/// of the share 60/80 that holds any) fail for 30 s more in the mean.
#[test]
fn clients_keep_a_dead_address() {
    let mut b = Builder::new("names");
    let dns = b.component("dns", 2);
    let web = b.component("web", 2);
    let call = b.calling(dns, &[(web, 1.0)], None);
    b.operation(dns, "default", vec![model::Step::Resolve(call)])
        .operation(web, "default", Vec::new());
    b.model().components[dns.index()].names = Some(NameService {
        ttl: seconds(60),
        lookup: constant(ms(1)),
        health: Some(health(seconds(30), 3, 2)),
    });
    b.open("users", 150.0, &[("default", dns, 1.0)]);
    b.model().workloads[0].people = Some(3000);
    let model = b.build();
    let lowered = lower(&model);
    let (mut failed, mut expected) = (0.0, 0.0);
    for replication in 0..5 {
        // After 25 cycles of 60 s and a gap the ages of the names are spread evenly.
        let at = seconds(2000);
        let faults = [crash_of(Part::Node(NodeId(2)), at, None)];
        let effects = timeline_of(&model, &lowered, &faults, 11, replication);
        let withdrawn = (effects[1].at - at) as f64 / 1e9;
        let seen = observe(&lowered, &plan(replication, seconds(2200), effects));
        failed += seen.classes[0].failed[Reason::Down as usize] as f64;
        expected += 150.0 * (0.5 * withdrawn + 0.5 * 0.75 * 30.0);
    }
    // Per person and replication: a Poisson number of requests during a failing time whose
    // standard deviation is below 40 s, hence a variance below 105 / 20 / 2 + (40 / 20)^2.
    let error = (6.7f64 * 3000.0 * 5.0).sqrt();
    assert!(
        (failed - expected).abs() < 4.0 * error,
        "{failed}, not {expected} +- {error}"
    );
    assert!(error < 0.01 * expected);
}

/// The users' own timeout and retry hold behind a name service: with two addresses and a dead
/// one, all attempts of a request go to the address that was resolved.
#[test]
fn attempts_go_to_the_resolved_address() {
    let mut b = Builder::new("names");
    let dns = b.component("dns", 1);
    let web = b.component("web", 2);
    let call = b.calling(dns, &[(web, 1.0)], None);
    b.operation(dns, "default", vec![model::Step::Resolve(call)])
        .operation(web, "default", Vec::new());
    b.model().components[dns.index()].names = Some(NameService {
        ttl: seconds(60),
        lookup: constant(ms(1)),
        health: None,
    });
    b.open("users", 100.0, &[("default", dns, 1.0)]);
    b.user_link("users", dns).retry = Some(model::Retry {
        attempts: 3,
        backoff: model::Backoff::Law(constant(ms(10))),
        elsewhere: false,
        budget: None,
    });
    let model = b.build();
    let lowered = lower(&model);
    let faults = [crash_of(Part::Node(NodeId(1)), 0, None)];
    let effects = timeline_of(&model, &lowered, &faults, 11, 0);
    let seen = observe(&lowered, &plan(0, seconds(100), effects));
    let class = &seen.classes[0];
    let failed = class.failed[Reason::Down as usize];
    // In turn: every second newcomer.
    assert!(failed.abs_diff(class.succeeded) <= 1);
    assert_eq!(class.attempts, class.succeeded + 3 * failed);
}

/// A cache that holds three quarters is gone in the second half: all of its lookups miss then.
#[test]
fn lookups_are_hits_or_misses_and_every_miss_does_the_work() {
    let mut b = Builder::new("cached");
    let [was, cache, db] = ["was", "cache", "db"].map(|name| b.component(name, 1));
    let steps = vec![model::Step::Cached {
        lookup: b.calling(was, &[(cache, 1.0)], None),
        hit: 0.75,
        miss: vec![b.call(was, db)],
    }];
    b.operation(was, "default", steps);
    b.operation(cache, "default", Vec::new());
    b.operation(db, "default", Vec::new());
    b.open("users", 100.0, &[("default", was, 1.0)]);
    let model = b.build();
    let lowered = lower(&model);
    let faults = [crash_of(Part::Node(NodeId(1)), seconds(50), None)];
    let effects = timeline_of(&model, &lowered, &faults, 11, 0);
    let seen = observe(&lowered, &plan(0, seconds(100), effects));
    let crate::engine::observation::CacheObservation { hits, misses, .. } =
        seen.components[cache.index()].cache;
    assert_eq!(hits + misses, seen.classes[0].offered);
    assert_eq!(misses, seen.components[db.index()].completed);
    // A Poisson number of hits; five standard deviations.
    let expected = 50.0 * 100.0 * 0.75_f64;
    assert!(
        (hits as f64 - expected).abs() < 5.0 * expected.sqrt(),
        "{hits}"
    );
}
