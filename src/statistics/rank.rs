//! Rank correlation: whether one number rises with another, in whatever curve.

use super::estimate::{Estimate, Reason};

/// Quantile of the normal law at 97.5 %.
const NORMAL: f64 = 1.959_963_984_540_054;

/// Spearman's rank correlation of pairs, ties at their middle ranks; infinite values rank highest.
///
/// The interval is Fisher's, with the variance `(1 + rho^2 / 2) / (n - 3)` of D. Bonett and
/// T. Wright, *Sample size requirements for estimating Pearson, Kendall and Spearman
/// correlations*, Psychometrika 65 (2000); none below four pairs. No value where one side does not
/// vary.
pub fn rank_correlation(pairs: &[(f64, f64)]) -> Estimate {
    let first = ranks(pairs.iter().map(|pair| pair.0));
    let second = ranks(pairs.iter().map(|pair| pair.1));
    let count = pairs.len() as f64;
    let middle = f64::midpoint(1.0, count);
    let product = |a: &[f64], b: &[f64]| -> f64 {
        let terms = a.iter().zip(b).map(|(a, b)| (a - middle) * (b - middle));
        terms.sum()
    };
    let scale = (product(&first, &first) * product(&second, &second)).sqrt();
    if pairs.len() < 2 || scale <= 0.0 {
        return Estimate::missing(Reason::NoData);
    }
    let rho = (product(&first, &second) / scale).clamp(-1.0, 1.0);
    if pairs.len() < 4 {
        return Estimate::without_interval(rho, Reason::TooFewSamples);
    }
    let error = ((1.0 + rho * rho / 2.0) / (count - 3.0)).sqrt();
    let ends = |sign: f64| {
        let score = libm::atanh(rho.clamp(-1.0 + 1e-15, 1.0 - 1e-15));
        libm::tanh(score + sign * NORMAL * error)
    };
    Estimate {
        value: Some(rho),
        ci95: Some((ends(-1.0).min(rho), ends(1.0).max(rho))),
        reason: None,
        groups: pairs.len(),
    }
}

/// Ranks from 1, equal values sharing the middle of theirs.
fn ranks(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let values: Vec<f64> = values.collect();
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut found = vec![0.0; values.len()];
    let mut start = 0;
    while start < order.len() {
        let first = values[order[start]];
        let same = order[start..]
            .iter()
            .take_while(|&&at| values[at].total_cmp(&first).is_eq());
        let end = start + same.count();
        for &at in &order[start..end] {
            found[at] = f64::midpoint(start as f64 + 1.0, end as f64);
        }
        start = end;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::samples::Samples;

    #[test]
    fn ranks_by_pencil() {
        assert_eq!(
            ranks([3.0, 1.0, 3.0, f64::INFINITY].into_iter()),
            [2.5, 1.0, 2.5, 4.0]
        );
        // Five pairs with rank differences 0, 1, 1, 0, 0: 1 - 6 * 2 / (5 * 24) = 0.9.
        let pairs = [(1.0, 1.0), (2.0, 9.0), (3.0, 4.0), (4.0, 16.0), (5.0, 25.0)];
        let found = rank_correlation(&pairs);
        assert!((found.value.unwrap() - 0.9).abs() < 1e-12);
        let falling: Vec<_> = pairs.iter().map(|(a, _)| (*a, -a * a * a)).collect();
        assert_eq!(rank_correlation(&falling).value, Some(-1.0));
    }

    #[test]
    fn a_side_that_does_not_vary_has_no_correlation() {
        let found = rank_correlation(&[(1.0, 2.0), (2.0, 2.0), (3.0, 2.0), (4.0, 2.0)]);
        assert_eq!((found.value, found.reason), (None, Some(Reason::NoData)));
    }

    /// Rank correlation of a bivariate normal law of correlation 0.6 is 6/pi asin(0.3) = 0.5819.
    #[test]
    fn intervals_cover_the_correlation_of_a_normal_law() {
        let truth = 6.0 / std::f64::consts::PI * libm::asin(0.3);
        let mut samples = Samples::new(5);
        let covered = (0..1_000)
            .filter(|_| {
                let pairs: Vec<(f64, f64)> = (0..60)
                    .map(|_| {
                        let a = samples.normal(0.0, 1.0);
                        (a, 0.6 * a + samples.normal(0.0, 0.8))
                    })
                    .collect();
                !rank_correlation(&pairs).excludes(truth)
            })
            .count();
        assert!((930..=975).contains(&covered), "{covered} of 1,000");
    }
}
