//! What requests bring to the stations on average: visits and demands, by a walk over the
//! program. The base of the laws that runs are held against and of the bounds on throughput.

mod flow;
mod layers;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::engine::id::{CallId, Pc};
use crate::engine::program::{Call, Count, Policy, Program, Step, Target};

pub use flow::{Flow, crowd, flows, headroom};
pub use layers::{Layers, layers};

/// What stands between a path and the exact theory of queueing networks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Obstacle {
    /// Branches at once.
    Parallel,
    /// Work that nobody waits for.
    Spawned,
    /// Forwards in a circle.
    Circle,
    /// Nodes chosen in turn or by load: what reaches each is not a random split.
    Policy,
    /// Unlike nodes chosen by load or hash: what share reaches each is not known beforehand.
    Shares,
    /// Part of the requests is made to fail.
    Fails,
    /// Caches whose share of hits is not known beforehand, only guessed.
    Contents,
    /// Delays whose mean is not known beforehand: names, answers of forwards.
    Delay,
}

/// Use of one station.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Use {
    /// Mean number of services.
    pub uses: f64,
    /// Mean demand, ns at speed 1.
    pub work: f64,
    /// Sum of the mean squares of the demands, square ns at speed 1.
    pub squares: f64,
    /// Which laws.
    pub laws: BTreeSet<u32>,
}

/// What a path brings, on average.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Profile {
    /// By station.
    pub stations: BTreeMap<usize, Use>,
    /// Time outside stations, ns.
    pub delay: f64,
    /// Most services at stations on any way; loops count their mean.
    pub longest: f64,
    /// Why it cannot be held against theory.
    pub obstacles: BTreeSet<Obstacle>,
}

impl Profile {
    /// Whether nothing but a delay of unknown mean stands between it and theory.
    pub fn has_known_ways(&self) -> bool {
        self.obstacles
            .iter()
            .all(|&obstacle| obstacle == Obstacle::Delay)
    }

    /// Squared coefficient of variation of the services at a station; `None` if it has none.
    pub fn scv(&self, station: usize) -> Option<f64> {
        let used = self.stations.get(&station)?;
        let mean = used.work / used.uses;
        (mean > 0.0).then(|| (used.squares / used.uses / (mean * mean) - 1.0).max(0.0))
    }

    /// Adds `other`, `times` times, as another way.
    pub fn add(&mut self, other: &Self, times: f64) {
        for (&station, more) in &other.stations {
            let mine = self.stations.entry(station).or_default();
            mine.uses += times * more.uses;
            mine.work += times * more.work;
            mine.squares += times * more.squares;
            mine.laws.extend(&more.laws);
        }
        self.delay += times * other.delay;
        self.longest = self.longest.max(other.longest);
        self.obstacles.extend(&other.obstacles);
    }

    fn serve(&mut self, program: &Program, station: usize, law: u32) {
        let (mean, cv) = (
            program.laws[law as usize].mean(),
            program.laws[law as usize].cv(),
        );
        let place = &program.stations[station];
        if place.servers.is_none() {
            self.delay += mean / place.speed;
            return;
        }
        let mine = self.stations.entry(station).or_default();
        mine.uses += 1.0;
        mine.work += mean;
        mine.squares += mean * mean * (1.0 + cv * cv);
        mine.laws.insert(law);
        self.longest += 1.0;
    }
}

/// How often a loop runs on average.
fn mean(count: Count) -> f64 {
    match count {
        Count::Times(times) => f64::from(times),
        Count::Geometric(mean) => mean,
    }
}

/// Of a step with two ways on: the probability of the next step, where the other way leads, and
/// what stands between it and theory.
fn choice(program: &Program, step: Step) -> Option<(f64, Pc, Option<Obstacle>)> {
    match step {
        Step::Chance {
            share, otherwise, ..
        }
        | Step::Held {
            share, otherwise, ..
        } => Some((share, otherwise, None)),
        Step::Look { look, miss, .. } => {
            let (cache, _) = program.looks[look.index()];
            let hits = program.caches[cache.index()].expected_hits;
            Some((hits, miss, Some(Obstacle::Contents)))
        }
        _ => None,
    }
}

/// A walk that remembers what it has seen.
pub struct Walk<'p> {
    program: &'p Program,
    known: BTreeMap<u32, Rc<Profile>>,
    open: BTreeSet<u32>,
}

impl<'p> Walk<'p> {
    /// Over `program`.
    pub fn new(program: &'p Program) -> Self {
        Self {
            program,
            known: BTreeMap::new(),
            open: BTreeSet::new(),
        }
    }

    /// What a visit brings from step `from` to its end.
    pub fn profile(&mut self, from: Pc) -> Rc<Profile> {
        if let Some(known) = self.known.get(&from.0) {
            return Rc::clone(known);
        }
        let mut found = Profile::default();
        if self.open.insert(from.0) {
            self.step(from, &mut found);
            self.open.remove(&from.0);
        } else {
            found.obstacles.insert(Obstacle::Circle);
        }
        let found = Rc::new(found);
        if !found.obstacles.contains(&Obstacle::Circle) {
            self.known.insert(from.0, Rc::clone(&found));
        }
        found
    }

    /// What follows, one way or `times` times in turn.
    fn go(&mut self, to: Pc, found: &mut Profile, times: f64) {
        let rest = self.profile(to);
        let before = found.longest;
        found.add(&rest, times);
        found.longest = before + rest.longest * times.max(1.0);
    }

    /// One of several ways, each with its share.
    fn go_one_of(&mut self, ways: &[(Pc, f64)], found: &mut Profile) {
        let before = found.longest;
        let mut longest = 0.0_f64;
        for &(to, share) in ways {
            let rest = self.profile(to);
            found.add(&rest, share);
            longest = longest.max(rest.longest);
        }
        found.longest = before + longest;
    }

    fn step(&mut self, at: Pc, found: &mut Profile) {
        let Some(&step) = self.program.steps.get(at.index()) else {
            return;
        };
        let next = Pc(at.0 + 1);
        if let Some((share, otherwise, obstacle)) = choice(self.program, step) {
            found.obstacles.extend(obstacle);
            self.go(next, found, share);
            return self.go(otherwise, found, 1.0 - share);
        }
        match step {
            Step::Serve { station, law, .. } => found.serve(self.program, station.index(), law.0),
            Step::Wait { law, .. } => found.delay += self.program.laws[law.index()].mean(),
            Step::Call { call, .. } => self.call(call, found, true),
            Step::Forward { call }
            | Step::ForwardWithRoom { call }
            | Step::ForwardResolved { call, .. } => {
                return self.call(call, found, false);
            }
            Step::Jump { to } => return self.go(to, found, 1.0),
            Step::Repeat { count, body, .. } => {
                self.go(body, found, mean(count));
            }
            Step::Fork { first, count } | Step::Quorum { first, count, .. } => {
                found.obstacles.insert(Obstacle::Parallel);
                for branch in first..first + count {
                    self.go(self.program.branches[branch as usize].0, found, 1.0);
                }
            }
            Step::Spawn { entry, .. } | Step::Publish { entry, .. } => {
                found.obstacles.insert(Obstacle::Spawned);
                self.go(entry, found, 1.0);
            }
            Step::Recall { fresh, .. } => {
                found.obstacles.insert(Obstacle::Delay);
                return self.go(fresh, found, 1.0);
            }
            Step::Chance { .. } | Step::Held { .. } | Step::Look { .. } => unreachable!(),
            Step::Acquire { .. }
            | Step::Looked { .. }
            | Step::Renew { .. }
            | Step::Unreached { .. }
            | Step::Weigh { .. }
            | Step::Carried
            | Step::Land { .. }
            | Step::Fill => {}
            Step::Resolve { .. } => {
                found.obstacles.insert(Obstacle::Delay);
            }
            Step::Fail { .. } => {
                found.obstacles.insert(Obstacle::Fails);
                return;
            }
            Step::Reply => return,
        }
        self.go(next, found, 1.0);
    }

    fn call(&mut self, id: CallId, found: &mut Profile, comes_back: bool) {
        let call = &self.program.calls[id.index()];
        if let Some(latency) = call.latency {
            let mean = self.program.laws[latency.index()].mean();
            found.delay += 2.0 * mean;
            if mean > 0.0 && !comes_back {
                found.obstacles.insert(Obstacle::Delay);
            }
        }
        let (shares, obstacles) = shares(self.program, call);
        found.obstacles.extend(obstacles);
        let entry = |place: usize| self.program.entries[call.entries as usize + place];
        let ways: Vec<(Pc, f64)> = shares
            .into_iter()
            .map(|(p, share)| (entry(p), share))
            .collect();
        self.go_one_of(&ways, found);
    }
}

/// Targets that are chosen in normal times with their long-run shares, and what stands between
/// the way there and a random split without delays that nobody knows beforehand.
fn shares(program: &Program, call: &Call) -> (Vec<(usize, f64)>, Vec<Obstacle>) {
    let selector = &program.selectors[call.selector.index()];
    let up = |target: &&Target| target.up;
    let rank = selector
        .targets
        .iter()
        .filter(up)
        .map(|target| target.rank)
        .min();
    let chosen: Vec<(usize, &Target)> = selector
        .targets
        .iter()
        .enumerate()
        .filter(|(_, target)| target.up && Some(target.rank) == rank)
        .collect();
    let by_weight = matches!(selector.policy, Policy::Random | Policy::Weighted);
    let weight = |target: &Target| if by_weight { target.weight } else { 1.0 };
    let all: f64 = chosen.iter().map(|(_, target)| weight(target)).sum();
    let is_random = chosen.len() < 2 || matches!(selector.policy, Policy::Random | Policy::Shard);
    let is_fixed = matches!(selector.policy, Policy::RoundRobin | Policy::Weighted);
    let is_even = selector.peers.is_empty() && are_alike(program, &chosen);
    let obstacle = match (is_random, is_fixed || is_even) {
        (true, _) => None,
        (false, true) => Some(Obstacle::Policy),
        (false, false) => Some(Obstacle::Shares),
    };
    let share = |(place, target): &(usize, &Target)| (*place, weight(target) / all);
    let transfers = call.lines.any().then_some(Obstacle::Delay);
    let obstacles = obstacle.into_iter().chain(transfers).collect();
    (chosen.iter().map(share).collect(), obstacles)
}

/// Whether these are nodes of one component and machine, so that those who choose by load bring
/// each the same in the long run.
fn are_alike(program: &Program, chosen: &[(usize, &Target)]) -> bool {
    let build = |(_, target): &(usize, &Target)| {
        let node = &program.nodes[target.node.index()];
        let stations = node.stations.iter();
        let build = stations.map(|station| {
            let station = &program.stations[station.index()];
            (station.servers, station.speed.to_bits())
        });
        (node.component, build.collect::<Vec<_>>())
    };
    chosen
        .windows(2)
        .all(|pair| build(&pair[0]) == build(&pair[1]))
}
