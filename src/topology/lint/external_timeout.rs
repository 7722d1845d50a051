//! Threads that depend on somebody else's service.

use super::Lint;
use super::context::{Context, set_link};
use crate::diagnostic::Diagnostic;

pub(super) const LINT: Lint = Lint {
    code: "LP0415",
    title: "no timeout to an external service",
    explanation: "A component with limited threads calls a service that is not yours without a \
        `timeout` or `deadline`. When that service hangs, one thread after the other hangs with \
        it, until the component answers nobody, also those who did not need the service (M. \
        Nygard, *Release It!*, chapter \"Stability Antipatterns\": integration points). Give the \
        call a timeout.",
    check,
};

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut all = Vec::new();
    for (_, link) in context.links() {
        let Some(caller) = Context::caller(link) else {
            continue;
        };
        let Some(threads) = context.threads(caller) else {
            continue;
        };
        let is_external = context.model.component(link.callee).external;
        if !is_external
            || link.timeout.is_some()
            || link.timeout_law.is_some()
            || link.deadline.is_some()
        {
            continue;
        }
        let message = format!(
            "`{}` waits without limit: when `{}` hangs, so do all {threads} threads of `{}`",
            link.name,
            context.name(link.callee),
            context.name(caller),
        );
        all.push(
            context
                .warn_link(LINT.code, message, link, "timeout")
                .help(set_link(link, "timeout", "\"2s\"")),
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

    fn paying(timeout: Option<u64>) -> Model {
        let mut shop = shop();
        let pay = shop.b.component("pay", 1);
        shop.b.operation(pay, "default", Vec::new());
        shop.b.model().components[pay.index()].external = true;
        let call = shop.b.call(shop.was, pay);
        shop.b.link(shop.was, pay).timeout = timeout;
        shop.b.model().components[shop.was.index()].operations[0]
            .steps
            .push(call);
        shop.b.build()
    }

    #[test]
    fn fires_for_a_call_without_a_limit() {
        let text = message(&paying(None), LINT.code);
        assert!(text.contains("all 200 threads of `was`"), "{text}");
    }

    #[test]
    fn is_silent_with_a_timeout() {
        assert!(found(&paying(Some(seconds(2))), LINT.code).is_empty());
    }
}
