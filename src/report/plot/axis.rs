//! Axes: ranges with round ends, and ticks with their labels.

use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};
use std::ops::Range;

/// Values per pixel column or row, straight or in powers of ten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scale {
    Linear,
    Log,
}

/// A unit for all ticks of an axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AxisUnit {
    /// How many of it are in one base unit.
    pub factor: f64,
    /// Its name, as in `response time (ms)`.
    pub name: &'static str,
}

impl AxisUnit {
    /// The unit of the data itself.
    pub const fn plain(name: &'static str) -> Self {
        Self { factor: 1.0, name }
    }

    /// Shares of 0 to 1 in percent.
    pub const PERCENT: Self = Self {
        factor: 100.0,
        name: "%",
    };

    /// The unit for times up to `high` seconds.
    pub fn time(high: f64) -> Self {
        match high {
            high if high < 0.002 => Self {
                factor: 1e6,
                name: "µs",
            },
            high if high < 10.0 => Self {
                factor: 1e3,
                name: "ms",
            },
            _ => Self {
                factor: 1.0,
                name: "s",
            },
        }
    }
}

/// An axis with its ticks, in the unit of its labels.
#[derive(Clone, Debug)]
pub struct Axis {
    scale: Scale,
    unit: AxisUnit,
    low: f64,
    high: f64,
    ticks: Vec<f64>,
    /// Names at whole positions 0, 1, 2 ... instead of numbers.
    names: Vec<String>,
}

impl Axis {
    /// From 0 to a round number at or above `high`, with about `count` ticks.
    pub fn from_zero(high: f64, count: f64, unit: AxisUnit) -> Self {
        let high = if high > 0.0 && high.is_finite() {
            high * unit.factor
        } else {
            1.0
        };
        let step = round_step(high / count);
        let last = libm::ceil(high / step - 1e-9);
        Self::ticked(
            unit,
            (0.0, last * step),
            (0..=last as u32).map(|i| f64::from(i) * step),
        )
    }

    /// Exactly from `low` to `high`, with ticks at the round numbers between.
    pub fn between(low: f64, high: f64, count: f64, unit: AxisUnit) -> Self {
        let (low, high) = (low * unit.factor, high * unit.factor);
        let high = if high > low { high } else { low + 1.0 };
        let step = round_step((high - low) / count);
        let first = libm::ceil(low / step - 1e-9);
        let last = libm::floor(high / step + 1e-9);
        let count = (last - first).max(0.0) as u32;
        let ticks = (0..=count).map(|i| (first + f64::from(i)) * step);
        Self::ticked(unit, (low, high), ticks)
    }

    /// Powers of ten around `low` to `high`, which are positive; ticks at 1, 2 and 5 where there
    /// is room.
    pub fn log(low: f64, high: f64, unit: AxisUnit) -> Self {
        let high = if high > 0.0 { high * unit.factor } else { 1.0 };
        let low = if low > 0.0 {
            (low * unit.factor).min(high)
        } else {
            high / 1000.0
        };
        let first = libm::floor(libm::log10(low)) as i32;
        let last = libm::ceil(libm::log10(high)) as i32;
        let all = (first..=last)
            .flat_map(|power| [1.0, 2.0, 5.0].map(|lead| lead * libm::pow(10.0, f64::from(power))));
        let all: Vec<f64> = all.collect();
        let near = |tick: f64, end: f64| (tick / end - 1.0).abs() < 1e-9;
        let below = all
            .iter()
            .rposition(|&tick| tick < low || near(tick, low))
            .unwrap_or(0);
        let above = all.iter().position(|&tick| tick > high || near(tick, high));
        let above = above
            .unwrap_or(all.len() - 1)
            .max(below + 1)
            .min(all.len() - 1);
        let kept = &all[below..=above];
        let whole = |tick: f64| near(libm::pow(10.0, libm::round(libm::log10(tick))), tick);
        let shown = kept
            .iter()
            .copied()
            .filter(|&tick| kept.len() <= 10 || whole(tick));
        Self {
            scale: Scale::Log,
            ..Self::ticked(unit, (all[below], all[above]), shown)
        }
    }

    /// Rows with names from the top down, at positions 0, 1, 2 ... .
    pub fn of_names(names: Vec<String>) -> Self {
        let count = names.len() as f64;
        let ticks = (0..names.len()).map(|index| index as f64);
        // Upside down: the first name is the highest.
        Self {
            names,
            ..Self::ticked(AxisUnit::plain(""), (count - 0.5, -0.5), ticks)
        }
    }

    fn ticked(unit: AxisUnit, ends: (f64, f64), ticks: impl Iterator<Item = f64>) -> Self {
        Self {
            scale: Scale::Linear,
            unit,
            low: ends.0,
            high: ends.1,
            ticks: ticks.collect(),
            names: Vec::new(),
        }
    }

    /// Name of the unit.
    pub fn unit(&self) -> &'static str {
        self.unit.name
    }

    /// Whether its ticks are names.
    pub fn is_names(&self) -> bool {
        !self.names.is_empty()
    }

    /// First and last value, in the order of the axis.
    pub fn ends(&self) -> (f64, f64) {
        (self.low / self.unit.factor, self.high / self.unit.factor)
    }

    /// Where a value lies between the ends: 0 to 1, those outside at the nearer end.
    fn share(&self, value: f64) -> f64 {
        let scaled = value * self.unit.factor;
        let scaled = if scaled.is_nan() { self.low } else { scaled };
        let inside = scaled.clamp(self.low.min(self.high), self.low.max(self.high));
        let [at, low, high] = [inside, self.low, self.high].map(|number| match self.scale {
            Scale::Linear => number,
            Scale::Log => libm::log10(number),
        });
        (at - low) / (high - low)
    }

    /// Label of the tick at this value.
    fn label(&self, value: f64) -> String {
        if let Some(name) = self.names.get(libm::round(value.max(0.0)) as usize) {
            return name.clone();
        }
        let scaled = value * self.unit.factor;
        match (self.scale, self.ticks.as_slice()) {
            (Scale::Linear, [first, second, ..]) => plain_number(scaled, (second - first).abs()),
            (Scale::Linear, _) => plain_number(scaled, 1.0),
            (Scale::Log, _) => plain_number(
                scaled,
                libm::pow(10.0, libm::floor(libm::log10(scaled) + 1e-9)),
            ),
        }
    }
}

impl Ranged for Axis {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, limit: (i32, i32)) -> i32 {
        let (from, to) = (f64::from(limit.0), f64::from(limit.1));
        libm::round(from + (to - from) * self.share(*value)) as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        if hint.weight().allow_light_points() {
            return Vec::new();
        }
        self.ticks
            .iter()
            .map(|tick| tick / self.unit.factor)
            .collect()
    }

    fn range(&self) -> Range<f64> {
        let (low, high) = self.ends();
        low..high
    }
}

impl ValueFormatter<f64> for Axis {
    fn format_ext(&self, value: &f64) -> String {
        self.label(*value)
    }
}

/// 1, 2 or 5 times a power of ten, at least `rough`.
fn round_step(rough: f64) -> f64 {
    let power = libm::pow(10.0, libm::floor(libm::log10(rough)));
    let lead = [1.0, 2.0, 5.0]
        .into_iter()
        .find(|lead| lead * power >= rough * (1.0 - 1e-9));
    lead.unwrap_or(10.0) * power
}

/// A tick's number with no more digits than its step needs, thousands apart.
fn plain_number(value: f64, step: f64) -> String {
    let decimals = (-libm::floor(libm::log10(step) + 1e-9)).clamp(0.0, 9.0) as usize;
    let text = format!("{value:.decimals$}");
    let (whole, fraction) = text
        .split_once('.')
        .map_or((text.as_str(), ""), |parts| parts);
    let digits = whole.trim_start_matches('-').len();
    let mut out = String::new();
    for (index, sign) in whole.chars().enumerate() {
        let left = whole.len() - index;
        if digits > 4 && index > 0 && left.is_multiple_of(3) && !out.ends_with('-') {
            out.push(',');
        }
        out.push(sign);
    }
    if !fraction.is_empty() {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use plotters::coord::ranged1d::BoldPoints;

    fn labels(axis: &Axis) -> Vec<String> {
        axis.key_points(BoldPoints(5))
            .iter()
            .map(|&tick| axis.label(tick))
            .collect()
    }

    #[test]
    fn an_axis_from_zero_ends_at_a_round_number() {
        let axis = Axis::from_zero(938.6, 5.0, AxisUnit::plain("requests/s"));
        assert_eq!(labels(&axis), ["0", "200", "400", "600", "800", "1000"]);
        let axis = Axis::from_zero(0.071, 4.0, AxisUnit::time(0.071));
        assert_eq!(
            (labels(&axis).join(" ").as_str(), axis.unit()),
            ("0 20 40 60 80", "ms")
        );
        let axis = Axis::from_zero(0.0, 4.0, AxisUnit::plain(""));
        assert_eq!(labels(&axis).last().unwrap(), "1.0");
    }

    #[test]
    fn a_log_axis_holds_its_data_and_clamps_the_rest() {
        let axis = Axis::log(0.012, 0.31, AxisUnit::time(0.31));
        assert_eq!(labels(&axis), ["10", "20", "50", "100", "200", "500"]);
        let at = |value: f64| axis.map(&value, (0, 300));
        assert!(at(0.012) > 0 && at(0.31) < 300);
        assert_eq!((at(-3.0), at(0.0), at(f64::INFINITY)), (0, 0, 300));
        // A tenth of the way from 10 to 500 ms in powers of ten.
        assert_eq!(at(0.01 * 50.0_f64.powf(0.1)), 30);
    }

    #[test]
    fn a_log_axis_over_many_decades_labels_only_the_powers() {
        let axis = Axis::log(0.000_02, 3.0, AxisUnit::time(3.0));
        assert_eq!(labels(&axis), ["0.1", "1", "10", "100", "1000"]);
    }

    #[test]
    fn an_axis_between_keeps_its_ends_exactly() {
        let axis = Axis::between(100.0, 960.0, 6.0, AxisUnit::plain("journeys/s"));
        assert_eq!(axis.range(), 100.0..960.0);
        assert_eq!(labels(&axis), ["200", "400", "600", "800"]);
    }

    #[test]
    fn large_ticks_are_grouped() {
        assert_eq!(plain_number(-12_000.0, 2_000.0), "-12,000");
        assert_eq!(plain_number(0.25, 0.05), "0.25");
    }
}
