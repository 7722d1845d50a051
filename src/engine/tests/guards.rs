//! Pencil traces of guards that all calls of a node over a link share.

use super::{Paper, result, trace};
use crate::engine::id::{GuardId, LinkId, NodeId};
use crate::engine::program::{Backoff, Budget, Call, Effect, Guard, Program, RETRY, Reason, Step};

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
    }
}

/// A budget of one retry to which each good answer adds half a one; pauses of 2 ns.
fn frugal(instants: &[u64]) -> Program {
    let budget = Budget {
        deposit: RETRY / 2,
        bucket: 1,
    };
    let guard = Guard {
        budget: Some(budget),
        ..guard()
    };
    let mut program = guarded(guard, instants, |call| call.attempts = 3);
    program.laws.push(crate::law::Law::Constant(2.0));
    let pause = crate::engine::id::LawId::from(program.laws.len() - 1);
    program.calls[0].backoff = Backoff::Law(Some(pause));
    program
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
