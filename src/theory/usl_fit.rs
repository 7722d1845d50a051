//! Fitting the Universal Scalability Law to measured throughputs.

use super::levels::eliminate;
use super::usl::Usl;

/// A fitted law with its uncertainty.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct UslFit {
    /// Throughput at a load of 1 (gamma), in the unit of the measurements.
    pub unit_throughput: f64,
    /// Contention (alpha) and coherency (beta).
    pub law: Usl,
    /// Standard errors of gamma, alpha and beta; `None` where a bound holds the number.
    pub standard_errors: [Option<f64>; 3],
    /// Measurements less fitted numbers.
    pub degrees_of_freedom: u32,
    /// Sum of the squared differences between measured and fitted throughput.
    pub residual: f64,
}

impl UslFit {
    /// Fitted throughput at `load`.
    pub fn throughput(&self, load: f64) -> f64 {
        self.unit_throughput * self.law.capacity(load)
    }

    /// Intervals of gamma, alpha and beta from a quantile of Student's law with
    /// [`degrees_of_freedom`](Self::degrees_of_freedom) (such as that for 97.5 %); `None` where a
    /// bound holds the number.
    pub fn intervals(&self, quantile: f64) -> [Option<(f64, f64)>; 3] {
        let values = [self.unit_throughput, self.law.sigma, self.law.kappa];
        std::array::from_fn(|k| {
            let half = quantile * self.standard_errors[k]?;
            Some((values[k] - half, values[k] + half))
        })
    }
}

/// Fits throughput = gamma n / (1 + alpha (n - 1) + beta n (n - 1)) to `points` (load n, at least
/// 1, and throughput, positive) by least squares in throughput; alpha and beta stay at least 0.
///
/// `None` with fewer than four points, three different loads or numbers out of range.
///
/// Source: N. Gunther, *Guerrilla Capacity Planning*, section 5.5; least squares on the original
/// scale as the R package usl does; standard errors from the linearised model.
pub fn fit_usl(points: &[(f64, f64)]) -> Option<UslFit> {
    let is_sound = |(load, rate): &(f64, f64)| {
        *load >= 1.0 && *rate > 0.0 && load.is_finite() && rate.is_finite()
    };
    let mut loads: Vec<f64> = points.iter().map(|point| point.0).collect();
    loads.sort_by(f64::total_cmp);
    loads.dedup();
    if points.len() < 4 || loads.len() < 3 || !points.iter().all(is_sound) {
        return None;
    }
    // The free fit if it keeps the bounds, else the best with one or both numbers held at 0.
    let held = [
        [true, true, true],
        [true, true, false],
        [true, false, true],
        [true, false, false],
    ];
    let fits = held.iter().filter_map(|free| fit_with(points, *free));
    let allowed = fits.filter(|fit| fit.law.sigma >= 0.0 && fit.law.kappa >= 0.0);
    allowed.min_by(|a, b| a.residual.total_cmp(&b.residual))
}

fn throughput([gamma, alpha, beta]: [f64; 3], load: f64) -> f64 {
    gamma * load / slowdown([gamma, alpha, beta], load)
}

fn slowdown([_, alpha, beta]: [f64; 3], load: f64) -> f64 {
    1.0 + alpha * (load - 1.0) + beta * load * (load - 1.0)
}

/// Derivatives of the throughput by gamma, alpha and beta.
fn slopes(at: [f64; 3], load: f64) -> [f64; 3] {
    let slowdown = slowdown(at, load);
    let loss = -at[0] * load / (slowdown * slowdown) * (load - 1.0);
    [load / slowdown, loss, loss * load]
}

fn residual(at: [f64; 3], points: &[(f64, f64)]) -> f64 {
    let sound = points.iter().all(|(load, _)| slowdown(at, *load) > 0.0);
    let gap = |(load, rate): &(f64, f64)| {
        let gap = rate - throughput(at, *load);
        gap * gap
    };
    if sound {
        points.iter().map(gap).sum()
    } else {
        f64::INFINITY
    }
}

/// Levenberg and Marquardt from a linear start, with the numbers that are not free held at 0.
fn fit_with(points: &[(f64, f64)], free: [bool; 3]) -> Option<UslFit> {
    let mut at = start(points, free)?;
    let mut best = residual(at, points);
    let mut damping = 1e-3;
    for _ in 0..500 {
        let (square, gradient) = normal_equations(at, points, free);
        let mut damped = square;
        for (k, row) in damped.iter_mut().enumerate() {
            row[k] *= 1.0 + damping;
        }
        let step = solve(damped, gradient)?;
        let next = [at[0] + step[0], at[1] + step[1], at[2] + step[2]];
        let found = residual(next, points);
        if found <= best {
            let is_done = (best - found) <= 1e-14 * best
                && (0..3).all(|k| step[k].abs() <= 1e-12 * at[k].abs().max(1e-9));
            (at, best, damping) = (next, found, damping / 10.0);
            if is_done {
                break;
            }
        } else {
            damping *= 10.0;
            if damping > 1e12 {
                break;
            }
        }
    }
    let parameters = free.iter().filter(|is_free| **is_free).count();
    let degrees = points.len().checked_sub(parameters)?;
    let (square, _) = normal_equations(at, points, free);
    let variance = if degrees > 0 {
        best / degrees as f64
    } else {
        0.0
    };
    let mut standard_errors = [None; 3];
    for k in (0..3).filter(|k| free[*k]) {
        let mut unit = [0.0; 3];
        unit[k] = 1.0;
        let square_error = solve(square, unit)?[k] * variance;
        standard_errors[k] = Some(square_error.max(0.0).sqrt());
    }
    Some(UslFit {
        unit_throughput: at[0],
        law: Usl {
            sigma: at[1],
            kappa: at[2],
        },
        standard_errors,
        degrees_of_freedom: degrees as u32,
        residual: best,
    })
}

/// n / throughput = 1/gamma + alpha/gamma (n - 1) + beta/gamma n (n - 1) is linear.
fn start(points: &[(f64, f64)], free: [bool; 3]) -> Option<[f64; 3]> {
    let mut square = held_apart(free);
    let mut gradient = [0.0; 3];
    for (load, rate) in points {
        let terms = [1.0, load - 1.0, load * (load - 1.0)];
        accumulate(&mut square, &mut gradient, terms, load / rate, free);
    }
    let [inverse, alpha, beta] = solve(square, gradient)?;
    let guess = [1.0 / inverse, alpha / inverse, beta / inverse];
    let fallback = [points[0].1 / points[0].0, 0.0, 0.0];
    let is_sound = guess[0] > 0.0 && residual(guess, points).is_finite();
    Some(if is_sound { guess } else { fallback })
}

fn normal_equations(
    at: [f64; 3],
    points: &[(f64, f64)],
    free: [bool; 3],
) -> ([[f64; 3]; 3], [f64; 3]) {
    let mut square = held_apart(free);
    let mut gradient = [0.0; 3];
    for (load, rate) in points {
        let gap = rate - throughput(at, *load);
        accumulate(&mut square, &mut gradient, slopes(at, *load), gap, free);
    }
    (square, gradient)
}

/// A unit row for each number that is not free, so that its step is 0.
fn held_apart(free: [bool; 3]) -> [[f64; 3]; 3] {
    std::array::from_fn(|i| std::array::from_fn(|j| if i == j && !free[i] { 1.0 } else { 0.0 }))
}

fn accumulate(
    square: &mut [[f64; 3]; 3],
    gradient: &mut [f64; 3],
    terms: [f64; 3],
    value: f64,
    free: [bool; 3],
) {
    for i in (0..3).filter(|i| free[*i]) {
        gradient[i] += terms[i] * value;
        for j in (0..3).filter(|j| free[*j]) {
            square[i][j] += terms[i] * terms[j];
        }
    }
}

/// Solves three equations; scaled first, because the numbers differ by orders of magnitude.
fn solve(square: [[f64; 3]; 3], wanted: [f64; 3]) -> Option<[f64; 3]> {
    let scale: [f64; 3] = std::array::from_fn(|k| square[k][k].sqrt());
    if scale.iter().any(|s| s.is_nan() || *s <= 0.0) {
        return None;
    }
    let mut rows: Vec<Vec<f64>> = (0..3)
        .map(|i| {
            let own = (0..3).map(|j| square[i][j] / (scale[i] * scale[j]));
            own.chain([wanted[i] / scale[i]]).collect()
        })
        .collect();
    eliminate(&mut rows, 3, 1e-14)?;
    Some(std::array::from_fn(|k| rows[k][3] / scale[k]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::check::near;

    /// Ray tracer on an SGI Origin 2000 (Gunther, Guerrilla Capacity Planning).
    const RAY: [(f64, f64); 6] = [
        (1.0, 20.0),
        (4.0, 78.0),
        (8.0, 130.0),
        (12.0, 170.0),
        (16.0, 190.0),
        (20.0, 200.0),
    ];

    #[test]
    fn the_ray_tracer_of_the_usl_package() {
        // tests/confint.Rout.save of the R package usl: .02444, .00163, 20.85605.
        let fit = fit_usl(&RAY).unwrap();
        near(fit.law.sigma, 0.024_444_04, 1e-6);
        near(fit.law.kappa, 0.001_626_81, 1e-5);
        near(fit.unit_throughput, 20.856_05, 1e-6);
        assert_eq!(fit.degrees_of_freedom, 3);
        // The fit lies below what was measured beyond it: 310 at 64.
        assert!(fit.throughput(64.0) < 310.0);
        let [gamma, alpha, beta] = fit.intervals(3.182).map(Option::unwrap);
        assert!(gamma.0 < 20.856_05 && gamma.1 > 20.856_05);
        assert!(alpha.0 < 0.024_44 && beta.1 > 0.001_627);
    }

    #[test]
    fn no_neighbour_fits_better() {
        let fit = fit_usl(&RAY).unwrap();
        let at = [fit.unit_throughput, fit.law.sigma, fit.law.kappa];
        for k in 0..3 {
            for change in [0.999, 1.001] {
                let mut other = at;
                other[k] *= change;
                assert!(residual(other, &RAY) > fit.residual);
            }
        }
    }

    #[test]
    fn exact_points_give_back_their_law() {
        let law = Usl {
            sigma: 0.05,
            kappa: 0.002,
        };
        let points = [1.0, 2.0, 5.0, 10.0, 30.0].map(|n| (n, 40.0 * law.capacity(n)));
        let fit = fit_usl(&points).unwrap();
        near(fit.law.sigma, 0.05, 1e-8);
        near(fit.law.kappa, 0.002, 1e-8);
        near(fit.unit_throughput, 40.0, 1e-9);
        near(
            fit.law.peak_exact().unwrap(),
            (0.95_f64 / 0.002).sqrt(),
            1e-8,
        );
    }

    #[test]
    fn a_line_has_neither_contention_nor_coherency() {
        // Slightly better than linear: bounds hold both numbers at 0.
        let points = [1.0, 2.0, 4.0, 8.0].map(|n| (n, 10.0 * libm::pow(n, 1.05)));
        let fit = fit_usl(&points).unwrap();
        near(fit.law.sigma + fit.law.kappa, 0.0, 0.0);
        assert_eq!(fit.degrees_of_freedom, 3);
        assert_eq!(fit.standard_errors[1..], [None, None]);
        let [gamma, alpha, beta] = fit.intervals(3.182);
        assert!(gamma.is_some() && alpha.is_none() && beta.is_none());
    }

    #[test]
    fn too_little_to_fit() {
        assert_eq!(fit_usl(&RAY[..3]), None);
        assert_eq!(fit_usl(&[(1.0, 2.0); 6]), None);
        assert_eq!(
            fit_usl(&[(1.0, 2.0), (2.0, 3.0), (3.0, -1.0), (4.0, 5.0)]),
            None
        );
    }
}
