//! Laws of times: how long a service, a pause or a delay takes.
//!
//! A [`Law`] is plain numbers in one unit, nanoseconds unless the caller says otherwise. Its
//! stated mean and coefficient of variation are those of the law *as sampled* (S11): where a
//! law is cut (normal at 0, bounded Pareto) its hidden parameters are solved for so that the cut
//! law has the stated moments. [`Law::sampler`] turns it into the form that the engine draws
//! from, one 64-bit word per draw.

mod checks;
mod compound;
mod inverse;
mod moments;
mod popularity;
mod sampler;
mod ziggurat;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use checks::{above, not_negative, positive, validate_pareto, within};
pub use compound::Phase;
pub use inverse::Uncertain;
pub use moments::{BoundedPareto, CutNormal, PiecewiseLogNormal, weibull_shape};
pub use popularity::Popularity;
pub use sampler::{Sampler, fraction, mix, round};
pub use ziggurat::Ziggurat;

/// Largest coefficient of variation of [`Law::Normal`]: beyond it the cut at 0 shapes the law
/// more than the bell does (S11).
pub const NORMAL_CV_LIMIT: f64 = 0.4;

/// A law of a non-negative quantity.
#[derive(Clone, Debug, PartialEq)]
pub enum Law {
    /// Always this value.
    Constant(f64),
    /// Exponential.
    Exponential {
        /// Mean, positive.
        mean: f64,
    },
    /// Equally likely anywhere in the range.
    Uniform {
        /// Least value, not negative.
        from: f64,
        /// Largest value, above `from`.
        to: f64,
    },
    /// Normal, cut at 0 by rejection; mean and cv are those of the cut law.
    Normal {
        /// Mean, positive.
        mean: f64,
        /// Coefficient of variation, above 0, at most [`NORMAL_CV_LIMIT`].
        cv: f64,
    },
    /// Lognormal.
    LogNormal {
        /// Mean, positive.
        mean: f64,
        /// Coefficient of variation, positive.
        cv: f64,
    },
    /// Gamma.
    Gamma {
        /// Mean, positive.
        mean: f64,
        /// Coefficient of variation, positive; shape is `1 / cv^2`.
        cv: f64,
    },
    /// Sum of equal exponential stages.
    Erlang {
        /// Mean of the whole, positive.
        mean: f64,
        /// Number of stages, 1 to 1000.
        stages: u32,
    },
    /// Two exponential branches with balanced means (`p1 m1 = p2 m2`; Whitt, "Approximating a
    /// point process by a renewal process", 1982).
    HyperExponential {
        /// Mean, positive.
        mean: f64,
        /// Coefficient of variation, above 1.
        cv: f64,
    },
    /// Weibull.
    Weibull {
        /// Mean, positive.
        mean: f64,
        /// Coefficient of variation, 0.01 to 100.
        cv: f64,
    },
    /// Pareto: `P(X > x) = (least / x)^shape`.
    Pareto {
        /// Mean, positive.
        mean: f64,
        /// Tail exponent, positive; above 1 without cap.
        shape: f64,
        /// Largest value: the law is conditioned on staying below it; above `mean`.
        cap: Option<f64>,
    },
    /// Through three quantiles: the logarithm is linear in the normal score between them and
    /// goes on with the outer slopes (a lognormal tail), capped at 10 x `p99`.
    Quantiles {
        /// Median, positive.
        p50: f64,
        /// 95 % quantile, not below `p50`.
        p95: f64,
        /// 99 % quantile, not below `p95`.
        p99: f64,
    },
    /// One of these values, each equally likely.
    Empirical(Arc<[f64]>),
    /// The sum of independent parts (the delays of a link and of the switches on its way).
    Sum(Arc<[Law]>),
    /// One of several laws, each with its probability; these add up to 1.
    Mixture(Arc<[(f64, Law)]>),
    /// Exponential phases one after the other, after each of which the rest may be skipped
    /// (D. R. Cox, "A use of complex probabilities in the theory of stochastic processes", 1955).
    Coxian(Arc<[Phase]>),
}

impl Law {
    /// Checks the parameters.
    ///
    /// # Errors
    /// What is wrong, and what to write instead.
    pub fn validate(&self) -> Result<(), String> {
        match *self {
            Law::Constant(value) => not_negative("the value", value),
            Law::Exponential { mean } => positive("mean", mean),
            Law::Uniform { from, to } => {
                not_negative("from", from)?;
                above("to", to, "from", from)
            }
            Law::Normal { mean, cv } => {
                positive("mean", mean)?;
                positive("cv", cv)?;
                if cv > NORMAL_CV_LIMIT {
                    return Err(format!(
                        "a Normal with cv {cv} would be cut at 0 too often: at most \
                         {NORMAL_CV_LIMIT}; use LogNormal or Gamma with the same mean and cv"
                    ));
                }
                Ok(())
            }
            Law::LogNormal { mean, cv } | Law::Gamma { mean, cv } => {
                positive("mean", mean)?;
                positive("cv", cv)
            }
            Law::Erlang { mean, stages } => {
                positive("mean", mean)?;
                within("stages", f64::from(stages), 1.0, 1000.0)
            }
            Law::HyperExponential { mean, cv } => {
                positive("mean", mean)?;
                if cv.is_finite() && cv > 1.0 {
                    return Ok(());
                }
                Err(format!(
                    "a HyperExponential has cv above 1, not {cv}: use Exponential (cv 1) or \
                     Erlang (below 1)"
                ))
            }
            Law::Weibull { mean, cv } => {
                positive("mean", mean)?;
                within("cv", cv, 0.01, 100.0)
            }
            Law::Pareto { mean, shape, cap } => validate_pareto(mean, shape, cap),
            Law::Quantiles { p50, p95, p99 } => {
                positive("p50", p50)?;
                if !(p95 >= p50 && p99 >= p95 && p99.is_finite()) {
                    return Err("quantiles must not fall from p50 to p95 and p99".into());
                }
                Ok(())
            }
            Law::Sum(ref parts) => compound::validate_sum(parts),
            Law::Mixture(ref parts) => compound::validate_mixture(parts),
            Law::Coxian(ref phases) => compound::validate_coxian(phases),
            Law::Empirical(ref values) => {
                if values.is_empty() {
                    return Err("an empirical law needs at least one value".into());
                }
                values
                    .iter()
                    .try_for_each(|&value| not_negative("each value", value))
            }
        }
    }

    /// The law itself if its parameters are in range.
    ///
    /// # Errors
    /// As [`Law::validate`].
    pub fn checked(self) -> Result<Self, String> {
        self.validate().map(|()| self)
    }

    /// Mean of what is sampled.
    pub fn mean(&self) -> f64 {
        match *self {
            Law::Constant(value) => value,
            Law::Exponential { mean }
            | Law::Normal { mean, .. }
            | Law::LogNormal { mean, .. }
            | Law::Gamma { mean, .. }
            | Law::Erlang { mean, .. }
            | Law::HyperExponential { mean, .. }
            | Law::Weibull { mean, .. }
            | Law::Pareto { mean, .. } => mean,
            Law::Uniform { from, to } => f64::midpoint(from, to),
            Law::Quantiles { p50, p95, p99 } => PiecewiseLogNormal::new(p50, p95, p99).moments().0,
            Law::Empirical(ref values) => values.iter().sum::<f64>() / values.len() as f64,
            Law::Sum(ref parts) => parts.iter().map(Law::mean).sum(),
            Law::Mixture(ref parts) => parts.iter().map(|(p, law)| p * law.mean()).sum(),
            Law::Coxian(ref phases) => compound::coxian_moments(phases).0,
        }
    }

    /// Coefficient of variation (standard deviation over mean) of what is sampled; infinite
    /// for an uncapped Pareto of shape 2 or less, 0 where the mean is 0.
    pub fn cv(&self) -> f64 {
        match *self {
            Law::Constant(_) => 0.0,
            Law::Exponential { .. } => 1.0,
            Law::Normal { cv, .. }
            | Law::LogNormal { cv, .. }
            | Law::Gamma { cv, .. }
            | Law::HyperExponential { cv, .. }
            | Law::Weibull { cv, .. } => cv,
            Law::Erlang { stages, .. } => 1.0 / f64::from(stages).sqrt(),
            Law::Uniform { from, to } => (to - from) / 12f64.sqrt() / f64::midpoint(from, to),
            Law::Pareto {
                mean,
                shape,
                cap: Some(cap),
            } => ratio(BoundedPareto::new(mean, shape, cap).second_moment(), mean),
            Law::Pareto {
                shape, cap: None, ..
            } if shape <= 2.0 => f64::INFINITY,
            Law::Pareto {
                shape, cap: None, ..
            } => 1.0 / (shape * (shape - 2.0)).sqrt(),
            Law::Quantiles { p50, p95, p99 } => {
                let (mean, second) = PiecewiseLogNormal::new(p50, p95, p99).moments();
                ratio(second, mean)
            }
            Law::Empirical(ref values) => {
                let mean = self.mean();
                let squares: f64 = values.iter().map(|v| (v - mean) * (v - mean)).sum();
                let deviation = (squares / values.len() as f64).sqrt();
                if mean > 0.0 { deviation / mean } else { 0.0 }
            }
            Law::Sum(ref parts) => compound::sum_cv(parts, self.mean()),
            Law::Mixture(ref parts) => ratio(compound::mixture_second(parts), self.mean()),
            Law::Coxian(ref phases) => {
                let (mean, second) = compound::coxian_moments(phases);
                ratio(second, mean)
            }
        }
    }

    /// The law of `factor` times the quantity; `factor` positive (0 makes it constant 0).
    #[must_use]
    pub fn scaled(&self, factor: f64) -> Law {
        if factor == 0.0 {
            return Law::Constant(0.0);
        }
        match self.clone() {
            Law::Constant(value) => Law::Constant(value * factor),
            Law::Exponential { mean } => Law::Exponential {
                mean: mean * factor,
            },
            Law::Uniform { from, to } => Law::Uniform {
                from: from * factor,
                to: to * factor,
            },
            Law::Normal { mean, cv } => Law::Normal {
                mean: mean * factor,
                cv,
            },
            Law::LogNormal { mean, cv } => Law::LogNormal {
                mean: mean * factor,
                cv,
            },
            Law::Gamma { mean, cv } => Law::Gamma {
                mean: mean * factor,
                cv,
            },
            Law::Erlang { mean, stages } => Law::Erlang {
                mean: mean * factor,
                stages,
            },
            Law::HyperExponential { mean, cv } => Law::HyperExponential {
                mean: mean * factor,
                cv,
            },
            Law::Weibull { mean, cv } => Law::Weibull {
                mean: mean * factor,
                cv,
            },
            Law::Pareto { mean, shape, cap } => Law::Pareto {
                mean: mean * factor,
                shape,
                cap: cap.map(|cap| cap * factor),
            },
            Law::Quantiles { p50, p95, p99 } => Law::Quantiles {
                p50: p50 * factor,
                p95: p95 * factor,
                p99: p99 * factor,
            },
            Law::Empirical(values) => Law::Empirical(values.iter().map(|v| v * factor).collect()),
            Law::Sum(parts) => Law::Sum(parts.iter().map(|part| part.scaled(factor)).collect()),
            Law::Mixture(parts) => {
                let scaled = parts.iter().map(|(p, law)| (*p, law.scaled(factor)));
                Law::Mixture(scaled.collect())
            }
            Law::Coxian(phases) => {
                Law::Coxian(phases.iter().map(|phase| phase.scaled(factor)).collect())
            }
        }
    }

    /// Whether two draws can differ.
    pub fn is_random(&self) -> bool {
        match self {
            Law::Sum(parts) => parts.iter().any(Law::is_random),
            Law::Mixture(parts) => compound::mixture_is_random(parts),
            Law::Constant(_) => false,
            Law::Empirical(values) => values
                .windows(2)
                .any(|pair| pair[0].to_bits() != pair[1].to_bits()),
            Law::Quantiles { p50, p99, .. } => p99 > p50,
            _ => true,
        }
    }

    /// One draw from a word of 64 random bits; for many draws compile a [`Law::sampler`] once.
    pub fn sample(&self, word: u64) -> f64 {
        self.sampler().sample(word, Ziggurat::get())
    }

    /// The compiled form.
    pub fn sampler(&self) -> Sampler {
        Sampler::new(self)
    }
}

/// Coefficient of variation from second moment and mean.
fn ratio(second: f64, mean: f64) -> f64 {
    if mean > 0.0 {
        (second / (mean * mean) - 1.0).max(0.0).sqrt()
    } else {
        0.0
    }
}
