//! Pencil traces of memory: held, left behind, short and full. All bytes and times are small.

use std::sync::atomic::AtomicBool;

use super::{Paper, result, trace};
use crate::engine::build::{self, plan};
use crate::engine::id::{MemoryId, NodeId, PoolId};
use crate::engine::memory::Memory;
use crate::engine::observation::{Observations, Outage};
use crate::engine::plan::{End, Plan};
use crate::engine::program::{
    Discipline, Effect, Full, Overload, Part, Pool, Program, Reason, Step, TimedEffect,
};
use crate::engine::run_watched;

/// A memory of 100 bytes of which the program holds 10, each request 5, and leaves 20 behind; 7 ns
/// to start anew.
fn leaking() -> Memory {
    Memory {
        name: "web.memory".into(),
        node: NodeId(0),
        pool: PoolId(1),
        size: 100,
        base: 10,
        per_request: 5,
        leak: 20,
        short_above: u64::MAX,
        slowdown: 1.0,
        boot: 7,
    }
}

/// Users -> web: threads, this memory, and work at a station of two servers.
fn web(
    instants: &[u64],
    threads: u32,
    (discipline, work): (Discipline, u64),
    memory: Memory,
) -> Program {
    let mut p = Paper::new();
    let web = p.node("web");
    let law = p.ns(work);
    let station = p.b.station(web, discipline, Some(2));
    let serve = p.b.serve(station, law);
    let threads = p.b.pool(threads, Some(5));
    p.b.program.pools.push(Pool {
        name: "web.memory".into(),
        capacity: None,
        room: None,
        refusal: Reason::Refused,
        part: Part::Queue,
        patience: None,
        full: Full::Refuse,
        overload: Overload::default(),
    });
    p.b.program.memories.push(memory);
    let memory = MemoryId(0);
    let steps = [
        Step::Acquire { pool: threads },
        Step::Occupy { memory },
        serve,
        Step::Reply,
    ];
    let entry = p.b.steps(steps);
    let call = p.call("user -> web", web, entry, |_| ());
    p.users(instants, call)
}

const PLAIN: (Discipline, u64) = (Discipline::Fcfs, 4);

fn outage(at: u64) -> Outage {
    Outage {
        node: NodeId(0),
        at,
        boot: 7,
    }
}

fn audited(seen: &Observations) {
    let (bytes, counted) = seen.audit.memories[0];
    assert_eq!(bytes, counted);
}

/// 90 bytes are free, and the fourth request makes 95: the fifth fills the memory at its very
/// instant, and is reset. Down from 50 to 57; the one of 57 is served, and finds nothing left
/// behind: four more fit, the fifth at 97 is the end again.
#[test]
fn a_node_whose_memory_is_full_crashes_and_comes_back_empty() {
    let instants = [10, 20, 30, 40, 50, 52, 57, 67, 77, 87, 97];
    let seen = trace(&web(&instants, 9, PLAIN, leaking()), &[]);
    assert_eq!(seen.outages, [outage(50), outage(97)]);
    let failures = vec![(Reason::Down, 1), (Reason::Reset, 2)];
    assert_eq!(result(&seen), (8, 8 * 4, failures));
    assert_eq!(seen.node_up_ns, [1000 - 14]);
    let memory = seen.memories[0];
    assert_eq!((memory.bytes.max, memory.left), (115, 10 * 20));
    // By itself while up; 5 for the 4 ns of each that was served; 20 from each until the end.
    let left = 2 * 20 * (40 + 30 + 20 + 10);
    assert_eq!(memory.bytes.area, 10 * 986 + 8 * 5 * 4 + left);
    assert_eq!(memory.short_ns, 0);
    audited(&seen);
}

/// One thread: the second and the third wait for it with nothing held, the fifth is in service
/// when the crash of 40 comes; all that is there is lost.
#[test]
fn who_waits_for_a_thread_holds_no_memory() {
    let slow = (Discipline::Fcfs, 10);
    let seen = trace(&web(&[0, 1, 2, 3, 4, 5], 1, slow, leaking()), &[]);
    // One at a time: 10 + 5, and 20 more for each that has had the thread.
    assert_eq!(seen.outages, [outage(40)]);
    assert_eq!(seen.pools[1].used.max, 1);
    let failures = vec![(Reason::Reset, 2)];
    assert_eq!(result(&seen), (4, 10 + 19 + 28 + 37, failures));
    audited(&seen);
}

/// Held are 10 and 30 for each; short above 60, then three times slower. The second comes at 5:
/// the first has 5 ns of work left, which take 15; at 20 the second has 5 left, which take 5.
#[test]
fn short_memory_slows_all_work_of_a_node() {
    let memory = || Memory {
        size: 1000,
        per_request: 30,
        leak: 0,
        short_above: 60,
        slowdown: 3.0,
        ..leaking()
    };
    let orders = [
        Discipline::Fcfs,
        Discipline::ProcessorSharing,
        Discipline::Lcfs,
    ];
    for order in orders {
        let seen = trace(&web(&[0, 5], 9, (order, 10), memory()), &[]);
        assert_eq!(result(&seen), (2, 20 + 20, vec![]), "{order:?}");
        assert_eq!(
            (seen.memories[0].short_ns, seen.memories[0].bytes.max),
            (15, 70)
        );
        assert_eq!(seen.memories[0].bytes.area, 10 * 1000 + 30 * 40);
        audited(&seen);
    }
    // Twice slower, and twice again by a fault from 9 to 13: of the first, 2 ns are done at 9, 1
    // more at 13, the last 2 at 17; the second has 5 left then.
    let twice = Memory {
        slowdown: 2.0,
        ..memory()
    };
    let slow = |speed| Effect::Speed(NodeId(0), speed);
    let program = web(&[0, 5], 9, (Discipline::Fcfs, 10), twice);
    let seen = trace(&program, &[(9, slow(0.5)), (13, slow(1.0))]);
    assert_eq!(result(&seen), (2, 17 + 17, vec![]));
    // A crash while it is short: the node comes back at full speed.
    let program = web(&[0, 5, 20], 9, (Discipline::Fcfs, 10), memory());
    let [down, up] = [Effect::Crash(NodeId(0)), Effect::Repair(NodeId(0))];
    let seen = trace(&program, &[(8, down), (11, up)]);
    assert_eq!(result(&seen), (1, 10, vec![(Reason::Reset, 2)]));
    assert_eq!(seen.memories[0].short_ns, 3);
}

/// The caller gives up 8 ns after each request; with short memory from the third on, work of 4 ns
/// takes 12, is wasted, and leaves as much behind as ever.
#[test]
fn late_answers_of_short_memory_are_wasted() {
    let memory = Memory {
        size: 1000,
        short_above: 60,
        slowdown: 3.0,
        ..leaking()
    };
    let mut program = web(&[10, 30, 50, 70], 9, PLAIN, memory);
    program.lanes.push(8);
    let call = &mut program.calls[0];
    call.timeout = Some(crate::engine::id::LaneId(0));
    for step in &mut program.steps {
        if let Step::Forward { call } = *step {
            *step = Step::Call {
                call,
                otherwise: None,
            };
        }
    }
    program.steps.push(Step::Reply);
    let seen = trace(&program, &[]);
    assert_eq!(result(&seen), (2, 8, vec![(Reason::Timeout, 2)]));
    assert_eq!(seen.components[0].wasted_ns, 2 * 12);
    assert_eq!(seen.memories[0].left, 4 * 20);
    audited(&seen);
}

/// A leak of 30 more from 15 to 35: 35, 85 with that of 20, and the one of 30 fills it. After the
/// start at 37 the leak is over.
#[test]
fn a_leak_fills_memory_request_by_request() {
    let effects = [
        (15, Effect::Leak(NodeId(0), 30)),
        (35, Effect::Leak(NodeId(0), 0)),
    ];
    let seen = trace(&web(&[10, 20, 30, 40, 50], 9, PLAIN, leaking()), &effects);
    assert_eq!(seen.outages, [outage(30)]);
    assert_eq!(result(&seen), (4, 16, vec![(Reason::Reset, 1)]));
    assert_eq!(seen.memories[0].left, 20 + 50 + 50 + 20 + 20);
    audited(&seen);
}

/// The leak of 12 to 14 is over, what it left behind is not: 50 + 20 + 20 + 5 + 10 are full at 30.
/// With a restart at 25 they are given back.
#[test]
fn what_was_left_behind_stays_until_a_restart() {
    let leak = [
        (12, Effect::Leak(NodeId(0), 30)),
        (14, Effect::Leak(NodeId(0), 0)),
    ];
    let program = web(&[13, 20, 30], 9, PLAIN, leaking());
    assert_eq!(trace(&program, &leak).outages, [outage(30)]);
    let restart = [
        (25, Effect::Crash(NodeId(0))),
        (27, Effect::Repair(NodeId(0))),
    ];
    let seen = trace(&program, &[leak, restart].concat());
    assert_eq!((seen.outages.len(), result(&seen).0), (0, 3));
    // By itself; 50 from 13 and 20 from 20 to 25; 20 from 30 on; 5 for 4 ns three times.
    let area = 10 * 998 + 50 * 12 + 20 * 5 + 20 * 970 + 5 * 12;
    assert_eq!(seen.memories[0].bytes.area, area);
}

/// Who watches says what follows from a full memory, and what has happened does not happen again:
/// the gate that went down at 50 stays as it is, and the boot takes the time that the course says.
#[test]
fn what_follows_is_what_the_course_says() {
    let program = web(&[10, 20, 30, 40, 50, 60, 75, 90], 9, PLAIN, leaking());
    let at = |at, effect| TimedEffect { at, effect };
    let before = [
        at(50, Effect::Speed(NodeId(0), 0.5)),
        at(80, Effect::Speed(NodeId(0), 1.0)),
    ];
    let asked = std::cell::RefCell::new(Vec::new());
    let course = |outages: &[Outage]| {
        asked.borrow_mut().push(outages.to_vec());
        let own = outages.iter().flat_map(|outage| {
            [
                at(outage.at, Effect::Crash(outage.node)),
                at(outage.at + 20, Effect::Repair(outage.node)),
            ]
        });
        before.iter().copied().chain(own).collect()
    };
    let plan = Plan {
        effects: before.to_vec(),
        ..plan(1, End::At(1000))
    };
    let never = AtomicBool::new(false);
    let seen = run_watched(&program, &plan, &never, Some(&course));
    assert_eq!(*asked.borrow(), [vec![outage(50)]]);
    assert_eq!(seen.node_up_ns, [1000 - 20]);
    // The one of 60 finds it down; that of 75 begins at half speed: 2.5 of its 4 ns by 80.
    let failures = vec![(Reason::Down, 1), (Reason::Reset, 1)];
    assert_eq!(result(&seen), (6, 5 * 4 + 7, failures));
    audited(&seen);
}

/// Nothing of it is there where no node has a memory.
#[test]
fn without_memory_nothing_is_kept() {
    let program = build::single(1, Discipline::Fcfs, crate::law::Law::Constant(5.0), 0.01);
    let seen = trace(&program, &[]);
    assert!(seen.memories.is_empty() && seen.outages.is_empty());
    assert!(seen.series.buckets.iter().all(|one| one.memory.is_empty()));
}
