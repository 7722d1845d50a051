//! The operational laws, which hold for any stable system over a long enough time.
//!
//! Source: E. Lazowska, J. Zahorjan, G. Graham, K. Sevcik, *Quantitative System Performance*,
//! chapter 3.

/// Mean number in system by Little's law: throughput per second times mean response in seconds.
pub fn little_in_system(throughput: f64, mean_response: f64) -> f64 {
    throughput * mean_response
}

/// Mean response in seconds by Little's law; `None` without throughput.
pub fn little_response(mean_in_system: f64, throughput: f64) -> Option<f64> {
    (throughput > 0.0).then(|| mean_in_system / throughput)
}

/// Utilisation law: busy share of `servers` that each completion occupies for `demand` seconds.
pub fn utilisation(throughput: f64, demand: f64, servers: u32) -> f64 {
    throughput * demand / f64::from(servers)
}

/// Interactive response time law: response in seconds of `users` who think `think` seconds;
/// `None` without throughput.
pub fn interactive_response(users: f64, throughput: f64, think: f64) -> Option<f64> {
    (throughput > 0.0).then(|| users / throughput - think)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::check::near;
    use crate::theory::mmc::Mmc;

    #[test]
    fn the_laws_hold_for_a_closed_form() {
        let queue = Mmc::new(8.0, 1.0, 10).unwrap();
        near(
            little_in_system(8.0, queue.mean_response()),
            queue.mean_in_system(),
            1e-12,
        );
        near(
            little_response(queue.mean_waiting(), 8.0).unwrap(),
            queue.mean_wait(),
            1e-12,
        );
        near(utilisation(8.0, 1.0, 10), queue.utilisation(), 1e-12);
        assert_eq!(little_response(1.0, 0.0), None);
    }

    #[test]
    fn response_of_interactive_users() {
        // Lazowska and others, chapter 3: 64 users thinking 30 s at 2 a second respond in 2 s.
        near(interactive_response(64.0, 2.0, 30.0).unwrap(), 2.0, 1e-12);
        assert_eq!(interactive_response(1.0, 0.0, 0.0), None);
    }
}
