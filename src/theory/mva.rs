//! Closed networks with one class of users, solved exactly.
//!
//! The numbers are those of exact mean value analysis. They are computed by convolution of the
//! product form, in logarithms: with several servers the textbook recursion subtracts nearly
//! equal probabilities and can turn negative, here every term is positive.
//!
//! Sources: M. Reiser and S. Lavenberg 1980, *Mean-value analysis of closed multichain queuing
//! networks*, J. ACM 27; J. Buzen 1973, *Computational algorithms for closed queueing networks
//! with exponential servers*, Comm. ACM 16.

/// A station that every request needs for `demand` seconds in all (visits times service).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Station {
    demand: f64,
    /// `None`: as many servers as users, so nobody waits.
    servers: Option<u32>,
}

impl Station {
    /// A queue (FCFS with exponential service, or processor sharing with any) of `servers`.
    pub fn queue(demand: f64, servers: u32) -> Self {
        Self {
            demand,
            servers: Some(servers),
        }
    }

    /// A pure delay, in which nobody waits for another.
    pub fn delay(demand: f64) -> Self {
        Self {
            demand,
            servers: None,
        }
    }

    /// Speed with `jobs` present, relative to one server.
    fn speed(&self, jobs: usize) -> f64 {
        let cap = self.servers.map_or(f64::INFINITY, f64::from);
        (jobs as f64).min(cap)
    }

    /// Logarithms of demand^n / (speed(1) ... speed(n)) for n = 0..=`users`.
    fn factors(&self, users: usize) -> Vec<f64> {
        let mut sum = 0.0;
        let mut factors = vec![0.0];
        for jobs in 1..=users {
            // Without demand nobody is ever here: the logarithm of 0.
            sum += libm::log(self.demand / self.speed(jobs));
            factors.push(sum);
        }
        factors
    }
}

/// Exact solution of a closed network.
#[derive(Clone, Debug, PartialEq)]
pub struct Closed {
    /// Requests per second.
    pub throughput: f64,
    /// Mean response in seconds, thinking excluded.
    pub response: f64,
    /// Mean number at each station, waiting or in service, in the order given.
    pub in_station: Vec<f64>,
    /// Busy share of each station's servers; the mean number for a delay.
    pub utilisation: Vec<f64>,
}

/// Solves `users` who think `think` seconds (0 or more) and then pass all `stations`.
///
/// `None` without users, without a positive demand, with a negative number or with a queue of no
/// servers. Takes time in users times servers per station.
pub fn closed_network(users: u32, think: f64, stations: &[Station]) -> Option<Closed> {
    let is_sound = |s: &Station| s.demand >= 0.0 && s.demand.is_finite() && s.servers != Some(0);
    let has_work = stations.iter().any(|s| s.demand > 0.0);
    if users == 0 || !(think >= 0.0 && think.is_finite()) || !has_work {
        return None;
    }
    if !stations.iter().all(is_sound) {
        return None;
    }
    let count = users as usize;
    let constants = normalising(count, think, stations, None);
    let throughput = libm::exp(constants[count - 1] - constants[count]);
    let in_station = (0..stations.len())
        .map(|index| mean_at(index, count, think, stations, &constants))
        .collect();
    let utilisation = stations
        .iter()
        .map(|s| throughput * s.demand / s.servers.map_or(1.0, f64::from))
        .collect();
    let response = f64::from(users) / throughput - think;
    Some(Closed {
        throughput,
        response,
        in_station,
        utilisation,
    })
}

/// Logarithms of the normalising constants for 0..=`users`, one queue left out if asked.
fn normalising(users: usize, think: f64, stations: &[Station], without: Option<usize>) -> Vec<f64> {
    let delays = stations.iter().filter(|s| s.servers.is_none());
    let delay = think + delays.map(|s| s.demand).sum::<f64>();
    let start = Station::delay(delay).factors(users);
    let queues = stations.iter().enumerate().filter(|(_, s)| s.demand > 0.0);
    queues
        .filter(|(index, _)| without != Some(*index))
        .filter_map(|(_, s)| s.servers.map(|servers| (s, servers as usize)))
        .fold(start, |constants, (queue, servers)| {
            convolved(&constants, queue, servers)
        })
}

/// Normalising constants with one more queue.
///
/// From `servers` jobs on the queue's factors fall by the same ratio each, so what they add
/// follows from what they added one user before.
fn convolved(constants: &[f64], queue: &Station, servers: usize) -> Vec<f64> {
    let factors = queue.factors(servers.min(constants.len()));
    let ratio = libm::log(queue.demand / servers as f64);
    let mut rest = f64::NEG_INFINITY;
    (0..constants.len())
        .map(|n| {
            if n >= servers {
                let entering = factors[servers - 1] + constants[n - servers];
                rest = ratio + log_sum([rest, entering].into_iter());
            }
            let few = (0..servers.min(n + 1)).map(|j| factors[j] + constants[n - j]);
            log_sum(few.chain([rest]))
        })
        .collect()
}

/// Mean number at one station.
fn mean_at(index: usize, users: usize, think: f64, stations: &[Station], constants: &[f64]) -> f64 {
    let station = &stations[index];
    if station.demand <= 0.0 {
        return 0.0;
    }
    let throughput = |n: usize| libm::exp(constants[n - 1] - constants[n]);
    match station.servers {
        None => throughput(users) * station.demand,
        Some(1) => (1..=users).fold(0.0, |at, n| throughput(n) * station.demand * (1.0 + at)),
        Some(_) => {
            let others = normalising(users, think, stations, Some(index));
            let factors = station.factors(users);
            (1..=users)
                .map(|n| n as f64 * libm::exp(factors[n] + others[users - n] - constants[users]))
                .sum()
        }
    }
}

/// Logarithm of the sum of numbers given by their logarithms.
fn log_sum(logarithms: impl Iterator<Item = f64> + Clone) -> f64 {
    let largest = logarithms.clone().fold(f64::NEG_INFINITY, f64::max);
    if largest.is_infinite() {
        return largest;
    }
    largest + libm::log(logarithms.map(|l| libm::exp(l - largest)).sum())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::check::near;
    use crate::theory::repairman::repairman;

    #[test]
    fn the_interactive_system_of_lazowska() {
        // Quantitative System Performance, chapter 6, page 117.
        let stations = [0.605, 2.1, 1.35].map(|demand| Station::queue(demand, 1));
        for (users, throughput) in [(1, 0.052_479_66), (2, 0.103_085_9), (3, 0.151_516_5)] {
            near(
                closed_network(users, 15.0, &stations).unwrap().throughput,
                throughput,
                1e-6,
            );
        }
        let three = closed_network(3, 15.0, &stations).unwrap();
        near(three.response, 4.799_825, 1e-6);
        for (own, expected) in three
            .in_station
            .iter()
            .zip([0.097_566_02, 0.394_656_6, 0.235_03])
        {
            near(*own, expected, 1e-6);
        }
    }

    #[test]
    fn three_tiers_without_think_time() {
        // N. Gunther's e-business model, demo ebiz.R of the PDQ package.
        let stations = [0.0098, 0.0025, 0.000_72, 0.0098].map(|demand| Station::queue(demand, 1));
        let found = closed_network(10, 0.0, &stations).unwrap();
        near(found.throughput, 92.394_53, 1e-6);
        near(found.response, 0.108_231_5, 1e-6);
        near(found.utilisation[0], 0.905_466_3, 1e-6);
        near(found.in_station.iter().sum(), 10.0, 1e-9);
    }

    #[test]
    fn the_query_cluster_of_165_stations() {
        // N. Gunther's parallel query cluster, demo DBcluster.R of the PDQ package.
        let mut stations = vec![Station::queue(0.1 / 15.0, 1); 15];
        stations.extend([Station::queue(0.6 / 50.0, 1); 50]);
        stations.extend([Station::queue(1.2 / 100.0, 1); 100]);
        let found = closed_network(800, 10.0, &stations).unwrap();
        near(found.throughput, 53.030_09, 1e-6);
        near(found.response, 5.085_774, 1e-6);
        near(found.utilisation[164], 0.636_361_1, 1e-6);
    }

    #[test]
    fn the_first_model_of_qnap() {
        let stations = [2.0, 0.24, 0.6].map(|demand| Station::queue(demand, 1));
        let found = closed_network(5, 30.0, &stations).unwrap();
        near(found.throughput, 0.149_379_9, 1e-6);
        near(found.response, 3.471_696, 1e-6);
        near(found.in_station[0], 0.385_239_7, 1e-6);
    }

    #[test]
    fn one_station_is_the_machine_repairman() {
        for (users, think, service, servers) in [
            (100, 10.0, 0.1, 1),
            (16, 1.0, 1.5, 2),
            (60, 2.0, 0.5, 8),
            (300, 1.0, 0.5, 100),
        ] {
            let chain = repairman(users, think, service, servers).unwrap();
            let found = closed_network(users, think, &[Station::queue(service, servers)]).unwrap();
            near(found.throughput, chain.throughput, 1e-9);
            near(found.in_station[0], chain.mean_in_system, 1e-9);
            near(found.utilisation[0], chain.utilisation, 1e-9);
        }
    }

    /// Throughput by summing the product form over every way to place the users.
    fn by_enumeration(users: usize, stations: &[Station]) -> f64 {
        fn total(users: usize, stations: &[Station]) -> f64 {
            let Some((first, rest)) = stations.split_first() else {
                return if users == 0 { 1.0 } else { 0.0 };
            };
            let weight = |jobs: usize| -> f64 {
                (1..=jobs).map(|j| first.demand / first.speed(j)).product()
            };
            (0..=users)
                .map(|jobs| weight(jobs) * total(users - jobs, rest))
                .sum()
        }
        total(users - 1, stations) / total(users, stations)
    }

    #[test]
    fn the_fast_way_gives_what_enumeration_gives() {
        let stations = [
            Station::queue(0.7, 3),
            Station::delay(1.5),
            Station::queue(0.2, 1),
            Station::queue(0.5, 2),
            Station::queue(0.0, 2),
        ];
        for users in 1..9_u32 {
            let found = closed_network(users, 0.0, &stations).unwrap();
            near(
                found.throughput,
                by_enumeration(users as usize, &stations),
                1e-12,
            );
            near(found.in_station.iter().sum(), f64::from(users), 1e-12);
            near(found.in_station[1], found.utilisation[1], 1e-12);
        }
    }

    #[test]
    fn thousands_of_users_are_solved_to_the_capacity_of_the_slowest() {
        let stations = [Station::queue(0.4, 16), Station::queue(0.02, 1)];
        let found = closed_network(20_000, 10.0, &stations).unwrap();
        near(found.throughput, 40.0, 1e-6);
        near(found.response, 20_000.0 / 40.0 - 10.0, 1e-6);
    }

    #[test]
    fn a_delay_station_is_thinking_by_another_name() {
        let pair = [Station::queue(0.4, 3), Station::queue(0.1, 1)];
        let thinking = closed_network(25, 2.0, &pair).unwrap();
        let delayed = [pair[0], Station::delay(2.0), pair[1]];
        let delayed = closed_network(25, 0.0, &delayed).unwrap();
        near(delayed.throughput, thinking.throughput, 1e-10);
        near(delayed.in_station.iter().sum(), 25.0, 1e-9);
        near(delayed.response, thinking.response + 2.0, 1e-10);
    }

    #[test]
    fn nonsense_is_refused() {
        assert_eq!(closed_network(0, 1.0, &[Station::queue(1.0, 1)]), None);
        assert_eq!(closed_network(3, 1.0, &[Station::queue(0.0, 1)]), None);
        assert_eq!(closed_network(3, 1.0, &[Station::queue(1.0, 0)]), None);
        assert_eq!(closed_network(3, -1.0, &[Station::queue(1.0, 1)]), None);
    }
}
