//! Mean and variance of times, added up along a path.

use crate::law::Law;

/// Mean and variance of a time in seconds. An infinite mean stands for a queue that grows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moments {
    /// s.
    pub mean: f64,
    /// s^2.
    pub variance: f64,
}

impl Moments {
    /// No time at all.
    pub const ZERO: Self = Self {
        mean: 0.0,
        variance: 0.0,
    };

    /// A queue that grows: no finite time.
    pub const ENDLESS: Self = Self {
        mean: f64::INFINITY,
        variance: f64::INFINITY,
    };

    /// Those of a law whose unit is `1 / per_second` seconds (1e9 for nanoseconds).
    pub fn of(law: &Law, per_second: f64) -> Self {
        let mean = law.mean() / per_second;
        let spread = law.cv() * mean;
        Self {
            mean,
            variance: spread * spread,
        }
    }

    /// Whether there is a steady state.
    pub fn is_finite(self) -> bool {
        self.mean.is_finite()
    }

    /// One after the other, independently.
    #[must_use]
    pub fn then(self, next: Self) -> Self {
        if !self.is_finite() || !next.is_finite() {
            return Self::ENDLESS;
        }
        Self {
            mean: self.mean + next.mean,
            variance: self.variance + next.variance,
        }
    }

    /// A number of independent repetitions with the given mean and variance (Wald).
    #[must_use]
    pub fn repeated(self, count_mean: f64, count_variance: f64) -> Self {
        if count_mean == 0.0 {
            return Self::ZERO;
        }
        if !self.is_finite() {
            return Self::ENDLESS;
        }
        Self {
            mean: count_mean * self.mean,
            variance: count_mean * self.variance + count_variance * self.mean * self.mean,
        }
    }

    /// One of several, each with its weight; nothing where all weights are 0.
    pub fn mixture(parts: &[(f64, Self)]) -> Self {
        let total: f64 = parts.iter().map(|(weight, _)| weight).sum();
        if total <= 0.0 {
            return Self::ZERO;
        }
        let taken = || parts.iter().filter(|(weight, _)| *weight > 0.0);
        if taken().any(|(_, part)| !part.is_finite()) {
            return Self::ENDLESS;
        }
        let mean = taken()
            .map(|(weight, part)| weight * part.mean)
            .sum::<f64>()
            / total;
        let square = taken()
            .map(|(weight, part)| weight * (part.variance + part.mean * part.mean))
            .sum::<f64>()
            / total;
        Self {
            mean,
            variance: (square - mean * mean).max(0.0),
        }
    }

    /// The slowest of several that start together.
    ///
    /// The branch with the largest mean, lengthened by `sd (n - 1) / sqrt(2n - 1)`, the largest
    /// mean that n equal times can have (H. Hartley and H. David, "Universal bounds for mean
    /// range and extreme observation", 1954). Branches count in proportion to their mean.
    pub fn slowest(branches: &[Self]) -> Self {
        let Some(slowest) = branches
            .iter()
            .copied()
            .max_by(|a, b| a.mean.total_cmp(&b.mean))
        else {
            return Self::ZERO;
        };
        if !slowest.is_finite() || slowest.mean == 0.0 {
            return slowest;
        }
        let count = branches.iter().map(|b| b.mean / slowest.mean).sum::<f64>();
        let longer = slowest.variance.sqrt() * (count - 1.0) / (2.0 * count - 1.0).sqrt();
        Self {
            mean: slowest.mean + longer,
            variance: slowest.variance,
        }
    }

    /// The `k`-th of several that start together, `k` from 1 to their number.
    ///
    /// As if all were one shifted exponential with the moments of their mixture (cv at most 1):
    /// the `k`-th of `n` exponentials takes `1/n + 1/(n-1) + ... + 1/(n-k+1)` of their mean on
    /// average, the squares of these in variance (H. David and H. Nagaraja, "Order statistics",
    /// 2003, section 2.5).
    pub fn kth(branches: &[Self], k: u32) -> Self {
        let weighted: Vec<_> = branches.iter().map(|branch| (1.0, *branch)).collect();
        let one = Self::mixture(&weighted);
        if !one.is_finite() || one.mean == 0.0 {
            return one;
        }
        let spread = one.variance.sqrt().min(one.mean);
        let count = branches.len() as f64;
        let parts = (0..k).map(|done| 1.0 / (count - f64::from(done)).max(1.0));
        let mean: f64 = parts.clone().sum();
        let square: f64 = parts.map(|part| part * part).sum();
        Self {
            mean: one.mean - spread + spread * mean,
            variance: spread * spread * square,
        }
    }

    /// The `p` quantile, s, `p` in 0..1, of a law with these moments: up to cv 1 a shifted
    /// exponential (exact for an exponential and a constant), above a balanced hyperexponential
    /// (W. Whitt, "Approximating a point process by a renewal process", 1982).
    pub fn quantile(self, p: f64) -> f64 {
        if !self.is_finite() || self.mean <= 0.0 {
            return self.mean;
        }
        let cv = self.variance.sqrt() / self.mean;
        if cv <= 1.0 {
            return self.mean * (1.0 - cv - cv * libm::log(1.0 - p));
        }
        let square = cv * cv;
        let first = 0.5 * (1.0 + ((square - 1.0) / (square + 1.0)).sqrt());
        let tail = |t: f64| {
            let branch = |share: f64| share * libm::exp(-2.0 * share * t / self.mean);
            branch(first) + branch(1.0 - first)
        };
        let (mut low, mut high) = (0.0, self.mean);
        while tail(high) > 1.0 - p && high.is_finite() {
            high *= 2.0;
        }
        for _ in 0..60 {
            let middle = 0.5 * (low + high);
            if tail(middle) > 1.0 - p {
                low = middle;
            } else {
                high = middle;
            }
        }
        high
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() <= 1e-9 * b.abs()
    }

    #[test]
    fn quantiles_are_exact_for_exponentials_and_constants() {
        let exponential = Moments::of(&Law::Exponential { mean: 2e9 }, 1e9);
        assert!(near(exponential.quantile(0.99), 2.0 * 100.0_f64.ln()));
        let constant = Moments::of(&Law::Constant(3e9), 1e9);
        assert!(near(constant.quantile(0.99), 3.0));
    }

    #[test]
    fn quantiles_above_cv_1_are_those_of_the_balanced_hyperexponential() {
        let moments = Moments::of(&Law::HyperExponential { mean: 1e9, cv: 2.0 }, 1e9);
        let q = moments.quantile(0.99);
        let first = 0.5 * (1.0 + 0.6_f64.sqrt());
        let tail =
            first * (-2.0 * first * q).exp() + (1.0 - first) * (-2.0 * (1.0 - first) * q).exp();
        assert!((tail - 0.01).abs() < 1e-9, "{tail}");
    }

    #[test]
    fn a_geometric_number_of_exponentials_is_exponential() {
        // From 1 with mean m: a geometric from 0 with mean m - 1, and one more.
        let one = Moments {
            mean: 1.0,
            variance: 1.0,
        };
        let m = 3.0;
        let all = one.repeated(m, m * (m - 1.0));
        assert!(near(all.mean, 3.0) && near(all.variance, 9.0));
    }

    #[test]
    fn the_slowest_of_two_exponentials_is_a_little_above_one_and_a_half() {
        let one = Moments {
            mean: 1.0,
            variance: 1.0,
        };
        let mean = Moments::slowest(&[one, one]).mean;
        assert!((1.5..1.6).contains(&mean), "{mean}");
        assert_eq!(Moments::slowest(&[one, Moments::ZERO]), one);
    }

    #[test]
    fn mixtures_keep_the_spread_between_their_parts() {
        let at = |mean| Moments {
            mean,
            variance: 0.0,
        };
        let both = Moments::mixture(&[(1.0, at(1.0)), (1.0, at(3.0))]);
        assert!(near(both.mean, 2.0) && near(both.variance, 1.0));
        let endless = Moments::mixture(&[(0.0, Moments::ENDLESS), (1.0, at(1.0))]);
        assert!(near(endless.mean, 1.0));
    }
}
