//! Pencil traces of full rooms, impatience and random timeouts.

use super::disciplines::{ends, station};
use super::{Paper, checked, failed_after, result, trace};
use crate::engine::build::{self, plan, steady};
use crate::engine::id::LawId;
use crate::engine::plan::End;
use crate::engine::program::{Discipline, Effect, Full, Policy, Process, Program, Reason, Step};
use crate::law::Law;

/// Two single servers in a row, 10 ns and 30 ns, no place to wait at the second.
fn tandem(first_room: u32, arrivals: &[u64]) -> Program {
    let mut p = Paper::new();
    let (one, two) = (p.node("one"), p.node("two"));
    let (threads, narrow) = (p.b.pool(1, Some(first_room)), p.b.pool(1, Some(0)));
    p.b.program.pools[narrow.index()].full = Full::Block;
    let serve = p.queue(two, 30);
    let inside =
        p.b.steps([Step::Acquire { pool: narrow }, serve, Step::Reply]);
    let on = p.call("one -> two", two, inside, |_| ());
    let serve = p.queue(one, 10);
    let entry = p.b.steps([
        Step::Acquire { pool: threads },
        serve,
        Step::ForwardWithRoom { call: on },
    ]);
    let call = p.call("user -> one", one, entry, |_| ());
    p.users(arrivals, call)
}

/// At 0 three come; the first is at the second server from 10 to 40. The second is served from 10
/// to 20 and keeps its thread until 40; the third starts only then and would be done at 50, and
/// is blocked until 70.
#[test]
fn a_blocked_request_keeps_its_thread() {
    let seen = trace(&tandem(5, &[0, 0, 0]), &[]);
    assert_eq!(result(&seen), (3, 40 + 70 + 100, vec![]));
    assert_eq!(
        (
            seen.components[0].blocked.area,
            seen.components[0].blocked.max
        ),
        (20 + 20, 1)
    );
    assert_eq!(seen.pools[0].used.area, 10 + 30 + 30);
    // With one place at the first server the third, at 2, is turned away.
    let seen = trace(&tandem(0, &[0, 12, 21]), &[]);
    assert_eq!(result(&seen), (2, 40 + 70 - 12, vec![(Reason::Refused, 1)]));
}

/// The crash of the second node at 15 lets the blocked one through to a node that is down.
#[test]
fn a_crash_ends_the_blocking() {
    let program = tandem(5, &[0, 0]);
    let two = crate::engine::id::NodeId(1);
    let seen = trace(&program, &[(25, Effect::Crash(two))]);
    let failures = vec![(Reason::Down, 1), (Reason::Reset, 1)];
    assert_eq!(result(&seen), (0, 0, failures));
    assert_eq!(seen.components[0].blocked.area, 5);
    // The crash of the first node loses the one that is blocked there.
    let one = crate::engine::id::NodeId(0);
    let seen = trace(&tandem(5, &[0, 0]), &[(25, Effect::Crash(one))]);
    assert_eq!(result(&seen), (1, 40, vec![(Reason::Reset, 1)]));
    assert_eq!(seen.components[0].blocked.area, 5);
}

/// One thread, no room, 10 ns of work: who comes at 1 tries again every 4 ns, at 5, 9 and 13, and
/// is answered at 23.
#[test]
fn who_finds_the_room_full_comes_back() {
    let mut p = Paper::new();
    let web = p.node("web");
    let pool = p.b.pool(1, Some(0));
    let law = p.ns(4);
    p.b.program.pools[pool.index()].full = Full::Retry { law, key: 7 };
    let serve = p.wait(10);
    let entry = p.b.steps([Step::Acquire { pool }, serve, Step::Reply]);
    let call = p.call("user -> web", web, entry, |_| ());
    let seen = trace(&p.users(&[0, 1], call), &[]);
    assert_eq!(result(&seen), (2, 10 + 22, vec![]));
    let pool = &seen.pools[0];
    assert_eq!((pool.orbit.area, pool.orbit.max, pool.refused), (12, 1, 0));
    assert_eq!(seen.components[0].waiting_sum, 12);
}

/// One thread: the second gives up at 1 + 5, the third joined behind it and starts at 10.
fn impatient(room: Option<u32>) -> Program {
    let mut p = Paper::new();
    let web = p.node("web");
    let pool = p.b.pool(1, room);
    let law = p.ns(5);
    p.b.program.pools[pool.index()].patience = Some((law, 3));
    let serve = p.wait(10);
    let entry = p.b.steps([Step::Acquire { pool }, serve, Step::Reply]);
    let call = p.call("user -> web", web, entry, |_| ());
    p.users(&[0, 1, 6], call)
}

#[test]
fn who_has_waited_enough_leaves_the_room() {
    let seen = trace(&impatient(None), &[]);
    assert_eq!(result(&seen), (2, 10 + 14, vec![(Reason::Abandoned, 1)]));
    assert_eq!(failed_after(&seen), 5);
    let pool = &seen.pools[0];
    assert_eq!(
        (pool.timed_out, pool.waiting.area, pool.granted),
        (1, 5 + 4, 2)
    );
    let web = &seen.components[0];
    assert_eq!(
        (
            web.waited,
            web.waiting_sum,
            web.failed[Reason::Abandoned as usize]
        ),
        (2, 9, 1)
    );
}

/// The same at a station that has a queue of its own; who is served no longer gives up, and who
/// finds more than one waiting does not join.
#[test]
fn a_station_lets_its_queue_go() {
    let jobs = [(0, 0, 10), (1, 0, 10), (2, 0, 10), (3, 0, 10), (6, 0, 10)];
    let mut program = station(&jobs, Discipline::Fcfs, 1);
    program.laws.push(Law::Constant(5.0));
    let law = LawId::from(program.laws.len() - 1);
    program.stations[0].queue.patience = Some((law, 3));
    program.stations[0].queue.above = Some(1);
    let seen = checked(&program, &plan(1, End::At(1000)));
    let failed = |job: usize| seen.classes[job].failed;
    assert_eq!(failed(1)[Reason::Abandoned as usize], 1);
    assert_eq!(failed(2)[Reason::Abandoned as usize], 1);
    assert_eq!(failed(3)[Reason::Balked as usize], 1);
    assert_eq!((ends(&seen, &jobs)[0], ends(&seen, &jobs)[4]), (10, 20));
    assert_eq!(seen.stations[0].queue.area, 5 + 5 + 4);
    assert_eq!(seen.components[0].refused, 1);
}

/// A random timeout that is in truth constant equals a constant one, in every sum; so does the
/// patience of a user, which fails with a reason of its own.
#[test]
fn random_timers_do_what_constant_ones_do() {
    let run = |random: bool, whole: bool| {
        let mut p = Paper::new();
        let web = p.node("web");
        let cpu = p.b.station(web, Discipline::Fcfs, Some(1));
        let law = p.b.law(Law::Exponential { mean: 800.0 });
        let serve = p.b.serve(cpu, law);
        let inside = p.b.steps([serve, Step::Reply]);
        let (lane, law) = (p.b.lane(2000), p.ns(2000));
        let call =
            p.b.call("user", Policy::RoundRobin, &[(web, inside)], |call| {
                match (random, whole) {
                    (false, false) => call.timeout = Some(lane),
                    (false, true) => call.deadline = Some(lane),
                    (true, false) => call.timeout_law = Some(law),
                    (true, true) => call.patience = Some(law),
                }
                call.attempts = if whole { 1 } else { 2 };
            });
        let entry = p.b.steps([
            Step::Call {
                call,
                otherwise: None,
            },
            Step::Reply,
        ]);
        let (_, journey) = p.b.class("request", None);
        p.b.source("users", entry, steady(Process::Poisson, 4e5, journey));
        let seen = checked(&p.b.program, &build::plan(5, End::Requests(20_000)));
        let failed: u64 = seen.classes[0].failed.iter().sum();
        let class = &seen.classes[0];
        (
            class.succeeded,
            failed,
            class.response_sum,
            class.attempts,
            class.failed[Reason::Abandoned as usize],
        )
    };
    let (constant, random) = (run(false, false), run(true, false));
    assert!(constant.1 > 500 && constant.0 > 5000, "{constant:?}");
    assert_eq!(constant, random);
    let (constant, random) = (run(false, true), run(true, true));
    assert_eq!(
        (constant.0, constant.1, constant.2),
        (random.0, random.1, random.2)
    );
    assert_eq!((constant.4, random.4), (0, random.1));
}

/// Erlang A: 10 requests per second, 10 servers of 1 s, patience of 2 s on average: 10.39 % give
/// up (birth and death chain, see the validation case erlang-a). M/M/1 with at most 5 s of
/// waiting at 0.8: 7.699 % give up (D. Barrer, "Queuing with impatient customers", 1957).
#[test]
fn impatient_queues_lose_what_theory_says() {
    let lost = |servers, rate, patience: Law| {
        let demand = Law::Exponential { mean: 1e9 };
        let mut program = build::single(servers, Discipline::Fcfs, demand, rate);
        program.laws.push(patience);
        let law = LawId::from(program.laws.len() - 1);
        program.stations[0].queue.patience = Some((law, 3));
        let seen = checked(&program, &plan(3, End::Requests(200_000)));
        let lost = seen.classes[0].failed[Reason::Abandoned as usize];
        lost as f64 / seen.classes[0].offered as f64
    };
    let erlang = lost(10, 10.0, Law::Exponential { mean: 2e9 });
    assert!((erlang / 0.103_913 - 1.0).abs() < 0.03, "{erlang}");
    let barrer = lost(1, 0.8, Law::Constant(5e9));
    assert!((barrer / 0.076_987 - 1.0).abs() < 0.05, "{barrer}");
}
