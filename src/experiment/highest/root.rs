//! Where an objective stops being kept, between loads that were looked at.

use crate::model::{Comparison, Metric, Objective};
use crate::statistics::Confidence;

/// Largest distance from a bound that counts: what has no value, or an infinite one.
const FAR: f64 = 50.0;

/// How far a measured value lies beyond its bound: 0 at the bound, below while it is kept. Times
/// and rates by their logarithm, along which they are straighter near saturation; shares and
/// counts in parts of the bound.
pub fn margin(objective: &Objective, value: Option<f64>) -> f64 {
    let Some(value) = value else { return FAR };
    let bound = objective.bound;
    let beyond = match objective.metric {
        Metric::Mean | Metric::Quantile(_) | Metric::Max | Metric::Throughput | Metric::Goodput
            if value > 0.0 && bound > 0.0 =>
        {
            libm::log(value / bound)
        }
        _ if bound > 0.0 => (value - bound) / bound,
        _ => value - bound,
    };
    let sign = match objective.comparison {
        Comparison::Less | Comparison::AtMost => 1.0,
        Comparison::Greater | Comparison::AtLeast => -1.0,
    };
    (sign * beyond).clamp(-FAR, FAR)
}

/// Where margins over ascending loads cross 0 first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Root {
    /// The lowest load is beyond already.
    Below,
    /// Here, between two loads.
    At(f64),
    /// Not even at the highest.
    Above,
}

/// The first crossing, on a straight line between neighbours.
pub fn root(loads: &[f64], margins: &[f64]) -> Root {
    let Some(first) = margins.iter().position(|&margin| margin > 0.0) else {
        return Root::Above;
    };
    if first == 0 {
        return Root::Below;
    }
    let (low, high) = (margins[first - 1], margins[first]);
    let share = -low / (high - low);
    Root::At(loads[first - 1] + share * (loads[first] - loads[first - 1]))
}

/// Half-width of the interval around an estimate, from the estimates without one replication each
/// (the jackknife; R. G. Miller 1974, *The jackknife: a review*, Biometrika 61).
pub fn half_width(left_out: &[f64]) -> Option<f64> {
    let count = left_out.len();
    if count < 2 {
        return None;
    }
    let mean = left_out.iter().sum::<f64>() / count as f64;
    let squares: f64 = left_out.iter().map(|one| (one - mean) * (one - mean)).sum();
    let error = (squares * (count as f64 - 1.0) / count as f64).sqrt();
    Some(error * Confidence::Sequential.t(count))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Scope;

    fn objective(metric: Metric, comparison: Comparison, bound: f64) -> Objective {
        Objective {
            text: String::new(),
            scope: Scope::All,
            metric,
            comparison,
            bound,
            of_successes: false,
            within: None,
        }
    }

    #[test]
    fn a_margin_is_nought_at_the_bound_and_below_it_while_kept() {
        let time = objective(Metric::Quantile(0.95), Comparison::Less, 0.1);
        assert!((margin(&time, Some(0.1))).abs() < 1e-15);
        assert!((margin(&time, Some(0.2)) - libm::log(2.0)).abs() < 1e-15);
        assert!(margin(&time, Some(0.05)) < 0.0);
        assert!(margin(&time, None) > 1.0 && margin(&time, Some(f64::INFINITY)) > 1.0);
        let errors = objective(Metric::ErrorRate, Comparison::AtMost, 0.01);
        assert!((margin(&errors, Some(0.0)) + 1.0).abs() < 1e-15);
        let goodput = objective(Metric::Goodput, Comparison::AtLeast, 50.0);
        assert!(margin(&goodput, Some(25.0)) > 0.0 && margin(&goodput, Some(100.0)) < 0.0);
    }

    #[test]
    fn the_first_crossing_counts() {
        let loads = [1.0, 2.0, 3.0, 4.0];
        assert_eq!(root(&loads, &[-2.0, -1.0, 1.0, 3.0]), Root::At(2.5));
        assert_eq!(
            root(&loads, &[-2.0, 1.0, -1.0, 3.0]),
            Root::At(1.0 + 2.0 / 3.0)
        );
        assert_eq!(root(&loads, &[0.5, 1.0, 2.0, 3.0]), Root::Below);
        assert_eq!(root(&loads, &[-4.0, -3.0, -2.0, -1.0]), Root::Above);
    }

    /// Of means the jackknife is the standard error: 1, 2, 3, 4 have mean 2.5 and s^2 = 5/3.
    #[test]
    fn left_out_means_give_the_standard_error_of_the_mean() {
        let values = [1.0, 2.0, 3.0, 4.0];
        let without: Vec<f64> = values.iter().map(|one| (10.0 - one) / 3.0).collect();
        let half = half_width(&without).unwrap();
        let expected = (5.0_f64 / 3.0 / 4.0).sqrt() * Confidence::Sequential.t(4);
        assert!((half - expected).abs() < 1e-12, "{half} {expected}");
        assert_eq!(half_width(&[1.0]), None);
    }
}
