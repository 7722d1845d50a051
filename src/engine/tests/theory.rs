//! Long runs against closed forms.

use super::checked;
use crate::engine::build::{plan, single, tiers};
use crate::engine::id::{Pc, PoolId};
use crate::engine::observation::Ending;
use crate::engine::plan::{End, Plan};
use crate::engine::program::{Discipline, Part, Pool, Program, Reason, Step};
use crate::law::Law;
use crate::theory::Bounded;

const MS: f64 = 1e6;

/// Mean response time over several seeds, with its standard error, ms.
fn mean_response(program: &Program, warm_up: u64, end: u64) -> (f64, f64) {
    let means: Vec<f64> = (0..10)
        .map(|seed| {
            let plan = Plan {
                warm_up,
                ..plan(seed, End::At(end))
            };
            let class = &checked(program, &plan).classes[0];
            class.response_sum as f64 / class.response.count() as f64 / MS
        })
        .collect();
    let n = means.len() as f64;
    let mean = means.iter().sum::<f64>() / n;
    let variance = means.iter().map(|m| (m - mean) * (m - mean)).sum::<f64>() / (n - 1.0);
    (mean, (variance / n).sqrt())
}

fn close(seen: (f64, f64), theory: f64) {
    assert!(
        (seen.0 - theory).abs() < 4.0 * seen.1,
        "{seen:?} against {theory}"
    );
    assert!(seen.1 < 0.02 * theory, "too coarse to judge: {seen:?}");
}

/// M/M/1 at 0.8 with mean service 1 ms: 5 ms.
#[test]
fn mm1() {
    let program = single(1, Discipline::Fcfs, Law::Exponential { mean: MS }, 800.0);
    close(mean_response(&program, 1_000_000_000, 200_000_000_000), 5.0);
}

/// The same under processor sharing, also with other laws: the mean does not depend on them.
#[test]
fn mg1_sharing_is_insensitive() {
    for law in [
        Law::Exponential { mean: MS },
        Law::Constant(MS),
        Law::HyperExponential { mean: MS, cv: 2.0 },
    ] {
        let program = single(1, Discipline::ProcessorSharing, law, 700.0);
        close(
            mean_response(&program, 1_000_000_000, 200_000_000_000),
            1.0 / 0.3,
        );
    }
}

/// M/D/1 at 0.8: Pollaczek-Khinchine, half the wait of M/M/1.
#[test]
fn md1() {
    let program = single(1, Discipline::Fcfs, Law::Constant(MS), 800.0);
    close(mean_response(&program, 1_000_000_000, 200_000_000_000), 3.0);
}

/// Jackson: four M/M/2 at 0.75 and one M/M/4 at 0.75; Erlang C(2, 1.5) = 9/14,
/// C(4, 3) = 0.509434.
#[test]
fn tandem_of_tiers() {
    let demand = || Law::Exponential { mean: MS };
    let program = tiers(4, demand(), Law::Exponential { mean: MS / 2.0 }, 6000.0);
    let web = 1.0 + 9.0 / 14.0 / 0.5;
    let db = 0.5 + 0.509_434 * 0.5 / (4.0 * 0.25);
    close(
        mean_response(&program, 1_000_000_000, 60_000_000_000),
        web + db,
    );
}

#[test]
fn the_number_of_requests_can_be_asked_for() {
    let program = single(1, Discipline::Fcfs, Law::Exponential { mean: MS }, 800.0);
    let seen = checked(&program, &plan(1, End::Requests(5000)));
    assert_eq!(seen.ending, Ending::Complete);
    assert_eq!(
        (seen.classes[0].offered, seen.classes[0].succeeded),
        (5000, 5000)
    );
    assert!(seen.random);
}

/// S6: three cores behind eight threads with room for twelve; n jobs inside run at
/// min(n, 3) / (1 + 0.05 (n - 1) + 0.01 n (n - 1)) of one core. Against the birth-death chain:
/// mean response of those let in, and the share of those turned away.
#[test]
fn contention_of_threads() {
    let mut program = single(
        3,
        Discipline::ProcessorSharing,
        Law::Exponential { mean: MS },
        1900.0,
    );
    program.stations[0].contention = (0.05, 0.01);
    program.pools.push(Pool {
        name: "threads".into(),
        capacity: Some(8),
        room: Some(12),
        refusal: Reason::Refused,
        part: Part::Queue,
        patience: None,
        full: crate::engine::program::Full::Refuse,
        overload: crate::engine::program::Overload::default(),
    });
    let entry = Pc::from(program.steps.len());
    let work = program.steps[program.entries[0].index()];
    let take = Step::Acquire { pool: PoolId(0) };
    program.steps.extend([take, work, Step::Reply]);
    program.entries[0] = entry;
    let rate = |n: u32| {
        let n = f64::from(n.min(8));
        1000.0 * n.min(3.0) / (1.0 + 0.05 * (n - 1.0) + 0.01 * n * (n - 1.0))
    };
    let rates: Vec<f64> = (1..=20).map(rate).collect();
    let theory = Bounded::new(1900.0, &rates).unwrap();
    let (warm_up, end) = (1_000_000_000, 100_000_000_000);
    let seen = mean_response(&program, warm_up, end);
    close(seen, theory.mean_response() * 1000.0);
    let refused = |seed| {
        let plan = Plan {
            warm_up,
            ..plan(seed, End::At(end))
        };
        let class = &checked(&program, &plan).classes[0];
        class.failed[Reason::Refused as usize] as f64 / class.offered as f64
    };
    let shares: Vec<f64> = (0..10).map(refused).collect();
    let mean = shares.iter().sum::<f64>() / 10.0;
    let spread: f64 = shares.iter().map(|share| (share - mean).powi(2)).sum();
    close((mean, (spread / 90.0).sqrt()), theory.blocking());
}
