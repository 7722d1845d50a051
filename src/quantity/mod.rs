//! Checked quantities: one grammar for the topology file and for the flags.
//!
//! A quantity with a unit is text (`"35ms"`, `"2000/s"`, `"10Gbps"`, `"512MiB"`, `"140/month"`), a
//! share, factor or count is a bare number. Every type here refuses what it cannot mean, so that no
//! infinity, no NaN and no negative quantity ever reaches the model.
//!
//! Each type has [`FromStr`], [`Display`](std::fmt::Display) that reads back as the same value, and
//! `Deserialize`. Numbers in text are digits with an optional decimal point; `_` may stand between
//! digits, as in RON.

mod count;
mod number;
mod rate;
mod share;
mod size;
mod time;

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::{self, Deserializer, Visitor};

pub use count::{
    Batch, Copies, Cores, Count, Few, Limit, Sharing, USERS_MAX, Users, Whole, Window,
};
pub use number::{Exponent, Factor};
pub use rate::{Cost, Rate};
pub use share::{Share, percent};
pub use size::{Bandwidth, Size};
pub use time::Time;

/// Why a text or number is not the quantity that was asked for. One line, for the user.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct QuantityError(String);

impl QuantityError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

/// The spellings of one kind of quantity: its units with their scales.
struct Grammar<T: 'static> {
    /// With its article, as in "a time".
    noun: &'static str,
    /// A correct spelling.
    example: &'static str,
    /// The units to name in an error, in their order of size.
    listed: &'static str,
    /// Every accepted unit; aliases too.
    units: &'static [(&'static str, T)],
}

impl<T: Copy> Grammar<T> {
    /// Cuts `text` into its number and the scale of its unit.
    fn split<'t>(&self, text: &'t str) -> Result<(Decimal<'t>, T), QuantityError> {
        let Self {
            noun,
            example,
            listed,
            ..
        } = self;
        if text.starts_with('-') {
            return Err(QuantityError::new(format!(
                "{noun} cannot be negative, found \"{}\"",
                short(text)
            )));
        }
        let end = text
            .find(|c: char| !matches!(c, '0'..='9' | '_' | '.'))
            .unwrap_or(text.len());
        let (number, unit) = text.split_at(end);
        let Some(number) = Decimal::new(number) else {
            let found = short(text);
            return Err(QuantityError::new(format!(
                "expected {noun} like \"{example}\", found \"{found}\""
            )));
        };
        if let Some((_, scale)) = self.units.iter().find(|(name, _)| *name == unit) {
            return Ok((number, *scale));
        }
        let found = short(text);
        if unit.is_empty() {
            return Err(QuantityError::new(format!(
                "\"{found}\" has no unit; units of {noun}: {listed}"
            )));
        }
        let known = self.units.iter().any(|(name, _)| *name == unit.trim());
        if known && unit.trim() != unit {
            let joined: String = text.split_whitespace().collect();
            let joined = short(&joined);
            return Err(QuantityError::new(format!(
                "write \"{joined}\" without a space, found \"{found}\""
            )));
        }
        let unit = short(unit.trim());
        Err(QuantityError::new(format!(
            "unknown unit `{unit}` in \"{found}\"; units of {noun}: {listed}"
        )))
    }
}

impl Grammar<u64> {
    /// Reads `text` as a whole number of the smallest unit, without rounding.
    fn exact(&self, text: &str, smallest: &str) -> Result<u64, QuantityError> {
        let (number, scale) = self.split(text)?;
        number.times(scale).map_err(|refusal| {
            let (noun, found) = (self.noun, short(text));
            QuantityError::new(match refusal {
                Refusal::TooLarge => format!("\"{found}\" is too large for {noun}"),
                Refusal::TooFine => format!("\"{found}\" is not a whole number of {smallest}"),
            })
        })
    }
}

/// Why a decimal times a scale is not a whole number that fits.
enum Refusal {
    TooLarge,
    TooFine,
}

/// An unsigned decimal number as written.
struct Decimal<'t>(&'t str);

impl<'t> Decimal<'t> {
    /// `None` unless `text` is digits with at most one point between digits.
    fn new(text: &'t str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |part: &str| {
            part.starts_with(|c: char| c.is_ascii_digit())
                && part.ends_with(|c: char| c.is_ascii_digit())
                && part
                    .bytes()
                    .all(|byte| byte.is_ascii_digit() || byte == b'_')
        };
        (digits(whole) && digits(fraction)).then_some(Self(text))
    }

    /// The exact product with `scale`.
    fn times(&self, scale: u64) -> Result<u64, Refusal> {
        let plain = self.0.replace('_', "");
        let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
        let whole: u64 = whole.parse().map_err(|_| Refusal::TooLarge)?;
        let fraction = fraction.trim_end_matches('0');
        let Some(tens) = u32::try_from(fraction.len())
            .ok()
            .filter(|places| *places <= 19)
        else {
            return Err(Refusal::TooFine);
        };
        let parts = fraction.parse::<u128>().unwrap_or(0) * u128::from(scale);
        let tens = 10_u128.pow(tens);
        if !parts.is_multiple_of(tens) {
            return Err(Refusal::TooFine);
        }
        let total = u128::from(whole) * u128::from(scale) + parts / tens;
        u64::try_from(total).map_err(|_| Refusal::TooLarge)
    }

    /// The nearest `f64`; infinite where the number is out of its range.
    fn float(&self) -> f64 {
        self.0.replace('_', "").parse().unwrap_or(f64::INFINITY)
    }
}

/// At most 40 characters of `text`, for messages.
pub(crate) fn short(text: &str) -> String {
    const KEPT: usize = 40;
    if text.chars().nth(KEPT).is_none() {
        return text.to_owned();
    }
    let kept: String = text.chars().take(KEPT - 1).collect();
    kept + "…"
}

/// Reads a quantity from text only.
struct FromText<T>(&'static str, PhantomData<T>);

impl<T> FromText<T> {
    fn read<'de, D: Deserializer<'de>>(expecting: &'static str, from: D) -> Result<T, D::Error>
    where
        T: FromStr<Err = QuantityError>,
    {
        from.deserialize_any(Self(expecting, PhantomData))
    }
}

impl<T: FromStr<Err = QuantityError>> Visitor<'_> for FromText<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }
}

/// Gives a quantity written as text its `Deserialize`.
macro_rules! deserialize_from_text {
    ($type:ty, $expecting:literal) => {
        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                $crate::quantity::FromText::read($expecting, from)
            }
        }
    };
}
use deserialize_from_text;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_shortened_by_characters() {
        assert_eq!(short(&"가".repeat(40)), "가".repeat(40));
        assert_eq!(short(&"가".repeat(41)), "가".repeat(39) + "…");
    }

    #[test]
    fn a_decimal_has_digits_on_both_sides_of_its_point() {
        for good in ["0", "1_000", "1.5", "007", "1_0.2_5"] {
            assert!(Decimal::new(good).is_some(), "{good}");
        }
        for bad in ["", ".", "1.", ".5", "_1", "1_", "1._5", "1.2.3"] {
            assert!(Decimal::new(bad).is_none(), "{bad}");
        }
    }
}
