//! Scheduled faults.

use std::ops::Range;

use super::Resolver;
use super::names::unknown;
use super::places::Place;
use crate::diagnostic::Diagnostic;
use crate::model::{
    ComponentId, Fault, FaultKind, FaultTarget, Link, LinkId, Node, NodeId, RackKind,
};
use crate::quantity::Share;
use crate::schema::code;
use crate::schema::preset::ONE_WAY;
use crate::schema::{self, At, Fault as Written};

/// Largest factor of a slowness.
const SLOWEST: f64 = 1e6;

impl Resolver<'_> {
    /// The faults, in the order of the file.
    pub(super) fn faults(&mut self, all: Parts<'_>) -> Vec<Fault> {
        let file = self.file;
        let fault = |written: &Written| match written {
            Written::Deploy(deploy) => self.deploy(deploy, all),
            Written::Restart(restart) => self.restart(restart, all),
            _ => self.fault(written, all).into_iter().collect(),
        };
        file.faults.iter().flat_map(fault).collect()
    }

    fn fault(&mut self, written: &Written, all: Parts<'_>) -> Option<Fault> {
        let (target, at, lasts) = written.place();
        if let Some(problem) = lasts.and_then(schema::positive) {
            self.problems.push(problem);
        }
        let kind = self.fault_kind(written, all)?;
        let struck = match kind {
            FaultKind::Overload(_) => self.overloaded(target)?,
            _ => self.target(&kind, target, all)?,
        };
        self.check_struck(&kind, &struck, target, all);
        Some(Fault {
            target: struck,
            kind,
            at: at.value.nanos(),
            lasts: lasts.map(|at| at.value.nanos()),
        })
    }

    /// What breaks.
    fn fault_kind(&mut self, fault: &Written, all: Parts<'_>) -> Option<FaultKind> {
        Some(match fault {
            Written::Crash(_) => FaultKind::Crash,
            Written::Pause(_) => FaultKind::Pause,
            Written::BlackHole(_) => FaultKind::BlackHole,
            Written::Slow(slow) => {
                let factor = slow.factor.value();
                self.check_slowness(factor, &slow.target.span);
                FaultKind::Slow(factor)
            }
            Written::Partition(cut) => {
                let one_way = cut.one_way.unwrap_or_else(|| ONE_WAY.read());
                let kind = FaultKind::Partition {
                    to: FaultTarget::Nodes(Vec::new()),
                    both: !one_way,
                };
                let to = self.target(&kind, &cut.to, all)?;
                if let FaultTarget::AnyOf(_) = to {
                    let message = "only `from` can be one of several";
                    self.problems.push(
                        Diagnostic::error(code::CONFLICT, message)
                            .at(cut.to.span.clone())
                            .help("name one node, or swap `from` and `to`"),
                    );
                }
                FaultKind::Partition { to, both: !one_way }
            }
            Written::Latency(latency) => {
                let law = self.law(&latency.add.value);
                if law.mean() <= 0.0 {
                    self.problems
                        .push(schema::must_be_positive(&latency.add.span));
                }
                FaultKind::Latency(law)
            }
            Written::Loss(it) => FaultKind::Loss(self.some(&it.share)),
            Written::Errors(it) => FaultKind::Errors(self.some(&it.share)),
            Written::Reset(it) => FaultKind::Reset(self.some(&it.share)),
            Written::Flush(it) => FaultKind::Flush(self.some(&it.share)),
            Written::DnsError(_) => FaultKind::DnsError,
            Written::FullDisk(_) => FaultKind::FullDisk,
            Written::Expire(_) => FaultKind::Expire,
            Written::Leak(it) => FaultKind::Leak(self.something(&it.per_request)),
            Written::Overload(it) => FaultKind::Overload(self.more(&it.factor)),
            Written::Deploy(_) | Written::Restart(_) => return None,
            Written::SlowDisk(it) => {
                let factor = it.factor.value.value();
                self.check_slowness(factor, &it.factor.span);
                FaultKind::SlowDisk(factor)
            }
            Written::Bandwidth(it) => FaultKind::Bandwidth(it.to.value.bits_per_second() as f64),
        })
    }

    /// A share that is more than nothing.
    pub(super) fn some(&mut self, share: &At<Share>) -> f64 {
        if share.value.value() <= 0.0 {
            self.problems.push(
                Diagnostic::error(code::RANGE, "a share of 0 strikes nobody")
                    .at(share.span.clone())
                    .help("write more, up to 1, or leave the fault out"),
            );
        }
        share.value.value()
    }

    /// `was`, `was/2`, `was/any`, a host, a rack, a switch or a link.
    pub(super) fn target(
        &mut self,
        kind: &FaultKind,
        at: &At<String>,
        all: Parts<'_>,
    ) -> Option<FaultTarget> {
        if at.value.contains("->") {
            return self.link_struck(kind, at, all.links);
        }
        let (name, node) = match at.value.split_once('/') {
            Some((name, node)) => (name, Some(node)),
            None => (at.value.as_str(), None),
        };
        if let Some(place) = self.names.components.place(name) {
            let nodes = &all.owned[place];
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
                "component, host, rack, zone, feed or switch",
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
            Place::Rack(id) => {
                if self.racks[id.index()].kind == RackKind::Feed && *kind != FaultKind::Crash {
                    self.problems.push(
                        Diagnostic::error(code::CONFLICT, "a feed can only crash")
                            .at(at.span.clone())
                            .help("name a host, a rack or a zone, or crash the feed"),
                    );
                }
                Some(FaultTarget::Rack(id))
            }
            Place::Switch(id) => {
                self.check_switch(kind, at);
                Some(FaultTarget::Switch(id))
            }
            Place::Lost => None,
        }
    }

    /// A switch does nothing but pass on.
    fn check_switch(&mut self, kind: &FaultKind, at: &At<String>) {
        if *kind == FaultKind::Crash {
            return;
        }
        let works = matches!(kind, FaultKind::Slow(_) | FaultKind::Pause);
        let (message, remedy) = if works {
            let (_, over) = verbs(kind);
            let message = format!("a switch does no work to {over}");
            (message, "name a component or a host")
        } else {
            let remedy = "name a link, a component or a host";
            ("a switch can only crash".to_owned(), remedy)
        };
        self.problems.push(
            Diagnostic::error(code::CONFLICT, message)
                .at(at.span.clone())
                .help(format!("{remedy}, or crash the switch")),
        );
    }

    /// A link by its name.
    fn link_struck(
        &mut self,
        kind: &FaultKind,
        at: &At<String>,
        links: &[Link],
    ) -> Option<FaultTarget> {
        let Some(place) = links.iter().position(|link| link.name == at.value) else {
            let known = links.iter().map(|link| link.name.as_str());
            let problem = unknown(&at.value, at.span.clone(), "link", known);
            self.problems.push(problem);
            return None;
        };
        let of_links = match kind {
            FaultKind::Partition { .. } => false,
            FaultKind::Bandwidth(_) => true,
            kind => kind.is_of_messages(),
        };
        if !of_links {
            let message = format!("{} strikes parts, not links", kind.word());
            self.problems.push(
                Diagnostic::error(code::CONFLICT, message)
                    .at(at.span.clone())
                    .help(format!(
                        "name a component, or write BlackHole(target: \"{}\", ..)",
                        at.value
                    )),
            );
        }
        Some(FaultTarget::Link(LinkId::from(place)))
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
    fn check_slowness(&mut self, factor: f64, at: &Range<usize>) {
        if factor > SLOWEST {
            self.problems.push(
                Diagnostic::error(code::RANGE, "nothing gets more than a million times slower")
                    .at(at.clone())
                    .help("write a smaller `factor`, or Pause"),
            );
        }
    }

    /// Slowness needs work that can take longer, a pause of a node cores of its own; nobody sends
    /// messages to name servers.
    fn check_work(&mut self, kind: &FaultKind, id: ComponentId, at: &At<String>) {
        let Some(part) = &self.blueprints[id.index()] else {
            return;
        };
        let name = &self.names.components.name(id.index()).value;
        let (verb, over) = verbs(kind);
        let (message, help) = match kind {
            FaultKind::Slow(_) if part.resources.is_empty() => (
                format!("`{name}` does no work to {over}"),
                format!("{verb} a component with a CPU or an External, or write Crash"),
            ),
            FaultKind::Pause if self.is_on_hosts(name) => (
                format!("the cores of `{name}` are those of its host"),
                "pause the host, or write Slow or Crash".into(),
            ),
            FaultKind::Crash
            | FaultKind::Slow(_)
            | FaultKind::DnsError
            | FaultKind::Flush(_)
            | FaultKind::Bandwidth(_)
            | FaultKind::SlowDisk(_)
            | FaultKind::FullDisk
            | FaultKind::Leak(_)
            | FaultKind::Overload(_) => return,
            _ if part.names.is_some() => (
                format!("lookups at `{name}` are no calls"),
                "write Crash: lookups fail while all name servers are down".into(),
            ),
            _ => return,
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

/// All nodes and links.
#[derive(Clone, Copy)]
pub(super) struct Parts<'a> {
    pub nodes: &'a [Node],
    /// By component.
    pub owned: &'a [Vec<NodeId>],
    pub links: &'a [Link],
}

/// What slowness and a pause do, as an order and at the end of "no work to".
fn verbs(kind: &FaultKind) -> (&'static str, &'static str) {
    match kind {
        FaultKind::Slow(_) => ("slow", "slow down"),
        _ => ("pause", "pause"),
    }
}
