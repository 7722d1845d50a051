//! Sobol indices: which share of a result's variance an uncertain input is behind.

use rand::{Rng as _, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::estimate::{Estimate, Reason};

/// Resamples behind an interval.
const RESAMPLES: usize = 1_000;

/// What a design of two independent samples `A` and `B` of the inputs gave, row by row.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluated {
    /// Results at the rows of `A`.
    pub a: Vec<f64>,
    /// Results at the rows of `B`.
    pub b: Vec<f64>,
    /// By input: results at the rows of `A` with that input from `B`.
    pub mixed: Vec<Vec<f64>>,
}

/// Indices of one input, 0 to 1 but for sampling error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Indices {
    /// First order: the share of the variance that is gone once this input alone is known.
    pub first: Estimate,
    /// Total: the share that is left while this input alone is unknown.
    pub total: Estimate,
}

/// Variance of the results and the indices of every input, with intervals from resampling the
/// rows by `seed`. Without variance, or with fewer than two rows, there are no indices.
///
/// First order by A. Saltelli et al., *Variance based sensitivity analysis of model output*,
/// Computer Physics Communications 181 (2010), table 2 (b); total by M. Jansen, *Analysis of
/// variance designs for model output*, the same 117 (1999). Intervals are percentiles of the
/// bootstrap (G. Archer, A. Saltelli, I. Sobol, *Sensitivity measures, ANOVA-like techniques and
/// the use of bootstrap*, Journal of Statistical Computation and Simulation 58, 1997).
pub fn indices(evaluated: &Evaluated, seed: u64) -> (f64, Vec<Indices>) {
    let rows: Vec<usize> = (0..evaluated.a.len()).collect();
    let inputs = evaluated.mixed.len();
    let (variance, found) = at(evaluated, &rows);
    if rows.len() < 2 || variance <= 0.0 {
        let missing = Estimate::missing(Reason::NoData);
        let none = Indices {
            first: missing,
            total: missing,
        };
        return (variance, vec![none; inputs]);
    }
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut spread = vec![[Vec::new(), Vec::new()]; inputs];
    for _ in 0..RESAMPLES {
        let draw = |_| ((u128::from(rng.next_u64()) * rows.len() as u128) >> 64) as usize;
        let resample: Vec<usize> = rows.iter().map(draw).collect();
        let (_, again) = at(evaluated, &resample);
        for (own, (first, total)) in spread.iter_mut().zip(again) {
            own[0].push(first);
            own[1].push(total);
        }
    }
    let estimates = found.into_iter().zip(spread).map(|((first, total), own)| {
        let [of_first, of_total] = own;
        Indices {
            first: within(first, of_first),
            total: within(total, of_total),
        }
    });
    (variance, estimates.collect())
}

/// Variance, and first and total index of each input, over these rows.
fn at(evaluated: &Evaluated, rows: &[usize]) -> (f64, Vec<(f64, f64)>) {
    let count = rows.len() as f64;
    let both = rows
        .iter()
        .flat_map(|&row| [evaluated.a[row], evaluated.b[row]]);
    let mean = both.clone().sum::<f64>() / (2.0 * count);
    let variance = both.map(|y| (y - mean) * (y - mean)).sum::<f64>() / (2.0 * count);
    let one = |mixed: &Vec<f64>| {
        let (mut first, mut total) = (0.0, 0.0);
        for &row in rows {
            let step = mixed[row] - evaluated.a[row];
            // About the mean, which changes the expectation of nothing and takes out noise.
            first += (evaluated.b[row] - mean) * step;
            total += step * step;
        }
        (first / count / variance, total / (2.0 * count) / variance)
    };
    (variance, evaluated.mixed.iter().map(one).collect())
}

/// A value with the 2.5 % and 97.5 % percentiles of its resamples.
fn within(value: f64, mut resamples: Vec<f64>) -> Estimate {
    resamples.retain(|one| one.is_finite());
    resamples.sort_by(f64::total_cmp);
    let at = |share: f64| resamples[(share * (resamples.len() - 1) as f64).round() as usize];
    let ci95 = (!resamples.is_empty()).then(|| (at(0.025).min(value), at(0.975).max(value)));
    Estimate {
        value: Some(value),
        ci95,
        reason: None,
        groups: 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::low_discrepancy::sobol;

    fn evaluate(count: u32, inputs: usize, f: impl Fn(&[f64]) -> f64) -> Evaluated {
        let rows = sobol(count, 2 * inputs, 11);
        let mixed = |input: usize| {
            let one = |row: &Vec<f64>| {
                let mut point = row[..inputs].to_vec();
                point[input] = row[inputs + input];
                f(&point)
            };
            rows.iter().map(one).collect()
        };
        Evaluated {
            a: rows.iter().map(|row| f(&row[..inputs])).collect(),
            b: rows.iter().map(|row| f(&row[inputs..])).collect(),
            mixed: (0..inputs).map(mixed).collect(),
        }
    }

    /// The function of T. Ishigami and T. Homma (1990) with a = 7, b = 0.1, whose indices are
    /// known: first 0.3139, 0.4424, 0; total 0.5576, 0.4424, 0.2437.
    #[test]
    fn ishigamis_function_has_its_known_indices() {
        let angle = |u: f64| std::f64::consts::PI * (2.0 * u - 1.0);
        let f = |u: &[f64]| {
            let (x, y, z) = (angle(u[0]), angle(u[1]), angle(u[2]));
            let sine = libm::sin(x);
            sine + 7.0 * libm::pow(libm::sin(y), 2.0) + 0.1 * libm::pow(z, 4.0) * sine
        };
        let (variance, found) = indices(&evaluate(1 << 14, 3, f), 1);
        // a^2/8 + b pi^4/5 + b^2 pi^8/18 + 1/2
        assert!((variance / 13.8446 - 1.0).abs() < 0.003, "{variance}");
        for (one, (first, total)) in
            found
                .iter()
                .zip([(0.3139, 0.5576), (0.4424, 0.4424), (0.0, 0.2437)])
        {
            assert!((one.first.value.unwrap() - first).abs() < 0.005, "{one:?}");
            assert!((one.total.value.unwrap() - total).abs() < 0.005, "{one:?}");
            assert!(!one.first.excludes(first), "{one:?}");
            assert!(!one.total.excludes(total), "{one:?}");
        }
    }

    #[test]
    fn a_sum_has_no_interactions() {
        // Variances 1/12, 4/12 and 0: first and total 0.2, 0.8 and 0.
        let (_, found) = indices(&evaluate(4096, 3, |u| u[0] + 2.0 * u[1]), 1);
        for (one, expected) in found.iter().zip([0.2, 0.8, 0.0]) {
            assert!(
                (one.first.value.unwrap() - expected).abs() < 0.005,
                "{one:?}"
            );
            assert!(
                (one.total.value.unwrap() - expected).abs() < 0.005,
                "{one:?}"
            );
        }
    }

    #[test]
    fn a_constant_has_no_indices() {
        let (variance, found) = indices(&evaluate(64, 2, |_| 3.0), 1);
        assert_eq!((variance, found[0].first.value), (0.0, None));
    }

    #[test]
    fn the_seed_of_resampling_moves_only_the_intervals() {
        let evaluated = evaluate(64, 2, |u| u[0] * u[1]);
        let (one, other) = (indices(&evaluated, 1).1[0], indices(&evaluated, 2).1[0]);
        assert_eq!(one, indices(&evaluated, 1).1[0]);
        assert_eq!(one.first.value, other.first.value);
        assert_ne!(one.first.ci95, other.first.ci95);
    }
}
