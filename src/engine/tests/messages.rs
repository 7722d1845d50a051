//! Pencil traces of what befalls messages: black holes, partitions, latency, loss, errors, resets.

use super::{Paper, failed_after, result, trace};
use crate::engine::id::{NodeId, SpellId};
use crate::engine::observation::Observations;
use crate::engine::program::{Act, Effect, Policy, Program, Reason, Scope, Spell, Step, Ties};
use crate::law::Law;

/// Users forward into `web`, which has `connections` threads and no work of its own and calls `db`
/// (one server of 10 ns) over as many connections, with a timeout of `patience`. Nodes: web, db.
fn program(instants: &[u64], patience: Option<u64>, connections: u32) -> Program {
    let mut p = Paper::new();
    let (web, db) = (p.node("web"), p.node("db"));
    let serve = p.queue(db, 10);
    let query = p.b.steps([serve, Step::Reply]);
    let pool = p.b.pool(connections, None);
    let timeout = patience.map(|ns| p.b.lane(ns));
    let call = p.call("web -> db", db, query, |call| {
        call.pool = Some(pool);
        call.timeout = timeout;
    });
    let threads = p.b.pool(connections, None);
    let ask = Step::Call {
        call,
        otherwise: None,
    };
    let entry =
        p.b.steps([Step::Acquire { pool: threads }, ask, Step::Reply]);
    let user = p.call("user -> web", web, entry, |_| ());
    p.users(instants, user)
}

/// The same while something befalls the messages to and from `db`.
fn under(mut program: Program, act: Act, from: u64, to: u64) -> Observations {
    program.spells.push(Spell {
        scope: Scope::Around {
            nodes: vec![NodeId(1)],
            among: true,
        },
        act,
        key: 1,
    });
    let spell = SpellId(0);
    let effects = [
        (from, Effect::Spell(spell, true)),
        (to, Effect::Spell(spell, false)),
    ];
    trace(&program, &effects)
}

const OUT_OF_TIME: Reason = Reason::Timeout;

/// The hole is there from 5 to 50: sent at 10, nothing comes back; the timeout of 20 ends it at 30.
#[test]
fn a_black_hole_refuses_nobody() {
    let seen = under(program(&[10], Some(20), 9), Act::Vanish, 5, 50);
    assert_eq!(result(&seen), (0, 0, vec![(OUT_OF_TIME, 1)]));
    assert_eq!(failed_after(&seen), 20);
    assert_eq!(seen.links[0].timeouts, 1);
    // It never came to the node.
    assert_eq!(seen.components[1].completed, 0);
    assert_eq!(seen.stations[0].busy.area, 0);
}

/// Both are at the database at 5; the first is served until 10, its answer vanishes; the second
/// until 20, when the hole is gone: 19 ns.
#[test]
fn what_a_black_hole_has_inside_is_worked_on_and_its_answers_vanish() {
    let seen = under(program(&[0, 1], Some(40), 9), Act::Vanish, 5, 15);
    assert_eq!(result(&seen), (1, 19, vec![(OUT_OF_TIME, 1)]));
    assert_eq!(failed_after(&seen), 40);
    assert_eq!(seen.components[1].completed, 2);
    assert_eq!(seen.components[1].wasted_ns, 10);
}

/// One thread and one connection: the second waits for both until the first has timed out at 30,
/// and is itself answered, as the hole is gone: 12 to 40. With a crash the first is over at once.
#[test]
fn callers_of_a_black_hole_hold_threads_and_connections() {
    let seen = under(program(&[10, 12], Some(20), 1), Act::Vanish, 5, 25);
    assert_eq!(result(&seen), (1, 28, vec![(OUT_OF_TIME, 1)]));
    let [connections, threads] = [&seen.pools[0], &seen.pools[1]];
    assert_eq!((connections.used.area, threads.used.area), (30, 30));
    assert_eq!(threads.waiting.area, 18);
    let crash = [
        (5, Effect::Crash(NodeId(1))),
        (25, Effect::Repair(NodeId(1))),
    ];
    let seen = trace(&program(&[10, 12], Some(20), 1), &crash);
    assert_eq!(result(&seen), (0, 0, vec![(Reason::Down, 2)]));
    assert_eq!((seen.pools[0].used.area, seen.pools[1].used.area), (0, 0));
}

/// Without a timeout the caller holds its thread to the end of the run.
#[test]
fn without_a_timeout_a_black_hole_holds_for_ever() {
    let seen = under(program(&[10], None, 1), Act::Vanish, 5, 25);
    assert_eq!(result(&seen), (0, 0, vec![]));
    assert_eq!(seen.pools[1].used.area, 990);
}

/// After it, nothing is left of it: the request of 60 is served at once.
#[test]
fn after_a_black_hole_all_is_as_before() {
    let seen = under(program(&[10, 60], Some(20), 1), Act::Vanish, 5, 50);
    assert_eq!(result(&seen), (1, 10, vec![(OUT_OF_TIME, 1)]));
}

/// A balancer that forwards counts what it sent into the hole as open until its user gives up: with
/// fewest connections the second goes elsewhere, and so does the third; the fourth, at 35, finds
/// nobody counted at either, and goes to the first again.
#[test]
fn fewest_connections_avoid_a_black_hole_as_long_as_its_callers_wait() {
    let mut p = Paper::new();
    let (lb, nodes) = (p.node("lb"), p.b.component("app", 2));
    let targets: Vec<_> = nodes
        .iter()
        .map(|&node| {
            let serve = p.queue(node, 2);
            (node, p.b.steps([serve, Step::Reply]))
        })
        .collect();
    let ties = Ties::First;
    let policy = Policy::LeastConnections { ties };
    let call = p.b.call("lb -> app", policy, &targets, |_| ());
    let pass = p.b.steps([Step::Forward { call }]);
    let timeout = Some(p.b.lane(20));
    let call = p.call("user -> lb", lb, pass, |call| call.timeout = timeout);
    let ask = Step::Call {
        call,
        otherwise: None,
    };
    let mut program = p.users_with(&[10, 12, 15, 35], [ask, Step::Reply]);
    program.spells.push(Spell {
        scope: Scope::Around {
            nodes: vec![nodes[0]],
            among: true,
        },
        act: Act::Vanish,
        key: 1,
    });
    let seen = trace(&program, &[(5, Effect::Spell(SpellId(0), true))]);
    assert_eq!(result(&seen), (2, 4, vec![(OUT_OF_TIME, 2)]));
    assert_eq!((seen.stations[0].served, seen.stations[1].served), (0, 2));
}

/// One way cut from 5 to 50, at 10: requests pass and answers vanish, or the other way round.
#[test]
fn a_partition_cuts_one_way_or_both() {
    let run = |from: u32, to: u32, both: bool| {
        let mut program = program(&[10], Some(20), 1);
        program.spells.push(Spell {
            scope: Scope::Between {
                from: vec![NodeId(from)],
                to: vec![NodeId(to)],
                both,
            },
            act: Act::Vanish,
            key: 1,
        });
        let seen = trace(&program, &[(5, Effect::Spell(SpellId(0), true))]);
        assert_eq!(result(&seen), (0, 0, vec![(OUT_OF_TIME, 1)]));
        seen.components[1].completed
    };
    // Requests of web (0) to db (1) are cut: no work is done. Its answers are: it is.
    assert_eq!((run(0, 1, false), run(1, 0, false)), (0, 1));
    assert_eq!((run(0, 1, true), run(1, 0, true)), (0, 0));
}

/// The parts of a partition that do not talk to each other notice nothing.
#[test]
fn a_partition_leaves_others_alone() {
    let mut program = program(&[10], Some(20), 1);
    program.spells.push(Spell {
        scope: Scope::Between {
            from: vec![NodeId(1)],
            to: vec![NodeId(2)],
            both: true,
        },
        act: Act::Vanish,
        key: 1,
    });
    let seen = trace(&program, &[(5, Effect::Spell(SpellId(0), true))]);
    assert_eq!(result(&seen), (1, 10, vec![]));
}

/// 3 ns each way: 0 to 16. The answer of what left before 5 takes them too: 10 + 3. What leaves the
/// database at 51 does not.
#[test]
fn latency_is_added_to_each_message_that_leaves() {
    let slow = || Act::Delay(Law::Constant(3.0));
    let seen = under(program(&[10], Some(100), 1), slow(), 5, 50);
    assert_eq!(result(&seen), (1, 16, vec![]));
    let seen = under(program(&[0], Some(100), 1), slow(), 5, 50);
    assert_eq!(result(&seen), (1, 13, vec![]));
    let seen = under(program(&[38], Some(100), 1), slow(), 5, 50);
    assert_eq!(result(&seen), (1, 13, vec![]));
    // The connection is held for all of it.
    assert_eq!(seen.pools[0].used.area, 13);
}

/// An error comes back at once, and no work is done.
#[test]
fn an_error_is_an_answer_without_work() {
    let seen = under(program(&[10, 60], Some(20), 1), Act::Fail(1.0), 5, 50);
    assert_eq!(result(&seen), (1, 10, vec![(Reason::Error, 1)]));
    assert_eq!(failed_after(&seen), 0);
    assert_eq!(seen.components[1].failed[Reason::Error as usize], 1);
    assert_eq!(seen.components[1].completed, 1);
}

/// The work is done, and the answer cut off at 20: wasted.
#[test]
fn a_reset_comes_after_the_work() {
    let seen = under(program(&[10, 60], Some(20), 1), Act::Cut(1.0), 5, 50);
    assert_eq!(result(&seen), (1, 10, vec![(Reason::Reset, 1)]));
    assert_eq!(failed_after(&seen), 10);
    assert_eq!(seen.components[1].wasted_ns, 10);
}

/// All copies of the request are lost: the sender gives up after 924.6 s, which the caller's
/// timeout does not wait for.
#[test]
fn lost_requests_end_with_the_callers_timeout() {
    let seen = under(program(&[10], Some(20), 1), Act::Lose(1.0), 5, 50);
    assert_eq!(result(&seen), (0, 0, vec![(OUT_OF_TIME, 1)]));
    assert_eq!(seen.stations[0].busy.area, 0);
}

/// Pauses hold what leaves: web, which does no work, is paused from 5 to 50. What the database
/// answers at 10 goes on to the user at 50; the call of 20 leaves at 50 and is answered at 60.
#[test]
fn nothing_leaves_a_paused_node() {
    let program = program(&[0, 20], None, 9);
    let pause = [
        (5, Effect::Pause(NodeId(0), true)),
        (50, Effect::Pause(NodeId(0), false)),
    ];
    let seen = trace(&program, &pause);
    assert_eq!(result(&seen), (2, 50 + 40, vec![]));
    // A crash at 30 loses both; back at 40, still paused, it holds the request of 45 until 50.
    let program = self::program(&[0, 20, 45], None, 9);
    let crash = [
        pause[0],
        (30, Effect::Crash(NodeId(0))),
        (40, Effect::Repair(NodeId(0))),
        pause[1],
    ];
    let seen = trace(&program, &crash);
    assert_eq!(result(&seen), (1, 15, vec![(Reason::Reset, 2)]));
}

/// A delay within a black hole does not matter, two delays add up, an error beats nothing that
/// vanishes.
#[test]
fn what_befalls_messages_composes() {
    let run = |acts: &[Act]| {
        let mut program = program(&[10], Some(20), 1);
        let mut effects = Vec::new();
        for (number, act) in acts.iter().enumerate() {
            program.spells.push(Spell {
                scope: Scope::Around {
                    nodes: vec![NodeId(1)],
                    among: true,
                },
                act: act.clone(),
                key: number as u64,
            });
            effects.push((5, Effect::Spell(SpellId(number as u32), true)));
        }
        result(&trace(&program, &effects))
    };
    let delay = |ns: f64| Act::Delay(Law::Constant(ns));
    let timeout = (0, 0, vec![(OUT_OF_TIME, 1)]);
    assert_eq!(run(&[delay(1.0), delay(2.0)]), (1, 16, vec![]));
    assert_eq!(run(&[delay(1.0), Act::Vanish]), timeout);
    assert_eq!(run(&[Act::Fail(1.0), Act::Vanish]), timeout);
    assert_eq!(
        run(&[delay(1.0), Act::Fail(1.0)]),
        (0, 0, vec![(Reason::Error, 1)])
    );
}

/// Both are at the database when web is cut off at 5: it works until 20, and nothing comes back;
/// web holds threads and connections to their timeouts at 20 and 21. The request of 60 passes.
#[test]
fn a_partition_keeps_what_is_behind_it() {
    let mut program = program(&[0, 1, 60], Some(20), 9);
    program.spells.push(Spell {
        scope: Scope::Between {
            from: vec![NodeId(0)],
            to: vec![NodeId(1)],
            both: true,
        },
        act: Act::Vanish,
        key: 1,
    });
    let spell = SpellId(0);
    let effects = [
        (5, Effect::Spell(spell, true)),
        (50, Effect::Spell(spell, false)),
    ];
    let seen = trace(&program, &effects);
    assert_eq!(result(&seen), (1, 10, vec![(OUT_OF_TIME, 2)]));
    assert_eq!(seen.components[1].completed, 3);
    assert_eq!(seen.components[1].wasted_ns, 20);
    assert_eq!((seen.pools[0].used.area, seen.pools[1].used.area), (50, 50));
}

/// Served from 0 to 10 and from 10 to 20 as without it; the answers take 3 ns.
#[test]
fn latency_leaves_the_queue_alone() {
    let slow = Act::Delay(Law::Constant(3.0));
    let seen = under(program(&[0, 1], Some(100), 9), slow, 5, 50);
    assert_eq!(result(&seen), (2, 13 + 22, vec![]));
    assert_eq!(
        (seen.stations[0].busy.area, seen.stations[0].queue.area),
        (20, 9)
    );
}

/// 30 ns on the way there: the caller gives up at 30, the database works from 40 to 50 for nothing.
#[test]
fn late_answers_over_a_slow_way_are_wasted() {
    let slow = Act::Delay(Law::Constant(30.0));
    let seen = under(program(&[10], Some(20), 9), slow, 5, 50);
    assert_eq!(result(&seen), (0, 0, vec![(OUT_OF_TIME, 1)]));
    assert_eq!(seen.components[1].wasted_ns, 10);
}

/// All copies of both answers are lost; the work of 10 ns each is done. After it all is as before.
#[test]
fn lost_answers_vanish_and_the_work_is_done() {
    let seen = under(program(&[0, 1, 60], Some(40), 9), Act::Lose(1.0), 5, 50);
    assert_eq!(result(&seen), (1, 10, vec![(OUT_OF_TIME, 2)]));
    assert_eq!(seen.components[1].completed, 3);
    assert_eq!(seen.components[1].wasted_ns, 20);
}

/// Both came before the errors began at 5, and are answered at 10 and 20.
#[test]
fn errors_leave_what_is_inside_alone() {
    let seen = under(program(&[0, 1], Some(40), 9), Act::Fail(1.0), 5, 50);
    assert_eq!(result(&seen), (2, 10 + 19, vec![]));
}

/// Both are cut off at the end of their work, at 10 and 20; until then threads are held.
#[test]
fn resets_keep_the_queue_and_its_callers() {
    let seen = under(program(&[0, 1], Some(40), 9), Act::Cut(1.0), 5, 50);
    assert_eq!(result(&seen), (0, 0, vec![(Reason::Reset, 2)]));
    assert_eq!((seen.components[1].completed, failed_after(&seen)), (2, 29));
    assert_eq!((seen.pools[0].used.area, seen.pools[1].used.area), (29, 29));
}

/// The caller gave up at 8; the answer of 10 is wasted once.
#[test]
fn late_answers_are_not_reset_again() {
    let seen = under(program(&[0], Some(8), 9), Act::Cut(1.0), 5, 50);
    assert_eq!(result(&seen), (0, 0, vec![(OUT_OF_TIME, 1)]));
    assert_eq!(seen.components[1].wasted_ns, 10);
}
