//! Workloads as flows: what their journeys bring, and how far the load can grow.

use super::{Profile, Walk};
use crate::engine::program::{Arrivals, Process, Program, Source};

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
    /// Arrivals at a fixed pace.
    pub is_paced: bool,
    /// Journeys that start at each arrival.
    pub batch: u32,
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
    let (segment, rate, users, (is_memoryless, is_paced, batch)) = match &source.arrivals {
        Arrivals::Open {
            process,
            batch,
            segments,
            ..
        } => {
            let first = segments.first()?;
            (
                first,
                first.from,
                (0.0, 0.0),
                (
                    *process == Process::Poisson && *batch == 1,
                    *process == Process::Deterministic,
                    *batch,
                ),
            )
        }
        Arrivals::Closed { segments, think } => {
            let first = segments.first()?;
            (
                first,
                0.0,
                (first.from, program.laws[think.index()].mean()),
                (true, false, 1),
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
        is_paced,
        batch,
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
            let is_first = place == 0 && item.times == 1;
            flow.profile.add(&profile, share * times);
            if !is_first {
                // A later request follows an answer and not the arrivals.
                flow.profile.longest = f64::INFINITY;
            }
        }
    }
    Some(flow)
}

/// Factor by which all open loads can grow until a station or a line is full, by its mean demand;
/// infinite without any, `None` with a log.
pub fn headroom(program: &Program) -> Option<f64> {
    let mut total = Profile::default();
    for flow in flows(program)? {
        total.add(&flow.profile, flow.journeys_per_s);
    }
    let stations = total
        .stations
        .iter()
        .map(|(&place, used)| (place, used.work));
    let lines = total.lines.iter().map(|(&place, &work)| (place, work));
    let full = stations.chain(lines);
    Some(
        full.map(|(place, work)| full_at(program, place, work))
            .fold(f64::INFINITY, f64::min),
    )
}

/// Servers of a station over the demand per second that is put on it.
fn full_at(program: &Program, place: usize, work: f64) -> f64 {
    let station = &program.stations[place];
    let servers = station.servers.map_or(f64::INFINITY, f64::from);
    if work <= 0.0 {
        f64::INFINITY
    } else {
        servers * station.speed * 1e9 / work
    }
}

/// Users, in all, beyond which they queue, in the proportions that they have: the asymptotic bound
/// of operational analysis (E. Lazowska et al., *Quantitative System Performance*, section 5.4),
/// (think + demands) over the largest demand where there is one workload. Each workload sends
/// users / (think + demands), and the first station or line to be full beside open loads bounds
/// them. `None` without closed users or demands.
pub fn crowd(program: &Program) -> Option<f64> {
    let flows = flows(program)?;
    let users: f64 = flows.iter().map(|flow| flow.users.0).sum();
    let (mut closed, mut open) = (Profile::default(), Profile::default());
    for flow in &flows {
        if flow.users.0 > 0.0 {
            let round = flow.users.1 + flow.pauses + flow.profile.delay + alone(program, flow)?;
            closed.add(&flow.profile, flow.users.0 * 1e9 / round.max(1.0));
        } else {
            open.add(&flow.profile, flow.journeys_per_s);
        }
    }
    let busy = |profile: &Profile, place: usize| {
        let used = profile.stations.get(&place).map(|used| used.work);
        let work = used.or_else(|| profile.lines.get(&place).copied());
        work.map_or(0.0, |work| 1.0 / full_at(program, place, work))
    };
    let places = closed.stations.keys().chain(closed.lines.keys());
    let times = places.map(|&place| (1.0 - busy(&open, place)) / busy(&closed, place));
    let times = times.fold(f64::INFINITY, f64::min).max(0.0);
    times.is_finite().then_some(users * times)
}

/// Mean time that a journey is served where nobody waits, ns; `None` at a station without bound.
fn alone(program: &Program, flow: &Flow) -> Option<f64> {
    let stations = flow.profile.stations.iter();
    let stations = stations.map(|(&place, used)| (place, used.work));
    let lines = flow
        .profile
        .lines
        .iter()
        .map(|(&place, &work)| (place, work));
    let times = stations.chain(lines).map(|(place, work)| {
        let station = &program.stations[place];
        station.servers.map(|_| work / station.speed)
    });
    times.sum()
}

#[cfg(test)]
mod tests {
    use super::super::Obstacle;
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

    /// One core: open work of 10 ms takes 0.8 of it, and each of 5 users brings 10 ms a 1.01 s:
    /// 20.2 of them fill the rest. 10 users of 50 ms and 180 of 1 ms fill it 190 / 280 full.
    #[test]
    fn users_queue_beside_all_other_work() {
        let users = |open: f64, crowds: &[(u32, u64)]| {
            let mut b = Builder::new("t");
            let was = b.component("was", 1);
            b.cpu(was, 1);
            for (number, &(_, time)) in crowds.iter().enumerate() {
                let work = b.work(was, "cpu", exponential(ms(time)));
                b.operation(was, &format!("c{number}"), vec![work]);
            }
            if open > 0.0 {
                b.open("o", open, &[("c0", was, 1.0)]);
            }
            for (number, &(users, _)) in crowds.iter().enumerate() {
                let class = format!("c{number}");
                b.closed(&class, users, exponential(ms(1_000)), &[(&class, was, 1.0)]);
            }
            crowd(&lower(&b.build()).program).unwrap()
        };
        assert!((users(80.0, &[(5, 10)]) - 0.2 * 101.0).abs() < 1e-9);
        let all = 190.0 / (10.0 * 0.05 / 1.05 + 180.0 * 0.001 / 1.001);
        assert!((users(0.0, &[(10, 50), (180, 1)]) - all).abs() < 1e-9);
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
