//! Pencil traces of crashes, switches and beliefs.

use super::{Paper, failed_after, result, trace};
use crate::engine::id::{GateId, NodeId, RouteId, SelectorId};
use crate::engine::observation::Breakdown;
use crate::engine::program::{Discipline, Effect, Part, Policy, Program, Reason, Route, Step};

/// A user forwards into web over a wire of 2 ns; web has one thread and one server of 10 ns.
fn web(instants: &[u64], discipline: Discipline) -> Program {
    let mut p = Paper::new();
    let web = p.node("web");
    let law = p.ns(10);
    let station = p.b.station(web, discipline, Some(1));
    let serve = p.b.serve(station, law);
    let threads = p.b.pool(1, Some(5));
    let entry =
        p.b.steps([Step::Acquire { pool: threads }, serve, Step::Reply]);
    let two = p.ns(2);
    let call = p.call("user -> web", web, entry, |call| call.latency = Some(two));
    p.users(instants, call)
}

/// S49: crash at 7: the visit in service (since 2) and the waiting one are reset, the user knows
/// at 9; the one that arrives at 8 finds the node down, knows at 10; repaired at 20, the one that
/// arrives at 20 is served (S45): 2 + 10 + 2.
#[test]
fn a_crash_resets_what_is_there_and_a_repaired_node_is_empty() {
    for discipline in [Discipline::Fcfs, Discipline::ProcessorSharing] {
        let program = web(&[0, 1, 6, 18], discipline);
        let effects = [
            (7, Effect::Crash(NodeId(0))),
            (20, Effect::Repair(NodeId(0))),
        ];
        let seen = trace(&program, &effects);
        let failures = vec![(Reason::Down, 1), (Reason::Reset, 2)];
        assert_eq!(result(&seen), (1, 14, failures));
        assert_eq!(failed_after(&seen), 9 + 8 + 4);
        assert_eq!(seen.components[0].wasted_ns, 5);
        assert_eq!(seen.node_up_ns, [1000 - 13]);
        assert_eq!(seen.audit.stations[0], (15, 15));
        assert_eq!(
            (seen.pools[0].used.area, seen.pools[0].waiting.area),
            (15, 4)
        );
    }
}

/// An answer that has left the node is not lost with it.
#[test]
fn an_answer_on_its_way_arrives() {
    let program = web(&[0], Discipline::Fcfs);
    assert_eq!(
        result(&trace(&program, &[(13, Effect::Crash(NodeId(0)))])),
        (1, 14, vec![])
    );
    // At 12 the service ends first: completion before fault (S45).
    assert_eq!(
        result(&trace(&program, &[(12, Effect::Crash(NodeId(0)))])),
        (1, 14, vec![])
    );
}

fn nested(connections: bool) -> Program {
    let mut p = Paper::new();
    let (web, db) = (p.node("web"), p.node("db"));
    let (page, query) = (p.queue(web, 4), p.queue(db, 10));
    let entry = p.b.steps([query, Step::Reply]);
    let pool = p.b.pool(1, None);
    let call = p.call("web -> db", db, entry, |call| {
        call.pool = connections.then_some(pool);
    });
    let entry = p.b.steps([
        page,
        Step::Call {
            call,
            otherwise: None,
        },
        Step::Reply,
    ]);
    let user = p.call("user -> web", web, entry, |_| ());
    p.users(&[0], user)
}

/// S49: the caller crashes at 6 while the database works until 14: the user learns at once, the
/// database's 10 ns are wasted, and so are the 4 of the caller.
#[test]
fn a_crashed_caller_leaves_its_call_running() {
    for connections in [false, true] {
        let seen = trace(&nested(connections), &[(6, Effect::Crash(NodeId(0)))]);
        assert_eq!(result(&seen), (0, 0, vec![(Reason::Reset, 1)]));
        assert_eq!(failed_after(&seen), 6);
        assert_eq!(
            (seen.components[0].wasted_ns, seen.components[1].wasted_ns),
            (4, 10)
        );
        assert_eq!(
            (seen.components[1].completed, seen.stations[1].busy.area),
            (1, 10)
        );
    }
}

/// The callee crashes at 6: the caller is reset and fails its own caller in turn.
#[test]
fn a_crashed_callee_resets_its_caller() {
    let seen = trace(&nested(true), &[(6, Effect::Crash(NodeId(1)))]);
    assert_eq!(result(&seen), (0, 0, vec![(Reason::Reset, 1)]));
    assert_eq!(seen.components[0].failed[Reason::Reset as usize], 1);
    assert_eq!(seen.components[1].failed[Reason::Reset as usize], 1);
    assert_eq!(seen.components[1].wasted_ns, 2);
    assert_eq!(seen.pools[0].used.area, 2);
}

/// A wire of 2 ns over a switch that is down at 2 stops the request there; one that goes down at
/// 13 stops the answer. Moved to the other switch at 20, the way is open again.
#[test]
fn a_dead_switch_stops_requests_and_answers() {
    let mut program = web(&[0], Discipline::Fcfs);
    program.gates = vec!["a".into(), "b".into()];
    program.routes = vec![Route {
        options: vec![vec![GateId(0)], vec![GateId(1)]],
    }];
    program.calls[0].route = Some(RouteId(0));
    let unreachable = (0, 0, vec![(Reason::Unreachable, 1)]);
    let early = trace(&program, &[(1, Effect::Gate(GateId(0), false))]);
    assert_eq!(
        (result(&early), failed_after(&early)),
        (unreachable.clone(), 4)
    );
    let late = trace(&program, &[(13, Effect::Gate(GateId(0), false))]);
    assert_eq!((result(&late), failed_after(&late)), (unreachable, 14));
    let moved = [
        (1, Effect::Gate(GateId(0), false)),
        (1, Effect::Reroute(RouteId(0), 1)),
    ];
    assert_eq!(result(&trace(&program, &moved)), (1, 14, vec![]));
}

/// Two nodes, fewest connections: what is believed down gets nothing, and nobody means failure.
#[test]
fn beliefs_steer_the_choice() {
    let mut p = Paper::new();
    let nodes = p.b.component("web", 2);
    let targets: Vec<_> = nodes
        .iter()
        .map(|&node| {
            let serve = p.queue(node, 10);
            (node, p.b.steps([serve, Step::Reply]))
        })
        .collect();
    let ties = crate::engine::program::Ties::First;
    let call = p.b.call(
        "user -> web",
        Policy::LeastConnections { ties },
        &targets,
        |_| (),
    );
    let program = p.users(&[0, 1, 2, 30, 60], call);
    let belief = |target, up| Effect::Belief {
        selector: SelectorId(0),
        target,
        up,
        rank: 0,
    };
    let seen = trace(&program, &[(25, belief(0, false)), (50, belief(1, false))]);
    // 0 and 2 (waits 8) at the first, 1 and 30 at the second, 60 at none.
    assert_eq!(
        result(&seen),
        (4, 10 + 10 + 18 + 10, vec![(Reason::NoBackend, 1)])
    );
    assert_eq!((seen.stations[0].served, seen.stations[1].served), (2, 2));
    assert_eq!(seen.breakdown.total[Breakdown::cell(0, Part::Queue)], 8);
}

/// One server, 10 ns each at 0 and 3, paused from 4 to 24. First come: done at 30 and 40. Shared:
/// 3.5 and 0.5 attained at 4, so 6.5 and 9.5 left at 24, done at 37 and 40.
#[test]
fn a_paused_node_keeps_what_it_has_and_goes_on() {
    let run = |discipline, instants: &'static [u64], effects: &[(u64, Effect)]| {
        let mut p = Paper::new();
        let node = p.b.component("server", 1)[0];
        let serve = p.queue(node, 10);
        let entry = p.b.steps([serve, Step::Reply]);
        let call =
            p.b.call("user -> server", Policy::Random, &[(node, entry)], |_| ());
        let mut program = p.users(instants, call);
        program.stations[0].discipline = discipline;
        program.stations[0].rates.stops = true;
        result(&trace(&program, effects))
    };
    let node = crate::engine::id::NodeId(0);
    let pause = |at, paused| (at, Effect::Pause(node, paused));
    let (fcfs, sharing) = (Discipline::Fcfs, Discipline::ProcessorSharing);
    let once = [pause(4, true), pause(24, false)];
    assert_eq!(run(fcfs, &[0, 3], &once), (2, 30 + 37, vec![]));
    assert_eq!(run(sharing, &[0, 3], &once), (2, 37 + 37, vec![]));
    // A second reason in between changes nothing.
    let twice = [
        pause(4, true),
        pause(6, true),
        pause(20, false),
        pause(24, false),
    ];
    assert_eq!(run(fcfs, &[0, 3], &twice), (2, 30 + 37, vec![]));
    assert_eq!(run(sharing, &[0, 3], &twice), (2, 37 + 37, vec![]));
    // Half the speed from 6 on: 6 left take 12 from 24 on, the next 10 take 20.
    let slow = [once[0], (6, Effect::Speed(node, 0.5)), once[1]];
    assert_eq!(run(fcfs, &[0, 3], &slow), (2, 36 + 53, vec![]));
    // Crashed at 10 and back at 12, still paused: who comes at 14 is done at 34.
    let crash = [
        once[0],
        (10, Effect::Crash(node)),
        (12, Effect::Repair(node)),
        once[1],
    ];
    for discipline in [fcfs, sharing] {
        let lost = vec![(Reason::Reset, 2)];
        assert_eq!(run(discipline, &[0, 3, 14], &crash), (1, 20, lost));
    }
}
