//! Laws of times and sizes: a quantity in quotes, or a named law.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::value::{EnumAccessDeserializer, StringDeserializer};
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, EnumAccess, Error, VariantAccess, Visitor,
};

use super::At;
use super::either::Either;
use super::link::Backoff;
use crate::law::{self, Law};
use crate::quantity::{Count, Exponent, Factor, QuantityError, Share, Size, Time};

/// A quantity that laws are about.
pub trait Quantity: for<'de> Deserialize<'de> + FromStr<Err = QuantityError> {
    /// What to write, for messages.
    const EXPECTED: &'static str;
    /// What a number without unit in a file of samples stands for, in the model's unit.
    const PLAIN: f64;

    /// Three of them that rise, for messages.
    const SOME: [&'static str; 3];

    /// In the model's unit: nanoseconds, bytes.
    fn number(&self) -> f64;
}

impl Quantity for Time {
    const EXPECTED: &'static str = "a time like \"8ms\" or a law like Exponential(\"8ms\")";
    const PLAIN: f64 = 1e9;
    const SOME: [&'static str; 3] = ["2ms", "8ms", "50ms"];

    fn number(&self) -> f64 {
        self.nanos() as f64
    }
}

impl Quantity for Size {
    const EXPECTED: &'static str = "a size like \"180KiB\" or a law like Exponential(\"180KiB\")";
    const PLAIN: f64 = 1.0;
    const SOME: [&'static str; 3] = ["20KiB", "80KiB", "1MiB"];

    fn number(&self) -> f64 {
        self.bytes() as f64
    }
}

/// A law of a quantity as written.
#[derive(Clone, Debug, PartialEq)]
pub struct LawOf<Q> {
    /// What is drawn.
    pub draw: Draw,
    quantity: PhantomData<Q>,
}

/// A law of times; numbers in nanoseconds.
pub type TimeLaw = LawOf<Time>;

/// A law of sizes; numbers in bytes.
pub type SizeLaw = LawOf<Size>;

impl<Q> LawOf<Q> {
    /// Wraps what is drawn.
    pub fn new(draw: Draw) -> Self {
        Self {
            draw,
            quantity: PhantomData,
        }
    }
}

/// What is drawn.
#[derive(Clone, Debug, PartialEq)]
pub enum Draw {
    /// A checked law.
    Law(Law),
    /// The values of a file, which resolving reads.
    Samples(Samples),
}

/// A file of measured values: one a line, or a column of a CSV file with a header.
///
/// A value is a quantity with its unit, or a number in seconds (times) or bytes (sizes).
#[derive(Clone, Debug, PartialEq)]
pub struct Samples {
    /// Its path, relative to the topology file.
    pub file: At<String>,
    /// The column of a CSV file.
    pub column: Option<At<String>>,
}

impl<'de, Q: Quantity> Deserialize<'de> for LawOf<Q> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Reader<Q>(PhantomData<Q>);
        impl<'de, Q: Quantity> Visitor<'de> for Reader<Q> {
            type Value = Draw;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(Q::EXPECTED)
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Draw, E> {
                let quantity: Q = text.parse().map_err(E::custom)?;
                Ok(Draw::Law(Law::Constant(quantity.number())))
            }

            fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> Result<Draw, A::Error> {
                Written::<Q>::deserialize(EnumAccessDeserializer::new(access))?
                    .checked()
                    .map_err(A::Error::custom)
            }
        }
        from.deserialize_any(Reader(PhantomData::<Q>))
            .map(Self::new)
    }
}

/// A pause: a law of times, or `Doubling(from: .., cap: ..)`.
pub(super) fn pause<'de, D: Deserializer<'de>>(from: D) -> Result<Backoff, D::Error> {
    struct Reader;
    impl<'de> Visitor<'de> for Reader {
        type Value = Backoff;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a time like \"100ms\", a law, or Doubling(from: .., cap: ..)")
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<Backoff, E> {
            let time: Time = text.parse().map_err(E::custom)?;
            Ok(Backoff::Law(LawOf::new(Draw::Law(Law::Constant(
                time.number(),
            )))))
        }

        fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> Result<Backoff, A::Error> {
            let (word, rest) = access.variant::<String>()?;
            if word == "Doubling" {
                return rest.newtype_variant().map(Backoff::Doubling);
            }
            let again = EnumAccessDeserializer::new(Reread { word, rest });
            let draw = Written::<Time>::deserialize(again)?
                .checked()
                .map_err(A::Error::custom)?;
            Ok(Backoff::Law(LawOf::new(draw)))
        }
    }
    from.deserialize_any(Reader)
}

/// An enum whose word has been read already.
struct Reread<A> {
    word: String,
    rest: A,
}

impl<'de, A: VariantAccess<'de>> EnumAccess<'de> for Reread<A> {
    type Error = A::Error;
    type Variant = A;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, A), A::Error> {
        Ok((
            seed.deserialize(StringDeserializer::new(self.word))?,
            self.rest,
        ))
    }
}

/// The named laws.
#[derive(serde::Deserialize)]
#[serde(rename = "Law", deny_unknown_fields, bound = "Q: Quantity")]
enum Written<Q> {
    Exponential(Q),
    Uniform(Span<Q>),
    Normal(Moments<Q>),
    LogNormal(Moments<Q>),
    Gamma(Moments<Q>),
    Erlang(Stages<Q>),
    HyperExponential(Moments<Q>),
    Weibull(Moments<Q>),
    Pareto(Tail<Q>),
    Quantiles(Points<Q>),
    Empirical(SamplesText),
    Mixture(Vec<Alternative<Q>>),
    Coxian(Vec<Phase<Q>>),
    Sum(Vec<LawOf<Q>>),
}

#[derive(serde::Deserialize)]
#[serde(rename = "Uniform", deny_unknown_fields, bound = "Q: Quantity")]
struct Span<Q> {
    from: Q,
    to: Q,
}

#[derive(serde::Deserialize)]
#[serde(rename = "law", deny_unknown_fields, bound = "Q: Quantity")]
struct Moments<Q> {
    mean: Q,
    cv: Exponent,
}

#[derive(serde::Deserialize)]
#[serde(rename = "Erlang", deny_unknown_fields, bound = "Q: Quantity")]
struct Stages<Q> {
    mean: Q,
    stages: Count,
}

#[derive(serde::Deserialize)]
#[serde(rename = "Pareto", deny_unknown_fields, bound = "Q: Quantity")]
struct Tail<Q> {
    mean: Q,
    shape: Factor,
    cap: Option<Q>,
}

#[derive(serde::Deserialize)]
#[serde(rename = "Quantiles", deny_unknown_fields, bound = "Q: Quantity")]
struct Points<Q> {
    p50: Q,
    p95: Q,
    p99: Q,
}

/// One of the laws of a mixture.
#[derive(serde::Deserialize)]
#[serde(rename = "Mixture", deny_unknown_fields, bound = "Q: Quantity")]
struct Alternative<Q> {
    share: Share,
    law: LawOf<Q>,
}

/// A phase of a Coxian law.
#[derive(serde::Deserialize)]
#[serde(rename = "Coxian", deny_unknown_fields, bound = "Q: Quantity")]
struct Phase<Q> {
    mean: Q,
    next: Option<Share>,
}

/// A law inside another; samples of a file are read later and stand alone.
fn inner<Q>(law: LawOf<Q>) -> Result<Law, String> {
    match law.draw {
        Draw::Law(law) => Ok(law),
        Draw::Samples(_) => Err(
            "an Empirical law cannot be part of another: write the values of the other parts into \
             its file"
                .into(),
        ),
    }
}

fn coxian<Q: Quantity>(phases: &[Phase<Q>]) -> Result<Law, String> {
    let before_last = &phases[..phases.len().saturating_sub(1)];
    if before_last.iter().any(|phase| phase.next.is_none()) {
        return Err(
            "each phase of a Coxian but the last says with `next: 0.1` how likely the \
                    following one is"
                .into(),
        );
    }
    let phase = |phase: &Phase<Q>| law::Phase {
        mean: phase.mean.number(),
        next: phase.next.map_or(0.0, Share::value),
    };
    Ok(Law::Coxian(phases.iter().map(phase).collect()))
}

impl<Q: Quantity> Written<Q> {
    /// What is drawn.
    ///
    /// # Errors
    /// Parameters that make no law, and below them the law as it can be written.
    fn checked(self) -> Result<Draw, String> {
        let example = self.example();
        let refused = |error| format!("{error}\nwrite it like `{example}`");
        self.into_draw().map_err(refused)
    }

    fn example(&self) -> String {
        let [low, mid, high] = Q::SOME;
        let moments = |word: &str, cv: f64| format!("{word}(mean: \"{mid}\", cv: {cv})");
        match self {
            Self::Exponential(_) => format!("Exponential(\"{mid}\")"),
            Self::Uniform(_) => format!("Uniform(from: \"{low}\", to: \"{mid}\")"),
            Self::Normal(_) => moments("Normal", 0.3),
            Self::LogNormal(_) => moments("LogNormal", 1.5),
            Self::Gamma(_) => moments("Gamma", 0.5),
            Self::Erlang(_) => format!("Erlang(mean: \"{mid}\", stages: 4)"),
            Self::HyperExponential(_) => moments("HyperExponential", 2.0),
            Self::Weibull(_) => moments("Weibull", 0.5),
            Self::Pareto(_) => {
                format!("Pareto(mean: \"{mid}\", shape: 1.5, cap: \"{high}\")")
            }
            Self::Quantiles(_) => {
                format!("Quantiles(p50: \"{low}\", p95: \"{mid}\", p99: \"{high}\")")
            }
            Self::Empirical(_) => "Empirical(\"values.csv\")".to_owned(),
            Self::Mixture(_) => {
                format!("Mixture([(share: 0.9, law: \"{low}\"), (share: 0.1, law: \"{high}\")])")
            }
            Self::Coxian(_) => {
                format!("Coxian([(mean: \"{low}\", next: 0.1), (mean: \"{high}\")])")
            }
            Self::Sum(_) => format!("Sum([\"{low}\", Exponential(\"{mid}\")])"),
        }
    }

    fn into_draw(self) -> Result<Draw, String> {
        let moments = |Moments { mean, cv }: Moments<Q>| (mean.number(), cv.value());
        let law = match self {
            Self::Exponential(mean) => Law::Exponential {
                mean: mean.number(),
            },
            Self::Uniform(Span { from, to }) => Law::Uniform {
                from: from.number(),
                to: to.number(),
            },
            Self::Normal(law) => {
                let (mean, cv) = moments(law);
                Law::Normal { mean, cv }
            }
            Self::LogNormal(law) => {
                let (mean, cv) = moments(law);
                Law::LogNormal { mean, cv }
            }
            Self::Gamma(law) => {
                let (mean, cv) = moments(law);
                Law::Gamma { mean, cv }
            }
            Self::Erlang(Stages { mean, stages }) => Law::Erlang {
                mean: mean.number(),
                stages: stages.get(),
            },
            Self::HyperExponential(law) => {
                let (mean, cv) = moments(law);
                Law::HyperExponential { mean, cv }
            }
            Self::Weibull(law) => {
                let (mean, cv) = moments(law);
                Law::Weibull { mean, cv }
            }
            Self::Pareto(Tail { mean, shape, cap }) => Law::Pareto {
                mean: mean.number(),
                shape: shape.value(),
                cap: cap.map(|cap| cap.number()),
            },
            Self::Quantiles(Points { p50, p95, p99 }) => Law::Quantiles {
                p50: p50.number(),
                p95: p95.number(),
                p99: p99.number(),
            },
            Self::Empirical(samples) => return Ok(Draw::Samples(samples.0)),
            Self::Mixture(parts) => {
                let part = |part: Alternative<Q>| Ok((part.share.value(), inner(part.law)?));
                Law::Mixture(parts.into_iter().map(part).collect::<Result<_, String>>()?)
            }
            Self::Coxian(phases) => coxian(&phases)?,
            Self::Sum(parts) => Law::Sum(
                parts
                    .into_iter()
                    .map(inner)
                    .collect::<Result<_, String>>()?,
            ),
        };
        law.checked().map(Draw::Law)
    }
}

/// `"times.csv"`, or `(file: "times.csv", column: "ms")`.
struct SamplesText(Samples);

impl<'de> Deserialize<'de> for SamplesText {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(serde::Deserialize)]
        #[serde(rename = "Empirical", deny_unknown_fields)]
        struct Table {
            file: At<String>,
            column: At<String>,
        }
        let At { value, span } = At::<Either<String, Table>>::deserialize(from)?;
        Ok(Self(match value {
            Either::One(value) => Samples {
                file: At { value, span },
                column: None,
            },
            Either::Many(Table { file, column }) => Samples {
                file,
                column: Some(column),
            },
        }))
    }
}
