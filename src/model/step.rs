//! What an operation does.

use std::collections::BTreeSet;

use super::id::LinkId;
use super::link::Policy;
use crate::law::Law;

/// One step of an operation.
#[derive(Clone, Debug)]
pub enum Step {
    /// Take a demand from a resource of the node.
    Use {
        /// Place in `Component::resources`.
        resource: usize,
        /// Demand, ns on one server of speed 1.
        demand: Law,
    },
    /// Let time pass.
    Wait(Law),
    /// Send bytes through the node's network card, which equal shares of transfers divide (the
    /// answer of the operation, or the body of a request).
    Send {
        /// Bytes.
        size: Law,
    },
    /// Call and wait for the answer.
    Call(Call),
    /// Call; where that has failed for good, do other steps and go on behind it (S16).
    Fallback {
        /// The call.
        call: Call,
        /// Done in its place; what fails there fails the whole.
        instead: Vec<Step>,
    },
    /// Hand the request on; the answer skips this component.
    Forward(Call),
    /// Hand a message to a queue and go on at once; it lives on by itself (S23).
    Publish {
        /// The queue's taking it: fails where the queue is lost.
        accept: Call,
        /// What then becomes of it, with nobody waiting.
        deliver: Call,
    },
    /// All branches at once; wait for all.
    Parallel(Vec<Vec<Step>>),
    /// All branches at once; go on when `need` of them have succeeded. The others run on, and
    /// nobody takes their answers.
    Quorum {
        /// 1 to the number of branches.
        need: u32,
        /// The branches.
        of: Vec<Vec<Step>>,
    },
    /// One of two ways.
    Chance {
        /// Probability of `then`, 0 to 1.
        share: f64,
        /// With probability `share`.
        then: Vec<Step>,
        /// Else.
        otherwise: Vec<Step>,
    },
    /// Again and again.
    Repeat {
        /// How often.
        times: Count,
        /// What.
        steps: Vec<Step>,
    },
    /// Ask a cache; when it misses or does not answer, do the work.
    Cached {
        /// The lookup.
        lookup: Call,
        /// Probability of a hit, 0 to 1; where contents are simulated a first guess of it.
        hit: f64,
        /// The work on a miss.
        miss: Vec<Step>,
    },
    /// Answer from what this node holds, else do the work.
    Held {
        /// Probability of a hit, 0 to 1; where contents are simulated a first guess of it.
        hit: f64,
        /// The work on a miss.
        miss: Vec<Step>,
    },
    /// Tell the client an address of the callee and send it there (DNS): resolve unless the
    /// client still holds a fresh name, then forward.
    Resolve(Call),
    /// Answer with an error.
    Fail,
}

/// The lists of steps inside a step.
pub fn inner_lists(step: &Step) -> Vec<&[Step]> {
    match step {
        Step::Parallel(branches) | Step::Quorum { of: branches, .. } => {
            branches.iter().map(Vec::as_slice).collect()
        }
        Step::Chance {
            then, otherwise, ..
        } => vec![then, otherwise],
        Step::Repeat { steps, .. } => vec![steps],
        Step::Cached { miss, .. } | Step::Held { miss, .. } => vec![miss],
        Step::Fallback { instead, .. } => vec![instead],
        _ => Vec::new(),
    }
}

/// The same, to be changed.
pub fn inner_lists_mut(step: &mut Step) -> Vec<&mut Vec<Step>> {
    match step {
        Step::Parallel(branches) | Step::Quorum { of: branches, .. } => {
            branches.iter_mut().collect()
        }
        Step::Chance {
            then, otherwise, ..
        } => vec![then, otherwise],
        Step::Repeat { steps, .. } => vec![steps],
        Step::Cached { miss, .. } | Step::Held { miss, .. } => vec![miss],
        Step::Fallback { instead, .. } => vec![instead],
        _ => Vec::new(),
    }
}

/// Links that some steps call over: as usual, and in place of calls that have failed.
pub(super) fn links_of(steps: &[Step], usual: &mut BTreeSet<LinkId>, spare: &mut BTreeSet<LinkId>) {
    for step in steps {
        match step {
            Step::Call(call)
            | Step::Forward(call)
            | Step::Resolve(call)
            | Step::Publish { accept: call, .. }
            | Step::Cached { lookup: call, .. }
            | Step::Fallback { call, .. } => {
                usual.extend(call.links.iter().map(|&(link, _)| link));
            }
            _ => {}
        }
        let mut inside = BTreeSet::new();
        for list in inner_lists(step) {
            links_of(list, &mut inside, spare);
        }
        if matches!(step, Step::Fallback { .. }) {
            spare.extend(inside);
        } else {
            usual.extend(inside);
        }
    }
}

/// The links of each call that chooses among several.
pub(super) fn choices_of(steps: &[Step], found: &mut Vec<BTreeSet<LinkId>>) {
    for step in steps {
        if let Step::Call(call)
        | Step::Forward(call)
        | Step::Resolve(call)
        | Step::Fallback { call, .. } = step
            && call.links.len() > 1
        {
            found.push(call.links.iter().map(|&(link, _)| link).collect());
        }
        for list in inner_lists(step) {
            choices_of(list, found);
        }
    }
}

/// Links over which requests are handed on for good: the answer goes past the caller.
pub(super) fn forwards_of(steps: &[Step], found: &mut BTreeSet<LinkId>) {
    for step in steps {
        if let Step::Forward(call) | Step::Resolve(call) = step {
            found.extend(call.links.iter().map(|&(link, _)| link));
        }
        for list in inner_lists(step) {
            forwards_of(list, found);
        }
    }
}

/// Whom a step calls.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// One link per callee component with its weight; several only under a balancer or a name
    /// service, and then the links have equal properties.
    pub links: Vec<(LinkId, f64)>,
    /// Name of the operation; `None`: the one for the request's class.
    pub operation: Option<String>,
    /// The caller's own way to choose, whatever its links say; all calls of a node that have one
    /// count their open requests together.
    pub policy: Option<Policy>,
    /// Most open requests of a callee's node that this node has; others wait here in one line.
    pub maxconn: Option<u32>,
    /// Whether a cookie sends each person to the node that answered it first.
    pub sticky: bool,
    /// Bytes of the request body, sent through the caller's network card first.
    pub request: Option<Law>,
}

/// How often a loop runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Count {
    /// Exactly.
    Times(u32),
    /// Geometric from 0 with this mean.
    Geometric(f64),
}
