//! Scheduled faults.

use super::Resolver;
use super::names::unknown;
use super::places::Place;
use crate::diagnostic::Diagnostic;
use crate::model::{ComponentId, Fault, FaultKind, FaultTarget, NodeId, Resource};
use crate::quantity::Time;
use crate::schema::code;
use crate::schema::{self, At};

/// Largest factor of a slowness.
const SLOWEST: f64 = 1e6;

impl Resolver<'_> {
    /// The faults, in the order of the file; `owned` says which nodes each component has.
    pub(super) fn faults(&mut self, owned: &[Vec<NodeId>]) -> Vec<Fault> {
        let file = self.file;
        let fault = |fault: &schema::Fault| {
            let (kind, target, at, lasts) = match fault {
                schema::Fault::Crash(crash) => {
                    (FaultKind::Crash, &crash.target, &crash.at, crash.lasts)
                }
                schema::Fault::Slow(slow) => {
                    self.check_factor(slow);
                    let kind = FaultKind::Slow(slow.factor.value());
                    (kind, &slow.target, &slow.at, slow.lasts)
                }
                schema::Fault::Pause(pause) => {
                    (FaultKind::Pause, &pause.target, &pause.at, pause.lasts)
                }
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

    /// `was`, `was/2`, `was/any`, a host, a rack or a switch.
    pub(super) fn target(
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
            self.check_work(kind, ComponentId::from(place), at);
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
            let problem = unknown(
                name,
                at.span.clone(),
                "component, host, rack or switch",
                known,
            );
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
            Place::Rack(id) => Some(FaultTarget::Rack(id)),
            Place::Switch(id) => {
                if let Some((verb, over)) = verbs(kind) {
                    let message = format!("a switch does no work to {over}");
                    self.problems.push(
                        Diagnostic::error(code::CONFLICT, message)
                            .at(at.span.clone())
                            .help(format!("{verb} a component or a host, or crash the switch")),
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

    /// Work that takes a million times as long stands still.
    fn check_factor(&mut self, slow: &schema::Slow) {
        if slow.factor.value() > SLOWEST {
            self.problems.push(
                Diagnostic::error(code::RANGE, "nothing gets more than a million times slower")
                    .at(slow.target.span.clone())
                    .help("write a smaller `factor`, or Pause"),
            );
        }
    }

    /// Slowness and a pause need work that can take longer, a pause of a node cores of its own.
    fn check_work(&mut self, kind: FaultKind, id: ComponentId, at: &At<String>) {
        let (Some((verb, over)), Some(part)) = (verbs(kind), &self.blueprints[id.index()]) else {
            return;
        };
        let bounded = |resource: &Resource| resource.is_cpu || resource.servers.is_some();
        let can = match kind {
            FaultKind::Pause => part.resources.iter().any(bounded),
            _ => !part.resources.is_empty(),
        };
        let name = &self.names.components.name(id.index()).value;
        let (message, help) = if !can {
            let help = match kind {
                FaultKind::Pause => "pause a component with a CPU, or write Crash".into(),
                _ => format!("{verb} a component with a CPU or an External, or write Crash"),
            };
            (format!("`{name}` does no work to {over}"), help)
        } else if kind == FaultKind::Pause && self.is_on_hosts(name) {
            let help = "pause the host, or write Slow or Crash".into();
            (format!("the cores of `{name}` are those of its host"), help)
        } else {
            return;
        };
        self.problems.push(
            Diagnostic::error(code::CONFLICT, message)
                .at(at.span.clone())
                .help(help),
        );
    }

    fn is_on_hosts(&self, component: &str) -> bool {
        let component = self.file.components.get(component);
        component.is_some_and(|component| component.shared.on.is_some())
    }
}

/// What a fault does to work, as an order and at the end of "no work to"; none for a crash.
fn verbs(kind: FaultKind) -> Option<(&'static str, &'static str)> {
    match kind {
        FaultKind::Crash => None,
        FaultKind::Slow(_) => Some(("slow", "slow down")),
        FaultKind::Pause => Some(("pause", "pause")),
    }
}
