//! The properties of one link, with what is left out filled in.

use super::Resolver;
use crate::diagnostic::Diagnostic;
use crate::kinds::Kind;
use crate::model::{self, Caller, SwitchId};
use crate::quantity::{Copies, Count};
use crate::schema::{self, At, Backoff, Hedge, Jitter, Retry, Via};
use crate::schema::{code, filled, positive, preset, silent};

impl Resolver<'_> {
    pub(super) fn path(&mut self, link: &schema::Link) -> Option<model::Path> {
        let detect = || link.detect.as_ref().map(|detect| detect.value);
        match link.via.as_ref()? {
            Via::All(names) => {
                let switches = self.switches(names);
                Some(model::Path {
                    options: vec![switches],
                    detect: 0,
                })
            }
            Via::AnyOf(ways) => Some(model::Path {
                options: ways.iter().map(|way| self.switches(&way.0)).collect(),
                detect: detect().unwrap_or_else(|| preset::DETECT.read()).nanos(),
            }),
        }
    }

    fn switches(&mut self, names: &[At<String>]) -> Vec<SwitchId> {
        names.iter().filter_map(|name| self.switch(name)).collect()
    }

    pub(super) fn retry(&mut self, id: usize, retry: &At<Retry>) -> model::Retry {
        let stated = &retry.value;
        let budget = self.budget(id, stated);
        let product = stated.preset.as_ref();
        let fields = [
            preset::ATTEMPTS,
            preset::BACKOFF,
            preset::JITTER,
            preset::ELSEWHERE,
        ];
        self.problems.extend(silent(product, "retries", &fields));
        let attempts = match &stated.attempts {
            Some(attempts) => attempts.value,
            None => filled(product, &preset::ATTEMPTS).read::<Count>(),
        };
        if let Some(stated) = &stated.attempts
            && stated.value.get() < 2
        {
            self.problems.push(
                Diagnostic::error(code::RANGE, "one attempt is no retry")
                    .at(stated.span.clone())
                    .help("write 2 or more (all tries count), or leave `retry` out"),
            );
        }
        let backoff = stated
            .backoff
            .clone()
            .unwrap_or_else(|| filled(product, &preset::BACKOFF).read());
        let backoff = match backoff {
            Backoff::Law(law) => {
                if let Some(jitter) = &stated.jitter {
                    self.problems.push(
                        Diagnostic::error(code::CONFLICT, "only doubling pauses take jitter")
                            .at(jitter.span.clone())
                            .help("write `backoff: Doubling(from: .., cap: ..)`, or a random law"),
                    );
                }
                model::Backoff::Law(self.law(&law))
            }
            Backoff::Doubling(doubling) => {
                let jitter = stated.jitter.as_ref().map(|jitter| jitter.value);
                let jitter = jitter.unwrap_or_else(|| filled(product, &preset::JITTER).read());
                if doubling.cap < doubling.from {
                    self.problems.push(
                        Diagnostic::error(code::RANGE, "the longest pause is below the first")
                            .at(retry.span.clone())
                            .help("write a `cap` of at least `from`"),
                    );
                }
                model::Backoff::Doubling {
                    from: doubling.from.nanos(),
                    cap: doubling.cap.nanos(),
                    jitter: jitter == Jitter::Full,
                }
            }
        };
        model::Retry {
            attempts: attempts.get(),
            backoff,
            elsewhere: self.elsewhere(id, stated),
            budget,
        }
    }

    /// Copies of a request; who sends them must be a part of the system that asks one node.
    pub(super) fn hedge(
        &mut self,
        id: usize,
        hedge: &At<Hedge>,
        link: &schema::Link,
    ) -> model::Hedge {
        let draft = &self.links.drafts[id];
        let kind = self.kind(draft.callee);
        let by_key = matches!(kind, Some(Kind::Cache(_) | Kind::Dns(_) | Kind::Queue(_)));
        let guarded = link.retry.is_some()
            || link.deadline.is_some()
            || link.pool.is_some()
            || link.breaker.is_some();
        let problem = if matches!(draft.caller, Caller::Workload(_)) {
            Some((
                "users send no copies",
                "put `hedge` on a link between components",
            ))
        } else if by_key {
            let help = "leave `hedge` out; a component that answers itself can be hedged";
            Some(("only one node of this component has the answer", help))
        } else if guarded {
            let message =
                "`hedge` beside `retry`, `deadline`, `pool` or `breaker` is not built yet";
            Some((message, "leave `hedge` or the others out"))
        } else {
            None
        };
        if let Some((message, help)) = problem {
            let problem = Diagnostic::error(code::CONFLICT, message).at(hedge.span.clone());
            self.problems.push(problem.help(help));
        }
        let Hedge { after, at_most } = &hedge.value;
        self.problems.extend(positive(after));
        model::Hedge {
            after: after.value.nanos(),
            at_most: at_most.map_or(1, Copies::get),
        }
    }

    /// How the caller chooses: by its own kind, by shard, as stated, or in turn.
    pub(super) fn balance(&mut self, id: usize, link: &schema::Link) -> model::Policy {
        let draft = &self.links.drafts[id];
        let is_cache = matches!(self.kind(draft.callee), Some(Kind::Cache(_)));
        let weighted = draft.weighted;
        let fixed = match (is_cache, draft.balancing) {
            (true, _) => Some((model::Policy::Shard, "the shards of a Cache choose by key")),
            (_, Some(own)) => Some((own.policy, "a LoadBalancer chooses by its own `policy`")),
            (false, None) => None,
        };
        if let Some((policy, reason)) = fixed {
            if let Some(stated) = &link.balance {
                self.problems.push(
                    Diagnostic::error(code::CONFLICT, reason)
                        .at(stated.span.clone())
                        .help("leave `balance` out"),
                );
            }
            return policy;
        }
        let Some(stated) = &link.balance else {
            let plain: schema::Policy = preset::BALANCE.read();
            return if weighted {
                model::Policy::Weighted
            } else {
                plain.model()
            };
        };
        if stated.value == schema::Policy::CentralQueue {
            let message = "only a LoadBalancer has a queue of its own";
            let problem = Diagnostic::error(code::CONFLICT, message).at(stated.span.clone());
            let help = "write a LoadBalancer with `policy: CentralQueue`, or a `pool` on this link";
            self.problems.push(problem.help(help));
        }
        let policy = stated.value.model();
        let honours = matches!(policy, model::Policy::Weighted | model::Policy::Random);
        if weighted && !honours {
            self.problems.push(
                Diagnostic::error(code::CONFLICT, "this policy does not look at weights")
                    .at(stated.span.clone())
                    .help("write Weighted or Random, or `to` without weights"),
            );
        }
        policy
    }

    pub(super) fn health(&mut self, id: usize, link: &schema::Link) -> Option<model::Health> {
        let own = self.links.drafts[id].balancing;
        if let (Some(stated), Some(_)) = (&link.health, own) {
            self.problems.push(
                Diagnostic::error(code::CONFLICT, "a LoadBalancer checks by its own `health`")
                    .at(stated.span.clone())
                    .help("move `health` to the LoadBalancer"),
            );
        }
        if let Some(own) = own {
            return own.health;
        }
        let (interval, fall, rise) = (&preset::INTERVAL, &preset::FALL, &preset::RISE);
        let (health, problems) = link.health.as_ref()?.value.model(interval, fall, rise);
        self.problems.extend(problems);
        health
    }
}
