//! Laws that are fitted: densities and distribution functions by mean and coefficient of variation.

use statrs::function::gamma::{gamma_lr, gamma_ur};

use crate::experiment::result::fit::LawName;
use crate::law::weibull_shape;

/// Mean in s and coefficient of variation.
pub type At = [f64; 2];

/// What of it is fitted.
pub fn parameters(law: LawName) -> usize {
    match law {
        LawName::Exponential => 1,
        LawName::LogNormal | LawName::Gamma | LawName::Weibull | LawName::HyperExponential => 2,
    }
}

/// From numbers without bounds to mean and cv: `ln mean`, and `ln cv` or, where the cv is above 1,
/// `ln (cv^2 - 1)`.
pub fn at(law: LawName, [u, v]: [f64; 2]) -> At {
    let cv = match law {
        LawName::Exponential => 1.0,
        LawName::HyperExponential => (1.0 + libm::exp(v)).sqrt(),
        LawName::LogNormal | LawName::Gamma | LawName::Weibull => libm::exp(v),
    };
    [libm::exp(u), cv]
}

/// The other way; the nearest numbers for what the law cannot have.
pub fn free(law: LawName, [mean, cv]: At) -> [f64; 2] {
    let v = match law {
        LawName::Exponential => 0.0,
        LawName::HyperExponential => libm::log((cv * cv - 1.0).max(0.01)),
        LawName::LogNormal | LawName::Gamma | LawName::Weibull => libm::log(cv.max(1e-3)),
    };
    [libm::log(mean), v]
}

/// The law with its own parameters worked out once for all values.
pub enum Worked {
    Exponential {
        mean: f64,
    },
    /// Of the logarithm.
    LogNormal {
        mu: f64,
        sigma: f64,
    },
    Gamma {
        shape: f64,
        scale: f64,
        constant: f64,
    },
    Weibull {
        shape: f64,
        scale: f64,
        constant: f64,
    },
    /// Share and rate of each branch.
    HyperExponential {
        branches: [(f64, f64); 2],
    },
}

impl Worked {
    pub fn of(law: LawName, [mean, cv]: At) -> Self {
        match law {
            LawName::Exponential => Self::Exponential { mean },
            LawName::LogNormal => {
                let variance = libm::log1p(cv * cv);
                Self::LogNormal {
                    mu: libm::log(mean) - variance / 2.0,
                    sigma: variance.sqrt(),
                }
            }
            LawName::Gamma => {
                let (shape, scale) = (1.0 / (cv * cv), mean * cv * cv);
                Self::Gamma {
                    shape,
                    scale,
                    constant: shape * libm::log(scale) + libm::lgamma(shape),
                }
            }
            LawName::Weibull => {
                let shape = weibull_shape(cv);
                let scale = mean / libm::tgamma(1.0 + 1.0 / shape);
                Self::Weibull {
                    shape,
                    scale,
                    constant: libm::log(shape) - shape * libm::log(scale),
                }
            }
            LawName::HyperExponential => {
                // Balanced means: each branch carries half of the mean.
                let squared = cv * cv;
                let first = 0.5 * (1.0 + ((squared - 1.0) / (squared + 1.0)).max(0.0).sqrt());
                let branch = |share: f64| (share, 2.0 * share / mean);
                Self::HyperExponential {
                    branches: [branch(first), branch(1.0 - first)],
                }
            }
        }
    }

    /// Logarithm of the density at `value` > 0, whose own logarithm is `log`.
    pub fn log_density(&self, value: f64, log: f64) -> f64 {
        match *self {
            Self::Exponential { mean } => -libm::log(mean) - value / mean,
            Self::LogNormal { mu, sigma } => {
                let score = (log - mu) / sigma;
                let half = 0.5 * libm::log(2.0 * std::f64::consts::PI);
                -0.5 * score * score - log - libm::log(sigma) - half
            }
            Self::Gamma {
                shape,
                scale,
                constant,
            } => (shape - 1.0) * log - value / scale - constant,
            Self::Weibull {
                shape,
                scale,
                constant,
            } => constant + (shape - 1.0) * log - libm::exp(shape * (log - libm::log(scale))),
            Self::HyperExponential { branches } => {
                let density = |(share, rate): (f64, f64)| share * rate * libm::exp(-rate * value);
                libm::log((density(branches[0]) + density(branches[1])).max(f64::MIN_POSITIVE))
            }
        }
    }

    /// Share of values up to `value` >= 0.
    pub fn share_up_to(&self, value: f64) -> f64 {
        if value <= 0.0 {
            return 0.0;
        }
        match *self {
            Self::Exponential { mean } => -libm::expm1(-value / mean),
            Self::LogNormal { mu, sigma } => {
                let score = (libm::log(value) - mu) / sigma;
                0.5 * libm::erfc(-score / std::f64::consts::SQRT_2)
            }
            Self::Gamma { shape, scale, .. } => gamma_lr(shape, value / scale),
            Self::Weibull { shape, scale, .. } => -libm::expm1(-libm::pow(value / scale, shape)),
            Self::HyperExponential { branches } => {
                let share = |(share, rate): (f64, f64)| -share * libm::expm1(-rate * value);
                share(branches[0]) + share(branches[1])
            }
        }
    }

    /// Share of values above `value` >= 0, exact where it is small.
    fn share_above(&self, value: f64) -> f64 {
        if value <= 0.0 {
            return 1.0;
        }
        match *self {
            Self::Exponential { mean } => libm::exp(-value / mean),
            Self::LogNormal { mu, sigma } => {
                let score = (libm::log(value) - mu) / sigma;
                0.5 * libm::erfc(score / std::f64::consts::SQRT_2)
            }
            Self::Gamma { shape, scale, .. } => gamma_ur(shape, value / scale),
            Self::Weibull { shape, scale, .. } => libm::exp(-libm::pow(value / scale, shape)),
            Self::HyperExponential { branches } => {
                let share = |(share, rate): (f64, f64)| share * libm::exp(-rate * value);
                share(branches[0]) + share(branches[1])
            }
        }
    }

    /// Share of values between `low` and `high`, by the smaller tail, so that far from the middle
    /// it is no difference of two numbers near 1.
    pub fn share_between(&self, low: f64, high: f64) -> f64 {
        let below = self.share_up_to(low);
        if below < 0.5 {
            self.share_up_to(high) - below
        } else {
            self.share_above(low) - self.share_above(high)
        }
    }

    /// The value up to which a share of 0 to 1 lies, by bisection to 1e-9 of itself.
    pub fn quantile(&self, share: f64, about: f64) -> f64 {
        let (mut low, mut high) = (0.0, about.max(1e-12));
        while self.share_up_to(high) < share && high < 1e12 {
            high *= 2.0;
        }
        while high - low > 1e-9 * high {
            let middle = f64::midpoint(low, high);
            if self.share_up_to(middle) < share {
                low = middle;
            } else {
                high = middle;
            }
        }
        high
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [LawName; 5] = [
        LawName::Exponential,
        LawName::LogNormal,
        LawName::Gamma,
        LawName::Weibull,
        LawName::HyperExponential,
    ];

    /// The density is the slope of the distribution function, whose mean and cv are those asked
    /// for: by sums over the quantiles.
    #[test]
    fn densities_and_shares_belong_together() {
        for law in ALL {
            for cv in [0.4, 1.0, 1.7] {
                let cv = match law {
                    LawName::Exponential => 1.0,
                    LawName::HyperExponential => f64::max(cv, 1.2),
                    _ => cv,
                };
                let mean = 0.02;
                assert!((at(law, free(law, [mean, cv]))[1] - cv).abs() < 1e-12);
                let worked = Worked::of(law, [mean, cv]);
                for value in [0.003, 0.02, 0.045] {
                    let h = 1e-4 * value;
                    let slope = worked.share_up_to(value + h) - worked.share_up_to(value - h);
                    let density = libm::exp(worked.log_density(value, libm::log(value)));
                    let gap = slope / (2.0 * h) / density - 1.0;
                    assert!(gap.abs() < 1e-5, "{law:?} {cv} {value}: {gap}");
                    let whole = worked.share_up_to(value) + worked.share_above(value);
                    assert!((whole - 1.0).abs() < 1e-12, "{law:?} {cv} {value}: {whole}");
                    let between = worked.share_between(value - h, value + h);
                    assert!((between / slope - 1.0).abs() < 1e-6, "{law:?} {between}");
                }
                let middles = (0..20_000).map(|i| (f64::from(i) + 0.5) / 20_000.0);
                let values: Vec<f64> = middles.map(|it| worked.quantile(it, mean)).collect();
                let found = values.iter().sum::<f64>() / 20_000.0;
                assert!((found / mean - 1.0).abs() < 0.003, "{law:?} {cv}: {found}");
                let squares = values.iter().map(|value| (value - found).powi(2));
                let deviation = (squares.sum::<f64>() / 20_000.0).sqrt() / found;
                assert!(
                    (deviation / cv - 1.0).abs() < 0.03,
                    "{law:?} {cv}: {deviation}"
                );
            }
        }
    }
}
