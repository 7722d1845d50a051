//! Laws in the form they are drawn from.

use std::sync::Arc;

use super::moments::{BoundedPareto, CutNormal, PiecewiseLogNormal, weibull_shape};
use super::{Law, Phase, Ziggurat};

/// Odd constant of `SplitMix64` (the golden ratio in 64 bits).
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// The next word of a `SplitMix64` sequence in which `word` is the state: finaliser variant 13 of
/// Stafford, as in Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014.
#[inline]
pub fn mix(word: u64) -> u64 {
    let mut z = word.wrapping_add(GOLDEN);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// A fraction in [0, 1) from the top 53 bits of a word.
#[inline]
pub fn fraction(word: u64) -> f64 {
    (word >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
}

/// A non-negative number of ns, rounded to the nearest integer (S39), halves to even; numbers
/// beyond 2^64 saturate.
#[inline]
pub fn round(x: f64) -> u64 {
    const SHIFT: f64 = 4_503_599_627_370_496.0;
    if x < SHIFT {
        // In [2^52, 2^53) the spacing of doubles is 1, so that adding rounds.
        (x + SHIFT).to_bits().wrapping_sub(SHIFT.to_bits())
    } else {
        x as u64
    }
}

/// A compiled [`Law`].
#[derive(Clone, Debug)]
pub enum Sampler {
    /// Always this value.
    Constant(f64),
    /// Exponential of this mean.
    Exponential(f64),
    /// From, and length of the range.
    Uniform(f64, f64),
    /// Any other law.
    Other(Box<Rare>),
}

/// Laws that need more than two numbers.
#[derive(Clone, Debug)]
pub enum Rare {
    /// Normal cut at 0.
    Normal(CutNormal),
    /// `exp(mu + sigma z)`.
    LogNormal {
        /// Mean of the logarithm.
        mu: f64,
        /// Standard deviation of the logarithm.
        sigma: f64,
    },
    /// Marsaglia and Tsang, "A simple method for generating gamma variables", 2000; below shape
    /// 1 by the power of a uniform.
    Gamma {
        /// Shape.
        shape: f64,
        /// Scale.
        scale: f64,
    },
    /// Sum of exponentials of mean `stage`.
    Erlang {
        /// Mean of one stage.
        stage: f64,
        /// Their number.
        stages: u32,
    },
    /// First branch with this probability, and the means of both.
    HyperExponential {
        /// Probability of the first branch.
        share: f64,
        /// Mean of the first branch.
        first: f64,
        /// Mean of the second branch.
        second: f64,
    },
    /// `scale * E^(1/shape)`.
    Weibull {
        /// Scale.
        scale: f64,
        /// One over the shape.
        inverse: f64,
    },
    /// `least * exp(E / shape)`.
    Pareto {
        /// Least value.
        least: f64,
        /// One over the tail exponent.
        inverse: f64,
    },
    /// Conditioned on staying below a cap.
    BoundedPareto(BoundedPareto),
    /// Through three quantiles.
    Quantiles(PiecewiseLogNormal),
    /// One of the values.
    Empirical(Arc<[f64]>),
    /// The sum of the parts, each from a word of its own.
    Sum(Vec<Sampler>),
    /// Laws by the probability that one of them or of those before is taken.
    Mixture(Vec<(f64, Sampler)>),
    /// Phases of a Coxian law.
    Coxian(Arc<[Phase]>),
}

impl Sampler {
    /// Compiles a law with valid parameters.
    pub fn new(law: &Law) -> Self {
        let rare = match *law {
            Law::Constant(value) => return Sampler::Constant(value),
            Law::Exponential { mean } => return Sampler::Exponential(mean),
            Law::Uniform { from, to } => return Sampler::Uniform(from, to - from),
            Law::Normal { mean, cv } => Rare::Normal(CutNormal::new(mean, cv)),
            Law::LogNormal { mean, cv } => {
                let variance = libm::log1p(cv * cv);
                Rare::LogNormal {
                    mu: libm::log(mean) - variance / 2.0,
                    sigma: variance.sqrt(),
                }
            }
            Law::Gamma { mean, cv } => Rare::Gamma {
                shape: 1.0 / (cv * cv),
                scale: mean * cv * cv,
            },
            Law::Erlang { mean, stages } => Rare::Erlang {
                stage: mean / f64::from(stages),
                stages,
            },
            Law::HyperExponential { mean, cv } => {
                let square = cv * cv;
                let share = 0.5 * (1.0 + ((square - 1.0) / (square + 1.0)).sqrt());
                Rare::HyperExponential {
                    share,
                    first: mean / (2.0 * share),
                    second: mean / (2.0 * (1.0 - share)),
                }
            }
            Law::Weibull { mean, cv } => {
                let inverse = 1.0 / weibull_shape(cv);
                Rare::Weibull {
                    scale: mean / libm::tgamma(1.0 + inverse),
                    inverse,
                }
            }
            Law::Pareto {
                mean,
                shape,
                cap: None,
            } => Rare::Pareto {
                least: mean * (shape - 1.0) / shape,
                inverse: 1.0 / shape,
            },
            Law::Pareto {
                mean,
                shape,
                cap: Some(cap),
            } => Rare::BoundedPareto(BoundedPareto::new(mean, shape, cap)),
            Law::Quantiles { p50, p95, p99 } => {
                Rare::Quantiles(PiecewiseLogNormal::new(p50, p95, p99))
            }
            Law::Empirical(ref values) => Rare::Empirical(values.clone()),
            Law::Sum(ref parts) => Rare::Sum(parts.iter().map(Sampler::new).collect()),
            Law::Mixture(ref parts) => {
                let mut sum = 0.0;
                let until = |(share, law): &(f64, Law)| {
                    sum += share;
                    (sum, Sampler::new(law))
                };
                Rare::Mixture(parts.iter().map(until).collect())
            }
            Law::Coxian(ref phases) => Rare::Coxian(phases.clone()),
        };
        Sampler::Other(Box::new(rare))
    }

    /// One draw; further words, where needed, continue from `word` by `SplitMix64` (S37).
    #[inline]
    pub fn sample(&self, word: u64, tables: &Ziggurat) -> f64 {
        match self {
            Sampler::Constant(value) => *value,
            Sampler::Exponential(mean) => mean * tables.exponential(word),
            Sampler::Uniform(from, length) => from + length * fraction(word),
            Sampler::Other(rare) => rare.sample(word, tables),
        }
    }
}

impl Rare {
    #[inline(never)]
    fn sample(&self, word: u64, tables: &Ziggurat) -> f64 {
        match *self {
            Rare::Normal(ref normal) => normal.sample(word, tables),
            Rare::LogNormal { mu, sigma } => libm::exp(mu + sigma * tables.normal(word).0),
            Rare::Gamma { shape, scale } => scale * gamma(shape, word, tables),
            Rare::Erlang { stage, stages } => {
                let mut sum = 0.0;
                let mut word = word;
                for _ in 0..stages {
                    sum += tables.exponential(word);
                    // A stage may have used words up to `mix(word)` and beyond: step aside.
                    word = aside(word);
                }
                stage * sum
            }
            Rare::HyperExponential {
                share,
                first,
                second,
            } => {
                let mean = if fraction(word) < share {
                    first
                } else {
                    second
                };
                mean * tables.exponential(mix(word))
            }
            Rare::Weibull { scale, inverse } => {
                scale * libm::pow(tables.exponential(word), inverse)
            }
            Rare::Pareto { least, inverse } => {
                least * libm::exp(tables.exponential(word) * inverse)
            }
            Rare::BoundedPareto(ref pareto) => pareto.quantile(fraction(word)),
            Rare::Quantiles(ref law) => law.at_score(tables.normal(word).0),
            Rare::Empirical(ref values) => {
                let place = (u128::from(word) * values.len() as u128) >> 64;
                values[place as usize]
            }
            Rare::Sum(ref parts) => {
                let mut sum = 0.0;
                let mut word = word;
                for part in parts {
                    // Apart from the stages of a part and from the sequences behind them.
                    word = aside(word ^ SUM);
                    sum += part.sample(word, tables);
                }
                sum
            }
            Rare::Mixture(ref parts) => {
                let place = fraction(word);
                let found = parts.iter().find(|(until, _)| place < *until);
                let (_, law) = found.or(parts.last()).expect("a mixture has parts");
                law.sample(aside(word ^ MIXTURE), tables)
            }
            Rare::Coxian(ref phases) => {
                let mut sum = 0.0;
                let mut word = word;
                for phase in phases.iter() {
                    // As the stages of an Erlang law.
                    sum += phase.mean * tables.exponential(word);
                    word = aside(word);
                    if fraction(aside(word ^ NEXT)) >= phase.next {
                        break;
                    }
                }
                sum
            }
        }
    }
}

/// A word apart from the `SplitMix64` sequence of `word`.
fn aside(word: u64) -> u64 {
    mix(word ^ 0xD1B5_4A32_D192_ED03)
}

/// Tells the words of the parts of a sum from those of the stages of one part.
const SUM: u64 = 0xA076_1D64_78BD_642F;
/// Tells the word of the law of a mixture from that of the choice.
const MIXTURE: u64 = 0xE703_7ED1_A0B4_28DB;
/// Tells the word of the way on from that of the next phase.
const NEXT: u64 = 0x8EBC_6AF0_9C88_C6E3;

/// Gamma of scale 1.
fn gamma(shape: f64, word: u64, tables: &Ziggurat) -> f64 {
    if shape < 1.0 {
        // If E is exponential, exp(-E/a) is a uniform to the power 1/a.
        let power = libm::exp(-tables.exponential(aside(word)) / shape);
        return power * gamma(shape + 1.0, word, tables);
    }
    let d = shape - 1.0 / 3.0;
    let c = 1.0 / (9.0 * d).sqrt();
    let mut word = word;
    loop {
        let (z, used) = tables.normal(word);
        let root = 1.0 + c * z;
        word = mix(used);
        if root > 0.0 {
            let cube = root * root * root;
            let uniform = 1.0 - fraction(word);
            if libm::log(uniform) < 0.5 * z * z + d * (1.0 - cube + libm::log(cube)) {
                return d * cube;
            }
            word = mix(word);
        }
    }
}
