//! Quantities without a unit: shares, factors, exponents and counts.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::{self, Deserialize, Deserializer, Visitor};

use super::{Decimal, QuantityError, short};

/// A number type that refuses what it cannot mean.
trait Checked: Sized {
    /// What is asked for, with its article.
    const EXPECTED: &'static str;

    /// The number, or why it is refused.
    fn from_float(number: f64) -> Result<Self, QuantityError>;

    /// A whole number as written; goes through `f64` unless the type is whole itself.
    fn from_whole(number: u64) -> Result<Self, QuantityError> {
        Self::from_float(number as f64)
    }

    /// What to say to a text.
    fn from_text(text: &str) -> QuantityError {
        QuantityError::new(format!(
            "expected {}, found \"{}\"",
            Self::EXPECTED,
            short(text)
        ))
    }
}

/// Says what was expected and what was found instead.
fn unexpected<T: Checked>(found: impl fmt::Display) -> QuantityError {
    QuantityError::new(format!("expected {}, found {found}", T::EXPECTED))
}

/// Reads a [`Checked`] number from a RON number.
struct FromNumber<T>(PhantomData<T>);

impl<T: Checked> Visitor<'_> for FromNumber<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::EXPECTED)
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<T, E> {
        T::from_whole(number).map_err(E::custom)
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<T, E> {
        match u64::try_from(number) {
            Ok(number) => self.visit_u64(number),
            Err(_) => Err(E::custom(unexpected::<T>(number))),
        }
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<T, E> {
        T::from_float(number).map_err(E::custom)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        Err(E::custom(T::from_text(text)))
    }
}

/// Reads a [`Checked`] number from the text of a flag.
fn parse<T: Checked>(text: &str) -> Result<T, QuantityError> {
    let plain = text.replace('_', "");
    if let Ok(whole) = plain.parse::<u64>() {
        return T::from_whole(whole);
    }
    match plain.parse::<f64>() {
        Ok(number) => T::from_float(number),
        Err(_) => Err(T::from_text(text)),
    }
}

/// `FromStr`, `Display` and `Deserialize` of a [`Checked`] newtype.
macro_rules! number {
    ($type:ident) => {
        impl FromStr for $type {
            type Err = QuantityError;

            /// # Errors
            /// A text that is no number, or a number out of range.
            fn from_str(text: &str) -> Result<Self, QuantityError> {
                parse(text)
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                from.deserialize_any(FromNumber(PhantomData))
            }
        }
    };
}

/// A part of a whole: a number from 0 to 1, never a percentage.
///
/// `92` and `"92%"` are refused with the number to write instead.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Share(f64);

impl Share {
    /// A share of `number`.
    ///
    /// # Errors
    /// A number outside 0 to 1, or NaN.
    pub fn new(number: f64) -> Result<Self, QuantityError> {
        Self::from_float(number)
    }

    /// The share, from 0 to 1.
    pub const fn value(self) -> f64 {
        self.0
    }
}

impl Checked for Share {
    const EXPECTED: &'static str = "a share from 0 to 1";

    fn from_float(number: f64) -> Result<Self, QuantityError> {
        if (0.0..=1.0).contains(&number) {
            return Ok(Self(number + 0.0));
        }
        let mut error = unexpected::<Self>(number);
        if (1.0..=100.0).contains(&number) {
            error.0 += &format!("; if percent is meant, write {}", number / 100.0);
        }
        Err(error)
    }

    fn from_text(text: &str) -> QuantityError {
        let mut error = QuantityError::new(format!(
            "expected {}, found \"{}\"",
            Self::EXPECTED,
            short(text)
        ));
        if let Ok(number) = percent(text) {
            error.0 += &format!("; write {number}");
        }
        error
    }
}

number!(Share);

/// A share as a condition writes it: `0.1%` or `0.001`. The result is from 0 to 1.
///
/// # Errors
/// A text that is no number, negative, or more than `100%`.
pub fn percent(text: &str) -> Result<f64, QuantityError> {
    let (number, whole) = text
        .strip_suffix('%')
        .map_or((text, 1.0), |number| (number, 100.0));
    let share = Decimal::new(number.trim_end()).map(|number| number.float() / whole);
    share.filter(|share| *share <= 1.0).ok_or_else(|| {
        let found = short(text);
        QuantityError::new(format!(
            "expected a share like 0.1% or 0.001, found \"{found}\""
        ))
    })
}

/// By what something is multiplied: finite and more than 0.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Factor(f64);

impl Factor {
    /// The factor that changes nothing.
    pub const ONE: Self = Self(1.0);

    /// A factor of `number`.
    ///
    /// # Errors
    /// A number that is zero, negative, infinite or NaN.
    pub fn new(number: f64) -> Result<Self, QuantityError> {
        Self::from_float(number)
    }

    /// The factor, more than 0.
    pub const fn value(self) -> f64 {
        self.0
    }
}

impl Checked for Factor {
    const EXPECTED: &'static str = "a factor of more than 0";

    fn from_float(number: f64) -> Result<Self, QuantityError> {
        if number.is_finite() && number > 0.0 {
            return Ok(Self(number));
        }
        Err(unexpected::<Self>(number))
    }
}

number!(Factor);

/// A finite number of 0 or more: the exponent of a Zipf law, a coefficient of variation, a weight.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Exponent(f64);

impl Exponent {
    /// An exponent of `number`.
    ///
    /// # Errors
    /// A number that is negative, infinite or NaN.
    pub fn new(number: f64) -> Result<Self, QuantityError> {
        Self::from_float(number)
    }

    /// The number, 0 or more.
    pub const fn value(self) -> f64 {
        self.0
    }
}

impl Checked for Exponent {
    const EXPECTED: &'static str = "a number of 0 or more";

    fn from_float(number: f64) -> Result<Self, QuantityError> {
        if number.is_finite() && number >= 0.0 {
            return Ok(Self(number + 0.0));
        }
        Err(unexpected::<Self>(number))
    }
}

number!(Exponent);

/// How many there are: a whole number from 1 to 4,294,967,295.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Count(u32);

impl Count {
    /// A single one.
    pub const ONE: Self = Self(1);

    /// A count of `number`.
    ///
    /// # Errors
    /// Zero.
    pub fn new(number: u32) -> Result<Self, QuantityError> {
        Self::from_whole(number.into())
    }

    /// The number, 1 or more.
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl Checked for Count {
    const EXPECTED: &'static str = "a whole number of 1 or more";

    fn from_float(number: f64) -> Result<Self, QuantityError> {
        Err(unexpected::<Self>(number))
    }

    fn from_whole(number: u64) -> Result<Self, QuantityError> {
        match u32::try_from(number) {
            Ok(0) => Err(unexpected::<Self>(0)),
            Ok(number) => Ok(Self(number)),
            Err(_) => Err(QuantityError::new(format!(
                "expected a whole number from 1 to {}, found {number}",
                u32::MAX
            ))),
        }
    }
}

number!(Count);

/// A whole number from 0 to 2⁶⁴ - 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Whole(u64);

impl Whole {
    /// The whole number `number`.
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number.
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl Checked for Whole {
    const EXPECTED: &'static str = "a whole number of 0 or more";

    fn from_float(number: f64) -> Result<Self, QuantityError> {
        Err(unexpected::<Self>(number))
    }

    fn from_whole(number: u64) -> Result<Self, QuantityError> {
        Ok(Self(number))
    }
}

number!(Whole);

/// How many may be inside at once: a whole number, or the word `Unlimited`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Limit {
    /// As many as come.
    Unlimited,
    /// At most this many; 0 lets nobody in.
    At(u32),
}

impl Limit {
    const EXPECTED: &'static str = "a whole number of 0 or more, or the word Unlimited";

    fn at<E: de::Error>(number: u64) -> Result<Self, E> {
        u32::try_from(number).map(Self::At).map_err(|_| {
            E::custom(format!(
                "expected a whole number from 0 to {}, found {number}",
                u32::MAX
            ))
        })
    }
}

impl FromStr for Limit {
    type Err = QuantityError;

    /// # Errors
    /// A text that is neither `Unlimited` nor a whole number from 0 to 4,294,967,295.
    fn from_str(text: &str) -> Result<Self, QuantityError> {
        if text == "Unlimited" {
            return Ok(Self::Unlimited);
        }
        text.replace('_', "").parse().map(Self::At).map_err(|_| {
            QuantityError::new(format!(
                "expected {}, found \"{}\"",
                Self::EXPECTED,
                short(text)
            ))
        })
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unlimited => f.pad("Unlimited"),
            Self::At(number) => number.fmt(f),
        }
    }
}

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(LimitVisitor)
    }
}

/// The words a [`Limit`] may be.
#[derive(serde::Deserialize)]
enum Word {
    Unlimited,
}

struct LimitVisitor;

impl<'de> Visitor<'de> for LimitVisitor {
    type Value = Limit;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Limit::EXPECTED)
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Limit, E> {
        Limit::at(number)
    }

    fn visit_enum<A: de::EnumAccess<'de>>(self, access: A) -> Result<Limit, A::Error> {
        let Word::Unlimited = Word::deserialize(de::value::EnumAccessDeserializer::new(access))?;
        Ok(Limit::Unlimited)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn error<T: FromStr<Err = QuantityError> + fmt::Debug>(text: &str) -> String {
        text.parse::<T>().unwrap_err().to_string()
    }

    #[test]
    fn a_share_is_no_percentage() {
        assert_eq!("0.92".parse(), Ok(Share(0.92)));
        assert_eq!(
            error::<Share>("92%"),
            "expected a share from 0 to 1, found \"92%\"; write 0.92"
        );
        assert_eq!(
            error::<Share>("92"),
            "expected a share from 0 to 1, found 92; if percent is meant, write 0.92"
        );
        assert_eq!(
            error::<Share>("NaN"),
            "expected a share from 0 to 1, found NaN"
        );
        assert_eq!(
            error::<Share>("-0.1"),
            "expected a share from 0 to 1, found -0.1"
        );
    }

    #[test]
    fn a_condition_takes_percent_and_share() {
        assert_eq!(percent("0.1%"), Ok(0.001));
        assert_eq!(percent("0.001"), Ok(0.001));
        assert_eq!(percent("100%"), Ok(1.0));
        for bad in ["101%", "1.5", "-1%", "%", "inf%", "NaN"] {
            assert!(percent(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn infinities_and_zero_factors_are_refused() {
        assert_eq!(
            error::<Factor>("0"),
            "expected a factor of more than 0, found 0"
        );
        assert_eq!(
            error::<Factor>("inf"),
            "expected a factor of more than 0, found inf"
        );
        assert_eq!(
            error::<Exponent>("-1"),
            "expected a number of 0 or more, found -1"
        );
        assert_eq!(
            error::<Exponent>("1e999"),
            "expected a number of 0 or more, found inf"
        );
        assert_eq!("0".parse(), Ok(Exponent(0.0)));
    }

    #[test]
    fn counts_are_whole_and_at_least_one() {
        assert_eq!("223_986".parse(), Ok(Count(223_986)));
        assert_eq!(
            error::<Count>("0"),
            "expected a whole number of 1 or more, found 0"
        );
        assert_eq!(
            error::<Count>("8.5"),
            "expected a whole number of 1 or more, found 8.5"
        );
        assert_eq!(
            error::<Count>("x"),
            "expected a whole number of 1 or more, found \"x\""
        );
        assert_eq!(
            error::<Count>("5000000000"),
            "expected a whole number from 1 to 4294967295, found 5000000000"
        );
    }

    #[test]
    fn a_limit_is_a_number_or_the_one_word() {
        assert_eq!("Unlimited".parse(), Ok(Limit::Unlimited));
        assert_eq!("0".parse(), Ok(Limit::At(0)));
        assert_eq!(
            error::<Limit>("unlimited"),
            "expected a whole number of 0 or more, or the word Unlimited, found \"unlimited\""
        );
    }

    proptest! {
        #[test]
        fn displayed_numbers_read_back_as_themselves(share in 0.0..=1.0, number: u64) {
            prop_assert_eq!(Share(share).to_string().parse(), Ok(Share(share)));
            prop_assert_eq!(Whole(number).to_string().parse(), Ok(Whole(number)));
        }
    }
}
