//! Timeouts that give up on ordinary answers.

use super::Lint;
use super::context::{Context, nanos, set_link, time};
use crate::diagnostic::Diagnostic;

pub(super) const LINT: Lint = Lint {
    code: "LP0403",
    title: "timeout below the downstream p99",
    explanation: "A link's `timeout` is shorter than the time that one answer in a hundred takes \
        at the given load, so that healthy calls fail; with retries each of them is then done \
        again, which makes the callee slower still. The time is an estimate for the busiest stage \
        with everything up. Give a timeout room above the 99th percentile, or make the callee \
        faster.",
    check,
};

fn check(context: &Context) -> Vec<Diagnostic> {
    let Some(estimate) = &context.estimate else {
        return Vec::new();
    };
    let mut all = Vec::new();
    for (id, link) in context.links() {
        let Some(timeout) = link.timeout else {
            continue;
        };
        let load = estimate.link(id);
        let p99 = load.response.quantile(0.99);
        if load.rate > 0.0 && p99.is_finite() && p99 > timeout as f64 / 1e9 {
            let message = format!(
                "`{}` gives up after {}, but at {} calls/s one answer in a hundred takes {} or \
                 more (estimate)",
                link.name,
                nanos(timeout),
                super::context::number(load.rate),
                time(p99),
            );
            let room = format!("\"{}\"", time(2.0 * p99));
            all.push(
                context
                    .warn_link(LINT.code, message, link, "timeout")
                    .help(set_link(link, "timeout", &room)),
            );
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{found, message, shop};
    use super::LINT;
    use crate::model::builder::ms;

    fn with_timeout(timeout: u64) -> crate::model::Model {
        let mut shop = shop();
        shop.b.link(shop.was, shop.db).timeout = Some(timeout);
        shop.b.build()
    }

    #[test]
    fn fires_below_the_percentile() {
        // 3 ms exponential, next to no queue: one in a hundred takes 3 ms x ln 100 = 13.8 ms.
        let text = message(&with_timeout(ms(13)), LINT.code);
        assert!(
            text.contains("13.8ms") && text.contains("150 calls/s"),
            "{text}"
        );
    }

    #[test]
    fn is_silent_above_it() {
        assert!(found(&with_timeout(ms(15)), LINT.code).is_empty());
    }
}
