//! An estimate: a value, its 95 % interval, and the reason when one of them is missing.

use super::student::t_quantile;
use serde::{Deserialize, Serialize};

/// How the number of replications came about, which sets the quantile of t behind an interval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Confidence {
    /// The number was fixed beforehand: the plain 95 % quantile.
    #[default]
    Fixed,
    /// Replications stopped when the interval was narrow enough. Such intervals cover too little,
    /// so the two-sided 97 % quantile is used and reported as 95 % (S32).
    Sequential,
    /// Looked at up to so many times, at least once, until a bound is kept or broken: each look has
    /// its share of the 5 % (C. Bonferroni), so that all of them together err in no more.
    Looks(u32),
}

impl Confidence {
    /// Half-width in standard errors of an interval from `groups` independent values (2 or more).
    pub fn t(self, groups: usize) -> f64 {
        let degrees = u32::try_from(groups.saturating_sub(1))
            .unwrap_or(u32::MAX)
            .max(1);
        match self {
            Self::Fixed => t_quantile(0.975, degrees),
            Self::Sequential => t_quantile(0.985, degrees),
            Self::Looks(most) => t_quantile(1.0 - 0.025 / f64::from(most.max(1)), degrees),
        }
    }
}

/// Why an estimate lacks its value or its interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reason {
    /// Nothing was observed.
    #[serde(rename = "no data")]
    NoData,
    /// The backlog grows all the time, so there is no steady value (S33).
    #[serde(rename = "grows with time")]
    GrowsWithTime,
    /// The quantile falls among the requests that never got an answer (S18).
    #[serde(rename = "falls among the failed requests")]
    AmongFailures,
    /// Too close to call whether the quantile falls among the failed requests (S18).
    #[serde(rename = "too near the share of failed requests")]
    NearFailures,
    /// One replication says nothing about the spread.
    #[serde(rename = "too few replications for an interval")]
    TooFewReplications,
    /// One replication whose values resemble each other for too long to be cut into batches.
    #[serde(rename = "too short for batch means")]
    TooShortForBatches,
    /// Fewer than five groups of the size a quantile needs (S31).
    #[serde(rename = "too few requests for an interval")]
    TooFewSamples,
    /// A number that cannot be negative, and would be in the best fit (the throughput law).
    #[serde(rename = "held at its bound")]
    AtBound,
}

/// A value with its 95 % confidence interval; `null` parts carry a reason.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The point estimate in the unit of what is measured.
    pub value: Option<f64>,
    /// Lower and upper end of the 95 % interval.
    pub ci95: Option<(f64, f64)>,
    /// Why `value` or `ci95` is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// Number of independent values behind the interval (degrees of freedom + 1); 0 without one.
    #[serde(skip)]
    pub groups: usize,
}

impl Estimate {
    /// A value known without error, as in a model that draws nothing (S44).
    pub fn exact(value: f64) -> Self {
        Self {
            value: Some(value),
            ci95: Some((value, value)),
            reason: None,
            groups: 0,
        }
    }

    /// No value, for this reason.
    pub fn missing(reason: Reason) -> Self {
        Self {
            value: None,
            ci95: None,
            reason: Some(reason),
            groups: 0,
        }
    }

    /// A value without interval, for this reason.
    pub fn without_interval(value: f64, reason: Reason) -> Self {
        Self {
            value: Some(value),
            ci95: None,
            reason: Some(reason),
            groups: 0,
        }
    }

    /// A symmetric interval of `half_width` that rests on `groups` independent values.
    pub fn around(value: f64, half_width: f64, groups: usize) -> Self {
        let ci95 = Some((value - half_width, value + half_width));
        Self {
            value: Some(value),
            ci95,
            reason: None,
            groups,
        }
    }

    /// The same interval about another value.
    #[must_use]
    pub fn moved_to(&self, value: f64) -> Self {
        let off = value - self.value.unwrap_or(value);
        Self {
            value: Some(value),
            ci95: self.ci95.map(|(low, high)| (low + off, high + off)),
            ..*self
        }
    }

    /// Half of the interval's length.
    pub fn half_width(&self) -> Option<f64> {
        self.ci95.map(|(low, high)| (high - low) / 2.0)
    }

    /// Half-width as a share of the value; 0 for an interval of no width, `None` without interval
    /// or for a value of 0.
    pub fn relative_half_width(&self) -> Option<f64> {
        match (self.half_width()?, self.value?) {
            (half, _) if half <= 0.0 => Some(0.0),
            (half, value) => (value.abs() > 0.0).then(|| half / value.abs()),
        }
    }

    /// Whether the interval leaves out `number`; false without interval.
    pub fn excludes(&self, number: f64) -> bool {
        self.ci95
            .is_some_and(|(low, high)| number < low || number > high)
    }

    /// The same estimate with value and interval multiplied by `factor`, to change its unit.
    #[must_use]
    pub fn scaled(&self, factor: f64) -> Self {
        let ends = |(low, high): (f64, f64)| {
            if factor < 0.0 {
                (high * factor, low * factor)
            } else {
                (low * factor, high * factor)
            }
        };
        Self {
            value: self.value.map(|v| v * factor),
            ci95: self.ci95.map(ends),
            ..*self
        }
    }

    /// The interval stretched about its value to another two-sided level of t (such as 0.999).
    ///
    /// `None` without interval. Ends are stretched apart, so a lopsided interval stays lopsided.
    pub fn interval_at(&self, level: f64) -> Option<(f64, f64)> {
        let ((low, high), value) = (self.ci95?, self.value?);
        if self.groups < 2 {
            return Some((low, high));
        }
        let degrees = u32::try_from(self.groups - 1).unwrap_or(u32::MAX);
        let factor = t_quantile(0.5 + level / 2.0, degrees) / t_quantile(0.975, degrees);
        Some((
            value - (value - low) * factor,
            value + (high - value) * factor,
        ))
    }
}

/// Mean of one value per replication, with Student's interval.
///
/// Source: A. Law, *Simulation Modeling and Analysis*, section 9.4.1. One replication gives a
/// value without interval, none gives no data.
pub fn mean_of(values: &[f64], confidence: Confidence) -> Estimate {
    let Some((mean, sd)) = mean_and_sd(values) else {
        return Estimate::missing(Reason::NoData);
    };
    if values.len() < 2 {
        return Estimate::without_interval(mean, Reason::TooFewReplications);
    }
    let error = sd / (values.len() as f64).sqrt();
    Estimate::around(mean, confidence.t(values.len()) * error, values.len())
}

/// Mean and sample standard deviation (0 for a single value), summed in index order about the
/// first value so that equal values give a spread of exactly 0. `None` when empty.
pub fn mean_and_sd(values: &[f64]) -> Option<(f64, f64)> {
    let (&shift, count) = (values.first()?, values.len() as f64);
    let off = values.iter().map(|v| v - shift).sum::<f64>() / count;
    if values.len() < 2 {
        return Some((shift, 0.0));
    }
    let squares: f64 = values.iter().map(|v| v - shift - off).map(|v| v * v).sum();
    Some((shift + off, (squares / (count - 1.0)).sqrt()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::samples::Samples;

    #[test]
    fn a_pencil_interval() {
        // Mean 3, s^2 = 2.5, n = 5: half-width 2.7764 * sqrt(2.5 / 5).
        let estimate = mean_of(&[1.0, 2.0, 3.0, 4.0, 5.0], Confidence::Fixed);
        let (low, high) = estimate.ci95.unwrap();
        assert!((low - (3.0 - 1.963_24)).abs() < 1e-4 && (high - 4.963_24).abs() < 1e-4);
        let wider = mean_of(&[1.0, 2.0, 3.0, 4.0, 5.0], Confidence::Sequential);
        assert!(wider.half_width() > estimate.half_width());
    }

    #[test]
    fn missing_parts_carry_their_reason() {
        assert_eq!(mean_of(&[], Confidence::Fixed).reason, Some(Reason::NoData));
        let single = mean_of(&[7.0], Confidence::Fixed);
        assert_eq!(single.reason, Some(Reason::TooFewReplications));
        assert_eq!(single.ci95, None);
    }

    #[test]
    fn equal_replications_give_an_interval_of_no_width() {
        let estimate = mean_of(&[0.1; 7], Confidence::Fixed);
        assert_eq!(estimate.ci95, Some((0.1, 0.1)));
    }

    #[test]
    fn intervals_of_independent_samples_cover_as_often_as_they_say() {
        let mut samples = Samples::new(11);
        let covered = (0..4_000)
            .filter(|_| {
                let values: Vec<f64> = (0..12).map(|_| samples.normal(5.0, 2.0)).collect();
                !mean_of(&values, Confidence::Fixed).excludes(5.0)
            })
            .count() as f64;
        // Binomial(4000, 0.95): three standard errors are 0.0103.
        assert!((covered / 4_000.0 - 0.95).abs() < 0.0104, "{covered}");
    }

    #[test]
    fn the_json_of_an_estimate_has_value_and_interval() {
        let text = serde_json::to_string(&Estimate::around(2.0, 0.5, 10)).unwrap();
        assert_eq!(text, r#"{"value":2.0,"ci95":[1.5,2.5]}"#);
        let text = serde_json::to_string(&Estimate::missing(Reason::GrowsWithTime)).unwrap();
        assert_eq!(
            text,
            r#"{"value":null,"ci95":null,"reason":"grows with time"}"#
        );
    }
}
