//! Guards that all calls of a node over a link share.

use super::entry::Site;
use super::{Lowering, Origin, node_id};
use crate::engine::id::{GuardId, Pc};
use crate::engine::program::{Back, Breaker, Budget, Eject, Guard, PARTS, Rate, Step, WHOLE};
use crate::model::{self, LinkId};

impl Lowering<'_> {
    /// Lets a request in at a node of a component with a limit of rate.
    pub(super) fn limit(&mut self, node: model::NodeId, component: &model::Component) {
        let Some(limit) = component.queueing.limit else {
            return;
        };
        let program = &mut self.program;
        let quota = *self.quotas.entry(node).or_insert_with(|| {
            program.quotas.push(rate(limit));
            program.quotas.len() as u32 - 1
        });
        self.push(Step::Limited { quota });
    }

    /// Where a call that is written next, over these links, goes on when it has failed for good:
    /// after it, with an answer of the caller's own.
    pub(super) fn after(&self, links: &[(LinkId, f64)]) -> Option<Pc> {
        match self.model.link(links[0].0).fallback? {
            model::Fallback::Reply => Some(Pc(self.here().0 + 1)),
        }
    }

    /// The guards of who calls over a link; only nodes have any.
    pub(super) fn guard(&mut self, site: Site, link: LinkId) -> Option<GuardId> {
        let Origin::Node(node) = site.origin else {
            return None;
        };
        let stated = self.model.link(link);
        let budget = stated.retry.as_ref().and_then(|retry| retry.budget);
        let alone = budget.is_none() && stated.breaker.is_none() && stated.eject.is_none();
        if alone && stated.bulkhead.is_none() && stated.rate_limit.is_none() {
            return None;
        }
        let guards = &mut self.program.guards;
        let id = *self.guards.entry((site.origin, link)).or_insert_with(|| {
            guards.push(Guard {
                node: node_id(node),
                link: crate::engine::id::LinkId(link.0),
                budget: budget.map(|budget| Budget {
                    deposit: billionths(budget.deposit),
                    bucket: budget.bucket,
                }),
                breaker: stated.breaker.map(breaker),
                bulkhead: stated.bulkhead,
                rate: stated.rate_limit.map(rate),
            });
            GuardId::from(guards.len() - 1)
        });
        Some(id)
    }
}

/// What a node leaves out of a choice over a link among so many targets.
pub(super) fn eject(
    model: &model::Model,
    origin: Origin,
    link: LinkId,
    targets: usize,
) -> Option<Eject> {
    let Origin::Node(node) = origin else {
        return None;
    };
    let stated = model.link(link).eject.filter(|_| targets > 1)?;
    Some(Eject {
        node: node_id(node),
        link: crate::engine::id::LinkId(link.0),
        failures: stated.failures,
        within: stated.within,
        time: stated.time,
        longest: stated.longest,
        back: match stated.back {
            model::Back::OnTrial => Back::OnTrial,
            model::Back::AtOnce => Back::AtOnce,
            model::Back::AtSweep(every) => Back::AtSweep(every),
        },
        // A share as it is written: a tenth of 30 is 3.
        most: ((stated.most * targets as f64 + 1e-9) as u32).max(1),
    })
}

fn breaker(stated: model::Breaker) -> Breaker {
    Breaker {
        failure_rate: billionths(stated.failure_rate),
        window: stated.window,
        minimum_calls: stated.minimum_calls,
        open: stated.open,
        half_open: stated.half_open,
    }
}

/// A token each 1/rate, to 2^-20 ns.
fn rate(stated: model::RateLimit) -> Rate {
    Rate {
        interval: (1e9 / stated.per_s * PARTS as f64).round() as u64,
        burst: stated.burst,
    }
}

fn billionths(share: f64) -> u64 {
    (share * WHOLE as f64).round() as u64
}
