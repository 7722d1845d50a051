//! Against closed forms: queues that fill before they empty, and shares of time.

use super::{Account, Draws, Ladder, Process, ladder, plain, steady};

/// M/M/1: arrivals at rate 1, services at rate `ratio`; the level is the number of customers.
struct Queue {
    ratio: f64,
}

impl Process for Queue {
    type State = u32;

    fn level(&self, state: &u32) -> u32 {
        *state
    }

    fn step(&self, state: &mut u32, draws: &mut Draws) -> f64 {
        let rate = if *state == 0 { 1.0 } else { 1.0 + self.ratio };
        let arrives = draws.fraction() * rate < 1.0;
        *state = if arrives { *state + 1 } else { *state - 1 };
        -libm::log(1.0 - draws.fraction()) / rate
    }

    fn split(&self, state: &u32, _draws: &mut Draws) -> u32 {
        *state
    }
}

/// Mean and standard error.
fn mean(values: &[f64]) -> (f64, f64) {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (mean, (squares / (count - 1.0) / count).sqrt())
}

/// Within 4 standard errors, and those no wider than 5 %: misses once in 16,000 seeds.
#[track_caller]
fn is(found: (f64, f64), exact: f64) {
    let (mean, error) = found;
    assert!(error < 0.05 * exact, "{mean} +/- {error}, wanted {exact}");
    assert!(
        (mean - exact).abs() < 4.0 * error,
        "{mean} +/- {error}, wanted {exact}"
    );
}

/// (r - 1) / (r^C - 1): from one customer to C before none.
#[test]
fn a_queue_fills_before_it_empties() {
    for (ratio, full, exact) in [
        (2.0_f64, 20_u8, 9.536_752_259e-7),
        (1.5, 30, 2.607_561_124e-6),
    ] {
        let closed = (ratio - 1.0) / (ratio.powi(i32::from(full)) - 1.0);
        assert!((closed / exact - 1.0).abs() < 1e-9);
        let ladder = Ladder {
            base: 1,
            rungs: (2..=u32::from(full)).collect(),
            starts: 1_000,
        };
        let climb = |repetition| {
            let mut draws = Draws::new(repetition);
            let found = ladder.climb(&Queue { ratio }, vec![1], &mut draws);
            found.probability()
        };
        let found: Vec<f64> = (0..60).map(climb).collect();
        is(mean(&found), exact);
    }
}

/// Share of time with n customers or more: rho^n; entered lambda rho^(n - 1) (1 - rho) often.
#[test]
fn a_queue_is_seldom_long() {
    let queue = Queue { ratio: 2.0 };
    let candidates: Vec<u32> = (1..=20).collect();
    let chosen = ladder(&queue, &0, (&candidates, 1_000), &mut Draws::new(9));
    // Busy half of the time, and two or more for a quarter.
    assert_eq!(chosen.base, 2);
    assert_eq!(chosen.top(), 20);
    assert!(chosen.rungs.len() < 18, "{chosen:?}");
    let repeat = |repetition| steady(&queue, 0, &chosen, &mut Draws::new(repetition));
    let found: Vec<Account> = (0..60).map(repeat).collect();
    let share: Vec<f64> = found.iter().map(|one| one.above / one.time).collect();
    is(mean(&share), 0.5_f64.powi(20));
    let rate: Vec<f64> = found.iter().map(|one| one.entered / one.time).collect();
    is(mean(&rate), 0.5_f64.powi(20));
}

/// The same without splitting, where it is not rare.
#[test]
fn plain_simulation_sees_what_is_common() {
    let queue = Queue { ratio: 2.0 };
    let repeat = |repetition| plain(&queue, 0, (4, 20_000), &mut Draws::new(repetition));
    let found: Vec<Account> = (0..60).map(repeat).collect();
    let share: Vec<f64> = found.iter().map(|one| one.above / one.time).collect();
    is(mean(&share), 0.5_f64.powi(4));
    let rate: Vec<f64> = found.iter().map(|one| one.entered / one.time).collect();
    is(mean(&rate), 0.5_f64.powi(3) * 0.5);
}

/// Where the rare level is common, cycles begin at it and nothing is climbed.
#[test]
fn what_is_not_rare_needs_no_rung() {
    let queue = Queue { ratio: 1.25 };
    let chosen = ladder(&queue, &0, (&[1, 2], 500), &mut Draws::new(5));
    assert_eq!((chosen.base, chosen.rungs.len()), (2, 0));
    let repeat = |repetition| steady(&queue, 0, &chosen, &mut Draws::new(repetition));
    let found: Vec<f64> = (0..60)
        .map(repeat)
        .map(|one| one.above / one.time)
        .collect();
    is(mean(&found), 0.8_f64.powi(2));
}
