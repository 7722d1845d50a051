//! Exact egalitarian processor sharing (S5, S6, S40).
//!
//! All jobs of a station attain service at one rate, so one clock of attained service per
//! station suffices: a job is done when the clock has moved by its demand. The clock counts
//! integer units of 2^-20 ns; a completion is the first ns at which the units are reached.

use super::key::Key;
use super::pending::{Pending, visit_of};

/// Units of attained service per ns, as a shift.
const UNIT_BITS: u32 = 20;
/// Bits of a share's fraction.
const SHARE_BITS: u32 = 52;
/// Bits below the finish in a job's key: arrival number, and visit.
const TAG_BITS: u32 = 44;
const ID_BITS: u32 = 25;

/// Rate of one job when so many are present.
#[derive(Clone, Copy, Debug)]
struct Share {
    /// In units of 2^-52.
    rate: u64,
    /// Ns for one unit of attained service.
    ns_per_unit: f64,
}

/// A sharing station's clock and jobs.
#[derive(Debug)]
pub struct Processor {
    cores: u32,
    contention: (f64, f64),
    /// Total rate by number of jobs; empty: as many cores as are busy.
    scaling: Vec<f64>,
    /// The rate of each job, where others decide it.
    imposed: Option<Share>,
    shares: Vec<Share>,
    clock: u128,
    last: u64,
    jobs: Pending,
    arrivals: u64,
    /// Work done by all jobs, in units; only with contention.
    work: u128,
}

impl Processor {
    /// A station of so many cores (at least 1) with contention coefficients sigma and kappa.
    pub fn new(cores: u32, contention: (f64, f64)) -> Self {
        Self {
            cores,
            contention,
            scaling: Vec::new(),
            imposed: None,
            shares: Vec::new(),
            clock: 0,
            last: 0,
            jobs: Pending::default(),
            arrivals: 0,
            work: 0,
        }
    }

    /// The same with this total rate at 1, 2, 3 .. jobs, the last for more.
    pub fn scaled(self, scaling: &[f64]) -> Self {
        let scaling = scaling.to_vec();
        Self { scaling, ..self }
    }

    /// Changes the number of cores; the clock stands at now.
    pub fn set_cores(&mut self, cores: u32) {
        self.cores = cores;
        self.shares.clear();
    }

    fn contends(&self) -> bool {
        self.contention != (0.0, 0.0) || !self.scaling.is_empty()
    }

    /// Jobs present.
    pub fn present(&self) -> usize {
        self.jobs.len()
    }

    /// Fixes the rate of each job, in units of 2^-52; the clock stands at now.
    pub fn impose(&mut self, rate: u64) {
        let rate = rate.max(1);
        self.imposed = Some(Share {
            rate,
            ns_per_unit: ns_per_unit(rate),
        });
    }

    /// Whether each of `n` jobs has a core of its own at full speed.
    #[inline]
    fn full(&self, n: usize) -> bool {
        n <= self.cores as usize && !self.contends() && self.imposed.is_none()
    }

    #[inline]
    fn share(&mut self, n: usize) -> Share {
        if let Some(share) = self.imposed {
            return share;
        }
        while self.shares.len() <= n {
            self.grow();
        }
        self.shares[n]
    }

    #[cold]
    fn grow(&mut self) {
        let n = self.shares.len().max(1);
        let (sigma, kappa) = self.contention;
        let one = 1u64 << SHARE_BITS;
        let plain = (u128::from(one) * u128::from(self.cores) / n as u128).min(u128::from(one));
        let drag = 1.0 + sigma * (n as f64 - 1.0) + kappa * n as f64 * (n as f64 - 1.0);
        let total = self.scaling.get(n - 1).or(self.scaling.last());
        let own = total.map_or(plain as f64, |all| all / n as f64 * one as f64);
        let rate = ((own / drag) as u64).max(1);
        let rate = if self.contends() { rate } else { plain as u64 };
        let ns_per_unit = ns_per_unit(rate);
        self.shares.resize(n + 1, Share { rate, ns_per_unit });
    }

    /// Units that each of `n` jobs attains in `ns`.
    #[inline]
    fn units(&mut self, ns: u64, n: usize) -> u128 {
        if self.full(n) {
            return u128::from(ns) << UNIT_BITS;
        }
        (u128::from(ns) * u128::from(self.share(n).rate)) >> (SHARE_BITS - UNIT_BITS)
    }

    /// Moves the clock to `now`.
    #[inline]
    pub fn advance(&mut self, now: u64) {
        let (ns, n) = (now - self.last, self.jobs.len());
        self.last = now;
        if ns > 0 && n > 0 && self.cores > 0 {
            let units = self.units(ns, n);
            self.clock += units;
            if self.contends() {
                self.work += units * n as u128;
            }
        }
    }

    /// Lets a job in; the clock stands at now. Returns whether it is the next to finish.
    #[inline]
    pub fn enter(&mut self, id: u32, demand: u64) -> bool {
        let finish = self.clock + (u128::from(demand) << UNIT_BITS);
        self.arrivals += 1;
        let number = self.arrivals & ((1 << (TAG_BITS - ID_BITS)) - 1);
        let key = Key((finish << TAG_BITS) | (u128::from(number) << ID_BITS) | u128::from(id));
        self.jobs.put(key);
        self.jobs.peek() == Some(key)
    }

    /// When the first job finishes, counted from the clock's last move.
    #[inline]
    pub fn next(&mut self) -> Option<u64> {
        let works = self.cores > 0;
        let finish = self.jobs.peek().filter(|_| works)?.0 >> TAG_BITS;
        let units = finish.saturating_sub(self.clock);
        let n = self.jobs.len();
        if self.full(n) {
            let ns = units.div_ceil(1 << UNIT_BITS) as u64;
            return Some(self.last.saturating_add(ns));
        }
        Some(self.last.saturating_add(self.delay(units, n)))
    }

    /// The first number of ns in which `units` are attained: an estimate, then integer steps.
    #[inline]
    fn delay(&mut self, units: u128, n: usize) -> u64 {
        let share = self.share(n);
        if units >= 1 << 62 {
            let scaled = units << (SHARE_BITS - UNIT_BITS);
            let ns = scaled.div_ceil(u128::from(share.rate));
            return ns.min(u128::from(u64::MAX)) as u64;
        }
        // `units(ns, n) >= units` exactly when `ns * rate` reaches this.
        let (goal, rate) = (units << (SHARE_BITS - UNIT_BITS), u128::from(share.rate));
        let guess = (units as u64 as f64 * share.ns_per_unit) as u64;
        let reached = u128::from(guess) * rate;
        // Mostly the guess is the answer or one too low.
        let (ns, reached) = if reached < goal {
            (guess + 1, reached + rate)
        } else {
            (guess, reached)
        };
        if reached >= goal && (ns == 0 || reached - rate < goal) {
            return ns;
        }
        search(ns, rate, goal)
    }

    /// Takes the first job out; the clock stands at now.
    #[inline]
    pub fn leave(&mut self) -> u32 {
        visit_of(self.jobs.take().expect("a due station has a job"))
    }

    /// Takes out the job of a visit, which must be here; the clock stands at now.
    pub fn remove(&mut self, id: u32) {
        self.jobs.remove(id);
    }

    /// Stretches the rest of the work of the jobs by the factor that each visit has; the clock
    /// stands at now.
    pub fn stretch(&mut self, factor: impl Fn(u32) -> Option<f64>) {
        for Key(key) in self.jobs.drain() {
            let left = (key >> TAG_BITS).saturating_sub(self.clock);
            let own = factor(visit_of(Key(key)));
            let left = own.map_or(left, |factor| (left as f64 * factor) as u128);
            let tag = key & ((1 << TAG_BITS) - 1);
            self.jobs.put(Key((self.clock + left) << TAG_BITS | tag));
        }
    }

    /// Service that a job present all the time would have attained so far, whole ns.
    #[inline]
    pub fn clock_ns(&self) -> u64 {
        (self.clock >> UNIT_BITS) as u64
    }

    /// Work done so far in server-ns where contention makes it differ from the busy area.
    pub fn work(&self) -> Option<u128> {
        self.contends().then_some(self.work >> UNIT_BITS)
    }
}

/// The first number of ns that, times `rate`, reaches `goal`, from a guess close to it.
#[cold]
fn search(guess: u64, rate: u128, goal: u128) -> u64 {
    let mut ns = guess;
    while u128::from(ns) * rate < goal {
        ns += 1;
    }
    while ns > 0 && u128::from(ns - 1) * rate >= goal {
        ns -= 1;
    }
    ns
}

/// Ns for one unit of attained service at a rate in units of 2^-52.
fn ns_per_unit(rate: u64) -> f64 {
    (1u64 << SHARE_BITS) as f64 / rate as f64 / f64::from(1u32 << UNIT_BITS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::law::mix;

    /// Each job keeps its own attained service; the same arithmetic, no heap, no shared clock.
    struct Oracle {
        cores: u128,
        jobs: Vec<(u32, u128, u128)>,
        last: u64,
    }

    impl Oracle {
        fn units(&self, ns: u64) -> u128 {
            let n = self.jobs.len() as u128;
            let one = 1u128 << 52;
            (u128::from(ns) * (one * self.cores / n).min(one)) >> 32
        }

        fn advance(&mut self, now: u64) {
            if !self.jobs.is_empty() {
                let units = self.units(now - self.last);
                self.jobs.iter_mut().for_each(|job| job.1 += units);
            }
            self.last = now;
        }

        /// First ns at which some job has attained its demand, by bisection.
        fn next(&self) -> Option<(u64, usize)> {
            let left = |job: &(u32, u128, u128)| job.2.saturating_sub(job.1);
            let place = (0..self.jobs.len()).min_by_key(|&place| {
                let job = &self.jobs[place];
                job.2.checked_signed_diff(job.1)
            })?;
            let (mut low, mut high) = (0u64, 1 << 50);
            while low < high {
                let middle = low.midpoint(high);
                if self.units(middle) >= left(&self.jobs[place]) {
                    high = middle;
                } else {
                    low = middle + 1;
                }
            }
            Some((self.last + low, place))
        }
    }

    fn fast(cores: u32, arrivals: &[(u64, u64)]) -> Vec<(u32, u64)> {
        let mut processor = Processor::new(cores, (0.0, 0.0));
        let mut done = Vec::new();
        for (id, &(at, demand)) in arrivals.iter().enumerate() {
            while let Some(due) = processor.next().filter(|&due| due <= at) {
                processor.advance(due);
                done.push((processor.leave(), due));
            }
            processor.advance(at);
            processor.enter(id as u32, demand);
        }
        while let Some(due) = processor.next() {
            processor.advance(due);
            done.push((processor.leave(), due));
        }
        done
    }

    fn slow(cores: u32, arrivals: &[(u64, u64)]) -> Vec<(u32, u64)> {
        let mut oracle = Oracle {
            cores: cores.into(),
            jobs: Vec::new(),
            last: 0,
        };
        let mut done = Vec::new();
        let finish = |oracle: &mut Oracle, done: &mut Vec<(u32, u64)>, limit: u64| {
            while let Some((due, place)) = oracle.next().filter(|next| next.0 <= limit) {
                oracle.advance(due);
                done.push((oracle.jobs.remove(place).0, due));
            }
        };
        for (id, &(at, demand)) in arrivals.iter().enumerate() {
            finish(&mut oracle, &mut done, at);
            oracle.advance(at);
            oracle.jobs.push((id as u32, 0, u128::from(demand) << 20));
        }
        finish(&mut oracle, &mut done, u64::MAX);
        done
    }

    #[test]
    fn agrees_with_per_job_bookkeeping_to_the_nanosecond() {
        for (seed, cores, scale) in [
            (1, 1, 1_000_000),
            (2, 2, 1_000_000),
            (3, 4, 5_000_000),
            (4, 8, 40),
            (5, 1, 8),
        ] {
            let mut now = 0;
            let mut word = seed;
            let arrivals: Vec<(u64, u64)> = (0..3000)
                .map(|_| {
                    word = mix(word);
                    now += word % (scale / u64::from(cores.min(3u32)) + 1);
                    (now, mix(word) % scale)
                })
                .collect();
            let (fast, slow) = (fast(cores, &arrivals), slow(cores, &arrivals));
            assert_eq!(fast, slow, "{cores} cores");
        }
    }

    /// Two jobs of 10 and 20 ns on one core, both at 0: at half speed the first needs 20 ns, the
    /// second then has 10 left alone and ends at 30.
    #[test]
    fn two_jobs_share_one_core() {
        assert_eq!(fast(1, &[(0, 10), (0, 20)]), [(0, 20), (1, 30)]);
    }

    /// S6 with sigma 1: two jobs on two cores each run at 1/(1 + 1); 10 ns take 20.
    #[test]
    fn contention_slows_all() {
        let mut processor = Processor::new(2, (1.0, 0.0));
        processor.enter(0, 10);
        processor.enter(1, 10);
        assert_eq!(processor.next(), Some(20));
        processor.advance(20);
        assert_eq!(processor.work(), Some(20));
    }

    /// A job with 10 of 20 ns done whose rest is stretched by 3 ends after 30 more.
    #[test]
    fn stretching_concerns_the_rest() {
        let mut processor = Processor::new(1, (0.0, 0.0));
        processor.enter(7, 20);
        processor.advance(10);
        processor.stretch(|_| Some(3.0));
        assert_eq!(processor.next(), Some(40));
        processor.remove(7);
        assert_eq!(processor.next(), None);
    }
}
