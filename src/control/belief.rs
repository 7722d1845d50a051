//! What each selector is told about its targets: seats and checks together.

use std::collections::{BTreeMap, BTreeSet};

use super::health::believed_down;
use super::path::{Course, course};
use super::seats::{Leadership, instants};
use crate::fault::span::holding;
use crate::fault::{Span, Windows};
use crate::lower::{Lowered, Origin, Seat, View, Watch};
use crate::model::{ComponentId, Health, LinkId, Model};

/// A target's standing changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// When, ns.
    pub at: u64,
    /// Which target, by place.
    pub target: usize,
    /// Believed up.
    pub up: bool,
    /// Its rank.
    pub rank: u8,
}

/// The state of the world that watchers look at.
pub struct World<'a> {
    model: &'a Model,
    leaders: BTreeMap<ComponentId, Leadership>,
    courses: BTreeMap<LinkId, Course>,
    /// By node: its place in its component.
    places: Vec<usize>,
}

impl<'a> World<'a> {
    /// The world under these windows.
    pub fn new(model: &'a Model, lowered: &Lowered, windows: &Windows) -> Self {
        let watched = || lowered.map.views.iter().flat_map(|view| &view.targets);
        let parts: BTreeSet<_> = watched()
            .map(|watch| model.node(watch.node).component)
            .collect();
        let links: BTreeSet<_> = watched().map(|watch| watch.link).collect();
        let mut places = vec![0; model.nodes.len()];
        for part in &model.components {
            for (place, node) in part.nodes.iter().enumerate() {
                places[node.index()] = place;
            }
        }
        Self {
            model,
            places,
            leaders: parts
                .into_iter()
                .map(|part| (part, Leadership::of(model, part, &windows.nodes)))
                .collect(),
            courses: links
                .into_iter()
                .filter_map(|link| {
                    let path = model.link(link).via.as_ref()?;
                    Some((link, course(path, &windows.switches)))
                })
                .collect(),
        }
    }

    /// How the targets of one selector turn; `phase` gives the first check of a caller (by
    /// name) on an address (by its owner's name).
    pub fn turns(&self, view: &View, phase: &impl Fn(&str, &str, Health) -> u64) -> Vec<Turn> {
        let caller = self.caller(view.origin);
        let mut turns = Vec::new();
        let mut seen: Option<(LinkId, Vec<Vec<Span>>)> = None;
        for (target, watch) in view.targets.iter().enumerate() {
            // Targets stand in the order of their links: one look at each.
            let addresses = match seen.take() {
                Some((link, addresses)) if link == watch.link => addresses,
                _ => self.addresses(watch, |address, health| phase(caller, address, health)),
            };
            turns.extend(self.target(target, watch, &addresses));
            seen = Some((watch.link, addresses));
        }
        turns.sort_by_key(|turn| turn.at);
        turns
    }

    /// For each address of the target's component: when this caller believes it silent.
    fn addresses(&self, watch: &Watch, phase: impl Fn(&str, Health) -> u64) -> Vec<Vec<Span>> {
        let component = self.model.node(watch.node).component;
        let silent = &self.leaders[&component].silent;
        let Some(health) = watch.health else {
            return vec![Vec::new(); silent.len()];
        };
        let cut = self
            .courses
            .get(&watch.link)
            .map_or(&[][..], |course| &course.cut[..]);
        let nodes = &self.model.component(component).nodes;
        silent
            .iter()
            .zip(nodes)
            .map(|(silent, &owner)| {
                let unreachable = [&silent[..], cut].concat();
                if unreachable.is_empty() {
                    return Vec::new();
                }
                let first = phase(&self.model.node(owner).name, health);
                believed_down(&crate::fault::span::union(unreachable), health, first)
            })
            .collect()
    }

    fn target(&self, target: usize, watch: &Watch, views: &[Vec<Span>]) -> Vec<Turn> {
        let node = self.model.node(watch.node);
        let leadership = &self.leaders[&node.component];
        let place = self.places[watch.node.index()];
        let asked: BTreeSet<usize> = leadership
            .changes
            .iter()
            .map(|change| change.address[place])
            .collect();
        let edges = asked
            .iter()
            .flat_map(|&address| &views[address])
            .flat_map(|span| [span.start, span.end]);
        let moments = leadership
            .changes
            .iter()
            .map(|change| change.at)
            .chain(edges);
        let mut before = Seat::of(node.role).standing(watch.tier);
        let mut turns = Vec::new();
        for at in instants(moments.collect()) {
            let change = leadership.at(at);
            let (told, rank) = change.seats[place].standing(watch.tier);
            let up = told && holding(&views[change.address[place]], at).is_none();
            if before != (up, rank) {
                turns.push(Turn {
                    at,
                    target,
                    up,
                    rank,
                });
                before = (up, rank);
            }
        }
        turns
    }

    fn caller(&self, origin: Origin) -> &str {
        match origin {
            Origin::Node(node) => &self.model.node(node).name,
            Origin::Users(workload) => &self.model.workloads[workload.index()].name,
            Origin::Names(component) => &self.model.component(component).name,
        }
    }
}
