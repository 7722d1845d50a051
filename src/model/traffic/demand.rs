//! What steps ask of the queues of a node.

use super::flow::mean_count;
use crate::law::Law;
use crate::model::step::inner_lists;
use crate::model::{Call, Step};

/// Demand kinds: resources by place, or the network card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Use(usize),
    Send,
}

/// What steps ask of a queue.
#[derive(Clone, Debug)]
pub(super) struct Demand {
    pub(super) kind: Kind,
    pub(super) law: Law,
    pub(super) times: f64,
}

/// The body of a request on the caller's network card.
fn body(call: &Call, times: f64) -> Option<Demand> {
    call.request.as_ref().map(|size| Demand {
        kind: Kind::Send,
        law: size.clone(),
        times,
    })
}

/// The demands of steps with the mean number of times that each occurs; `kept` is the share of
/// calls that find somebody.
pub(super) fn collect(
    steps: &[Step],
    times: f64,
    kept: &dyn Fn(&Call) -> f64,
    into: &mut Vec<Demand>,
) {
    for step in steps {
        match step {
            Step::Use { resource, demand } => into.push(Demand {
                kind: Kind::Use(*resource),
                law: demand.clone(),
                times,
            }),
            Step::Send { size } => into.push(Demand {
                kind: Kind::Send,
                law: size.clone(),
                times,
            }),
            Step::Call(call) | Step::Forward(call) | Step::Publish { accept: call, .. } => {
                into.extend(body(call, times));
            }
            Step::Chance {
                share,
                then,
                otherwise,
            } => {
                collect(then, times * share, kept, into);
                collect(otherwise, times * (1.0 - share), kept, into);
            }
            Step::Repeat { times: n, steps } => {
                collect(steps, times * mean_count(*n), kept, into);
            }
            Step::Held { hit, miss } => collect(miss, times * (1.0 - hit), kept, into),
            Step::Cached { lookup, hit, miss } => {
                collect(miss, times * (1.0 - hit * kept(lookup)), kept, into);
            }
            Step::Fallback { call, instead } => {
                into.extend(body(call, times));
                if kept(call) <= 0.0 {
                    collect(instead, times, kept, into);
                }
            }
            Step::Parallel(_) | Step::Quorum { .. } => {
                for branch in inner_lists(step) {
                    collect(branch, times, kept, into);
                }
            }
            Step::Wait(_) | Step::Resolve(_) | Step::Fail => {}
        }
    }
}
