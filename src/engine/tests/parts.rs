//! Pencil traces of parts of nodes that are worse than usual: slow and full disks, narrow lines,
//! name servers that do not answer.

use super::{Paper, failed_after, result, trace};
use crate::engine::id::{ComponentId, JourneyId, NodeId, Pc, StationId, StoreId};
use crate::engine::observation::Observations;
use crate::engine::program::{Arrivals, Discipline, Effect, Policy, Program, Reason, Step, Store};

/// Users call `db` (threads, one core of 4 ns, then a disk of 10 ns) with a timeout of 40 ns.
/// Stations: cpu 0, disk 1.
fn program(instants: &[u64], disk: Discipline) -> Program {
    let mut p = Paper::new();
    let db = p.node("db");
    let (cpu, law) = (p.queue(db, 4), p.ns(10));
    let disk = p.b.station(db, disk, Some(1));
    let write = p.b.serve(disk, law);
    let threads = p.b.pool(9, None);
    let timeout = Some(p.b.lane(40));
    let entry =
        p.b.steps([Step::Acquire { pool: threads }, cpu, write, Step::Reply]);
    let call = p.call("user -> db", db, entry, |call| call.timeout = timeout);
    let ask = Step::Call {
        call,
        otherwise: None,
    };
    p.users_with(instants, [ask, Step::Reply])
}

const DISK: StationId = StationId(1);

fn run(instants: &[u64], effects: &[(u64, Effect)]) -> Observations {
    trace(&program(instants, Discipline::Fcfs), effects)
}

fn slow(rate: f64) -> [(u64, Effect); 2] {
    [(6, Effect::Rate(DISK, rate)), (26, Effect::Rate(DISK, 1.0))]
}

/// The first comes to the disk at 4 and has 8 ns left at 6, which take 16: 22. The second leaves
/// the core at 8 as ever, waits, has done 2 ns by 26 and is through at 34. The third is as ever.
#[test]
fn a_slow_disk_stretches_the_disk_alone() {
    let seen = run(&[0, 1, 40], &slow(0.5));
    assert_eq!(result(&seen), (3, 22 + 33 + 14, vec![]));
    assert_eq!(seen.stations[0].busy.area, 12);
    assert_eq!(seen.stations[1].queue.area, 14);
    // The same where the disk chooses whom it serves.
    let seen = trace(&program(&[0, 1, 40], Discipline::Lcfs), &slow(0.5));
    assert_eq!(result(&seen), (3, 22 + 33 + 14, vec![]));
}

#[test]
fn callers_of_a_slow_disk_hold_their_threads() {
    let seen = run(&[0, 1, 40], &slow(0.5));
    assert_eq!(seen.pools[0].used.area, 22 + 33 + 14);
}

/// Ten times slower and the timeout at 40: 8 ns left at 6, of which 2 are done by 26: 32.
/// A hundred times slower from 4 on, for ever: 10 ns take 1,000; the caller has gone.
#[test]
fn late_answers_of_a_slow_disk_are_wasted() {
    assert_eq!(result(&run(&[0], &slow(0.1))), (1, 32, vec![]));
    let seen = run(&[0], &[(4, Effect::Rate(DISK, 0.05))]);
    assert_eq!(result(&seen), (0, 0, vec![(Reason::Timeout, 1)]));
    assert_eq!((failed_after(&seen), seen.components[0].completed), (40, 1));
    assert!(seen.components[0].wasted_ns >= 14);
}

fn full() -> [(u64, Effect); 2] {
    [
        (9, Effect::Full(DISK, true)),
        (50, Effect::Full(DISK, false)),
    ]
}

/// The third leaves the core at 12 and finds the disk full: 10 ns after it came, with its thread
/// given back. After it, at 60, all is as before.
#[test]
fn a_full_disk_fails_who_comes_to_it() {
    let seen = run(&[0, 1, 2, 60], &full());
    assert_eq!(seen.classes[0].failed[Reason::Error as usize], 1);
    assert_eq!(failed_after(&seen), 10);
    assert_eq!(seen.pools[0].used.area, 14 + 23 + 10 + 14);
}

/// The first is served from 4 to 14, the second, who has waited since 8, until 24.
#[test]
fn who_has_a_place_at_a_full_disk_is_served() {
    let seen = run(&[0, 1, 2, 60], &full());
    assert_eq!(result(&seen), (3, 14 + 23 + 14, vec![(Reason::Error, 1)]));
    assert_eq!(seen.stations[1].served, 3);
}

/// A slow disk that fills up: who has its place is served slowly, who comes fails.
#[test]
fn a_slow_disk_can_be_full() {
    let effects = [slow(0.5)[0], full()[0], slow(0.5)[1], full()[1]];
    let seen = run(&[0, 1, 2, 60], &effects);
    assert_eq!(result(&seen), (3, 22 + 33 + 14, vec![(Reason::Error, 1)]));
}

/// A slow node with a slow disk: the factors multiply. From 6: 8 ns left take 32.
#[test]
fn a_slow_disk_of_a_slow_node_is_slower_still() {
    let node = (6, Effect::Speed(NodeId(0), 0.5));
    let seen = run(&[0], &[(6, Effect::Rate(DISK, 0.5)), node]);
    assert_eq!(result(&seen), (1, 38, vec![]));
}

/// The same with a line of 10 ns, which transfers share, in place of core and disk.
fn on_line(instants: &[u64], effects: &[(u64, Effect)]) -> Observations {
    let mut program = program(instants, Discipline::ProcessorSharing);
    // Threads, line, answer.
    program.steps.swap(1, 2);
    program.steps[2] = Step::Reply;
    trace(&program, effects)
}

/// At 6 the first has 6.5 ns left (alone until 1, then half of the line), the second 7.5; a quarter
/// of the line each until 26, then half: 1.5 left at 26, through at 29, the second, alone, at 30.
#[test]
fn a_narrow_line_stretches_all_transfers() {
    let seen = on_line(&[0, 1, 60], &slow(0.5));
    assert_eq!(result(&seen), (3, 29 + 29 + 10, vec![]));
}

#[test]
fn callers_over_a_narrow_line_wait() {
    let seen = on_line(&[0, 1, 60], &slow(0.5));
    assert_eq!(seen.pools[0].used.area, 29 + 29 + 10);
}

/// Twenty times narrower: 10 ns take 200, the caller has gone at 40.
#[test]
fn late_transfers_are_wasted() {
    let seen = on_line(&[0], &[(0, Effect::Rate(DISK, 0.05))]);
    assert_eq!(result(&seen), (0, 0, vec![(Reason::Timeout, 1)]));
    assert_eq!((failed_after(&seen), seen.components[0].completed), (40, 1));
}

/// Lookups take 5, work 10, names live 30. No lookups are answered from 10 to 60. Persons: 7
/// resolves at 0, goes on with the name at 20, and fails at 40, when it has expired; 8 fails at 20,
/// resolves at 70; 9 has begun at 8 and is answered.
#[test]
fn names_fail_while_no_server_answers() {
    let mut p = Paper::new();
    let (web, dns) = (p.node("web"), p.node("dns"));
    let serve = p.wait(10);
    let entry = p.b.steps([serve, Step::Reply]);
    let call =
        p.b.call("user -> web", Policy::RoundRobin, &[(web, entry)], |_| ());
    let selector = p.b.program.calls[0].selector;
    p.b.program.stores = vec![Store {
        ttl: 30,
        warm: false,
        servers: vec![dns],
        lookup: p.ns(5),
        selector,
        owner: ComponentId(1),
    }];
    let store = StoreId(0);
    let fresh = Pc::from(p.b.program.steps.len() + 2);
    let steps = [
        Step::Recall { store, fresh },
        Step::Resolve { store, key: 4 },
        Step::ForwardResolved { store, call },
    ];
    let mut program = p.users_with(&[], steps);
    let came = [(0, 7), (8, 9), (20, 7), (20, 8), (40, 7), (70, 8)];
    let log = came.iter().map(|&(at, who)| (at, JourneyId(0), who));
    program.sources[0].arrivals = Arrivals::Replay {
        log: log.collect(),
        items: Vec::new(),
    };
    let effects = [
        (10, Effect::Nameless(dns, true)),
        (60, Effect::Nameless(dns, false)),
    ];
    let seen = trace(&program, &effects);
    let failed = vec![(Reason::NameLookup, 2)];
    assert_eq!(result(&seen), (4, 15 + 15 + 10 + 15, failed));
    assert_eq!(failed_after(&seen), 0);
}
