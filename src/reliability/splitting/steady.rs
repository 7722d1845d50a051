//! Shares of time at a rare level: cycles from one entrance into a common level to the next.

use super::{Draws, Ladder, Process};

/// Events by which the pilot looks where the process usually is.
const PILOT_STEPS: u64 = 50_000;
/// Ways of the pilot on each rung.
const PILOT_STARTS: usize = 500;
/// Cycles begin where the process enters the lowest level at which it spends no more than this.
const COMMON: f64 = 0.3;
/// A rung is left out while at least this share would make it to the next without it.
const SPARE: f64 = 0.3;
/// Most events of the cycles of one repetition.
const CYCLE_STEPS: u64 = 5_000_000;

/// What one repetition saw, or expects to see, of the rare level.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Account {
    /// Time observed.
    pub time: f64,
    /// Of that, time at the rare level.
    pub above: f64,
    /// How often it was entered.
    pub entered: f64,
    /// Events simulated.
    pub steps: u64,
}

/// Looks where the process usually is, and which of the levels in `candidates` (ascending, the
/// last the rare one) are worth a rung with so many `starts`.
///
/// # Panics
/// Without a candidate.
pub fn ladder<P: Process>(
    process: &P,
    start: &P::State,
    (candidates, starts): (&[u32], usize),
    draws: &mut Draws,
) -> Ladder {
    let top = *candidates.last().expect("the rare level is a candidate");
    let mut state = start.clone();
    let (mut total, mut above) = (0.0, vec![0.0; candidates.len()]);
    for _ in 0..PILOT_STEPS {
        let level = process.level(&state);
        let time = process.step(&mut state, draws);
        total += time;
        for (candidate, above) in candidates.iter().zip(&mut above) {
            *above += if level >= *candidate { time } else { 0.0 };
        }
    }
    let is_common = |above: &f64| *above > COMMON * total;
    let first = above.iter().take_while(|above| is_common(above)).count();
    let base = candidates[first.min(candidates.len() - 1)];
    let all = Ladder {
        base,
        rungs: candidates.iter().copied().filter(|&c| c > base).collect(),
        starts: PILOT_STARTS,
    };
    let (entrances, _) = entrances(process, state, (base, PILOT_STARTS), draws);
    let climb = all.climb(process, entrances, draws);
    let (mut rungs, mut share) = (Vec::new(), 1.0);
    for (&rung, reached) in all.rungs.iter().zip(climb.shares) {
        share *= reached;
        if rung == top || share < SPARE {
            rungs.push(rung);
            share = if share > 0.0 { 1.0 } else { 0.0 };
        }
    }
    Ladder {
        base,
        rungs,
        starts,
    }
}

/// The states in which `base` is entered from below, one cycle after the other; and the time that
/// these cycles took, with their events.
fn entrances<P: Process>(
    process: &P,
    mut state: P::State,
    (base, count): (u32, usize),
    draws: &mut Draws,
) -> (Vec<P::State>, Account) {
    let (mut found, mut account) = (Vec::with_capacity(count), Account::default());
    let mut first = true;
    // The time counts from one entrance, the one before the first that is kept.
    while account.steps < CYCLE_STEPS {
        let below = process.level(&state) < base;
        let time = process.step(&mut state, draws);
        account.steps += 1;
        if !first {
            account.time += time;
        }
        if below && process.level(&state) >= base {
            if !first {
                found.push(state.clone());
            }
            first = false;
            if found.len() == count {
                break;
            }
        }
    }
    (found, account)
}

/// One repetition by splitting: so many cycles as the ladder has starts, and what each of them is
/// expected to hold of the rare level, found by climbing from its entrances.
pub fn steady<P: Process>(
    process: &P,
    start: P::State,
    ladder: &Ladder,
    draws: &mut Draws,
) -> Account {
    let (pool, mut account) = entrances(process, start, (ladder.base, ladder.starts), draws);
    let cycles = pool.len() as f64;
    let climb = ladder.climb(process, pool, draws);
    account.steps += climb.steps;
    let probability = climb.probability();
    let (mut above, mut entered) = (0.0, 0_u64);
    for place in ladder.places(climb.tops.len(), draws) {
        let mut state = process.split(&climb.tops[place], draws);
        let mut is_below = true;
        while process.level(&state) >= ladder.base {
            let is_above = process.level(&state) >= ladder.top();
            entered += u64::from(is_above && is_below);
            is_below = !is_above;
            let time = process.step(&mut state, draws);
            account.steps += 1;
            above += if is_above { time } else { 0.0 };
        }
    }
    let each = cycles * probability / ladder.starts as f64;
    account.above = each * above;
    account.entered = each * entered as f64;
    account
}

/// One repetition as it comes: so many steps, and what was seen of the level `top`.
pub fn plain<P: Process>(
    process: &P,
    mut state: P::State,
    (top, steps): (u32, u64),
    draws: &mut Draws,
) -> Account {
    let mut account = Account {
        steps,
        ..Account::default()
    };
    for _ in 0..steps {
        let is_above = process.level(&state) >= top;
        let time = process.step(&mut state, draws);
        account.time += time;
        account.above += if is_above { time } else { 0.0 };
        let enters = !is_above && process.level(&state) >= top;
        account.entered += if enters { 1.0 } else { 0.0 };
    }
    account
}
