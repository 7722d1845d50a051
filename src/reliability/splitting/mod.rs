//! Rare events by simulation: fixed-effort splitting of whatever has states, steps and levels.
//!
//! A rare level is climbed rung by rung. From the states in which the rung below was entered so
//! many ways are started; those that reach the next rung before they fall back are where the
//! next ones start. The product of the shares that made it is the probability of the climb, free
//! of bias for any number of starts: the rungs decide about the width of the interval alone.
//! Sources: M. Garvels, *The splitting method in rare event simulation*, 2000 (fixed effort);
//! C. Budde, P. D'Argenio, R. Monti and M. Stoelinga, 2020 (levels from minimal cut sets).

mod draws;
mod steady;
#[cfg(test)]
mod tests;

pub use draws::Draws;
pub use steady::{Account, ladder, plain, steady};

/// What is simulated: a state that steps from event to event, and how near it is to the rare one.
pub trait Process: Sync {
    /// All that decides about the future.
    type State: Clone;

    /// How near the state is; higher is nearer.
    fn level(&self, state: &Self::State) -> u32;

    /// Goes on to the next event and gives the time that has passed.
    fn step(&self, state: &mut Self::State, draws: &mut Draws) -> f64;

    /// A copy that goes its own way from here on: what is not decided yet is drawn anew, given
    /// what the state knows.
    fn split(&self, state: &Self::State, draws: &mut Draws) -> Self::State;
}

/// The rungs of a climb.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ladder {
    /// Who falls below this level has fallen back.
    pub base: u32,
    /// Levels to reach, ascending, all above `base`; the last is the rare one. Empty where `base`
    /// is rare enough itself.
    pub rungs: Vec<u32>,
    /// Ways started on each rung.
    pub starts: usize,
}

/// What became of a climb.
#[derive(Clone, Debug)]
pub struct Climb<S> {
    /// For each rung the share of ways that reached it.
    pub shares: Vec<f64>,
    /// The states in which the last rung was entered.
    pub tops: Vec<S>,
    /// Events simulated.
    pub steps: u64,
}

impl<S> Climb<S> {
    /// Probability of reaching the last rung.
    pub fn probability(&self) -> f64 {
        self.shares.iter().product()
    }
}

impl Ladder {
    /// The rare level.
    pub fn top(&self) -> u32 {
        self.rungs.last().copied().unwrap_or(self.base)
    }

    /// Climbs from the states in `pool`, each as likely as the others.
    pub fn climb<P: Process>(
        &self,
        process: &P,
        mut pool: Vec<P::State>,
        draws: &mut Draws,
    ) -> Climb<P::State> {
        let (mut shares, mut steps) = (Vec::with_capacity(self.rungs.len()), 0);
        for &rung in &self.rungs {
            let mut reached = Vec::new();
            for place in self.places(pool.len(), draws) {
                let mut state = process.split(&pool[place], draws);
                while (self.base..rung).contains(&process.level(&state)) {
                    process.step(&mut state, draws);
                    steps += 1;
                }
                if process.level(&state) >= rung {
                    reached.push(state);
                }
            }
            shares.push(reached.len() as f64 / self.starts as f64);
            pool = reached;
        }
        Climb {
            shares,
            tops: pool,
            steps,
        }
    }

    /// Which of `count` states the ways of a rung start from: all equally often, the rest by a
    /// common random offset.
    fn places(&self, count: usize, draws: &mut Draws) -> Vec<usize> {
        if count == 0 {
            return Vec::new();
        }
        let (offset, starts) = (draws.fraction(), self.starts as f64);
        let place = |way: usize| ((way as f64 + offset) * count as f64 / starts) as usize;
        (0..self.starts)
            .map(|way| place(way).min(count - 1))
            .collect()
    }
}
