//! Deploys: restarts of nodes one after the other, and what the new version does wrong.

use super::Resolver;
use super::fault::Parts;
use crate::diagnostic::Diagnostic;
use crate::model::{Fault, FaultKind, FaultTarget, NodeId};
use crate::schema::{self, Order, code};

/// When a node is taken away, and from when on it has the new version, ns.
type Turn = (Option<(u64, u64)>, u64);

impl Resolver<'_> {
    /// The faults that a deploy is: of each node its restart, and the errors of the new version
    /// from then on. A restart is a crash: nobody is told beforehand.
    pub(super) fn deploy(&mut self, deploy: &schema::Deploy, all: Parts<'_>) -> Vec<Fault> {
        let Some(nodes) = self.deployed(deploy, all) else {
            return Vec::new();
        };
        let errors = deploy.errors.as_ref().map(|share| self.some(share));
        if let (Order::BlueGreen, None) = (&deploy.order.value, errors) {
            let message = "a good version put on all nodes at once changes nothing";
            self.problems.push(
                Diagnostic::error(code::CONFLICT, message)
                    .at(deploy.order.span.clone())
                    .help("write `errors: 0.1`, or an order in which nodes are restarted"),
            );
        }
        let mut faults = Vec::new();
        let turns = self.turns(deploy, nodes.len());
        for (node, (restart, from)) in nodes.into_iter().zip(turns) {
            let mut put = |kind, at, lasts| {
                faults.push(Fault {
                    kind,
                    target: FaultTarget::Nodes(vec![node]),
                    at,
                    lasts,
                });
            };
            if let Some((at, lasts)) = restart {
                put(FaultKind::Crash, at, Some(lasts));
            }
            if let Some(share) = errors {
                put(FaultKind::Errors(share), from, None);
            }
        }
        faults
    }

    /// The nodes of the component that is deployed.
    fn deployed(&mut self, deploy: &schema::Deploy, all: Parts<'_>) -> Option<Vec<NodeId>> {
        let name = &deploy.target.value;
        if let Some(place) = self.names.components.place(name) {
            return Some(all.owned[place].clone());
        }
        self.target(&FaultKind::Crash, &deploy.target, all)?;
        let message = format!("`{name}` is no component: a version is put on all nodes of one");
        self.problems.push(
            Diagnostic::error(code::CONFLICT, message)
                .at(deploy.target.span.clone())
                .help("name a component, without the number of a node"),
        );
        None
    }

    fn turns(&mut self, deploy: &schema::Deploy, nodes: usize) -> Vec<Turn> {
        let at = deploy.at.value.nanos();
        let (watch, each, restart) = match &deploy.order.value {
            Order::BlueGreen => return vec![(None, at); nodes],
            Order::Rolling(it) => (it.each.nanos(), it.each.nanos(), &it.restart),
            Order::Canary(it) => (it.watch.nanos(), it.each.nanos(), &it.restart),
        };
        if let Some(problem) = schema::positive(restart) {
            self.problems.push(problem);
        }
        let away = restart.value.nanos();
        let turn = |place: u64| {
            let later = match place {
                0 => 0,
                _ => watch.saturating_add(each.saturating_mul(place - 1)),
            };
            let start = at.saturating_add(later);
            (Some((start, away)), start.saturating_add(away))
        };
        (0..nodes as u64).map(turn).collect()
    }
}
