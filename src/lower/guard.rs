//! Guards that all calls of a node over a link share.

use super::entry::Site;
use super::{Lowering, Origin, node_id};
use crate::engine::id::{GuardId, Pc};
use crate::engine::program::{Breaker, Budget, Guard, WHOLE};
use crate::model::{self, LinkId};

impl Lowering<'_> {
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
        if budget.is_none() && stated.breaker.is_none() {
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
            });
            GuardId::from(guards.len() - 1)
        });
        Some(id)
    }
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

fn billionths(share: f64) -> u64 {
    (share * WHOLE as f64).round() as u64
}
