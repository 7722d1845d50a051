//! Spans of time.

use std::fmt;
use std::str::FromStr;

use super::{Grammar, QuantityError, deserialize_from_text};

const SECOND: u64 = 1_000_000_000;
const GRAMMAR: Grammar<u64> = Grammar {
    noun: "a time",
    example: "35ms",
    listed: "ns, us, ms, s, m, h, d",
    units: &[
        ("ns", 1),
        ("us", 1_000),
        ("µs", 1_000),
        ("μs", 1_000),
        ("ms", 1_000_000),
        ("s", SECOND),
        ("m", 60 * SECOND),
        ("min", 60 * SECOND),
        ("h", 3_600 * SECOND),
        ("d", 86_400 * SECOND),
    ],
};

/// A span of time in whole nanoseconds, from 0 to about 584 years.
///
/// Written `"35ms"`, `"1.5s"`, `"2m"`, `"90d"`; units ns, us (µs), ms, s, m (min), h and d of 24 h.
/// A text finer than one nanosecond is refused, never rounded.
///
/// ```
/// use linchpin::quantity::Time;
///
/// let timeout: Time = "1.5s".parse()?;
/// assert_eq!(timeout.nanos(), 1_500_000_000);
/// assert!("35".parse::<Time>().is_err());
/// # Ok::<(), linchpin::quantity::QuantityError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(u64);

impl Time {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// A span of `nanos` nanoseconds.
    pub const fn from_nanos(nanos: u64) -> Self {
        Self(nanos)
    }

    /// The span in nanoseconds.
    pub const fn nanos(self) -> u64 {
        self.0
    }

    /// The span in seconds, rounded to the nearest `f64`.
    pub fn seconds(self) -> f64 {
        self.0 as f64 / SECOND as f64
    }
}

impl FromStr for Time {
    type Err = QuantityError;

    /// # Errors
    /// A text without a known unit, negative, too large, or finer than a nanosecond.
    fn from_str(text: &str) -> Result<Self, QuantityError> {
        GRAMMAR.exact(text, "nanoseconds").map(Self)
    }
}

impl fmt::Display for Time {
    /// In the largest unit that keeps the number whole.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return f.write_str("0s");
        }
        let units = ["d", "h", "m", "s", "ms", "us", "ns"];
        let scales = [
            86_400 * SECOND,
            3_600 * SECOND,
            60 * SECOND,
            SECOND,
            1_000_000,
            1_000,
            1,
        ];
        let (unit, scale) = units
            .into_iter()
            .zip(scales)
            .find(|(_, scale)| self.0.is_multiple_of(*scale))
            .unwrap_or(("ns", 1));
        f.pad(&format!("{}{unit}", self.0 / scale))
    }
}

deserialize_from_text!(Time, "a time like \"35ms\"");

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_unit_has_its_length() {
        let cases = [
            ("1ns", 1),
            ("1us", 1_000),
            ("1µs", 1_000),
            ("35ms", 35_000_000),
            ("1.5s", 1_500_000_000),
            ("2m", 120 * SECOND),
            ("2min", 120 * SECOND),
            ("0.5h", 1_800 * SECOND),
            ("90d", 90 * 86_400 * SECOND),
            ("0.000000001s", 1),
            ("1_000ms", SECOND),
            ("0s", 0),
        ];
        for (text, nanos) in cases {
            assert_eq!(text.parse(), Ok(Time(nanos)), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_refused_with_the_reason() {
        let cases = [
            (
                "35",
                "\"35\" has no unit; units of a time: ns, us, ms, s, m, h, d",
            ),
            (
                "35sec",
                "unknown unit `sec` in \"35sec\"; units of a time: ns, us, ms, s, m, h, d",
            ),
            ("35 ms", "write \"35ms\" without a space, found \"35 ms\""),
            ("-1s", "a time cannot be negative, found \"-1s\""),
            ("0.5ns", "\"0.5ns\" is not a whole number of nanoseconds"),
            ("300000d", "\"300000d\" is too large for a time"),
            ("inf", "expected a time like \"35ms\", found \"inf\""),
            ("", "expected a time like \"35ms\", found \"\""),
        ];
        for (text, message) in cases {
            assert_eq!(text.parse::<Time>().unwrap_err().to_string(), message);
        }
    }

    proptest! {
        #[test]
        fn a_displayed_time_reads_back_as_itself(nanos: u64, scale in 0..4_u32) {
            let time = Time(nanos / 1_000_u64.pow(scale) * 1_000_u64.pow(scale));
            prop_assert_eq!(time.to_string().parse(), Ok(time));
        }

        #[test]
        fn no_text_panics(text in "[0-9._-]{0,45}[a-zµ /]{0,4}") {
            let _ = text.parse::<Time>();
        }
    }
}
