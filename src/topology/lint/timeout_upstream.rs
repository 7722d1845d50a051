//! Timeouts longer than anybody upstream waits.

use super::Lint;
use super::context::{Context, nanos, set_link};
use crate::diagnostic::Diagnostic;
use crate::model::{Caller, Link};

pub(super) const LINT: Lint = Lint {
    code: "LP0404",
    title: "timeout longer than the caller's own caller waits",
    explanation: "A component waits for its callee longer than anybody waits for the component. \
        When the callee is slow, users have long given up while threads and connections are still \
        held for them, and the answer, if it comes, is thrown away (S20). Timeouts should become \
        shorter on the way down: make this one shorter, or the ones in front longer.",
    check,
};

fn check(context: &Context) -> Vec<Diagnostic> {
    let patience = patience(context);
    let mut all = Vec::new();
    for (_, link) in context.links() {
        let Some((timeout, caller)) = link.timeout.zip(Context::caller(link)) else {
            continue;
        };
        let Some(longest) = patience[caller.index()].filter(|&longest| timeout > longest) else {
            continue;
        };
        let message = format!(
            "`{}` waits up to {}, but nobody waits for `{}` longer than {}",
            link.name,
            nanos(timeout),
            context.name(caller),
            nanos(longest),
        );
        let shorter = format!("\"{}\"", nanos(longest / 2));
        all.push(
            context
                .warn_link(LINT.code, message, link, "timeout")
                .help(set_link(link, "timeout", &shorter)),
        );
    }
    all
}

/// How long the most patient path to each component waits for it, ns; `None`: no limit, or
/// nobody calls it.
fn patience(context: &Context) -> Vec<Option<u64>> {
    let count = context.model.components.len();
    let mut known: Vec<Option<u64>> = vec![None; count];
    for _ in 0..=count {
        let mut is_settled = true;
        for (_, link) in context.links() {
            let before = match link.caller {
                Caller::Workload(_) => Some(u64::MAX),
                Caller::Component(caller) => known[caller.index()],
            };
            let through = before.map(|before| before.min(longest_wait(link)));
            let place = &mut known[link.callee.index()];
            if through > *place {
                *place = through;
                is_settled = false;
            }
        }
        if is_settled {
            break;
        }
    }
    known
        .into_iter()
        .map(|longest| longest.filter(|&wait| wait < u64::MAX))
        .collect()
}

/// The longest that the left end of a link waits, ns.
fn longest_wait(link: &Link) -> u64 {
    let attempts = link
        .retry
        .as_ref()
        .map_or(1, |retry| u64::from(retry.attempts));
    let tries = link
        .timeout
        .map_or(u64::MAX, |timeout| timeout.saturating_mul(attempts));
    tries.min(link.deadline.unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{found, message, shop};
    use super::LINT;
    use crate::model::builder::seconds;

    fn with_timeouts(user: u64, db: u64) -> crate::model::Model {
        let mut shop = shop();
        let (lb, was) = (shop.lb, shop.was);
        shop.b.user_link("users", lb).timeout = Some(seconds(user));
        shop.b.link(was, shop.db).timeout = Some(seconds(db));
        shop.b.build()
    }

    #[test]
    fn fires_through_a_link_without_a_timeout_of_its_own() {
        let text = message(&with_timeouts(1, 5), LINT.code);
        assert_eq!(
            text,
            "`was -> db` waits up to 5s, but nobody waits for `was` longer than 1s"
        );
    }

    #[test]
    fn is_silent_when_timeouts_become_shorter_on_the_way_down() {
        assert!(found(&with_timeouts(5, 1), LINT.code).is_empty());
    }

    #[test]
    fn is_silent_when_somebody_else_has_the_patience() {
        let mut shop = shop();
        let (lb, was, db) = (shop.lb, shop.was, shop.db);
        shop.b.open("staff", 1.0, &[("report", was, 1.0)]);
        shop.b.user_link("users", lb).timeout = Some(seconds(1));
        shop.b.link(was, db).timeout = Some(seconds(5));
        assert!(found(&shop.b.build(), LINT.code).is_empty());
    }
}
