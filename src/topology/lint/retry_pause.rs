//! Retries without a pause.

use super::Lint;
use super::context::{Context, number, set_link};
use crate::diagnostic::Diagnostic;
use crate::model::{Backoff, Caller, Link};

pub(super) const LINT: Lint = Lint {
    code: "LP0405",
    title: "retries without a pause",
    explanation: "A failed call is tried again at once. When the callee fails because it has too \
        much to do, every failure comes back as more work: the load is multiplied by the number \
        of attempts, and once more by the attempts of every link in front of it, just when the \
        callee could use a rest. Let the pause double from try to try, with jitter so that the \
        callers do not come back together (AWS Architecture Blog, M. Brooker, \"Exponential \
        Backoff And Jitter\", 2015), and retry at one place of a path only.",
    check,
};

fn check(context: &Context) -> Vec<Diagnostic> {
    let factors = factors(context);
    let mut all = Vec::new();
    for (id, link) in context.links() {
        let Some(retry) = link
            .retry
            .as_ref()
            .filter(|retry| is_at_once(&retry.backoff))
        else {
            continue;
        };
        let before = match link.caller {
            Caller::Workload(_) => 1.0,
            Caller::Component(caller) => factors[caller.index()],
        };
        let factor = before * f64::from(retry.attempts);
        let rate = context
            .estimate
            .as_ref()
            .map_or(0.0, |estimate| estimate.link(id).rate);
        let callee = context.name(link.callee);
        let load = if rate > 0.0 {
            format!(
                "{}/s become {}/s (x{})",
                number(rate),
                number(rate * factor),
                number(factor)
            )
        } else {
            format!("its load is multiplied by {}", number(factor))
        };
        let message = format!(
            "`{}` tries {} times without a pause: when `{callee}` fails, {load}",
            link.name, retry.attempts,
        );
        let pause = "Doubling(from: \"100ms\", cap: \"10s\"), jitter: Full";
        all.push(
            context
                .warn_link(LINT.code, message, link, "retry")
                .help(set_link(
                    link,
                    "retry",
                    &format!("(attempts: {}, backoff: {pause})", retry.attempts),
                )),
        );
    }
    all
}

fn is_at_once(backoff: &Backoff) -> bool {
    match backoff {
        Backoff::Law(law) => law.mean() <= 0.0,
        Backoff::Doubling { from, cap, .. } => (*from).min(*cap) == 0,
    }
}

/// By which factor retries can multiply the calls that reach each component.
fn factors(context: &Context) -> Vec<f64> {
    let count = context.model.components.len();
    let mut known = vec![1.0_f64; count];
    // Cycles of `Forward` would multiply for ever: no path is longer than the components.
    for _ in 0..count {
        let before = known.clone();
        for (_, link) in context.links() {
            let own = match link.caller {
                Caller::Workload(_) => 1.0,
                Caller::Component(caller) => before[caller.index()],
            };
            let place = &mut known[link.callee.index()];
            *place = place.max(own * attempts(link));
        }
        if known == before {
            break;
        }
    }
    known
}

fn attempts(link: &Link) -> f64 {
    link.retry
        .as_ref()
        .map_or(1.0, |retry| f64::from(retry.attempts))
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{found, message, shop};
    use super::LINT;
    use crate::model::builder::{constant, ms, seconds};
    use crate::model::{Backoff, Retry};

    fn retrying(backoff: Backoff) -> crate::model::Model {
        let mut shop = shop();
        let (lb, was, db) = (shop.lb, shop.was, shop.db);
        let pause = Backoff::Law(constant(ms(50)));
        let in_front = Retry {
            attempts: 2,
            backoff: pause,
            elsewhere: false,
            budget: None,
        };
        shop.b.link(lb, was).retry = Some(in_front);
        shop.b.link(was, db).retry = Some(Retry {
            attempts: 3,
            backoff,
            elsewhere: false,
            budget: None,
        });
        shop.b.build()
    }

    #[test]
    fn fires_with_the_factor_of_the_whole_path() {
        let text = message(&retrying(Backoff::Law(constant(0))), LINT.code);
        assert!(text.ends_with("150/s become 900/s (x6)"), "{text}");
    }

    #[test]
    fn is_silent_with_a_pause() {
        let doubling = Backoff::Doubling {
            from: ms(100),
            cap: seconds(10),
            jitter: true,
        };
        assert!(found(&retrying(doubling), LINT.code).is_empty());
    }
}
