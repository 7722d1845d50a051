//! M/G/1: Poisson arrivals and one server with any law of service.

/// A stable M/G/1 station that serves in order of arrival.
///
/// Source: L. Kleinrock, *Queueing Systems* vol. 1, section 5.6 (Pollaczek and Khinchine).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mg1 {
    arrival_rate: f64,
    service_mean: f64,
    service_scv: f64,
}

impl Mg1 {
    /// Arrivals per second, mean service in seconds, and the squared coefficient of variation of
    /// the service (0 constant, 1 exponential).
    ///
    /// `None` if the load reaches 1 or a number is out of range.
    pub fn new(arrival_rate: f64, service_mean: f64, service_scv: f64) -> Option<Self> {
        let load = arrival_rate * service_mean;
        let is_sound = load > 0.0 && load < 1.0 && service_mean > 0.0 && service_scv >= 0.0;
        is_sound.then_some(Self {
            arrival_rate,
            service_mean,
            service_scv,
        })
    }

    /// Busy share of the server, 0..1.
    pub fn utilisation(&self) -> f64 {
        self.arrival_rate * self.service_mean
    }

    /// Mean waiting time in seconds.
    pub fn mean_wait(&self) -> f64 {
        let second_moment = self.service_mean * self.service_mean * (1.0 + self.service_scv);
        self.arrival_rate * second_moment / (2.0 * (1.0 - self.utilisation()))
    }

    /// Mean response time in seconds.
    pub fn mean_response(&self) -> f64 {
        self.mean_wait() + self.service_mean
    }

    /// Mean number waiting or in service.
    pub fn mean_in_system(&self) -> f64 {
        self.arrival_rate * self.mean_response()
    }
}

/// A stable M/G/1 station that shares its server equally among all present. Its means depend on
/// the service law only through the mean.
///
/// Source: L. Kleinrock, *Queueing Systems* vol. 2, section 4.4.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mg1ProcessorSharing {
    arrival_rate: f64,
    service_mean: f64,
}

impl Mg1ProcessorSharing {
    /// Arrivals per second and mean service in seconds; `None` if the load reaches 1.
    pub fn new(arrival_rate: f64, service_mean: f64) -> Option<Self> {
        let plain = Mg1::new(arrival_rate, service_mean, 1.0)?;
        Some(Self {
            arrival_rate: plain.arrival_rate,
            service_mean: plain.service_mean,
        })
    }

    /// Busy share of the server, 0..1.
    pub fn utilisation(&self) -> f64 {
        self.arrival_rate * self.service_mean
    }

    /// Mean response time in seconds.
    pub fn mean_response(&self) -> f64 {
        self.response_of(self.service_mean)
    }

    /// Mean response time in seconds of a request that needs `service` seconds.
    pub fn response_of(&self, service: f64) -> f64 {
        service / (1.0 - self.utilisation())
    }

    /// Mean number present.
    pub fn mean_in_system(&self) -> f64 {
        self.arrival_rate * self.mean_response()
    }

    /// Variance of the response in square seconds when the service is exponential.
    ///
    /// Source: E. Coffman, R. Muntz, H. Trotter 1970, *Waiting time distributions for
    /// processor-sharing systems*, J. ACM 17.
    pub fn response_variance_exponential(&self) -> f64 {
        let (load, mean) = (self.utilisation(), self.mean_response());
        mean * mean * (2.0 + load) / (2.0 - load)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::check::near;

    #[test]
    fn variable_service_waits_longer() {
        // Lognormal service of mean 1 and scv 4 at 70 %: 0.7 * 5 / 0.6.
        near(
            Mg1::new(0.7, 1.0, 4.0).unwrap().mean_wait(),
            5.833_333,
            1e-6,
        );
        near(Mg1::new(0.8, 1.0, 0.0).unwrap().mean_wait(), 2.0, 1e-12);
        near(Mg1::new(0.8, 1.0, 1.0).unwrap().mean_response(), 5.0, 1e-12);
    }

    #[test]
    fn a_coxian_law_of_the_java_modelling_tools() {
        // Stage of rate 4, then with 1/8 one of rate 0.5: mean 0.5, scv 4. Their stored
        // simulation says 1.7263..1.7692.
        let queue = Mg1::new(1.0, 0.5, 4.0).unwrap();
        near(queue.mean_response(), 1.75, 1e-12);
        near(queue.mean_in_system(), 1.75, 1e-12);
    }

    #[test]
    fn long_requests_hold_up_short_ones_in_a_queue_but_not_when_shared() {
        // 90 % need 1 ms, 10 % need 50 ms, utilisation 0.7; times in ms.
        let (mean, second) = (5.9, 0.9 + 0.1 * 2_500.0);
        let scv = second / (mean * mean) - 1.0;
        let rate = 0.7 / mean;
        near(
            Mg1::new(rate, mean, scv).unwrap().mean_wait(),
            49.612_99,
            1e-6,
        );
        let shared = Mg1ProcessorSharing::new(rate, mean).unwrap();
        near(shared.mean_response(), 19.666_67, 1e-6);
        near(shared.response_of(1.0), 3.333_333, 1e-6);
        near(shared.response_of(50.0), 166.666_7, 1e-6);
    }

    #[test]
    fn processor_sharing_at_80_per_cent() {
        let shared = Mg1ProcessorSharing::new(0.8, 1.0).unwrap();
        near(shared.mean_response(), 5.0, 1e-12);
        near(shared.response_variance_exponential(), 58.333_33, 1e-6);
        // A 100 Mbit/s link with 9.375 transfers of 8 Mbit a second (Roberts).
        let link = Mg1ProcessorSharing::new(9.375, 0.08).unwrap();
        near(link.mean_response(), 0.32, 1e-12);
        near(link.mean_in_system(), 3.0, 1e-12);
    }

    #[test]
    fn overload_has_no_station() {
        assert_eq!(Mg1::new(1.0, 1.0, 0.0), None);
        assert_eq!(Mg1::new(0.5, 1.0, -0.1), None);
        assert_eq!(Mg1ProcessorSharing::new(2.0, 1.0), None);
    }
}
