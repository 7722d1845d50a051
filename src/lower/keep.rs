//! What components keep beyond a request: sessions of persons, and writes that others have later.

use super::Lowering;
use super::entry::{Entry, Site, Work};
use super::key::Path;
use crate::engine::program::{Holders, Keeper, Replication, Step};
use crate::model::{self, Component, Operation, Role, Tier};

impl<'m> Lowering<'m> {
    /// Has a request look for the session of its person, and others copy it.
    pub(super) fn needs_session(&mut self, entry: Entry, part: &'m Component) {
        let Some(sessions) = &part.sessions else {
            return;
        };
        let keeper = self.keeper(entry, part, sessions);
        self.push(Step::Session { keeper });
        let own = part.nodes.iter().position(|&node| node == entry.node);
        let (before, after) = part.nodes.split_at(own.unwrap_or(0));
        let others = after.iter().skip(1).chain(before);
        let copies = match sessions.copy() {
            None => 0,
            Some((_, false)) => 1,
            Some((_, true)) => usize::MAX,
        };
        let key = Path::new(&part.name).key("copy");
        for &node in others.take(copies) {
            let work = Work::Copy;
            self.spawn(
                Entry {
                    node,
                    work,
                    ..entry
                },
                key,
            );
        }
    }

    fn keeper(&mut self, entry: Entry, part: &Component, sessions: &model::Sessions) -> u32 {
        let component = self.model.node(entry.node).component;
        if let Some(&known) = self.keepers.get(&component) {
            return known;
        }
        let nodes: Vec<_> = part
            .nodes
            .iter()
            .map(|&node| super::node_id(node))
            .collect();
        let holders = match &sessions.holders {
            model::Holders::Own => Holders::Own,
            model::Holders::Backed(_) => Holders::Backed,
            model::Holders::All(_) => Holders::Groups(vec![nodes.clone()]),
            model::Holders::Elsewhere(link) => {
                let server = self.model.component(self.model.link(*link).callee);
                Holders::Groups(self.shards(server))
            }
        };
        let keeper = self.program.keepers.len() as u32;
        self.program.keepers.push(Keeper {
            nodes,
            ttl: sessions.ttl,
            holders,
        });
        self.keepers.insert(component, keeper);
        keeper
    }

    /// The nodes of each shard: a member or primary, and those that stand behind it.
    fn shards(&self, part: &Component) -> Vec<Vec<crate::engine::id::NodeId>> {
        let mut shards: Vec<Vec<_>> = Vec::new();
        for &node in &part.nodes {
            let leads = matches!(self.model.node(node).role, Role::Member | Role::Primary);
            match shards.last_mut().filter(|_| !leads) {
                Some(shard) => shard.push(super::node_id(node)),
                None => shards.push(vec![super::node_id(node)]),
            }
        }
        shards
    }

    /// The work of keeping a copy.
    pub(super) fn copy_session(&mut self, site: Site, part: &'m Component) {
        let copy = part.sessions.as_ref().and_then(model::Sessions::copy);
        let cpu = part.resources.iter().position(|resource| resource.is_cpu);
        if let (Some((copy, _)), Some(cpu)) = (copy, cpu) {
            self.serve(site, cpu, copy, Path::new(&part.name).then("copy"));
        }
        self.push(Step::Reply);
    }

    /// Has a write that is done be on its way to the other nodes.
    pub(super) fn commit(&mut self, part: &Component, operation: &Operation) {
        let Some(lag) = part
            .lag
            .as_ref()
            .filter(|_| operation.tier == Tier::Primary)
        else {
            return;
        };
        let component = self.model.node(part.nodes[0]).component;
        let key = Path::new(&part.name).key("lag");
        let lag = self.law(key, lag);
        let known = self.replications.get(&component).copied();
        let replication = known.unwrap_or_else(|| {
            let nodes = part.nodes.iter().map(|&node| super::node_id(node));
            let nodes = nodes.collect();
            self.program
                .replications
                .push(Replication { nodes, lag, key });
            self.program.replications.len() as u32 - 1
        });
        self.replications.insert(component, replication);
        self.push(Step::Commit { replication });
    }
}
