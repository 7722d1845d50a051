//! Programs of operations, written once for each (node, operation, class) that is reached.

use std::collections::{BTreeMap, VecDeque};

use super::key::Path;
use super::{Lowering, Origin};
use crate::engine::id::{NodeId, Pc};
use crate::engine::program::Step;
use crate::model::{self as model};
use crate::model::{ClassId, Operation, Role};

/// What a visit runs on a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    pub(super) node: model::NodeId,
    pub(super) operation: usize,
    pub(super) class: ClassId,
    /// Which part of its work.
    pub(super) work: Work,
}

/// What a node does of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Work {
    /// The operation itself.
    Own,
    /// Repeating a write on a replica (S13).
    Apply,
    /// Keeping a copy of a session.
    Copy,
}

/// Entries that were asked for, and who has to be told where they are.
#[derive(Default)]
pub(super) struct Entries {
    known: BTreeMap<Entry, Option<Pc>>,
    queue: VecDeque<Entry>,
    rows: BTreeMap<Vec<Entry>, u32>,
    /// One for each of `Program::entries`.
    table: Vec<Entry>,
    pub(super) spawns: Vec<(Pc, Entry)>,
}

impl Entries {
    pub(super) fn want(&mut self, entry: Entry) {
        self.known.entry(entry).or_insert_with(|| {
            self.queue.push_back(entry);
            None
        });
    }

    /// The place of the first of the entries of a call; equal calls share them.
    pub(super) fn row(&mut self, entries: Vec<Entry>) -> u32 {
        if let Some(&known) = self.rows.get(&entries) {
            return known;
        }
        let first = u32::try_from(self.table.len()).expect("fewer than 2^32 call targets");
        for &entry in &entries {
            self.want(entry);
            self.table.push(entry);
        }
        self.rows.insert(entries, first);
        first
    }

    fn place(&self, entry: Entry) -> Pc {
        self.known[&entry].expect("every entry asked for has been written")
    }
}

/// Where steps are written: whose they are, and what they cost.
#[derive(Clone, Copy)]
pub(super) struct Site {
    /// Who makes the calls.
    pub(super) origin: Origin,
    /// The node; none for the users of a workload.
    pub(super) node: Option<NodeId>,
    /// Class of the request.
    pub(super) class: ClassId,
    /// Only the demands, times this factor.
    pub(super) apply: Option<f64>,
}

impl Lowering<'_> {
    /// Writes programs until every entry asked for exists, then fills in the places. Forward
    /// cycles end here, as an entry is written once.
    pub(super) fn drain(&mut self) {
        while let Some(entry) = self.entries.queue.pop_front() {
            let place = self.here();
            self.entries.known.insert(entry, Some(place));
            self.entry(entry);
        }
        let entries = &self.entries;
        self.program.entries = entries
            .table
            .iter()
            .map(|&entry| entries.place(entry))
            .collect();
        for &(at, wanted) in &entries.spawns {
            if let Step::Spawn { entry, .. } = &mut self.program.steps[at.index()] {
                *entry = entries.place(wanted);
            }
        }
    }

    fn entry(&mut self, entry: Entry) {
        let model = self.model;
        let component = model.component(model.node(entry.node).component);
        let operation = &component.operations[entry.operation];
        let node = super::node_id(entry.node);
        let path = Path::new(&component.name).then(&operation.draws_as);
        let site = Site {
            origin: Origin::Node(entry.node),
            node: Some(node),
            class: entry.class,
            apply: match entry.work {
                Work::Own => None,
                Work::Apply => Some(operation.apply),
                Work::Copy => Some(1.0),
            },
        };
        match entry.work {
            Work::Own => {}
            Work::Apply => return self.body(site, &operation.steps, path.then("apply")),
            Work::Copy => return self.copy_session(site, component),
        }
        self.limit(entry.node, component);
        let held = [self.connections[node.index()], self.threads[node.index()]];
        for pool in held.into_iter().flatten() {
            self.push(Step::Acquire { pool });
        }
        if let Some(memory) = self.memories[node.index()] {
            self.push(Step::Occupy { memory });
        }
        self.needs_session(entry, component);
        let bodies = self.block(site, &operation.steps, path);
        self.commit(component, operation);
        self.spawns(entry, operation, path);
        self.push(Step::Reply);
        self.bodies(bodies);
    }

    /// Lets every other data node repeat a write, without anyone waiting (S13). One key for all
    /// of them: it is the same write that they apply.
    fn spawns(&mut self, entry: Entry, operation: &Operation, path: Path) {
        if operation.apply <= 0.0 {
            return;
        }
        let model = self.model;
        let component = model.component(model.node(entry.node).component);
        for &node in &component.nodes {
            if node == entry.node || model.node(node).role == Role::Member {
                continue;
            }
            let wanted = Entry {
                node,
                work: Work::Apply,
                ..entry
            };
            self.spawn(wanted, path.key("apply"));
        }
    }

    /// Lets a node do something that nobody waits for.
    pub(super) fn spawn(&mut self, wanted: Entry, key: u64) {
        let at = self.push(Step::Spawn {
            node: super::node_id(wanted.node),
            entry: Pc(0),
            key,
        });
        self.entries.want(wanted);
        self.entries.spawns.push((at, wanted));
    }
}
