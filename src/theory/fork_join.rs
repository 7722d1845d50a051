//! Jobs that fork into tasks for several servers and end when all are done.

use super::order::harmonic;

/// Mean response in seconds of Poisson jobs that send one task to each of two exponential FCFS
/// servers: exact.
///
/// Jobs and services per second; `None` if the load reaches 1 or a rate is not positive.
///
/// Source: R. Nelson and A. Tantawi 1988, *Approximate analysis of fork/join synchronization in
/// parallel queues*, IEEE Trans. Computers 37 (after L. Flatto and S. Hahn).
pub fn fork_join_of_two(arrival_rate: f64, service_rate: f64) -> Option<f64> {
    let load = arrival_rate / service_rate;
    let is_sound = load > 0.0 && load < 1.0 && service_rate > 0.0;
    is_sound.then(|| (12.0 - load) / 8.0 / (service_rate - arrival_rate))
}

/// The same for `servers` (2 or more): the scaling approximation of Nelson and Tantawi, whose
/// published error is below 5 % up to 32 servers. Exact for two.
///
/// `None` if the load reaches 1 or a number is out of range.
pub fn nelson_tantawi(arrival_rate: f64, service_rate: f64, servers: u32) -> Option<f64> {
    if servers < 2 {
        return None;
    }
    let two = fork_join_of_two(arrival_rate, service_rate)?;
    let load = arrival_rate / service_rate;
    let growth = harmonic(servers) / harmonic(2);
    Some((growth + 4.0 / 11.0 * (1.0 - growth) * load) * two)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::check::near;
    use crate::theory::levels::{mean, stationary};

    #[test]
    fn two_servers_at_80_per_cent() {
        near(fork_join_of_two(0.8, 1.0).unwrap(), 7.0, 1e-12);
        near(nelson_tantawi(0.8, 1.0, 2).unwrap(), 7.0, 1e-12);
    }

    #[test]
    fn the_chain_of_two_queues_agrees() {
        // Level: the shorter queue; phase: how much longer the other is. A job ends with the
        // task that leaves the longer one, so the longer queue counts the jobs present.
        let shares = stationary(200, 90, |shorter, apart| {
            let wider = (apart + 1).min(89);
            let lower = if shorter > 0 { 1.0 } else { 0.0 };
            if apart == 0 {
                return vec![(1, 0, 0.6), (-1, wider, 2.0 * lower)];
            }
            vec![(1, apart, 0.6), (0, apart - 1, 1.0), (-1, wider, lower)]
        })
        .unwrap();
        let inside = mean(&shares, |shorter, apart| (shorter + apart) as f64);
        near(inside / 0.6, fork_join_of_two(0.6, 1.0).unwrap(), 1e-8);
    }

    #[test]
    fn four_servers_at_70_per_cent() {
        near(nelson_tantawi(0.7, 1.0, 4).unwrap(), 6.073_274, 1e-6);
        // Nearly no load: the slowest of independent tasks.
        near(nelson_tantawi(1e-9, 1.0, 4).unwrap(), harmonic(4), 1e-6);
        assert_eq!(nelson_tantawi(1.0, 1.0, 4), None);
        assert_eq!(nelson_tantawi(0.5, 1.0, 1), None);
    }
}
