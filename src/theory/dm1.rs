//! D/M/1: requests at a fixed pace to one exponential server, FCFS.

use super::mmc::bisect_tail;

/// A stable D/M/1 station.
///
/// Source: L. Kleinrock, *Queueing Systems* vol. 1, section 6.4 (G/M/1).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dm1 {
    service_rate: f64,
    idle_on_arrival: f64,
}

impl Dm1 {
    /// Seconds between arrivals and services per second; `None` if the load reaches 1.
    pub fn new(interval: f64, service_rate: f64) -> Option<Self> {
        let services = interval * service_rate;
        if services.is_nan() || services <= 1.0 || service_rate <= 0.0 {
            return None;
        }
        // The chance s to find the server busy is the root below 1 of
        // s = exp(-services (1 - s)); solved for 1 - s, which keeps its digits near full load.
        let excess = |idle: f64| -libm::expm1(-services * idle) - idle;
        Some(Self {
            service_rate,
            idle_on_arrival: bisect_tail(0.0, 1.0, excess),
        })
    }

    /// Chance that an arrival finds the server busy.
    pub fn wait_probability(&self) -> f64 {
        1.0 - self.idle_on_arrival
    }

    /// Mean waiting time in seconds.
    pub fn mean_wait(&self) -> f64 {
        self.wait_probability() * self.mean_response()
    }

    /// Mean response time in seconds.
    pub fn mean_response(&self) -> f64 {
        1.0 / (self.service_rate * self.idle_on_arrival)
    }

    /// The `p`-quantile of the response time in seconds, `p` in 0..1: it is exponential.
    pub fn response_quantile(&self, p: f64) -> f64 {
        -libm::log1p(-p) * self.mean_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::check::near;

    #[test]
    fn an_arrival_every_five_quarters_of_a_service() {
        // The root equation solved independently.
        let queue = Dm1::new(1.25, 1.0).unwrap();
        near(queue.wait_probability(), 0.628_629_8, 2e-7);
        near(queue.mean_wait(), 1.692_731, 1e-6);
        near(queue.mean_response(), 2.692_731, 1e-6);
        near(
            queue.response_quantile(0.5),
            2.692_731 * libm::log(2.0),
            1e-6,
        );
    }

    #[test]
    fn pacing_waits_less_than_random_arrivals_and_overload_never_ends() {
        assert!(Dm1::new(1.25, 1.0).unwrap().mean_wait() < 4.0);
        assert_eq!(Dm1::new(1.0, 1.0), None);
        assert!(Dm1::new(1.001, 1.0).unwrap().mean_wait() > 400.0);
        near(Dm1::new(1.0 + 1e-9, 1.0).unwrap().mean_wait(), 0.5e9, 1e-6);
    }
}
