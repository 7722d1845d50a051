//! Voters of whom a loss leaves too few.

use super::cure::{Plan, word};
use crate::model::{Component, ComponentId, HostId, NodeId, Role};

/// Fewest voters of whom one may be lost.
const VOTERS: usize = 3;

impl Plan<'_> {
    /// Lets the votes that a component needs, and those that it gives, outlive the loss; whether
    /// its own nodes have been spread for that. `None` where the file has no words for it.
    pub(super) fn outvote(&mut self, own: ComponentId, lost: &[NodeId]) -> Option<bool> {
        for asking in self.model.outvoted(own, lost) {
            let voters = self.model.component(asking).voters?.component;
            if self.voted.insert(voters) {
                self.spread(self.model.component(voters), lost)?;
            }
        }
        Some(self.voted.contains(&own))
    }

    /// Lets more than half of these voters outlive the loss: three instead of fewer, and as few of
    /// the lost ones as need be in places of their own.
    pub(super) fn spread(&mut self, part: &Component, lost: &[NodeId]) -> Option<()> {
        let model = self.model;
        let more = VOTERS.saturating_sub(part.nodes.len());
        if more > 0 {
            let field = more_of(self, part, more)?;
            self.set
                .push(format!("components.{}.{field}", word(&part.name)));
            if field.starts_with("replicas") {
                self.watch(part);
            }
        }
        let mut hosts: Vec<Option<HostId>> = Vec::new();
        hosts.extend(part.nodes.iter().map(|&node| model.node(node).host));
        let Some(like) = hosts[0] else {
            return Some(());
        };
        let is_lost = |place: &usize| lost.contains(&part.nodes[*place]);
        let there: Vec<usize> = (0..part.nodes.len()).filter(is_lost).collect();
        let all = part.nodes.len() + more;
        let (majority, left) = (all / 2 + 1, all - there.len());
        let stay = there.len().saturating_sub(majority.saturating_sub(left));
        for &place in &there[stay..] {
            hosts[place] = None;
        }
        // Standbys follow their primary.
        let end = hosts.len();
        let at = if part.kind == "Database" { 1 } else { end };
        hosts.splice(at..at, std::iter::repeat_n(None, more));
        let mut taken: Vec<HostId> = part
            .nodes
            .iter()
            .filter_map(|&node| model.node(node).host)
            .collect();
        let names: Vec<String> = hosts
            .into_iter()
            .map(|host| match host {
                Some(host) => self.host_name(host),
                None => self.apart(&mut taken, like, lost),
            })
            .collect();
        let path = format!("components.{}.on", word(&part.name));
        self.set.push(format!("{path}={names:?}"));
        Some(())
    }

    /// A host that shares nothing with those `taken`, and takes it; a new one where there is none.
    fn apart(&mut self, taken: &mut Vec<HostId>, like: HostId, lost: &[NodeId]) -> String {
        let model = self.model;
        let within = |host: HostId| &model.hosts[host.index()].within;
        let shares =
            |a: HostId, b: HostId| a == b || within(a).iter().any(|rack| within(b).contains(rack));
        let falls = |host: HostId| lost.iter().any(|&node| model.node(node).host == Some(host));
        let is_free =
            |host: &HostId| !falls(*host) && !taken.iter().any(|&other| shares(*host, other));
        let mut hosts = (0..model.hosts.len()).map(HostId::from);
        match hosts.find(is_free) {
            Some(host) => {
                taken.push(host);
                self.host_name(host)
            }
            None => self.new_host(like),
        }
    }
}

/// The field, and its value, of so many more nodes of a component.
fn more_of(plan: &Plan, part: &Component, more: usize) -> Option<String> {
    let with = |role| {
        let nodes = part.nodes.iter();
        nodes
            .filter(|&&node| plan.model.node(node).role == role)
            .count()
    };
    match part.kind {
        "Database" | "Queue" => Some(format!("standbys={}", with(Role::Standby) + more)),
        "Cache" if with(Role::Member) == 1 => Some(format!("copies={}", part.nodes.len() + more)),
        "AppServer" | "WebServer" | "Worker" => {
            Some(format!("replicas={}", part.nodes.len() + more))
        }
        _ => None,
    }
}
