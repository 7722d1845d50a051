//! Sessions on one node, and requests that go to any.

use super::Lint;
use super::context::Context;
use crate::diagnostic::Diagnostic;
use crate::model::{Caller, ComponentId, Holders, Policy};

pub(super) const LINT: Lint = Lint {
    code: "LP0426",
    title: "sessions that their requests do not find",
    explanation: "A server with several nodes keeps sessions on the node that began them, and \
        whoever calls it sends a person now here and now there: most requests find no session and \
        begin another, so that people are asked to log in again and again. Let the balancer keep \
        each person at one node (`sticky: Cookie`), or let the nodes share what they know \
        (`sessions: Backup(..)`, `All(..)` or `Server(..)`).",
    check,
};

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut all = Vec::new();
    for part in context.components() {
        let sessions = context.model.component(part).sessions.as_ref();
        let is_local = sessions.is_some_and(|sessions| sessions.holders == Holders::Own);
        let nodes = context.active(part);
        if !is_local || nodes < 2 || !is_scattered(context, part) {
            continue;
        }
        let message = format!(
            "`{}` keeps sessions on the node that began them, and requests go to any of {nodes}",
            context.name(part)
        );
        all.push(
            context
                .warn_component(LINT.code, message, part, &["sessions"])
                .help("write `sticky: Cookie` in a balancer before it, or `sessions: Backup(..)`"),
        );
    }
    all
}

/// Whether somebody sends one person to several of its nodes.
fn is_scattered(context: &Context, part: ComponentId) -> bool {
    let by_address = |policy| matches!(policy, Policy::SourceHash | Policy::ConsistentHash { .. });
    let mut calls = context.calls().filter(|call| {
        let links = call.links.iter();
        links
            .clone()
            .any(|&(link, _)| context.model.link(link).callee == part)
    });
    let by_calls = calls.any(|call| !call.sticky && !by_address(context.model.policy(call)));
    let mut links = context.links().filter(|(_, link)| link.callee == part);
    by_calls
        || links.any(|(_, link)| {
            matches!(link.caller, Caller::Workload(_)) && !by_address(link.balance)
        })
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{found, message};
    use super::*;
    use crate::model::builder::Builder;
    use crate::model::{Model, Sessions, Step};

    fn shop(sticky: bool, holders: Holders) -> Model {
        let mut b = Builder::new("t");
        let (lb, web) = (b.component("lb", 1), b.component("web", 3));
        let mut to_web = b.forward(lb, web);
        if let Step::Forward(call) = &mut to_web {
            call.sticky = sticky;
        }
        b.operation(lb, "default", vec![to_web]);
        b.operation(web, "default", Vec::new());
        b.open("users", 1.0, &[("default", lb, 1.0)]);
        let ttl = 1;
        b.model().components[web.index()].sessions = Some(Sessions { ttl, holders });
        b.build()
    }

    #[test]
    fn fires_where_people_go_from_node_to_node() {
        let text = message(&shop(false, Holders::Own), LINT.code);
        let expected =
            "`web` keeps sessions on the node that began them, and requests go to any of 3";
        assert_eq!(text, expected);
    }

    #[test]
    fn is_silent_where_they_stay_or_the_nodes_share() {
        assert!(found(&shop(true, Holders::Own), LINT.code).is_empty());
        let shared = Holders::All(crate::law::Law::Constant(1.0));
        assert!(found(&shop(false, shared), LINT.code).is_empty());
    }
}
