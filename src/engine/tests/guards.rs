//! Pencil traces of guards that all calls of a node over a link share.

use super::{Paper, result, trace};
use crate::engine::id::{GuardId, LaneId, LawId, LinkId, NodeId};
use crate::engine::program::{
    Backoff, Breaker, Budget, Call, Effect, Guard, PARTS, Program, Rate, Reason, Step, WHOLE,
};
use crate::law::Law;

const WEB: NodeId = NodeId(0);
const DB: NodeId = NodeId(1);

/// web calls db (one server, 10 ns) over a guarded link; users forward into web at `instants`.
fn guarded(guard: Guard, instants: &[u64], set: impl FnOnce(&mut Call)) -> Program {
    let mut p = Paper::new();
    let (web, db) = (p.node("web"), p.node("db"));
    let serve = p.queue(db, 10);
    let query = p.b.steps([serve, Step::Reply]);
    let call = p.call("web -> db", db, query, |call| {
        call.guard = Some(GuardId(0));
        set(call);
    });
    let entry = p.b.steps([
        Step::Call {
            call,
            otherwise: None,
        },
        Step::Reply,
    ]);
    p.b.program.guards.push(guard);
    let user = p.call("user -> web", web, entry, |_| ());
    p.users(instants, user)
}

fn guard() -> Guard {
    Guard {
        node: WEB,
        link: LinkId(0),
        budget: None,
        breaker: None,
        bulkhead: None,
        rate: None,
    }
}

/// A budget of one retry to which each good answer adds half a one; pauses of 2 ns.
fn frugal(instants: &[u64]) -> Program {
    let budget = Budget {
        deposit: WHOLE / 2,
        bucket: 1,
    };
    let guard = Guard {
        budget: Some(budget),
        ..guard()
    };
    let mut program = guarded(guard, instants, |call| call.attempts = 3);
    pause(&mut program);
    program
}

/// Makes the guarded call pause for 2 ns before each retry.
fn pause(program: &mut Program) {
    program.laws.push(Law::Constant(2.0));
    let pause = LawId::from(program.laws.len() - 1);
    program.calls[0].backoff = Backoff::Law(Some(pause));
}

/// While db is down, from 5 to 20, the request of 6 takes the one retry there is, at 8, and fails
/// there; that of 7 fails at once. Those of 30 and 40 are answered and pay for the retry of 61.
#[test]
fn good_answers_pay_for_retries() {
    let effects = [
        (5, Effect::Crash(DB)),
        (20, Effect::Repair(DB)),
        (60, Effect::Crash(DB)),
    ];
    let seen = trace(&frugal(&[6, 7, 30, 40, 61]), &effects);
    assert_eq!(result(&seen), (2, 20, vec![(Reason::Down, 3)]));
    let link = seen.links[0];
    assert_eq!((link.calls, link.attempts, link.retries), (5, 7, 2));
    assert_eq!((link.withheld, link.failed), (3, 3));
    let failed: u128 = seen.audit.time_in_system - 20;
    assert_eq!(failed, 2 + 2, "two pauses");
}

/// One good answer is half a retry: the failure of 41 is not repeated.
#[test]
fn half_a_retry_is_none() {
    let effects = [
        (5, Effect::Crash(DB)),
        (20, Effect::Repair(DB)),
        (40, Effect::Crash(DB)),
    ];
    let link = trace(&frugal(&[6, 30, 41]), &effects).links[0];
    assert_eq!((link.attempts, link.retries, link.withheld), (4, 1, 2));
}

/// S48: web spends its retry at 6, crashes at 10 and is back at 12 as it was at the start.
#[test]
fn a_caller_that_comes_back_has_a_full_bucket() {
    let effects = [
        (5, Effect::Crash(DB)),
        (10, Effect::Crash(WEB)),
        (12, Effect::Repair(WEB)),
    ];
    let link = trace(&frugal(&[6, 13]), &effects).links[0];
    assert_eq!((link.attempts, link.retries, link.withheld), (4, 2, 2));
}

/// A breaker that opens for 50 ns when half of the latest `window` failed, with one trial.
fn fused(window: u32, instants: &[u64], set: impl FnOnce(&mut Call)) -> Program {
    let breaker = Breaker {
        failure_rate: WHOLE / 2,
        window,
        minimum_calls: window,
        open: 50,
        half_open: 1,
    };
    let guard = Guard {
        breaker: Some(breaker),
        ..guard()
    };
    guarded(guard, instants, set)
}

/// Closed: the crash of 5 fails the request of 0, the dead db that of 6, two of two. Open from 6
/// to 56: those of 10 and 20 are refused, and so is that of 45, although db is back since 40.
/// Half-open: that of 56 is the trial, done at 66; that of 60 is refused. Closed: that of 70.
#[test]
fn a_breaker_opens_tries_and_closes() {
    let effects = [(5, Effect::Crash(DB)), (40, Effect::Repair(DB))];
    let seen = trace(&fused(2, &[0, 6, 10, 20, 45, 56, 60, 70], |_| ()), &effects);
    let failures = vec![
        (Reason::Down, 1),
        (Reason::Reset, 1),
        (Reason::BreakerOpen, 4),
    ];
    assert_eq!(result(&seen), (2, 20, failures));
    let link = seen.links[0];
    assert_eq!((link.calls, link.attempts, link.failed), (8, 4, 6));
    assert_eq!((link.opened, link.broken, link.open_ns), (1, 4, 50));
    assert_eq!(seen.audit.time_in_system, 20 + 5, "refusals take no time");
}

/// The trials of 56 and 106 find db down: open again at once, from 106 on until the next trial,
/// which nobody asks for.
#[test]
fn a_trial_that_fails_opens_it_again() {
    let seen = trace(
        &fused(2, &[0, 6, 56, 100, 106], |_| ()),
        &[(5, Effect::Crash(DB))],
    );
    let failures = vec![
        (Reason::Down, 3),
        (Reason::Reset, 1),
        (Reason::BreakerOpen, 1),
    ];
    assert_eq!(result(&seen), (0, 0, failures));
    let link = seen.links[0];
    assert_eq!((link.opened, link.broken), (3, 1));
    assert_eq!(link.open_ns, 50 + 50 + (1000 - 106));
}

/// The first attempt opens the breaker, the second is refused after its pause: the call ends there
/// for the reason of the refusal (S16), with an attempt and two tries to spare.
#[test]
fn a_refusal_ends_the_call_for_good() {
    let mut program = fused(1, &[6], |call| call.attempts = 4);
    pause(&mut program);
    let seen = trace(&program, &[(5, Effect::Crash(DB))]);
    assert_eq!(result(&seen), (0, 0, vec![(Reason::BreakerOpen, 1)]));
    let link = seen.links[0];
    assert_eq!((link.attempts, link.retries, link.broken), (1, 0, 1));
    assert_eq!(seen.audit.time_in_system, 2);
}

/// S21: attempts that time out count, not calls: the two of the first call, over at 4 and 8, open
/// it until 58. The trial of 58 is over at 62, and the retry that follows is refused.
#[test]
fn a_breaker_sees_attempts() {
    let mut program = fused(2, &[0, 58], |call| call.attempts = 2);
    program.lanes.push(4);
    program.calls[0].timeout = Some(LaneId(0));
    let link = trace(&program, &[]).links[0];
    assert_eq!((link.attempts, link.timeouts, link.opened), (3, 3, 2));
    assert_eq!((link.broken, link.open_ns), (1, 50 + (1000 - 62)));
}

/// S48: web comes back with a closed breaker, and what it asked before is forgotten.
#[test]
fn a_caller_that_comes_back_has_a_closed_breaker() {
    let effects = [
        (5, Effect::Crash(DB)),
        (10, Effect::Crash(WEB)),
        (12, Effect::Repair(WEB)),
        (15, Effect::Repair(DB)),
    ];
    let seen = trace(&fused(1, &[6, 7, 20], |_| ()), &effects);
    let failures = vec![(Reason::Down, 1), (Reason::BreakerOpen, 1)];
    assert_eq!(result(&seen), (1, 10, failures));
    assert_eq!(seen.links[0].open_ns, 4);
}

/// Two at most: of the calls of 0, 1 and 2 the last is refused; at 10 the answer frees a place
/// before the call of that instant (S45), and that of 11 finds it taken again.
#[test]
fn a_bulkhead_holds_so_many() {
    let guard = Guard {
        bulkhead: Some(2),
        ..guard()
    };
    let seen = trace(&guarded(guard, &[0, 1, 2, 10, 11], |_| ()), &[]);
    let answered = 10 + 19 + 20;
    assert_eq!(
        result(&seen),
        (3, answered, vec![(Reason::BulkheadFull, 2)])
    );
    let link = seen.links[0];
    assert_eq!((link.attempts, link.crowded, link.failed), (3, 2, 2));
}

/// A place is held by an attempt, not through the pause before the next: while the call of 0
/// pauses from 4 to 6, that of 5 has the only place, and the retry of 6 is refused.
#[test]
fn a_pause_holds_no_place() {
    let guard = Guard {
        bulkhead: Some(1),
        ..guard()
    };
    let mut program = guarded(guard, &[0, 5], |call| call.attempts = 2);
    pause(&mut program);
    program.lanes.push(4);
    program.calls[0].timeout = Some(LaneId(0));
    let link = trace(&program, &[]).links[0];
    // The call of 5 times out at 9 and again at 15.
    assert_eq!((link.attempts, link.timeouts, link.crowded), (3, 3, 1));
}

/// A token every 20 ns, two at most: 0 and 1 take them, 2 finds none, 20 the next, 39 none.
#[test]
fn a_limit_lets_out_as_many_as_tokens_come() {
    let rate = Rate {
        interval: 20 * PARTS,
        burst: 2,
    };
    let guard = Guard {
        rate: Some(rate),
        ..guard()
    };
    let seen = trace(&guarded(guard, &[0, 1, 2, 20, 39, 40], |_| ()), &[]);
    let answered = 10 + 19 + 10 + 10;
    assert_eq!(result(&seen), (4, answered, vec![(Reason::RateLimited, 2)]));
    assert_eq!(seen.links[0].limited, 2);
}

/// A half-open breaker refuses before the bulkhead does, a closed one leaves it to it.
#[test]
fn the_breaker_is_asked_before_the_bulkhead() {
    let breaker = Breaker {
        failure_rate: WHOLE,
        window: 1,
        minimum_calls: 1,
        open: 10,
        half_open: 1,
    };
    let guard = Guard {
        breaker: Some(breaker),
        bulkhead: Some(1),
        ..guard()
    };
    // The call of 0 is reset at 5: open until 15. The trial of 15 is done at 25, that of 20 is
    // refused by the breaker, which is closed again at 25.
    let effects = [(5, Effect::Crash(DB)), (10, Effect::Repair(DB))];
    let seen = trace(&guarded(guard, &[0, 15, 20, 25, 30], |_| ()), &effects);
    let failures = vec![
        (Reason::Reset, 1),
        (Reason::BreakerOpen, 1),
        (Reason::BulkheadFull, 1),
    ];
    assert_eq!(result(&seen), (2, 20, failures));
}
