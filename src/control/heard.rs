//! Who learns of which fault, by hand.

use super::timeline_of;
use crate::engine::program::{Effect, TimedEffect};
use crate::law::Law;
use crate::lower::lower;
use crate::model::builder::{Builder, health, ms, seconds};
use crate::model::{ComponentId, Fault, FaultKind, FaultTarget, LinkId, NodeId};

/// `lb` (node 0) hands on to three `was` (1 to 3), checked every 2 s; faults strike the last from
/// 100 to 200 s.
fn heard(kind: FaultKind, target: FaultTarget, replication: u32) -> Vec<TimedEffect> {
    let mut b = Builder::new("balanced");
    let lb = b.component("lb", 1);
    let was = b.component("was", 3);
    let forward = b.forward(lb, was);
    b.operation(lb, "default", vec![forward])
        .operation(was, "default", Vec::new());
    b.link(ComponentId(0), was).health = Some(health(seconds(2), 3, 2));
    b.open("users", 1.0, &[("default", lb, 1.0)]);
    b.fault(Fault {
        kind,
        target,
        at: seconds(100),
        lasts: Some(seconds(100)),
    });
    let model = b.build();
    timeline_of(&model, &lower(&model), &model.faults, 7, replication)
}

fn last() -> FaultTarget {
    FaultTarget::Nodes(vec![NodeId(3)])
}

/// When the last target is believed down, and up again.
fn beliefs(effects: &[TimedEffect]) -> Vec<(u64, u32, bool)> {
    let beliefs = effects.iter().filter_map(|timed| match timed.effect {
        Effect::Belief { target, up, .. } => Some((timed.at, target, up)),
        _ => None,
    });
    beliefs.collect()
}

/// Refusals are known after U(4, 6) s. In silence three timeouts of 2 s more: U(10, 12) s; back two
/// good checks after the end, one of which may have been waiting.
#[test]
fn checks_of_a_silent_node_cost_their_timeouts() {
    for replication in 0..20 {
        let crashed = beliefs(&heard(FaultKind::Crash, last(), replication));
        for kind in [FaultKind::BlackHole, FaultKind::Pause] {
            let silent = beliefs(&heard(kind, last(), replication));
            let [(down, 2, false), (up, 2, true)] = silent[..] else {
                panic!("{silent:?}")
            };
            assert_eq!(down, crashed[0].0 + seconds(6));
            assert!((seconds(202)..=seconds(204)).contains(&up), "{up}");
        }
    }
}

/// A link, or one side of a partition: all that is behind it is lost from sight, even one way.
#[test]
fn checks_do_not_cross_a_cut() {
    let hole = heard(FaultKind::BlackHole, FaultTarget::Link(LinkId(0)), 1);
    let downs = |effects: &[TimedEffect]| {
        let beliefs = beliefs(effects);
        beliefs.iter().filter(|belief| !belief.2).count()
    };
    assert_eq!(downs(&hole), 3);
    for both in [false, true] {
        let to = FaultTarget::Nodes(vec![NodeId(0)]);
        let cut = heard(FaultKind::Partition { to, both }, last(), 1);
        assert_eq!(downs(&cut), 1);
        // Of others than the balancer nobody is cut off here.
        let to = FaultTarget::Nodes(vec![NodeId(2)]);
        let cut = heard(FaultKind::Partition { to, both }, last(), 1);
        assert_eq!(downs(&cut), 0);
    }
}

/// Slow nodes, slow and lossy networks, errors and resets: checks stay green.
#[test]
fn checks_stay_green_where_there_are_answers() {
    for kind in [
        FaultKind::Slow(4.0),
        FaultKind::Latency(Law::Constant(ms(100) as f64)),
        FaultKind::Loss(0.5),
        FaultKind::Errors(1.0),
        FaultKind::Reset(1.0),
        FaultKind::Bandwidth(1e6),
        FaultKind::Flush(1.0),
        FaultKind::DnsError,
        FaultKind::SlowDisk(4.0),
        FaultKind::FullDisk,
        FaultKind::Expire,
        FaultKind::Leak(1),
        FaultKind::Overload(3.0),
    ] {
        let effects = heard(kind.clone(), last(), 1);
        assert_eq!(beliefs(&effects), []);
        // Its start and its end; nobody here has a line or a disk, a flush has no end, and an
        // overload is in the rate of the workload from the start.
        let expected = match kind {
            FaultKind::Bandwidth(_)
            | FaultKind::SlowDisk(_)
            | FaultKind::FullDisk
            | FaultKind::Overload(_) => 0,
            FaultKind::Flush(_) => 1,
            _ => 2,
        };
        assert_eq!(effects.len(), expected, "{kind:?}");
    }
}

/// One of three, drawn by seed: its own spell is put on, and the one who is struck is found.
#[test]
fn one_of_several_is_struck_and_found() {
    let any = FaultTarget::AnyOf(vec![NodeId(1), NodeId(2), NodeId(3)]);
    let mut struck = [0; 3];
    for replication in 0..60 {
        let effects = heard(FaultKind::BlackHole, any.clone(), replication);
        let Effect::Spell(spell, true) = effects[0].effect else {
            panic!("{effects:?}")
        };
        let found = beliefs(&effects);
        assert_eq!(found[0].1, spell.0);
        struck[spell.index()] += 1;
    }
    // Each 20 times, give or take five standard errors of sqrt(60 x 1/3 x 2/3) = 3.65.
    assert!(
        struck.iter().all(|&many| (2..=38).contains(&many)),
        "{struck:?}"
    );
}
