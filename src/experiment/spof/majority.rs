//! Voters of whom a loss leaves too few.

use super::cure::{Plan, word};
use crate::model::{Component, HostId, NodeId, Role};
use crate::reliability::Atom;

/// Fewest voters of whom one may be lost.
const VOTERS: usize = 3;

impl Plan<'_> {
    /// Lets more than half of those who decide on takeovers of `part` outlive the loss: three
    /// instead of fewer, or some of them each in a place of its own.
    pub(super) fn outvote(&mut self, part: &Component, all_lost: &[NodeId]) {
        let model = self.model;
        let Some((voters, majority)) = model.voters(part) else {
            return;
        };
        let of = model.component(model.node(voters[0]).component);
        let is_lost = |place: &usize| all_lost.contains(&voters[*place]);
        let lost: Vec<usize> = (0..voters.len()).filter(is_lost).collect();
        let left = voters.len() - lost.len();
        let mut hosts: Vec<Option<HostId>> = Vec::new();
        hosts.extend(voters.iter().map(|&voter| model.node(voter).host));
        if let Atom::Node(_) = self.atom {
            let more = VOTERS.saturating_sub(voters.len());
            self.set.push(more_of(self, of, more));
            // Standbys follow their primary.
            let at = if of.kind == "Database" {
                1
            } else {
                voters.len()
            };
            hosts.splice(at..at, std::iter::repeat_n(None, more));
        } else {
            let moved = lost.len().saturating_sub(majority - left);
            for &place in &lost[moved..] {
                hosts[place] = None;
            }
        }
        let Some(like) = hosts.iter().flatten().next().copied() else {
            return;
        };
        let mut names = Vec::new();
        for host in hosts {
            let name = match host {
                Some(host) => self.host_name(host),
                None => self.new_host(like),
            };
            names.push(format!("{name:?}"));
        }
        let path = format!("components.{}.on", word(&of.name));
        self.set.push(format!("{path}=[{}]", names.join(", ")));
    }
}

/// So many more nodes of a component.
fn more_of(plan: &Plan, part: &Component, more: usize) -> String {
    let path = format!("components.{}", word(&part.name));
    if part.kind == "Database" {
        let standby = |node: &&_| plan.model.node(**node).role == Role::Standby;
        let standbys = part.nodes.iter().filter(standby).count();
        return format!("{path}.standbys={}", standbys + more);
    }
    format!("{path}.replicas={}", part.nodes.len() + more)
}
