//! Callers of what falls silent, without a timeout.

use super::Lint;
use super::context::{Context, set_link};
use crate::diagnostic::Diagnostic;
use crate::model::{Caller, Fault, FaultKind, FaultTarget, Link, LinkId, Model, NodeId};

pub(super) const LINT: Lint = Lint {
    code: "LP0425",
    title: "no timeout towards what falls silent",
    explanation: "A fault lets messages vanish (BlackHole, Partition) on a link that has neither \
        `timeout` nor `deadline`. Nothing tells the caller that no answer will come: every request \
        that it sent holds its thread and its connection for ever, even after the fault. \
        Real clients have a timeout, if a long one: state it.",
    check,
};

fn check(context: &Context) -> Vec<Diagnostic> {
    let model = context.model;
    let mut all = Vec::new();
    // Nobody waits for the answer to a message.
    let waits = |link: &Link| model.component(link.callee).kind != "Queue";
    let links = model.links.iter().enumerate();
    for (place, link) in links.filter(|(_, link)| waits(link)) {
        let bounded =
            link.timeout.is_some() || link.timeout_law.is_some() || link.deadline.is_some();
        let silenced = |fault: &&Fault| silences(model, fault, LinkId::from(place));
        let Some(fault) = model.faults.iter().find(silenced).filter(|_| !bounded) else {
            continue;
        };
        let message = format!(
            "`{}` has no timeout: callers wait for ever for what {} swallows",
            link.name,
            fault.kind.word(),
        );
        all.push(
            context
                .warn_link(LINT.code, message, link, "timeout")
                .help(set_link(link, "timeout", "\"3s\"")),
        );
    }
    all
}

/// Whether messages of calls over a link vanish.
fn silences(model: &Model, fault: &Fault, id: LinkId) -> bool {
    let link = model.link(id);
    let callers = |link: &Link| match link.caller {
        Caller::Component(caller) => model.component(caller).nodes.clone(),
        Caller::Workload(_) => Vec::new(),
    };
    let meets = |nodes: &[NodeId], others: &[NodeId]| others.iter().any(|one| nodes.contains(one));
    let callees = &model.component(link.callee).nodes;
    let struck = fault.target.nodes(model);
    match (&fault.kind, &fault.target) {
        (FaultKind::BlackHole, FaultTarget::Link(link)) => *link == id,
        (FaultKind::BlackHole, _) => meets(&struck, callees) || meets(&struck, &callers(link)),
        (FaultKind::Partition { to, .. }, _) => {
            let (to, callers) = (to.nodes(model), callers(link));
            meets(&struck, &callers) && meets(&to, callees)
                || meets(&to, &callers) && meets(&struck, callees)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{found, message, shop};
    use super::LINT;
    use crate::model::builder::seconds;
    use crate::model::{Fault, FaultKind, FaultTarget, Model};

    fn silent(timeout: Option<u64>, cut: bool) -> Model {
        let mut shop = shop();
        let (was, db) = (shop.was, shop.db);
        shop.b.link(was, db).timeout = timeout;
        let nodes = |model: &Model, id| FaultTarget::Nodes(model.component(id).nodes.clone());
        let model = shop.b.model();
        let target = nodes(model, db);
        let to = nodes(model, was);
        let kind = if cut {
            FaultKind::Partition { to, both: true }
        } else {
            FaultKind::BlackHole
        };
        shop.b.fault(Fault {
            kind,
            target,
            at: seconds(1),
            lasts: None,
        });
        shop.b.build()
    }

    #[test]
    fn fires_where_callers_would_wait_for_ever() {
        for cut in [false, true] {
            let text = message(&silent(None, cut), LINT.code);
            assert!(text.contains("callers wait for ever"), "{text}");
        }
    }

    #[test]
    fn is_silent_with_a_timeout() {
        for cut in [false, true] {
            assert!(found(&silent(Some(seconds(1)), cut), LINT.code).is_empty());
        }
    }
}
