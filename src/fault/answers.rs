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

/// The answers of each fault, in the order of the documentation.
pub const ANSWERS: [Answers; 4] = [
    Answers {
        fault: "Crash of a node or host",
        new_arrivals: "refused at once: the attempt fails with `down`",
        queued: "lost; each caller's attempt fails with `reset` after one network delay",
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
    },
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
        new_arrivals: "accepted: they take threads and connections as before, and wait where they \
                       need a CPU or a disk; steps that need none (`Wait`, calls) go on",
        queued: "kept; it waits longer",
        in_service: "work on CPUs and disks stands still, and goes on where it was",
        held_upstream: "kept until the answer or the caller's own timeout",
        late_replies: "of attempts that timed out nobody waits for them: the work is done all the \
                       same, and wasted",
        after_restart: "as before, with the queue that has built up; caches and pools as they were",
        learned: "as of a crash: health checks get no answer, a failover manager sees a dead \
                  primary; callers without any of these never",
    },
];

/// The answers of a kind of fault; a crash of a switch has its own.
pub fn answers(kind: FaultKind, of_switch: bool) -> &'static Answers {
    match kind {
        FaultKind::Crash if of_switch => &ANSWERS[1],
        FaultKind::Crash => &ANSWERS[0],
        FaultKind::Slow(_) => &ANSWERS[2],
        FaultKind::Pause => &ANSWERS[3],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_answers_under_its_own_word() {
        assert!(answers(FaultKind::Crash, false).fault.contains("node"));
        assert!(answers(FaultKind::Crash, true).fault.contains("switch"));
        assert_eq!(answers(FaultKind::Slow(2.0), false).fault, "Slow");
        assert_eq!(answers(FaultKind::Pause, false).fault, "Pause");
    }
}
