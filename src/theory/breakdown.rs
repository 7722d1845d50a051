//! Servers that break down and are repaired, while requests wait or go on elsewhere.

use super::levels::{Move, mean, stationary};

/// A stable M/M/1 station whose server, idle or busy, fails and is repaired after exponential
/// times; interrupted work is taken up again where it stopped.
///
/// Source: B. Avi-Itzhak and P. Naor 1963, *Some queuing problems with the service station
/// subject to breakdown*, Operations Research 11; I. Mitrany and B. Avi-Itzhak 1968, *A
/// many-server queue with service interruptions*, Operations Research 16.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Unreliable {
    arrival_rate: f64,
    mean_in_system: f64,
    availability: f64,
}

impl Unreliable {
    /// Arrivals, services, failures and repairs per second.
    ///
    /// `None` if a rate is not positive or the load reaches what the server does on average.
    pub fn new(
        arrival_rate: f64,
        service_rate: f64,
        failure_rate: f64,
        repair_rate: f64,
    ) -> Option<Self> {
        let rates = [arrival_rate, service_rate, failure_rate, repair_rate];
        let spare = repair_rate * (service_rate - arrival_rate) - failure_rate * arrival_rate;
        if !rates.iter().all(|rate| *rate > 0.0 && rate.is_finite()) || spare <= 0.0 {
            return None;
        }
        let both = failure_rate + repair_rate;
        Some(Self {
            arrival_rate,
            mean_in_system: arrival_rate * (both * both + failure_rate * service_rate)
                / (both * spare),
            availability: repair_rate / both,
        })
    }

    /// Share of time in which the server works or could work.
    pub fn availability(&self) -> f64 {
        self.availability
    }

    /// Mean number waiting, interrupted or in service.
    pub fn mean_in_system(&self) -> f64 {
        self.mean_in_system
    }

    /// Mean response time in seconds.
    pub fn mean_response(&self) -> f64 {
        self.mean_in_system / self.arrival_rate
    }
}

/// Rates of a station with several servers that fail.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct UnreliableServers {
    /// Arrivals per second.
    pub arrival_rate: f64,
    /// Services per second of a working server.
    pub service_rate: f64,
    /// Number of servers, 1..=20.
    pub servers: u32,
    /// Failures per second of each server that is up, idle or busy.
    pub failure_rate: f64,
    /// Repairs per second of each crew at work.
    pub repair_rate: f64,
    /// Number of crews, at least 1; with as many as servers each is repaired at once.
    pub crews: u32,
}

impl UnreliableServers {
    /// Mean response in seconds; an interrupted request goes on at any free server, FCFS.
    ///
    /// Solved as a chain over requests and servers up, cut where further requests change the
    /// mean by less than 1e-10 of it. `None` outside the ranges or if servers are not up long
    /// enough for the load.
    pub fn mean_response(&self) -> Option<f64> {
        let up: f64 = self.mean_up()?;
        let load = self.arrival_rate / self.service_rate;
        if !(load > 0.0 && load < up) {
            return None;
        }
        let (mut top, mut last) = (64, 0.0);
        while top <= 1 << 16 {
            let shares = stationary(top, self.servers as usize + 1, |n, up| self.moves(n, up))?;
            let own = mean(&shares, |n, _| n as f64) / self.arrival_rate;
            if (own - last).abs() <= 1e-10 * own {
                return Some(own);
            }
            last = own;
            top *= 2;
        }
        None
    }

    /// Mean number of servers up.
    pub fn mean_up(&self) -> Option<f64> {
        let rates = [self.failure_rate, self.repair_rate, self.service_rate];
        let is_sound = rates.iter().all(|rate| *rate > 0.0 && rate.is_finite());
        if !is_sound || !(1..=20).contains(&self.servers) || self.crews == 0 {
            return None;
        }
        let shares = stationary(self.servers as usize, 1, |up, _| {
            vec![(1, 0, self.mending(up)), (-1, 0, self.failing(up))]
        })?;
        Some(mean(&shares, |up, _| up as f64))
    }

    fn failing(&self, up: usize) -> f64 {
        self.failure_rate * up as f64
    }

    fn mending(&self, up: usize) -> f64 {
        let down = self.servers as usize - up;
        self.repair_rate * down.min(self.crews as usize) as f64
    }

    fn moves(&self, requests: usize, up: usize) -> Vec<Move> {
        let mut moves = vec![(1, up, self.arrival_rate)];
        let busy = requests.min(up);
        moves.push((-1, up, self.service_rate * busy as f64));
        if up > 0 {
            moves.push((0, up - 1, self.failing(up)));
        }
        if up < self.servers as usize {
            moves.push((0, up + 1, self.mending(up)));
        }
        moves
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::check::near;

    #[test]
    fn a_server_that_is_down_a_tenth_of_the_time() {
        let station = Unreliable::new(0.5, 1.0, 0.01, 0.1).unwrap();
        near(station.mean_in_system(), 2.232_323, 1e-6);
        near(station.mean_response(), 4.464_646, 1e-6);
        near(station.availability(), 0.909_090_9, 1e-6);
        assert_eq!(Unreliable::new(0.95, 1.0, 0.01, 0.1), None);
        assert_eq!(Unreliable::new(0.5, 1.0, 0.0, 0.1), None);
    }

    /// Two loads to nine places: the closed form L = lambda / (A mu - lambda) x
    /// (1 + mu xi / (xi + eta)^2) and a matrix-geometric solution of the same chain give these.
    #[test]
    fn breakdowns_cost_more_than_the_time_they_last() {
        let tenth = Unreliable::new(0.5, 1.0, 0.01, 0.1).unwrap();
        near(tenth.availability(), 0.909_090_909, 1e-9);
        near(tenth.mean_in_system(), 2.232_323_232, 1e-9);
        near(tenth.mean_response(), 4.464_646_465, 1e-9);
        let twentieth = Unreliable::new(0.7, 1.0, 0.01, 0.2).unwrap();
        near(twentieth.availability(), 0.952_380_952, 1e-9);
        near(twentieth.mean_in_system(), 3.402_515_723, 1e-9);
        near(twentieth.mean_response(), 4.860_736_748, 1e-9);
    }

    #[test]
    fn three_servers_with_a_crew_each() {
        let station = UnreliableServers {
            arrival_rate: 2.0,
            service_rate: 1.0,
            servers: 3,
            failure_rate: 0.01,
            repair_rate: 0.1,
            crews: 3,
        };
        near(station.mean_response().unwrap(), 2.442_683, 1e-6);
        near(station.mean_up().unwrap(), 2.727_273, 1e-6);
        let flooded = UnreliableServers {
            arrival_rate: 2.8,
            ..station
        };
        assert_eq!(flooded.mean_response(), None);
    }

    #[test]
    fn formula_and_chain_agree_for_one_server() {
        let chain = UnreliableServers {
            arrival_rate: 0.6,
            service_rate: 1.0,
            servers: 1,
            failure_rate: 0.05,
            repair_rate: 0.5,
            crews: 1,
        };
        let formula = Unreliable::new(0.6, 1.0, 0.05, 0.5).unwrap();
        near(
            chain.mean_response().unwrap(),
            formula.mean_response(),
            1e-9,
        );
    }

    #[test]
    fn four_servers_and_one_crew() {
        // Machine repair: failure rate 1/200, one crew of rate 1/5.
        let station = UnreliableServers {
            arrival_rate: 1.0,
            service_rate: 1.0,
            servers: 4,
            failure_rate: 0.005,
            repair_rate: 0.2,
            crews: 1,
        };
        near(station.mean_up().unwrap(), 3.895_149, 1e-6);
    }
}
