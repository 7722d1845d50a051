//! Further tries that go to another node.

use super::Resolver;
use crate::diagnostic::Diagnostic;
use crate::kinds::Kind;
use crate::model::Caller;
use crate::schema::{Retry, code, filled, preset};

impl Resolver<'_> {
    /// Whether further tries over a link avoid the nodes that were tried. Who has no choice may not
    /// ask for it, but may stand behind a preset that does.
    pub(super) fn elsewhere(&mut self, id: usize, retry: &Retry) -> bool {
        let bound = match self.kind(self.links.drafts[id].callee) {
            Some(Kind::Cache(_)) => Some("the shards of a Cache are chosen by key"),
            _ if self.asked(id).is_some_and(|targets| targets < 2) => {
                Some("there is only one target: a further try can only go there again")
            }
            _ => None,
        };
        let Some(stated) = &retry.elsewhere else {
            let product = retry.preset.as_ref();
            return bound.is_none() && filled(product, &preset::ELSEWHERE).read();
        };
        if let Some(message) = bound.filter(|_| stated.value) {
            self.problems.push(
                Diagnostic::error(code::CONFLICT, message)
                    .at(stated.span.clone())
                    .help("leave `elsewhere` out"),
            );
        }
        stated.value
    }

    /// Nodes among which the tries over a link choose: behind a name, those that it stands for;
    /// `None` where one of the components is at fault.
    fn asked(&self, id: usize) -> Option<usize> {
        let callee = self.links.drafts[id].callee;
        if !matches!(self.kind(callee), Some(Kind::Dns(_))) {
            return self.targets(id);
        }
        let named = Caller::Component(callee);
        let mut drafts = self.links.drafts.iter();
        self.targets(drafts.position(|draft| draft.caller == named)?)
    }
}
