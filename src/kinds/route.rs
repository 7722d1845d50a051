//! Classes that a balancer sends elsewhere, or chooses for by another rule.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::Site;
use crate::diagnostic::Diagnostic;
use crate::model::Policy;
use crate::schema::code;
use crate::schema::preset::Preset;
use crate::schema::{self, At, To};

/// A class that goes its own way.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// Which requests.
    pub class: At<String>,
    /// What stands behind the balancer for them.
    pub to: To,
    /// How a node is chosen for them.
    pub policy: Option<At<schema::Policy>>,
}

pub(super) const POLICY: Preset = Preset {
    of: "Route",
    field: "policy",
    value: "RoundRobin",
    source: "HAProxy 2.6, Configuration Manual, balance (Weighted where `to` has weights)",
};

/// The word of the operation for classes without a route.
pub(super) const REST: &str = "default";

/// Reports classes with two routes, and a route for those that have none.
pub(super) fn check(routes: &[Route], site: &mut dyn Site) {
    let mut seen = BTreeSet::new();
    for Route { class, .. } in routes {
        site.class(class);
        let problem = if class.value == REST {
            Diagnostic::error(code::CONFLICT, "`to` says where this class goes already")
                .help("leave this route out, or give the other classes a route each")
        } else if seen.insert(&class.value) {
            continue;
        } else {
            let message = format!("class `{}` has a route already", class.value);
            Diagnostic::error(code::CONFLICT, message).help("write one route for each class")
        };
        site.report(problem.at(class.span.clone()));
    }
}

/// The stated policy or the preset; weights need one that honours them.
pub(super) fn policy(
    to: &To,
    stated: Option<&At<schema::Policy>>,
    preset: &Preset,
    site: &mut dyn Site,
) -> Policy {
    let weighted = to.is_weighted();
    let Some(stated) = stated else {
        let plain: schema::Policy = preset.read();
        return if weighted {
            Policy::Weighted
        } else {
            plain.model()
        };
    };
    let policy = stated.value.model();
    if weighted && !matches!(policy, Policy::Weighted | Policy::Random) {
        site.report(
            Diagnostic::error(code::CONFLICT, "this policy does not look at weights")
                .at(stated.span.clone())
                .help("write `policy: Weighted` or `policy: Random`, or `to` without weights"),
        );
    }
    policy
}
