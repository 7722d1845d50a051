//! Waits for a connection without an end and without a limit.

use super::Lint;
use super::context::{Context, set_link};
use crate::diagnostic::Diagnostic;

pub(super) const LINT: Lint = Lint {
    code: "LP0414",
    title: "bounded pool, unbounded wait",
    explanation: "A link has a `pool`, the caller has no limit on its threads, and nothing bounds \
        the wait for a connection. When the callee slows down, every further request joins the \
        queue in front of the pool, for ever: memory grows, and everybody waits longer than any \
        user would. Set `pool_timeout`, a `deadline`, or bound the caller's `threads`.",
    check,
};

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut all = Vec::new();
    for (_, link) in context.links() {
        let Some((pool, caller)) = link.pool.zip(Context::caller(link)) else {
            continue;
        };
        let is_bounded = link.pool_timeout.is_some() || link.deadline.is_some();
        if is_bounded || context.threads(caller).is_some() {
            continue;
        }
        let message = format!(
            "`{}`: any number of requests may wait for one of {pool} connections, without limit",
            link.name,
        );
        all.push(
            context
                .warn_link(LINT.code, message, link, "pool")
                .help(set_link(link, "pool_timeout", "\"1s\""))
                .help(format!("or bound `threads` in `{}`", context.name(caller))),
        );
    }
    all
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{found, message, shop};
    use super::LINT;
    use crate::model::Model;
    use crate::model::builder::seconds;

    fn unbounded(pool_timeout: Option<u64>) -> Model {
        let mut shop = shop();
        let link = shop.b.link(shop.was, shop.db);
        (link.pool, link.pool_timeout) = (Some(20), pool_timeout);
        shop.b.model().components[shop.was.index()].threads = None;
        shop.b.build()
    }

    #[test]
    fn fires_without_any_limit() {
        assert!(message(&unbounded(None), LINT.code).contains("one of 20 connections"));
    }

    #[test]
    fn is_silent_with_one() {
        assert!(found(&unbounded(Some(seconds(1))), LINT.code).is_empty());
    }
}
