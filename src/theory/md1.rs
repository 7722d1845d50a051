//! M/D/1: Poisson arrivals and one server with constant service, FCFS.

use super::mg1::Mg1;
use super::mmc::bisect_tail;

/// Services after which the tail of the waiting time is taken as exponential.
const FAR: f64 = 50.0;

/// A stable M/D/1 station with its waiting-time distribution.
///
/// Source: H. Tijms, *A First Course in Stochastic Models*, section 9.6.2, after G. Franx 2001:
/// a finite sum of positive terms, where Erlang's own formula alternates and loses all digits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Md1 {
    arrival_rate: f64,
    service: f64,
    means: Mg1,
}

impl Md1 {
    /// Arrivals per second and the constant service in seconds; `None` if the load reaches 1.
    pub fn new(arrival_rate: f64, service: f64) -> Option<Self> {
        Mg1::new(arrival_rate, service, 0.0).map(|means| Self {
            arrival_rate,
            service,
            means,
        })
    }

    /// Mean waiting time in seconds.
    pub fn mean_wait(&self) -> f64 {
        self.means.mean_wait()
    }

    /// Mean response time in seconds.
    pub fn mean_response(&self) -> f64 {
        self.means.mean_response()
    }

    /// Chance to wait longer than `seconds` (at least 0).
    ///
    /// Beyond 50 services the tail is exponential to all digits and is carried on as such.
    pub fn wait_exceeds(&self, seconds: f64) -> f64 {
        let far = FAR * self.service;
        if seconds <= far {
            return self.wait_exceeds_exactly(seconds);
        }
        self.wait_exceeds_exactly(far) * libm::exp(-self.decay_rate() * (seconds - far))
    }

    /// Rate per second at which the tail decays: the positive root of
    /// arrival rate * (exp(r * service) - 1) = r.
    fn decay_rate(&self) -> f64 {
        let load = self.means.utilisation();
        let lowest = -libm::log(load) / self.service;
        let lacks = |over: f64| {
            let rate = lowest + over;
            rate - self.arrival_rate * libm::expm1(rate * self.service)
        };
        lowest + bisect_tail(0.0, lowest, lacks)
    }

    fn wait_exceeds_exactly(&self, seconds: f64) -> f64 {
        let steps = (seconds / self.service).floor() as usize + 1;
        let below = cumulative(&self.in_system(steps + 1));
        let left = self.arrival_rate * (steps as f64 * self.service - seconds);
        let mut weight = libm::exp(-left);
        let mut within = 0.0;
        for arrivals in 0..steps {
            within += below[steps - arrivals] * weight;
            weight *= left / (arrivals + 1) as f64;
        }
        (1.0 - within).max(0.0)
    }

    /// The `p`-quantile of the waiting time in seconds, `p` in 0..1, by bisection; 0 where
    /// nobody waits.
    pub fn wait_quantile(&self, p: f64) -> f64 {
        if self.wait_exceeds(0.0) <= 1.0 - p {
            return 0.0;
        }
        bisect_tail(1.0 - p, self.service, |t| self.wait_exceeds(t))
    }

    /// Share of time with 0, 1, ... `count - 1` in system, by the stable recursion over the
    /// states that departures leave behind.
    fn in_system(&self, count: usize) -> Vec<f64> {
        let load = self.arrival_rate * self.service;
        let more = more_arrivals_than(load, count);
        let none = libm::exp(-load);
        let mut shares = vec![1.0 - load];
        for n in 0..count.saturating_sub(1) {
            let from_queue: f64 = (1..=n).map(|i| shares[i] * more[n + 1 - i]).sum();
            shares.push((shares[0] * more[n] + from_queue) / none);
        }
        shares
    }
}

/// Chance of more than 0, 1, ... `count` - 1 and `count` arrivals of a Poisson law.
fn more_arrivals_than(mean: f64, count: usize) -> Vec<f64> {
    let mut weight = libm::exp(-mean);
    let mut weights = Vec::new();
    while weights.len() <= count + 1 || weight > 1e-40 {
        weights.push(weight);
        weight *= mean / weights.len() as f64;
    }
    let mut tail = 0.0;
    let mut tails: Vec<f64> = weights
        .iter()
        .rev()
        .map(|weight| {
            let above = tail;
            tail += weight;
            above
        })
        .collect();
    tails.reverse();
    tails
}

fn cumulative(shares: &[f64]) -> Vec<f64> {
    let mut sum = 0.0;
    shares
        .iter()
        .map(|share| {
            sum += share;
            sum
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::check::near;

    #[test]
    fn the_tail_meets_erlangs_formula_at_sixty_digits() {
        let busy = Md1::new(0.8, 1.0).unwrap();
        near(busy.mean_wait(), 2.0, 1e-12);
        near(busy.wait_quantile(0.95), 6.620_325, 1e-6);
        near(busy.wait_quantile(0.99), 10.355_89, 1e-6);
        let calm = Md1::new(0.6, 1.0).unwrap();
        near(calm.mean_wait(), 0.75, 1e-12);
        near(calm.wait_quantile(0.95), 2.829_466, 1e-6);
        near(calm.wait_quantile(0.99), 4.529_613, 1e-6);
    }

    #[test]
    fn the_tail_integrates_to_the_mean() {
        let queue = Md1::new(45.0, 0.02).unwrap();
        let step = 0.000_5;
        let area: f64 = (0..4_000)
            .map(|k| queue.wait_exceeds((f64::from(k) + 0.5) * step) * step)
            .sum();
        near(area, queue.mean_wait(), 1e-4);
    }

    #[test]
    fn the_far_tail_carries_on_the_near_one() {
        for load in [0.7, 0.9, 0.99] {
            let queue = Md1::new(load, 1.0).unwrap();
            for seconds in [51.0, 53.7, 80.0, 120.5] {
                let exact = queue.wait_exceeds_exactly(seconds);
                let error = (queue.wait_exceeds(seconds) - exact).abs();
                assert!(error < 1e-12 + 1e-9 * exact, "{load} {seconds}: {error}");
            }
        }
        // In heavy traffic the wait is exponential: about 1e5 / 2 * ln 100.
        let heavy = Md1::new(0.999_99, 1.0).unwrap();
        near(heavy.wait_quantile(0.99), 50_000.0 * libm::log(100.0), 1e-3);
    }

    #[test]
    fn an_arrival_waits_with_the_chance_that_the_server_is_busy() {
        let queue = Md1::new(0.3, 2.0).unwrap();
        near(queue.wait_exceeds(0.0), 0.6, 1e-12);
        near(queue.wait_quantile(0.2), 0.0, 0.0);
        assert_eq!(Md1::new(1.0, 1.0), None);
    }
}
