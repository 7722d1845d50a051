//! Pencil traces of branches of which some suffice, of messages, and of rates that come again.

use super::{Paper, checked, failed_after, result, trace};
use crate::engine::build::{plan, single};
use crate::engine::id::{JourneyId, LawId};
use crate::engine::observation::Observations;
use crate::engine::plan::End;
use crate::engine::program::{
    Arrivals, Discipline, Effect, Phase, Policy, Process, Program, Queue, Reason, Seat, Segment,
    Step, Ties,
};
use crate::law::Law;

/// One request at 0 that polls branches of so many ns, each good or failing.
fn poll(branches: &[(u64, bool)], need: u32) -> Observations {
    let mut p = Paper::new();
    let web = p.node("web");
    for (place, &(ns, is_good)) in branches.iter().enumerate() {
        let work = p.queue(web, ns);
        let end = if is_good {
            Step::Reply
        } else {
            Step::Fail {
                reason: Reason::Error,
            }
        };
        let first = p.b.steps([work, end]);
        p.b.program.branches.push((first, place as u64));
    }
    let count = branches.len() as u32;
    let entry = p.b.steps([
        Step::Quorum {
            first: 0,
            count,
            need,
            cancel: false,
            copies: false,
            otherwise: None,
        },
        Step::Reply,
    ]);
    let call = p.call("user -> web", web, entry, |_| ());
    trace(&p.users(&[0], call), &[])
}

/// Branches of 3, 5 and 8 ns: two answers are there at 5; the third works 8 ns for nobody.
#[test]
fn a_quorum_goes_on_at_the_last_answer_that_it_needs() {
    let seen = poll(&[(8, true), (3, true), (5, true)], 2);
    assert_eq!(result(&seen), (1, 5, vec![]));
    assert_eq!(seen.components[0].wasted_ns, 8);
    let all = poll(&[(8, true), (3, true), (5, true)], 3);
    assert_eq!(result(&all), (1, 8, vec![]));
    assert_eq!(all.components[0].wasted_ns, 0);
}

/// Of 3 (fails), 5 and 8 ns two must succeed: the failure is borne, the answer comes at 8.
#[test]
fn a_quorum_bears_as_many_failures_as_it_can() {
    let seen = poll(&[(3, false), (5, true), (8, true)], 2);
    assert_eq!(result(&seen), (1, 8, vec![]));
}

/// S16: with failures at 3 and 5 two of three cannot succeed any more: failed at 5, and the good
/// answer at 8 is wasted.
#[test]
fn the_failure_that_makes_a_quorum_impossible_decides() {
    let seen = poll(&[(5, false), (3, false), (8, true)], 2);
    assert_eq!(result(&seen), (0, 0, vec![(Reason::Error, 1)]));
    assert_eq!(failed_after(&seen), 5);
    assert_eq!(seen.components[0].wasted_ns, 8);
}

/// Requests of no work, arriving by `process` over (start, from, to, length) segments.
fn arriving(
    process: Process,
    segments: &[(u64, f64, f64, Option<u64>)],
    again: Option<u32>,
) -> Program {
    let mut program = single(1, Discipline::Fcfs, Law::Constant(0.0), 1.0);
    let segment = |&(start, from, to, length): &(u64, f64, f64, Option<u64>)| Segment {
        start,
        from,
        to,
        length,
        mix: vec![(JourneyId(0), 1.0)],
    };
    program.sources[0].arrivals = Arrivals::Open {
        process,
        batch: 1,
        segments: segments.iter().map(segment).collect(),
        again,
    };
    program
}

/// Numbers of arrivals in buckets of 50 ns up to 400 ns.
fn by_bucket(program: &Program) -> Vec<u64> {
    let mut plan = plan(1, End::At(400));
    plan.bucket_ns = 50;
    let seen = checked(program, &plan);
    (seen.series.buckets.iter().take(8))
        .map(|bucket| bucket.offered)
        .collect()
}

/// A lead-in of 100 ns without anybody; then 100 ns with 5 and 100 ns with 10 of them, again and
/// again. The last of each stretch comes at its very end, which belongs to the next bucket.
#[test]
fn segments_come_again_without_their_lead_in() {
    let segments = [
        (0, 0.0, 0.0, Some(100)),
        (100, 5e7, 5e7, Some(100)),
        (200, 1e8, 1e8, Some(50)),
    ];
    let program = arriving(Process::Deterministic, &segments, Some(1));
    assert_eq!(by_bucket(&program), [0, 0, 2, 2, 5, 3, 2, 5]);
    let once = arriving(Process::Deterministic, &segments, None);
    assert_eq!(by_bucket(&once), [0, 0, 2, 2, 5, 5, 5, 5]);
}

/// One arrival in 10^6 s, over 10^12 rounds of 1 us, is found at once; and in rounds that hold
/// none the search ends.
#[test]
fn rounds_without_an_arrival_are_passed_over() {
    let rounds = |rate| {
        [
            (0, 0.0, 2.0 * rate, Some(500)),
            (500, 2.0 * rate, 0.0, Some(500)),
        ]
    };
    let counted = |rate| {
        let program = arriving(Process::Deterministic, &rounds(rate), Some(0));
        let mut plan = plan(1, End::At(2_500_000_000_000_000));
        plan.bucket_ns = 500_000_000_000_000;
        let seen = checked(&program, &plan);
        let buckets = seen.series.buckets.iter().take(5);
        buckets.map(|bucket| bucket.offered).collect::<Vec<_>>()
    };
    assert_eq!(counted(1.25e-6), [0, 1, 0, 1, 1]);
    assert_eq!(counted(0.0), [0; 5]);
}

/// Gaps of a law with mean 1 at 20 a microsecond: every 50 ns, whatever the law is called.
#[test]
fn gaps_of_a_law_follow_the_rate() {
    let mut program = arriving(Process::Renewal(LawId(1)), &[(0, 2e7, 2e7, None)], None);
    program.laws.push(Law::Constant(1.0));
    assert_eq!(by_bucket(&program), [0, 1, 1, 1, 1, 1, 1, 1]);
}

/// States of 3 s at half and of 1 s at 2.5 times the mean rate of 100/s: the mean holds, and counts
/// of 1 s vary as those of a doubly stochastic stream do, far more than Poisson counts.
#[test]
fn a_modulated_stream_keeps_its_mean_and_comes_in_bursts() {
    let second = 1_000_000_000;
    let phases = vec![
        Phase {
            factor: 0.5,
            stay: 3e9,
        },
        Phase {
            factor: 2.5,
            stay: 1e9,
        },
    ];
    let mut program = arriving(Process::Modulated(0), &[(0, 100.0, 100.0, None)], None);
    program.modulations.push(phases);
    let mut plan = plan(1, End::At(20_000 * second));
    (plan.bucket_ns, plan.bucket_cap) = (second, 40_000);
    let seen = checked(&program, &plan);
    let counts: Vec<f64> = (seen.series.buckets.iter())
        .map(|bucket| bucket.offered as f64)
        .collect();
    let mean = counts.iter().sum::<f64>() / counts.len() as f64;
    let square = |count: &f64| (count - mean) * (count - mean);
    let variance = counts.iter().map(square).sum::<f64>() / counts.len() as f64;
    // Rates 50 and 250 with correlation exp(-4t/3 s): variance of a count over 1 s is
    // 100 + 2 x 7500 x (1 - (1 - exp(-r)) / r) / r with r = 4/3 (Cox and Lewis 1966, 7.5).
    let r: f64 = 4.0 / 3.0;
    let expected = 100.0 + 2.0 * 7500.0 * (1.0 - (1.0 - (-r).exp()) / r) / r;
    assert!((mean / 100.0 - 1.0).abs() < 0.03, "{mean}");
    assert!(
        (variance / expected - 1.0).abs() < 0.06,
        "{variance} {expected}"
    );
}

/// Requests at 0, 2 and 4 that each send a message to a queue with `room` places, whose one
/// worker needs 10 ns for each.
fn messages(room: u32, effects: &[(u64, Effect)]) -> Observations {
    let mut p = Paper::new();
    let (web, mail, worker) = (p.node("web"), p.node("mail"), p.node("worker"));
    let work = p.queue(worker, 10);
    let taken = p.b.steps([work, Step::Reply]);
    let call = p.call("mail -> worker", worker, taken, |_| ());
    let pool = p.b.pool(1, Some(room));
    let deliver = Step::Call {
        call,
        otherwise: None,
    };
    let entry = p.b.steps([Step::Acquire { pool }, deliver, Step::Reply]);
    let seats = vec![Seat { node: mail, pool }];
    p.b.program.queues.push(Queue { seats });
    p.b.program.entries.push(entry);
    let publish = Step::Publish {
        queue: 0,
        entries: p.b.program.entries.len() as u32 - 1,
        key: 5,
    };
    let first = p.b.steps([publish, Step::Reply]);
    let call = p.call("user -> web", web, first, |_| ());
    trace(&p.users(&[0, 2, 4], call), effects)
}

/// S23: requests end at once; the messages are done at 10, 20 and 30 after 10, 18 and 26.
#[test]
fn a_message_lives_on_when_its_request_has_ended() {
    let seen = messages(5, &[]);
    assert_eq!(result(&seen), (3, 0, vec![]));
    let queue = &seen.queues[0];
    assert_eq!((queue.accepted, queue.completed, queue.dead), (3, 3, 0));
    assert_eq!(queue.completion_sum, 10 + 18 + 26);
    assert_eq!(seen.components[2].completed, 3);
    assert_eq!(seen.pools[0].waiting_sum, 8 + 16);
}

/// Work that nobody waits for may be handed on: to the first of those with fewest open, which is
/// always the same as it has ended when the next comes, or in turn, wherever turns begin. No
/// request ends with it.
#[test]
fn work_that_nobody_waits_for_is_handed_on() {
    let fewest = Policy::LeastConnections { ties: Ties::First };
    for (policy, expected) in [(fewest, [9, 0]), (Policy::RoundRobin, [6, 3])] {
        let mut p = Paper::new();
        let web = p.node("web");
        let mut targets = Vec::new();
        for maker in p.b.component("maker", 2) {
            let work = p.queue(maker, 3);
            targets.push((maker, p.b.steps([work, Step::Reply])));
        }
        let call = p.b.call("web -> maker", policy, &targets, |_| ());
        let entry = p.b.steps([Step::Forward { call }]);
        let spawn = Step::Spawn {
            node: web,
            entry,
            key: 5,
        };
        let first = p.b.steps([spawn, Step::Reply]);
        let call = p.call("user -> web", web, first, |_| ());
        let seen = trace(&p.users(&[0, 10, 20], call), &[]);
        assert_eq!(result(&seen), (3, 0, vec![]));
        assert_eq!(seen.audit.classes[0], [3, 3, 0, 0, 0]);
        assert_eq!((seen.in_system.area, seen.in_system.max), (0, 1));
        assert_eq!(seen.components[1].completed, 3);
        let mut busy: Vec<u128> = seen.stations.iter().map(|one| one.busy.area).collect();
        busy.sort_unstable_by(|a, b| b.cmp(a));
        assert_eq!(busy, expected);
    }
}

/// With one place to wait the third message is refused, and with it its request.
#[test]
fn a_full_queue_refuses_the_message() {
    let seen = messages(1, &[]);
    assert_eq!(result(&seen), (2, 0, vec![(Reason::Refused, 1)]));
    let queue = &seen.queues[0];
    assert_eq!((queue.accepted, queue.refused), (2, 1));
    assert_eq!((queue.completed, queue.completion_sum), (2, 10 + 18));
}

/// The worker crashes at 5 and stays down: the message in work is dead, and so are those that
/// follow, as nothing tries them again. A queue that crashes loses what it holds.
#[test]
fn messages_die_with_their_worker_or_their_queue() {
    for (node, refused) in [(2, 0), (1, 0)] {
        let crash = Effect::Crash(crate::engine::id::NodeId(node));
        let seen = messages(5, &[(5, crash)]);
        assert_eq!(result(&seen), (3, 0, vec![]));
        let queue = &seen.queues[0];
        assert_eq!((queue.accepted, queue.completed), (3, 0), "node {node}");
        assert_eq!((queue.dead, queue.refused), (3, refused), "node {node}");
    }
    let down = Effect::Crash(crate::engine::id::NodeId(1));
    let seen = messages(5, &[(1, down)]);
    assert_eq!(result(&seen), (1, 0, vec![(Reason::Down, 2)]));
    assert_eq!((seen.queues[0].refused, seen.queues[0].dead), (2, 1));
}

/// S37: a request that is handed round in a circle draws anew at each turn. Half of the requests
/// leave after each turn: two turns on average, where one and the same draw would keep some for
/// ever.
#[test]
fn a_request_handed_round_draws_anew() {
    let mut p = Paper::new();
    let node = p.node("round");
    let work = p.queue(node, 1);
    let first = p.b.program.steps.len() as u32;
    let again = crate::engine::id::Pc(first);
    let round = p.call("round -> round", node, again, |_| ());
    let out = crate::engine::id::Pc(first + 4);
    let steps = [
        work,
        Step::Chance {
            share: 0.5,
            key: 3,
            otherwise: out,
        },
        Step::Renew { key: 4 },
        Step::Forward { call: round },
        Step::Reply,
    ];
    let entry = p.b.steps(steps);
    let call = p.call("user -> round", node, entry, |_| ());
    let instants: Vec<u64> = (0..2_000).map(|n| 100 * n).collect();
    let program = p.users(&instants, call);
    let seen = checked(&program, &plan(1, End::At(300_000)));
    let (answered, sum, _) = result(&seen);
    assert_eq!(answered, 2_000);
    let turns = sum as f64 / 2_000.0;
    assert!((turns - 2.0).abs() < 0.15, "{turns}");
}
