//! Laws by their quantiles: the value below which a share of a law lies.

use std::f64::consts::SQRT_2;

use super::Law;
use super::checks::{above, not_negative, positive};
use super::moments::{BoundedPareto, CutNormal, PiecewiseLogNormal, weibull_shape};

/// What an uncertain input is drawn from: a [`Law`], or one that only inputs have.
#[derive(Clone, Debug, PartialEq)]
pub enum Uncertain {
    /// A law with quantiles.
    Law(Law),
    /// Rises in a straight line from `from` to `mode` and falls to `to`.
    Triangular {
        /// Least value, not negative.
        from: f64,
        /// The likeliest value, between the other two.
        mode: f64,
        /// Largest value, above `from`.
        to: f64,
    },
    /// The logarithm is equally likely anywhere in the range.
    LogUniform {
        /// Least value, positive.
        from: f64,
        /// Largest value, above `from`.
        to: f64,
    },
}

impl Uncertain {
    /// The law itself if its parameters are in range and it has quantiles.
    ///
    /// # Errors
    /// What is wrong, and what to write instead.
    pub fn checked(self) -> Result<Self, String> {
        match self {
            Self::Law(ref law) => {
                law.validate()?;
                if law.quantile(0.5).is_none() {
                    return Err(
                        "this law has no formula for its quantiles, from which inputs \
                                are drawn: use LogNormal or Weibull with the same mean and cv"
                            .to_owned(),
                    );
                }
            }
            Self::Triangular { from, mode, to } => {
                not_negative("from", from)?;
                above("to", to, "from", from)?;
                if !(from..=to).contains(&mode) {
                    return Err(format!("mode lies between from and to, not at {mode}"));
                }
            }
            Self::LogUniform { from, to } => {
                positive("from", from)?;
                above("to", to, "from", from)?;
            }
        }
        Ok(self)
    }

    /// The value below which a share `u` of the law lies; `u` above 0 and below 1.
    ///
    /// # Panics
    /// Never for a law that [`Uncertain::checked`] let through.
    pub fn quantile(&self, u: f64) -> f64 {
        match *self {
            Self::Law(ref law) => law.quantile(u).expect("checked for quantiles"),
            Self::Triangular { from, mode, to } => {
                let (whole, left) = (to - from, mode - from);
                if u * whole < left {
                    from + (u * whole * left).sqrt()
                } else {
                    to - ((1.0 - u) * whole * (to - mode)).sqrt()
                }
            }
            Self::LogUniform { from, to } => from * libm::exp(u * libm::log(to / from)),
        }
    }
}

impl Law {
    /// The value below which a share `u` of the law lies, by inverting its distribution function;
    /// `u` above 0 and below 1. `None` for laws whose inverse has no formula: sums, mixtures,
    /// phases and the gamma law.
    pub fn quantile(&self, u: f64) -> Option<f64> {
        Some(match *self {
            Law::Constant(value) => value,
            Law::Exponential { mean } => -mean * libm::log1p(-u),
            Law::Uniform { from, to } => from + (to - from) * u,
            Law::Normal { mean, cv } => CutNormal::new(mean, cv).quantile(u),
            Law::LogNormal { mean, cv } => {
                let variance = libm::log1p(cv * cv);
                let score = normal_score(u);
                libm::exp(libm::log(mean) - variance / 2.0 + variance.sqrt() * score)
            }
            Law::Weibull { mean, cv } => {
                let inverse = 1.0 / weibull_shape(cv);
                mean / libm::tgamma(1.0 + inverse) * libm::pow(-libm::log1p(-u), inverse)
            }
            Law::Pareto {
                mean,
                shape,
                cap: None,
            } => mean * (shape - 1.0) / shape * libm::exp(-libm::log1p(-u) / shape),
            Law::Pareto {
                mean,
                shape,
                cap: Some(cap),
            } => BoundedPareto::new(mean, shape, cap).quantile(u),
            Law::Quantiles { p50, p95, p99 } => {
                PiecewiseLogNormal::new(p50, p95, p99).at_score(normal_score(u))
            }
            Law::Gamma { .. }
            | Law::Erlang { .. }
            | Law::HyperExponential { .. }
            | Law::Empirical(_)
            | Law::Sum(_)
            | Law::Mixture(_)
            | Law::Coxian(_) => return None,
        })
    }
}

/// The standard normal's quantile at `u`, by bisection on its tail, which keeps its digits.
pub(super) fn normal_score(u: f64) -> f64 {
    if u > 0.5 {
        return -normal_score(1.0 - u);
    }
    let (mut low, mut high) = (-40.0, 0.0);
    for _ in 0..80 {
        let middle = f64::midpoint(low, high);
        if 0.5 * libm::erfc(-middle / SQRT_2) < u {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::law::Ziggurat;
    use statrs::distribution::{ContinuousCDF, LogNormal, Normal, Triangular, Weibull};

    fn laws() -> Vec<Law> {
        vec![
            Law::Exponential { mean: 3.0 },
            Law::Uniform { from: 1.0, to: 5.0 },
            Law::Normal { mean: 4.0, cv: 0.4 },
            Law::LogNormal { mean: 2.0, cv: 1.5 },
            Law::Weibull { mean: 2.0, cv: 0.5 },
            Law::Pareto {
                mean: 3.0,
                shape: 3.5,
                cap: None,
            },
            Law::Pareto {
                mean: 3.0,
                shape: 1.5,
                cap: Some(50.0),
            },
            Law::Quantiles {
                p50: 1.0,
                p95: 4.0,
                p99: 9.0,
            },
        ]
    }

    /// The mean of a law is the integral of its quantiles; a stratified sum of them comes close.
    #[test]
    fn quantiles_add_up_to_the_mean() {
        for law in laws() {
            let count = 40_000;
            let at = |i: u32| (f64::from(i) + 0.5) / f64::from(count);
            let sum: f64 = (0..count).filter_map(|i| law.quantile(at(i))).sum();
            let mean = sum / f64::from(count);
            assert!(
                (mean / law.mean() - 1.0).abs() < 2e-3,
                "{law:?}: {mean} instead of {}",
                law.mean()
            );
        }
    }

    /// A quantile parts the draws of the sampler, which goes other ways, as it says.
    #[test]
    fn draws_of_the_sampler_lie_below_a_quantile_as_often_as_it_says() {
        let tables = Ziggurat::get();
        for law in laws() {
            let sampler = law.sampler();
            for u in [0.1, 0.5, 0.9] {
                let bound = law.quantile(u).unwrap();
                let count = 40_000_u64;
                let below = (0..count)
                    .filter(|i| sampler.sample(crate::law::mix(i << 20), tables) < bound)
                    .count();
                let share = below as f64 / count as f64;
                // Four standard errors of a share of 40,000 draws are at most 0.01.
                assert!((share - u).abs() < 0.01, "{law:?} at {u}: {share}");
            }
        }
    }

    #[test]
    fn quantiles_agree_with_statrs() {
        let normal = Normal::new(0.0, 1.0).unwrap();
        let (mu, sigma) = (0.3, 0.8_f64);
        let mean = libm::exp(mu + sigma * sigma / 2.0);
        let cv = libm::expm1(sigma * sigma).sqrt();
        let log_normal = LogNormal::new(mu, sigma).unwrap();
        let triangle = Triangular::new(1.0, 7.0, 2.0).unwrap();
        let own = Uncertain::Triangular {
            from: 1.0,
            mode: 2.0,
            to: 7.0,
        };
        let shape = weibull_shape(0.5);
        let weibull = Weibull::new(shape, 2.0 / libm::tgamma(1.0 + 1.0 / shape)).unwrap();
        for u in [0.001, 0.1, 0.4, 0.5, 0.77, 0.999] {
            let near =
                |a: f64, b: f64| assert!((a - b).abs() < 1e-7 * (1.0 + b.abs()), "{u} {a} {b}");
            near(normal_score(u), normal.inverse_cdf(u));
            let found = Law::LogNormal { mean, cv }.quantile(u).unwrap();
            near(found, log_normal.inverse_cdf(u));
            near(own.quantile(u), triangle.inverse_cdf(u));
            let found = Law::Weibull { mean: 2.0, cv: 0.5 }.quantile(u).unwrap();
            near(found, weibull.inverse_cdf(u));
        }
    }

    #[test]
    fn a_law_without_an_inverse_is_refused_with_a_remedy() {
        let gamma = Law::Gamma { mean: 1.0, cv: 0.5 };
        let refused = Uncertain::Law(gamma).checked().unwrap_err();
        assert!(refused.contains("LogNormal"), "{refused}");
        let outside = Uncertain::Triangular {
            from: 1.0,
            mode: 9.0,
            to: 7.0,
        };
        assert!(outside.checked().unwrap_err().contains("mode"));
        let empty = Uncertain::LogUniform { from: 2.0, to: 2.0 };
        assert!(empty.checked().is_err());
    }

    #[test]
    fn the_middle_of_a_log_uniform_law_is_the_geometric_mean() {
        let law = Uncertain::LogUniform {
            from: 1.0,
            to: 10_000.0,
        };
        assert!((law.quantile(0.5) - 100.0).abs() < 1e-9);
    }
}
