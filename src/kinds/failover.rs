//! What happens when the leading node of a database or of a shard is lost.

use serde::Deserialize;

use super::Site;
use crate::diagnostic::Diagnostic;
use crate::model::{Takeover, Voters};
use crate::quantity::Time;
use crate::schema::At;
use crate::schema::code;

/// What happens when the leading node is lost.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Failover {
    /// Another node takes its place by itself.
    Automatic(Automatic),
}

/// How long it takes until another node has taken the place, and who has to agree.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Automatic {
    /// Loss to detection.
    pub detect: Time,
    /// Detection to the first request on the new node.
    pub promote: Time,
    /// The component of whose nodes more than half must be up.
    pub voters: Option<At<String>>,
    /// Whether a primary without that majority takes no writes.
    pub steps_down: Option<At<bool>>,
}

/// What a stated failover of nodes comes to, of which the first leads and others follow it;
/// `nobody` is what is wrong where none does, and what to write.
pub(super) fn promotion(
    stated: Option<&At<Failover>>,
    nodes: usize,
    nobody: (&str, &str),
    site: &mut dyn Site,
) -> (Takeover, Option<Voters>) {
    let Some(stated) = stated else {
        return (Takeover::None, None);
    };
    if nodes == 1 {
        let (message, help) = nobody;
        site.report(
            Diagnostic::error(code::CONFLICT, message)
                .at(stated.span.clone())
                .help(help),
        );
    }
    let Failover::Automatic(automatic) = &stated.value;
    let takeover = Takeover::Promotion {
        detect: automatic.detect.nanos(),
        promote: automatic.promote.nanos(),
    };
    (takeover, automatic.voters(site))
}

impl Automatic {
    /// Who has to agree.
    pub(super) fn voters(&self, site: &mut dyn Site) -> Option<Voters> {
        let Some(voters) = &self.voters else {
            if let Some(stated) = &self.steps_down {
                let message = "`steps_down` without `voters`: there is no majority to lose";
                let problem = Diagnostic::error(code::CONFLICT, message).at(stated.span.clone());
                site.report(problem.help("add `voters: \"..\"`, or leave `steps_down` out"));
            }
            return None;
        };
        let steps_down = self.steps_down.as_ref().is_some_and(|stated| stated.value);
        site.voters(voters).map(|component| Voters {
            component,
            steps_down,
        })
    }
}
