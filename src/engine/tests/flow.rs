//! Pencil traces of branches of which some suffice.

use super::{Paper, failed_after, result, trace};
use crate::engine::observation::Observations;
use crate::engine::program::{Reason, Step};

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
