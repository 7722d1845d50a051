//! Overload: more of a workload than usual.

use super::Resolver;
use super::names::unknown;
use crate::diagnostic::Diagnostic;
use crate::model::{FaultTarget, WorkloadId};
use crate::quantity::Factor;
use crate::schema::{At, Workload, code};

/// Most times the usual rate.
const MOST: f64 = 1e6;

impl Resolver<'_> {
    /// The workload that is sent more often: one whose users do not wait for their answers.
    pub(super) fn overloaded(&mut self, at: &At<String>) -> Option<FaultTarget> {
        let Some(place) = self.names.workloads.place(&at.value) else {
            let known = self.names.workloads.iter();
            let problem = unknown(&at.value, at.span.clone(), "workload", known);
            self.problems.push(problem);
            return None;
        };
        let name = &at.value;
        let (message, help) = match self.file.workload.get(name)? {
            Workload::Open(_) => return Some(FaultTarget::Workload(WorkloadId::from(place))),
            Workload::Closed(_) => (
                format!("the users of `{name}` wait for their answers: they have no rate"),
                "write `stages` with more users, or make it Open",
            ),
            Workload::Replay(_) => (
                format!("`{name}` is sent as it was logged"),
                "write its `speed`, or name an Open workload",
            ),
        };
        self.problems.push(
            Diagnostic::error(code::CONFLICT, message)
                .at(at.span.clone())
                .help(help),
        );
        None
    }

    /// A factor of more than 1.
    pub(super) fn more(&mut self, factor: &At<Factor>) -> f64 {
        let number = factor.value.value();
        let (message, help) = if number <= 1.0 {
            (
                "no more than usual is no overload",
                "write a factor above 1",
            )
        } else if number > MOST {
            (
                "nothing is sent more than a million times as often",
                "write a smaller `factor`",
            )
        } else {
            return number;
        };
        self.problems.push(
            Diagnostic::error(code::RANGE, message)
                .at(factor.span.clone())
                .help(help),
        );
        number
    }
}
