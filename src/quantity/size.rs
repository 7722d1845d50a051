//! Amounts of data, and how fast they move.

use std::fmt;
use std::str::FromStr;

use super::{Grammar, QuantityError, deserialize_from_text};

const SIZES: Grammar<u64> = Grammar {
    noun: "a size",
    example: "512MiB",
    listed: "B, KB, MB, GB, TB, KiB, MiB, GiB, TiB",
    units: &[
        ("B", 1),
        ("KB", 1_000),
        ("kB", 1_000),
        ("MB", 1_000_000),
        ("GB", 1_000_000_000),
        ("TB", 1_000_000_000_000),
        ("KiB", 1 << 10),
        ("MiB", 1 << 20),
        ("GiB", 1 << 30),
        ("TiB", 1 << 40),
    ],
};

const BANDWIDTHS: Grammar<u64> = Grammar {
    noun: "a bandwidth",
    example: "10Gbps",
    listed: "bps, kbps, Mbps, Gbps, Tbps (bits); \
             B/s, KB/s, MB/s, GB/s, KiB/s, MiB/s, GiB/s (bytes)",
    units: &[
        ("bps", 1),
        ("kbps", 1_000),
        ("Kbps", 1_000),
        ("Mbps", 1_000_000),
        ("Gbps", 1_000_000_000),
        ("Tbps", 1_000_000_000_000),
        ("B/s", 8),
        ("kB/s", 8_000),
        ("KB/s", 8_000),
        ("MB/s", 8_000_000),
        ("GB/s", 8_000_000_000),
        ("TB/s", 8_000_000_000_000),
        ("KiB/s", 8 << 10),
        ("MiB/s", 8 << 20),
        ("GiB/s", 8 << 30),
        ("TiB/s", 8 << 40),
    ],
};

/// An amount of data in whole bytes, zero or more.
///
/// Written `"512MiB"`, `"4KB"`, `"1.5GiB"`; `KB` is 1000 bytes, `KiB` 1024.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Size(u64);

impl Size {
    /// An amount of `bytes` bytes.
    pub const fn from_bytes(bytes: u64) -> Self {
        Self(bytes)
    }

    /// The amount in bytes.
    pub const fn bytes(self) -> u64 {
        self.0
    }
}

impl FromStr for Size {
    type Err = QuantityError;

    /// # Errors
    /// A text without a known unit, negative, too large, or with a part of a byte.
    fn from_str(text: &str) -> Result<Self, QuantityError> {
        SIZES.exact(text, "bytes").map(Self)
    }
}

impl fmt::Display for Size {
    /// In the largest unit that keeps the number whole, powers of 1024 first.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const UNITS: [&str; 9] = ["TiB", "TB", "GiB", "GB", "MiB", "MB", "KiB", "KB", "B"];
        display(f, self.0, &SIZES, &UNITS)
    }
}

deserialize_from_text!(Size, "a size like \"512MiB\"");

/// A speed of data in whole bits per second, one or more.
///
/// Written `"10Gbps"` (bits) or `"10GB/s"` (bytes, eight bits each).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bandwidth(u64);

impl Bandwidth {
    /// A speed of `bits` per second.
    ///
    /// # Errors
    /// Zero: nothing would ever arrive.
    pub fn from_bits_per_second(bits: u64) -> Result<Self, QuantityError> {
        if bits == 0 {
            return Err(QuantityError::new("a bandwidth must be more than zero"));
        }
        Ok(Self(bits))
    }

    /// The speed in bits per second.
    pub const fn bits_per_second(self) -> u64 {
        self.0
    }
}

impl FromStr for Bandwidth {
    type Err = QuantityError;

    /// # Errors
    /// A text without a known unit, zero, negative, too large, or with a part of a bit.
    fn from_str(text: &str) -> Result<Self, QuantityError> {
        BANDWIDTHS
            .exact(text, "bits per second")
            .and_then(Self::from_bits_per_second)
    }
}

impl fmt::Display for Bandwidth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        display(
            f,
            self.0,
            &BANDWIDTHS,
            &["Tbps", "Gbps", "Mbps", "kbps", "bps"],
        )
    }
}

deserialize_from_text!(
    Bandwidth,
    "a bandwidth like \"10Gbps\" (bits) or \"10GB/s\" (bytes)"
);

/// Writes `amount` in the first of `units` that keeps the number whole.
fn display(
    f: &mut fmt::Formatter<'_>,
    amount: u64,
    grammar: &Grammar<u64>,
    units: &[&str],
) -> fmt::Result {
    let smallest = units.last().copied().unwrap_or_default();
    let scale = |unit: &str| {
        grammar
            .units
            .iter()
            .find(|(name, _)| *name == unit)
            .map(|(_, s)| *s)
    };
    let (unit, scale) = units
        .iter()
        .filter_map(|unit| Some((*unit, scale(unit)?)))
        .find(|(_, scale)| amount != 0 && amount.is_multiple_of(*scale))
        .unwrap_or((smallest, 1));
    f.pad(&format!("{}{unit}", amount / scale))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn sizes_count_bytes() {
        let cases = [
            ("0B", 0),
            ("4KB", 4_000),
            ("4KiB", 4_096),
            ("1.5GiB", 3 << 29),
            ("2TB", 2_000_000_000_000),
        ];
        for (text, bytes) in cases {
            assert_eq!(text.parse(), Ok(Size(bytes)), "{text}");
        }
    }

    #[test]
    fn bandwidths_count_bits() {
        let cases = [
            ("10Gbps", 10_000_000_000),
            ("10GB/s", 80_000_000_000),
            ("100Mbps", 100_000_000),
            ("1KiB/s", 8_192),
            ("0.125B/s", 1),
        ];
        for (text, bits) in cases {
            assert_eq!(text.parse(), Ok(Bandwidth(bits)), "{text}");
        }
    }

    #[test]
    fn what_is_no_size_is_refused_with_the_reason() {
        let error = |text: &str| text.parse::<Size>().unwrap_err().to_string();
        assert_eq!(error("0.5B"), "\"0.5B\" is not a whole number of bytes");
        assert_eq!(
            error("50k items"),
            "unknown unit `k items` in \"50k items\"; \
             units of a size: B, KB, MB, GB, TB, KiB, MiB, GiB, TiB"
        );
        let error = |text: &str| text.parse::<Bandwidth>().unwrap_err().to_string();
        assert_eq!(error("0bps"), "a bandwidth must be more than zero");
        assert!(error("10gbps").starts_with("unknown unit `gbps` in \"10gbps\""));
    }

    proptest! {
        #[test]
        fn a_displayed_size_reads_back_as_itself(number in 1..u64::MAX, scale in 0..5_u32) {
            let number = (number >> (10 * scale)) << (10 * scale);
            let size = Size(number);
            prop_assert_eq!(size.to_string().parse(), Ok(size));
            if let Ok(bandwidth) = Bandwidth::from_bits_per_second(number) {
                prop_assert_eq!(bandwidth.to_string().parse(), Ok(bandwidth));
            }
        }
    }
}
