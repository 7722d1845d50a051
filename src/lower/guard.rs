//! Guards that all calls of a node over a link share.

use super::entry::Site;
use super::key::Path;
use super::step::Body;
use super::{Lowering, Origin, node_id};
use crate::engine::id::{GuardId, Pc};
use crate::engine::program::{Back, Breaker, Budget, Eject, Guard, PARTS, Rate, Step, WHOLE};
use crate::model::{self, Call, LinkId};

impl<'m> Lowering<'m> {
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

    /// The request body on the caller's card, then the call, which goes on at `otherwise` when it
    /// has failed for good. Returns the step that does so.
    pub(super) fn call_step(
        &mut self,
        site: Site,
        call: &Call,
        path: Path,
        otherwise: Option<Pc>,
    ) -> Pc {
        if let Some(hedge) = self.model.link(call.links[0].0).hedge {
            return self.hedged_call(site, call, path, (hedge, otherwise));
        }
        let at = self.single_call(site, call, path, (otherwise, false));
        self.own_answer(at, &call.links);
        at
    }

    /// One call; `hedge`: a further copy of one under way.
    pub(super) fn single_call(
        &mut self,
        site: Site,
        call: &Call,
        path: Path,
        (otherwise, hedge): (Option<Pc>, bool),
    ) -> Pc {
        self.request_body(site, call, path);
        let size = call.request.as_ref();
        let links = &call.links;
        let call = self.call(site, call, path.key("call"));
        self.program.calls[call.index()].hedge = hedge;
        if let Some(size) = size {
            self.body_on_line(call, links, size, path.key("request"));
        }
        self.push(Step::Call { call, otherwise })
    }

    /// Lets a call that was written last, over these links, go on behind itself when it has failed
    /// for good, where the caller has an answer of its own.
    pub(super) fn own_answer(&mut self, at: Pc, links: &[(LinkId, f64)]) {
        if self.model.link(links[0].0).fallback != Some(model::Fallback::Reply) {
            return;
        }
        let here = self.here();
        if let Step::Call { otherwise, .. } | Step::Quorum { otherwise, .. } =
            &mut self.program.steps[at.index()]
        {
            otherwise.get_or_insert(here);
        }
    }

    /// A call, a way past what stands in for it, and that.
    pub(super) fn covered(
        &mut self,
        site: Site,
        (call, instead): (&'m Call, &'m [model::Step]),
        path: Path,
        bodies: &mut Vec<Body<'m>>,
    ) {
        let call = self.call_step(site, call, path, Some(Pc(0)));
        let skip = self.push(Step::Jump { to: Pc(0) });
        self.aim(call);
        bodies.extend(self.block(site, instead, path.then("fallback")));
        self.aim(skip);
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
