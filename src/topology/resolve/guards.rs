//! Guards of links that all calls of a node share.

use std::ops::Range;

use super::Resolver;
use crate::diagnostic::Diagnostic;
use crate::kinds::Kind;
use crate::model::{self, Caller};
use crate::quantity::Count;
use crate::schema::{Retry, code, preset};

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

    /// A guard that looks at all calls of a node needs a node that calls and waits.
    fn shared_guard(&mut self, id: usize, field: &str, span: &Range<usize>) {
        let draft = &self.links.drafts[id];
        let names = match draft.caller {
            Caller::Workload(_) => {
                let message = format!("users share no `{field}`");
                let help = format!("put `{field}` on a link between components");
                self.refuse_guard(message, &help, span);
                return;
            }
            Caller::Component(caller) => matches!(self.kind(caller), Some(Kind::Dns(_))),
        };
        if names {
            let message = format!("clients of a name service share no `{field}`");
            let help = format!("put `{field}` on a link between other components");
            self.refuse_guard(message, &help, span);
        }
    }

    fn refuse_guard(&mut self, message: String, help: &str, span: &Range<usize>) {
        let problem = Diagnostic::error(code::CONFLICT, message).at(span.clone());
        self.problems.push(problem.help(help));
    }
}
