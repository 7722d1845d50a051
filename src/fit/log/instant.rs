//! Instants as logs write them, as seconds since 1970.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// `10/Oct/2000:13:55:36 -0700`.
pub fn of_access_log(text: &str) -> Option<f64> {
    let told = jiff::fmt::strtime::parse("%d/%b/%Y:%H:%M:%S %z", text).ok()?;
    Some(seconds(told.to_timestamp().ok()?))
}

/// `2026-11-30T12:00:00.123+09:00`, a number of seconds or, from 10^11 on, of milliseconds, or
/// `2026-11-30 12:00:00` and `2026/11/30 12:00:00.123` without zone.
pub fn of(text: &str) -> Option<f64> {
    let text = text.trim();
    if let Ok(number) = text.parse::<f64>() {
        let is_sound = number.is_finite() && number >= 0.0;
        return is_sound.then_some(if number >= 1e11 { number / 1e3 } else { number });
    }
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Some(seconds(instant));
    }
    let civil: DateTime = text.replace('/', "-").parse().ok()?;
    let zoned = civil.to_zoned(TimeZone::UTC).ok()?;
    Some(seconds(zoned.timestamp()))
}

fn seconds(instant: Timestamp) -> f64 {
    instant.as_nanosecond() as f64 / 1e9
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_instant_in_every_form() {
        let expected = 971_211_336.0;
        for text in [
            "2000-10-10T13:55:36-07:00",
            "2000-10-10T20:55:36.000Z",
            "2000-10-10 20:55:36",
            "2000/10/10 20:55:36.000",
            "971211336",
            "971211336000",
        ] {
            assert_eq!(of(text), Some(expected), "{text}");
        }
        assert_eq!(of_access_log("10/Oct/2000:13:55:36 -0700"), Some(expected));
        for text in ["", "-5", "NaN", "yesterday", "2000-13-10T00:00:00Z"] {
            assert_eq!(of(text), None, "{text}");
        }
        assert_eq!(of_access_log("10/Okt/2000:13:55:36 -0700"), None);
    }
}
