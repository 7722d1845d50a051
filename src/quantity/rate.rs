//! Rates of events, and costs per unit of time.

use std::fmt;
use std::str::FromStr;

use super::{Grammar, QuantityError, deserialize_from_text, short};

/// Unit, and by what the number is divided to give a rate per second.
const RATES: Grammar<f64> = Grammar {
    noun: "a rate",
    example: "200/s",
    listed: "/s, /min, /h, /d, rps, tps",
    units: &[
        ("/s", 1.0),
        ("rps", 1.0),
        ("tps", 1.0),
        ("/m", 60.0),
        ("/min", 60.0),
        ("/h", 3_600.0),
        ("/d", 86_400.0),
    ],
};

/// Hours in a month of billing: 365 days · 24 h / 12.
const HOURS_PER_MONTH: f64 = 730.0;

/// Unit, and by what the number is multiplied to give a cost per month.
const COSTS: Grammar<f64> = Grammar {
    noun: "a cost",
    example: "140/month",
    listed: "/h, /month, /year",
    units: &[
        ("/h", HOURS_PER_MONTH),
        ("/month", 1.0),
        ("/year", 1.0 / 12.0),
    ],
};

/// Events per second: finite, zero or more.
///
/// Written `"2000/s"`, `"120/min"`, `"5/h"`, `"1/d"`, `"50rps"`, `"50tps"`.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Rate(f64);

impl Rate {
    /// A rate of `per_second` events.
    ///
    /// # Errors
    /// A number that is negative, infinite or NaN.
    pub fn new(per_second: f64) -> Result<Self, QuantityError> {
        checked(per_second, "a rate").map(Self)
    }

    /// Events per second.
    pub const fn per_second(self) -> f64 {
        self.0
    }
}

impl FromStr for Rate {
    type Err = QuantityError;

    /// # Errors
    /// A text without a known unit, negative or beyond the range of `f64`.
    fn from_str(text: &str) -> Result<Self, QuantityError> {
        let (number, seconds) = RATES.split(text)?;
        let per_second = number.float() / seconds;
        if per_second.is_finite() {
            return Ok(Self(per_second));
        }
        Err(QuantityError::new(format!(
            "\"{}\" is too large for a rate",
            short(text)
        )))
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}/s", self.0))
    }
}

deserialize_from_text!(Rate, "a rate like \"200/s\"");

/// Money per month in the user's own currency: finite, zero or more.
///
/// Written `"140/month"`, `"0.2/h"`, `"1200/year"`; a month has 730 hours (365 · 24 / 12).
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Cost(f64);

impl Cost {
    /// A cost of `per_month`.
    ///
    /// # Errors
    /// A number that is negative, infinite or NaN.
    pub fn new(per_month: f64) -> Result<Self, QuantityError> {
        checked(per_month, "a cost").map(Self)
    }

    /// Money per month of 730 hours.
    pub const fn per_month(self) -> f64 {
        self.0
    }
}

impl FromStr for Cost {
    type Err = QuantityError;

    /// # Errors
    /// A text without a known unit, negative or beyond the range of `f64`.
    fn from_str(text: &str) -> Result<Self, QuantityError> {
        let (number, months) = COSTS.split(text)?;
        let per_month = number.float() * months;
        if per_month.is_finite() {
            return Ok(Self(per_month));
        }
        Err(QuantityError::new(format!(
            "\"{}\" is too large for a cost",
            short(text)
        )))
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}/month", self.0))
    }
}

deserialize_from_text!(Cost, "a cost like \"140/month\"");

/// Refuses what is negative, infinite or NaN; makes -0 to 0.
fn checked(number: f64, noun: &str) -> Result<f64, QuantityError> {
    if number.is_finite() && number >= 0.0 {
        return Ok(number + 0.0);
    }
    Err(QuantityError::new(format!(
        "{noun} must be finite and not negative, found {number}"
    )))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn rates_are_kept_per_second() {
        let cases = [
            ("2000/s", 2000.0),
            ("120/min", 2.0),
            ("5/h", 5.0 / 3600.0),
            ("0.5rps", 0.5),
            ("7tps", 7.0),
        ];
        for (text, per_second) in cases {
            assert_eq!(text.parse(), Ok(Rate(per_second)), "{text}");
        }
    }

    #[test]
    fn costs_are_kept_per_month_of_730_hours() {
        let cases = [("140/month", 140.0), ("1/h", 730.0), ("1200/year", 100.0)];
        for (text, per_month) in cases {
            let cost: Cost = text.parse().unwrap();
            assert!((cost.per_month() - per_month).abs() < 1e-9, "{text}");
        }
    }

    #[test]
    fn what_is_no_rate_is_refused_with_the_reason() {
        let cases = [
            (
                "200",
                "\"200\" has no unit; units of a rate: /s, /min, /h, /d, rps, tps",
            ),
            ("NaN/s", "expected a rate like \"200/s\", found \"NaN/s\""),
            ("-3/s", "a rate cannot be negative, found \"-3/s\""),
        ];
        for (text, message) in cases {
            assert_eq!(text.parse::<Rate>().unwrap_err().to_string(), message);
        }
        assert!(("9".repeat(400) + "/s").parse::<Rate>().is_err());
        assert!(Rate::new(f64::NAN).is_err() && Rate::new(-1.0).is_err());
        assert!(Cost::new(f64::INFINITY).is_err());
    }

    proptest! {
        #[test]
        fn a_displayed_rate_reads_back_as_itself(number in 0.0..f64::MAX) {
            let (rate, cost) = (Rate(number), Cost(number));
            prop_assert_eq!(rate.to_string().parse(), Ok(rate));
            prop_assert_eq!(cost.to_string().parse(), Ok(cost));
        }
    }
}
