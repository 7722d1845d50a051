//! What requests bring to the stations on average: visits and demands, by a walk over the
//! program. The base of the laws that runs are held against and of the bounds on throughput.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::engine::id::{CallId, Pc};
use crate::engine::program::{Arrivals, Call, Count, Policy, Program, Source, Step, Target};

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
    /// Part of the requests is made to fail.
    Fails,
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
    /// Why it cannot be held against theory.
    pub obstacles: BTreeSet<Obstacle>,
}

impl Profile {
    /// Adds `other`, `times` times.
    pub fn add(&mut self, other: &Self, times: f64) {
        for (&station, more) in &other.stations {
            let mine = self.stations.entry(station).or_default();
            mine.uses += times * more.uses;
            mine.work += times * more.work;
            mine.laws.extend(&more.laws);
        }
        self.delay += times * other.delay;
        self.obstacles.extend(&other.obstacles);
    }

    fn serve(&mut self, program: &Program, station: usize, law: u32) {
        let mean = program.laws[law as usize].mean();
        let place = &program.stations[station];
        if place.servers.is_none() {
            self.delay += mean / place.speed;
            return;
        }
        let mine = self.stations.entry(station).or_default();
        mine.uses += 1.0;
        mine.work += mean;
        mine.laws.insert(law);
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

    fn go(&mut self, to: Pc, found: &mut Profile, share: f64) {
        let rest = self.profile(to);
        found.add(&rest, share);
    }

    fn step(&mut self, at: Pc, found: &mut Profile) {
        let Some(&step) = self.program.steps.get(at.index()) else {
            return;
        };
        let next = Pc(at.0 + 1);
        match step {
            Step::Serve { station, law, .. } => found.serve(self.program, station.index(), law.0),
            Step::Wait { law, .. } => found.delay += self.program.laws[law.index()].mean(),
            Step::Acquire { .. } => {}
            Step::Call { call, .. } => self.call(call, found, true),
            Step::Forward { call } => return self.call(call, found, false),
            Step::Chance {
                share, otherwise, ..
            } => {
                self.go(next, found, share);
                return self.go(otherwise, found, 1.0 - share);
            }
            Step::Jump { to } => return self.go(to, found, 1.0),
            Step::Repeat { count, body, .. } => {
                let times = match count {
                    Count::Times(times) => f64::from(times),
                    Count::Geometric(mean) => mean,
                };
                self.go(body, found, times);
            }
            Step::Fork { first, count } => {
                found.obstacles.insert(Obstacle::Parallel);
                for branch in first..first + count {
                    self.go(self.program.branches[branch as usize].0, found, 1.0);
                }
            }
            Step::Spawn { entry, .. } => {
                found.obstacles.insert(Obstacle::Spawned);
                self.go(entry, found, 1.0);
            }
            Step::Recall { fresh, .. } => {
                found.obstacles.insert(Obstacle::Delay);
                return self.go(fresh, found, 1.0);
            }
            Step::Resolve { .. } => {
                found.obstacles.insert(Obstacle::Delay);
            }
            Step::ForwardResolved { call, .. } => return self.call(call, found, false),
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
        let (shares, is_random) = shares(self.program, call);
        if !is_random {
            found.obstacles.insert(Obstacle::Policy);
        }
        for (place, share) in shares {
            let entry = self.program.entries[call.entries as usize + place];
            self.go(entry, found, share);
        }
    }
}

/// Targets that are chosen in normal times with their long-run shares, and whether the choice is
/// a random split.
fn shares(program: &Program, call: &Call) -> (Vec<(usize, f64)>, bool) {
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
    (
        chosen
            .iter()
            .map(|(place, target)| (*place, weight(target) / all))
            .collect(),
        is_random,
    )
}

/// The load of one workload and what it brings.
#[derive(Clone, Debug)]
pub struct Flow {
    /// Journeys per second, or 0 for a closed workload.
    pub journeys_per_s: f64,
    /// Users and mean think time before a journey, ns; 0 for an open workload.
    pub users: (f64, f64),
    /// Requests of a journey.
    pub requests: f64,
    /// Pauses within a journey, ns.
    pub pauses: f64,
    /// What a journey brings.
    pub profile: Profile,
    /// Poisson arrivals one by one, or a closed workload.
    pub is_memoryless: bool,
}

/// Flows of all workloads at the level of their first segment; `None` with a log among them.
pub fn flows(program: &Program) -> Option<Vec<Flow>> {
    let mut walk = Walk::new(program);
    program
        .sources
        .iter()
        .map(|source| flow(program, source, &mut walk))
        .collect()
}

fn flow(program: &Program, source: &Source, walk: &mut Walk<'_>) -> Option<Flow> {
    use crate::engine::program::Process;
    let (segment, rate, users, is_memoryless) = match &source.arrivals {
        Arrivals::Open {
            process,
            batch,
            segments,
        } => {
            let first = segments.first()?;
            (
                first,
                first.from,
                (0.0, 0.0),
                *process == Process::Poisson && *batch == 1,
            )
        }
        Arrivals::Closed { segments, think } => {
            let first = segments.first()?;
            (
                first,
                0.0,
                (first.from, program.laws[think.index()].mean()),
                true,
            )
        }
        Arrivals::Replay { .. } => return None,
    };
    let mut flow = Flow {
        journeys_per_s: rate,
        users,
        requests: 0.0,
        pauses: 0.0,
        profile: Profile::default(),
        is_memoryless,
    };
    for &(journey, share) in &segment.mix {
        for (place, item) in program.journeys[journey.index()].items.iter().enumerate() {
            let times = f64::from(item.times);
            flow.requests += share * times;
            let first_of_all = if place == 0 { 1.0 } else { 0.0 };
            let pause = item
                .think
                .map_or(0.0, |law| program.laws[law.index()].mean());
            flow.pauses += share * pause * (times - first_of_all).max(0.0);
            let root = source.entry[item.class.index()]?;
            let profile = walk.profile(root);
            flow.profile.add(&profile, share * times);
        }
    }
    Some(flow)
}

/// Factor by which all open loads can grow until a station is full, by its mean demand; infinite
/// without stations, `None` with a log.
pub fn headroom(program: &Program) -> Option<f64> {
    let mut total = Profile::default();
    for flow in flows(program)? {
        total.add(&flow.profile, flow.journeys_per_s);
    }
    Some(
        total
            .stations
            .iter()
            .map(|(&place, used)| full_at(program, place, used))
            .fold(f64::INFINITY, f64::min),
    )
}

/// Servers of a station over the demand per second that is put on it.
fn full_at(program: &Program, place: usize, used: &Use) -> f64 {
    let station = &program.stations[place];
    let servers = station.servers.map_or(f64::INFINITY, f64::from);
    if used.work <= 0.0 {
        f64::INFINITY
    } else {
        servers * station.speed * 1e9 / used.work
    }
}

/// Users beyond which a closed workload queues: (think + demands) over the largest demand, the
/// asymptotic bound of operational analysis (E. Lazowska et al., *Quantitative System
/// Performance*, section 5.4). `None` without closed users or demands.
pub fn crowd(program: &Program) -> Option<f64> {
    let flow = flows(program)?
        .into_iter()
        .find(|flow| flow.users.0 > 0.0)?;
    let demands = flow.profile.stations.iter().map(|(&place, used)| {
        let station = &program.stations[place];
        (
            used.work / station.speed,
            used.work / station.speed / f64::from(station.servers?),
        )
            .into()
    });
    let demands: Vec<(f64, f64)> = demands.collect::<Option<_>>()?;
    let most = demands.iter().map(|pair| pair.1).fold(0.0, f64::max);
    let all: f64 = demands.iter().map(|pair| pair.0).sum();
    let pauses = flow.users.1 + flow.pauses + flow.profile.delay;
    (most > 0.0).then(|| (pauses + all) / most)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lower::lower;
    use crate::model::builder::{Builder, constant, exponential, ms};
    use crate::model::{Model, Policy as Balance, Step as Do};

    /// 4 application servers of two cores at random, released, then a database of 4 cores.
    fn three_tiers(policy: Balance) -> Model {
        let mut b = Builder::new("three");
        let lb = b.component("lb", 1);
        let app = b.component("app", 4);
        let db = b.component("db", 1);
        b.cpu(app, 2).cpu(db, 4);
        let to_app = b.forward(lb, app);
        let to_db = b.forward(app, db);
        b.link(lb, app).balance = policy;
        b.operation(lb, "default", vec![to_app]);
        let work = b.work(app, "cpu", exponential(ms(10)));
        b.operation(app, "default", vec![work, to_db]);
        let query = b.work(db, "cpu", exponential(ms(5)));
        b.operation(db, "default", vec![query]);
        b.open("users", 560.0, &[("page", lb, 1.0)]);
        b.build()
    }

    #[test]
    fn a_random_split_quarters_the_demand() {
        let lowered = lower(&three_tiers(Balance::Random));
        let flow = &flows(&lowered.program).unwrap()[0];
        assert!(
            flow.profile.obstacles.is_empty(),
            "{:?}",
            flow.profile.obstacles
        );
        let work: Vec<f64> = flow
            .profile
            .stations
            .values()
            .map(|used| used.work)
            .collect();
        assert_eq!(work.len(), 5);
        assert!((work.iter().sum::<f64>() - 15e6).abs() < 1.0);
        assert_eq!(work.iter().filter(|&&w| (w - 2.5e6).abs() < 1.0).count(), 4);
        let factor = headroom(&lowered.program).unwrap();
        assert!(
            (factor - 800.0 / 560.0).abs() < 1e-9,
            "both tiers carry 800/s"
        );
    }

    #[test]
    fn turns_are_no_random_split() {
        let lowered = lower(&three_tiers(Balance::RoundRobin));
        let flow = &flows(&lowered.program).unwrap()[0];
        assert_eq!(
            flow.profile.obstacles.iter().collect::<Vec<_>>(),
            [&Obstacle::Policy]
        );
    }

    #[test]
    fn chances_loops_and_delays_are_weighted() {
        let mut b = Builder::new("t");
        let was = b.component("was", 1);
        b.cpu(was, 1);
        let work = |b: &Builder, time| b.work(was, "cpu", constant(time));
        let steps = vec![
            Do::Wait(constant(ms(7))),
            Do::Chance {
                share: 0.25,
                then: vec![work(&b, ms(8))],
                otherwise: vec![work(&b, ms(4))],
            },
            Do::Repeat {
                times: crate::model::Count::Times(3),
                steps: vec![work(&b, ms(1))],
            },
        ];
        b.operation(was, "default", steps);
        b.closed("users", 10, exponential(ms(92)), &[("page", was, 1.0)]);
        let lowered = lower(&b.build());
        let flow = &flows(&lowered.program).unwrap()[0];
        let used = flow.profile.stations.values().next().unwrap();
        assert!((used.uses - 4.0).abs() < 1e-12);
        assert!((used.work - (2e6 + 3e6 + 3e6)).abs() < 1e-6);
        assert!((flow.profile.delay - 7e6).abs() < 1e-6);
        let users = crowd(&lowered.program).unwrap();
        assert!((users - (92.0 + 7.0 + 8.0) / 8.0).abs() < 1e-9);
    }
}
