//! When to stop adding replications (S32).

use super::estimate::Estimate;

/// Fewest replications a precision is believed from.
const FEWEST: usize = 10;

/// Numbers of replications at which the precision is looked at: 10, 15, 20, 30, 45, 67, ...,
/// each one and a half times the one before from 20 on.
///
/// They do not depend on the number of threads, so neither does the point of stopping.
pub fn fixed_counts() -> impl Iterator<Item = usize> {
    [FEWEST, 15]
        .into_iter()
        .chain(std::iter::successors(Some(20_usize), |count| {
            count.checked_add(count / 2)
        }))
}

/// What to do after a look at a fixed count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The interval is narrow enough.
    Stop,
    /// Go on to this many replications and look again.
    Continue(usize),
    /// The cap is reached before the precision.
    Capped,
}

/// Decides after `done` replications whose estimate was made with
/// [`Confidence::Sequential`](super::Confidence::Sequential).
///
/// `precision` is the half-width aimed at as a share of the value, such as 0.02; `cap` the most
/// replications allowed (a count between two looks is looked at as the last one).
pub fn decide(estimate: &Estimate, done: usize, precision: f64, cap: usize) -> Decision {
    let reached = estimate
        .relative_half_width()
        .is_some_and(|half| half <= precision);
    if done >= FEWEST && reached {
        return Decision::Stop;
    }
    if done >= cap {
        return Decision::Capped;
    }
    let next = fixed_counts().find(|&count| count > done).unwrap_or(cap);
    Decision::Continue(next.min(cap))
}

/// Whether a replication is long enough to stop by precision: at least ten times its warm-up,
/// both in the same unit.
pub fn is_long_enough(duration: f64, warm_up: f64) -> bool {
    duration >= 10.0 * warm_up
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::estimate::{Confidence, mean_of};
    use crate::statistics::samples::Samples;

    #[test]
    fn looks_are_at_fixed_counts() {
        let counts: Vec<usize> = fixed_counts().take(8).collect();
        assert_eq!(counts, [10, 15, 20, 30, 45, 67, 100, 150]);
    }

    #[test]
    fn it_stops_continues_or_gives_up() {
        let narrow = Estimate::around(100.0, 1.0, 10);
        let wide = Estimate::around(100.0, 10.0, 10);
        assert_eq!(decide(&narrow, 10, 0.02, 100), Decision::Stop);
        assert_eq!(decide(&narrow, 5, 0.02, 100), Decision::Continue(10));
        assert_eq!(decide(&wide, 30, 0.02, 100), Decision::Continue(45));
        assert_eq!(decide(&wide, 30, 0.02, 40), Decision::Continue(40));
        assert_eq!(decide(&wide, 40, 0.02, 40), Decision::Capped);
        assert!(is_long_enough(100.0, 10.0) && !is_long_enough(99.0, 10.0));
    }

    /// Share of 4,000 stopped intervals that cover the mean of 1. A replication's value is the
    /// mean of 40 exponentials: skewed, with a standard deviation of 0.158.
    fn coverage(confidence: Confidence, precision: f64) -> f64 {
        let mut samples = Samples::new(51);
        let covers = |_: &u32| {
            let mut values = Vec::new();
            let mut goal = FEWEST;
            loop {
                values.resize_with(goal, || (0..40).map(|_| samples.exponential(0.025)).sum());
                let estimate = mean_of(&values, confidence);
                match decide(&estimate, values.len(), precision, 10_000) {
                    Decision::Continue(next) => goal = next,
                    _ => break !estimate.excludes(1.0),
                }
            }
        };
        f64::from((0..4_000_u32).filter(covers).count() as u32) / 4_000.0
    }

    #[test]
    fn stopped_intervals_cover_95_per_cent_thanks_to_the_wider_quantile() {
        // 0.95 less three standard errors of Binomial(4000, 0.95) is 0.9397.
        for precision in [0.05, 0.07, 0.1] {
            let covered = coverage(Confidence::Sequential, precision);
            assert!((0.9397..0.98).contains(&covered), "{precision}: {covered}");
        }
        let plain = coverage(Confidence::Fixed, 0.07);
        assert!(
            plain < 0.9397,
            "the plain interval covers too little: {plain}"
        );
    }
}
