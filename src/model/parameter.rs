//! Inputs that a sweep varies.

use crate::law::Uncertain;
use crate::quantity::{Bandwidth, Rate, Size, Time};

/// What the settings of a parameter are measured in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Plain numbers: counts, shares, factors.
    Number,
    /// Times, s.
    Time,
    /// Sizes, bytes.
    Size,
    /// Bandwidths, bits per second.
    Bandwidth,
    /// Rates, per second.
    Rate,
    /// Words and whatever else is no quantity.
    Word,
}

impl Measure {
    /// The base unit that numbers are in: `s`, `B`, `bit/s`, `per_s`; empty for plain numbers and
    /// words.
    pub fn unit(self) -> &'static str {
        match self {
            Self::Number | Self::Word => "",
            Self::Time => "s",
            Self::Size => "B",
            Self::Bandwidth => "bit/s",
            Self::Rate => "per_s",
        }
    }

    /// The measure whose base unit has this name; without a name plain numbers.
    pub fn of_unit(unit: &str) -> Option<Self> {
        let all = [
            Self::Number,
            Self::Time,
            Self::Size,
            Self::Bandwidth,
            Self::Rate,
        ];
        all.into_iter().find(|one| one.unit() == unit)
    }

    /// Measure and number of a quantity as it is written in a file, without quotes.
    pub fn read(text: &str) -> Option<(Self, f64)> {
        let plain = text.replace('_', "");
        let is_plain = plain.starts_with(|sign: char| sign.is_ascii_digit() || sign == '.');
        if let (true, Ok(number)) = (is_plain, plain.parse::<f64>()) {
            return number.is_finite().then_some((Self::Number, number));
        }
        let time = |time: Time| (Self::Time, time.seconds());
        let rate = |rate: Rate| (Self::Rate, rate.per_second());
        let size = |size: Size| (Self::Size, size.bytes() as f64);
        let band = |band: Bandwidth| (Self::Bandwidth, band.bits_per_second() as f64);
        text.parse()
            .map(time)
            .or_else(|_| text.parse().map(rate))
            .or_else(|_| text.parse().map(size))
            .or_else(|_| text.parse().map(band))
            .ok()
    }

    /// The setting of this number, not negative: as exactly as a file can hold it, and with twelve
    /// digits at most.
    pub fn setting(self, number: f64) -> Setting {
        let text = match self {
            Self::Number | Self::Word => rounded(number).to_string(),
            Self::Time => quoted(&Time::from_nanos((number * 1e9).round() as u64)),
            Self::Size => quoted(&Size::from_bytes(number.round() as u64)),
            Self::Bandwidth => {
                let bits = (number.round() as u64).max(1);
                Bandwidth::from_bits_per_second(bits).map_or_else(|_| String::new(), |b| quoted(&b))
            }
            Self::Rate => {
                Rate::new(rounded(number)).map_or_else(|_| String::new(), |rate| quoted(&rate))
            }
        };
        Setting::new(text)
    }
}

fn quoted(quantity: &dyn std::fmt::Display) -> String {
    format!("\"{quantity}\"")
}

/// With twelve significant digits.
fn rounded(number: f64) -> f64 {
    format!("{number:.11e}").parse().unwrap_or(number)
}

/// One value of a parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// As it stands in the file.
    pub text: String,
    /// Its number in the base unit, unless it is a word.
    pub number: Option<f64>,
}

impl Setting {
    /// What is written in a file, quotes included.
    pub fn new(text: String) -> Self {
        let number = Measure::read(bare(&text)).map(|found| found.1);
        Self { text, number }
    }

    /// Without the quotes around a quantity.
    pub fn bare(&self) -> &str {
        bare(&self.text)
    }
}

/// `text` without quotes around it.
fn bare(text: &str) -> &str {
    let inside = text
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    inside.unwrap_or(text)
}

/// What a parameter is set to.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// One of these.
    Listed(Vec<Setting>),
    /// Uncertain: drawn from a law, in the base unit.
    Drawn(Uncertain),
}

/// An input that is varied.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// Where it stands in the file, or `rate` or `users` for the load of the file.
    pub path: String,
    /// Its values as they were asked for.
    pub written: String,
    /// What they are measured in.
    pub measure: Measure,
    /// Its values.
    pub values: Values,
}

impl Parameter {
    /// The load that a parameter of this path is, if it is one.
    pub fn is_load(path: &str) -> bool {
        matches!(path, "rate" | "users")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_read_as_a_file_has_them() {
        for (text, expected) in [
            ("4", Some((Measure::Number, 4.0))),
            ("1_000.5", Some((Measure::Number, 1000.5))),
            ("5ms", Some((Measure::Time, 0.005))),
            ("300/s", Some((Measure::Rate, 300.0))),
            ("2KiB", Some((Measure::Size, 2048.0))),
            ("10Gbps", Some((Measure::Bandwidth, 1e10))),
            ("RoundRobin", None),
            ("inf", None),
            ("-1", None),
        ] {
            assert_eq!(Measure::read(text), expected, "{text}");
        }
    }

    #[test]
    fn a_setting_reads_back_as_its_number() {
        for (measure, number) in [
            (Measure::Number, 1.0 / 3.0),
            (Measure::Time, 1.0 / 3.0),
            (Measure::Rate, 1.0 / 3.0),
            (Measure::Size, 1e6 / 3.0),
            (Measure::Bandwidth, 1e6 / 3.0),
        ] {
            let setting = measure.setting(number);
            let (read, back) = Measure::read(setting.bare()).unwrap();
            assert_eq!(read, measure);
            assert!((back / number - 1.0).abs() < 1e-5, "{setting:?}");
            assert_eq!(setting.number, Some(back));
        }
        assert_eq!(Measure::Number.setting(4.0).text, "4");
        assert_eq!(Measure::Time.setting(0.0125).text, "\"12500us\"");
        assert_eq!(Measure::of_unit(Measure::Rate.unit()), Some(Measure::Rate));
    }
}
