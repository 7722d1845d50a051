//! GI/M/1: independent arrivals of any law to one exponential server, FCFS.

use super::mmc::bisect_tail;

/// A stable GI/M/1 station. With arrivals at a fixed pace it is D/M/1; one of `k` servers that
/// Poisson arrivals are dealt to in turn is `E_k`/M/1.
///
/// Source: L. Kleinrock, *Queueing Systems* vol. 1, section 6.4 (G/M/1).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gim1 {
    service_rate: f64,
    idle_on_arrival: f64,
}

impl Gim1 {
    /// Mean seconds between arrivals, services per second, and the law of the interval as
    /// 1 - E(exp(-s interval)) for s > 0 per second, written so that it keeps its digits near 0.
    ///
    /// `None` if the load reaches 1 or a number is out of range.
    pub fn new(
        mean_interval: f64,
        service_rate: f64,
        complement: impl Fn(f64) -> f64,
    ) -> Option<Self> {
        let services = mean_interval * service_rate;
        if services.is_nan() || services <= 1.0 || service_rate <= 0.0 {
            return None;
        }
        // The chance s to find the server busy is the root below 1 of
        // s = E(exp(-rate (1 - s) interval)); solved for 1 - s.
        let excess = |idle: f64| complement(service_rate * idle) - idle;
        Some(Self {
            service_rate,
            idle_on_arrival: bisect_tail(0.0, 1.0, excess),
        })
    }

    /// Arrivals at a fixed pace: D/M/1. Seconds between arrivals and services per second.
    pub fn paced(interval: f64, service_rate: f64) -> Option<Self> {
        Self::new(interval, service_rate, |s| -libm::expm1(-s * interval))
    }

    /// Intervals of `stages` (at least 1) exponential parts: `E_k`/M/1. Every `stages`-th of
    /// Poisson arrivals comes like this.
    pub fn in_stages(stages: u32, mean_interval: f64, service_rate: f64) -> Option<Self> {
        let count = f64::from(stages.max(1));
        Self::new(mean_interval, service_rate, |s| {
            -libm::expm1(-count * libm::log1p(s * mean_interval / count))
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
        let queue = Gim1::paced(1.25, 1.0).unwrap();
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
    fn dealt_in_turn() {
        // Two servers at 80 %, four at 90 %.
        let two = Gim1::in_stages(2, 1.25, 1.0).unwrap();
        near(two.mean_response(), 3.843_98, 1e-6);
        let four = Gim1::in_stages(4, 1.0 / 0.9, 1.0).unwrap();
        near(four.mean_wait(), 5.383_05, 1e-6);
        // One stage is M/M/1, very many are a fixed pace.
        near(
            Gim1::in_stages(1, 1.25, 1.0).unwrap().mean_response(),
            5.0,
            1e-12,
        );
        let many = Gim1::in_stages(1_000_000, 1.25, 1.0).unwrap();
        near(many.mean_response(), 2.692_731, 1e-5);
    }

    #[test]
    fn pacing_waits_less_than_random_arrivals_and_overload_never_ends() {
        assert!(Gim1::paced(1.25, 1.0).unwrap().mean_wait() < 4.0);
        assert_eq!(Gim1::paced(1.0, 1.0), None);
        assert!(Gim1::paced(1.001, 1.0).unwrap().mean_wait() > 400.0);
        near(
            Gim1::paced(1.0 + 1e-9, 1.0).unwrap().mean_wait(),
            0.5e9,
            1e-6,
        );
    }
}
