//! The ways of requests: every class finds its operation, calls end, and time passes.

use std::collections::{BTreeMap, VecDeque};

use super::Resolver;
use super::users::{classes_of, is_nothing, journeys_of};
use crate::diagnostic::Diagnostic;
use crate::kinds::Blueprint;
use crate::law::Law;
use crate::model::{Arrivals, Call, Caller, ClassId, ComponentId, Link, LinkId, Step, Workload};
use crate::schema::code;

/// A component at work on an operation for a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct State {
    pub component: ComponentId,
    pub operation: usize,
    pub class: ClassId,
}

/// From one state to the next.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edge {
    pub link: LinkId,
    pub to: usize,
    /// The caller waits for the answer.
    pub waits: bool,
}

/// All states that requests come through.
#[derive(Debug, Default)]
pub(super) struct Ways {
    pub states: Vec<State>,
    places: BTreeMap<State, usize>,
    pub edges: Vec<Vec<Edge>>,
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
        let operation = if let Some(named) = named {
            find(named)?
        } else {
            let found = find(name).or_else(|| find("default"));
            if found.is_none() {
                let operations = operation_names(blueprint);
                self.no_operation(component, class, workloads, link, &operations);
            }
            found?
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
                .help(match class_name.as_str() {
                    "default" => format!("add an operation \"default\" to `{component}`"),
                    _ => {
                        format!("add an operation \"{class_name}\" or \"default\" to `{component}`")
                    }
                })
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
            Step::Fallback { call, instead } => {
                calls.push((call, true));
                collect(instead, calls);
            }
            Step::Forward(call) | Step::Resolve(call) => calls.push((call, false)),
            Step::Publish { accept, deliver } => {
                calls.push((accept, false));
                calls.push((deliver, false));
            }
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
            Step::Repeat { steps, .. } | Step::Held { miss: steps, .. } => collect(steps, calls),
            Step::Parallel(branches) | Step::Quorum { of: branches, .. } => {
                for branch in branches {
                    collect(branch, calls);
                }
            }
            Step::Use { .. } | Step::Wait(_) | Step::Send { .. } | Step::Fail => {}
        }
    }
}

/// Whether one of some steps may take time of its own.
fn any_time(steps: &[Step]) -> bool {
    steps.iter().any(|step| match step {
        Step::Use { demand, .. } => !is_nothing(demand),
        Step::Wait(law) | Step::Send { size: law } => !is_nothing(law),
        Step::Call(call)
        | Step::Fallback { call, .. }
        | Step::Forward(call)
        | Step::Resolve(call)
        | Step::Publish { accept: call, .. } => {
            call.request.as_ref().is_some_and(|law| !is_nothing(law))
        }
        Step::Cached { miss, .. } | Step::Held { miss, .. } => any_time(miss),
        Step::Chance {
            then, otherwise, ..
        } => any_time(then) || any_time(otherwise),
        Step::Repeat { steps, .. } => any_time(steps),
        Step::Parallel(branches) | Step::Quorum { of: branches, .. } => {
            branches.iter().any(|branch| any_time(branch))
        }
        Step::Fail => false,
    })
}
