//! Units of the numbers in reports, and how keys and subjects tell them.

/// What a number measures, which decides its unit and digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A time in seconds, shown in ns, µs, ms or s.
    Seconds,
    /// A rate per second.
    PerSecond,
    /// A share of 0 to 1, shown in percent.
    Share,
    /// A difference of shares, shown in percentage points.
    Points,
    /// A plain number.
    Count,
}

impl Unit {
    /// The unit behind the word of an objective: `s`, `per_s`, `share`, `count`.
    pub fn of_word(word: &str) -> Self {
        match word {
            "s" => Self::Seconds,
            "per_s" => Self::PerSecond,
            "share" => Self::Share,
            _ => Self::Count,
        }
    }

    /// The unit of a key of `summary.json`, such as `response_time_s.p95` or `was.utilisation`.
    pub fn of_key(key: &str) -> Self {
        const SHARES: [&str; 8] = [
            "utilisation",
            "error_rate",
            "availability",
            "error_free_seconds",
            "waited_share",
            "blocked_share",
            "hit_ratio",
            "ratio",
        ];
        let mut parts = key.split('.').rev();
        parts
            .find_map(|part| {
                if part.ends_with("_s") {
                    Some(Self::Seconds)
                } else if part.ends_with("_rps") {
                    Some(Self::PerSecond)
                } else {
                    SHARES.contains(&part).then_some(Self::Share)
                }
            })
            .unwrap_or(Self::Count)
    }

    /// Subject and unit of a comparison with theory: the unit stands behind a comma as in
    /// `db mean wait, s`, or is told by what stands before an equals sign.
    pub fn of_subject(subject: &str) -> (&str, Self) {
        match subject.rsplit_once(", ") {
            Some((name, "s")) => return (name, Self::Seconds),
            Some((name, unit)) if unit.ends_with("/s") => return (name, Self::PerSecond),
            _ => {}
        }
        let what = subject.split(" = ").next().unwrap_or(subject);
        let unit = if what.ends_with("/s") {
            Self::PerSecond
        } else if what.contains("utilisation") || what.contains("share") {
            Self::Share
        } else {
            Self::Count
        };
        (subject, unit)
    }

    /// The unit of a difference of two values in this unit.
    #[must_use]
    pub fn of_difference(self) -> Self {
        if self == Self::Share {
            Self::Points
        } else {
            self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_tell_their_unit() {
        assert_eq!(Unit::of_key("response_time_s.p95"), Unit::Seconds);
        assert_eq!(Unit::of_key("components.was.utilisation"), Unit::Share);
        assert_eq!(Unit::of_key("throughput_rps"), Unit::PerSecond);
        assert_eq!(Unit::of_key("in_system.mean"), Unit::Count);
        assert_eq!(
            Unit::of_subject("db mean wait, s"),
            ("db mean wait", Unit::Seconds)
        );
        assert_eq!(
            Unit::of_subject("throughput, requests/s").1,
            Unit::PerSecond
        );
        assert_eq!(
            Unit::of_subject("services/s = throughput x visits").1,
            Unit::PerSecond
        );
        assert_eq!(
            Unit::of_subject("db utilisation = throughput x demand").1,
            Unit::Share
        );
        assert_eq!(
            Unit::of_subject("users, thinking"),
            ("users, thinking", Unit::Count)
        );
    }
}
