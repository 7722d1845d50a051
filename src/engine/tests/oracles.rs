//! The engine request by request against plain recursions, and what designs share.

use super::checked;
use crate::engine::build::{plan, single, tiers};
use crate::engine::plan::{End, Plan};
use crate::engine::program::{Arrivals, Discipline, Program, Step};
use crate::engine::selector::hash;
use crate::law::{Law, Ziggurat, mix, round};

const MS: f64 = 1e6;
const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;

/// Key of a workload in the replication of [`plan`].
fn source_key(seed: u64) -> u64 {
    mix(mix(mix(seed)) ^ hash("users"))
}

/// Demand of request `number` at the only station, as the rules of S37 say.
fn demand(seed: u64, number: u64, law: &Law) -> u64 {
    let request = mix(source_key(seed).wrapping_add(number.wrapping_mul(SPREAD)));
    round(
        law.sampler()
            .sample(mix(request ^ hash("law 0")), Ziggurat::get()),
    )
}

/// The same program with recorded arrivals: ns, all of the first journey.
fn replayed(mut program: Program, arrivals: &[u64]) -> Program {
    let journey = crate::engine::id::JourneyId(0);
    let log = arrivals.iter().map(|&at| (at, journey, 0)).collect();
    program.sources[0].arrivals = Arrivals::Replay {
        log,
        items: Vec::new(),
    };
    program
}

/// Lindley: each request starts at its arrival or when a server is free, whichever is later.
#[test]
fn first_come_queues_follow_the_recursion() {
    for servers in [1, 3] {
        let law = Law::Exponential { mean: MS };
        let gap = 1_100_000 / u64::from(servers);
        let arrivals: Vec<u64> = (0..20_000).map(|n| n * gap + mix(n) % gap).collect();
        let mut free = vec![0u64; servers as usize];
        let (mut response, mut waiting) = (0u128, 0u128);
        for (number, &at) in arrivals.iter().enumerate() {
            let server = (0..free.len())
                .min_by_key(|&server| free[server])
                .expect("servers");
            let start = at.max(free[server]);
            free[server] = start + demand(4, number as u64, &law);
            response += u128::from(free[server] - at);
            waiting += u128::from(start - at);
        }
        let program = replayed(single(servers, Discipline::Fcfs, law, 1.0), &arrivals);
        let seen = checked(&program, &plan(4, End::At(u64::MAX / 8)));
        assert_eq!(seen.classes[0].response_sum, response);
        assert_eq!(seen.classes[0].waiting_sum, waiting);
        assert_eq!(seen.stations[0].waiting_sum, waiting);
    }
}

/// S37: demands depend on the request and the step, not on nodes, policy or order of service, so
/// that the work that arrives is the same to the ns in all these designs.
#[test]
fn designs_meet_the_same_demands() {
    let (web, db) = (
        Law::Exponential { mean: MS },
        Law::Exponential { mean: MS / 2.0 },
    );
    let work = |program: &Program| {
        let seen = checked(program, &plan(9, End::Requests(2000)));
        let until = seen.audit.stations.len();
        // Service of the web stations and of the database, whole run to the last answer.
        let web: u128 = seen.breakdown.total[2];
        let db: u128 = seen.breakdown.total[5 + 2];
        assert!(until > 2);
        (web, db, seen.window.1)
    };
    let four = tiers(4, web.clone(), db.clone(), 5000.0);
    let six = tiers(6, web, db, 5000.0);
    assert_eq!(work(&four), work(&six));
    let mut shared = four.clone();
    for station in &mut shared.stations[1..] {
        station.discipline = Discipline::ProcessorSharing;
    }
    assert_eq!(work(&four), work(&shared));
}

/// A step more at the end of the way disturbs no other draw.
#[test]
fn a_further_step_disturbs_no_draw() {
    let law = Law::Exponential { mean: MS };
    let plain = single(1, Discipline::Fcfs, law, 500.0);
    let mut longer = plain.clone();
    let entry = longer.steps.len() as u32;
    let wait = Step::Wait {
        law: crate::engine::id::LawId(0),
        key: 77,
        part: crate::engine::program::Part::Network,
    };
    longer.steps.extend([plain.steps[0], wait, Step::Reply]);
    longer.entries[0] = crate::engine::id::Pc(entry);
    let look = |program: &Program| {
        let seen = checked(program, &plan(2, End::Requests(3000)));
        (
            seen.breakdown.total[1],
            seen.breakdown.total[2],
            seen.window,
        )
    };
    assert_eq!(look(&plain), look(&longer));
}

/// A planted error in the demands is visible (the bias acts on every draw).
#[test]
fn a_biased_demand_shows() {
    let program = single(1, Discipline::Fcfs, Law::Constant(MS), 100.0);
    let straight = checked(&program, &plan(1, End::Requests(1000)));
    let biased = checked(
        &program,
        &Plan {
            demand_bias: 1.5,
            ..plan(1, End::Requests(1000))
        },
    );
    assert_eq!(straight.breakdown.total[2], 1_000_000_000);
    assert_eq!(biased.breakdown.total[2], 1_500_000_000);
}
