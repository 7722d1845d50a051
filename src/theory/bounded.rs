//! A station with bounded room whose speed depends on how many are present.

/// Poisson arrivals to a station that holds a limited number and turns the rest away.
///
/// Source: L. Kleinrock, *Queueing Systems* vol. 1, section 3.2 (birth-death equilibrium).
#[derive(Clone, Debug, PartialEq)]
pub struct Bounded {
    arrival_rate: f64,
    shares: Vec<f64>,
}

impl Bounded {
    /// Arrivals per second, and completions per second with 1, 2, ... K requests present; K is
    /// the number of places. Exponential service of jobs that speed each other up or down, as
    /// under [`Usl`](super::Usl) with K threads and backlog (the last rate repeated).
    ///
    /// `None` without places or if a rate is not positive and finite.
    pub fn new(arrival_rate: f64, completion_rates: &[f64]) -> Option<Self> {
        let is_rate = |rate: &f64| *rate > 0.0 && rate.is_finite();
        if completion_rates.is_empty() || !completion_rates.iter().all(is_rate) {
            return None;
        }
        let rates = completion_rates.iter().map(|&down| (arrival_rate, down));
        is_rate(&arrival_rate).then(|| Self {
            arrival_rate,
            shares: birth_death(rates),
        })
    }

    /// Share of time with `n` requests present, for n from 0 to K.
    pub fn shares(&self) -> &[f64] {
        &self.shares
    }

    /// Chance that an arrival is turned away.
    pub fn blocking(&self) -> f64 {
        self.shares[self.shares.len() - 1]
    }

    /// Requests accepted, and so served, per second.
    pub fn throughput(&self) -> f64 {
        self.arrival_rate * (1.0 - self.blocking())
    }

    /// Mean number present.
    pub fn mean_in_system(&self) -> f64 {
        self.shares
            .iter()
            .enumerate()
            .map(|(n, share)| n as f64 * share)
            .sum()
    }

    /// Mean response time of accepted requests in seconds.
    pub fn mean_response(&self) -> f64 {
        self.mean_in_system() / self.throughput()
    }
}

/// Steady-state shares of a birth-death chain. Item n of `rates` holds the rate up from state n
/// and the rate down from state n + 1 (positive). Weights are scaled back before they overflow.
pub(super) fn birth_death(rates: impl Iterator<Item = (f64, f64)>) -> Vec<f64> {
    let mut weights = vec![1.0];
    let mut last = 1.0_f64;
    for (up, down) in rates {
        last *= up / down;
        weights.push(last);
        if last > 1e200 {
            for weight in &mut weights {
                *weight /= last;
            }
            last = 1.0;
        }
    }
    let total: f64 = weights.iter().sum();
    weights.iter().map(|weight| weight / total).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::check::near;
    use crate::theory::usl::Usl;

    #[test]
    fn one_place_with_equal_rates_is_full_half_of_the_time() {
        let station = Bounded::new(2.0, &[2.0]).unwrap();
        near(station.blocking(), 0.5, 1e-12);
        near(station.throughput(), 1.0, 1e-12);
        near(station.mean_response(), 0.5, 1e-12);
    }

    #[test]
    fn what_flows_in_flows_out() {
        let law = Usl {
            sigma: 0.02,
            kappa: 0.002,
        };
        let rates: Vec<f64> = (1..=60).map(|n| law.capacity(f64::from(n))).collect();
        let station = Bounded::new(9.0, &rates).unwrap();
        let served: f64 = station.shares()[1..]
            .iter()
            .zip(&rates)
            .map(|(share, rate)| share * rate)
            .sum();
        near(served, station.throughput(), 1e-12);
        // Past the peak of 9.386 at 22 jobs the station buckles: it ends up nearly full.
        assert!(
            station.mean_in_system() > 40.0,
            "{}",
            station.mean_in_system()
        );
    }

    #[test]
    fn rates_must_be_positive() {
        assert_eq!(Bounded::new(1.0, &[]), None);
        assert_eq!(Bounded::new(1.0, &[1.0, 0.0]), None);
        assert_eq!(Bounded::new(f64::INFINITY, &[1.0]), None);
    }
}
