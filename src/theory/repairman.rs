//! Closed users of one station: the machine repairman, M/M/c//N.

use super::bounded::birth_death;

/// What `users` who think and then wait for one station bring about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Repairman {
    /// Requests served per second.
    pub throughput: f64,
    /// Mean response time (waiting and service) in seconds.
    pub mean_response: f64,
    /// Mean number waiting or in service.
    pub mean_in_system: f64,
    /// Busy share of the servers, 0..1.
    pub utilisation: f64,
}

/// Solves the station for `users` (at least 1) with mean think time `think` (0 or more, seconds),
/// exponential service of mean `service` (positive, seconds) and `servers` (at least 1).
///
/// The think time may have any law with that mean; so may the service if the station shares its
/// processor. `None` outside the ranges.
///
/// Source: L. Kleinrock, *Queueing Systems* vol. 1, section 3.8.
pub fn repairman(users: u32, think: f64, service: f64, servers: u32) -> Option<Repairman> {
    let is_sound = think >= 0.0 && service > 0.0 && think.is_finite();
    if users == 0 || servers == 0 || !is_sound {
        return None;
    }
    let busy = |n: u32| f64::from(n.min(servers));
    let shares = if think > 0.0 {
        let rates = (0..users).map(|n| (f64::from(users - n) / think, busy(n + 1) / service));
        birth_death(rates)
    } else {
        let mut all_present = vec![0.0; users as usize];
        all_present.push(1.0);
        all_present
    };
    let mean = |of: &dyn Fn(u32) -> f64| -> f64 {
        (0..=users)
            .zip(&shares)
            .map(|(n, share)| of(n) * share)
            .sum()
    };
    let mean_in_system = mean(&|n| f64::from(n));
    let throughput = mean(&|n| busy(n)) / service;
    Some(Repairman {
        throughput,
        mean_response: mean_in_system / throughput,
        mean_in_system,
        utilisation: throughput * service / f64::from(servers),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::check::near;

    #[test]
    fn a_hundred_users_on_one_server() {
        let found = repairman(100, 10.0, 0.1, 1).unwrap();
        near(found.mean_response, 0.819_00, 1e-5);
        near(found.throughput, 9.243_00, 1e-6);
    }

    #[test]
    fn published_examples() {
        // Java Modelling Tools, closed example of two stations (0.9848..1.0097 simulated).
        let five = repairman(5, 1.0, 1.0, 1).unwrap();
        near(five.utilisation, 0.996_932_5, 1e-6);
        near(five.mean_response, 4.015_385, 1e-6);
        // LINE, the two-server station of its load-dependent examples.
        let sixteen = repairman(16, 1.0, 1.5, 2).unwrap();
        near(sixteen.throughput, 1.333_333, 1e-6);
        near(sixteen.mean_response, 11.0, 1e-6);
        near(sixteen.mean_in_system, 14.666_67, 1e-6);
        let ten = repairman(10, 5.0, 1.0, 1).unwrap();
        near(ten.throughput, 0.981_615_4, 1e-6);
        near(ten.mean_response, 5.187_289, 1e-6);
    }

    #[test]
    fn without_thinking_the_server_never_rests() {
        let found = repairman(7, 0.0, 2.0, 3).unwrap();
        near(found.throughput, 1.5, 1e-12);
        near(found.mean_response, 14.0 / 3.0, 1e-12);
        assert_eq!(repairman(0, 1.0, 1.0, 1), None);
    }

    #[test]
    fn many_users_neither_overflow_nor_lose_digits() {
        let found = repairman(100_000, 100.0, 0.001, 4).unwrap();
        near(found.throughput, 1_000.0, 1e-4);
        let heavy = repairman(100_000, 1.0, 1.0, 1).unwrap();
        near(heavy.throughput, 1.0, 1e-9);
        let hurried = repairman(1_000, 1e-9, 1.0, 3).unwrap();
        near(hurried.throughput, 3.0, 1e-9);
    }
}
