//! The ways of requests: every class finds its operation, calls end, and time passes.

use std::collections::{BTreeMap, VecDeque};

use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use super::Resolver;
use super::users::{classes_of, is_nothing, journeys_of};
use crate::diagnostic::Diagnostic;
use crate::kinds::Blueprint;
use crate::law::Law;
use crate::model::{Arrivals, Call, Caller, ClassId, ComponentId, Link, LinkId, Step, Workload};
use crate::topology::code;

/// A component at work on an operation for a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct State {
    component: ComponentId,
    operation: usize,
    class: ClassId,
}

/// From one state to the next.
#[derive(Clone, Copy, Debug)]
struct Edge {
    link: LinkId,
    to: usize,
    /// The caller waits for the answer.
    waits: bool,
}

/// All states that requests come through.
#[derive(Debug, Default)]
struct Ways {
    states: Vec<State>,
    places: BTreeMap<State, usize>,
    edges: Vec<Vec<Edge>>,
}

impl Ways {
    fn place(&mut self, state: State) -> usize {
        *self.places.entry(state).or_insert_with(|| {
            self.states.push(state);
            self.edges.push(Vec::new());
            self.states.len() - 1
        })
    }

    /// Everything that can be reached from `roots`.
    fn reached(&self, roots: Vec<usize>) -> Vec<usize> {
        let mut seen = vec![false; self.states.len()];
        let mut queue = VecDeque::from(roots);
        let mut all = Vec::new();
        while let Some(at) = queue.pop_front() {
            if !std::mem::replace(&mut seen[at], true) {
                all.push(at);
                queue.extend(self.edges[at].iter().map(|edge| edge.to));
            }
        }
        all
    }
}

impl Resolver<'_> {
    /// Checks the ways of all classes.
    pub(super) fn walk(&mut self, workloads: &[Workload], links: &[Link]) {
        let mut ways = Ways::default();
        let mut roots: BTreeMap<ClassId, usize> = BTreeMap::new();
        for class in (0..self.classes.len()).map(ClassId::from) {
            let Some(entry) = self.classes[class.index()].entry else {
                continue;
            };
            if let Some(state) = self.state(entry, None, class, workloads, None) {
                roots.insert(class, ways.place(state));
            }
        }
        let mut at = 0;
        while at < ways.states.len() {
            self.leave(at, &mut ways, workloads, links);
            at += 1;
        }
        self.check_circles(&ways);
        for workload in workloads {
            let classes = classes_of(workload, &self.journeys);
            let roots = classes
                .iter()
                .filter_map(|class| roots.get(class).copied())
                .collect();
            self.check_time(workload, &ways, &ways.reached(roots), links);
        }
    }

    /// The edges out of a state.
    fn leave(&mut self, at: usize, ways: &mut Ways, workloads: &[Workload], links: &[Link]) {
        let State {
            component,
            operation,
            class,
        } = ways.states[at];
        let Some(blueprint) = self.blueprints[component.index()].clone() else {
            return;
        };
        let mut calls = Vec::new();
        collect(&blueprint.operations[operation].steps, &mut calls);
        for (call, waits) in calls {
            for (link, _) in &call.links {
                let callee = links[link.index()].callee;
                let named = call.operation.as_deref();
                let next = self.state(callee, named, class, workloads, Some(*link));
                if let Some(next) = next {
                    let to = ways.place(next);
                    ways.edges[at].push(Edge {
                        link: *link,
                        to,
                        waits,
                    });
                }
            }
        }
    }

    /// Where a request of a class goes on at a component. A missing named operation has been
    /// reported where it is named; a missing one for the class is reported here, once.
    fn state(
        &mut self,
        component: ComponentId,
        named: Option<&str>,
        class: ClassId,
        workloads: &[Workload],
        link: Option<LinkId>,
    ) -> Option<State> {
        let blueprint = self.blueprints[component.index()].as_ref()?;
        let name = &self.classes[class.index()].name;
        let find = |name: &str| {
            blueprint
                .operations
                .iter()
                .position(|operation| operation.name == name)
        };
        let operation = match named {
            Some(named) => find(named)?,
            None => {
                let found = find(name).or_else(|| find("default"));
                if found.is_none() {
                    let operations = operation_names(blueprint);
                    self.no_operation(component, class, workloads, link, &operations);
                }
                found?
            }
        };
        Some(State {
            component,
            operation,
            class,
        })
    }

    fn no_operation(
        &mut self,
        component: ComponentId,
        class: ClassId,
        workloads: &[Workload],
        link: Option<LinkId>,
        operations: &str,
    ) {
        let class_name = &self.classes[class.index()].name;
        let component = &self.names.components.name(component.index()).value;
        let journey = workloads.iter().flat_map(journeys_of).find(|journey| {
            self.journeys[journey.index()]
                .items
                .iter()
                .any(|item| item.class == class)
        });
        let who = match journey.map(|journey| &self.journeys[journey.index()]) {
            Some(journey) if journey.named => {
                format!("journey `{}` brings class `{class_name}`", journey.name)
            }
            _ => format!("class `{class_name}` comes"),
        };
        let message = format!("{who} to `{component}`, which has no operation for it");
        if self
            .problems
            .iter()
            .any(|problem| problem.message == message)
        {
            return;
        }
        let at = match link {
            Some(link) => self.links.drafts[link.index()].at.clone(),
            None => self.entry_span(class),
        };
        self.problems.push(
            Diagnostic::error(code::NO_OPERATION, message)
                .at(at)
                .help(format!(
                    "add an operation \"{class_name}\" or \"default\" to `{component}`"
                ))
                .help(format!("it has: {operations}")),
        );
    }

    /// Where a class enters, in the file.
    fn entry_span(&self, class: ClassId) -> std::ops::Range<usize> {
        let entry = self.classes[class.index()].entry;
        let mut drafts = self.links.drafts.iter();
        let draft = drafts.find(|draft| {
            matches!(draft.caller, Caller::Workload(_)) && Some(draft.callee) == entry
        });
        draft.map_or(0..0, |draft| draft.at.clone())
    }

    /// Circles of calls never end; circles of forwards must have a way out.
    fn check_circles(&mut self, ways: &Ways) {
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
            members
                .iter()
                .for_each(|member| part[member.index()] = number);
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

    /// S25: users who neither think nor wait would make requests without end at one instant.
    fn check_time(&mut self, workload: &Workload, ways: &Ways, reached: &[usize], links: &[Link]) {
        let Arrivals::Closed { think, .. } = &workload.arrivals else {
            return;
        };
        let items = journeys_of(workload);
        let mut items = items.iter().flat_map(|id| &self.journeys[id.index()].items);
        let thinks = items.any(|item| item.think.as_ref().is_some_and(|law| !is_nothing(law)));
        let takes = |law: &Law| !is_nothing(law);
        let crosses = |link: &Link| {
            let switches = link.via.iter().flat_map(|via| via.options.iter().flatten());
            let mut delays = switches.filter_map(|id| self.switches[id.index()].latency.as_ref());
            link.latency.as_ref().is_some_and(takes) || delays.any(takes)
        };
        let works = |at: &usize| {
            let State {
                component,
                operation,
                ..
            } = ways.states[*at];
            self.blueprints[component.index()]
                .as_ref()
                .is_none_or(|blueprint| {
                    let lookup = blueprint.names.as_ref().map(|names| &names.lookup);
                    lookup.is_some_and(takes) || any_time(&blueprint.operations[operation].steps)
                })
        };
        let place = self.names.workloads.place(&workload.name);
        let is_own = |link: &Link| match link.caller {
            Caller::Workload(id) => Some(id.index()) == place,
            Caller::Component(_) => false,
        };
        let travels = links.iter().any(|link| is_own(link) && crosses(link))
            || reached
                .iter()
                .flat_map(|at| &ways.edges[*at])
                .any(|edge| crosses(&links[edge.link.index()]));
        let is_judged = !reached.is_empty();
        if is_judged && !thinks && is_nothing(think) && !travels && !reached.iter().any(works) {
            let span = place.map(|place| self.names.workloads.name(place).span.clone());
            let mut problem = Diagnostic::error(
                code::NO_TIME,
                "these users never think, and nothing that they ask for takes time",
            )
            .help("add `think: \"1s\"`, or give a component a `service` of more than 0");
            problem.span = span;
            self.problems.push(problem);
        }
    }
}

fn operation_names(blueprint: &Blueprint) -> String {
    let names = blueprint
        .operations
        .iter()
        .map(|operation| format!("\"{}\"", operation.name));
    names.collect::<Vec<_>>().join(", ")
}

/// The calls of some steps, and whether each waits for its answer.
fn collect<'s>(steps: &'s [Step], calls: &mut Vec<(&'s Call, bool)>) {
    for step in steps {
        match step {
            Step::Call(call) => calls.push((call, true)),
            Step::Forward(call) | Step::Resolve(call) => calls.push((call, false)),
            Step::Cached { lookup, miss, .. } => {
                calls.push((lookup, true));
                collect(miss, calls);
            }
            Step::Chance {
                then, otherwise, ..
            } => {
                collect(then, calls);
                collect(otherwise, calls);
            }
            Step::Repeat { steps, .. } => collect(steps, calls),
            Step::Parallel(branches) => branches.iter().for_each(|branch| collect(branch, calls)),
            Step::Use { .. } | Step::Wait(_) | Step::Send { .. } | Step::Fail => {}
        }
    }
}

/// Whether each of some steps can come to an end, by some choice of chances.
fn all_end(steps: &[Step], can: &impl Fn(&LinkId) -> bool) -> bool {
    let some = |call: &Call| call.links.is_empty() || call.links.iter().any(|(link, _)| can(link));
    steps.iter().all(|step| match step {
        Step::Call(call) | Step::Forward(call) | Step::Resolve(call) => some(call),
        Step::Cached { lookup, miss, hit } => some(lookup) && (*hit > 0.0 || all_end(miss, can)),
        Step::Chance {
            share,
            then,
            otherwise,
        } => *share > 0.0 && all_end(then, can) || *share < 1.0 && all_end(otherwise, can),
        Step::Repeat { steps, .. } => all_end(steps, can),
        Step::Parallel(branches) => branches.iter().all(|branch| all_end(branch, can)),
        Step::Use { .. } | Step::Wait(_) | Step::Send { .. } | Step::Fail => true,
    })
}

/// Whether one of some steps may take time of its own.
fn any_time(steps: &[Step]) -> bool {
    steps.iter().any(|step| match step {
        Step::Use { demand, .. } => !is_nothing(demand),
        Step::Wait(law) | Step::Send { size: law } => !is_nothing(law),
        Step::Call(call) | Step::Forward(call) | Step::Resolve(call) => {
            call.request.as_ref().is_some_and(|law| !is_nothing(law))
        }
        Step::Cached { miss, .. } => any_time(miss),
        Step::Chance {
            then, otherwise, ..
        } => any_time(then) || any_time(otherwise),
        Step::Repeat { steps, .. } => any_time(steps),
        Step::Parallel(branches) => branches.iter().any(|branch| any_time(branch)),
        Step::Fail => false,
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
