//! Persons that have to be known again.

use super::Resolver;
use crate::diagnostic::Diagnostic;
use crate::kinds::Kind;
use crate::model::{Arrivals, Workload};
use crate::schema::code;

impl Resolver<'_> {
    /// Cookies and sessions mean nothing where every journey is somebody new (S26).
    pub(super) fn refuse_strangers(&mut self, workloads: &[Workload]) {
        let is_new =
            |one: &&Workload| matches!(one.arrivals, Arrivals::Open { .. }) && one.people.is_none();
        let Some(strangers) = workloads.iter().find(is_new) else {
            return;
        };
        let name = &strangers.name;
        for (_, component) in &self.file.components {
            let known = match &component.kind {
                Kind::LoadBalancer(kind) => kind.sticky.as_ref().map(|at| ("sticky", &at.span)),
                Kind::AppServer(kind) => kind.sessions.as_ref().map(|at| ("sessions", &at.span)),
                _ => None,
            };
            if let Some((field, span)) = known {
                let message = format!("`{field}` knows people again, and `{name}` has none");
                self.problems.push(
                    Diagnostic::error(code::CONFLICT, message)
                        .at(span.clone())
                        .help(format!("add `people: 1_000` to the workload {name:?}")),
                );
            }
        }
    }
}
