//! M/M/c: Poisson arrivals, exponential service, `c` servers, one FCFS queue without limit.

use super::erlang::erlang_c;

/// A stable M/M/c station; one server makes it M/M/1.
///
/// Source: M. Harchol-Balter, *Performance Modeling and Design of Computer Systems*, chapter 14;
/// L. Kleinrock, *Queueing Systems* vol. 1, section 3.5.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mmc {
    arrival_rate: f64,
    service_rate: f64,
    servers: u32,
    wait_probability: f64,
}

impl Mmc {
    /// Arrivals per second, services per second of one busy server, number of servers.
    ///
    /// `None` if the load reaches capacity or a rate is not positive.
    pub fn new(arrival_rate: f64, service_rate: f64, servers: u32) -> Option<Self> {
        if arrival_rate.is_nan() || arrival_rate <= 0.0 || service_rate <= 0.0 {
            return None;
        }
        let wait_probability = erlang_c(arrival_rate / service_rate, servers)?;
        Some(Self {
            arrival_rate,
            service_rate,
            servers,
            wait_probability,
        })
    }

    /// Busy share of the servers, 0..1.
    pub fn utilisation(&self) -> f64 {
        self.arrival_rate / (self.service_rate * f64::from(self.servers))
    }

    /// Chance that an arrival has to wait (Erlang C).
    pub fn wait_probability(&self) -> f64 {
        self.wait_probability
    }

    /// Mean waiting time in seconds, those who do not wait included.
    pub fn mean_wait(&self) -> f64 {
        self.wait_probability / self.spare_rate()
    }

    /// Mean response time (waiting and service) in seconds.
    pub fn mean_response(&self) -> f64 {
        self.mean_wait() + 1.0 / self.service_rate
    }

    /// Mean number waiting.
    pub fn mean_waiting(&self) -> f64 {
        self.arrival_rate * self.mean_wait()
    }

    /// Mean number waiting or in service.
    pub fn mean_in_system(&self) -> f64 {
        self.arrival_rate * self.mean_response()
    }

    /// Chance to wait longer than `seconds` (at least 0).
    pub fn wait_exceeds(&self, seconds: f64) -> f64 {
        self.wait_probability * libm::exp(-self.spare_rate() * seconds)
    }

    /// The `p`-quantile of the waiting time in seconds, `p` in 0..1; 0 where nobody waits.
    pub fn wait_quantile(&self, p: f64) -> f64 {
        let ratio = self.wait_probability / (1.0 - p);
        if ratio <= 1.0 {
            0.0
        } else {
            libm::log(ratio) / self.spare_rate()
        }
    }

    /// Chance that the response takes longer than `seconds` (at least 0).
    ///
    /// The response is the service plus, with the chance of Erlang C, an exponential wait; where
    /// both have the same rate their sum is an Erlang law of two stages.
    pub fn response_exceeds(&self, seconds: f64) -> f64 {
        let (mu, spare) = (self.service_rate, self.spare_rate());
        let service = libm::exp(-mu * seconds);
        let gap = (mu - spare) * seconds;
        if gap.abs() < 1.0 {
            // (exp(gap) - 1) / gap without the division by 0.
            let growth = if gap.abs() < 1e-12 {
                1.0
            } else {
                libm::expm1(gap) / gap
            };
            return service * (1.0 + self.wait_probability * mu * seconds * growth);
        }
        let slow = libm::exp(-spare * seconds) - service;
        service + self.wait_probability * mu / (mu - spare) * slow
    }

    /// The `p`-quantile of the response time in seconds, `p` in 0..1, by bisection.
    pub fn response_quantile(&self, p: f64) -> f64 {
        bisect_tail(1.0 - p, self.mean_response(), |t| self.response_exceeds(t))
    }

    /// Rate at which the queue drains while all servers are busy, net of arrivals.
    fn spare_rate(&self) -> f64 {
        self.service_rate * f64::from(self.servers) - self.arrival_rate
    }
}

/// Time at which the decreasing `exceeds` falls to `tail`, to the last bit; `scale` is any
/// positive time to start from.
pub(super) fn bisect_tail(tail: f64, scale: f64, exceeds: impl Fn(f64) -> f64) -> f64 {
    let (mut low, mut high) = (0.0, scale);
    while exceeds(high) > tail && high < 1e300 {
        low = high;
        high *= 2.0;
    }
    loop {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            return high;
        }
        if exceeds(middle) > tail {
            low = middle;
        } else {
            high = middle;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::check::near;

    #[test]
    fn mm1_at_80_per_cent() {
        let queue = Mmc::new(0.8, 1.0, 1).unwrap();
        near(queue.mean_wait(), 4.0, 1e-12);
        near(queue.mean_response(), 5.0, 1e-12);
        near(queue.mean_in_system(), 4.0, 1e-12);
        // The response of M/M/1 is exponential: 5 ln 20 and 5 ln 100.
        near(queue.response_quantile(0.95), 14.978_66, 1e-6);
        near(queue.response_quantile(0.99), 23.025_85, 1e-6);
    }

    #[test]
    fn more_servers() {
        near(Mmc::new(7.2, 1.0, 8).unwrap().mean_response(), 1.8769, 3e-5);
        let ten = Mmc::new(8.0, 1.0, 10).unwrap();
        near(ten.wait_probability(), 0.409_180_2, 2e-7);
        near(ten.mean_wait(), 0.204_590_1, 2e-7);
        near(ten.wait_quantile(0.99), 1.855_785, 1e-6);
        near(ten.wait_exceeds(1.0), 0.055_376_51, 2e-7);
        near(ten.wait_quantile(0.5), 0.0, 0.0);
        near(
            Mmc::new(40.0, 1.0, 45).unwrap().mean_wait(),
            0.068_141_22,
            2e-7,
        );
    }

    #[test]
    fn the_bank_with_three_tellers() {
        // The Ciw documentation (tutorial, parallel processes) simulates this model.
        let bank = Mmc::new(0.2, 0.1, 3).unwrap();
        near(bank.mean_wait(), 40.0 / 9.0, 1e-12);
        near(bank.mean_waiting(), 8.0 / 9.0, 1e-12);
    }

    #[test]
    fn the_tail_of_the_response_integrates_to_its_mean() {
        // 2 servers at rate 1 with arrivals 1: wait and service have the same rate.
        for (arrivals, servers) in [(1.0, 2), (0.999_999, 2), (7.2, 8), (0.3, 1), (99.0, 100)] {
            let queue = Mmc::new(arrivals, 1.0, servers).unwrap();
            let step = 0.001;
            let area: f64 = (0..200_000)
                .map(|k| queue.response_exceeds((f64::from(k) + 0.5) * step) * step)
                .sum();
            near(area, queue.mean_response(), 1e-6);
        }
    }

    #[test]
    fn far_tails_do_not_overflow() {
        let queue = Mmc::new(99.9, 1.0, 100).unwrap();
        let tail = queue.response_exceeds(5_000.0);
        assert!(tail > 0.0 && tail < 1e-200, "{tail}");
        let lively = Mmc::new(1.7, 1.0, 2).unwrap().response_exceeds(800.0);
        near(libm::log(lively), -240.0, 0.01);
        near(
            queue.response_exceeds(queue.response_quantile(0.999)),
            0.001,
            1e-9,
        );
    }

    #[test]
    fn overload_and_nonsense_have_no_station() {
        assert_eq!(Mmc::new(8.0, 1.0, 8), None);
        assert_eq!(Mmc::new(1.0, 0.0, 8), None);
        assert_eq!(Mmc::new(f64::NAN, 1.0, 8), None);
    }
}
