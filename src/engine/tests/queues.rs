//! Pencil traces of queues with copies of their messages.

use super::{Paper, result, trace};
use crate::engine::id::NodeId;
use crate::engine::observation::Observations;
use crate::engine::program::{Effect, Queue, Reason, Seat, Step};

/// The nodes of the queue, by seat.
const MAIL: [NodeId; 2] = [NodeId(2), NodeId(3)];

/// Requests at these times send a message each to a queue of two nodes, which delivers them to one
/// worker, one at a time, 10 ns each.
fn sent(at: &[u64], effects: &[(u64, Effect)]) -> Observations {
    let mut p = Paper::new();
    let (web, worker) = (p.node("web"), p.node("worker"));
    let mail = p.b.component("mail", 2);
    assert_eq!(mail, MAIL);
    let work = p.queue(worker, 10);
    let taken = p.b.steps([work, Step::Reply]);
    let call = p.call("mail -> worker", worker, taken, |_| ());
    let entries = p.b.program.entries.len() as u32;
    let mut seats = Vec::new();
    for node in mail {
        let pool = p.b.pool(1, Some(5));
        let deliver = Step::Call {
            call,
            otherwise: None,
        };
        let entry = p.b.steps([Step::Acquire { pool }, deliver, Step::Reply]);
        p.b.program.entries.push(entry);
        seats.push(Seat { node, pool });
    }
    p.b.program.queues.push(Queue { seats });
    let publish = Step::Publish {
        queue: 0,
        entries,
        key: 5,
    };
    let first = p.b.steps([publish, Step::Reply]);
    let call = p.call("user -> web", web, first, |_| ());
    trace(&p.users(at, call), effects)
}

fn led(seat: Option<u32>) -> Effect {
    Effect::Lead { queue: 0, seat }
}

/// The first node is lost at 15, and the other one leads from 22 on. The message of 0 is done at
/// 10. That of 2 is in work when its node is lost: for nothing until 20, and again from 22 to 32.
/// That of 4 is done at 42, that of 23 at 52; what is sent at 16 and 19 finds nobody who leads.
#[test]
fn messages_with_copies_outlive_their_node() {
    let effects = [
        (15, Effect::Crash(MAIL[0])),
        (18, led(None)),
        (22, led(Some(1))),
    ];
    let seen = sent(&[0, 2, 4, 16, 19, 23], &effects);
    assert_eq!(result(&seen), (4, 0, vec![(Reason::Down, 2)]));
    let queue = &seen.queues[0];
    assert_eq!((queue.accepted, queue.refused), (4, 2));
    assert_eq!((queue.completed, queue.dead), (4, 0));
    assert_eq!(queue.completion_sum, 10 + 30 + 38 + 29);
    assert_eq!(seen.components[1].completed, 5);
}

/// The first node is back at 18 before anybody else leads: its messages begin anew. That of 2 is
/// sent to the worker again at 18, which is busy with it until 20, and is done at 30; that of 4 at
/// 40.
#[test]
fn messages_with_copies_wait_for_their_node() {
    let effects = [(15, Effect::Crash(MAIL[0])), (18, Effect::Repair(MAIL[0]))];
    let seen = sent(&[0, 2, 4], &effects);
    let queue = &seen.queues[0];
    assert_eq!((queue.completed, queue.dead), (3, 0));
    assert_eq!(queue.completion_sum, 10 + 28 + 36);
}

/// Nobody leads any more: what is left is neither done nor dead. Who does not lead is not missed.
#[test]
fn messages_without_a_leader_are_left() {
    let effects = [(15, Effect::Crash(MAIL[0])), (18, led(None))];
    let queue = &sent(&[0, 2, 4], &effects).queues[0];
    assert_eq!((queue.accepted, queue.completed, queue.dead), (3, 1, 0));
    let queue = &sent(&[0, 2, 4], &[(15, Effect::Crash(MAIL[1]))]).queues[0];
    assert_eq!((queue.completed, queue.completion_sum), (3, 10 + 18 + 26));
}

/// A node that loses the lead and not its life hands over what it has: the message of 2 is done at
/// 20 while nobody leads; that of 4, sent to the worker at 20, is sent again at 22 and waits until
/// 30 behind itself. The old leader delivers nothing more.
#[test]
fn messages_follow_who_leads() {
    let seen = sent(&[0, 2, 4, 23], &[(15, led(None)), (22, led(Some(1)))]);
    let queue = &seen.queues[0];
    assert_eq!((queue.accepted, queue.completed, queue.dead), (4, 4, 0));
    assert_eq!(queue.completion_sum, 10 + 18 + 36 + 27);
    assert_eq!(seen.components[1].completed, 5);
}
