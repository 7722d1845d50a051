//! Circles: calls must come to an end, and so must what is handed on.

use std::collections::{BTreeMap, VecDeque};

use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use super::Resolver;
use super::walk::{Edge, State, Ways};
use crate::diagnostic::Diagnostic;
use crate::model::{Call, LinkId, Step};
use crate::schema::code;

impl Resolver<'_> {
    /// Circles of calls never end; circles of forwards must have a way out.
    pub(super) fn check_circles(&mut self, ways: &Ways) {
        let mut graph = DiGraph::<(), ()>::new();
        for _ in &ways.states {
            graph.add_node(());
        }
        for (from, edges) in ways.edges.iter().enumerate() {
            for edge in edges {
                graph.add_edge(NodeIndex::new(from), NodeIndex::new(edge.to), ());
            }
        }
        let mut part = vec![0; ways.states.len()];
        let parts = kosaraju_scc(&graph);
        for (number, members) in parts.iter().enumerate() {
            for member in members {
                part[member.index()] = number;
            }
        }
        let ends = self.ends(ways);
        let mut reported = vec![false; parts.len()];
        for (from, edges) in ways.edges.iter().enumerate() {
            for edge in edges.iter().filter(|edge| part[edge.to] == part[from]) {
                let is_new = !reported[part[from]];
                if is_new && (edge.waits || !ends[from]) {
                    reported[part[from]] = true;
                    self.circle(ways, from, *edge, &part);
                }
            }
        }
    }

    fn circle(&mut self, ways: &Ways, from: usize, edge: Edge, part: &[usize]) {
        let name = |at: usize| {
            let State {
                component,
                operation,
                ..
            } = ways.states[at];
            let component = &self.names.components.name(component.index()).value;
            let operation = self.blueprints[ways.states[at].component.index()]
                .as_ref()
                .map_or("default", |blueprint| &blueprint.operations[operation].name);
            match operation {
                "default" => component.clone(),
                operation => format!("{component}.{operation}"),
            }
        };
        let mut path = vec![name(from)];
        path.extend(way_back(ways, edge.to, from, part).into_iter().map(name));
        let at = self.links.drafts[edge.link.index()].at.clone();
        let (message, help) = if edge.waits {
            (
                "calls go round in a circle",
                "a call waits for its answer: write Forward, or end it",
            )
        } else {
            (
                "requests are handed round for ever",
                "put the Forward into a Chance",
            )
        };
        self.problems.push(
            Diagnostic::error(code::CYCLE, format!("{message}: {}", path.join(" -> ")))
                .at(at)
                .help(help),
        );
    }

    /// Whether a request in each state can come to an end.
    fn ends(&self, ways: &Ways) -> Vec<bool> {
        let mut ends = vec![false; ways.states.len()];
        loop {
            let mut changed = false;
            for at in (0..ends.len())
                .rev()
                .filter(|at| !ends[*at])
                .collect::<Vec<_>>()
            {
                let State {
                    component,
                    operation,
                    ..
                } = ways.states[at];
                let Some(blueprint) = &self.blueprints[component.index()] else {
                    continue;
                };
                let can = |link: &LinkId| {
                    let mut edges = ways.edges[at].iter().filter(|edge| edge.link == *link);
                    // A link to what is lost has no edge, and is not to blame.
                    edges.clone().next().is_none() || edges.any(|edge| ends[edge.to])
                };
                if all_end(&blueprint.operations[operation].steps, &can) {
                    ends[at] = true;
                    changed = true;
                }
            }
            if !changed {
                return ends;
            }
        }
    }
}

/// Whether each of some steps can come to an end, by some choice of chances.
fn all_end(steps: &[Step], can: &impl Fn(&LinkId) -> bool) -> bool {
    let some = |call: &Call| call.links.is_empty() || call.links.iter().any(|(link, _)| can(link));
    steps.iter().all(|step| match step {
        Step::Call(call) | Step::Forward(call) | Step::Resolve(call) => some(call),
        Step::Fallback { call, instead } => some(call) && all_end(instead, can),
        Step::Publish { accept, deliver } => some(accept) && some(deliver),
        Step::Cached { lookup, miss, hit } => some(lookup) && (*hit > 0.0 || all_end(miss, can)),
        Step::Held { miss, hit } => *hit > 0.0 || all_end(miss, can),
        Step::Chance {
            share,
            then,
            otherwise,
        } => *share > 0.0 && all_end(then, can) || *share < 1.0 && all_end(otherwise, can),
        Step::Repeat { steps, .. } => all_end(steps, can),
        Step::Parallel(branches) => branches.iter().all(|branch| all_end(branch, can)),
        Step::Quorum { need, of } => {
            of.iter().filter(|branch| all_end(branch, can)).count() >= *need as usize
        }
        Step::Use { .. } | Step::Wait(_) | Step::Send { .. } | Step::Fail => true,
    })
}

/// The shortest way from `from` back to `to` within one part, ends included.
fn way_back(ways: &Ways, from: usize, to: usize, part: &[usize]) -> Vec<usize> {
    let mut before: BTreeMap<usize, usize> = BTreeMap::from([(from, from)]);
    let mut queue = VecDeque::from([from]);
    while let Some(at) = queue.pop_front() {
        if at == to {
            break;
        }
        for edge in ways.edges[at]
            .iter()
            .filter(|edge| part[edge.to] == part[to])
        {
            before.entry(edge.to).or_insert_with(|| {
                queue.push_back(edge.to);
                at
            });
        }
    }
    let mut way = vec![to];
    while let Some(&last) = way.last()
        && last != from
        && let Some(&previous) = before.get(&last)
    {
        way.push(previous);
    }
    way.reverse();
    way
}
