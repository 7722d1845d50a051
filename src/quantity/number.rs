//! Quantities without a unit, and how all of them are read: factors and exponents.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, Visitor};

use super::{QuantityError, short};

/// A number type that refuses what it cannot mean.
pub(super) trait Checked: Sized {
    /// What is asked for, with its article.
    const EXPECTED: &'static str;

    /// What to write in place of a number that is out of range, where `EXPECTED` does not say it.
    fn remedy() -> Option<String> {
        None
    }

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
pub(super) fn unexpected<T: Checked>(found: impl fmt::Display) -> QuantityError {
    QuantityError::new(format!("expected {}, found {found}", T::EXPECTED))
}

/// Reads a [`Checked`] number from a RON number.
pub(super) struct FromNumber<T>(pub(super) PhantomData<T>);

impl<T: Checked> Visitor<'_> for FromNumber<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::EXPECTED)
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<T, E> {
        T::from_whole(number).map_err(with_remedy::<T, E>)
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<T, E> {
        match u64::try_from(number) {
            Ok(number) => self.visit_u64(number),
            Err(_) => Err(with_remedy::<T, E>(unexpected::<T>(number))),
        }
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<T, E> {
        T::from_float(number).map_err(with_remedy::<T, E>)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        Err(with_remedy::<T, E>(T::from_text(text)))
    }
}

/// A refusal in a file: what is wrong, and below it what to write.
fn with_remedy<T: Checked, E: de::Error>(error: QuantityError) -> E {
    match T::remedy() {
        Some(remedy) => E::custom(format!("{error}\n{remedy}")),
        None => E::custom(error),
    }
}

/// Reads a [`Checked`] number from the text of a flag.
pub(super) fn parse<T: Checked>(text: &str) -> Result<T, QuantityError> {
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
        impl std::str::FromStr for $type {
            type Err = QuantityError;

            /// # Errors
            /// A text that is no number, or a number out of range.
            fn from_str(text: &str) -> Result<Self, QuantityError> {
                $crate::quantity::number::parse(text)
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let reader = $crate::quantity::number::FromNumber(std::marker::PhantomData);
                from.deserialize_any(reader)
            }
        }
    };
}
pub(super) use number;

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

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use proptest::prelude::*;

    use super::*;

    fn error<T: FromStr<Err = QuantityError> + fmt::Debug>(text: &str) -> String {
        text.parse::<T>().unwrap_err().to_string()
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

    proptest! {
        #[test]
        fn displayed_numbers_read_back_as_themselves(number in 0.0..f64::MAX) {
            prop_assert_eq!(Exponent(number).to_string().parse(), Ok(Exponent(number)));
            let factor = Factor(number + f64::MIN_POSITIVE);
            prop_assert_eq!(factor.to_string().parse(), Ok(factor));
        }
    }
}
