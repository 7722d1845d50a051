//! Pencil traces of what a long line for threads does: dropping stale work, serving the last first.

use super::{Paper, result, trace};
use crate::engine::id::LaneId;
use crate::engine::observation::Observations;
use crate::engine::program::{Overload, Program, Reason, Step};

/// One thread, 10 ns each; users come at `instants` and wait for their answers for `patience` ns.
fn one_thread(overload: Overload, instants: &[u64], patience: Option<u64>) -> Program {
    let mut p = Paper::new();
    let server = p.node("server");
    let threads = p.b.pool(1, None);
    p.b.program.pools[threads.index()].overload = overload;
    let serve = p.queue(server, 10);
    let entry =
        p.b.steps([Step::Acquire { pool: threads }, serve, Step::Reply]);
    let call = p.call("user -> server", server, entry, |call| {
        call.timeout = patience.map(|_| LaneId(0));
    });
    p.b.program.lanes.extend(patience);
    let ask = Step::Call {
        call,
        otherwise: None,
    };
    p.users_with(instants, [ask, Step::Reply])
}

const SHEDS: Overload = Overload {
    last_first: None,
    sheds: true,
};

fn shed(seen: &Observations) -> u64 {
    seen.components[0].failed[Reason::Shed as usize]
}

/// Users wait 15 ns. That of 1 gives up at 16, while it is served; that of 2 at 17, in the line: at
/// 20 it is dropped, and that of 18 is served in time. Without, it would be served at 30, too late.
#[test]
fn work_that_nobody_waits_for_is_dropped() {
    let seen = trace(&one_thread(SHEDS, &[0, 1, 2, 18], Some(15)), &[]);
    assert_eq!(result(&seen), (2, 10 + 12, vec![(Reason::Timeout, 2)]));
    assert_eq!((shed(&seen), seen.components[0].wasted_ns), (1, 10));
    let seen = trace(
        &one_thread(Overload::default(), &[0, 1, 2, 18], Some(15)),
        &[],
    );
    assert_eq!(result(&seen), (1, 10, vec![(Reason::Timeout, 3)]));
    assert_eq!((shed(&seen), seen.components[0].wasted_ns), (0, 30));
}

/// Answers after 18 ns are late. At 20 that of 1 has been served in 19, late; that of 2 has waited
/// for exactly 18, which may still do, and is served until 30; that of 3, after 27, is dropped; the
/// one of 28 is served from 30 to 40.
#[test]
fn work_beyond_its_deadline_is_dropped() {
    let mut program = one_thread(SHEDS, &[0, 1, 2, 3, 28], None);
    program.classes[0].deadline = Some(18);
    let seen = trace(&program, &[]);
    let answered = 10 + 19 + 28 + 12;
    assert_eq!(result(&seen), (4, answered, vec![(Reason::Shed, 1)]));
    assert_eq!((seen.classes[0].succeeded, seen.classes[0].late), (2, 2));
    assert_eq!(shed(&seen), 1);
}

/// Of three in line at 10 the last goes first, being more than two; then the first of two.
#[test]
fn the_last_is_first_while_many_wait() {
    let longest = |above| {
        let overload = Overload {
            last_first: above,
            sheds: false,
        };
        let seen = trace(&one_thread(overload, &[0, 1, 2, 3], None), &[]);
        assert_eq!(result(&seen), (4, 10 + 19 + 28 + 37, vec![]));
        seen.classes[0].response.max()
    };
    // In order: that of 3 is done at 40. Last first above two: that of 2. Above none: that of 1.
    assert_eq!(longest(None), Some(37));
    assert_eq!(longest(Some(3)), Some(37));
    assert_eq!(longest(Some(2)), Some(38));
    assert_eq!(longest(Some(0)), Some(39));
}
