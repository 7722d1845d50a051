//! Hidden parameters that give a law its stated moments.

use std::f64::consts::SQRT_2;

use super::Ziggurat;
use super::inverse::normal_score;
use super::sampler::mix;

/// Distribution function of the standard normal.
fn phi(z: f64) -> f64 {
    0.5 * libm::erfc(-z / SQRT_2)
}

/// Density of the standard normal.
fn density(z: f64) -> f64 {
    libm::exp(-0.5 * z * z) / (2.0 * std::f64::consts::PI).sqrt()
}

/// The point in `[low, high]` where `falling` crosses zero, to the last bit that bisection finds.
fn bisect(mut low: f64, mut high: f64, falling: impl Fn(f64) -> f64) -> f64 {
    for _ in 0..200 {
        let middle = f64::midpoint(low, high);
        if falling(middle) > 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

/// A normal conditioned on being positive, with given mean and cv of the conditioned law.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CutNormal {
    centre: f64,
    sigma: f64,
}

impl CutNormal {
    /// Solves for centre and sigma: with `a = centre / sigma` and the inverse Mills ratio
    /// `m = density(a) / phi(a)` the cut law has mean `sigma (a + m)` and variance
    /// `sigma^2 (1 - a m - m^2)` (Johnson, Kotz, Balakrishnan, vol. 1, section 13.10.1).
    pub fn new(mean: f64, cv: f64) -> Self {
        let mills = |a: f64| density(a) / phi(a);
        let a = bisect(0.0, 4.0 / cv, |a| {
            let m = mills(a);
            (1.0 - a * m - m * m) - (cv * (a + m)) * (cv * (a + m))
        });
        let sigma = mean / (a + mills(a));
        Self {
            centre: a * sigma,
            sigma,
        }
    }

    /// The value below which a share `u` of the cut law lies.
    pub fn quantile(&self, u: f64) -> f64 {
        let positive = phi(self.centre / self.sigma);
        let above = (1.0 - u) * positive;
        (self.centre - self.sigma * normal_score(above)).max(0.0)
    }

    /// One draw: rejects what is negative.
    pub fn sample(&self, mut word: u64, tables: &Ziggurat) -> f64 {
        loop {
            let (z, used) = tables.normal(word);
            let x = self.centre + self.sigma * z;
            if x >= 0.0 {
                return x;
            }
            word = mix(used);
        }
    }
}

/// Shape of the Weibull law with this cv: `cv^2 = G(1 + 2/k) / G(1 + 1/k)^2 - 1`.
pub fn weibull_shape(cv: f64) -> f64 {
    let target = libm::log1p(cv * cv);
    // Larger shapes vary less; searched in the logarithm of the shape.
    let log_shape = bisect(libm::log(0.05), libm::log(1000.0), |log_shape| {
        let inverse = libm::exp(-log_shape);
        libm::lgamma(1.0 + 2.0 * inverse) - 2.0 * libm::lgamma(1.0 + inverse) - target
    });
    libm::exp(log_shape)
}

/// A Pareto law conditioned on staying below a cap.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BoundedPareto {
    least: f64,
    shape: f64,
    cap: f64,
}

impl BoundedPareto {
    /// Solves for the least value so that the bounded law has this mean.
    pub fn new(mean: f64, shape: f64, cap: f64) -> Self {
        let law = |least: f64| Self { least, shape, cap };
        let least = bisect(cap * 1e-18, mean, |least| mean - law(least).moment(1.0));
        law(least)
    }

    /// `E[X^k]`: `shape L^shape / (1 - (L/H)^shape)` times the integral of `x^(k-1-shape)`.
    fn moment(&self, k: f64) -> f64 {
        let Self { least, shape, cap } = *self;
        let power = k - shape;
        let log_ratio = libm::log(cap / least);
        let integral = if power.abs() < 1e-12 {
            log_ratio
        } else {
            libm::expm1(power * log_ratio) / power
        };
        shape * libm::pow(least, k) * integral / -libm::expm1(-shape * log_ratio)
    }

    /// `E[X^2]`.
    pub fn second_moment(&self) -> f64 {
        self.moment(2.0)
    }

    /// The value below which a share `u` of the law lies.
    pub fn quantile(&self, u: f64) -> f64 {
        let kept = -libm::expm1(-self.shape * libm::log(self.cap / self.least));
        self.least * libm::exp(-libm::log1p(-u * kept) / self.shape)
    }
}

/// Normal scores of 95 % and 99 %.
const SCORE_95: f64 = 1.644_853_626_951_472_2;
const SCORE_99: f64 = 2.326_347_874_040_841;

/// A law whose logarithm is piecewise linear in the normal score, through p50, p95 and p99.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PiecewiseLogNormal {
    /// Logarithm of the median.
    median: f64,
    /// Slope below the 95 % point.
    body: f64,
    /// Logarithm of the 95 % point.
    p95: f64,
    /// Slope above it.
    tail: f64,
    /// Logarithm of the largest value, 10 x p99.
    cap: f64,
}

impl PiecewiseLogNormal {
    /// Through these three points.
    pub fn new(p50: f64, p95: f64, p99: f64) -> Self {
        let (median, knee, end) = (libm::log(p50), libm::log(p95), libm::log(p99));
        Self {
            median,
            body: (knee - median) / SCORE_95,
            p95: knee,
            tail: (end - knee) / (SCORE_99 - SCORE_95),
            cap: end + std::f64::consts::LN_10,
        }
    }

    /// The value at a normal score.
    pub fn at_score(&self, z: f64) -> f64 {
        let log = if z < SCORE_95 {
            self.median + self.body * z
        } else {
            (self.p95 + self.tail * (z - SCORE_95)).min(self.cap)
        };
        libm::exp(log)
    }

    /// Mean and second moment.
    pub fn moments(&self) -> (f64, f64) {
        (self.moment(1.0), self.moment(2.0))
    }

    /// `E[X^k]`: over a stretch of scores where the logarithm is `a + b z`, the integral of
    /// `exp(k (a + b z)) density(z)` is `exp(k a + k^2 b^2 / 2)` times the normal probability of
    /// the stretch moved by `k b`.
    fn moment(&self, k: f64) -> f64 {
        let piece = |a: f64, b: f64, from: f64, to: f64| {
            let shift = k * b;
            libm::exp(k * a + shift * shift / 2.0)
                * (upper(from - shift) - upper(to - shift)).max(0.0)
        };
        let top = if self.tail > 0.0 {
            SCORE_95 + (self.cap - self.p95) / self.tail
        } else {
            f64::INFINITY
        };
        let body = piece(self.median, self.body, f64::NEG_INFINITY, SCORE_95);
        let tail = piece(self.p95 - self.tail * SCORE_95, self.tail, SCORE_95, top);
        body + tail + libm::exp(k * self.cap) * upper(top)
    }
}

/// Probability above `z` of the standard normal.
fn upper(z: f64) -> f64 {
    0.5 * libm::erfc(z / SQRT_2)
}
