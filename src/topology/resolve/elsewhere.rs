//! Further tries that go to another node.

use super::Resolver;
use crate::diagnostic::Diagnostic;
use crate::kinds::Kind;
use crate::schema::{Retry, code, filled, preset};

impl Resolver<'_> {
    /// Whether further tries over a link avoid the nodes that were tried. Who has no choice may not
    /// ask for it, but may stand behind a preset that does.
    pub(super) fn elsewhere(&mut self, id: usize, retry: &Retry) -> bool {
        let bound = match self.kind(self.links.drafts[id].callee) {
            Some(Kind::Dns(_)) => {
                Some("all tries of a request go to the address that its name stands for")
            }
            Some(Kind::Cache(_)) => Some("the shards of a Cache are chosen by key"),
            _ => None,
        };
        let Some(stated) = &retry.elsewhere else {
            let product = retry.preset.as_ref();
            return bound.is_none() && filled(product, &preset::ELSEWHERE).read();
        };
        if let Some(message) = bound {
            self.problems.push(
                Diagnostic::error(code::CONFLICT, message)
                    .at(stated.span.clone())
                    .help("leave `elsewhere` out"),
            );
        }
        stated.value
    }
}
