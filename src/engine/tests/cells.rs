//! What faults do to whom, cell by cell of the table of answers (`docs/faults.md`), by pencil and
//! paper: crashes of nodes and switches, slowness, pauses.

use super::{Paper, failed_after, result, trace};
use crate::engine::id::{GateId, NodeId, RouteId};
use crate::engine::observation::Observations;
use crate::engine::program::{Discipline, Effect, Program, Reason, Route, Step};

/// Users forward into `web` (threads, no work of its own), which calls `db` (one server of 10 ns)
/// over a connection, with a timeout of 40 ns. Nodes: web 0, db 1. Call 0 goes over a switch.
fn program(instants: &[u64]) -> Program {
    let mut p = Paper::new();
    let (web, db) = (p.node("web"), p.node("db"));
    let serve = p.queue(db, 10);
    let query = p.b.steps([serve, Step::Reply]);
    let (connections, threads) = (p.b.pool(9, None), p.b.pool(9, None));
    let timeout = Some(p.b.lane(40));
    let call = p.call("web -> db", db, query, |call| {
        (call.pool, call.timeout) = (Some(connections), timeout);
    });
    let ask = Step::Call {
        call,
        otherwise: None,
    };
    let entry =
        p.b.steps([Step::Acquire { pool: threads }, ask, Step::Reply]);
    let user = p.call("user -> web", web, entry, |_| ());
    let mut program = p.users(instants, user);
    program.gates = vec!["sw".into()];
    program.routes = vec![Route {
        options: vec![vec![GateId(0)]],
    }];
    program.calls[0].route = Some(RouteId(0));
    program.stations[0].discipline = Discipline::Fcfs;
    program.stations[0].rates.stops = true;
    program
}

const DB: NodeId = NodeId(1);

fn run(instants: &[u64], effects: &[(u64, Effect)]) -> Observations {
    trace(&program(instants), effects)
}

fn failed(reason: Reason, many: u64) -> Vec<(Reason, u64)> {
    vec![(reason, many)]
}

fn crash() -> [(u64, Effect); 2] {
    [(5, Effect::Crash(DB)), (30, Effect::Repair(DB))]
}

/// At 12 the database is down: the caller knows at once.
#[test]
fn a_crashed_node_refuses_at_once() {
    let seen = run(&[12], &crash());
    assert_eq!(result(&seen), (0, 0, failed(Reason::Down, 1)));
    assert_eq!(failed_after(&seen), 0);
}

/// The second has waited since 1, the crash at 5 loses it: 4 ns.
#[test]
fn queued_work_of_a_crashed_node_is_lost() {
    let seen = run(&[0, 1], &crash());
    assert_eq!(result(&seen), (0, 0, failed(Reason::Reset, 2)));
    assert_eq!(failed_after(&seen), 5 + 4);
    assert_eq!(seen.stations[0].queue.area, 4);
}

/// 5 of the 10 ns of the first were done, for nothing.
#[test]
fn work_in_service_at_a_crashed_node_is_lost() {
    let seen = run(&[0], &crash());
    assert_eq!(result(&seen), (0, 0, failed(Reason::Reset, 1)));
    assert_eq!((seen.components[1].wasted_ns, failed_after(&seen)), (5, 5));
}

/// Thread and connection come back at 5, with the reset.
#[test]
fn callers_of_a_crashed_node_have_their_threads_back() {
    let seen = run(&[0], &crash());
    assert_eq!((seen.pools[0].used.area, seen.pools[1].used.area), (5, 5));
}

/// Back at 30 and empty: the request of 30 is served at once.
#[test]
fn a_repaired_node_is_empty() {
    let seen = run(&[0, 1, 30], &crash());
    assert_eq!(result(&seen), (1, 10, failed(Reason::Reset, 2)));
}

fn cut(to: u64) -> [(u64, Effect); 2] {
    let gate = GateId(0);
    [
        (5, Effect::Gate(gate, false)),
        (to, Effect::Gate(gate, true)),
    ]
}

/// At 12 the only way is cut: the caller knows at once.
#[test]
fn a_dead_switch_turns_new_requests_away() {
    let seen = run(&[12], &cut(30));
    assert_eq!(result(&seen), (0, 0, failed(Reason::Unreachable, 1)));
    assert_eq!(failed_after(&seen), 0);
}

/// Both are at the database at 5, which works until 20.
#[test]
fn the_callee_behind_a_dead_switch_works_on() {
    let seen = run(&[0, 1], &cut(30));
    assert_eq!(result(&seen), (0, 0, failed(Reason::Unreachable, 2)));
    assert_eq!(seen.components[1].completed, 2);
    assert_eq!(seen.stations[0].busy.area, 20);
}

/// Their callers hold threads until the answers come to the cut, at 10 and 20: 10 + 19; the work is
/// wasted.
#[test]
fn callers_over_a_dead_switch_wait_until_the_answer_comes_to_it() {
    let seen = run(&[0, 1], &cut(30));
    assert_eq!(failed_after(&seen), 10 + 19);
    assert_eq!((seen.pools[0].used.area, seen.pools[1].used.area), (29, 29));
    assert_eq!(seen.components[1].wasted_ns, 20);
}

/// The answer of 20 finds it up again.
#[test]
fn a_repaired_switch_lets_answers_pass() {
    let seen = run(&[0, 1], &cut(15));
    assert_eq!(result(&seen), (1, 19, failed(Reason::Unreachable, 1)));
}

fn slow() -> [(u64, Effect); 2] {
    [(4, Effect::Speed(DB, 0.5)), (24, Effect::Speed(DB, 1.0))]
}

/// The first has 6 ns left at 4, which take 12: done at 16. The second has done 4 ns of its 10 by
/// 24, and is done at 30. The third, at 40, is as ever.
#[test]
fn slowness_stretches_what_is_left_and_the_queue_waits() {
    let seen = run(&[0, 3, 40], &slow());
    assert_eq!(result(&seen), (3, 16 + 27 + 10, vec![]));
    assert_eq!(seen.stations[0].queue.area, 13);
}

/// Threads and connections are held as long.
#[test]
fn callers_of_a_slow_node_hold_their_threads() {
    let seen = run(&[0, 3, 40], &slow());
    assert_eq!((seen.pools[0].used.area, seen.pools[1].used.area), (53, 53));
}

/// A hundred times slower: the caller gives up at 40, the work goes on to the end and is wasted.
/// What was done by 4 stays done: 6 ns left take 600.
#[test]
fn late_answers_of_a_slow_node_are_wasted() {
    let seen = run(&[0], &[(4, Effect::Speed(DB, 0.01))]);
    assert_eq!(result(&seen), (0, 0, failed(Reason::Timeout, 1)));
    assert_eq!(failed_after(&seen), 40);
    assert_eq!(seen.components[1].completed, 1);
    assert!(seen.components[1].wasted_ns >= 10);
}

fn pause(to: u64) -> [(u64, Effect); 2] {
    [(4, Effect::Pause(DB, true)), (to, Effect::Pause(DB, false))]
}

/// The first has 6 ns left at 24: done at 30, having waited for 20. The second has waited since 3,
/// the third, who came during the pause, since 15, until 30 and 40.
#[test]
fn a_paused_node_accepts_and_lets_wait() {
    let seen = run(&[0, 3, 15], &pause(24));
    assert_eq!(result(&seen), (3, 30 + 37 + 35, vec![]));
    assert_eq!(seen.stations[0].queue.area, 20 + 27 + 25);
}

/// Threads and connections are held meanwhile.
#[test]
fn callers_of_a_paused_node_hold_their_threads() {
    let seen = run(&[0], &pause(24));
    assert_eq!((seen.pools[0].used.area, seen.pools[1].used.area), (30, 30));
}

/// Paused until 60, the caller has gone at 40: the work is done all the same, and wasted.
#[test]
fn late_answers_of_a_paused_node_are_wasted() {
    let seen = run(&[0], &pause(60));
    assert_eq!(result(&seen), (0, 0, failed(Reason::Timeout, 1)));
    assert_eq!((seen.components[1].completed, failed_after(&seen)), (1, 40));
    assert_eq!(seen.components[1].wasted_ns, 10);
}

/// After it, the queue is worked off first: the request of 25 waits for the one of 0.
#[test]
fn after_a_pause_the_queue_is_there() {
    let seen = run(&[0, 25], &pause(24));
    assert_eq!(result(&seen), (2, 30 + 15, vec![]));
}
