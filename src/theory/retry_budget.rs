//! Retries that are paid from a bucket which good answers fill.

/// Calls whose attempts fail by themselves with the same chance, and whose retries are bounded by
/// what good answers pay for: where failures ask for more retries than that, the bucket is empty
/// and every deposit becomes a retry.
///
/// With r retries a call, a share 1 - x of the 1 + r attempts succeeds and each success pays for d
/// retries: r = d (1 - x) (1 + r).
///
/// Source: M. Brooker, *Fixing retries with token buckets and circuit breakers*, 2022; the balance
/// of its bucket is worked out here.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RetryBudget {
    failure: f64,
    deposit: f64,
}

impl RetryBudget {
    /// Chance that an attempt fails (0..=1), and retries that a good answer pays for.
    ///
    /// `None` where retries would pay for more retries than they are, or a number is out of range.
    pub fn new(failure: f64, deposit: f64) -> Option<Self> {
        let is_sound = (0.0..=1.0).contains(&failure) && deposit >= 0.0;
        let pays = deposit * (1.0 - failure);
        (is_sound && pays < 1.0).then_some(Self { failure, deposit })
    }

    /// Attempts per call.
    pub fn attempts(&self) -> f64 {
        1.0 / (1.0 - self.deposit * (1.0 - self.failure))
    }

    /// Share of the calls that succeed.
    pub fn success(&self) -> f64 {
        (1.0 - self.failure) * self.attempts()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::check::near;
    use crate::theory::{attempts_per_request, fails_for_good};

    #[test]
    fn deposits_of_a_tenth() {
        for (failure, attempts, success) in [
            (0.3, 1.075_269, 0.752_688),
            (0.5, 1.052_632, 0.526_316),
            (0.8, 1.020_408, 0.204_082),
        ] {
            let own = RetryBudget::new(failure, 0.1).unwrap();
            assert!((own.attempts() - attempts).abs() <= 0.5e-6, "{failure}");
            assert!((own.success() - success).abs() <= 0.5e-6, "{failure}");
        }
    }

    #[test]
    fn plain_retries() {
        for (failure, success, attempts) in
            [(0.5, 0.9375, 1.875), (0.9, 0.3439, 3.439), (1.0, 0.0, 4.0)]
        {
            near(1.0 - fails_for_good(failure, 3), success, 1e-12);
            near(attempts_per_request(failure, 3), attempts, 1e-12);
        }
    }

    #[test]
    fn refuses_what_is_no_budget() {
        assert_eq!(RetryBudget::new(0.0, 1.0), None);
        assert_eq!(RetryBudget::new(1.1, 0.1), None);
        assert_eq!(RetryBudget::new(0.5, f64::NAN), None);
    }
}
