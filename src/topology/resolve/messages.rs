//! Links to queues: a message is in its queue at once, and nobody waits for an answer.

use super::Resolver;
use crate::diagnostic::Diagnostic;
use crate::kinds::Kind;
use crate::schema::{At, Link, code};

impl Resolver<'_> {
    /// Refuses what is of no effect on messages.
    pub(super) fn check_message_link(&mut self, id: usize, key: &At<String>, link: &Link) {
        if !matches!(
            self.kind(self.links.drafts[id].callee),
            Some(Kind::Queue(_))
        ) {
            return;
        }
        let whole = || &key.span;
        // Where no call at all is given up, that is said of `cancel` already.
        let cancel = link.cancel.as_ref();
        let cancel = cancel.filter(|_| self.file.gives_up_and_says_so());
        let stated = [
            ("latency", link.latency.as_ref().map(|_| whole())),
            ("bandwidth", link.bandwidth.as_ref().map(|_| whole())),
            ("pool", link.pool.as_ref().map(|field| &field.span)),
            (
                "pool_timeout",
                link.pool_timeout.as_ref().map(|field| &field.span),
            ),
            ("timeout", link.timeout.as_ref().map(|field| &field.span)),
            ("deadline", link.deadline.as_ref().map(|field| &field.span)),
            ("cancel", cancel.map(|field| &field.span)),
            ("retry", link.retry.as_ref().map(|field| &field.span)),
            ("balance", link.balance.as_ref().map(|field| &field.span)),
            ("health", link.health.as_ref().map(|field| &field.span)),
        ];
        for (field, span) in stated {
            let Some(span) = span else { continue };
            let message =
                format!("nobody waits for the answer to a message: there is nothing for `{field}`");
            self.problems.push(
                Diagnostic::error(code::CONFLICT, message)
                    .at(span.clone())
                    .help("put it on a link between other components, or leave it out"),
            );
        }
    }
}
