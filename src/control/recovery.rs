//! How long a loss is felt before something takes over, from the timers alone.

use super::belief::{Turn, World};
use super::path::course;
use crate::engine::id::SelectorId;
use crate::engine::program::Policy;
use crate::fault::{Span, Windows, crash_of};
use crate::lower::{Lowered, Origin, View};
use crate::model::{Health, Model, NodeId, Part, Takeover};

/// Phases of checks over which the mean is taken, in the middles of equal parts.
const PHASES: u64 = 512;

/// Time from a loss to the instant from which no caller of the lost part is sent there any more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recovery {
    /// Mean over the phases of checks and the ages of resolved names, of the slowest caller, ns.
    pub mean: u64,
    /// Longest, ns: exact, or above it by at most 1/512 of the interval of the checks.
    pub worst: u64,
}

/// The recovery from a lasting loss of `place` by detection and takeover; zero where nobody
/// relies on it, `None` where some caller goes on sending to it, or has nobody to turn to, until
/// it is repaired.
pub fn recovery(model: &Model, lowered: &Lowered, place: Part) -> Option<Recovery> {
    let windows = Windows::of(model, &[crash_of(place, START, None)], 0, 0);
    let dead = |node: NodeId| !windows.nodes[node.index()].is_empty();
    let unanswered = |store: &crate::engine::program::Store| {
        let mut servers = store.servers.iter();
        !store.servers.is_empty() && servers.all(|server| dead(NodeId(server.0)))
    };
    if lowered.program.stores.iter().any(unanswered) {
        return None;
    }
    let world = World::new(model, lowered, &windows);
    let views = &lowered.map.views;
    let mut slowest = paths(lowered, &windows)?;
    let mut known: Vec<usize> = Vec::new();
    for (number, view) in views.iter().enumerate() {
        let concerned = view.targets.iter().any(|watch| dead(watch.node));
        if !concerned || known.iter().any(|&other| alike(lowered, other, number)) {
            continue;
        }
        known.push(number);
        let policy = lowered.program.selectors[number].policy;
        let felt = Felt {
            world: &world,
            view,
            lowered,
            dead: &dead,
            policy,
        };
        let own = felt.recovery(SelectorId::from(number), model)?;
        slowest.mean = slowest.mean.max(own.mean);
        slowest.worst = slowest.worst.max(own.worst);
    }
    Some(slowest)
}

/// Whether two selectors see the same with the same eyes: nodes of one component over one link.
fn alike(lowered: &Lowered, one: usize, other: usize) -> bool {
    let views = &lowered.map.views;
    let names = |view: &View| matches!(view.origin, Origin::Names(_));
    views[one].targets == views[other].targets
        && !names(&views[one])
        && !names(&views[other])
        && lowered.program.selectors[one].policy == lowered.program.selectors[other].policy
}

/// Far enough from 0 for checks of every phase to have begun, ns.
const START: u64 = 1 << 60;

/// The slowest of the paths that are cut.
fn paths(lowered: &Lowered, windows: &Windows) -> Option<Recovery> {
    let mut slowest = Recovery::default();
    for path in &lowered.map.paths {
        for Span { start, end } in course(path, &windows.switches).cut {
            let length = if end == u64::MAX {
                None
            } else {
                Some(end - start)
            };
            slowest.worst = slowest.worst.max(length?);
            slowest.mean = slowest.worst;
        }
    }
    Some(slowest)
}

/// One caller's view of a loss.
struct Felt<'a, D: Fn(NodeId) -> bool> {
    world: &'a World<'a>,
    view: &'a View,
    lowered: &'a Lowered,
    dead: &'a D,
    policy: Policy,
}

impl<D: Fn(NodeId) -> bool> Felt<'_, D> {
    fn recovery(&self, selector: SelectorId, model: &Model) -> Option<Recovery> {
        let checked = self.view.targets.iter().any(|watch| watch.health.is_some());
        let phases = if checked { PHASES } else { 1 };
        let (mut sum, mut least, mut worst) = (0u128, u64::MAX, 0);
        for part in 0..phases {
            // The first check after the loss comes in the middle of this part of an interval.
            let first = |_: &str, _: &str, health: Health| {
                let share = u128::from(health.interval) * u128::from(2 * part + 1);
                let offset = (share / u128::from(2 * phases)) as u64;
                (START + offset) % health.interval.max(1)
            };
            let time = self.time(selector, &self.world.turns(self.view, &first))?;
            sum += u128::from(time);
            (least, worst) = (least.min(time), worst.max(time));
        }
        let mean = (sum / u128::from(phases)) as u64;
        if worst == 0 {
            return Some(Recovery::default());
        }
        let ttl = self.ttl(model);
        let step = if least < worst {
            self.half_step(phases)
        } else {
            0
        };
        Some(Recovery {
            mean: mean + ttl / 2,
            worst: worst + step + ttl,
        })
    }

    /// What the latest of the sampled phases lacks to the latest of all.
    fn half_step(&self, phases: u64) -> u64 {
        let intervals = self.view.targets.iter().filter_map(|watch| watch.health);
        intervals
            .map(|health| health.interval / (2 * phases))
            .max()
            .unwrap_or(0)
    }

    /// How long clients may go on with what they have resolved; no time where it is a shared
    /// address, which follows the takeover.
    fn ttl(&self, model: &Model) -> u64 {
        let takeover = |node| model.component(model.node(node).component).takeover;
        let mut lost = self.view.targets.iter().map(|watch| watch.node);
        let stays = |node| (self.dead)(node) && !matches!(takeover(node), Takeover::Standby { .. });
        if !lost.any(stays) {
            return 0;
        }
        match self.view.origin {
            Origin::Names(component) => model
                .component(component)
                .names
                .as_ref()
                .map_or(0, |names| names.ttl),
            Origin::Node(_) | Origin::Users(_) => 0,
        }
    }

    /// From the loss to the last instant at which a dead target, or none, would be chosen.
    fn time(&self, selector: SelectorId, turns: &[Turn]) -> Option<u64> {
        let targets = &self.lowered.program.selectors[selector.index()].targets;
        let mut state: Vec<(bool, u8)> = targets.iter().map(|t| (t.up, t.rank)).collect();
        let mut felt = self.is_felt(&state);
        let mut over = START;
        for together in turns.chunk_by(|a, b| a.at == b.at) {
            for turn in together {
                state[turn.target] = (turn.up, turn.rank);
            }
            let now = self.is_felt(&state);
            if felt && !now {
                over = together[0].at;
            }
            felt = now;
        }
        (!felt).then(|| over - START)
    }

    /// Whether a request chosen in this state can meet a dead node, or none at all.
    fn is_felt(&self, state: &[(bool, u8)]) -> bool {
        let rank = state
            .iter()
            .filter(|(up, _)| *up)
            .map(|(_, rank)| rank)
            .min();
        let shard = self.policy == Policy::Shard;
        let chosen = |(up, own): &(bool, u8)| (*up || shard) && Some(own) == rank;
        let mut alive = state.iter().zip(&*self.view.targets);
        rank.is_none() || alive.any(|(own, watch)| chosen(own) && (self.dead)(watch.node))
    }
}
