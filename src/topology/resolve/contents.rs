//! Contents of caches: items from logs, and first guesses of their hits.

use std::collections::BTreeMap;

use super::Resolver;
use crate::diagnostic::Diagnostic;
use crate::kinds::Kind;
use crate::law::Popularity;
use crate::model::step::inner_lists_mut;
use crate::model::{Arrivals, ComponentId, Keys, Link, Model, Role, Step, Workload};
use crate::schema::{At, code};

/// Items that logs ask for, over all logs of a file: numbers by name, in order of appearance,
/// and how often each is asked for.
#[derive(Debug, Default)]
pub(super) struct Items {
    numbers: BTreeMap<String, u32>,
    counts: Vec<f64>,
}

impl Items {
    pub fn number(&mut self, name: &str) -> u32 {
        let number = self.numbers.get(name).copied().unwrap_or_else(|| {
            let number = u32::try_from(self.counts.len()).unwrap_or(u32::MAX);
            self.numbers.insert(name.to_owned(), number);
            self.counts.push(0.0);
            number
        });
        self.counts[number as usize] += 1.0;
        number
    }

    /// How often each item is asked for; `None` where no log has keys.
    pub fn popularity(&self) -> Option<Popularity> {
        (!self.counts.is_empty()).then(|| Popularity::of(self.counts.clone()))
    }
}

impl Resolver<'_> {
    /// Gives caches with `keys: FromLog` the popularity of the items of the logs.
    pub(super) fn contents_from_logs(&mut self, workloads: &[Workload]) {
        let all_have_keys = workloads.iter().all(|workload| match &workload.arrivals {
            Arrivals::Replay { items, .. } => !items.is_empty(),
            _ => false,
        });
        let popularity = self.items.popularity().map(std::sync::Arc::new);
        for place in 0..self.blueprints.len() {
            let contents = self.blueprints[place]
                .as_mut()
                .and_then(|blueprint| blueprint.contents.as_mut())
                .filter(|contents| contents.keys == Keys::Recorded);
            let Some(contents) = contents else { continue };
            match &popularity {
                Some(popularity) if all_have_keys => {
                    contents.popularity = std::sync::Arc::clone(popularity);
                }
                _ => self.refuse_keys_from_log(ComponentId::from(place)),
            }
        }
    }

    fn refuse_keys_from_log(&mut self, component: ComponentId) {
        let keys = match self.kind(component) {
            Some(Kind::Cache(cache)) => cache.keys.as_ref(),
            Some(Kind::Cdn(cdn)) => cdn.keys.as_ref(),
            _ => None,
        };
        let Some(At { span, .. }) = keys else { return };
        self.problems.push(
            Diagnostic::error(
                code::CONFLICT,
                "not every request comes from a log with keys",
            )
            .at(span.clone())
            .help(
                "write `key: \"url\"` in the `format` of every Replay, or \
                     `keys: Zipf(items: 10_000, exponent: 0.8)`",
            ),
        );
    }
}

/// Puts the expected share of hits where contents are simulated.
pub(super) fn guess_hits(model: &mut Model) {
    let expected = |component: &crate::model::Component| {
        let contents = component.contents.as_ref()?;
        let nodes = component.nodes.iter();
        let shards = nodes.filter(|&&node| model.node(node).role == Role::Member);
        let is_asked_by_key = component.kind == "Cache";
        Some(contents.expected_hits(if is_asked_by_key { shards.count() } else { 1 }))
    };
    let hits: Vec<Option<f64>> = model.components.iter().map(expected).collect();
    let links = &model.links;
    for (place, component) in model.components.iter_mut().enumerate() {
        for operation in &mut component.operations {
            guess(&mut operation.steps, place, &hits, links);
        }
    }
}

fn guess(steps: &mut [Step], own: usize, hits: &[Option<f64>], links: &[Link]) {
    for step in steps {
        match step {
            Step::Cached { lookup, hit, .. } => {
                let callee = lookup
                    .links
                    .first()
                    .map(|(link, _)| links[link.index()].callee);
                *hit = callee
                    .and_then(|callee| hits[callee.index()])
                    .unwrap_or(*hit);
            }
            Step::Held { hit, .. } => *hit = hits[own].unwrap_or(*hit),
            _ => {}
        }
        for inner in inner_lists_mut(step) {
            guess(inner, own, hits, links);
        }
    }
}
