//! Restarts: crashes from which nodes come back by themselves.

use super::Resolver;
use super::fault::Parts;
use crate::diagnostic::Diagnostic;
use crate::model::{ComponentId, Fault, FaultKind, FaultTarget, NodeId, RackKind};
use crate::quantity::Time;
use crate::schema::{self, BOOT, code};

impl Resolver<'_> {
    /// The crashes that a restart is: each node is away for as long as is stated, or for the
    /// `boot` of its component.
    pub(super) fn restart(&mut self, restart: &schema::Restart, all: Parts<'_>) -> Vec<Fault> {
        let times = [&restart.each, &restart.lasts].into_iter().flatten();
        self.problems.extend(times.filter_map(schema::positive));
        let Some(target) = self.target(&FaultKind::Crash, &restart.target, all) else {
            return Vec::new();
        };
        if self.refuse_restart(restart, &target) {
            return Vec::new();
        }
        let nodes = self.nodes_struck(&target, all);
        let at = restart.at.value.nanos();
        let away = |node: NodeId| {
            let own = || self.boot(all.nodes[node.index()].component);
            restart
                .lasts
                .as_ref()
                .map_or_else(own, |at| at.value.nanos())
        };
        let crash = |target, at, lasts| Fault {
            kind: FaultKind::Crash,
            target,
            at,
            lasts: Some(lasts),
        };
        if let (FaultTarget::AnyOf(_), Some(&first)) = (&target, nodes.first()) {
            return vec![crash(target, at, away(first))];
        }
        let Some(each) = &restart.each else {
            let alike = |a: &NodeId, b: &NodeId| away(*a) == away(*b);
            let rows = nodes.chunk_by(alike);
            return rows
                .map(|row| crash(FaultTarget::Nodes(row.to_vec()), at, away(row[0])))
                .collect();
        };
        let each = each.value.nanos();
        let turns = (0_u64..).zip(nodes).map(|(turn, node)| {
            let at = at.saturating_add(each.saturating_mul(turn));
            crash(FaultTarget::Nodes(vec![node]), at, away(node))
        });
        turns.collect()
    }

    /// Reports a restart of what does not start, and turns where there is one node.
    fn refuse_restart(&mut self, restart: &schema::Restart, target: &FaultTarget) -> bool {
        let name = &restart.target.value;
        let is_feed = |at: usize| self.racks[at].kind == RackKind::Feed;
        let (message, help, at) = match (target, &restart.each) {
            (FaultTarget::Switch(_), _) => (
                format!("`{name}` has no `boot`"),
                "crash the switch, with `lasts`",
                &restart.target.span,
            ),
            (FaultTarget::Rack(rack), _) if is_feed(rack.index()) => (
                format!("`{name}` has no `boot`"),
                "crash the feed, with `lasts`",
                &restart.target.span,
            ),
            (FaultTarget::AnyOf(_), Some(each)) => (
                "one node is restarted: there is no next one".to_owned(),
                "leave `each` out, or name the component",
                &each.span,
            ),
            (FaultTarget::Nodes(nodes), Some(each)) if nodes.len() == 1 => (
                "one node is restarted: there is no next one".to_owned(),
                "leave `each` out, or name a component with several nodes",
                &each.span,
            ),
            _ => return false,
        };
        self.problems.push(
            Diagnostic::error(code::CONFLICT, message)
                .at(at.clone())
                .help(help),
        );
        true
    }

    /// How long a node of a component takes to come back, ns.
    pub(super) fn boot(&self, component: ComponentId) -> u64 {
        let name = &self.names.components.name(component.index()).value;
        let component = self.file.components.get(name);
        let stated = component.and_then(|component| component.shared.boot.as_ref());
        let boot = stated.map_or_else(|| BOOT.read::<Time>(), |boot| boot.value);
        boot.nanos()
    }
}
