//! Quantiles and tails of Student's t and of the normal law.
//!
//! Written here, on `libm`, because these numbers stand in results: a library that calls the
//! system's logarithm may give other last digits on another machine (S38).

/// Beyond this many degrees of freedom the expansion in 1/degrees is exact to rounding.
const LARGE: u32 = 1_000;

/// Two-sided tail: the chance that |T| with `degrees` degrees of freedom (at least 1) exceeds
/// |`t`|. The p-value of a t test.
///
/// Finite sums in the angle atan(t/sqrt(degrees)), exact for whole degrees. Source: M. Abramowitz
/// and I. Stegun, *Handbook of Mathematical Functions*, 26.7.3 and 26.7.4; beyond 1,000 degrees
/// the normal law with the correction 26.7.8.
pub fn two_sided_tail(t: f64, degrees: u32) -> f64 {
    let t = t.abs();
    let freedom = f64::from(degrees.max(1));
    if !t.is_finite() {
        return 0.0;
    }
    if degrees > LARGE {
        let shrink = (1.0 - 1.0 / (4.0 * freedom)) / (1.0 + t * t / (2.0 * freedom)).sqrt();
        return libm::erfc(t * shrink / std::f64::consts::SQRT_2);
    }
    let angle = libm::atan(t / freedom.sqrt());
    let cosine_squared = freedom / (freedom + t * t);
    let sine = t / (freedom + t * t).sqrt();
    let inside = if degrees.is_multiple_of(2) {
        sine * angle_series(1.0, 1, degrees, cosine_squared)
    } else {
        let series = if degrees == 1 {
            0.0
        } else {
            sine * angle_series(cosine_squared.sqrt(), 2, degrees, cosine_squared)
        };
        (angle + series) * std::f64::consts::FRAC_2_PI
    };
    (1.0 - inside).clamp(0.0, 1.0)
}

/// `first` * (1 + f/(f+1) c + f(f+2)/((f+1)(f+3)) c^2 + ...) with factors up to degrees - 3.
fn angle_series(first: f64, factor: u32, degrees: u32, cosine_squared: f64) -> f64 {
    let mut term = first;
    let mut sum = first;
    let mut factor = factor;
    while factor + 3 <= degrees {
        term *= f64::from(factor) / f64::from(factor + 1) * cosine_squared;
        sum += term;
        factor += 2;
    }
    sum
}

/// The `p`-quantile of Student's t with `degrees` degrees of freedom; `p` in 0.5..1.
///
/// By bisection on [`two_sided_tail`]; beyond 1,000 degrees by the expansion about the normal
/// quantile, Abramowitz and Stegun 26.7.5.
pub fn t_quantile(p: f64, degrees: u32) -> f64 {
    if degrees > LARGE {
        let (z, freedom) = (normal_quantile(p), f64::from(degrees));
        let square = z * z;
        let first = (square + 1.0) * z / 4.0;
        let second = ((5.0 * square + 16.0) * square + 3.0) * z / 96.0;
        let third = (((3.0 * square + 19.0) * square + 17.0) * square - 15.0) * z / 384.0;
        return z + (first + (second + third / freedom) / freedom) / freedom;
    }
    let tail = 2.0 * (1.0 - p);
    let mut high = 1.0;
    while two_sided_tail(high, degrees) > tail && high < 1e15 {
        high *= 2.0;
    }
    bisect(0.0, high, |t| two_sided_tail(t, degrees) > tail)
}

/// The `p`-quantile of the normal law with mean 0 and standard deviation 1; `p` in 0.5..1.
pub fn normal_quantile(p: f64) -> f64 {
    let tail = 2.0 * (1.0 - p);
    bisect(0.0, 40.0, |z| {
        libm::erfc(z / std::f64::consts::SQRT_2) > tail
    })
}

/// Where `is_below` turns from true to false between `low` and `high`, to the last bit.
fn bisect(mut low: f64, mut high: f64, is_below: impl Fn(f64) -> bool) -> f64 {
    loop {
        let middle = low + (high - low) / 2.0;
        if middle <= low || middle >= high {
            return middle;
        }
        if is_below(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

    #[test]
    fn quantiles_agree_with_statrs() {
        for degrees in [
            1_u32, 2, 3, 4, 5, 9, 10, 19, 30, 99, 500, 1_000, 1_001, 5_000,
        ] {
            let oracle = StudentsT::new(0.0, 1.0, f64::from(degrees)).unwrap();
            for p in [0.6, 0.9, 0.975, 0.985, 0.9995] {
                let (own, theirs) = (t_quantile(p, degrees), oracle.inverse_cdf(p));
                assert!(
                    (own / theirs - 1.0).abs() < 1e-6,
                    "{degrees} {p}: {own} {theirs}"
                );
            }
        }
        let normal = Normal::new(0.0, 1.0).unwrap();
        assert!((normal_quantile(0.975) - normal.inverse_cdf(0.975)).abs() < 1e-7);
    }

    #[test]
    fn tails_agree_with_statrs() {
        for degrees in [1_u32, 2, 3, 8, 31, 1_000, 4_000] {
            let oracle = StudentsT::new(0.0, 1.0, f64::from(degrees)).unwrap();
            for t in [0.0, 0.3, 1.0, 2.5, -4.0] {
                let theirs = 2.0 * (1.0 - oracle.cdf(f64::abs(t)));
                assert!(
                    (two_sided_tail(t, degrees) - theirs).abs() < 1e-7,
                    "{degrees} {t}"
                );
            }
        }
    }

    #[test]
    fn printed_table_values_are_met() {
        // Any table of Student's t: 12.706, 2.262, 2.093 at 95 %, two-sided.
        for (degrees, expected) in [(1, 12.706), (9, 2.262), (19, 2.093)] {
            assert!((t_quantile(0.975, degrees) - expected).abs() < 6e-4);
        }
    }
}
