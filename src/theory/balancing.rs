//! Spreading requests over equal servers by looking at their queues.

use super::levels::{Move, mean, stationary};

/// Mean response in seconds when each request looks at `choices` (at least 1) of very many
/// exponential servers and joins the shortest queue among them.
///
/// `load` is arrivals per second and server times the mean service, 0..1; `service` the mean
/// service in seconds. `None` outside the ranges. The limit of many servers: with 100 of them,
/// two choices and 90 % the response is 1.4 % longer.
///
/// Source: M. Mitzenmacher 2001, *The power of two choices in randomized load balancing*, IEEE
/// TPDS 12.
pub fn power_of_choices(load: f64, service: f64, choices: u32) -> Option<f64> {
    if !(load > 0.0 && load < 1.0 && service > 0.0) || choices == 0 {
        return None;
    }
    if choices == 1 {
        return Some(service / (1.0 - load));
    }
    // Exponents (d^i - d) / (d - 1) follow e' = d (e + 1) from e = 0.
    let d = f64::from(choices);
    let (mut sum, mut exponent) = (0.0, 0.0);
    loop {
        let term = libm::pow(load, exponent);
        sum += term;
        if term < 1e-18 {
            return Some(sum * service);
        }
        exponent = d * (exponent + 1.0);
    }
}

/// Queue length differences that are followed: longer ones are less likely than 1e-12.
const MOST_APART: usize = 48;

/// Mean response in seconds when Poisson requests join the shorter of two exponential queues,
/// ties by chance. Arrivals per second in all, services per second of each server.
///
/// The chain over the shorter queue and the difference, cut where more changes the mean by less
/// than 1e-10 of it. `None` if the load reaches capacity, a rate is not positive or the load is
/// so close to capacity that more than 8192 would wait.
///
/// Source: the model of J. Kingman 1961, *Two similar queues in parallel*, Annals of Mathematical
/// Statistics 32, solved numerically.
pub fn shortest_of_two(arrival_rate: f64, service_rate: f64) -> Option<f64> {
    let is_sound = arrival_rate > 0.0 && service_rate > 0.0 && arrival_rate < 2.0 * service_rate;
    if !is_sound {
        return None;
    }
    let moves = |shorter: usize, apart: usize| -> Vec<Move> {
        if apart == 0 {
            return vec![(0, 1, arrival_rate), (-1, 1, 2.0 * service_rate)];
        }
        let wider = (apart + 1).min(MOST_APART);
        vec![
            (1, apart - 1, arrival_rate),
            (0, apart - 1, service_rate),
            (-1, wider, if shorter > 0 { service_rate } else { 0.0 }),
        ]
    };
    let (mut top, mut last) = (32, 0.0);
    while top <= 4_096 {
        let shares = stationary(top, MOST_APART + 1, moves)?;
        let inside = mean(&shares, |shorter, apart| (2 * shorter + apart) as f64);
        let own = inside / arrival_rate;
        if (own - last).abs() <= 1e-10 * own {
            return Some(own);
        }
        last = own;
        top *= 2;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::check::near;
    use crate::theory::mmc::Mmc;

    #[test]
    fn one_two_and_three_choices_at_90_per_cent() {
        // Mitzenmacher's table.
        near(power_of_choices(0.9, 1.0, 1).unwrap(), 10.0, 1e-12);
        near(power_of_choices(0.9, 1.0, 2).unwrap(), 2.614_057, 1e-6);
        near(power_of_choices(0.9, 1.0, 3).unwrap(), 2.027_856, 1e-6);
        near(power_of_choices(0.9, 0.5, 2).unwrap(), 1.307_028_5, 1e-6);
        assert_eq!(power_of_choices(1.0, 1.0, 2), None);
        assert_eq!(power_of_choices(0.5, 1.0, 0), None);
    }

    #[test]
    fn the_shorter_of_two_queues() {
        near(shortest_of_two(1.6, 1.0).unwrap(), 2.955_737, 1e-6);
        near(shortest_of_two(1.8, 1.0).unwrap(), 5.474_913, 1e-6);
        near(shortest_of_two(0.9, 0.5).unwrap(), 10.949_826, 1e-6);
        assert_eq!(shortest_of_two(2.0, 1.0), None);
    }

    #[test]
    fn joining_the_shorter_lies_between_one_queue_and_the_toss_of_a_coin() {
        for rate in [0.2, 1.0, 1.9] {
            let own = shortest_of_two(rate, 1.0).unwrap();
            assert!(own > Mmc::new(rate, 1.0, 2).unwrap().mean_response());
            assert!(own < Mmc::new(rate / 2.0, 1.0, 1).unwrap().mean_response());
        }
    }
}
