//! Numbers as people read them: one formatter for the terminal, Markdown and plots.
//!
//! A measured value shows three significant digits (rates four, shares near 100 % as many as tell
//! the failures apart); beside an interval it shows digits down to the first one in doubt. What
//! is known exactly shows at most four (shares those of a measured one) and no trailing zeros.

pub use super::unit::Unit;
use crate::statistics::{Estimate, Reason};

/// Factor and suffix that suit values of this size.
fn scale(unit: Unit, size: f64) -> (f64, &'static str) {
    match unit {
        Unit::Seconds if size <= 0.0 => (1.0, "s"),
        Unit::Seconds if size < 0.999_5e-6 => (1e9, "ns"),
        Unit::Seconds if size < 0.999_5e-3 => (1e6, "µs"),
        Unit::Seconds if size < 0.999_5 => (1e3, "ms"),
        Unit::Seconds => (1.0, "s"),
        Unit::PerSecond => (1.0, "/s"),
        Unit::Share => (100.0, " %"),
        Unit::Points => (100.0, " pp"),
        Unit::Count => (1.0, ""),
    }
}

/// Power of ten of a positive number; one that rounds up to a power of ten counts as that.
fn exponent(number: f64) -> i32 {
    libm::floor(libm::log10(number * 1.000_5)) as i32
}

/// Digits after the point of a lone value, already scaled.
fn own_decimals(unit: Unit, scaled: f64) -> i32 {
    let size = scaled.abs();
    if size <= 0.0 || !size.is_finite() {
        return 0;
    }
    match unit {
        Unit::Share if size > 90.0 && size < 100.0 => (1 - exponent(100.0 - size)).clamp(1, 5),
        Unit::Share | Unit::Points => (1 - exponent(size)).clamp(1, 5),
        Unit::PerSecond => (3 - exponent(size)).clamp(0, 6),
        Unit::Seconds | Unit::Count => (2 - exponent(size)).clamp(0, 6),
    }
}

/// Half-width over value below which an interval says no more than rounding: the value is exact.
const EXACT: f64 = 1e-6;

/// `1234567.5` with `decimals` digits and thousands apart; what rounds to nothing is `0`.
fn grouped(number: f64, decimals: i32) -> String {
    let text = format!("{number:.*}", usize::try_from(decimals).unwrap_or(0));
    let is_zero = |byte: u8| matches!(byte, b'0' | b'.' | b'-');
    if text.bytes().all(is_zero) {
        return "0".to_owned();
    }
    let (sign, rest) = text
        .strip_prefix('-')
        .map_or(("", text.as_str()), |rest| ("-", rest));
    let (whole, fraction) = rest
        .split_once('.')
        .map_or((rest, None), |(w, f)| (w, Some(f)));
    let mut out = String::from(sign);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && whole.len() > 4 && (whole.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

/// One value with its unit: `70.7ms`, `560.0/s`, `0.020 %`.
pub fn number(value: f64, unit: Unit) -> String {
    if !value.is_finite() {
        return "no number".to_owned();
    }
    let (factor, suffix) = scale(unit, value.abs());
    let scaled = value * factor;
    format!("{}{suffix}", grouped(scaled, own_decimals(unit, scaled)))
}

/// An exact value, already scaled, with no more digits than it needs.
fn exactly(unit: Unit, scaled: f64) -> String {
    let own = own_decimals(unit, scaled);
    let four = match unit {
        Unit::Share | Unit::Points => own,
        _ if scaled.abs() > 0.0 => (3 - exponent(scaled.abs())).clamp(0, 6),
        _ => 0,
    };
    let text = grouped(scaled, own.max(four));
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// A value with its interval in the same unit and digits: (`70.7ms`, `[70.1, 71.3]ms`).
pub fn with_interval(value: f64, (low, high): (f64, f64), unit: Unit) -> (String, String) {
    let size = value.abs().max((high - low) / 2.0);
    let (factor, suffix) = scale(unit, size);
    let half = (high - low) / 2.0 * factor;
    if value.is_finite() && half <= EXACT * (value * factor).abs() {
        let text = exactly(unit, value * factor);
        return (
            format!("{text}{suffix}"),
            format!("[{text}, {text}]{suffix}"),
        );
    }
    let own = own_decimals(unit, value * factor);
    let decimals = if half > 0.0 && half.is_finite() {
        let first = -exponent(half);
        own.clamp(first, first + 1).clamp(0, own + 3)
    } else {
        own
    };
    let [value, low, high] = [value, low, high].map(|end| grouped(end * factor, decimals));
    (
        format!("{value}{suffix}"),
        format!("[{low}, {high}]{suffix}"),
    )
}

/// Why a part of an estimate is missing, in the words of `summary.json`.
pub fn reason(reason: Option<Reason>) -> String {
    reason
        .and_then(|reason| serde_json::to_value(reason).ok())
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_else(|| "no data".to_owned())
}

/// The value of an estimate, or why there is none.
pub fn value(estimate: &Estimate, unit: Unit) -> String {
    match (estimate.value, estimate.ci95) {
        (Some(value), Some(ends)) => with_interval(value, ends, unit).0,
        (Some(value), None) => number(value, unit),
        (None, _) => reason(estimate.reason),
    }
}

/// The interval of an estimate, or why there is none; empty when the value is missing already.
pub fn interval(estimate: &Estimate, unit: Unit) -> String {
    match (estimate.value, estimate.ci95) {
        (Some(value), Some(ends)) => with_interval(value, ends, unit).1,
        (Some(_), None) => reason(estimate.reason),
        (None, _) => String::new(),
    }
}

/// Value and interval in one go: `70.7ms [70.1, 71.3]ms`, or the reason.
pub fn full(estimate: &Estimate, unit: Unit) -> String {
    match interval(estimate, unit) {
        empty if empty.is_empty() => value(estimate, unit),
        interval if estimate.ci95.is_none() => format!("{} ({interval})", value(estimate, unit)),
        interval => format!("{} {interval}", value(estimate, unit)),
    }
}

/// A difference with its sign: `+3.10ms`, `-0.50 pp`.
pub fn signed(value: f64, unit: Unit) -> String {
    let text = number(value, unit);
    if value > 0.0 {
        format!("+{text}")
    } else {
        text
    }
}

/// A relative difference with its sign in whole percent: `+12 %`, `0 %`.
pub fn change(share: f64) -> String {
    let percent = libm::round(share * 100.0);
    if percent.abs() > 0.0 {
        format!("{percent:+.0} %")
    } else {
        "0 %".to_owned()
    }
}

/// A count with thousands apart: `3,300,000`.
pub fn whole(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && digits.len() > 4 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A large count in short: `41.3 M`.
pub fn short(count: f64) -> String {
    match count {
        c if c >= 1e9 => format!("{} G", grouped(c / 1e9, 1)),
        c if c >= 1e6 => format!("{} M", grouped(c / 1e6, 1)),
        c if c >= 1e4 => format!("{} k", grouped(c / 1e3, 1)),
        c => grouped(c, 0),
    }
}

/// The length of a run: `45 s`, `10 min`, `2 h 30 min`.
pub fn span(seconds: f64) -> String {
    if seconds < 1.0 {
        return number(seconds, Unit::Seconds);
    }
    if seconds < 120.0 {
        return format!("{} s", libm::round(seconds * 10.0) / 10.0);
    }
    let whole = libm::round(seconds) as u64;
    let parts = [
        (whole / 3600, "h"),
        (whole / 60 % 60, "min"),
        (whole % 60, "s"),
    ];
    let shown: Vec<String> = parts
        .iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, unit)| format!("{n} {unit}"))
        .collect();
    shown.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_take_the_unit_that_suits_them() {
        let cases = [
            (0.0, "0s"),
            (0.000_000_05, "50.0ns"),
            (0.000_012, "12.0µs"),
            (0.070_71, "70.7ms"),
            (0.103, "103ms"),
            (0.999_9, "1.00s"),
            (14.979, "15.0s"),
            (36_000.0, "36,000s"),
        ];
        for (seconds, text) in cases {
            assert_eq!(number(seconds, Unit::Seconds), text);
        }
    }

    #[test]
    fn shares_keep_the_digits_that_tell_failures_apart() {
        let cases = [
            (0.0, "0 %"),
            (0.000_2, "0.020 %"),
            (0.012_34, "1.2 %"),
            (0.75, "75.0 %"),
            (0.999_8, "99.980 %"),
            (1.0, "100.0 %"),
        ];
        for (share, text) in cases {
            assert_eq!(number(share, Unit::Share), text);
        }
        assert_eq!(signed(0.005, Unit::Share.of_difference()), "+0.50 pp");
    }

    #[test]
    fn value_and_interval_share_unit_and_digits() {
        let pair = with_interval(0.070_7, (0.070_1, 0.071_3), Unit::Seconds);
        assert_eq!(pair, ("70.7ms".to_owned(), "[70.1, 71.3]ms".to_owned()));
        let pair = with_interval(559.94, (559.51, 560.37), Unit::PerSecond);
        assert_eq!(pair, ("559.9/s".to_owned(), "[559.5, 560.4]/s".to_owned()));
        // A narrow interval brings more digits out, but no more than three.
        let pair = with_interval(0.026_394, (0.026_392, 0.026_396), Unit::Seconds);
        assert_eq!(pair.1, "[26.392, 26.396]ms");
        let pair = with_interval(0.0, (-0.001, 0.001), Unit::Seconds);
        assert_eq!(pair.1, "[-1, 1]ms");
        // An interval wider than its value takes its digits from the interval.
        let pair = with_interval(0.02, (-0.48, 0.52), Unit::PerSecond);
        assert_eq!(pair.1, "[-0.48, 0.52]/s");
    }

    #[test]
    fn exact_values_show_no_more_digits_than_they_need() {
        let exact = |value, unit| with_interval(value, (value, value), unit).0;
        assert_eq!(exact(0.022, Unit::Seconds), "22ms");
        assert_eq!(exact(0.003_490_12, Unit::Seconds), "3.49ms");
        assert_eq!(exact(559.94, Unit::PerSecond), "559.9/s");
        assert_eq!(exact(1.0, Unit::Share), "100 %");
        assert_eq!(exact(0.999_998, Unit::Share), "99.9998 %");
        assert_eq!(exact(0.0, Unit::Count), "0");
        let noise = with_interval(0.022, (0.022 - 1e-15, 0.022 + 1e-15), Unit::Seconds);
        assert_eq!(noise.1, "[22, 22]ms");
        assert_eq!(number(1e-12, Unit::Count), "0");
        assert_eq!([change(-0.004), change(-0.126)], ["0 %", "-13 %"]);
    }

    #[test]
    fn a_missing_part_says_why() {
        let growing = Estimate::missing(Reason::GrowsWithTime);
        assert_eq!(full(&growing, Unit::Seconds), "grows with time");
        let lone = Estimate::without_interval(0.5, Reason::TooFewReplications);
        assert_eq!(
            full(&lone, Unit::Seconds),
            "500ms (too few replications for an interval)"
        );
    }

    #[test]
    fn large_counts_and_spans() {
        assert_eq!(whole(3_300_000), "3,300,000");
        assert_eq!(short(41_300_000.0), "41.3 M");
        assert_eq!(
            [span(45.0), span(3.21), span(9_000.0)],
            ["45 s", "3.2 s", "2 h 30 min"]
        );
        assert_eq!(number(-1_234_567.0, Unit::Count), "-1,234,567");
    }
}
