//! Who visits whom how often: the traffic equations.

use std::collections::BTreeMap;

use super::serving::{Lost, serving};
use crate::model::{
    Call, ClassId, ComponentId, Count, LinkId, Model, Operation, Policy, Step, Tier,
};

/// What a request does at a component: an operation for a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Visit {
    /// Where.
    pub component: ComponentId,
    /// Place in `Component::operations`.
    pub operation: usize,
    /// Class of the request.
    pub class: ClassId,
}

/// One of the ways that a call may go.
#[derive(Clone, Copy, Debug)]
pub(super) struct Choice {
    /// Probability.
    pub(super) share: f64,
    pub(super) link: LinkId,
    pub(super) visit: usize,
}

/// All visits that workloads can cause while some nodes are lost, with the mean number of calls
/// from each to each.
#[derive(Clone, Debug)]
pub(super) struct Flow {
    /// Callers before callees, as far as there is no cycle of `Forward`.
    pub(super) visits: Vec<Visit>,
    places: BTreeMap<Visit, usize>,
    /// For each visit: link, visit called, mean number of such calls.
    pub(super) calls: Vec<Vec<(LinkId, usize, f64)>>,
    /// Whether some call has no node left that could answer.
    pub(super) is_stranded: bool,
}

impl Flow {
    /// The visits that the classes of `entries` cause.
    pub(super) fn new(model: &Model, lost: &Lost, entries: &[Visit]) -> Self {
        let mut flow = Self {
            visits: order(model, entries),
            places: BTreeMap::new(),
            calls: Vec::new(),
            is_stranded: false,
        };
        flow.places = (flow.visits.iter().copied()).zip(0..).collect();
        for visit in flow.visits.clone() {
            let mut calls = Vec::new();
            let steps = &operation(model, visit).steps;
            flow.count(model, lost, visit, steps, 1.0, &mut calls);
            flow.calls.push(calls);
        }
        flow
    }

    /// Place of a visit.
    pub(super) fn place(&self, visit: Visit) -> Option<usize> {
        self.places.get(&visit).copied()
    }

    /// Visits per second of each kind when `sources` start there per second.
    ///
    /// Mass is pushed along the calls until next to nothing is left; without cycles one sweep is
    /// enough. `None` if it does not die out: a cycle of `Forward` that nothing leaves.
    pub(super) fn rates(&self, sources: &[f64]) -> Option<Vec<f64>> {
        const SWEEPS: usize = 10_000;
        let mut rates = vec![0.0; self.visits.len()];
        let mut pending = sources.to_vec();
        let limit = 1e-12 * sources.iter().sum::<f64>();
        for _ in 0..SWEEPS {
            for place in 0..self.visits.len() {
                let amount = std::mem::take(&mut pending[place]);
                rates[place] += amount;
                for &(_, to, count) in &self.calls[place] {
                    pending[to] += amount * count;
                }
            }
            if pending.iter().sum::<f64>() <= limit {
                return Some(rates);
            }
        }
        None
    }

    /// The ways that a call may go, with probabilities that add up to 1; none where no node is
    /// left. Weights count for weighted and random choice, else the number of nodes.
    pub(super) fn choices(
        &self,
        model: &Model,
        lost: &Lost,
        call: &Call,
        class: ClassId,
    ) -> Vec<Choice> {
        let mut choices = Vec::new();
        for &(link, weight) in &call.links {
            let Some(visit) = target(model, link, call, class) else {
                continue;
            };
            let tier = operation(model, visit).tier;
            let nodes = serving(model, visit.component, tier, lost).len();
            let share = if nodes == 0 {
                0.0
            } else if by_weight(model, call) {
                weight
            } else {
                nodes as f64
            };
            if let Some(visit) = self.place(visit) {
                choices.push(Choice { share, link, visit });
            }
        }
        let total: f64 = choices.iter().map(|choice| choice.share).sum();
        choices.retain(|choice| choice.share > 0.0);
        for choice in &mut choices {
            choice.share /= total;
        }
        choices
    }

    /// Adds up the calls of `steps`, each happening `times` times.
    fn count(
        &mut self,
        model: &Model,
        lost: &Lost,
        visit: Visit,
        steps: &[Step],
        times: f64,
        into: &mut Vec<(LinkId, usize, f64)>,
    ) {
        for step in steps {
            match step {
                Step::Call(call) | Step::Forward(call) | Step::Resolve(call) => {
                    let choices = self.choices(model, lost, call, visit.class);
                    self.is_stranded |= choices.is_empty();
                    let one = |c: Choice| (c.link, c.visit, times * c.share);
                    into.extend(choices.into_iter().map(one));
                }
                Step::Publish { accept, deliver } => {
                    for call in [accept, deliver] {
                        let choices = self.choices(model, lost, call, visit.class);
                        let one = |c: Choice| (c.link, c.visit, times * c.share);
                        into.extend(choices.into_iter().map(one));
                    }
                }
                Step::Held { hit, miss } => {
                    self.count(model, lost, visit, miss, times * (1.0 - hit), into);
                }
                Step::Cached { lookup, hit, miss } => {
                    let choices = self.choices(model, lost, lookup, visit.class);
                    let one = |c: Choice| (c.link, c.visit, times * c.share);
                    into.extend(choices.into_iter().map(one));
                    let hit = hit * answered(model, lost, lookup, visit.class);
                    self.count(model, lost, visit, miss, times * (1.0 - hit), into);
                }
                Step::Chance {
                    share,
                    then,
                    otherwise,
                } => {
                    self.count(model, lost, visit, then, times * share, into);
                    self.count(model, lost, visit, otherwise, times * (1.0 - share), into);
                }
                Step::Repeat { times: n, steps } => {
                    self.count(model, lost, visit, steps, times * mean_count(*n), into);
                }
                Step::Parallel(branches) | Step::Quorum { of: branches, .. } => {
                    for branch in branches {
                        self.count(model, lost, visit, branch, times, into);
                    }
                }
                Step::Use { .. } | Step::Wait(_) | Step::Send { .. } | Step::Fail => {}
            }
        }
    }
}

/// The operation of a visit.
pub(super) fn operation(model: &Model, visit: Visit) -> &Operation {
    &model.component(visit.component).operations[visit.operation]
}

/// Mean number of turns.
pub(super) fn mean_count(count: Count) -> f64 {
    match count {
        Count::Times(times) => f64::from(times),
        Count::Geometric(mean) => mean,
    }
}

/// Share of the lookups that reach a living node: a lost shard takes its keys with it.
pub(super) fn answered(model: &Model, lost: &Lost, lookup: &Call, class: ClassId) -> f64 {
    let (mut alive, mut all) = (0, 0);
    for &(link, _) in &lookup.links {
        let Some(visit) = target(model, link, lookup, class) else {
            continue;
        };
        let tier: Tier = operation(model, visit).tier;
        let (now, whole) = (
            serving(model, visit.component, tier, lost).len(),
            serving(model, visit.component, tier, &Lost::none()).len(),
        );
        let sharded = model.link(link).balance == Policy::Shard;
        alive += if sharded || now == 0 { now } else { whole };
        all += whole;
    }
    if all == 0 {
        0.0
    } else {
        alive as f64 / all as f64
    }
}

/// Where a call over `link` arrives.
fn target(model: &Model, link: LinkId, call: &Call, class: ClassId) -> Option<Visit> {
    let component = model.link(link).callee;
    let callee = model.component(component);
    let operation = match &call.operation {
        Some(name) => callee.operation_named(name),
        None => callee.operation_for(&model.classes[class.index()].name),
    }?;
    Some(Visit {
        component,
        operation,
        class,
    })
}

/// Whether the weights of `to` decide.
fn by_weight(model: &Model, call: &Call) -> bool {
    let differs = |w: f64| (w - call.links[0].1).abs() > 0.0;
    let unequal = call.links.iter().any(|&(_, w)| differs(w));
    match model.policy(call) {
        Policy::Weighted | Policy::Random => true,
        Policy::RoundRobin => unequal,
        _ => false,
    }
}

/// All visits reachable from `entries`, callers first: reverse postorder of a depth-first search.
fn order(model: &Model, entries: &[Visit]) -> Vec<Visit> {
    let mut seen = std::collections::BTreeSet::new();
    let mut post = Vec::new();
    for &entry in entries {
        let mut stack = vec![(entry, false)];
        while let Some((visit, is_left)) = stack.pop() {
            if is_left {
                post.push(visit);
            } else if seen.insert(visit) {
                stack.push((visit, true));
                let mut next = Vec::new();
                reached(model, visit, &operation(model, visit).steps, &mut next);
                stack.extend(next.into_iter().map(|visit| (visit, false)));
            }
        }
    }
    post.reverse();
    post
}

fn reached(model: &Model, visit: Visit, steps: &[Step], into: &mut Vec<Visit>) {
    let mut call = |call: &Call| {
        let targets = call.links.iter();
        into.extend(targets.filter_map(|&(link, _)| target(model, link, call, visit.class)));
    };
    for step in steps {
        match step {
            Step::Call(to) | Step::Forward(to) | Step::Resolve(to) => call(to),
            Step::Publish { accept, deliver } => {
                call(accept);
                call(deliver);
            }
            Step::Cached { lookup, .. } => call(lookup),
            _ => {}
        }
    }
    for inner in steps.iter().flat_map(inner_lists) {
        reached(model, visit, inner, into);
    }
}

/// The lists of steps inside a step.
pub fn inner_lists(step: &Step) -> Vec<&[Step]> {
    match step {
        Step::Parallel(branches) | Step::Quorum { of: branches, .. } => {
            branches.iter().map(Vec::as_slice).collect()
        }
        Step::Chance {
            then, otherwise, ..
        } => vec![then, otherwise],
        Step::Repeat { steps, .. } => vec![steps],
        Step::Cached { miss, .. } | Step::Held { miss, .. } => vec![miss],
        _ => Vec::new(),
    }
}
