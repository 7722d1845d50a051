//! What a fault needs of those that it strikes: a disk, a line, contents, names.

use super::Resolver;
use super::fault::Parts;
use crate::diagnostic::Diagnostic;
use crate::kinds::Blueprint;
use crate::model::{FaultKind, FaultTarget, NodeId};
use crate::schema::{At, code};

impl Resolver<'_> {
    /// Reports a fault that would strike nothing.
    pub(super) fn check_struck(
        &mut self,
        kind: &FaultKind,
        target: &FaultTarget,
        at: &At<String>,
        all: Parts<'_>,
    ) {
        let nodes = self.nodes_struck(target, all);
        let some = |has: &dyn Fn(&Blueprint) -> bool| {
            nodes.iter().any(|node| {
                let owner = all.nodes[node.index()].component;
                self.blueprints[owner.index()].as_ref().is_none_or(has)
            })
        };
        let name = &at.value;
        let (message, help) = match kind {
            FaultKind::SlowDisk(_) | FaultKind::FullDisk
                if !some(&|part| part.resources.iter().any(|one| one.name == "disk")) =>
            {
                let help = "name a component with `Disk` steps, or write Slow or Errors";
                (format!("no disk is used at `{name}`"), help)
            }
            FaultKind::Flush(_) if !some(&|part| part.contents.is_some()) => {
                let help = "give the cache a `capacity` and `keys`, so that its contents are known";
                (format!("`{name}` has no contents to lose"), help)
            }
            FaultKind::DnsError if !some(&|part| part.names.is_some()) => {
                let help = "name a Dns, or write Errors";
                (format!("nobody asks `{name}` for names"), help)
            }
            FaultKind::Leak(_)
                if !nodes.iter().any(|node| {
                    let owner = all.nodes[node.index()].component;
                    self.memories[owner.index()].is_some()
                }) =>
            {
                let help = "give a component there `memory: (size: \"4GiB\")`";
                (format!("`{name}` has no memory that could run out"), help)
            }
            FaultKind::Expire if !is_shared(target, name) => {
                let help = "name a component without the number of a node, or a link";
                (
                    format!("all nodes of a component expire at once, not `{name}`"),
                    help,
                )
            }
            FaultKind::Bandwidth(bps) => match self.widest(target, &nodes, all) {
                None => {
                    let help = "state `nic` of its machine or host, or name a link and state its \
                                `bandwidth`";
                    (
                        format!("`{name}` has no bandwidth that could be less"),
                        help,
                    )
                }
                Some(most) if *bps >= most => {
                    let help = "write less than it carries anyway";
                    (format!("`{name}` carries no more than that"), help)
                }
                Some(_) => return,
            },
            _ => return,
        };
        self.problems.push(
            Diagnostic::error(code::CONFLICT, message)
                .at(at.span.clone())
                .help(help),
        );
    }

    /// The widest line of what is struck, bits per second.
    fn widest(&self, target: &FaultTarget, nodes: &[NodeId], all: Parts<'_>) -> Option<f64> {
        let widths = match target {
            FaultTarget::Link(link) => vec![all.links[link.index()].bandwidth_bps],
            FaultTarget::Host(host) => vec![self.hosts[host.index()].nic_bps],
            _ => {
                let width = |node: &NodeId| {
                    let node = &all.nodes[node.index()];
                    match node.host {
                        Some(host) => self.hosts[host.index()].nic_bps,
                        None => node.nic_bps,
                    }
                };
                nodes.iter().map(width).collect()
            }
        };
        widths.into_iter().flatten().max_by(f64::total_cmp)
    }

    /// The nodes that a fault strikes.
    pub(super) fn nodes_struck(&self, target: &FaultTarget, all: Parts<'_>) -> Vec<NodeId> {
        let on = |is_meant: &dyn Fn(usize) -> bool| {
            let nodes = (0..all.nodes.len()).map(NodeId::from);
            nodes
                .filter(|node| {
                    let host = all.nodes[node.index()].host;
                    host.is_some_and(|host| is_meant(host.index()))
                })
                .collect()
        };
        match target {
            FaultTarget::Nodes(nodes) | FaultTarget::AnyOf(nodes) => nodes.clone(),
            FaultTarget::Host(host) => on(&|place| place == host.index()),
            FaultTarget::Rack(rack) => on(&|place| self.hosts[place].within.contains(rack)),
            FaultTarget::Switch(_) | FaultTarget::Link(_) | FaultTarget::Workload(_) => Vec::new(),
        }
    }
}

/// Whether what is struck has one certificate or quota: a link, or all nodes of a component. A
/// switch has been refused before.
fn is_shared(target: &FaultTarget, name: &str) -> bool {
    match target {
        FaultTarget::Link(_) | FaultTarget::Switch(_) => true,
        FaultTarget::Nodes(_) => !name.contains('/'),
        _ => false,
    }
}
