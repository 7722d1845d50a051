//! Small Markov chains for parts that depend on each other: repair crews, spares, takeovers.
//!
//! Chains are solved by the elimination of Grassmann, Taksar and Heyman, which never subtracts:
//! probabilities of 1e-12 come out with as many digits as those of 1. Times to a loss come from
//! the same elimination, on the chain that starts anew whenever it is lost.

/// A chain of states with rates from one to another, per hour or any other unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Chain {
    rates: Vec<Vec<f64>>,
}

impl Chain {
    /// A chain of so many states, 0 to `states - 1`, without any rate.
    pub fn new(states: usize) -> Self {
        Self {
            rates: vec![vec![0.0; states]; states],
        }
    }

    /// A chain that goes up and down a ladder: `up[i]` leads from state `i` to `i + 1`, `down[i]`
    /// back.
    ///
    /// # Panics
    /// When there are not as many ways down as up.
    pub fn ladder(up: &[f64], down: &[f64]) -> Self {
        assert_eq!(up.len(), down.len(), "each way up has its way down");
        let mut chain = Self::new(up.len() + 1);
        for (state, (&up, &down)) in up.iter().zip(down).enumerate() {
            chain.add(state, state + 1, up).add(state + 1, state, down);
        }
        chain
    }

    /// Adds a rate from one state to another.
    ///
    /// # Panics
    /// When a state is not there, both are the same, or the rate is not a number from 0.
    pub fn add(&mut self, from: usize, to: usize, rate: f64) -> &mut Self {
        assert!(from != to, "a rate leads from one state to another");
        assert!(rate >= 0.0 && rate.is_finite(), "a rate is from 0");
        self.rates[from][to] += rate;
        self
    }

    /// How many states it has.
    pub fn states(&self) -> usize {
        self.rates.len()
    }

    /// The rate from one state to another, 0 where none leads there.
    pub fn rate(&self, from: usize, to: usize) -> f64 {
        self.rates[from][to]
    }

    /// The share of time in each state in the long run; `None` where some state cannot be left
    /// for all others, so that there is no one answer.
    pub fn steady(&self) -> Option<Vec<f64>> {
        let states: Vec<usize> = (0..self.rates.len()).collect();
        self.shares(&states, |_| 0.0)
    }

    /// Mean time from state `from` until one of `lost` is entered first; `None` where it may
    /// never be.
    pub fn mean_time_to(&self, from: usize, lost: &[usize]) -> Option<f64> {
        let rate = self.first_entries(from, lost, &[])?.0;
        (rate > 0.0).then(|| 1.0 / rate)
    }

    /// Probability that, starting at `from`, one of `lost` is entered before one of `safe`;
    /// `None` where neither need ever be.
    pub fn lost_before(&self, from: usize, lost: &[usize], safe: &[usize]) -> Option<f64> {
        let (lost, safe) = self.first_entries(from, lost, safe)?;
        (lost + safe > 0.0).then(|| lost / (lost + safe))
    }

    /// How often `lost` and `safe` are entered per unit of time, when the chain goes back to
    /// `from` each time.
    fn first_entries(&self, from: usize, lost: &[usize], safe: &[usize]) -> Option<(f64, f64)> {
        let ends = |state: &usize| lost.contains(state) || safe.contains(state);
        let mut inside = vec![from];
        let mut next = 0;
        while let Some(&state) = inside.get(next) {
            for to in 0..self.rates.len() {
                if self.rates[state][to] > 0.0 && !ends(&to) && !inside.contains(&to) {
                    inside.push(to);
                }
            }
            next += 1;
        }
        let into =
            |state: usize, ends: &[usize]| ends.iter().map(|&end| self.rates[state][end]).sum();
        let leaving = |state: usize| -> f64 {
            let (lost, safe): (f64, f64) = (into(state, lost), into(state, safe));
            lost + safe
        };
        let shares = self.shares(&inside, leaving)?;
        let often = |ends: &[usize]| -> f64 {
            let each = inside.iter().zip(&shares);
            each.map(|(&state, share)| share * into(state, ends)).sum()
        };
        Some((often(lost), often(safe)))
    }

    /// Shares of time of some states, when `back` leads from each to the first of them besides.
    fn shares(&self, states: &[usize], back: impl Fn(usize) -> f64) -> Option<Vec<f64>> {
        let count = states.len();
        let rate = |&from: &usize| states.iter().map(move |&to| self.rates[from][to]);
        let mut rates: Vec<Vec<f64>> = states.iter().map(|from| rate(from).collect()).collect();
        for (row, &state) in rates.iter_mut().zip(states) {
            row[0] += back(state);
        }
        // From the last state down: whoever went through it goes to where it would have led.
        for gone in (1..count).rev() {
            let out: f64 = rates[gone][..gone].iter().sum();
            if out <= 0.0 {
                return None;
            }
            let (before, after) = rates.split_at_mut(gone);
            for row in before {
                row[gone] /= out;
                let through = row[gone];
                for (rate, onwards) in row[..gone].iter_mut().zip(&after[0]) {
                    *rate += through * onwards;
                }
            }
        }
        let mut shares = vec![1.0];
        for state in 1..count {
            let into = shares.iter().zip(&rates);
            shares.push(into.map(|(share, row)| share * row[state]).sum());
        }
        let total: f64 = shares.iter().sum();
        // A state that is never entered again has no share of the long run.
        Some(shares.into_iter().map(|share| share / total).collect())
    }
}

/// Whether parts that are not needed can fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spares {
    /// They run, and fail as often as the others.
    Hot,
    /// They stand by, and cannot fail.
    Cold,
}

/// Equal parts that are repaired by a number of crews.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Repairable {
    /// How many there are.
    pub parts: u32,
    /// Failures of a running part per unit of time, by itself.
    pub failure: f64,
    /// Failures of all parts at once per unit of time.
    pub common: f64,
    /// Repairs of one crew per unit of time.
    pub repair: f64,
    /// How many are repaired at once.
    pub crews: u32,
    /// What those beyond the needed ones do.
    pub spares: Spares,
    /// How many must be up; with cold spares also how many run.
    pub needed: u32,
}

impl Repairable {
    /// The chain of the number of failed parts.
    pub fn chain(&self) -> Chain {
        let running = |failed: u32| match self.spares {
            Spares::Hot => self.parts - failed,
            Spares::Cold => (self.parts - failed).min(self.needed),
        };
        let up: Vec<f64> = (0..self.parts)
            .map(|failed| f64::from(running(failed)) * self.failure)
            .collect();
        let down: Vec<f64> = (1..=self.parts)
            .map(|failed| f64::from(failed.min(self.crews)) * self.repair)
            .collect();
        let mut chain = Chain::ladder(&up, &down);
        for up in 0..self.parts as usize {
            chain.add(up, self.parts as usize, self.common);
        }
        chain
    }

    /// Share of time with fewer than the needed parts up.
    pub fn unavailability(&self) -> Option<f64> {
        let shares = self.chain().steady()?;
        Some(shares[self.fatal() as usize..].iter().sum())
    }

    /// Mean time from all up until fewer than the needed parts are.
    pub fn mean_time_to_failure(&self) -> Option<f64> {
        self.chain().mean_time_to(0, &[self.fatal() as usize])
    }

    /// Mean number of failed parts.
    pub fn mean_failed(&self) -> Option<f64> {
        let shares = self.chain().steady()?;
        let each = (0_u32..).zip(shares);
        Some(each.map(|(failed, share)| f64::from(failed) * share).sum())
    }

    /// Fewest failed parts with which it is down.
    fn fatal(&self) -> u32 {
        self.parts.saturating_sub(self.needed) + 1
    }
}

/// An active part and a standby.
///
/// A failure of the active part is covered (noticed and taken over in the shorter time) or not
/// (someone has to come); the standby's own failure is no outage; when both are down, it lasts
/// until the first repair. Repair begins after the takeover.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ActiveStandby {
    /// Failures of each part per hour, by itself.
    pub failure: f64,
    /// Failures of both at once per hour.
    pub common: f64,
    /// Repairs of one crew per hour.
    pub repair: f64,
    /// How many are repaired at once, 1 or 2.
    pub crews: u32,
    /// Whether the standby can fail.
    pub spares: Spares,
    /// Share of failures of the active part that are covered.
    pub coverage: f64,
    /// Mean time of a covered takeover, h.
    pub takeover_h: f64,
    /// Mean time of a takeover by hand, h.
    pub by_hand_h: f64,
}

impl ActiveStandby {
    /// States: both up, one up, none up, takeover, takeover by hand.
    pub fn chain(&self) -> Chain {
        let (failure, coverage) = (self.failure, self.coverage);
        let standby = match self.spares {
            Spares::Hot => failure,
            Spares::Cold => 0.0,
        };
        let mut chain = Chain::new(5);
        chain
            .add(0, 1, standby)
            .add(0, 2, self.common)
            .add(0, 3, failure * coverage)
            .add(0, 4, failure * (1.0 - coverage))
            .add(3, 1, 1.0 / self.takeover_h)
            .add(4, 1, 1.0 / self.by_hand_h)
            .add(1, 0, self.repair)
            .add(1, 2, failure + self.common)
            .add(2, 1, f64::from(self.crews.min(2)) * self.repair);
        chain
    }

    /// Share of time without an active part; `None` where nothing is ever repaired.
    pub fn unavailability(&self) -> Option<f64> {
        let shares = self.chain().steady()?;
        Some(shares[2] + shares[3] + shares[4])
    }
}

/// Mean time until data are lost of an array of disks in groups with check disks, after
/// Patterson, Gibson and Katz (1988): MTTF^2 / ((D + C n) (G + C - 1) MTTR), n = D / G groups.
/// Neither latent errors nor disks that fail together are in it.
pub fn disk_array_mean_time(disk_h: f64, repair_h: f64, data: u32, group: u32, check: u32) -> f64 {
    let (data, group, check) = (f64::from(data), f64::from(group), f64::from(check));
    let disks = data + check * data / group;
    disk_h * disk_h / (disks * (group + check - 1.0) * repair_h)
}
