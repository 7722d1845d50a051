//! Pools that are held across calls, read off the program as the layers of
//! [`theory::layered`](crate::theory::layered).
//!
//! A passage is what its immediate holder sees: a user, or the permit taken last. Behind an
//! `Acquire`, or a call over a link with connections, all is that permit's until an answer.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::branches::branches;
use super::{Flow, Obstacle, choice, mean, runs_out, shares};
use crate::engine::id::{CallId, Pc};
use crate::engine::program::{Arrivals, Program, Source, Step};
use crate::theory::{Chain, Layered, Load, Pool, Use};

/// A way through a pool: what lies behind the permit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Behind {
    /// The steps from here on.
    Steps(Pc),
    /// The targets of a call.
    Targets(CallId),
}

/// What one holder does itself; times in seconds.
#[derive(Clone, Debug, Default)]
struct Part {
    /// By station: services and seconds in all.
    stations: BTreeMap<usize, (f64, f64)>,
    /// Passages by pool and way.
    pools: BTreeMap<(usize, Behind), f64>,
    delay: f64,
    obstacles: BTreeSet<Obstacle>,
}

impl Part {
    fn add(&mut self, other: &Self, times: f64) {
        for (&station, (uses, work)) in &other.stations {
            let mine = self.stations.entry(station).or_default();
            mine.0 += times * uses;
            mine.1 += times * work;
        }
        for (&way, passages) in &other.pools {
            *self.pools.entry(way).or_default() += times * passages;
        }
        self.delay += times * other.delay;
        self.obstacles.extend(&other.obstacles);
    }

    fn uses(&self, numbers: &Numbers) -> Vec<Use> {
        let stations = self.stations.iter().filter(|(_, used)| used.0 > 0.0);
        let serve =
            stations.map(|(s, used)| Use::Serve(numbers.stations[s], used.0, used.1 / used.0));
        let mut pools: BTreeMap<usize, f64> = BTreeMap::new();
        for ((pool, _), passages) in &self.pools {
            *pools.entry(numbers.pools[pool]).or_default() += passages;
        }
        let enter = pools
            .into_iter()
            .map(|(pool, passages)| Use::Enter(pool, passages));
        serve.chain(enter).chain([Use::Delay(self.delay)]).collect()
    }
}

/// A visit: what its present holder does, and what it does after a forward, when permits taken
/// on the way are given back.
#[derive(Clone, Debug, Default)]
struct Way {
    held: Part,
    beyond: Part,
}

impl Way {
    fn add(&mut self, other: &Self, times: f64) {
        self.held.add(&other.held, times);
        self.beyond.add(&other.beyond, times);
    }

    /// Seen by a caller that waits for the answer.
    fn whole(&self) -> Part {
        let mut part = self.held.clone();
        part.add(&self.beyond, 1.0);
        part
    }
}

/// Places of stations and pools of the program in the layered model.
#[derive(Debug, Default)]
struct Numbers {
    stations: BTreeMap<usize, usize>,
    pools: BTreeMap<usize, usize>,
}

/// The layers of a program under its workloads.
#[derive(Clone, Debug)]
pub struct Layers {
    /// Chains are the workloads in order; their requests are journeys.
    pub model: Layered,
    /// Program stations by their place in the model.
    pub stations: Vec<usize>,
    /// Program pools by their place in the model.
    pub pools: Vec<usize>,
    /// What the layers leave out.
    pub obstacles: BTreeSet<Obstacle>,
}

/// Reads the layers; `None` with a log among the workloads, with calls in a circle, or where
/// pools of one kind contain each other.
pub fn layers(program: &Program, flows: &[Flow]) -> Option<Layers> {
    let mut walk = Walk {
        program,
        known: BTreeMap::new(),
        open: BTreeSet::new(),
    };
    let roots: Vec<Part> = program
        .sources
        .iter()
        .map(|source| root(program, source, &mut walk))
        .collect::<Option<_>>()?;
    let (inside, found) = walk.inside(&roots, flows)?;
    let mut stations = BTreeSet::new();
    for part in roots.iter().chain(inside.values()) {
        stations.extend(part.stations.keys().copied());
    }
    let stations: Vec<usize> = stations.into_iter().collect();
    let pools: Vec<usize> = inside.keys().copied().collect();
    let place = |list: &[usize]| list.iter().enumerate().map(|(k, one)| (*one, k)).collect();
    let numbers = Numbers {
        stations: place(&stations),
        pools: place(&pools),
    };
    let chains = roots.iter().zip(flows).map(|(part, flow)| Chain {
        load: if flow.users.0 > 0.0 {
            Load::Closed(flow.users.0 as u32, (flow.users.1 + flow.pauses) / 1e9)
        } else {
            Load::Open(flow.journeys_per_s)
        },
        uses: part.uses(&numbers),
    });
    let permits = |pool: usize| program.pools[pool].capacity.unwrap_or(u32::MAX);
    Some(Layers {
        model: Layered {
            chains: chains.collect(),
            pools: inside
                .iter()
                .map(|(pool, part)| Pool {
                    permits: permits(*pool),
                    uses: part.uses(&numbers),
                })
                .collect(),
            servers: stations
                .iter()
                .map(|station| program.stations[*station].servers.unwrap_or(u32::MAX))
                .collect(),
        },
        stations,
        pools,
        obstacles: found,
    })
}

/// What a journey of a source does, at the level of its first segment.
fn root(program: &Program, source: &Source, walk: &mut Walk<'_>) -> Option<Part> {
    let segment = match &source.arrivals {
        Arrivals::Open { segments, .. } | Arrivals::Closed { segments, .. } => segments.first()?,
        Arrivals::Replay { .. } => return None,
    };
    let mut part = Part::default();
    for &(journey, share) in &segment.mix {
        for item in &program.journeys[journey.index()].items {
            let entry = source.entry[item.class.index()]?;
            let way = walk.way(entry)?.whole();
            part.add(&way, share * f64::from(item.times));
        }
    }
    Some(part)
}

struct Walk<'p> {
    program: &'p Program,
    known: BTreeMap<u32, Rc<Way>>,
    open: BTreeSet<u32>,
}

impl Walk<'_> {
    /// What holders of each bounded pool do per passage, and all obstacles.
    fn inside(
        &mut self,
        roots: &[Part],
        flows: &[Flow],
    ) -> Option<(BTreeMap<usize, Part>, BTreeSet<Obstacle>)> {
        let mut obstacles = BTreeSet::new();
        // Passages per second by way, pushed outside in; closed workloads weigh by their users.
        let mut waiting: BTreeMap<(usize, Behind), f64> = BTreeMap::new();
        for (part, flow) in roots.iter().zip(flows) {
            obstacles.extend(&part.obstacles);
            let weight = flow.journeys_per_s.max(flow.users.0);
            for (&way, passages) in &part.pools {
                *waiting.entry(way).or_default() += weight * passages;
            }
        }
        let mut sums: BTreeMap<usize, (f64, Part)> = BTreeMap::new();
        let mut rounds = 0;
        while let Some(((pool, behind), weight)) = waiting.pop_first() {
            rounds += 1;
            if rounds > 100_000 {
                return None;
            }
            let part = self.behind(behind)?;
            obstacles.extend(&part.obstacles);
            for (&way, passages) in &part.pools {
                *waiting.entry(way).or_default() += weight * passages;
            }
            let sum = sums.entry(pool).or_default();
            sum.0 += weight;
            sum.1.add(&part, weight);
        }
        let mean = |(pool, (weight, part)): (usize, (f64, Part))| {
            let mut mean = Part::default();
            mean.add(&part, 1.0 / weight);
            (pool, mean)
        };
        let sums = sums.into_iter().filter(|(_, (weight, _))| *weight > 0.0);
        Some((sums.map(mean).collect(), obstacles))
    }

    fn behind(&mut self, behind: Behind) -> Option<Part> {
        match behind {
            Behind::Steps(from) => Some(self.way(from)?.held.clone()),
            Behind::Targets(call) => self.targets(call),
        }
    }

    fn way(&mut self, from: Pc) -> Option<Rc<Way>> {
        if let Some(known) = self.known.get(&from.0) {
            return Some(Rc::clone(known));
        }
        if !self.open.insert(from.0) {
            return None;
        }
        let mut found = Way::default();
        self.step(from, &mut found)?;
        self.open.remove(&from.0);
        let found = Rc::new(found);
        self.known.insert(from.0, Rc::clone(&found));
        Some(found)
    }

    fn go(&mut self, to: Pc, found: &mut Way, times: f64) -> Option<()> {
        let rest = self.way(to)?;
        found.add(&rest, times);
        Some(())
    }

    fn step(&mut self, at: Pc, found: &mut Way) -> Option<()> {
        let Some(&step) = self.program.steps.get(at.index()) else {
            return Some(());
        };
        let next = Pc(at.0 + 1);
        if let Some((share, otherwise, obstacle)) = choice(self.program, step) {
            found.held.obstacles.extend(obstacle);
            self.go(next, found, share)?;
            return self.go(otherwise, found, 1.0 - share);
        }
        match step {
            Step::Serve { station, law, .. } => self.serve(station.index(), law.index(), found),
            Step::Wait { law, .. } => {
                found.held.delay += self.program.laws[law.index()].mean() / 1e9;
            }
            Step::Acquire { pool } if self.program.pools[pool.index()].capacity.is_some() => {
                let rest = self.way(next)?;
                let way = (pool.index(), Behind::Steps(next));
                *found.held.pools.entry(way).or_default() += 1.0;
                found.beyond.add(&rest.beyond, 1.0);
                return Some(());
            }
            Step::Chance { .. } | Step::Held { .. } | Step::Look { .. } => unreachable!(),
            Step::Occupy { memory } => found.held.obstacles.extend(runs_out(self.program, memory)),
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
            Step::Call { call, .. } => self.call(call, found)?,
            Step::Forward { call } | Step::ForwardResolved { call, .. } => {
                let part = self.targets(call)?;
                found.beyond.add(&part, 1.0);
                return Some(());
            }
            Step::Jump { to } => return self.go(to, found, 1.0),
            Step::Repeat { count, body, .. } => self.go(body, found, mean(count))?,
            Step::Fork { first, count } | Step::Quorum { first, count, .. } => {
                let (mut entries, obstacle) = branches(self.program, first, count);
                found.held.obstacles.insert(obstacle);
                entries.try_for_each(|entry| self.go(entry, found, 1.0))?;
            }
            Step::Spawn { .. } | Step::Publish { .. } => {
                found.held.obstacles.insert(Obstacle::Spawned);
            }
            Step::Recall { fresh, .. } => {
                found.held.obstacles.insert(Obstacle::Delay);
                return self.go(fresh, found, 1.0);
            }
            Step::Resolve { .. } => found.held.obstacles.extend([Obstacle::Delay]),
            Step::ForwardWithRoom { .. } => return None,
            Step::Fail { .. } => {
                found.held.obstacles.insert(Obstacle::Fails);
                return Some(());
            }
            Step::Needed | Step::Reply => return Some(()),
        }
        self.go(next, found, 1.0)
    }

    fn serve(&self, station: usize, law: usize, found: &mut Way) {
        let place = &self.program.stations[station];
        let work = self.program.laws[law].mean() / place.speed / 1e9;
        if place.servers.is_none() {
            found.held.delay += work;
            return;
        }
        let mine = found.held.stations.entry(station).or_default();
        mine.0 += 1.0;
        mine.1 += work;
    }

    fn call(&mut self, id: CallId, found: &mut Way) -> Option<()> {
        let pool = self.program.calls[id.index()].pool;
        let bounded = pool.filter(|pool| self.program.pools[pool.index()].capacity.is_some());
        if let Some(pool) = bounded {
            let way = (pool.index(), Behind::Targets(id));
            *found.held.pools.entry(way).or_default() += 1.0;
        } else {
            let part = self.targets(id)?;
            found.held.add(&part, 1.0);
        }
        Some(())
    }

    /// Latency both ways and whoever is chosen.
    fn targets(&mut self, id: CallId) -> Option<Part> {
        let call = &self.program.calls[id.index()];
        let mut part = Part::default();
        if let Some(latency) = call.latency {
            part.delay += 2.0 * self.program.laws[latency.index()].mean() / 1e9;
        }
        let (shares, obstacles) = shares(self.program, call);
        part.obstacles.extend(obstacles);
        for (place, share) in shares {
            let entry = self.program.entries[call.entries as usize + place];
            part.add(&self.way(entry)?.whole(), share);
        }
        Some(part)
    }
}

#[cfg(test)]
mod tests {
    use super::super::flows;
    use super::*;
    use crate::lower::lower;
    use crate::model::builder::{Builder, exponential, ms};
    use crate::theory::layered;

    #[test]
    fn threads_around_connections_around_a_database() {
        let mut b = Builder::new("t");
        let was = b.component("was", 1);
        let db = b.component("db", 1);
        b.cpu(was, 1).cpu(db, 1).threads(was, 16, 1_000);
        let query = b.call(was, db);
        b.link(was, db).pool = Some(4);
        let work = b.work(was, "cpu", exponential(ms(10)));
        b.operation(was, "default", vec![work, query]);
        let work = b.work(db, "cpu", exponential(ms(5)));
        b.operation(db, "default", vec![work]);
        b.closed("users", 60, exponential(ms(1_000)), &[("page", was, 1.0)]);
        let lowered = lower(&b.build());
        let flows = flows(&lowered.program).unwrap();
        let found = layers(&lowered.program, &flows).unwrap();
        let permits: Vec<u32> = found.model.pools.iter().map(|pool| pool.permits).collect();
        assert!(permits.contains(&16) && permits.contains(&4), "{permits:?}");
        let threads = permits.iter().position(|p| *p == 16).unwrap();
        let enters = |uses: &[Use]| {
            uses.iter()
                .any(|u| matches!(u, Use::Enter(_, times) if (*times - 1.0).abs() < 1e-12))
        };
        assert!(enters(&found.model.chains[0].uses));
        assert!(enters(&found.model.pools[threads].uses));
        assert!(found.obstacles.is_empty(), "{:?}", found.obstacles);
        assert!(layered(&found.model).is_some());
    }
}
