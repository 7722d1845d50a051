//! Who visits whom how often: the traffic equations.

use std::collections::BTreeMap;

use super::serving::{Lost, serving};
use crate::model::step::inner_lists;
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

/// Calls of one visit: link, visit called, mean number of such calls.
pub(super) type Row = Vec<(LinkId, usize, f64)>;

/// A call before its ways are weighed against each other.
#[derive(Clone, Debug)]
struct Split {
    /// Mean number of such calls.
    times: f64,
    /// Weights count, not numbers of nodes.
    by_weight: bool,
    /// Whether it matters that nobody is there.
    is_needed: bool,
    ways: Vec<Way>,
}

/// One of them.
#[derive(Clone, Copy, Debug)]
struct Way {
    link: LinkId,
    visit: usize,
    weight: f64,
    nodes: usize,
}

impl Split {
    fn share(&self, way: &Way) -> f64 {
        match (way.nodes, self.by_weight) {
            (0, _) => 0.0,
            (_, true) => way.weight,
            (nodes, false) => nodes as f64,
        }
    }

    /// The ways with probabilities that add up to 1; none where no node is left.
    fn choices(&self) -> impl Iterator<Item = Choice> + '_ {
        let total: f64 = self.ways.iter().map(|way| self.share(way)).sum();
        let ways = self.ways.iter().filter(|way| way.nodes > 0);
        ways.map(move |way| Choice {
            share: self.share(way) / total,
            link: way.link,
            visit: way.visit,
        })
    }

    fn row(&self) -> impl Iterator<Item = (LinkId, usize, f64)> + '_ {
        self.choices()
            .map(|choice| (choice.link, choice.visit, self.times * choice.share))
    }

    fn is_stranded(&self) -> bool {
        self.is_needed && self.ways.iter().all(|way| way.nodes == 0)
    }
}

/// All visits that workloads can cause while some nodes are lost, with the mean number of calls
/// from each to each.
#[derive(Clone, Debug)]
pub(super) struct Flow {
    /// Callers before callees, as far as there is no cycle of `Forward`.
    pub(super) visits: Vec<Visit>,
    places: BTreeMap<Visit, usize>,
    /// For each visit.
    pub(super) calls: Vec<Row>,
    /// The same before the ways are weighed.
    splits: Vec<Vec<Split>>,
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
            splits: Vec::new(),
            is_stranded: false,
        };
        flow.places = (flow.visits.iter().copied()).zip(0..).collect();
        for visit in flow.visits.clone() {
            let splits = flow.splits(model, lost, visit);
            flow.is_stranded |= splits.iter().any(Split::is_stranded);
            flow.calls
                .push(splits.iter().flat_map(Split::row).collect());
            flow.splits.push(splits);
        }
        flow
    }

    fn splits(&self, model: &Model, lost: &Lost, visit: Visit) -> Vec<Split> {
        let mut splits = Vec::new();
        let steps = &operation(model, visit).steps;
        self.count(model, lost, visit, steps, 1.0, &mut splits);
        splits
    }

    /// The calls of a visit of this flow while nodes of `component` are lost; `None` where one of
    /// them finds nobody. Whether the visit asks a cache there decides how much is to be done.
    pub(super) fn row_without(
        &self,
        model: &Model,
        lost: &Lost,
        place: usize,
        (component, is_cache): (ComponentId, bool),
    ) -> Option<Row> {
        let splits = if is_cache {
            self.splits(model, lost, self.visits[place])
        } else {
            let mut splits = self.splits[place].clone();
            for way in splits.iter_mut().flat_map(|split| &mut split.ways) {
                let visit = self.visits[way.visit];
                if visit.component == component {
                    let tier = operation(model, visit).tier;
                    way.nodes = serving(model, component, tier, lost).len();
                }
            }
            splits
        };
        let is_stranded = splits.iter().any(Split::is_stranded);
        (!is_stranded).then(|| splits.iter().flat_map(Split::row).collect())
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
        let split = self.split(model, lost, call, class, 1.0);
        split.choices().collect()
    }

    fn split(&self, model: &Model, lost: &Lost, call: &Call, class: ClassId, times: f64) -> Split {
        let way = |&(link, weight): &(LinkId, f64)| {
            let visit = target(model, link, call, class)?;
            let tier = operation(model, visit).tier;
            Some(Way {
                link,
                visit: self.place(visit)?,
                weight,
                nodes: serving(model, visit.component, tier, lost).len(),
            })
        };
        Split {
            times,
            by_weight: by_weight(model, call),
            is_needed: false,
            ways: call.links.iter().filter_map(way).collect(),
        }
    }

    /// Adds up the calls of `steps`, each happening `times` times.
    fn count(
        &self,
        model: &Model,
        lost: &Lost,
        visit: Visit,
        steps: &[Step],
        times: f64,
        into: &mut Vec<Split>,
    ) {
        for step in steps {
            match step {
                Step::Call(call) | Step::Forward(call) | Step::Resolve(call) => {
                    into.push(Split {
                        is_needed: !model.has_fallback(call),
                        ..self.split(model, lost, call, visit.class, times)
                    });
                }
                Step::Fallback { call, instead } => {
                    let split = self.split(model, lost, call, visit.class, times);
                    if split.ways.iter().all(|way| way.nodes == 0) {
                        self.count(model, lost, visit, instead, times, into);
                    }
                    into.push(split);
                }
                Step::Publish { accept, deliver } => {
                    for call in [accept, deliver] {
                        into.push(self.split(model, lost, call, visit.class, times));
                    }
                }
                Step::Held { hit, miss } => {
                    self.count(model, lost, visit, miss, times * (1.0 - hit), into);
                }
                Step::Cached { lookup, hit, miss } => {
                    into.push(self.split(model, lost, lookup, visit.class, times));
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
            Step::Call(to)
            | Step::Forward(to)
            | Step::Resolve(to)
            | Step::Fallback { call: to, .. } => call(to),
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
