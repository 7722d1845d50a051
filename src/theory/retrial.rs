//! Requests that find a server busy and come again later.

/// A stable M/M/1 station without a queue: who finds it busy joins the orbit, and each in the
/// orbit tries again after exponential times until it is served.
///
/// Source: G. Falin and J. Templeton, *Retrial Queues*, section 1.2.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Retrial {
    arrival_rate: f64,
    load: f64,
    retry_rate: f64,
}

impl Retrial {
    /// First arrivals and services per second, and retries per second of each in the orbit.
    ///
    /// `None` if the load reaches 1 or a rate is not positive.
    pub fn new(arrival_rate: f64, service_rate: f64, retry_rate: f64) -> Option<Self> {
        let load = arrival_rate / service_rate;
        let is_sound = load > 0.0 && load < 1.0 && service_rate > 0.0 && retry_rate > 0.0;
        is_sound.then_some(Self {
            arrival_rate,
            load,
            retry_rate,
        })
    }

    /// Busy share of the server, 0..1.
    pub fn utilisation(&self) -> f64 {
        self.load
    }

    /// Mean number in the orbit.
    pub fn mean_in_orbit(&self) -> f64 {
        self.load * (self.arrival_rate + self.load * self.retry_rate)
            / ((1.0 - self.load) * self.retry_rate)
    }

    /// Mean time in seconds from the first arrival to the end of service.
    pub fn mean_response(&self) -> f64 {
        (self.mean_in_orbit() + self.load) / self.arrival_rate
    }
}

/// Attempts per request if each fails with chance `failure` (0..=1) by itself and is repeated at
/// most `retries` times.
///
/// Source: geometric series.
pub fn attempts_per_request(failure: f64, retries: u32) -> f64 {
    (0..=retries)
        .fold((0.0, 1.0), |(sum, reached), _| {
            (sum + reached, reached * failure)
        })
        .0
}

/// Share of requests that fail for good, under the same assumptions.
pub fn fails_for_good(failure: f64, retries: u32) -> f64 {
    libm::pow(failure, f64::from(retries) + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::check::near;
    use crate::theory::levels::{mean, stationary};

    #[test]
    fn a_phone_line_at_70_per_cent() {
        let line = Retrial::new(0.7, 1.0, 0.5).unwrap();
        near(line.mean_in_orbit(), 4.9, 1e-12);
        near(line.utilisation(), 0.7, 1e-12);
        near(line.mean_response(), 8.0, 1e-12);
        assert_eq!(Retrial::new(1.0, 1.0, 0.5), None);
    }

    #[test]
    fn the_chain_of_orbit_and_server_agrees() {
        // Level: number in the orbit; phase: server idle or busy.
        let shares = stationary(600, 2, |orbit, busy| {
            if busy == 1 {
                vec![(1, 1, 0.7), (0, 0, 1.0)]
            } else {
                vec![(0, 1, 0.7), (-1, 1, 0.5 * orbit as f64)]
            }
        })
        .unwrap();
        near(mean(&shares, |orbit, _| orbit as f64), 4.9, 1e-9);
    }

    #[test]
    fn eager_retries_are_a_queue() {
        let eager = Retrial::new(0.8, 1.0, 1e9).unwrap();
        near(eager.mean_response(), 5.0, 1e-6);
    }

    #[test]
    fn half_of_the_attempts_fail() {
        near(attempts_per_request(0.5, 3), 1.875, 1e-12);
        near(fails_for_good(0.5, 3), 0.0625, 1e-12);
        near(attempts_per_request(1.0, 3), 4.0, 1e-12);
    }
}
