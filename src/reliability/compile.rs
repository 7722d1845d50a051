//! From operations and steps to gates.
//!
//! Every operation that a class can reach becomes one gate, callees before callers. Operations
//! that hand a request round in a circle (`Forward`) are unrolled once for each member of the
//! circle: after as many rounds as there are members a monotone system has reached its least
//! solution, which is what "can succeed" means.

use std::collections::BTreeMap;

use petgraph::algo::kosaraju_scc;

use super::atom::{Atom, Atoms};
use super::formula::{Formula, Gate, GateId};
use super::reach::{Task, answering, checks, links_of, needs_voters, operation_of, reachable};
use super::structure::Hop;
use crate::model::{
    Call, Caller, ClassId, Component, ComponentId, Count, GroupId, JourneyId, Link, Model, NodeId,
    Path, Policy, Step, Tier, WorkloadId,
};

/// Builds the formula of a model.
pub(super) struct Compiler<'m> {
    model: &'m Model,
    atoms: Atoms,
    formula: Formula,
    hops: BTreeMap<GateId, Hop>,
    parts: BTreeMap<usize, GateId>,
    /// Members of groups that are taken all at once.
    taken: BTreeMap<Atom, GroupId>,
    classes: BTreeMap<ClassId, BTreeMap<Task, GateId>>,
    entries: BTreeMap<(WorkloadId, ClassId), GateId>,
}

fn taken(model: &Model) -> BTreeMap<Atom, GroupId> {
    let groups = model.groups.iter().enumerate();
    let groups = groups.filter(|(_, group)| group.is_taken_at_once());
    groups
        .flat_map(|(place, group)| {
            let members = group.members.iter();
            members.map(move |&part| (part.into(), GroupId::from(place)))
        })
        .collect()
}

/// One class's operations while they are compiled.
struct Scope<'c> {
    class: &'c str,
    done: &'c BTreeMap<Task, GateId>,
}

impl<'m> Compiler<'m> {
    pub(super) fn new(model: &'m Model) -> Self {
        Self {
            model,
            atoms: Atoms::of(model),
            formula: Formula::default(),
            hops: BTreeMap::new(),
            parts: BTreeMap::new(),
            taken: taken(model),
            classes: BTreeMap::new(),
            entries: BTreeMap::new(),
        }
    }

    pub(super) fn finish(self) -> (Formula, BTreeMap<GateId, Hop>) {
        (self.formula, self.hops)
    }

    /// The gate of a request of `class` sent by `workload`; `None` where the class has no entry.
    pub(super) fn entry(&mut self, workload: WorkloadId, class: ClassId) -> Option<GateId> {
        if let Some(&gate) = self.entries.get(&(workload, class)) {
            return Some(gate);
        }
        let callee = self.model.classes[class.index()].entry?;
        let done = match self.classes.remove(&class) {
            Some(done) => done,
            None => self.operations(class, callee),
        };
        let link = self.model.link_between(Caller::Workload(workload), callee);
        let scope = Scope {
            class: &self.model.classes[class.index()].name,
            done: &done,
        };
        let gate = self.hop(&scope, Hop { link, callee }, None);
        self.classes.insert(class, done);
        self.entries.insert((workload, class), gate);
        Some(gate)
    }

    /// The gate of a whole journey started by `workload`.
    pub(super) fn journey(&mut self, workload: WorkloadId, journey: JourneyId) -> GateId {
        let model = self.model;
        let items = &model.journeys[journey.index()].items;
        let mut gates = Vec::new();
        for item in items.iter().filter(|item| item.times > 0) {
            if let Some(body) = self.entry(workload, item.class) {
                gates.push(self.again(Count::Times(item.times), body));
            }
        }
        self.formula.all_of(gates)
    }

    /// Compiles every operation that a request of `class` can reach from `entry`.
    fn operations(&mut self, class: ClassId, entry: ComponentId) -> BTreeMap<Task, GateId> {
        let model = self.model;
        let class = model.classes[class.index()].name.as_str();
        let mut done = BTreeMap::new();
        let Some(first) = model.component(entry).operation_for(class) else {
            return done;
        };
        let graph = reachable(model, class, (entry, first));
        for circle in kosaraju_scc(&graph) {
            let tasks: Vec<Task> = circle.iter().map(|&index| graph[index]).collect();
            let closed = circle.len() > 1 || graph.contains_edge(circle[0], circle[0]);
            if closed {
                let round = self.formula.add(Gate::Round);
                done.extend(tasks.iter().map(|&task| (task, round)));
            }
            for _ in 0..tasks.len() {
                let gates: Vec<GateId> = tasks
                    .iter()
                    .map(|&(component, operation)| {
                        let steps = &model.component(component).operations[operation].steps;
                        let success = self.formula.all_of(Vec::new());
                        self.steps(&Scope { class, done: &done }, steps, success)
                    })
                    .collect();
                done.extend(tasks.iter().copied().zip(gates));
            }
        }
        done
    }

    /// `steps` and then what follows them. `Forward`, `Resolve` and `Fail` end an operation, so
    /// what follows is not reached over them.
    fn steps(&mut self, scope: &Scope, steps: &[Step], then: GateId) -> GateId {
        steps
            .iter()
            .rev()
            .fold(then, |rest, step| self.step(scope, step, rest))
    }

    fn step(&mut self, scope: &Scope, step: &Step, rest: GateId) -> GateId {
        match step {
            Step::Use { .. } | Step::Wait(_) | Step::Send { .. } => rest,
            Step::Fail => self.formula.any_of(Vec::new()),
            Step::Forward(call) | Step::Resolve(call) => self.call(scope, call),
            Step::Call(call) | Step::Publish { accept: call, .. } => {
                let call = self.call(scope, call);
                self.formula.all_of(vec![call, rest])
            }
            Step::Fallback { call, instead } => {
                let primary = self.answered(scope, call);
                let alternatives = vec![self.body(scope, instead)];
                let either = self.formula.add(Gate::Fallback {
                    primary,
                    alternatives,
                });
                self.formula.all_of(vec![either, rest])
            }
            Step::Parallel(branches) => {
                let mut gates: Vec<GateId> = branches
                    .iter()
                    .map(|branch| self.body(scope, branch))
                    .collect();
                gates.push(rest);
                self.formula.all_of(gates)
            }
            Step::Quorum { need, of } => {
                let gates = of.iter().map(|branch| self.body(scope, branch)).collect();
                let enough = self.formula.add(Gate::AtLeast(*need, gates));
                self.formula.all_of(vec![enough, rest])
            }
            Step::Chance {
                share,
                then,
                otherwise,
            } => {
                let then = self.steps(scope, then, rest);
                let otherwise = self.steps(scope, otherwise, rest);
                self.mix(vec![(*share, then), (1.0 - share, otherwise)])
            }
            Step::Repeat { times, steps } => {
                let body = self.body(scope, steps);
                let body = self.again(*times, body);
                self.formula.all_of(vec![body, rest])
            }
            Step::Held { hit, miss } => {
                let miss = self.steps(scope, miss, rest);
                self.mix(vec![(*hit, rest), (1.0 - hit, miss)])
            }
            Step::Cached { lookup, hit, miss } => {
                let lookup = self.call(scope, lookup);
                let miss = self.body(scope, miss);
                let cached = self.cached(lookup, *hit, miss);
                self.formula.all_of(vec![cached, rest])
            }
        }
    }

    /// Steps of a branch or loop, which come back to their own operation.
    fn body(&mut self, scope: &Scope, steps: &[Step]) -> GateId {
        let success = self.formula.all_of(Vec::new());
        self.steps(scope, steps, success)
    }

    /// A hit needs the lookup, or the work where the lookup does not answer; a miss needs the
    /// work, after a lookup that may as well have failed.
    fn cached(&mut self, lookup: GateId, hit: f64, miss: GateId) -> GateId {
        let found = self.formula.add(Gate::Fallback {
            primary: lookup,
            alternatives: vec![miss],
        });
        let asked = self.formula.add(Gate::Optional(lookup));
        let worked = self.formula.all_of(vec![asked, miss]);
        self.mix(vec![(hit, found), (1.0 - hit, worked)])
    }

    /// One way by chance, without the ways that are never taken.
    fn mix(&mut self, mut ways: Vec<(f64, GateId)>) -> GateId {
        ways.retain(|&(share, _)| share > 0.0);
        match ways[..] {
            [(_, only)] => only,
            _ => self.formula.add(Gate::Mix(ways)),
        }
    }

    fn again(&mut self, times: Count, body: GateId) -> GateId {
        match times {
            Count::Times(1) => body,
            _ => self.formula.add(Gate::Again { times, body }),
        }
    }

    /// A call, which nothing fails without where the caller has an answer of its own.
    fn call(&mut self, scope: &Scope, call: &Call) -> GateId {
        let answered = self.answered(scope, call);
        if self.model.has_fallback(call) {
            return self.formula.add(Gate::Optional(answered));
        }
        answered
    }

    /// Any of the callees, in the caller's choice.
    fn answered(&mut self, scope: &Scope, call: &Call) -> GateId {
        let operation = call.operation.as_deref();
        let gates: Vec<GateId> = links_of(call)
            .map(|link| {
                let callee = self.model.link(link).callee;
                self.hop(
                    scope,
                    Hop {
                        link: Some(link),
                        callee,
                    },
                    operation,
                )
            })
            .collect();
        self.formula.any_of(gates)
    }

    /// One link, the nodes at its end and what they do.
    fn hop(&mut self, scope: &Scope, hop: Hop, operation: Option<&str>) -> GateId {
        let callee = self.model.component(hop.callee);
        let Some(place) = operation_of(callee, operation, scope.class) else {
            return self.formula.any_of(Vec::new());
        };
        let link = hop.link.map(|link| self.model.link(link));
        let mut gates = Vec::new();
        if let Some(path) = link.and_then(|link| link.via.as_ref()) {
            gates.push(self.path(path));
        }
        let sees = |link: &Link| checks(self.model, link).is_some() || link.eject.is_some();
        let seen = link.is_some_and(sees);
        let sharded = link.is_some_and(|link| link.balance == Policy::Shard);
        gates.push(self.nodes(callee, callee.operations[place].tier, seen, sharded));
        gates.push(scope.done[&(hop.callee, place)]);
        let gate = self.formula.add(Gate::AllOf(gates));
        self.hops.insert(gate, hop);
        gate
    }

    fn path(&mut self, path: &Path) -> GateId {
        let options: Vec<GateId> = path
            .options
            .iter()
            .map(|switches| {
                let switches: Vec<GateId> = switches
                    .iter()
                    .map(|&switch| self.part(Atom::Switch(switch)))
                    .collect();
                self.formula.all_of(switches)
            })
            .collect();
        self.formula.any_of(options)
    }

    /// The nodes that can answer a tier. All nodes of a component do the same, so the calls of an
    /// operation hold for whichever node it runs on.
    fn nodes(&mut self, callee: &Component, tier: Tier, seen: bool, sharded: bool) -> GateId {
        let answering = answering(self.model, callee, tier, seen);
        if sharded {
            return self.shards(callee, &answering);
        }
        let is_elected = |&node: &NodeId| needs_voters(self.model, callee, tier, node);
        let (elected, others): (Vec<NodeId>, Vec<NodeId>) =
            answering.into_iter().partition(is_elected);
        let mut gates: Vec<GateId> = others.into_iter().map(|node| self.node(node)).collect();
        gates.extend(self.elected(callee, &elected));
        self.formula.any_of(gates)
    }

    /// Nodes of which one can lead once the voters have a majority.
    fn elected(&mut self, callee: &Component, nodes: &[NodeId]) -> Option<GateId> {
        if nodes.is_empty() {
            return None;
        }
        let nodes = nodes.iter().map(|&node| self.node(node)).collect();
        let any = self.formula.any_of(nodes);
        let Some((voters, majority)) = self.model.voters(callee) else {
            return Some(any);
        };
        let voters = voters.iter().map(|&node| self.node(node)).collect();
        let enough = self.formula.add(Gate::AtLeast(majority as u32, voters));
        Some(self.formula.all_of(vec![any, enough]))
    }

    /// S50: each member answers its own keys, or one of the standbys behind it does.
    fn shards(&mut self, callee: &Component, answering: &[NodeId]) -> GateId {
        let model = self.model;
        let shards: Vec<&[NodeId]> = model
            .shards(callee)
            .filter(|shard| answering.contains(&shard[0]))
            .collect();
        debug_assert!(!shards.is_empty(), "{} has members", callee.name);
        let share = 1.0 / shards.len() as f64;
        let ways = shards.into_iter().map(|shard| {
            let copies = shard[1..].iter().copied();
            let copies: Vec<NodeId> = copies.filter(|copy| answering.contains(copy)).collect();
            let mut gates = vec![self.node(shard[0])];
            gates.extend(self.elected(callee, &copies));
            (share, self.formula.any_of(gates))
        });
        let ways = ways.collect();
        self.mix(ways)
    }

    /// A node and what it stands on.
    fn node(&mut self, node: NodeId) -> GateId {
        let up = self.part(Atom::Node(node));
        let Some(host) = self.model.node(node).host else {
            return up;
        };
        let mut gates = vec![up, self.part(Atom::Host(host))];
        let model = self.model;
        let machine = &model.hosts[host.index()];
        for &rack in &machine.within {
            gates.push(self.part(Atom::Rack(rack)));
        }
        if !machine.fed_by.is_empty() {
            let feeds = machine.fed_by.iter();
            let feeds = feeds.map(|&feed| self.part(Atom::Rack(feed))).collect();
            gates.push(self.formula.any_of(feeds));
        }
        self.formula.all_of(gates)
    }

    fn part(&mut self, atom: Atom) -> GateId {
        let number = self.atoms.number(atom);
        if let Some(&gate) = self.parts.get(&number) {
            return gate;
        }
        let up = self.formula.up(number);
        let gate = match self.taken.get(&atom) {
            Some(&group) => {
                let group = self.part(Atom::Group(group));
                self.formula.all_of(vec![up, group])
            }
            None => up,
        };
        self.parts.insert(number, gate);
        gate
    }
}
