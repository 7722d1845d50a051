//! Whole numbers.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::{self, Deserialize, Deserializer, Visitor};

use super::number::{Checked, FromNumber, number, parse, unexpected};
use super::{QuantityError, short};

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

/// How many there are of something that costs memory each: 1 to `MAX`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AtMost<const MAX: u32>(u32);

/// What costs time and memory each.
pub type Few = AtMost<1_000>;
/// Cores of a machine.
pub type Cores = AtMost<65_536>;
/// Users of a closed workload: as many as requests in flight are let in by default.
pub type Users = AtMost<USERS_MAX>;
/// Journeys that start at one instant.
pub type Batch = AtMost<1_000_000>;
/// Jobs that share a CPU.
pub type Sharing = AtMost<1_000_000>;

/// Calls that a circuit breaker looks back at.
pub type Window = AtMost<1_000_000>;

/// Further copies of a hedged request: a caller that sends more has another problem.
pub type Copies = AtMost<8>;

/// Most users of a closed workload.
pub const USERS_MAX: u32 = 5_000_000;

impl<const MAX: u32> AtMost<MAX> {
    /// The number, 1 to `MAX`.
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl<const MAX: u32> Checked for AtMost<MAX> {
    const EXPECTED: &'static str = "a whole number of 1 or more";

    fn remedy() -> Option<String> {
        Some(format!("write a whole number from 1 to {MAX}"))
    }

    fn from_float(number: f64) -> Result<Self, QuantityError> {
        Err(unexpected::<Self>(number))
    }

    fn from_whole(number: u64) -> Result<Self, QuantityError> {
        match u32::try_from(number) {
            Ok(0) => Err(unexpected::<Self>(0)),
            Ok(number) if number <= MAX => Ok(Self(number)),
            _ => Err(QuantityError::new(format!(
                "expected a whole number from 1 to {MAX}, found {number}"
            ))),
        }
    }
}

impl<const MAX: u32> FromStr for AtMost<MAX> {
    type Err = QuantityError;

    /// # Errors
    /// A text that is no whole number from 1 to `MAX`.
    fn from_str(text: &str) -> Result<Self, QuantityError> {
        parse(text)
    }
}

impl<'de, const MAX: u32> Deserialize<'de> for AtMost<MAX> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(FromNumber(PhantomData))
    }
}

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

    /// The last number that is let in, and the first that is not.
    fn ends_at<const MAX: u32>(most: u32) {
        assert_eq!("1".parse(), Ok(AtMost::<MAX>(1)));
        assert_eq!(most.to_string().parse(), Ok(AtMost::<MAX>(most)));
        let beyond = u64::from(most) + 1;
        assert_eq!(
            error::<AtMost<MAX>>(&beyond.to_string()),
            format!("expected a whole number from 1 to {most}, found {beyond}")
        );
        let zero = "expected a whole number of 1 or more, found 0";
        assert_eq!(error::<AtMost<MAX>>("0"), zero);
        let beyond_all = "18446744073709551615";
        assert!(error::<AtMost<MAX>>(beyond_all).ends_with(&format!("{most}, found {beyond_all}")));
    }

    #[test]
    fn bounded_counts_end_where_they_say() {
        ends_at::<1_000>(1_000);
        ends_at::<65_536>(65_536);
        ends_at::<1_000_000>(1_000_000);
        ends_at::<5_000_000>(5_000_000);
        assert_eq!("1000".parse::<Few>().map(Few::get), Ok(1_000));
        assert!("1001".parse::<Few>().is_err());
        assert_eq!("65536".parse::<Cores>().map(Cores::get), Ok(65_536));
        assert!("65537".parse::<Cores>().is_err());
        for text in ["1000001", "1_000_001"] {
            assert!(text.parse::<Batch>().is_err() && text.parse::<Sharing>().is_err());
        }
        assert!("1000000".parse::<Batch>().is_ok() && "1000000".parse::<Sharing>().is_ok());
        assert_eq!("5000000".parse::<Users>().map(Users::get), Ok(USERS_MAX));
        assert!("5000001".parse::<Users>().is_err());
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
        fn displayed_numbers_read_back_as_themselves(number: u64) {
            prop_assert_eq!(Whole(number).to_string().parse(), Ok(Whole(number)));
        }
    }
}
