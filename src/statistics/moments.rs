//! Exact sums of integer nanoseconds: mean, variance, standard deviation.

/// Count, sum and sum of squares of integer nanoseconds.
///
/// The sums are integers of 128 bits, so they are exact and adding two of them is the same in
/// any order; a dependent division per value, as in Welford's method, is not paid. They saturate
/// beyond 1e38 ns², which a thousand million values of six days do not reach.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moments {
    /// Number of values.
    pub count: u64,
    /// Sum of the values, in nanoseconds.
    pub sum_ns: u128,
    /// Sum of the squared values, in square nanoseconds.
    pub sum_squares: u128,
}

impl Moments {
    /// Adds one value in nanoseconds.
    #[inline]
    pub fn record(&mut self, ns: u64) {
        let wide = u128::from(ns);
        self.count += 1;
        self.sum_ns += wide;
        self.sum_squares = self.sum_squares.saturating_add(wide * wide);
    }

    /// Adds all values of `other`.
    pub fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.sum_ns += other.sum_ns;
        self.sum_squares = self.sum_squares.saturating_add(other.sum_squares);
    }

    /// Sum in seconds.
    pub fn sum_s(&self) -> f64 {
        self.sum_ns as f64 / 1e9
    }

    /// Mean in seconds; `None` without a value.
    pub fn mean_s(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum_s() / self.count as f64)
    }

    /// Sample variance (divisor n - 1) in square seconds; `None` below two values.
    ///
    /// The squares are first moved, in integers, to lie around the rounded mean, so nothing is
    /// lost by cancellation however small the spread is against the mean.
    pub fn variance_s2(&self) -> Option<f64> {
        if self.count < 2 {
            return None;
        }
        let count = u128::from(self.count);
        let (mean, rest) = (self.sum_ns / count, self.sum_ns % count);
        let around_mean = self.sum_squares.saturating_sub(mean * (self.sum_ns + rest)) as f64;
        let off_centre = rest as f64 * (rest as f64 / count as f64);
        Some((around_mean - off_centre).max(0.0) / (count - 1) as f64 / 1e18)
    }

    /// Sample standard deviation in seconds; `None` below two values.
    pub fn sd_s(&self) -> Option<f64> {
        self.variance_s2().map(f64::sqrt)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[u64]) -> Moments {
        let mut moments = Moments::default();
        for &ns in values {
            moments.record(ns);
        }
        moments
    }

    #[test]
    fn a_pencil_example() {
        let moments = of(&[2_000_000_000, 4_000_000_000, 9_000_000_000]);
        assert!((moments.mean_s().unwrap() - 5.0).abs() < 1e-12);
        assert!((moments.variance_s2().unwrap() - 13.0).abs() < 1e-12);
        assert_eq!(of(&[]).mean_s(), None);
        assert_eq!(of(&[5]).variance_s2(), None);
    }

    #[test]
    fn one_nanosecond_of_spread_on_a_day_is_not_lost() {
        let day = 86_400_000_000_000;
        let moments = of(&[day, day + 1, day + 2]);
        assert!((moments.variance_s2().unwrap() * 1e18 - 1.0).abs() < 1e-9);
    }

    #[test]
    fn parts_merge_to_the_whole() {
        let (mut left, right) = (of(&[1, 5, 9]), of(&[1_000_000, 3]));
        left.merge(&right);
        assert_eq!(left, of(&[1, 5, 9, 1_000_000, 3]));
    }
}
