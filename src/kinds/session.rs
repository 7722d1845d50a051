//! Who keeps what an application knows of a person.

use serde::Deserialize;

use super::Site;
use crate::diagnostic::Diagnostic;
use crate::model::{self, Holders, Operation, Step};
use crate::quantity::Time;
use crate::schema::code;
use crate::schema::preset::Preset;
use crate::schema::{At, TimeLaw, positive};

/// Who keeps sessions.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Sessions {
    /// The node that began it; with it they are lost.
    Local,
    /// That node and one more.
    Backup(Copied),
    /// All nodes.
    All(Copied),
    /// Another component, which every request asks first.
    Server(At<String>),
}

/// What copies cost.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Copied {
    /// CPU time of a node that keeps a copy, for each request that another node answers.
    pub copy: TimeLaw,
}

/// The default of `session_ttl`.
pub(super) const TTL: Preset = Preset {
    of: "AppServer",
    field: "session_ttl",
    value: "\"30m\"",
    source: "Apache Tomcat 10.1, conf/web.xml, session-timeout",
};

/// The sessions of a component, whose operations ask for them where somebody else keeps them.
pub(super) fn sessions(
    site: &mut dyn Site,
    (stated, ttl): (Option<&At<Sessions>>, Option<&At<Time>>),
    operations: &mut [Operation],
) -> Option<model::Sessions> {
    let Some(stated) = stated else {
        if let Some(ttl) = ttl {
            let message = "`session_ttl` without `sessions`: nothing is kept";
            let problem = Diagnostic::error(code::CONFLICT, message).at(ttl.span.clone());
            site.report(problem.help("add `sessions: Local`, or leave `session_ttl` out"));
        }
        return None;
    };
    if let Some(zero) = ttl.and_then(positive) {
        site.report(zero);
    }
    let ttl = ttl.map_or_else(|| TTL.read::<Time>(), |ttl| ttl.value);
    let holders = match &stated.value {
        Sessions::Local => Holders::Own,
        Sessions::Backup(copied) => Holders::Backed(site.time(&copied.copy)),
        Sessions::All(copied) => Holders::All(site.time(&copied.copy)),
        Sessions::Server(server) => {
            let call = site.call(server, None);
            let link = call.links.first()?.0;
            for operation in operations {
                operation.steps.insert(0, Step::Call(call.clone()));
            }
            Holders::Elsewhere(link)
        }
    };
    let ttl = ttl.nanos();
    let sessions = model::Sessions { ttl, holders };
    if sessions.is_copied() && site.shared().autoscale.is_some() {
        let message = "copies of sessions do not follow nodes that come and go";
        let problem = Diagnostic::error(code::CONFLICT, message).at(stated.span.clone());
        site.report(problem.help("write `sessions: Local`, or `Server(..)`"));
    }
    Some(sessions)
}
