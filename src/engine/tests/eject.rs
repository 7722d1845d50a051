//! Pencil traces of targets that are left out for their failures.

use super::{Paper, result, trace};
use crate::engine::id::{GuardId, LinkId, NodeId, SelectorId};
use crate::engine::observation::Observations;
use crate::engine::program::Step;
use crate::engine::program::{Back, Call, Effect, Eject, Guard, Policy, Program, Reason, Ties};

const WEB: NodeId = NodeId(0);
const FIRST: NodeId = NodeId(1);
const SECOND: NodeId = NodeId(2);
const DB: SelectorId = SelectorId(0);

/// As nginx does, in ns: one failure of the latest 100, for 100, then one on trial.
fn nginx() -> Eject {
    Eject {
        node: WEB,
        link: LinkId(0),
        failures: 1,
        within: Some(100),
        time: 100,
        longest: 100,
        back: Back::OnTrial,
        most: 2,
    }
}

/// The first of those with the fewest open requests: the first node, unless it is at work.
const FIRST_FREE: Policy = Policy::LeastConnections { ties: Ties::First };

/// web calls one of two db nodes, one server each, which needs so long; users come at `instants`.
fn pair(
    eject: Eject,
    policy: Policy,
    [first, second]: [u64; 2],
    instants: &[u64],
    set: impl FnOnce(&mut Call),
) -> Program {
    let mut p = Paper::new();
    let web = p.node("web");
    let nodes = p.b.component("db", 2);
    let entries = [p.queue(nodes[0], first), p.queue(nodes[1], second)]
        .map(|serve| p.b.steps([serve, Step::Reply]));
    let targets = [(nodes[0], entries[0]), (nodes[1], entries[1])];
    let call = p.b.call("web -> db", policy, &targets, |call| {
        call.guard = Some(GuardId(0));
        set(call);
    });
    p.b.program.selectors[0].eject = Some(eject);
    p.b.program.guards.push(Guard {
        node: WEB,
        link: LinkId(0),
        budget: None,
        breaker: None,
        bulkhead: None,
        rate: None,
    });
    let ask = Step::Call {
        call,
        otherwise: None,
    };
    let entry = p.b.steps([ask, Step::Reply]);
    let user = p.call("user -> web", web, entry, |_| ());
    p.users(instants, user)
}

fn failed(seen: &Observations) -> u64 {
    result(seen).2.iter().map(|failure| failure.1).sum()
}

/// Those of the instants at which a request arrives that fails.
fn failing(
    program: impl Fn(&[u64]) -> Program,
    instants: &[u64],
    effects: &[(u64, Effect)],
) -> Vec<u64> {
    let failed = |count: usize| failed(&trace(&program(&instants[..count]), effects));
    let fails = |place: &usize| failed(place + 1) > failed(*place);
    (0..instants.len())
        .filter(fails)
        .map(|place| instants[place])
        .collect()
}

fn every(step: usize, until: u64) -> Vec<u64> {
    (0..until).step_by(step).collect()
}

/// The first node is down from 50 to 300. The request of 60 fails and puts it out until 160; that
/// of 160 is the trial (S45: it may be chosen again before the arrival), that of 260 the next. That
/// of 360 finds it well, and it is in.
#[test]
fn a_dead_node_costs_a_request_for_each_time_it_is_left_out() {
    let program = |instants: &[u64]| pair(nginx(), FIRST_FREE, [10, 10], instants, |_| ());
    let effects = [(50, Effect::Crash(FIRST)), (300, Effect::Repair(FIRST))];
    let instants = every(20, 500);
    assert_eq!(failing(program, &instants, &effects), [60, 160, 260]);
    let seen = trace(&program(&instants), &effects);
    assert_eq!(result(&seen).2, [(Reason::Down, 3)]);
    let link = seen.links[0];
    assert_eq!((link.ejected, link.spared), (3, 0));
    // 60 to 360 but for no time at 160 and 260, and the trial of 360 until its answer at 370.
    assert_eq!(link.out_ns, 310);
    // 0, 20, 40, and 360, 380, .. 480.
    assert_eq!(seen.stations[0].served, 3 + 7);
    assert_eq!(seen.stations[1].served, 25 - 3 - 10);
}

/// Without ejection every request goes there and fails, from 60 to 280.
#[test]
fn without_it_all_fail_that_are_sent_there() {
    let program = |instants: &[u64]| {
        let mut program = pair(nginx(), FIRST_FREE, [10, 10], instants, |_| ());
        program.selectors[0].eject = None;
        program
    };
    let effects = [(50, Effect::Crash(FIRST)), (300, Effect::Repair(FIRST))];
    let expected: Vec<u64> = every(20, 500)[3..15].to_vec();
    assert_eq!(failing(program, &every(20, 500), &effects), expected);
}

/// In turn; the first node needs 500 and callers wait for 30. The request of 0 gives up at 30, and
/// the node is left out; that of 20 gives up at 50. On trial that puts the end off to 150; it is
/// then the other's turn, and the trial of 160 gives up at 190. Else the node is back at 130, and
/// those of 140 and 160 go there.
#[test]
fn timeouts_of_attempts_that_left_before() {
    let program = |back| {
        move |instants: &[u64]| {
            let eject = Eject { back, ..nginx() };
            let mut program = pair(eject, Policy::Weighted, [500, 10], instants, |_| ());
            program.lanes.push(30);
            program.calls[0].timeout = Some(crate::engine::id::LaneId(0));
            program
        }
    };
    let instants = every(10, 260);
    let on_trial = failing(program(Back::OnTrial), &instants, &[]);
    assert_eq!(on_trial, [0, 20, 160]);
    let at_once = failing(program(Back::AtOnce), &instants, &[]);
    assert_eq!(at_once, [0, 20, 140, 160]);
    let link = trace(&program(Back::AtOnce)(&instants), &[]).links[0];
    // From 30 to 130, and from 170 to 270.
    assert_eq!((link.ejected, link.timeouts, link.out_ns), (2, 4, 200));
}

/// Both are down from 50, the first until 130. At 60 the first goes; at 80 the second would, and
/// nobody would be left: both are asked again, in the same order.
#[test]
fn the_last_one_is_not_left_out_and_all_come_back() {
    let program = |instants: &[u64]| pair(nginx(), FIRST_FREE, [10, 10], instants, |_| ());
    let effects = [
        (50, Effect::Crash(FIRST)),
        (50, Effect::Crash(SECOND)),
        (130, Effect::Repair(FIRST)),
    ];
    let instants = every(20, 240);
    assert_eq!(failing(program, &instants, &effects), [60, 80, 100, 120]);
    let link = trace(&program(&instants), &effects).links[0];
    assert_eq!((link.ejected, link.spared, link.out_ns), (2, 2, 40));
}

/// One of two may be out: the second is asked on, whatever it does.
#[test]
fn no_more_are_left_out_than_may_be() {
    let one = Eject { most: 1, ..nginx() };
    let program = |instants: &[u64]| pair(one, FIRST_FREE, [10, 10], instants, |_| ());
    let effects = [
        (50, Effect::Crash(FIRST)),
        (50, Effect::Crash(SECOND)),
        (130, Effect::Repair(FIRST)),
    ];
    // The first is back on trial at 160 only.
    let expected = [60, 80, 100, 120, 140];
    assert_eq!(failing(program, &every(20, 240), &effects), expected);
    let link = trace(&program(&every(20, 240)), &effects).links[0];
    assert_eq!((link.ejected, link.spared), (1, 4));
}

/// With a second try at once nobody notices, at the price of a further attempt each time.
#[test]
fn a_retry_goes_to_another_node() {
    let program = |instants: &[u64]| {
        pair(nginx(), FIRST_FREE, [10, 10], instants, |call| {
            call.attempts = 2;
        })
    };
    let effects = [(50, Effect::Crash(FIRST)), (300, Effect::Repair(FIRST))];
    let instants = every(20, 500);
    let seen = trace(&program(&instants), &effects);
    assert_eq!(failed(&seen), 0);
    assert_eq!((seen.links[0].attempts, seen.links[0].retries), (28, 3));
    // Without ejection the second try would go to the dead node as well.
    let mut blind = program(&instants);
    blind.selectors[0].eject = None;
    assert_eq!(failed(&trace(&blind, &effects)), 12);
}

/// S48: web, back at 80, does not know any more that the first node is out.
#[test]
fn a_caller_that_comes_back_has_left_nobody_out() {
    let program = |instants: &[u64]| pair(nginx(), FIRST_FREE, [10, 10], instants, |_| ());
    let effects = [
        (50, Effect::Crash(FIRST)),
        (70, Effect::Crash(WEB)),
        (80, Effect::Repair(WEB)),
    ];
    let instants = [52, 55, 90, 95, 189, 190];
    assert_eq!(failing(program, &instants, &effects), [52, 90, 190]);
}

fn belief(target: u32, up: bool) -> Effect {
    Effect::Belief {
        selector: DB,
        target,
        up,
        rank: 0,
    }
}

/// Left out until 160 and believed down from 70 to 200: both must be over.
#[test]
fn health_checks_and_ejection_both_keep_a_node_away() {
    let program = |instants: &[u64]| pair(nginx(), FIRST_FREE, [10, 10], instants, |_| ());
    let effects = [
        (50, Effect::Crash(FIRST)),
        (70, belief(0, false)),
        (150, Effect::Repair(FIRST)),
        (200, belief(0, true)),
    ];
    let instants = every(20, 300);
    assert_eq!(failing(program, &instants, &effects), [60]);
    let seen = trace(&program(&instants), &effects);
    // 0, 20, 40, and 200, 220, .. 280.
    assert_eq!(seen.stations[0].served, 3 + 5);
}

/// At 100 the other one is believed down while the first is left out: the first is asked again.
#[test]
fn who_is_left_out_is_better_than_nobody() {
    let program = |instants: &[u64]| pair(nginx(), FIRST_FREE, [10, 10], instants, |_| ());
    let effects = [
        (50, Effect::Crash(FIRST)),
        (100, belief(1, false)),
        (120, belief(1, true)),
    ];
    let instants = [60, 90, 110, 130, 150];
    assert_eq!(failing(program, &instants, &effects), [60, 110, 130]);
}
