//! Permits that are held: what threads and connections put on throughput.
//!
//! A permit is held for at least what its holder does where nobody waits, so that no more than
//! permits over that time can pass through a pool: the utilisation law with holding in place of
//! service (E. Lazowska et al., *Quantitative System Performance*, section 3.3).

use super::layers::{Layers, layers};
use super::{Flow, Obstacle};
use crate::engine::program::Program;
use crate::theory::Use;

/// Time that a journey of each workload keeps one permit of each pool busy where nobody waits, s:
/// passages times holding over permits. Empty where that is not known: with a log, with branches
/// at once, copies, or failures that end a visit early.
pub(super) fn held(program: &Program, flows: &[Flow]) -> Vec<Vec<f64>> {
    let unknown = [Obstacle::Parallel, Obstacle::Copies, Obstacle::Fails];
    let Some(found) = layers(program, flows) else {
        return Vec::new();
    };
    if unknown.iter().any(|one| found.obstacles.contains(one)) {
        return Vec::new();
    }
    let Some(holding) = holding(&found) else {
        return Vec::new();
    };
    let chains = 0..found.model.chains.len();
    chains
        .map(|chain| of_chain(&found, chain, &holding))
        .collect()
}

/// Mean time that a permit of each pool is held where nobody waits, s; `None` in a circle.
fn holding(found: &Layers) -> Option<Vec<f64>> {
    let pools = &found.model.pools;
    let once = |known: &[f64]| -> Vec<f64> {
        let time = |one: &Use| match *one {
            Use::Serve(_, times, seconds) => times * seconds,
            Use::Enter(pool, times) => times * known[pool],
            Use::Delay(seconds) => seconds,
        };
        pools
            .iter()
            .map(|pool| pool.uses.iter().map(time).sum())
            .collect()
    };
    settled(vec![0.0; pools.len()], once)
}

/// Seconds of each pool's permits that a journey of a workload takes.
fn of_chain(found: &Layers, chain: usize, holding: &[f64]) -> Vec<f64> {
    let pools = &found.model.pools;
    let mut first = vec![0.0; pools.len()];
    let enter = |uses: &[Use], share: f64, into: &mut Vec<f64>| {
        for one in uses {
            if let Use::Enter(pool, times) = *one {
                into[pool] += share * times;
            }
        }
    };
    enter(&found.model.chains[chain].uses, 1.0, &mut first);
    let once = |known: &[f64]| {
        let mut passages = first.clone();
        for (pool, passed) in pools.iter().zip(known) {
            enter(&pool.uses, *passed, &mut passages);
        }
        passages
    };
    let passages = settled(first.clone(), once).unwrap_or_default();
    let each = passages.iter().zip(holding).zip(pools);
    each.map(|((passages, seconds), pool)| passages * seconds / f64::from(pool.permits))
        .collect()
}

/// What does not change any more when `once` is done to it: after as many rounds as pools can lie
/// inside each other.
fn settled(mut known: Vec<f64>, once: impl Fn(&[f64]) -> Vec<f64>) -> Option<Vec<f64>> {
    for _ in 0..=known.len() {
        let next = once(&known);
        let is_still = next
            .iter()
            .zip(&known)
            .all(|(a, b)| (a - b).abs() <= 1e-12 * a.abs());
        if is_still {
            return Some(next);
        }
        known = next;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::{crowd, flows, headroom};
    use super::*;
    use crate::lower::lower;
    use crate::model::builder::{Builder, constant, exponential, ms};
    use crate::model::{Model, Step as Do};

    /// 8 cores, 4 threads around 10 ms of work, a pause of 30 ms, and a call of 20 ms.
    fn around(pool: Option<u32>, users: Option<u32>) -> Model {
        let mut b = Builder::new("t");
        let was = b.component("was", 1);
        let db = b.component("db", 1);
        b.cpu(was, 8).cpu(db, 16).threads(was, 4, 1_000);
        let query = b.call(was, db);
        b.link(was, db).pool = pool;
        let work = b.work(was, "cpu", exponential(ms(10)));
        b.operation(
            was,
            "default",
            vec![work, Do::Wait(constant(ms(30))), query],
        );
        let work = b.work(db, "cpu", exponential(ms(20)));
        b.operation(db, "default", vec![work]);
        match users {
            Some(users) => b.closed("users", users, exponential(ms(940)), &[("page", was, 1.0)]),
            None => b.open("users", 10.0, &[("page", was, 1.0)]),
        };
        b.build()
    }

    /// 4 threads of 60 ms carry 66.7/s, one connection of 20 ms carries 50/s, 8 cores 800/s.
    #[test]
    fn the_pool_that_is_full_first_bounds_the_load() {
        let load = |pool| 10.0 * headroom(&lower(&around(pool, None)).program).unwrap();
        assert!((load(None) - 4.0 / 0.06).abs() < 1e-9, "{}", load(None));
        assert!((load(Some(4)) - 4.0 / 0.06).abs() < 1e-9);
        assert!((load(Some(1)) - 50.0).abs() < 1e-9, "{}", load(Some(1)));
    }

    /// A round of 1 s over 15 ms of the busiest permit.
    #[test]
    fn users_queue_for_threads() {
        let program = lower(&around(None, Some(10))).program;
        let users = crowd(&program).unwrap();
        assert!((users - 1.0 / 0.015).abs() < 1e-9, "{users}");
    }

    #[test]
    fn what_is_not_known_bounds_nothing() {
        let mut b = Builder::new("t");
        let was = b.component("was", 1);
        b.cpu(was, 1).threads(was, 1, 10);
        let work = |b: &Builder| b.work(was, "cpu", exponential(ms(1)));
        let branches = vec![vec![work(&b)], vec![work(&b)]];
        b.operation(was, "default", vec![Do::Parallel(branches)]);
        b.open("users", 10.0, &[("page", was, 1.0)]);
        let program = lower(&b.build()).program;
        assert!(held(&program, &flows(&program).unwrap()).is_empty());
    }
}
