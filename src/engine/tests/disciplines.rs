//! Pencil traces of stations that choose whom to serve, and a slow simulation beside them.

use super::{checked, result};
use crate::engine::build::{self, Builder, plan};

use crate::engine::observation::Observations;
use crate::engine::plan::{End, Plan};
use crate::engine::program::{
    Arrivals, Discipline, Effect, Program, Rates, Reason, Step, TimedEffect,
};
use crate::law::{Law, mix};

/// A job on paper: arrival, priority, demand.
pub(super) type Job = (u64, i32, u64);

/// One class for each job, so that each response time can be read off.
pub(super) fn station(jobs: &[Job], discipline: Discipline, servers: u32) -> Program {
    let mut b = Builder::new();
    let node = b.component("app", 1)[0];
    let cpu = b.station(node, discipline, Some(servers));
    let mut log = Vec::new();
    let mut entries = Vec::new();
    for (number, &(at, priority, demand)) in jobs.iter().enumerate() {
        let law = b.law(Law::Constant(demand as f64));
        let serve = b.serve(cpu, law);
        let inside = b.steps([serve, Step::Reply]);
        let name = format!("job {number}");
        let call = b.call(&name, super::Policy::RoundRobin, &[(node, inside)], |_| ());
        entries.push(Some(b.steps([Step::Forward { call }])));
        let (class, journey) = b.class(&name, None);
        b.program.classes[class.index()].priority = priority;
        log.push((at, journey, 0));
    }
    b.source(
        "users",
        entries[0].unwrap(),
        Arrivals::Replay {
            log,
            items: Vec::new(),
        },
    );
    b.program.sources[0].entry = entries;
    b.program
}

/// When each job was answered.
pub(super) fn ends(seen: &Observations, jobs: &[Job]) -> Vec<u64> {
    let responses = seen.classes.iter().map(|class| class.response_sum as u64);
    responses
        .zip(jobs)
        .map(|(took, job)| job.0 + took)
        .collect()
}

fn run(jobs: &[Job], discipline: Discipline, servers: u32) -> Vec<u64> {
    let program = station(jobs, discipline, servers);
    let seen = checked(&program, &plan(1, End::At(1_000_000)));
    assert_eq!(seen.audit.stations[0].0, seen.audit.stations[0].1);
    ends(&seen, jobs)
}

const SAFE: Discipline = Discipline::Priority { preemptive: false };
const PREEMPT: Discipline = Discipline::Priority { preemptive: true };

/// Jobs of 10 at 0, 1, 2, 3 and one server: the last to come is the next, nobody is interrupted.
#[test]
fn the_last_to_come_is_the_next() {
    let jobs = [(0, 0, 10), (1, 0, 10), (2, 0, 10), (12, 0, 10)];
    assert_eq!(run(&jobs, Discipline::Lcfs, 1), [10, 40, 20, 30]);
}

/// The urgent job that comes at 2 waits for the one in service, and passes the one in line.
#[test]
fn priority_without_preemption_passes_the_line_only() {
    let jobs = [(0, 0, 10), (1, 0, 10), (2, 5, 10)];
    assert_eq!(run(&jobs, SAFE, 1), [10, 30, 20]);
}

/// The urgent job of 10 at 4 interrupts; the other resumes at 14 with 6 left. Equals do not
/// interrupt each other.
#[test]
fn preempted_work_resumes() {
    let jobs = [(0, 0, 10), (4, 5, 10), (5, 5, 3)];
    assert_eq!(run(&jobs, PREEMPT, 1), [23, 14, 17]);
    // Two servers: of two less urgent jobs the one that came last gives way, and goes on first
    // come first served where a server becomes free.
    let jobs = [(0, 1, 10), (1, 1, 10), (2, 2, 4), (3, 1, 10)];
    assert_eq!(run(&jobs, PREEMPT, 2), [10, 15, 6, 20]);
}

/// Two of three at once on one core: 10 and 10 at half speed until 20, the third alone to 30.
#[test]
fn limited_sharing_shares_among_few() {
    let jobs = [(0, 0, 10), (0, 0, 10), (0, 0, 10)];
    let program = station(&jobs, Discipline::LimitedSharing(2), 1);
    let seen = checked(&program, &plan(1, End::At(1000)));
    // At 20 the first one leaves and the third starts; at the same instant the second leaves.
    assert_eq!(ends(&seen, &jobs), [20, 20, 30]);
    let cpu = &seen.stations[0];
    assert_eq!((cpu.busy.area, cpu.queue.area), (30, 20 + 20));
    assert_eq!(cpu.waiting_sum, 10 + 10 + 20);
}

fn with_rates(jobs: &[Job], discipline: Discipline, servers: u32, rates: Rates) -> Vec<u64> {
    let mut program = station(jobs, discipline, servers);
    program.stations[0].rates = rates;
    let seen = checked(&program, &plan(1, End::At(1_000_000)));
    ends(&seen, jobs)
}

/// Servers of speed 0.5 and 1: the first job takes the fast one (10), the second the slow one
/// (20); the third starts at 10 on the fast one.
#[test]
fn the_fastest_free_server_is_taken() {
    let jobs = [(0, 0, 10), (0, 0, 10), (1, 0, 10)];
    let rates = Rates {
        core_speeds: vec![0.5, 1.0],
        scaling: Vec::new(),
        stops: false,
    };
    assert_eq!(with_rates(&jobs, Discipline::Fcfs, 2, rates), [10, 20, 20]);
}

/// Total rate 1 with one job and 1.5 from two on. One server: the first job of 30 has 20 left at
/// 10 when the second comes, needs 20 / 1.5 more, and ends at 23; the second, alone, 30 later.
/// Two servers, or sharing: both at 0.75.
#[test]
fn the_total_rate_follows_the_number_of_jobs() {
    let jobs = [(0, 0, 30), (10, 0, 30)];
    let rates = Rates {
        core_speeds: Vec::new(),
        scaling: vec![1.0, 1.5],
        stops: false,
    };
    let one = with_rates(&jobs, Discipline::Fcfs, 1, rates.clone());
    assert_eq!(one, [23, 53]);
    // At 0.75 each the first ends 20 / 0.75 later, at 37; the second has had 20 and needs 10.
    let two = with_rates(&jobs, Discipline::Fcfs, 2, rates.clone());
    assert_eq!(two, [37, 47]);
    let sharing = with_rates(&jobs, Discipline::ProcessorSharing, 2, rates);
    assert_eq!(sharing, [37, 47]);
}

/// A node at half speed from 4 on: of 10, 6 are left and take 12; the crash at 20 loses the
/// second in service and the third in line.
#[test]
fn slow_nodes_and_crashes_reach_stations_that_choose() {
    let jobs = [(0, 0, 10), (1, 0, 10), (2, 0, 10)];
    let program = station(&jobs, Discipline::Lcfs, 1);
    let node = program.stations.len() as u32 - 1;
    let node = crate::engine::id::NodeId(node);
    let effects = [(4, Effect::Speed(node, 0.5)), (20, Effect::Crash(node))];
    let effects = effects
        .map(|(at, effect)| TimedEffect { at, effect })
        .to_vec();
    let plan = Plan {
        effects,
        ..plan(1, End::At(1000))
    };
    let seen = checked(&program, &plan);
    assert_eq!(result(&seen).1, 16);
    let lost: u64 = seen
        .classes
        .iter()
        .map(|class| class.failed[Reason::Reset as usize])
        .sum();
    assert_eq!((lost, seen.stations[0].busy.area), (2, 20));
    assert_eq!(seen.audit.stations[0].0, seen.audit.stations[0].1);
}

/// Many jobs with few priorities, arrivals and demands from a hash.
fn crowd(seed: u64, load: u64) -> Vec<Job> {
    let mut word = seed;
    let mut now = 0;
    let mut draw = |below: u64| {
        word = mix(word);
        word % below
    };
    let one = |_| {
        now += draw(load);
        (now, draw(3) as i32, 1 + draw(100))
    };
    (0..400).map(one).collect()
}

/// Nanosecond by nanosecond: the most urgent `servers` jobs, earlier ones first, get one each.
fn slow_priority(jobs: &[Job], servers: usize) -> Vec<u64> {
    let mut left: Vec<u64> = jobs.iter().map(|job| job.2).collect();
    let mut ends = vec![0; jobs.len()];
    let mut now = 0;
    while left.iter().any(|&left| left > 0) {
        let mut present: Vec<usize> = (0..jobs.len())
            .filter(|&j| jobs[j].0 <= now && left[j] > 0)
            .collect();
        present.sort_by_key(|&j| (-jobs[j].1, j));
        now += 1;
        for &job in present.iter().take(servers) {
            left[job] -= 1;
            if left[job] == 0 {
                ends[job] = now;
            }
        }
    }
    ends
}

#[test]
fn preemptive_priority_equals_a_slow_simulation() {
    for (seed, servers, load) in [(1, 1, 110), (2, 2, 55), (3, 3, 36), (4, 4, 20)] {
        let jobs = crowd(seed, load);
        let slow = slow_priority(&jobs, servers);
        assert_eq!(
            run(&jobs, PREEMPT, servers as u32),
            slow,
            "{servers} servers"
        );
    }
}

/// First come first served on the general path gives the sample path of the fast one.
#[test]
fn order_of_arrival_is_the_same_on_both_paths() {
    for (seed, servers, load) in [(5, 1, 110), (6, 2, 50), (7, 5, 21)] {
        let jobs = crowd(seed, load);
        let fast = run(&jobs, Discipline::Fcfs, servers);
        let rates = Rates {
            core_speeds: vec![1.0; servers as usize],
            scaling: Vec::new(),
            stops: false,
        };
        assert_eq!(with_rates(&jobs, Discipline::Fcfs, servers, rates), fast);
        // Without priorities that differ, priority is order of arrival.
        let equal: Vec<Job> = jobs.iter().map(|job| (job.0, 0, job.2)).collect();
        assert_eq!(run(&equal, SAFE, servers), fast);
    }
}

/// Mean wait is that of Erlang C whatever the order that does not look at demands, and the
/// spread grows from first come to random to last come: E[W^2] at random is 2/(2 - rho) of that
/// of first come (L. Takacs; J. Kingman, "On queues in which customers are served in random
/// order", 1962), at last come 1/(1 - rho) of it.
#[test]
fn random_and_last_come_have_their_second_moments() {
    let rho = 0.6;
    let squares = |discipline| {
        let demand = Law::Exponential { mean: 1e6 };
        let mut program = build::single(1, discipline, demand, 1000.0 * rho);
        program.stations[0].name = "cpu".into();
        let seen = checked(&program, &plan(11, End::Requests(400_000)));
        let class = &seen.classes[0];
        let n = class.succeeded as f64;
        (
            class.waiting_sum as f64 / n / 1e6,
            class.waiting_squares * 1e6 / n,
        )
    };
    let first = squares(Discipline::Fcfs);
    let (random, last) = (squares(Discipline::RandomOrder), squares(Discipline::Lcfs));
    for (mean, _) in [first, random, last] {
        assert!((mean / 1.5 - 1.0).abs() < 0.03, "{mean}");
    }
    let theory = 2.0 * rho / (1.0 - rho) / (1.0 - rho);
    for ((_, square), factor) in [
        (first, 1.0),
        (random, 2.0 / (2.0 - rho)),
        (last, 1.0 / (1.0 - rho)),
    ] {
        let ratio = square / (theory * factor);
        assert!((ratio - 1.0).abs() < 0.08, "{ratio}");
    }
}
