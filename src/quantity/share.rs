//! Parts of a whole.

use super::number::{Checked, number, unexpected};
use super::{Decimal, QuantityError, short};

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
            error = QuantityError::new(format!(
                "{error}; if percent is meant, write {}",
                number / 100.0
            ));
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
            error = QuantityError::new(format!("{error}; write {number}"));
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn error(text: &str) -> String {
        text.parse::<Share>().unwrap_err().to_string()
    }

    #[test]
    fn a_share_is_no_percentage() {
        assert_eq!("0.92".parse(), Ok(Share(0.92)));
        assert_eq!(
            error("92%"),
            "expected a share from 0 to 1, found \"92%\"; write 0.92"
        );
        assert_eq!(
            error("92"),
            "expected a share from 0 to 1, found 92; if percent is meant, write 0.92"
        );
        assert_eq!(error("NaN"), "expected a share from 0 to 1, found NaN");
        assert_eq!(error("-0.1"), "expected a share from 0 to 1, found -0.1");
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

    proptest! {
        #[test]
        fn displayed_numbers_read_back_as_themselves(share in 0.0..=1.0) {
            prop_assert_eq!(Share(share).to_string().parse(), Ok(Share(share)));
        }
    }
}
