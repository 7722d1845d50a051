//! Pencil traces of nodes, queues, branches and users.

use super::{Paper, checked, result, trace};
use crate::engine::build::{self, Builder, plan, steady};
use crate::engine::id::JourneyId;
use crate::engine::observation::{Cap, Ending};
use crate::engine::plan::{End, Plan};
use crate::engine::program::{
    Arrivals, Count, Discipline, Effect, Part, Policy, Process, Program, Reason, Segment, Step,
};
use crate::law::Law;

/// Arrivals at 0, 1 and 2 at one thread with one place to wait, 10 ns each: the first is answered
/// at 10, the second at 20 after 19, the third turned away.
#[test]
fn a_full_room_turns_away() {
    let mut p = Paper::new();
    let web = p.node("web");
    let threads = p.b.pool(1, Some(1));
    let serve = p.wait(10);
    let entry =
        p.b.steps([Step::Acquire { pool: threads }, serve, Step::Reply]);
    let call = p.call("user -> web", web, entry, |_| ());
    let seen = trace(&p.users(&[0, 1, 2], call), &[]);
    assert_eq!(result(&seen), (2, 10 + 19, vec![(Reason::Refused, 1)]));
    let web = &seen.components[0];
    assert_eq!(
        (web.completed, web.waited, web.waiting_sum, web.refused),
        (2, 1, 9, 1)
    );
    // The one that is turned away stands inside for an instant.
    assert_eq!((web.in_system.max, web.in_system.area), (3, 29));
    assert_eq!((seen.pools[0].granted, seen.pools[0].waiting_sum), (2, 9));
    assert_eq!((seen.pools[0].used.area, seen.pools[0].refused), (20, 1));
    assert!(!seen.random);
}

/// The answer skips a balancer that forwarded: 3 out, 5 on, 10 of work, 3 back.
#[test]
fn latency_is_drawn_out_and_back_and_a_forward_is_a_tail_call() {
    let mut p = Paper::new();
    let (web, lb) = (p.node("web"), p.node("lb"));
    let serve = p.queue(web, 10);
    let page = p.b.steps([serve, Step::Reply]);
    let five = p.ns(5);
    let on = p.call("lb -> web", web, page, |call| call.latency = Some(five));
    let entry = p.b.steps([Step::Forward { call: on }]);
    let three = p.ns(3);
    let call = p.call("user -> lb", lb, entry, |call| call.latency = Some(three));
    let seen = trace(&p.users(&[7], call), &[]);
    assert_eq!(result(&seen), (1, 21, vec![]));
    let total = &seen.breakdown.total;
    let at = |owner: usize, part| total[super::super::observation::Breakdown::cell(owner, part)];
    assert_eq!(at(0, Part::Network), 5);
    assert_eq!(at(0, Part::Service), 10);
    assert_eq!(at(1, Part::Network), 6);
}

/// Two jobs at 0 of 10 ns on one shared core: both answered at 20, 10 of it stretch.
#[test]
fn sharing_splits_service_and_queue() {
    let mut p = Paper::new();
    let web = p.node("web");
    let law = p.ns(10);
    let cpu = p.b.station(web, Discipline::ProcessorSharing, Some(1));
    let serve = p.b.serve(cpu, law);
    let entry = p.b.steps([serve, Step::Reply]);
    let call = p.call("user -> web", web, entry, |_| ());
    let seen = trace(&p.users(&[0, 0], call), &[]);
    assert_eq!(result(&seen), (2, 40, vec![]));
    let station = &seen.stations[0];
    assert_eq!(
        (station.busy.area, station.queue.area, station.present.max),
        (20, 20, 2)
    );
    assert_eq!((station.served, station.waiting_sum), (2, 20));
    assert_eq!(seen.breakdown.total[Part::Service as usize], 20);
    assert_eq!(seen.breakdown.total[Part::Queue as usize], 20);
}

/// web needs 10 and db 30 of one core that they share, both at 0: web is done at 20, db at 40; of
/// the 40 ns that the core is busy, 10 are web's and 30 db's.
#[test]
fn a_shared_core_is_divided_among_its_components() {
    let mut p = Paper::new();
    let (web, db) = (p.node("web"), p.node("db"));
    let cpu = p.b.station(web, Discipline::ProcessorSharing, Some(1));
    p.b.program.nodes[db.index()].stations.push(cpu);
    let enter = |p: &mut Paper, node, name: &str, ns| {
        let law = p.ns(ns);
        let serve = p.b.serve(cpu, law);
        let entry = p.b.steps([serve, Step::Reply]);
        let call = p.call(name, node, entry, |_| ());
        p.b.steps([Step::Forward { call }])
    };
    let to_web = enter(&mut p, web, "user -> web", 10);
    let to_db = enter(&mut p, db, "user -> db", 30);
    let (_, journey) = p.b.class("request", None);
    p.b.source("one", to_web, build::at(&[0], journey));
    p.b.source("two", to_db, build::at(&[0], journey));
    let seen = trace(&p.b.program, &[]);
    assert_eq!(result(&seen), (2, 20 + 40, vec![]));
    assert_eq!(seen.stations[0].busy.area, 40);
    assert_eq!(seen.components[0].shared, [(cpu, 10)]);
    assert_eq!(seen.components[1].shared, [(cpu, 30)]);
}

/// Branches of 3 and 7 ns end after 7; with a failing one of 3 after 3, and the other is wasted.
#[test]
fn a_fork_waits_for_the_last_and_fails_with_the_first() {
    for fails in [false, true] {
        let mut p = Paper::new();
        let web = p.node("web");
        let (short, long) = (p.queue(web, 3), p.queue(web, 7));
        let end = if fails {
            Step::Fail {
                reason: Reason::Error,
            }
        } else {
            Step::Reply
        };
        let first = p.b.steps([short, end]);
        let second = p.b.steps([long, Step::Reply]);
        p.b.program.branches = vec![(first, 1), (second, 2)];
        let entry = p.b.steps([Step::Fork { first: 0, count: 2 }, Step::Reply]);
        let call = p.call("user -> web", web, entry, |_| ());
        let seen = trace(&p.users(&[0], call), &[]);
        if fails {
            assert_eq!(result(&seen), (0, 0, vec![(Reason::Error, 1)]));
            assert_eq!(super::failed_after(&seen), 3);
        } else {
            assert_eq!(result(&seen), (1, 7, vec![]));
            assert_eq!(seen.components[0].wasted_ns, 0);
        }
        assert_eq!(seen.components[0].residence_sum, if fails { 0 } else { 7 });
    }
}

/// Three rounds of 4 ns, and none.
#[test]
fn loops_run_as_often_as_told() {
    for (times, response) in [(3, 12), (0, 0)] {
        let mut p = Paper::new();
        let web = p.node("web");
        let round = p.queue(web, 4);
        let body = p.b.steps([round, Step::Reply]);
        let repeat = Step::Repeat {
            count: Count::Times(times),
            key: 9,
            body,
        };
        let entry = p.b.steps([repeat, Step::Reply]);
        let call = p.call("user -> web", web, entry, |_| ());
        assert_eq!(
            result(&trace(&p.users(&[0], call), &[])),
            (1, response, vec![])
        );
    }
}

/// A spawned visit costs time at its node and belongs to no request.
#[test]
fn nobody_waits_for_a_spawned_visit() {
    let mut p = Paper::new();
    let (db, replica) = (p.node("db"), p.node("replica"));
    let (write, apply) = (p.queue(db, 5), p.queue(replica, 50));
    let copy = p.b.steps([apply, Step::Reply]);
    let entry = p.b.steps([
        write,
        Step::Spawn {
            node: replica,
            entry: copy,
            key: 3,
        },
        Step::Reply,
    ]);
    let call = p.call("user -> db", db, entry, |_| ());
    let seen = trace(&p.users(&[0, 10], call), &[]);
    assert_eq!(result(&seen), (2, 10, vec![]));
    assert_eq!(
        (seen.components[1].completed, seen.components[1].waiting_sum),
        (2, 40)
    );
    assert_eq!(seen.audit.classes[0], [2, 2, 0, 0, 0]);
}

fn one_server(arrivals: impl FnOnce(&mut Builder, JourneyId) -> Arrivals, ns: f64) -> Program {
    let mut b = Builder::new();
    let node = b.component("web", 1)[0];
    let station = b.station(node, Discipline::Fcfs, Some(1));
    let law = b.law(Law::Constant(ns));
    let serve = b.serve(station, law);
    let inside = b.steps([serve, Step::Reply]);
    let call = b.call("user -> web", Policy::RoundRobin, &[(node, inside)], |_| ());
    let entry = b.steps([Step::Forward { call }]);
    let (_, journey) = b.class("request", None);
    let arrivals = arrivals(&mut b, journey);
    b.source("users", entry, arrivals);
    b.program
}

fn closed(b: &mut Builder, think: f64, levels: &[(u64, f64, f64, Option<u64>)]) -> Arrivals {
    let think = b.law(Law::Constant(think));
    let mix = vec![(JourneyId(0), 1.0)];
    let segment = |&(start, from, to, length)| Segment {
        start,
        from,
        to,
        length,
        mix: mix.clone(),
    };
    Arrivals::Closed {
        segments: levels.iter().map(segment).collect(),
        think,
    }
}

/// Think 5, service 10: requests at 5, 20, 35 ... 995, the last one answered after the end.
#[test]
fn a_closed_user_thinks_first() {
    let program = one_server(|b, _| closed(b, 5.0, &[(0, 1.0, 1.0, None)]), 10.0);
    let seen = trace(&program, &[]);
    assert_eq!(result(&seen), (67, 670, vec![]));
    assert_eq!((seen.window, seen.concurrent_users.area), ((0, 1000), 1000));
    assert_eq!(seen.in_system.area, 66 * 10 + 5);
}

/// Users ramp from 0 to 4 over 400 ns (at 100, 200, 300, 400), stay to 600, and are gone by then
/// except those who wait for an answer.
#[test]
fn users_come_and_go_with_the_ramp() {
    let levels = [
        (0, 0.0, 4.0, Some(400)),
        (400, 4.0, 4.0, Some(200)),
        (600, 0.0, 0.0, None),
    ];
    let program = one_server(|b, _| closed(b, 50.0, &levels), 10.0);
    let seen = trace(&program, &[]);
    assert_eq!(seen.concurrent_users.max, 4);
    // 500 + 400 + 300 + 200 ns of presence, and at most the end of one answer each.
    assert!(
        (1400..1440).contains(&seen.concurrent_users.area),
        "{:?}",
        seen.concurrent_users
    );
}

/// S25: after a refusal the same user waits 100 ms although the think time is 0.
#[test]
fn a_refused_user_pauses() {
    let mut program = one_server(|b, _| closed(b, 0.0, &[(0, 1.0, 1.0, None)]), 10.0);
    program.steps[0] = Step::Fail {
        reason: Reason::Refused,
    };
    let seen = checked(&program, &plan(1, End::At(1_000_000_001)));
    assert_eq!(seen.classes[0].failed[Reason::Refused as usize], 11);
    assert_eq!(seen.error_free_seconds, (0, 2));
}

/// S25: a cycle without time ends the replication instead of hanging it.
#[test]
fn loops_without_time_are_found() {
    let still = one_server(|b, _| closed(b, 0.0, &[(0, 1.0, 1.0, None)]), 0.0);
    let seen = checked(&still, &plan(1, End::At(1000)));
    assert_eq!(seen.ending, Ending::Capped(Cap::OneInstant));
    let mut p = Paper::new();
    let web = p.node("web");
    let entry = p.b.steps([Step::Forward {
        call: crate::engine::id::CallId(0),
    }]);
    let call = p.call("round", web, entry, |_| ());
    let seen = trace(&p.users(&[0], call), &[]);
    assert_eq!(seen.ending, Ending::Capped(Cap::OneInstant));
}

/// Paced at 1e9/s over 100 ns, then a ramp to nothing over 100 ns: 100 + 50 arrivals.
#[test]
fn arrivals_follow_the_cumulative_rate() {
    let program = one_server(
        |_, journey| {
            let mix = vec![(journey, 1.0)];
            let segment = |start, from, to, length| Segment {
                start,
                from,
                to,
                length,
                mix: mix.clone(),
            };
            Arrivals::Open {
                process: Process::Deterministic,
                batch: 1,
                segments: vec![
                    segment(0, 1e9, 1e9, Some(100)),
                    segment(100, 1e9, 0.0, Some(100)),
                    segment(200, 0.0, 0.0, None),
                ],
                again: None,
            }
        },
        0.0,
    );
    let plan = Plan {
        bucket_ns: 50,
        ..plan(1, End::At(1000))
    };
    let seen = checked(&program, &plan);
    let offered: Vec<u64> = seen
        .series
        .buckets
        .iter()
        .map(|bucket| bucket.offered)
        .collect();
    // The first arrival comes after one gap, so that the 100th is at 100 and the last at 200; the
    // halves of the ramp hold 37.5 and 12.5.
    assert_eq!(offered[..5], [49, 50, 1 + 37, 12, 1]);
    assert_eq!(offered.iter().sum::<u64>(), 150);
}

/// Requests at 0 and 4 of 10 ns, class deadline 12: the second takes 16 and is late.
#[test]
fn an_answer_after_the_deadline_is_late() {
    let mut program = one_server(|_, journey| build::at(&[0, 4], journey), 10.0);
    program.classes[0].deadline = Some(12);
    let seen = trace(&program, &[]);
    assert_eq!((seen.classes[0].succeeded, seen.classes[0].late), (1, 1));
    assert_eq!(seen.classes[0].completed_in_window, (1, 1, 0));
}

/// S14: only arrivals in the window count; those are followed beyond its end.
#[test]
fn the_cohort_is_followed_to_its_answers() {
    let program = one_server(|_, journey| build::at(&[10, 20, 30, 40], journey), 15.0);
    let seen = checked(
        &program,
        &Plan {
            warm_up: 20,
            ..plan(1, End::At(40))
        },
    );
    assert_eq!(result(&seen), (2, 20 + 25, vec![]));
    assert_eq!(seen.stations[0].served, 2 - 1);
    assert_eq!(seen.in_system.area, 2 * 5 + 5 + 2 * 10);
    assert_eq!(seen.audit.classes[0][0], 4);
    let cut = checked(
        &program,
        &Plan {
            warm_up: 20,
            drain: 5,
            ..plan(1, End::At(40))
        },
    );
    assert_eq!((cut.classes[0].succeeded, cut.classes[0].in_flight), (1, 1));
}

/// S45 between fault and arrival, and Speed: half speed from 5 on makes 10 ns take 15.
#[test]
fn a_slow_node_stretches_what_is_in_service() {
    for discipline in [Discipline::Fcfs, Discipline::ProcessorSharing] {
        let mut program = one_server(|_, journey| build::at(&[0], journey), 10.0);
        program.stations[0].discipline = discipline;
        let node = crate::engine::id::NodeId(0);
        let slow = [(5, Effect::Speed(node, 0.5))];
        assert_eq!(result(&trace(&program, &slow)), (1, 15, vec![]));
        let back = [(5, Effect::Speed(node, 0.5)), (9, Effect::Speed(node, 1.0))];
        assert_eq!(result(&trace(&program, &back)), (1, 12, vec![]));
    }
}

#[test]
fn a_stopped_or_capped_run_says_so() {
    let program = one_server(|_, journey| steady(Process::Poisson, 1e6, journey), 1e4);
    let plan = plan(1, End::At(1_000_000_000));
    let stop = std::sync::atomic::AtomicBool::new(true);
    assert_eq!(
        crate::engine::run(&program, &plan, &stop).ending,
        Ending::Interrupted
    );
    let few = Plan {
        event_cap: 1000,
        ..plan.clone()
    };
    assert_eq!(checked(&program, &few).ending, Ending::Capped(Cap::Events));
    let small = Plan {
        in_flight_cap: 100,
        ..plan
    };
    assert_eq!(
        checked(&program, &small).ending,
        Ending::Capped(Cap::InFlight)
    );
}
