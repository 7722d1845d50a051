//! Differences between designs that share their draws, and many of them at once (S37, S43).

use super::estimate::{Confidence, Estimate, mean_of};
use super::student::{t_quantile, two_sided_tail};

/// Mean of `second - first` over pairs of replications with the same number, with Student's
/// interval. Unequal lengths are cut to the shorter.
pub fn paired_difference(first: &[f64], second: &[f64], confidence: Confidence) -> Estimate {
    let differences: Vec<f64> = first.iter().zip(second).map(|(a, b)| b - a).collect();
    mean_of(&differences, confidence)
}

/// Two-sided p-value of "the truth is 0" for an estimate with a symmetric t interval.
///
/// `None` without interval. An interval of no width gives 0, or 1 if the value is 0.
pub fn p_value(difference: &Estimate) -> Option<f64> {
    let (value, half_width) = (difference.value?, difference.half_width()?);
    if half_width <= 0.0 || difference.groups < 2 {
        return Some(if value.abs() > half_width { 0.0 } else { 1.0 });
    }
    let degrees = u32::try_from(difference.groups - 1).unwrap_or(u32::MAX);
    Some(two_sided_tail(
        value / half_width * t_quantile(0.975, degrees),
        degrees,
    ))
}

/// Holm's adjustment: p-values that may all be held against one level, in the order given.
///
/// Source: S. Holm 1979, *A simple sequentially rejective multiple test procedure*,
/// Scandinavian Journal of Statistics 6.
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));
    let mut adjusted = vec![0.0; p_values.len()];
    let mut floor = 0.0_f64;
    for (rank, &index) in order.iter().enumerate() {
        floor = floor
            .max(p_values[index] * (p_values.len() - rank) as f64)
            .min(1.0);
        adjusted[index] = floor;
    }
    adjusted
}

/// Which of several differences are real at 5 % when all are asked together (S43).
///
/// A difference without interval is never significant and does not count as a question.
pub fn significant(differences: &[Estimate]) -> Vec<bool> {
    let known: Vec<Option<f64>> = differences.iter().map(p_value).collect();
    let asked: Vec<f64> = known.iter().copied().flatten().collect();
    let mut adjusted = holm(&asked).into_iter();
    known
        .iter()
        .map(|p| p.is_some() && adjusted.next().is_some_and(|p| p < 0.05))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::Reason;
    use crate::statistics::samples::Samples;

    #[test]
    fn holm_meets_a_pencil_example() {
        // Sorted 0.01, 0.02, 0.03, 0.04 times 4, 3, 2, 1 are 0.04, 0.06, 0.06, 0.04; the running
        // maximum makes the last 0.06.
        let adjusted = holm(&[0.03, 0.01, 0.04, 0.02]);
        for (own, expected) in adjusted.iter().zip([0.06, 0.04, 0.06, 0.06]) {
            assert!((own - expected).abs() < 1e-12, "{adjusted:?}");
        }
        assert!(holm(&[]).is_empty());
    }

    #[test]
    fn the_interval_and_the_p_value_tell_the_same_story() {
        let at_the_edge = Estimate::around(1.0, 1.0, 12);
        assert!((p_value(&at_the_edge).unwrap() - 0.05).abs() < 1e-9);
        assert!(p_value(&Estimate::around(1.0, 0.5, 12)).unwrap() < 0.01);
        assert_eq!(p_value(&Estimate::missing(Reason::NoData)), None);
        assert!(p_value(&Estimate::exact(2.0)).unwrap() < 1e-12);
    }

    #[test]
    fn pairing_removes_what_two_designs_share() {
        let first = [1.0, 5.0, 9.0, 2.0];
        let second = [1.5, 5.4, 9.6, 2.5];
        let difference = paired_difference(&first, &second, Confidence::Fixed);
        assert!((difference.value.unwrap() - 0.5).abs() < 1e-12);
        assert!(difference.excludes(0.0));
    }

    #[test]
    fn among_twenty_equal_designs_one_is_rarely_called_different() {
        let mut samples = Samples::new(61);
        let wrong = (0..1_000)
            .filter(|_| {
                let differences: Vec<Estimate> = (0..20)
                    .map(|_| {
                        let values: Vec<f64> = (0..10).map(|_| samples.normal(0.0, 1.0)).collect();
                        mean_of(&values, Confidence::Fixed)
                    })
                    .collect();
                significant(&differences).contains(&true)
            })
            .count();
        // At most 5 %: three standard errors of Binomial(1000, 0.05) are 21.
        assert!(wrong <= 71, "{wrong} of 1,000");
    }

    #[test]
    fn a_difference_without_interval_is_not_significant() {
        let unknown = Estimate::without_interval(9.0, Reason::TooFewReplications);
        let clear = Estimate::around(9.0, 1.0, 10);
        assert_eq!(significant(&[unknown, clear]), [false, true]);
    }
}
