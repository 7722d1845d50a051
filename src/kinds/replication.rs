//! When the other nodes of a database have what its primary has written.

use serde::Deserialize;

use super::Site;
use crate::diagnostic::Diagnostic;
use crate::law::Law;
use crate::model::{Operation, Role, Step, Tier};
use crate::schema::code;
use crate::schema::{At, TimeLaw};

/// When other nodes have a write.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Replication {
    /// Some time after its answer: a promotion loses what is still on its way.
    Async(Lag),
    /// Before its answer, which waits for the first of them to have it.
    SemiSync(Acknowledged),
}

/// How far the others are behind.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lag {
    /// From the answer of a write until the others have it.
    pub lag: TimeLaw,
}

/// How long a write waits for the others.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Acknowledged {
    /// From the end of the write on the primary until another node has said that it has it.
    pub acknowledge: TimeLaw,
}

/// The lag of a database with these roles, whose writes wait where others have to have them first.
pub(super) fn lag(
    site: &mut dyn Site,
    stated: Option<&At<Replication>>,
    roles: &[Role],
    operations: &mut [Operation],
) -> Option<Law> {
    let stated = stated?;
    if roles.len() == 1 {
        let message = "`replication` of a database that has only its primary";
        let problem = Diagnostic::error(code::CONFLICT, message).at(stated.span.clone());
        site.report(problem.help("add `standbys: 1` or `read_replicas: 1`, or leave it out"));
    }
    match &stated.value {
        Replication::Async(Lag { lag }) => Some(site.time(lag)),
        Replication::SemiSync(Acknowledged { acknowledge }) => {
            let acknowledge = site.time(acknowledge);
            let writes = operations.iter_mut();
            for write in writes.filter(|one| one.tier == Tier::Primary) {
                write.steps.push(Step::Wait(acknowledge.clone()));
            }
            None
        }
    }
}
