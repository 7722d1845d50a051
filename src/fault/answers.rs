//! The seven questions that every fault answers, as data for the documentation.

use crate::model::FaultKind;

/// What a fault does to those around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answers {
    /// The fault's word in a file.
    pub fault: &'static str,
    /// What becomes of new arrivals.
    pub new_arrivals: &'static str,
    /// What becomes of queued work.
    pub queued: &'static str,
    /// What becomes of work in service.
    pub in_service: &'static str,
    /// What becomes of what callers hold while they wait.
    pub held_upstream: &'static str,
    /// What becomes of replies that come late.
    pub late_replies: &'static str,
    /// The state after the end of the fault.
    pub after_restart: &'static str,
    /// Who learns of it, and when.
    pub learned: &'static str,
}

const CRASH: Answers = Answers {
    fault: "Crash of a node or host",
    new_arrivals: "refused at once: the attempt fails with `down`",
    queued: "lost; each caller's attempt fails with `reset` after one network delay. Messages of \
             a queue with standbys wait for whoever leads next",
    in_service: "lost; each caller's attempt fails with `reset` after one network delay",
    held_upstream: "given back as soon as the failure reaches the caller, who may retry",
    late_replies: "answers of parts that the crashed node called are dropped; their work is \
                   wasted",
    after_restart: "empty: no queue, pools free, full speed unless a slow fault or a pause \
                    still holds",
    learned: "callers with health checks after `fall` failed checks in a row; a standby \
              after its takeover time; a failover manager after `detect`; clients of a name \
              service when the address is withdrawn and their copy has expired; callers \
              without any of these never",
};

/// The answers of each fault, in the order of the documentation.
pub const ANSWERS: [Answers; 21] = [
    CRASH,
    Answers {
        fault: "Crash of a switch",
        new_arrivals: "attempts whose path stands on it fail with `unreachable`",
        queued: "untouched: the callee works on",
        in_service: "untouched: the callee works on",
        held_upstream: "kept until the answer comes to the cut path; then the attempt fails with \
                        `unreachable`",
        late_replies: "lost where the path is cut when they leave; the work is wasted",
        after_restart: "as before; traffic that was moved to another alternative stays there",
        learned: "the path after its `detect`, if another alternative is up; health checks over \
                  the path fail as long as it is cut",
    },
    Answers {
        fault: "Slow",
        new_arrivals: "accepted",
        queued: "kept; it waits longer",
        in_service: "goes on at the new speed, what is done stays done",
        held_upstream: "kept until the answer or the caller's own timeout",
        late_replies: "of attempts that timed out nobody waits for them: wasted work",
        after_restart: "full speed, with the queue that has built up",
        learned: "nobody: health checks stay green",
    },
    Answers {
        fault: "Pause",
        new_arrivals: "accepted: they take threads and connections as before, and wait",
        queued: "kept; it waits longer",
        in_service: "work on CPUs and disks stands still, and goes on where it was; calls and \
                     answers leave the node only after its end",
        held_upstream: "kept until the answer or the caller's own timeout",
        late_replies: "of attempts that timed out nobody waits for them: the work is done all the \
                       same, and wasted",
        after_restart: "as before, with the queue that has built up; caches and pools as they were",
        learned: "health checks get no answer, so that each of `fall` failing ones costs its \
                  `timeout` more than after a crash; a failover manager sees a dead primary; \
                  callers without any of these never",
    },
    Answers {
        fault: "BlackHole",
        new_arrivals: "vanish: nobody is refused, the attempt ends with the caller's `timeout`",
        queued: "kept and worked on; answers that leave while it lasts vanish",
        in_service: "goes on; answers that leave while it lasts vanish",
        held_upstream: "thread and connection are kept until the caller's own timeout, for ever \
                        without one; whoever counts open requests counts them as long",
        late_replies: "none comes; what the node's own calls are answered vanishes too, and the \
                       work is wasted",
        after_restart: "as before; what has vanished does not come back",
        learned: "as of a pause: each failing check costs its `timeout` more than after a crash; \
                  callers without checks only by their own timeouts",
    },
    Answers {
        fault: "Partition",
        new_arrivals: "what one side sends to the other vanishes, and with `one_way: true` only \
                       that; everybody else is served",
        queued: "kept and worked on; answers to the other side vanish, unless only the way there \
                 is cut",
        in_service: "as queued work",
        held_upstream: "kept until the caller's own timeout, for ever without one",
        late_replies: "answers that have to cross the cut vanish; the work is wasted",
        after_restart: "as before; what has vanished does not come back",
        learned: "checks across the cut fail, whichever way is cut, each after its `timeout`; a \
                  standby and a failover manager see the nodes themselves, not the cut",
    },
    Answers {
        fault: "Latency",
        new_arrivals: "come later: each message to or from the target takes a draw of `add` more",
        queued: "untouched",
        in_service: "untouched",
        held_upstream: "kept longer, by what is added there and back",
        late_replies: "of attempts that timed out nobody waits for them: wasted work",
        after_restart: "as before; messages that are on their way stay slow",
        learned: "nobody: health checks stay green",
    },
    Answers {
        fault: "Loss",
        new_arrivals: "each copy is lost with probability `share` and sent again after 200 ms, \
                       then twice as long each time, at most 120 s; after 15 times (924.6 s) the \
                       attempt fails with `unreachable`",
        queued: "untouched",
        in_service: "untouched",
        held_upstream: "kept until a copy comes through or the caller's own timeout",
        late_replies: "lost and sent again in the same way; after 15 times the answer is gone",
        after_restart: "as before; a message that waits to be sent again still waits",
        learned: "nobody: health checks stay green",
    },
    Answers {
        fault: "Errors",
        new_arrivals: "with probability `share` answered with an error at once: the attempt fails \
                       with `error`, and no work is done",
        queued: "untouched",
        in_service: "untouched",
        held_upstream: "given back with the error; the caller may retry",
        late_replies: "as ever: only requests fail, not answers",
        after_restart: "as before",
        learned: "callers by their errors; health checks stay green",
    },
    Answers {
        fault: "Reset",
        new_arrivals: "accepted",
        queued: "kept and worked on",
        in_service: "worked on to the end; then with probability `share` the connection is reset: \
                     the attempt fails with `reset`, and the work is wasted",
        held_upstream: "kept until the reset; the caller may retry",
        late_replies: "of attempts that timed out nobody notices whether they were cut off",
        after_restart: "as before",
        learned: "callers by their errors; health checks stay green",
    },
    Answers {
        fault: "Bandwidth",
        new_arrivals: "accepted; what they send takes longer on the line",
        queued: "untouched at the nodes; transfers on the line share what is left of it",
        in_service: "transfers go on at the new rate, what is through stays through",
        held_upstream: "kept until the answer is there whole or the caller's own timeout",
        late_replies: "of attempts that timed out are sent all the same, and wasted",
        after_restart: "full rate, with the transfers that have piled up; of several limits the \
                        lowest holds",
        learned: "nobody: health checks stay green",
    },
    Answers {
        fault: "Flush",
        new_arrivals: "accepted; what was lost is fetched anew, at the cost of a miss",
        queued: "untouched",
        in_service: "lookups that have hit stay hits",
        held_upstream: "kept for as long as the misses take",
        late_replies: "what was fetched before the flush and comes after it is stored",
        after_restart: "warms up again as misses come in; nothing brings the contents back",
        learned: "nobody: health checks stay green",
    },
    Answers {
        fault: "DnsError",
        new_arrivals: "new lookups fail at once with `name_lookup`, unless another name server \
                       answers; who holds a name goes on with it until its `ttl` is over",
        queued: "lookups that have begun are answered",
        in_service: "requests that are under way are untouched",
        held_upstream: "nothing is held: the failure is told at once",
        late_replies: "none: a lookup fails or is answered",
        after_restart: "as before: the next lookup is answered",
        learned: "clients by their errors, each when its name has expired",
    },
    Answers {
        fault: "SlowDisk",
        new_arrivals: "accepted",
        queued: "kept; whoever needs the disk waits longer",
        in_service: "work on the disk goes on at the new speed, what is done stays done; work on \
                     CPUs is untouched",
        held_upstream: "kept until the answer or the caller's own timeout",
        late_replies: "of attempts that timed out nobody waits for them: wasted work",
        after_restart: "full speed, with the queue that has built up; factors multiply",
        learned: "nobody: health checks stay green",
    },
    Answers {
        fault: "FullDisk",
        new_arrivals: "accepted; who comes to a `Disk` step fails there with `error`, after what \
                       it did before it; other operations go on",
        queued: "who waits for the disk already has its place, and is served",
        in_service: "finishes",
        held_upstream: "given back with the error; the caller may retry",
        late_replies: "answers of what had its place on the disk come as ever",
        after_restart: "as before; what has failed is not made good",
        learned: "callers by their errors; health checks stay green",
    },
    Answers {
        fault: "Restart",
        after_restart: "back by itself, after `lasts` or the component's `boot`, and empty: no \
                        queue, pools free",
        ..CRASH
    },
    Answers {
        fault: "Deploy",
        after_restart: "each node is back after its `restart` and empty; with `errors` it then \
                        answers that share of its requests with an error, like Errors, until the \
                        version is rolled back",
        ..CRASH
    },
    Answers {
        fault: "Expire",
        new_arrivals: "all of them, at all nodes, are answered with an error at once: the attempt \
                       fails with `error`, and no work is done",
        queued: "untouched: who is in is served",
        in_service: "untouched",
        held_upstream: "given back with the error; the caller may retry, in vain",
        late_replies: "as ever: only requests fail, not answers",
        after_restart: "as before, once it is renewed; a restart or another machine changes \
                        nothing, as it expires everywhere at once",
        learned: "callers by their errors; health checks stay green",
    },
    Answers {
        fault: "Overload",
        new_arrivals: "`factor` times as many of the workload, each accepted or refused as ever",
        queued: "kept; it becomes longer where more comes than is served",
        in_service: "goes on; nothing is down or slower, there is only more to do",
        held_upstream: "kept until the answer or the caller's own timeout",
        late_replies: "of attempts that timed out nobody waits for them: wasted work",
        after_restart: "the usual rate, with the queue that has built up; factors multiply",
        learned: "nobody: health checks stay green",
    },
    Answers {
        fault: "Leak",
        new_arrivals: "accepted; each that is served leaves `per_request` bytes behind",
        queued: "kept; who waits for a thread holds no memory",
        in_service: "goes on; `swap.slowdown` times slower while more than `swap.above` of the \
                     memory is held",
        held_upstream: "kept until the answer or the caller's own timeout",
        late_replies: "of attempts that timed out nobody waits for them: wasted work, and memory \
                       held and left behind",
        after_restart: "what was left behind stays, until the node crashes for want of memory or \
                        is restarted; several leaks add up",
        learned: "nobody: health checks stay green until the memory is full",
    },
    Answers {
        fault: "Memory full",
        after_restart: "back by itself after the component's `boot`, and empty: nothing left \
                        behind, no queue, pools free",
        ..CRASH
    },
];

/// The answers of a kind of fault; a crash of a switch has its own.
pub fn answers(kind: &FaultKind, of_switch: bool) -> &'static Answers {
    match kind {
        FaultKind::Crash if of_switch => &ANSWERS[1],
        FaultKind::Crash => &ANSWERS[0],
        FaultKind::Slow(_) => &ANSWERS[2],
        FaultKind::Pause => &ANSWERS[3],
        FaultKind::BlackHole => &ANSWERS[4],
        FaultKind::Partition { .. } => &ANSWERS[5],
        FaultKind::Latency(_) => &ANSWERS[6],
        FaultKind::Loss(_) => &ANSWERS[7],
        FaultKind::Errors(_) => &ANSWERS[8],
        FaultKind::Reset(_) => &ANSWERS[9],
        FaultKind::Bandwidth(_) => &ANSWERS[10],
        FaultKind::Flush(_) => &ANSWERS[11],
        FaultKind::DnsError => &ANSWERS[12],
        FaultKind::SlowDisk(_) => &ANSWERS[13],
        FaultKind::FullDisk => &ANSWERS[14],
        FaultKind::Expire => &ANSWERS[17],
        FaultKind::Overload(_) => &ANSWERS[18],
        FaultKind::Leak(_) => &ANSWERS[19],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::FaultTarget;

    #[test]
    fn every_fault_answers_under_its_own_word() {
        let crash = FaultKind::Crash;
        assert!(answers(&crash, false).fault.contains("node"));
        assert!(answers(&crash, true).fault.contains("switch"));
        let law = crate::law::Law::Constant(1.0);
        let to = FaultTarget::Nodes(Vec::new());
        for kind in [
            FaultKind::Slow(2.0),
            FaultKind::Pause,
            FaultKind::BlackHole,
            FaultKind::Partition { to, both: true },
            FaultKind::Latency(law),
            FaultKind::Loss(0.5),
            FaultKind::Errors(0.5),
            FaultKind::Reset(0.5),
            FaultKind::Bandwidth(1e6),
            FaultKind::Flush(1.0),
            FaultKind::DnsError,
            FaultKind::SlowDisk(2.0),
            FaultKind::FullDisk,
            FaultKind::Expire,
            FaultKind::Overload(2.0),
            FaultKind::Leak(1),
        ] {
            assert_eq!(answers(&kind, false).fault, kind.word());
        }
    }
}
