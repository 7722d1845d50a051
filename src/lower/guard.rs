//! Guards that all calls of a node over a link share.

use super::entry::Site;
use super::{Lowering, Origin, node_id};
use crate::engine::id::GuardId;
use crate::engine::program::{Budget, Guard, RETRY};
use crate::model::LinkId;

impl Lowering<'_> {
    /// The guards of who calls over a link; only nodes have any.
    pub(super) fn guard(&mut self, site: Site, link: LinkId) -> Option<GuardId> {
        let Origin::Node(node) = site.origin else {
            return None;
        };
        let stated = self.model.link(link);
        let budget = stated.retry.as_ref().and_then(|retry| retry.budget)?;
        let guards = &mut self.program.guards;
        let id = *self.guards.entry((site.origin, link)).or_insert_with(|| {
            guards.push(Guard {
                node: node_id(node),
                link: crate::engine::id::LinkId(link.0),
                budget: Some(Budget {
                    deposit: (budget.deposit * RETRY as f64).round() as u64,
                    bucket: budget.bucket,
                }),
            });
            GuardId::from(guards.len() - 1)
        });
        Some(id)
    }
}
