//! Ratios of sums across replications, such as a mean response time.

use super::estimate::{Confidence, Estimate, Reason};

/// Sum of the first parts over the sum of the second parts, one pair per replication.
///
/// Replications that saw more requests weigh more, as they should. The interval is that of the
/// delta method: Student's t on the residuals `numerator - ratio * denominator`. No denominator
/// at all gives no data, one replication no interval.
/// Source: W. Cochran, *Sampling Techniques*, section 6.3 (the ratio estimate and its variance).
pub fn ratio_of_sums(pairs: &[(f64, f64)], confidence: Confidence) -> Estimate {
    let Some(ratio) = ratio(pairs) else {
        return Estimate::missing(Reason::NoData);
    };
    spread(ratio, &influences(pairs, ratio), confidence)
}

/// Ratio of the second design minus that of the first, for designs whose replications share
/// their draws (S37). Unequal numbers of replications are cut to the shorter.
pub fn ratio_difference(
    first: &[(f64, f64)],
    second: &[(f64, f64)],
    confidence: Confidence,
) -> Estimate {
    let paired = first.len().min(second.len());
    let (first, second) = (&first[..paired], &second[..paired]);
    let (Some(a), Some(b)) = (ratio(first), ratio(second)) else {
        return Estimate::missing(Reason::NoData);
    };
    let left = influences(first, a);
    let both: Vec<f64> = influences(second, b)
        .iter()
        .zip(left)
        .map(|(y, x)| y - x)
        .collect();
    spread(b - a, &both, confidence)
}

/// Sum over sum; `None` when the denominators add up to nothing.
pub(super) fn ratio(pairs: &[(f64, f64)]) -> Option<f64> {
    let numerator: f64 = pairs.iter().map(|pair| pair.0).sum();
    let denominator: f64 = pairs.iter().map(|pair| pair.1).sum();
    (denominator > 0.0).then(|| numerator / denominator)
}

/// What each replication moves the ratio by, times the number of replications.
pub(super) fn influences(pairs: &[(f64, f64)], ratio: f64) -> Vec<f64> {
    let denominator: f64 = pairs.iter().map(|pair| pair.1).sum();
    let mean = denominator / pairs.len() as f64;
    pairs
        .iter()
        .map(|&(above, below)| (above - ratio * below) / mean)
        .collect()
}

/// Standard error of a value with these influences, which add up to 0.
pub(super) fn standard_error(influences: &[f64]) -> f64 {
    let count = influences.len() as f64;
    let squares: f64 = influences.iter().map(|i| i * i).sum();
    (squares / (count - 1.0) / count).sqrt()
}

fn spread(value: f64, influences: &[f64], confidence: Confidence) -> Estimate {
    if influences.len() < 2 {
        return Estimate::without_interval(value, Reason::TooFewReplications);
    }
    let half_width = confidence.t(influences.len()) * standard_error(influences);
    Estimate::around(value, half_width, influences.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::estimate::mean_of;
    use crate::statistics::samples::Samples;

    #[test]
    fn equal_denominators_give_the_plain_interval() {
        let values = [1.0, 4.0, 2.5, 3.0];
        let pairs: Vec<_> = values.iter().map(|v| (v * 10.0, 10.0)).collect();
        let (ratio, plain) = (
            ratio_of_sums(&pairs, Confidence::Fixed),
            mean_of(&values, Confidence::Fixed),
        );
        assert!((ratio.value.unwrap() - plain.value.unwrap()).abs() < 1e-12);
        assert!((ratio.half_width().unwrap() - plain.half_width().unwrap()).abs() < 1e-12);
    }

    #[test]
    fn larger_replications_weigh_more() {
        let estimate = ratio_of_sums(&[(10.0, 10.0), (60.0, 20.0)], Confidence::Fixed);
        assert!((estimate.value.unwrap() - 70.0 / 30.0).abs() < 1e-12);
        let none = ratio_of_sums(&[(0.0, 0.0)], Confidence::Fixed);
        assert_eq!(none.reason, Some(Reason::NoData));
    }

    #[test]
    fn intervals_cover_when_sizes_and_sums_vary_together() {
        let mut samples = Samples::new(21);
        let covered = (0..3_000)
            .filter(|_| {
                let pairs: Vec<_> = (0..20)
                    .map(|_| {
                        let size = 50.0 + samples.exponential(20.0);
                        (3.0 * size + samples.normal(0.0, 10.0), size)
                    })
                    .collect();
                !ratio_of_sums(&pairs, Confidence::Fixed).excludes(3.0)
            })
            .count() as f64;
        assert!((0.932..=0.968).contains(&(covered / 3_000.0)), "{covered}");
    }

    #[test]
    fn what_two_designs_share_cancels() {
        let mut samples = Samples::new(22);
        let shared: Vec<f64> = (0..20).map(|_| samples.normal(5.0, 1.0)).collect();
        let first: Vec<_> = shared.iter().map(|v| (v * 100.0, 100.0)).collect();
        let second: Vec<_> = shared.iter().map(|v| ((v + 0.2) * 100.0, 100.0)).collect();
        let difference = ratio_difference(&first, &second, Confidence::Fixed);
        assert!((difference.value.unwrap() - 0.2).abs() < 1e-9);
        assert!(difference.half_width().unwrap() < 1e-9);
    }
}
