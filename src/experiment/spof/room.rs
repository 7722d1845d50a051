//! More nodes of what is lost, where they are: on the hosts of the file, and on new ones.

use super::cure::{Plan, word};
use crate::model::{Component, HostId, Model, NodeId, Role};
use crate::reliability::Atom;
use crate::reliability::standing::lost_with;

/// How many more nodes are tried, one after the other.
const MORE: [u32; 4] = [1, 2, 4, 8];

/// So many more nodes of the roles that are lost, few before many. Where they stand on hosts, the
/// hosts of the file come first and new ones, like the one that is lost, next.
pub fn rooms(model: &Model, atom: Atom, parts: &[&Component]) -> Vec<Vec<String>> {
    let mut rooms = Vec::new();
    for more in MORE {
        let grown: Vec<Grown<'_>> = grown(model, atom, parts);
        rooms.push(grown.iter().map(|one| one.assignment(more)).collect());
        if let Some(like) = grown.iter().find_map(|one| one.host) {
            rooms.push(on_new_hosts(model, atom, &grown, (more, like)));
        }
    }
    rooms
}

/// A role of a component that gets more nodes.
struct Grown<'m> {
    part: &'m Component,
    role: Role,
    field: &'static str,
    /// How many there are.
    count: usize,
    /// Where the first that is lost stands.
    host: Option<HostId>,
}

impl Grown<'_> {
    fn assignment(&self, more: u32) -> String {
        let count = self.count as u32 + more;
        let name = word(&self.part.name);
        format!("components.{name}.{}={count}", self.field)
    }
}

/// The roles that lose a node and of which there may be any number.
fn grown<'m>(model: &Model, atom: Atom, parts: &[&'m Component]) -> Vec<Grown<'m>> {
    let lost = lost_with(model, atom);
    let mut found = Vec::new();
    for &part in parts {
        let is_pool = !matches!(part.kind, "Cache" | "Database" | "Queue" | "LoadBalancer");
        let nodes = match part.autoscale {
            Some(_) => "autoscale.min",
            None => "replicas",
        };
        for (role, field, counts) in [
            (Role::Member, nodes, is_pool),
            (Role::ReadReplica, "read_replicas", true),
        ] {
            let is = |node: &&NodeId| model.node(**node).role == role;
            let mut gone = part.nodes.iter().filter(is).filter(|it| lost.contains(it));
            let Some(&gone) = gone.next().filter(|_| counts) else {
                continue;
            };
            found.push(Grown {
                part,
                role,
                field,
                count: part.nodes.iter().filter(is).count(),
                host: model.node(gone).host,
            });
        }
    }
    found
}

/// So many new hosts like one of the file, each with one more node of everything that is lost.
fn on_new_hosts(
    model: &Model,
    atom: Atom,
    grown: &[Grown<'_>],
    (more, like): (u32, HostId),
) -> Vec<String> {
    let mut plan = Plan::of(model, atom);
    let new: Vec<String> = (0..more).map(|_| plan.new_host(like)).collect();
    for one in grown {
        plan.set.push(one.assignment(more));
        let mut hosts = Vec::new();
        let mut places = one
            .part
            .nodes
            .iter()
            .map(|&node| model.node(node))
            .peekable();
        while let Some(node) = places.next() {
            hosts.extend(node.host.map(|host| plan.host_name(host)));
            let is_last = places.peek().is_none_or(|next| next.role != one.role);
            if node.role == one.role && is_last {
                hosts.extend(new.iter().cloned());
            }
        }
        if one.host.is_some() {
            let on = format!("components.{}.on={hosts:?}", word(&one.part.name));
            plan.set.push(on);
        }
    }
    plan.set
}
