//! Pools smaller than the threads that wait for them without limit.

use super::Lint;
use super::context::{Context, set_link};
use crate::diagnostic::Diagnostic;

pub(super) const LINT: Lint = Lint {
    code: "LP0401",
    title: "pool smaller than threads",
    explanation: "A link's `pool` has fewer connections than the calling node has threads, and \
        no `pool_timeout` bounds the wait for one. When the callee slows down, all threads of the \
        caller end up waiting for a connection, also those whose requests do not need the callee: \
        one slow part takes the whole component down. A smaller pool is a good bulkhead as long \
        as the wait has an end: set `pool_timeout` (or a `deadline`), or make the pool as large \
        as `threads`.",
    check,
};

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut all = Vec::new();
    for (_, link) in context.links() {
        let Some((pool, caller)) = link.pool.zip(Context::caller(link)) else {
            continue;
        };
        let Some(threads) = context.threads(caller).filter(|&threads| threads > pool) else {
            continue;
        };
        if link.pool_timeout.is_some() || link.deadline.is_some() {
            continue;
        }
        let message = format!(
            "`{}`: pool {pool} is smaller than the {threads} threads of each `{}` that can call \
             through it, and they wait for a connection without limit",
            link.name,
            context.name(caller),
        );
        let warning = context
            .warn_link(LINT.code, message, link, "pool")
            .help(set_link(link, "pool_timeout", "\"1s\""))
            .help(format!(
                "or as many connections as threads: `pool: {threads}`"
            ));
        all.push(warning);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{found, message, shop};
    use super::LINT;
    use crate::model::builder::seconds;

    #[test]
    fn fires_for_threads_that_wait_without_limit() {
        let mut shop = shop();
        shop.b.link(shop.was, shop.db).pool = Some(20);
        let message = message(&shop.b.build(), LINT.code);
        assert!(
            message.contains("pool 20") && message.contains("200 threads"),
            "{message}"
        );
    }

    #[test]
    fn is_silent_with_a_limited_wait_or_a_large_pool() {
        let mut patient = shop();
        let link = patient.b.link(patient.was, patient.db);
        (link.pool, link.pool_timeout) = (Some(20), Some(seconds(1)));
        assert!(found(&patient.b.build(), LINT.code).is_empty());
        let mut large = shop();
        large.b.link(large.was, large.db).pool = Some(200);
        assert!(found(&large.b.build(), LINT.code).is_empty());
    }
}
