//! Scheduled faults.

use super::Resolver;
use super::names::unknown;
use super::places::Place;
use crate::diagnostic::Diagnostic;
use crate::kinds::Blueprint;
use crate::model::{ComponentId, Fault, FaultKind, FaultTarget, NodeId};
use crate::quantity::Time;
use crate::schema::code;
use crate::schema::{self, At};

impl Resolver<'_> {
    /// The faults, in the order of the file; `owned` says which nodes each component has.
    pub(super) fn faults(&mut self, owned: &[Vec<NodeId>]) -> Vec<Fault> {
        let file = self.file;
        let fault = |fault: &schema::Fault| {
            let (kind, target, at, lasts) = match fault {
                schema::Fault::Crash(crash) => {
                    (FaultKind::Crash, &crash.target, &crash.at, crash.lasts)
                }
                schema::Fault::Slow(slow) => (
                    FaultKind::Slow(slow.factor.value()),
                    &slow.target,
                    &slow.at,
                    slow.lasts,
                ),
            };
            let target = self.target(kind, target, owned)?;
            Some(Fault {
                kind,
                target,
                at: at.value.nanos(),
                lasts: lasts.map(Time::nanos),
            })
        };
        file.faults.iter().filter_map(fault).collect()
    }

    /// `was`, `was/2`, `was/any`, a host or a switch.
    fn target(
        &mut self,
        kind: FaultKind,
        at: &At<String>,
        owned: &[Vec<NodeId>],
    ) -> Option<FaultTarget> {
        let (name, node) = match at.value.split_once('/') {
            Some((name, node)) => (name, Some(node)),
            None => (at.value.as_str(), None),
        };
        if let Some(place) = self.names.components.place(name) {
            let nodes = &owned[place];
            self.blueprints[place].as_ref()?;
            self.check_slow(kind, ComponentId::from(place), at);
            return match node {
                None => Some(FaultTarget::Nodes(nodes.clone())),
                Some("any") => Some(FaultTarget::AnyOf(nodes.clone())),
                Some(number) => self.node(at, name, number, nodes).map(FaultTarget::Nodes),
            };
        }
        let Some(place) = self.names.infrastructure.place(name) else {
            let known = self
                .names
                .components
                .iter()
                .chain(self.names.infrastructure.iter());
            let problem = unknown(name, at.span.clone(), "component, host or switch", known);
            self.problems.push(problem);
            return None;
        };
        if node.is_some() {
            let message = format!("`{name}` has no nodes to number");
            self.problems.push(
                Diagnostic::error(code::CONFLICT, message)
                    .at(at.span.clone())
                    .help(format!("write \"{name}\"")),
            );
        }
        match self.ids[place] {
            Place::Host(id) => Some(FaultTarget::Host(id)),
            Place::Switch(id) => {
                if matches!(kind, FaultKind::Slow(_)) {
                    self.problems.push(
                        Diagnostic::error(code::CONFLICT, "a switch does no work to slow down")
                            .at(at.span.clone())
                            .help("slow a component or a host, or crash the switch"),
                    );
                }
                Some(FaultTarget::Switch(id))
            }
            Place::Lost => None,
        }
    }

    fn node(
        &mut self,
        at: &At<String>,
        name: &str,
        number: &str,
        nodes: &[NodeId],
    ) -> Option<Vec<NodeId>> {
        let place = number
            .parse::<usize>()
            .ok()
            .and_then(|number| number.checked_sub(1));
        if let Some(node) = place.and_then(|place| nodes.get(place)) {
            return Some(vec![*node]);
        }
        let many = match nodes.len() {
            1 => format!("`{name}` has one node: write \"{name}\""),
            many => format!("`{name}` has the nodes \"{name}/1\" to \"{name}/{many}\""),
        };
        let start = name.len() + 1;
        let span = self.inside(at, start..at.value.len());
        self.problems.push(
            Diagnostic::error(
                code::UNKNOWN_NAME,
                format!("there is no node `{}`", at.value),
            )
            .at(span)
            .help(many),
        );
        None
    }

    /// Slowness needs work that can take longer.
    fn check_slow(&mut self, kind: FaultKind, id: ComponentId, at: &At<String>) {
        let idle = matches!(
            &self.blueprints[id.index()],
            Some(Blueprint { resources, .. }) if resources.is_empty()
        );
        if matches!(kind, FaultKind::Slow(_)) && idle {
            let name = &self.names.components.name(id.index()).value;
            self.problems.push(
                Diagnostic::error(
                    code::CONFLICT,
                    format!("`{name}` does no work to slow down"),
                )
                .at(at.span.clone())
                .help("slow a component with a CPU or an External, or write Crash"),
            );
        }
    }
}
