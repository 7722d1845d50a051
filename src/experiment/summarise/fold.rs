//! Replications folded, in index order, into estimates.

use crate::engine::observation::{Level, Observations};
use crate::experiment::result::summary::{LevelSummary, TimeStatistics};
use crate::statistics::{
    Confidence, Estimate, Histogram, Observed, Reason, quantile_of, ratio_of_sums, share_of,
};

/// Nanoseconds of a second.
const SECOND: f64 = 1e9;

/// The replications of one design and how their intervals are made.
#[derive(Clone, Copy)]
pub struct Fold<'a> {
    /// In index order.
    pub runs: &'a [Observations],
    /// Fixed or sequential number (S32).
    pub confidence: Confidence,
    /// Nothing was drawn at random: values are known without error (S44).
    pub exact: bool,
}

/// A time as one replication saw it.
#[derive(Clone, Copy)]
pub struct Times<'a> {
    /// The values.
    pub histogram: &'a Histogram,
    /// Their sum, ns.
    pub sum: u128,
    /// Sum of their squares, s^2.
    pub squares: f64,
    /// Values that count as infinite (S18).
    pub missing: u64,
}

/// Length of the window of a replication, s.
pub fn window_s(run: &Observations) -> f64 {
    run.window.1.saturating_sub(run.window.0) as f64 / SECOND
}

impl<'a> Fold<'a> {
    /// Whether the estimate needs no interval because nothing is uncertain.
    fn settle(&self, estimate: Estimate) -> Estimate {
        match estimate.value {
            Some(value) if self.exact => Estimate::exact(value),
            _ => estimate,
        }
    }

    /// Sum of the first over sum of the second.
    pub fn ratio(&self, parts: impl Fn(&'a Observations) -> (f64, f64)) -> Estimate {
        let pairs: Vec<_> = self.runs.iter().map(parts).collect();
        self.settle(ratio_of_sums(&pairs, self.confidence))
    }

    /// A count per second of the window; its interval does not reach below 0.
    pub fn per_second(&self, count: impl Fn(&'a Observations) -> u64) -> Estimate {
        let rate = self.ratio(|run| (count(run) as f64, window_s(run)));
        clamp(rate, f64::INFINITY)
    }

    /// One count per replication, per second of its window.
    pub fn counts_per_second(&self, counts: impl Iterator<Item = u64>) -> Estimate {
        let seconds = self.runs.iter().map(window_s);
        let pairs: Vec<_> = counts.map(|count| count as f64).zip(seconds).collect();
        clamp(
            self.settle(ratio_of_sums(&pairs, self.confidence)),
            f64::INFINITY,
        )
    }

    /// Hits among all, one pair per replication (S42).
    pub fn share_of_counts(&self, counts: &[(u64, u64)]) -> Estimate {
        self.settle(share_of(counts, self.confidence))
    }

    /// Hits among all (S42).
    pub fn share(&self, counts: impl Fn(&'a Observations) -> (u64, u64)) -> Estimate {
        let counts: Vec<_> = self.runs.iter().map(counts).collect();
        self.share_of_counts(&counts)
    }

    /// Time average of an area in level x ns, in units of the level over `capacity`; its interval
    /// does not reach below 0.
    pub fn average(&self, area: impl Fn(&'a Observations) -> u128, capacity: f64) -> Estimate {
        let level = self.ratio(|run| (area(run) as f64 / SECOND, window_s(run) * capacity));
        clamp(level, f64::INFINITY)
    }

    /// Mean and largest value of a level.
    pub fn level(&self, level: impl Fn(&'a Observations) -> Level) -> LevelSummary {
        LevelSummary {
            mean: self.average(|run| level(run).area, 1.0),
            max: self
                .runs
                .iter()
                .map(|run| level(run).max)
                .max()
                .unwrap_or(0),
        }
    }

    /// Mean of summed nanoseconds over a count, s.
    pub fn mean_time(&self, parts: impl Fn(&'a Observations) -> (u128, u64)) -> Estimate {
        self.ratio(|run| {
            let (sum, count) = parts(run);
            (sum as f64 / SECOND, count as f64)
        })
    }

    /// One quantile of a time, s (S31).
    pub fn quantile(&self, times: &[Times<'_>], p: f64) -> Estimate {
        let observed: Vec<_> = times
            .iter()
            .map(|time| Observed {
                histogram: time.histogram,
                missing: time.missing,
            })
            .collect();
        self.settle(quantile_of(&observed, p, self.confidence))
    }

    /// All statistics of a time, s, one entry per replication. With values missing the mean and
    /// the largest value are infinite and therefore not given.
    pub fn times(&self, times: &[Times<'_>]) -> TimeStatistics {
        let missing: u64 = times.iter().map(|time| time.missing).sum();
        let pairs: Vec<_> = times
            .iter()
            .map(|time| (time.sum as f64 / SECOND, time.histogram.count() as f64))
            .collect();
        let mean = match missing {
            0 => self.settle(ratio_of_sums(&pairs, self.confidence)),
            _ => Estimate::missing(Reason::AmongFailures),
        };
        let largest = times.iter().filter_map(|time| time.histogram.max()).max();
        TimeStatistics {
            mean,
            sd: (missing == 0).then(|| deviation(times)).flatten(),
            p50: self.quantile(times, 0.5),
            p90: self.quantile(times, 0.9),
            p95: self.quantile(times, 0.95),
            p99: self.quantile(times, 0.99),
            p99_9: self.quantile(times, 0.999),
            max: largest
                .filter(|_| missing == 0)
                .map(|ns| ns as f64 / SECOND),
        }
    }
}

/// The estimate with value and interval cut to what is possible, 0 to `most`: rounding and
/// symmetric intervals reach beyond.
pub fn clamp(estimate: Estimate, most: f64) -> Estimate {
    let cut = |value: f64| value.clamp(0.0, most);
    Estimate {
        value: estimate.value.map(cut),
        ci95: estimate.ci95.map(|(low, high)| (cut(low), cut(high))),
        ..estimate
    }
}

/// Sample standard deviation of all values together, s.
fn deviation(times: &[Times<'_>]) -> Option<f64> {
    let count: u64 = times.iter().map(|time| time.histogram.count()).sum();
    if count < 2 {
        return None;
    }
    let count = count as f64;
    let mean = times
        .iter()
        .map(|time| time.sum as f64 / SECOND)
        .sum::<f64>()
        / count;
    let squares: f64 = times.iter().map(|time| time.squares).sum();
    Some(((squares / count - mean * mean).max(0.0) * count / (count - 1.0)).sqrt())
}

/// A duration in ns as seconds.
pub fn seconds(ns: u64) -> f64 {
    ns as f64 / SECOND
}
