//! Certificates that expire and rates that surge: traces from the model to the last ns.

use super::run::{observe, plan};
use crate::control::timeline;
use crate::engine::observation::Observations;
use crate::engine::program::Reason;
use crate::lower::lower;
use crate::model::builder::{Builder, constant, ms, seconds};
use crate::model::{
    Arrivals, Backoff, ComponentId, Discipline, Fault, FaultKind, FaultTarget, Process, Retry,
    WorkloadId,
};

/// Users at 1, 2, 3 .. s -> web (one core, no work, threads) -> app (one core, `service` ms, one
/// after the other).
fn line(service: u64, attempts: u32) -> (Builder, ComponentId) {
    let mut b = Builder::new("line");
    let web = b.component("web", 1);
    let app = b.component("app", 1);
    b.threads(web, 100, 100);
    b.resource(app, "cpu", Some(1), Discipline::Fcfs);
    let to_app = b.call(web, app);
    b.link(web, app).retry = (attempts > 1).then(|| Retry {
        attempts,
        backoff: Backoff::Law(constant(0)),
        elsewhere: false,
        budget: None,
    });
    b.operation(web, "default", vec![to_app]);
    let work = b.work(app, "cpu", constant(ms(service)));
    b.operation(app, "default", vec![work]);
    b.open("users", 1.0, &[("default", web, 1.0)]);
    if let Arrivals::Open { process, .. } = &mut b.model().workloads[0].arrivals {
        *process = Process::Deterministic;
    }
    (b, app)
}

fn fault(kind: FaultKind, target: FaultTarget, at: u64, lasts: u64) -> Fault {
    Fault {
        kind,
        target,
        at: seconds(at),
        lasts: Some(seconds(lasts)),
    }
}

/// 60.5 s of a model under its faults: arrivals at 1 to 60 s.
fn watched(b: Builder) -> Observations {
    let model = b.build();
    let lowered = lower(&model);
    let effects = timeline(&model, &lowered, 11, 0);
    observe(&lowered, &plan(0, seconds(60) + ms(500), effects))
}

/// From 10 to 20 s all fail, each twice and at once. Who came before is served meanwhile, the one
/// of 9 s from 13.8 to 15.4 s.
#[test]
fn all_requests_fail_until_it_is_renewed() {
    let (mut b, app) = line(1600, 2);
    let nodes = b.model().component(app).nodes.clone();
    b.fault(fault(FaultKind::Expire, FaultTarget::Nodes(nodes), 10, 10));
    let seen = watched(b);
    let class = &seen.classes[0];
    assert_eq!(class.failed[Reason::Error as usize], 10);
    assert_eq!((class.succeeded, class.offered), (50, 60));
    assert_eq!(class.failure_time.max(), Some(0), "told at once");
    let link = seen.links.iter().find(|link| link.retries > 0).unwrap();
    assert_eq!((link.retries, link.failed), (10, 10), "in vain");
    assert_eq!(seen.components[app.index()].wasted_ns, 0);
    // Each waits 0.6 s longer than the one before: nine, and from 20 s on 41 more.
    let times = |count: u64| (1..=count).map(|n| 1000 + 600 * n).sum::<u64>();
    assert_eq!(class.response_sum, u128::from(ms(times(9) + times(41))));
}

/// While it has expired, the node crashes from 12 to 14 s and comes back: that helps nobody.
#[test]
fn a_restart_renews_nothing() {
    let (mut b, app) = line(100, 1);
    let nodes = FaultTarget::Nodes(b.model().component(app).nodes.clone());
    b.fault(fault(FaultKind::Expire, nodes.clone(), 10, 10));
    b.fault(fault(FaultKind::Crash, nodes, 12, 2));
    let failed = watched(b).classes[0].failed;
    assert_eq!(failed[Reason::Error as usize], 8);
    assert_eq!(failed[Reason::Down as usize], 2);
    assert_eq!(failed.iter().sum::<u64>(), 10);
}

fn overloaded(b: &mut Builder) {
    let users = FaultTarget::Workload(WorkloadId(0));
    b.fault(fault(FaultKind::Overload(2.0), users, 10, 10));
}

/// 0.8 s each. Twice as many from 10 to 20 s, at 10.5, 11 .. 20 s: each waits 0.3 s longer than the
/// one before, the last 6.0 s. Then one a second, each waiting 0.2 s less: 5.8, 5.6 .. 0 s.
#[test]
fn an_overload_is_a_rate_times_a_factor() {
    let (mut b, app) = line(800, 1);
    overloaded(&mut b);
    let seen = watched(b);
    let class = &seen.classes[0];
    assert_eq!((class.offered, class.succeeded), (70, 70));
    let waits = 300 * (1..=20).sum::<u64>() + (1..30).map(|j| 6000 - 200 * j).sum::<u64>();
    assert_eq!(class.response_sum, u128::from(ms(70 * 800 + waits)));
    assert_eq!(class.response.max(), Some(ms(6800)));
    assert_eq!(seen.components[app.index()].failed.iter().sum::<u64>(), 0);
}

/// The caller gives up after 2 s and has its thread back: the 5th to the 20th of the surge, and
/// the first 23 after it. The work for them is done all the same.
#[test]
fn late_answers_of_an_overload_are_wasted() {
    let (mut b, app) = line(800, 1);
    overloaded(&mut b);
    let web = b.model().component_named("web").unwrap();
    b.link(web, app).timeout = Some(seconds(2));
    let seen = watched(b);
    let class = &seen.classes[0];
    assert_eq!(class.failed[Reason::Timeout as usize], 16 + 23);
    assert_eq!(class.succeeded, 70 - 39);
    let ends = [class.failure_time.min(), class.failure_time.max()];
    assert_eq!(ends, [Some(seconds(2)); 2]);
    let wasted = seen.components[app.index()].wasted_ns;
    assert_eq!(wasted, u128::from(ms(39 * 800)));
}
