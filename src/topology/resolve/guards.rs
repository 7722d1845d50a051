//! Guards of links that all calls of a node share.

use std::ops::Range;

use super::Resolver;
use crate::diagnostic::Diagnostic;
use crate::kinds::Kind;
use crate::model::{self, Caller};
use crate::quantity::{Count, Time, Window};
use crate::schema::preset::Preset;
use crate::schema::{self, At, Breaker, Fallback, RateLimit, Retry};
use crate::schema::{code, filled, lets_some_through, positive, preset, silent};

impl Resolver<'_> {
    /// What bounds the retries of a node together.
    pub(super) fn budget(&mut self, id: usize, retry: &Retry) -> Option<model::Budget> {
        let Some(budget) = &retry.budget else {
            if let Some(bucket) = &retry.bucket {
                let problem = Diagnostic::error(code::CONFLICT, "nothing fills this bucket");
                let help = "add `budget`, the part of a retry that a good answer pays for";
                self.problems
                    .push(problem.at(bucket.span.clone()).help(help));
            }
            return None;
        };
        self.shared_guard(id, "budget", &budget.span);
        if budget.value.value() <= 0.0 {
            let message = "nothing is ever added to this budget";
            let problem = Diagnostic::error(code::RANGE, message).at(budget.span.clone());
            let help = "write a share above 0, such as 0.1, or leave `retry` out";
            self.problems.push(problem.help(help));
        }
        let bucket = retry.bucket.as_ref().map(|bucket| bucket.value);
        Some(model::Budget {
            deposit: budget.value.value(),
            bucket: bucket
                .unwrap_or_else(|| preset::BUCKET.read::<Count>())
                .get(),
        })
    }

    /// When calls are refused because the latest ones failed.
    pub(super) fn breaker(&mut self, id: usize, breaker: &At<Breaker>) -> model::Breaker {
        self.shared_guard(id, "breaker", &breaker.span);
        let stated = &breaker.value;
        let product = stated.preset.as_ref();
        let silent = silent(product, "breakers", &preset::BREAKER);
        self.problems.extend(silent);
        let count = |stated: &Option<At<Count>>, preset: &Preset| {
            let stated = stated.as_ref().map(|count| count.value);
            stated
                .unwrap_or_else(|| filled(product, preset).read::<Count>())
                .get()
        };
        let rate = stated.failure_rate.as_ref();
        if let Some(rate) = rate.filter(|rate| rate.value.value() <= 0.0) {
            let message = "a breaker that opens at no failure is always open";
            let problem = Diagnostic::error(code::RANGE, message).at(rate.span.clone());
            let help = "write a share above 0, such as 0.5";
            self.problems.push(problem.help(help));
        }
        let window = stated.window.as_ref().map(|window| window.value);
        let window = window
            .unwrap_or_else(|| filled(product, &preset::WINDOW).read::<Window>())
            .get();
        let minimum_calls = count(&stated.minimum_calls, &preset::MINIMUM_CALLS);
        if let Some(minimum) = stated
            .minimum_calls
            .as_ref()
            .filter(|_| minimum_calls > window)
        {
            let message = format!("only the latest {window} calls are looked at");
            let problem = Diagnostic::error(code::CONFLICT, message).at(minimum.span.clone());
            let help = "write at most as many as `window`, or a larger `window`";
            self.problems.push(problem.help(help));
        }
        self.problems
            .extend(stated.open.as_ref().and_then(positive));
        let open = stated.open.as_ref().map(|open| open.value);
        let rate = rate.map(|rate| rate.value);
        model::Breaker {
            failure_rate: rate
                .unwrap_or_else(|| filled(product, &preset::FAILURE_RATE).read())
                .value(),
            window,
            minimum_calls: minimum_calls.min(window),
            open: open
                .unwrap_or_else(|| filled(product, &preset::OPEN).read::<Time>())
                .nanos(),
            half_open: count(&stated.half_open, &preset::HALF_OPEN),
        }
    }

    /// Most attempts of a calling node under way.
    pub(super) fn bulkhead(&mut self, id: usize, most: &At<Count>, link: &schema::Link) -> u32 {
        self.shared_guard(id, "bulkhead", &most.span);
        let most = most.value.get();
        // Those that wait for a connection are under way already.
        if let Some(pool) = link.pool.as_ref().filter(|pool| pool.value.get() >= most) {
            let message = format!("`bulkhead` lets {most} out: there is always a connection");
            let problem = Diagnostic::error(code::CONFLICT, message).at(pool.span.clone());
            let help = "leave `pool` out, or write fewer connections than `bulkhead`";
            self.problems.push(problem.help(help));
        }
        most
    }

    /// Most attempts of a calling node in a time.
    pub(super) fn rate_limit(&mut self, id: usize, limit: &At<RateLimit>) -> model::RateLimit {
        self.shared_guard(id, "rate_limit", &limit.span);
        self.problems.extend(lets_some_through(limit));
        limit.value.model(&preset::BURST)
    }

    /// What the caller does when a call has failed for good.
    pub(super) fn fallback(&mut self, id: usize, stated: &At<Fallback>) -> model::Fallback {
        let draft = &self.links.drafts[id];
        let by_users = matches!(draft.caller, Caller::Workload(_));
        let problem = match self.kind(draft.callee) {
            _ if by_users => Some((
                "users have no answer of their own",
                "put `fallback` on a link between components",
            )),
            Some(Kind::Cache(_)) => Some((
                "a lookup that fails is a miss: the work of the miss stands in for it",
                "leave `fallback` out, or put it on a link of that work",
            )),
            Some(Kind::Queue(_)) => Some((
                "nobody waits for the answer to a message: there is nothing for `fallback`",
                "put `fallback` on a link between other components",
            )),
            _ => None,
        };
        if let Some((message, help)) = problem {
            let problem = Diagnostic::error(code::CONFLICT, message).at(stated.span.clone());
            self.problems.push(problem.help(help));
        }
        match stated.value {
            Fallback::Reply => model::Fallback::Reply,
            Fallback::Steps(_) => model::Fallback::Steps,
        }
    }

    /// A guard that looks at all calls of a node needs a node that calls and waits.
    pub(super) fn shared_guard(&mut self, id: usize, field: &str, span: &Range<usize>) {
        let draft = &self.links.drafts[id];
        let by_users = matches!(draft.caller, Caller::Workload(_));
        let message = match self.kind(draft.callee) {
            _ if by_users => format!("users share no `{field}`"),
            Some(Kind::Queue(_)) => {
                format!("nobody waits for the answer to a message: there is nothing for `{field}`")
            }
            _ => return,
        };
        let problem = Diagnostic::error(code::CONFLICT, message).at(span.clone());
        let help = format!("put `{field}` on a link between other components");
        self.problems.push(problem.help(&help));
    }
}
