//! M/M/c/K: at most `K` requests in the station, the rest is turned away.

use super::bounded::Bounded;

/// A station with a bounded waiting room, in steady state at any load.
///
/// Source: D. Gross, J. Shortle, J. Thompson, C. Harris, *Fundamentals of Queueing Theory*,
/// section 3.5.
#[derive(Clone, Debug, PartialEq)]
pub struct Mmck {
    station: Bounded,
    service_rate: f64,
    servers: u32,
}

impl Mmck {
    /// Arrivals per second, services per second of one busy server, servers (at least 1), places
    /// in all (those in service included, at least `servers`).
    ///
    /// `None` outside those ranges.
    pub fn new(arrival_rate: f64, service_rate: f64, servers: u32, places: u32) -> Option<Self> {
        if servers == 0 || places < servers {
            return None;
        }
        let busy = (1..=places).map(|n| f64::from(n.min(servers)));
        let rates: Vec<f64> = busy.map(|busy| service_rate * busy).collect();
        let station = Bounded::new(arrival_rate, &rates)?;
        Some(Self {
            station,
            service_rate,
            servers,
        })
    }

    /// Share of time with `n` requests in the station, for n from 0 to K.
    pub fn shares(&self) -> &[f64] {
        self.station.shares()
    }

    /// Chance that an arrival is turned away.
    pub fn blocking(&self) -> f64 {
        self.station.blocking()
    }

    /// Requests accepted, and so served, per second.
    pub fn throughput(&self) -> f64 {
        self.station.throughput()
    }

    /// Busy share of the servers, 0..1.
    pub fn utilisation(&self) -> f64 {
        self.throughput() / (self.service_rate * f64::from(self.servers))
    }

    /// Mean number in the station.
    pub fn mean_in_system(&self) -> f64 {
        self.station.mean_in_system()
    }

    /// Mean response time of accepted requests in seconds.
    pub fn mean_response(&self) -> f64 {
        self.station.mean_response()
    }

    /// Mean waiting time of accepted requests in seconds.
    pub fn mean_wait(&self) -> f64 {
        self.mean_response() - 1.0 / self.service_rate
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::check::near;
    use crate::theory::erlang::erlang_b;

    #[test]
    fn two_servers_and_one_place_to_wait() {
        // The queueing vignette of simmer: M/M/2/3 with rates 3 and 4.
        let queue = Mmck::new(3.0, 4.0, 2, 3).unwrap();
        near(queue.mean_in_system(), 0.762_34, 1e-6);
        near(queue.blocking(), 0.049_360_15, 2e-7);
        near(queue.throughput(), 2.851_92, 1e-6);
        near(queue.mean_response(), 0.267_307_7, 2e-7);
    }

    #[test]
    fn one_server_and_eleven_places() {
        // An example of the Java Modelling Tools stores a simulated 4.29 +- 0.04.
        let queue = Mmck::new(9.0, 10.0, 1, 11).unwrap();
        near(queue.mean_in_system(), 4.276_904, 1e-6);
        near(queue.blocking(), 0.043_732_37, 2e-7);
        near(queue.throughput(), 8.606_409, 1e-6);
        near(queue.mean_response(), 0.496_944_1, 2e-7);
    }

    #[test]
    fn three_servers_and_ten_places() {
        let queue = Mmck::new(5.0, 2.0, 3, 10).unwrap();
        near(queue.mean_in_system(), 4.061_425, 1e-6);
        near(queue.mean_wait(), 0.345_285, 2e-6);
        near(queue.utilisation(), 4.8048 / 6.0, 1e-6);
    }

    #[test]
    fn without_waiting_room_it_is_erlang_b() {
        for servers in [1, 4, 50, 2_000] {
            let load = 0.9 * f64::from(servers);
            let queue = Mmck::new(load, 1.0, servers, servers).unwrap();
            near(queue.blocking(), erlang_b(load, servers), 1e-9);
        }
    }

    #[test]
    fn overload_fills_the_room() {
        let queue = Mmck::new(1e6, 1.0, 1, 500).unwrap();
        near(queue.throughput(), 1.0, 1e-9);
        near(queue.mean_in_system(), 500.0, 1e-5);
        assert_eq!(Mmck::new(1.0, 1.0, 3, 2), None);
    }
}
