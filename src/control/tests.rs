//! Timelines of whole models, by hand.

use super::*;
use crate::engine::id::{GateId, NodeId, StoreId};
use crate::fault::crash_of;
use crate::lower::lower;
use crate::model::Part;
use crate::model::builder::{Builder, constant, exponential, health, ms, seconds};
use crate::model::{self, ComponentId, NameService, Takeover, Tier};

/// `lb` hands on to three `was`, checked every 2 s.
fn balanced() -> (Builder, ComponentId) {
    let mut b = Builder::new("balanced");
    let lb = b.component("lb", 1);
    let was = b.component("was", 3);
    let forward = b.forward(lb, was);
    b.operation(lb, "default", vec![forward])
        .operation(was, "default", Vec::new());
    b.link(lb, was).health = Some(health(seconds(2), 3, 2));
    b.open("users", 1.0, &[("default", lb, 1.0)]);
    (b, was)
}

fn node(number: u32) -> Part {
    Part::Node(model::NodeId(number))
}

fn at(time: u64, effect: Effect) -> TimedEffect {
    TimedEffect { at: time, effect }
}

fn belief(selector: u32, target: u32, up: bool, rank: u8) -> Effect {
    Effect::Belief {
        selector: SelectorId(selector),
        target,
        up,
        rank,
    }
}

/// Phase p: first failed check at 100 s + p (all multiples of 2 s), down 4 s later; after the
/// repair at 200 s the second good check at 202 s + p.
#[test]
fn a_balancer_finds_out_by_its_checks() {
    let (b, _) = balanced();
    let model = b.build();
    let lowered = lower(&model);
    let faults = [crash_of(node(2), seconds(100), Some(seconds(100)))];
    let setting = health(seconds(2), 3, 2);
    for replication in 0..50 {
        let phase = phase((7, replication), "lb", "was/2", setting);
        assert!(phase < seconds(2));
        let expected = [
            at(seconds(100), Effect::Crash(NodeId(2))),
            at(seconds(104) + phase, belief(1, 1, false, 0)),
            at(seconds(200), Effect::Repair(NodeId(2))),
            at(seconds(202) + phase, belief(1, 1, true, 0)),
        ];
        assert_eq!(
            timeline_of(&model, &lowered, &faults, 7, replication),
            expected
        );
    }
}

/// S37: another component, or another replica, leaves the phases alone.
#[test]
fn phases_depend_on_names_only() {
    let faults = [crash_of(node(2), seconds(100), None)];
    let times = |b: Builder| {
        let model = b.build();
        timeline_of(&model, &lower(&model), &faults, 7, 3)
            .into_iter()
            .map(|effect| effect.at)
            .collect::<Vec<_>>()
    };
    let (mut larger, _) = balanced();
    larger.component("more", 2);
    assert_eq!(times(balanced().0), times(larger));
}

/// R19: the defaults of `HAProxy` find a loss after 5 s in the mean, at the latest after 6 s.
#[test]
fn recovery_by_checks() {
    let (mut b, was) = balanced();
    let model = b.clone().build();
    let found = recovery(&model, &lower(&model), node(2));
    assert_eq!(
        found,
        Some(Recovery {
            mean: seconds(5),
            worst: seconds(6)
        })
    );
    // Without checks a third of the requests fails until the repair.
    b.link(ComponentId(0), was).health = None;
    let blind = b.build();
    assert_eq!(recovery(&blind, &lower(&blind), node(2)), None);
    // A balancer of one node: nobody takes over.
    assert_eq!(recovery(&model, &lower(&model), node(0)), None);
}

/// VRRP at an interval of 1 s: 3.609 s. The users' selector turns to the standby and back.
#[test]
fn a_standby_takes_over_and_gives_back() {
    let mut b = Builder::new("pair");
    let lb = b.pair("lb", ms(3609), seconds(1));
    b.operation(lb, "default", Vec::new());
    b.open("users", 1.0, &[("default", lb, 1.0)]);
    let model = b.build();
    let lowered = lower(&model);
    let faults = [crash_of(node(0), seconds(10), Some(seconds(50)))];
    let expected = [
        at(seconds(10), Effect::Crash(NodeId(0))),
        at(ms(13_609), belief(0, 0, false, 1)),
        at(ms(13_609), belief(0, 1, true, 0)),
        at(seconds(60), Effect::Repair(NodeId(0))),
        at(seconds(61), belief(0, 0, true, 0)),
        at(seconds(61), belief(0, 1, false, 1)),
    ];
    assert_eq!(timeline_of(&model, &lowered, &faults, 1, 0), expected);
    let found = recovery(&model, &lowered, node(0));
    assert_eq!(
        found,
        Some(Recovery {
            mean: ms(3609),
            worst: ms(3609)
        })
    );
    // Nobody notices the loss of an idle standby.
    assert_eq!(
        recovery(&model, &lowered, node(1)),
        Some(Recovery::default())
    );
}

/// As above behind a name service that never looks: it tells of the standby, and what clients
/// hold is the address, which follows it; the time to live of the name does not matter.
#[test]
fn clients_of_a_name_hold_the_shared_address() {
    let mut b = Builder::new("named pair");
    let dns = b.component("dns", 1);
    let lb = b.pair("lb", ms(3609), seconds(1));
    let call = b.calling(dns, &[(lb, 1.0)], None);
    b.operation(dns, "default", vec![model::Step::Resolve(call)]);
    b.operation(lb, "default", Vec::new());
    b.model().components[dns.index()].names = Some(NameService {
        ttl: seconds(60),
        lookup: exponential(ms(8)),
        health: None,
    });
    b.open("users", 1.0, &[("default", dns, 1.0)]);
    let model = b.build();
    let lowered = lower(&model);
    let faults = [crash_of(node(1), seconds(10), Some(seconds(50)))];
    let handover = |holder| Effect::Handover {
        store: StoreId(0),
        address: 0,
        holder,
    };
    let expected = [
        at(seconds(10), Effect::Crash(NodeId(1))),
        at(ms(13_609), belief(0, 0, false, 1)),
        at(ms(13_609), belief(0, 1, true, 0)),
        at(ms(13_609), handover(1)),
        at(seconds(60), Effect::Repair(NodeId(1))),
        at(seconds(61), belief(0, 0, true, 0)),
        at(seconds(61), belief(0, 1, false, 1)),
        at(seconds(61), handover(0)),
    ];
    assert_eq!(timeline_of(&model, &lowered, &faults, 1, 0), expected);
    let found = recovery(&model, &lowered, node(1));
    let time = ms(3609);
    assert_eq!(
        found,
        Some(Recovery {
            mean: time,
            worst: time
        })
    );
}

/// Callers check the address, not the node: a takeover before the third check goes unseen, a
/// later one is seen as an outage that ends `rise` checks after the takeover.
#[test]
fn checks_watch_the_shared_address() {
    let mut b = Builder::new("checked pair");
    let web = b.component("web", 1);
    let lb = b.pair("lb", ms(3609), seconds(1));
    let call = b.call(web, lb);
    b.operation(web, "default", vec![call])
        .operation(lb, "default", Vec::new());
    b.open("users", 1.0, &[("default", web, 1.0)]);
    b.link(web, lb).health = Some(health(seconds(2), 3, 2));
    let slow = b.clone().build();
    let unseen = Recovery {
        mean: ms(3609),
        worst: ms(3609),
    };
    assert_eq!(recovery(&slow, &lower(&slow), node(1)), Some(unseen));
    b.link(web, lb).health = Some(health(seconds(1), 2, 2));
    let quick = b.build();
    let seen = recovery(&quick, &lower(&quick), node(1)).expect("the standby takes over");
    // Two good checks after 3.609 s: between 4.609 s and 5.609 s, at a grain of 1 s / 512.
    assert!((ms(5609)..=ms(5611)).contains(&seen.worst), "{seen:?}");
    assert!(seen.mean.abs_diff(ms(5109)) <= ms(1), "{seen:?}");
}

/// One primary and one replica; reads and writes by `app`.
fn database(detect: u64, promote: u64) -> Builder {
    let mut b = Builder::new("database");
    let app = b.component("app", 1);
    let db = b.database("db", 0, 1);
    b.tier_operation(db, "read", Tier::Replicas, Vec::new(), 0.0);
    b.tier_operation(db, "write", Tier::Primary, Vec::new(), 0.0);
    let calls = vec![
        b.call_operation(app, db, "read"),
        b.call_operation(app, db, "write"),
    ];
    b.operation(app, "default", calls);
    b.model().components[db.index()].takeover = Takeover::Promotion { detect, promote };
    b.open("users", 1.0, &[("default", app, 1.0)]);
    b
}

/// Selector 1 reads, selector 2 writes; node 1 is the primary. Lost at 100 s for 200 s, known
/// at 110 s, promoted at 130 s; back among the readers at 310 s.
#[test]
fn a_replica_is_promoted_and_stays() {
    let model = database(seconds(10), seconds(20)).build();
    let lowered = lower(&model);
    let faults = [crash_of(node(1), seconds(100), Some(seconds(200)))];
    let expected = [
        at(seconds(100), Effect::Crash(NodeId(1))),
        at(seconds(110), belief(1, 0, false, 2)),
        at(seconds(110), belief(2, 0, false, 1)),
        at(seconds(130), belief(1, 1, true, 1)),
        at(seconds(130), belief(2, 1, true, 0)),
        at(seconds(300), Effect::Repair(NodeId(1))),
        at(seconds(310), belief(1, 0, true, 0)),
    ];
    assert_eq!(timeline_of(&model, &lowered, &faults, 1, 0), expected);
    let found = recovery(&model, &lowered, node(1));
    assert_eq!(
        found,
        Some(Recovery {
            mean: seconds(30),
            worst: seconds(30)
        })
    );
    // A lost replica: reads go on at the primary once it is known.
    let replica = recovery(&model, &lowered, node(2));
    assert_eq!(
        replica,
        Some(Recovery {
            mean: seconds(10),
            worst: seconds(10)
        })
    );
}

/// S45: at one instant the fault comes first.
#[test]
fn faults_come_before_controls() {
    let model = database(0, 0).build();
    let faults = [crash_of(node(1), seconds(1), None)];
    let effects = timeline_of(&model, &lower(&model), &faults, 1, 0);
    assert!(effects.iter().all(|effect| effect.at == seconds(1)));
    assert_eq!(effects[0].effect, Effect::Crash(NodeId(1)));
    assert_eq!(effects.len(), 1 + 4);
}

/// Users resolve `web` at `dns`, which checks every 30 s and gives up after 3; names live 60 s.
fn names() -> Builder {
    let mut b = Builder::new("names");
    let dns = b.component("dns", 2);
    let web = b.component("web", 2);
    let call = b.calling(dns, &[(web, 1.0)], None);
    b.operation(dns, "default", vec![model::Step::Resolve(call)]);
    b.operation(web, "default", Vec::new());
    b.model().components[dns.index()].names = Some(NameService {
        ttl: seconds(60),
        lookup: exponential(ms(8)),
        health: Some(health(seconds(30), 3, 2)),
    });
    b.open("users", 1.0, &[("default", dns, 1.0)]);
    b
}

/// R20: 75 s until the address is withdrawn and 30 s until a client looks again in the mean,
/// 150 s at worst; the name servers themselves back each other.
#[test]
fn dns_failover() {
    let model = names().build();
    let lowered = lower(&model);
    let found = recovery(&model, &lowered, node(2));
    assert_eq!(
        found,
        Some(Recovery {
            mean: seconds(105),
            worst: seconds(150)
        })
    );
    assert_eq!(
        recovery(&model, &lowered, node(0)),
        Some(Recovery::default())
    );

    let faults = [crash_of(node(2), seconds(1000), None)];
    let replications = 4000;
    let mut sum = 0.0;
    for replication in 0..replications {
        let effects = timeline_of(&model, &lowered, &faults, 5, replication);
        assert_eq!(effects[1].effect, belief(0, 0, false, 0));
        let withdrawn = effects[1].at - seconds(1000);
        assert!((seconds(60)..seconds(90)).contains(&withdrawn));
        sum += withdrawn as f64 / 1e9;
    }
    // U(60, 90): five standard errors are 5 * 30 / sqrt(12 * 4000) = 0.69 s.
    let mean = sum / f64::from(replications);
    assert!((mean - 75.0).abs() < 0.69, "{mean}");
}

/// A switch is lost for 100 s; traffic moves after 3 s and stays on the other.
#[test]
fn traffic_moves_to_the_other_switch() {
    let (mut b, was) = balanced();
    let (first, second) = (b.switch("s1"), b.switch("s2"));
    let link = b.link(ComponentId(0), was);
    link.via = Some(model::Path {
        options: vec![vec![first], vec![second]],
        detect: seconds(3),
    });
    let model = b.build();
    let lowered = lower(&model);
    let faults = [crash_of(
        Part::Switch(first),
        seconds(100),
        Some(seconds(100)),
    )];
    let expected = [
        at(seconds(100), Effect::Gate(GateId(0), false)),
        at(seconds(103), Effect::Reroute(RouteId(0), 1)),
        at(seconds(200), Effect::Gate(GateId(0), true)),
    ];
    assert_eq!(timeline_of(&model, &lowered, &faults, 1, 0), expected);
    let found = recovery(&model, &lowered, Part::Switch(first));
    assert_eq!(
        found,
        Some(Recovery {
            mean: seconds(3),
            worst: seconds(3)
        })
    );
    let spare = recovery(&model, &lowered, Part::Switch(second));
    assert_eq!(spare, Some(Recovery::default()));
}

/// The only switch: checks over it fail too, so the balancer ends up with nobody.
#[test]
fn checks_do_not_cross_a_cut_path() {
    let (mut b, was) = balanced();
    let only = b.switch("s1");
    let path = model::Path {
        options: vec![vec![only]],
        detect: seconds(3),
    };
    b.link(ComponentId(0), was).via = Some(path);
    let model = b.build();
    let lowered = lower(&model);
    let faults = [crash_of(
        Part::Switch(only),
        seconds(100),
        Some(seconds(60)),
    )];
    let effects = timeline_of(&model, &lowered, &faults, 1, 0);
    let lost = |effect: &&TimedEffect| matches!(effect.effect, Effect::Belief { up: false, .. });
    assert_eq!(effects.iter().filter(lost).count(), 3);
    assert_eq!(effects.len(), 2 + 6);
    assert_eq!(recovery(&model, &lowered, Part::Switch(only)), None);
}

#[test]
fn the_lead_in_moves_everything() {
    let mut b = Builder::new("t");
    let part = b.component("a", 1);
    b.operation(part, "default", vec![model::Step::Wait(constant(1))]);
    b.fault(crash_of(node(0), seconds(1), Some(seconds(1))));
    let model = b.build();
    let mut effects = timeline(&model, &lower(&model), 1, 0);
    after_lead_in(&mut effects, seconds(30));
    let expected = [
        at(seconds(31), Effect::Crash(NodeId(0))),
        at(seconds(32), Effect::Repair(NodeId(0))),
    ];
    assert_eq!(effects, expected);
}
