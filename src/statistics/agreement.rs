//! Whether a simulated number agrees with theory.

use super::estimate::Estimate;

/// Two-sided level of the interval that theory must fall into.
const LEVEL: f64 = 0.999;
/// Relative difference that the rounding of times to nanoseconds may bring into a model
/// without draws, whose intervals have no width.
const ROUNDING: f64 = 1e-6;

/// One law, held against the simulation.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// Name of the law, such as "Erlang C".
    pub law: String,
    /// What it speaks of, such as "db mean wait, s".
    pub subject: String,
    /// The simulated number.
    pub simulated: Estimate,
    /// The number the law gives, in the same unit.
    pub expected: f64,
    /// Whether they agree; `None` if the simulation has no interval to judge by.
    pub agrees: Option<bool>,
}

impl Comparison {
    /// Holds `simulated` against `expected` by [`agrees`].
    pub fn new(
        law: impl Into<String>,
        subject: impl Into<String>,
        simulated: Estimate,
        expected: f64,
    ) -> Self {
        let agrees = agrees(&simulated, expected);
        Self {
            law: law.into(),
            subject: subject.into(),
            simulated,
            expected,
            agrees,
        }
    }
}

/// Whether `expected` lies in the estimate's interval widened from 95 % to 99.9 %.
///
/// The wider level keeps a report with dozens of such lines from crying wolf: one in a thousand
/// true laws is missed. It does not hide an error: one of 2 % shows as soon as the half-width at
/// 95 % is below about 1 %. `None` without interval.
pub fn agrees(estimate: &Estimate, expected: f64) -> Option<bool> {
    let (low, high) = estimate.interval_at(LEVEL)?;
    let slack = ROUNDING * expected.abs();
    Some(low - slack <= expected && expected <= high + slack)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::Reason;
    use crate::statistics::estimate::{Confidence, mean_of};
    use crate::statistics::samples::Samples;

    #[test]
    fn a_planted_error_of_two_per_cent_is_caught_and_the_truth_is_not() {
        let mut samples = Samples::new(71);
        let (mut missed, mut alarms) = (0, 0);
        for _ in 0..2_000 {
            let values: Vec<f64> = (0..20).map(|_| samples.normal(5.0, 0.04)).collect();
            let estimate = mean_of(&values, Confidence::Fixed);
            missed += usize::from(agrees(&estimate, 5.1) == Some(true));
            alarms += usize::from(agrees(&estimate, 5.0) == Some(false));
        }
        assert_eq!(missed, 0);
        // Binomial(2000, 0.001): mean 2, eight or more has a chance of 0.1 %.
        assert!(alarms < 8, "{alarms}");
    }

    #[test]
    fn without_draws_only_rounding_is_forgiven() {
        assert_eq!(agrees(&Estimate::exact(1.000_000_4), 1.0), Some(true));
        assert_eq!(agrees(&Estimate::exact(1.000_01), 1.0), Some(false));
        assert_eq!(agrees(&Estimate::missing(Reason::NoData), 1.0), None);
    }

    #[test]
    fn a_comparison_carries_its_verdict() {
        let simulated = Estimate::around(2.0, 0.1, 10);
        assert_eq!(
            Comparison::new("Little", "db", simulated, 2.05).agrees,
            Some(true)
        );
        assert_eq!(
            Comparison::new("Little", "db", simulated, 2.5).agrees,
            Some(false)
        );
    }
}
