//! Retries that a deadline leaves no time for.

use super::Lint;
use super::context::{Context, nanos, set_link};
use crate::diagnostic::Diagnostic;

pub(super) const LINT: Lint = Lint {
    code: "LP0420",
    title: "no time left for a retry",
    explanation: "`deadline` bounds the whole call with all attempts and pauses, `timeout` a \
        single attempt (S19). Where the deadline is not longer than the timeout, an attempt that \
        times out has used it up, and the retry that the file promises never happens. Make the \
        timeout shorter, or the deadline at least attempts times as long.",
    check,
};

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut all = Vec::new();
    for (_, link) in context.links() {
        let Some(((deadline, timeout), retry)) =
            link.deadline.zip(link.timeout).zip(link.retry.as_ref())
        else {
            continue;
        };
        if deadline > timeout {
            continue;
        }
        let message = format!(
            "`{}`: the first attempt may take {}, after which the deadline of {} leaves no time \
             for another",
            link.name,
            nanos(timeout),
            nanos(deadline),
        );
        let shorter = format!(
            "\"{}\"",
            nanos(deadline / u64::from(retry.attempts.max(1) + 1))
        );
        all.push(
            context
                .warn_link(LINT.code, message, link, "timeout")
                .help(set_link(link, "timeout", &shorter)),
        );
    }
    all
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{found, message, shop};
    use super::LINT;
    use crate::model::builder::{constant, ms, seconds};
    use crate::model::{Backoff, Model, Retry};

    fn with(timeout: u64) -> Model {
        let mut shop = shop();
        let link = shop.b.link(shop.was, shop.db);
        (link.timeout, link.deadline) = (Some(timeout), Some(seconds(1)));
        let backoff = Backoff::Law(constant(ms(10)));
        link.retry = Some(Retry {
            attempts: 3,
            backoff,
            elsewhere: false,
            budget: None,
        });
        shop.b.build()
    }

    #[test]
    fn fires_when_one_attempt_may_use_up_the_deadline() {
        let text = message(&with(seconds(1)), LINT.code);
        assert!(
            text.contains("may take 1s, after which the deadline of 1s"),
            "{text}"
        );
        assert!(found(&with(seconds(1)), LINT.code)[0].help[0].contains("250ms"));
    }

    #[test]
    fn is_silent_when_there_is_time() {
        assert!(found(&with(ms(300)), LINT.code).is_empty());
    }
}
