//! What requests bring to the stations on average: visits and demands, by a walk over the
//! program. The base of the laws that runs are held against and of the bounds on throughput.

mod branches;
mod flow;
mod layers;
mod lines;
mod shares;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::engine::id::{CallId, MemoryId, Pc};
use crate::engine::program::{Count, Program, Step};
use branches::branches;
use shares::shares;

pub use flow::{Flow, crowd, flows, headroom};
pub use layers::{Layers, layers};

/// What stands between a path and the exact theory of queueing networks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Obstacle {
    /// Branches at once.
    Parallel,
    /// Further copies of what is slow to be answered: how often they are sent depends on how slow.
    Copies,
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
    /// By the station of a line: mean time that bytes take there alone, ns.
    pub lines: BTreeMap<usize, f64>,
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
        for (&line, more) in &other.lines {
            *self.lines.entry(line).or_default() += times * more;
        }
        self.delay += times * other.delay;
        self.longest = self.longest.max(other.longest);
        self.obstacles.extend(&other.obstacles);
    }

    fn serve(&mut self, program: &Program, station: usize, law: u32, times: f64) {
        let (mean, cv) = (
            program.laws[law as usize].mean(),
            program.laws[law as usize].cv(),
        );
        let place = &program.stations[station];
        if place.servers.is_none() {
            self.delay += times * mean / place.speed;
            return;
        }
        let mine = self.stations.entry(station).or_default();
        mine.uses += times;
        mine.work += times * mean;
        mine.squares += times * mean * mean * (1.0 + cv * cv);
        mine.laws.insert(law);
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

/// A memory of which something is left behind, or that slows work down, changes what is served.
fn runs_out(program: &Program, memory: MemoryId) -> Option<Obstacle> {
    let memory = &program.memories[memory.index()];
    (memory.leak > 0 || memory.slowdown > 1.0).then_some(Obstacle::Fails)
}

/// What one step does and where it leads.
#[derive(Default)]
struct Look {
    /// Station and law of a service.
    service: Option<(usize, u32)>,
    /// Time outside stations, ns.
    delay: f64,
    /// A call that is made.
    call: Option<CallId>,
    /// Steps that follow one after the other, each with how often.
    then: Vec<(Pc, f64)>,
    /// Steps of which one follows, with probabilities.
    one_of: Vec<(Pc, f64)>,
    obstacles: Vec<Obstacle>,
}

/// A walk over the steps of a program. It goes through all that a visit can reach, callers before
/// callees, and hands on how often each step is taken: its time and memory grow with the number
/// of steps.
pub struct Walk<'p> {
    program: &'p Program,
    /// By call, what it puts on lines.
    carried: Vec<Vec<(usize, f64)>>,
    known: BTreeMap<u32, Rc<Profile>>,
    /// Place of each step in the order of leaving, from 1; 0: not seen.
    places: Vec<u32>,
}

impl<'p> Walk<'p> {
    /// Over `program`.
    pub fn new(program: &'p Program) -> Self {
        Self {
            program,
            carried: lines::carried(program),
            known: BTreeMap::new(),
            places: vec![0; program.steps.len()],
        }
    }

    /// What a visit brings from step `from` to its end.
    pub fn profile(&mut self, from: Pc) -> Rc<Profile> {
        if let Some(known) = self.known.get(&from.0) {
            return Rc::clone(known);
        }
        let order = self.order(from);
        let mut found = Profile::default();
        let mut times = vec![0.0; order.len() + 1];
        times[order.len()] = 1.0;
        for (place, &at) in order.iter().enumerate().rev() {
            let often = times[place + 1];
            let look = self.look(at);
            if let Some((station, law)) = look.service {
                found.serve(self.program, station, law, often);
            }
            for &(line, time) in look.call.map_or(&[][..], |id| &self.carried[id.index()]) {
                *found.lines.entry(line).or_default() += often * time;
            }
            found.delay += often * look.delay;
            found.obstacles.extend(look.obstacles);
            for (to, share) in look.then.into_iter().chain(look.one_of) {
                match self.before(to, place) {
                    Some(next) => times[next] += often * share,
                    None => {
                        found.obstacles.insert(Obstacle::Circle);
                    }
                }
            }
        }
        found.longest = self.longest(&order);
        for at in order {
            self.places[at.index()] = 0;
        }
        let found = Rc::new(found);
        self.known.insert(from.0, Rc::clone(&found));
        found
    }

    /// All steps that can be reached, each behind those that it leads to, save in circles.
    fn order(&mut self, from: Pc) -> Vec<Pc> {
        const OPEN: u32 = u32::MAX;
        let mut order = Vec::new();
        let mut stack = vec![(from, false)];
        while let Some((at, is_left)) = stack.pop() {
            let Some(&place) = self.places.get(at.index()) else {
                continue;
            };
            if is_left {
                order.push(at);
                self.places[at.index()] = order.len() as u32;
            } else if place == 0 {
                self.places[at.index()] = OPEN;
                stack.push((at, true));
                let look = self.look(at);
                let next = look.then.into_iter().chain(look.one_of);
                stack.extend(next.map(|(to, _)| (to, false)));
            }
        }
        order
    }

    /// The place of a step that was left before the one at `place`.
    fn before(&self, step: Pc, place: usize) -> Option<usize> {
        match self.places.get(step.index()) {
            Some(&found) => (found as usize <= place).then_some(found as usize),
            // Past the end of the program nothing follows.
            None => Some(0),
        }
    }

    /// Most services at stations on any way from the last step of the order.
    fn longest(&self, order: &[Pc]) -> f64 {
        let mut longest = vec![0.0_f64; order.len() + 1];
        for (place, &at) in order.iter().enumerate() {
            let look = self.look(at);
            let of = |to: Pc| self.before(to, place).map_or(0.0, |next| longest[next]);
            let served = look
                .service
                .filter(|&(station, _)| self.program.stations[station].servers.is_some());
            let own = if served.is_some() { 1.0 } else { 0.0 };
            let then = look.then.iter().map(|&(to, times)| of(to) * times.max(1.0));
            let one_of = look.one_of.iter().map(|&(to, _)| of(to));
            longest[place + 1] = own + then.sum::<f64>() + one_of.fold(0.0, f64::max);
        }
        longest[order.len()]
    }

    fn look(&self, at: Pc) -> Look {
        let mut look = Look::default();
        let Some(&step) = self.program.steps.get(at.index()) else {
            return look;
        };
        let next = (Pc(at.0 + 1), 1.0);
        if let Some((share, otherwise, obstacle)) = choice(self.program, step) {
            look.obstacles.extend(obstacle);
            look.then = vec![(next.0, share), (otherwise, 1.0 - share)];
            return look;
        }
        match step {
            Step::Serve { station, law, .. } => look.service = Some((station.index(), law.0)),
            Step::Wait { law, .. } => look.delay = self.program.laws[law.index()].mean(),
            Step::Call { call, .. } => self.call(call, &mut look, true),
            Step::Forward { call }
            | Step::ForwardWithRoom { call }
            | Step::ForwardResolved { call, .. } => {
                self.call(call, &mut look, false);
                return look;
            }
            Step::Jump { to } => {
                look.then.push((to, 1.0));
                return look;
            }
            Step::Repeat { count, body, .. } => look.then.push((body, mean(count))),
            Step::Fork { first, count } | Step::Quorum { first, count, .. } => {
                let (entries, obstacle) = branches(self.program, first, count);
                look.obstacles.push(obstacle);
                look.then.extend(entries.map(|entry| (entry, 1.0)));
            }
            Step::Spawn { entry, .. } => {
                look.obstacles.push(Obstacle::Spawned);
                look.then.push((entry, 1.0));
            }
            Step::Publish { entries, .. } => {
                // With every part up the first node of the queue leads.
                look.obstacles.push(Obstacle::Spawned);
                look.then
                    .push((self.program.entries[entries as usize], 1.0));
            }
            Step::Recall { fresh, .. } => {
                look.obstacles.push(Obstacle::Delay);
                look.then.push((fresh, 1.0));
                return look;
            }
            Step::Chance { .. } | Step::Held { .. } | Step::Look { .. } => unreachable!(),
            Step::Occupy { memory } => look.obstacles.extend(runs_out(self.program, memory)),
            Step::Acquire { .. }
            | Step::Limited { .. }
            | Step::Looked { .. }
            | Step::Renew { .. }
            | Step::Session { .. }
            | Step::Commit { .. }
            | Step::Unreached { .. }
            | Step::Weigh { .. }
            | Step::Carried
            | Step::Land { .. }
            | Step::Fill => {}
            Step::Resolve { .. } => look.obstacles.push(Obstacle::Delay),
            Step::Fail { .. } => {
                look.obstacles.push(Obstacle::Fails);
                return look;
            }
            Step::Needed | Step::Reply => return look,
        }
        look.then.push(next);
        look
    }

    fn call(&self, id: CallId, look: &mut Look, comes_back: bool) {
        look.call = Some(id);
        let call = &self.program.calls[id.index()];
        if let Some(latency) = call.latency {
            let mean = self.program.laws[latency.index()].mean();
            look.delay += 2.0 * mean;
            if mean > 0.0 && !comes_back {
                look.obstacles.push(Obstacle::Delay);
            }
        }
        let (shares, obstacles) = shares(self.program, call);
        look.obstacles.extend(obstacles);
        let entry = |place: usize| self.program.entries[call.entries as usize + place];
        look.one_of = shares
            .into_iter()
            .map(|(p, share)| (entry(p), share))
            .collect();
    }
}
