//! The k-th of n: quorums, fan-out and the slowest of many.

/// The n-th harmonic number, 1 + 1/2 + ... + 1/n.
pub fn harmonic(n: u32) -> f64 {
    // Smallest first keeps the digits.
    (1..=n).rev().map(|k| 1.0 / f64::from(k)).sum()
}

/// Mean time in seconds until `needed` of `replicas` independent exponential answers of mean
/// `mean` seconds have come. `None` if more are needed than there are.
///
/// Source: H. David and H. Nagaraja, *Order Statistics*, section 4.6 (after A. Rényi).
pub fn quorum_mean(replicas: u32, needed: u32, mean: f64) -> Option<f64> {
    (needed <= replicas).then(|| mean * (harmonic(replicas) - harmonic(replicas - needed)))
}

/// Chance that at least `needed` of `replicas` independent answers have come if each has with
/// chance `each` (0..=1): the law of an order statistic, or the availability of a quorum.
///
/// Source: binomial law.
pub fn quorum_reached(replicas: u32, needed: u32, each: f64) -> f64 {
    // Law of the number come, one replica after the other.
    let mut come = vec![1.0];
    for _ in 0..replicas {
        let mut next = vec![0.0; come.len() + 1];
        for (k, share) in come.iter().enumerate() {
            next[k] += share * (1.0 - each);
            next[k + 1] += share * each;
        }
        come = next;
    }
    come.iter().skip(needed as usize).sum()
}

/// Chance that a request is slow which waits for `leaves` independent answers, each slow with
/// chance `slow` (0..=1).
///
/// Source: J. Dean and L. Barroso 2013, *The tail at scale*, Comm. ACM 56.
pub fn slow_fan_out(leaves: u32, slow: f64) -> f64 {
    -libm::expm1(f64::from(leaves) * libm::log1p(-slow))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::check::near;

    #[test]
    fn quorums_of_exponential_answers() {
        near(quorum_mean(3, 2, 1.0).unwrap(), 0.833_333_3, 1e-6);
        near(quorum_mean(3, 1, 1.0).unwrap(), 0.333_333_3, 1e-6);
        near(quorum_mean(5, 5, 1.0).unwrap(), 2.283_333, 1e-6);
        near(quorum_mean(5, 3, 1.0).unwrap(), 0.783_333_3, 1e-6);
        assert_eq!(quorum_mean(3, 4, 1.0), None);
        assert_eq!(quorum_mean(3, 0, 1.0), Some(0.0));
    }

    #[test]
    fn the_mean_is_the_area_under_the_tail() {
        let step = 1e-3;
        let tail = |t: f64| 1.0 - quorum_reached(5, 3, -libm::expm1(-t));
        let area: f64 = (0..30_000)
            .map(|k| tail((f64::from(k) + 0.5) * step) * step)
            .sum();
        near(area, quorum_mean(5, 3, 1.0).unwrap(), 1e-6);
    }

    #[test]
    fn two_of_three_replicas() {
        // Each up 1000 of 1010 hours.
        near(quorum_reached(3, 2, 1_000.0 / 1_010.0), 0.999_707_9, 1e-7);
        near(quorum_reached(4, 4, 0.999), 0.996_006, 1e-6);
    }

    #[test]
    fn rare_slowness_becomes_common() {
        near(slow_fan_out(100, 0.01), 0.633_967_7, 1e-6);
        near(slow_fan_out(2_000, 1e-4), 0.181_277_4, 1e-6);
    }
}
