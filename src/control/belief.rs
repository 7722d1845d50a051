//! What each selector is told about its targets: seats and checks together.

use std::collections::{BTreeMap, BTreeSet};

use super::health::believed_down;
use super::path::{Course, course};
use super::seats::{Change, Leadership, instants};
use crate::fault::span::{holding, union};
use crate::fault::{Span, Windows};
use crate::lower::{Lowered, Origin, Seat, View, Watch};
use crate::model::{ComponentId, Health, LinkId, Model, NodeId, Takeover};

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
    windows: &'a Windows,
    /// By node: when it does not even refuse.
    mute: Vec<Vec<Span>>,
    /// By node: its place in its component.
    places: Vec<usize>,
}

impl<'a> World<'a> {
    /// The world under these windows.
    pub fn new(model: &'a Model, lowered: &Lowered, windows: &'a Windows) -> Self {
        let watched = || lowered.map.views.iter().flat_map(|view| &*view.targets);
        let parts: BTreeSet<_> = watched()
            .map(|watch| model.node(watch.node).component)
            .collect();
        let links: BTreeSet<_> = watched().map(|watch| watch.link).collect();
        let silent = windows.silent();
        let mut places = vec![0; model.nodes.len()];
        for part in &model.components {
            for (place, node) in part.nodes.iter().enumerate() {
                places[node.index()] = place;
            }
        }
        Self {
            model,
            places,
            windows,
            mute: windows.mute(),
            leaders: parts
                .into_iter()
                .map(|part| (part, Leadership::of(model, part, &silent)))
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
                _ => {
                    let first = |address: &str, health| phase(caller, address, health);
                    self.addresses(watch, &self.stands_on(view.origin), first)
                }
            };
            turns.extend(self.target(target, watch, &addresses));
            seen = Some((watch.link, addresses));
        }
        turns.sort_by_key(|turn| turn.at);
        turns
    }

    /// For each address of the target's component: when this caller believes it silent.
    fn addresses(
        &self,
        watch: &Watch,
        caller: &[NodeId],
        phase: impl Fn(&str, Health) -> u64,
    ) -> Vec<Vec<Span>> {
        let component = self.model.node(watch.node).component;
        let silent = &self.leaders[&component].silent;
        let Some(health) = watch.health else {
            return vec![Vec::new(); silent.len()];
        };
        let cut = self
            .courses
            .get(&watch.link)
            .map_or(&[][..], |course| &course.cut[..]);
        let part = self.model.component(component);
        let shared = matches!(part.takeover, Takeover::Standby { .. });
        silent
            .iter()
            .zip(&part.nodes)
            .map(|(silent, &owner)| {
                let lost = self.windows.cut(caller, watch.link, owner);
                let unreachable = [&silent[..], cut, &lost].concat();
                if unreachable.is_empty() {
                    return Vec::new();
                }
                // A shared address is as silent as whoever of the pair is.
                let holders = if shared { &part.nodes[..] } else { &[owner] };
                let mute = holders.iter().flat_map(|node| &self.mute[node.index()]);
                let mute = mute.flat_map(|mute| silent.iter().map(|span| span.and(*mute)));
                let mute = union(mute.chain(lost).collect());
                let first = phase(&self.model.node(owner).name, health);
                believed_down(&union(unreachable), &mute, health, first)
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

    /// The nodes from which somebody looks; none for users.
    fn stands_on(&self, origin: Origin) -> Vec<NodeId> {
        match origin {
            Origin::Node(node) => vec![node],
            Origin::Users(_) => Vec::new(),
            Origin::Names(component) => self.model.component(component).nodes.clone(),
        }
    }

    fn caller(&self, origin: Origin) -> &str {
        match origin {
            Origin::Node(node) => &self.model.node(node).name,
            Origin::Users(workload) => &self.model.workloads[workload.index()].name,
            Origin::Names(component) => &self.model.component(component).name,
        }
    }
}

/// An address among the targets of a view gets another holder; both by place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Move {
    /// When, ns.
    pub(super) at: u64,
    /// Whose address it is.
    pub(super) address: u32,
    /// Who answers there from now on.
    pub(super) holder: u32,
}

/// How shared addresses move among the targets of a view whose nodes are down in `down`.
pub(super) fn moves(model: &Model, view: &View, down: &[Vec<Span>]) -> Vec<Move> {
    let part = |watch: &Watch| model.node(watch.node).component;
    let same = |a: &Watch, b: &Watch| (part(a), a.link, a.tier) == (part(b), b.link, b.tier);
    let mut moves = Vec::new();
    let mut first = 0;
    for targets in view.targets.chunk_by(same) {
        let component = part(&targets[0]);
        let takeover = model.component(component).takeover;
        if let Takeover::Standby { .. } = takeover {
            let nodes = &model.component(component).nodes;
            let place = |node: usize| {
                let found = targets.iter().position(|watch| watch.node == nodes[node]);
                found.map(|place| (first + place) as u32)
            };
            let changes = Leadership::of(model, component, down).changes;
            moves.extend(changes.windows(2).flat_map(|pair| handed(pair, place)));
        }
        first += targets.len();
    }
    moves
}

/// The addresses that another node holds after a change than before it.
fn handed(pair: &[Change], place: impl Fn(usize) -> Option<u32>) -> Vec<Move> {
    let holder = |change: &Change, address: usize| {
        (0..change.seats.len())
            .find(|&node| change.seats[node] == Seat::Serving && change.address[node] == address)
    };
    let (before, after) = (&pair[0], &pair[1]);
    let moved = |address| {
        let now = holder(after, address);
        let node = now.filter(|_| now != holder(before, address))?;
        Some(Move {
            at: after.at,
            address: place(address)?,
            holder: place(node)?,
        })
    };
    (0..after.seats.len()).filter_map(moved).collect()
}
