//! Replications folded, in index order, into estimates.

use crate::engine::observation::{Level, Observations};
use crate::experiment::batches::Basis;
use crate::experiment::result::summary::{LevelSummary, TimeStatistics};
use crate::statistics::{
    Bands, BatchTimes, Confidence, Estimate, Histogram, Observed, Reason, quantile_of,
    quantile_of_batches, ratio_of_batches, ratio_of_sums, share_of, share_of_batches,
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
    /// What intervals rest on.
    pub basis: Basis<'a>,
    /// Nothing was drawn at random: values are known without error (S44).
    pub exact: bool,
}

/// A time as one replication saw it.
#[derive(Clone, Copy)]
pub struct Times<'a> {
    /// The values.
    pub histogram: &'a Histogram,
    /// How many.
    pub count: u64,
    /// Their sum, ns.
    pub sum: u128,
    /// Sum of their squares, s^2.
    pub squares: f64,
    /// Values that count as infinite (S18).
    pub missing: u64,
    /// Of a batch, in place of the histogram; `None` where a batch keeps none.
    pub bands: Option<&'a Bands>,
}

/// Length of the window of a replication, s.
pub fn window_s(run: &Observations) -> f64 {
    run.window.1.saturating_sub(run.window.0) as f64 / SECOND
}

impl<'a> Fold<'a> {
    /// Whether the estimate needs no interval because nothing is uncertain, or has none because
    /// the only replication is too short.
    fn settle(&self, estimate: Estimate) -> Estimate {
        match (estimate.value, self.basis) {
            (Some(value), _) if self.exact => Estimate::exact(value),
            (_, Basis::TooShort) if estimate.reason == Some(Reason::TooFewReplications) => {
                Estimate {
                    reason: Some(Reason::TooShortForBatches),
                    ..estimate
                }
            }
            _ => estimate,
        }
    }

    /// The replications, or the batches of the only one: what varies by chance.
    pub fn samples(&self) -> &'a [Observations] {
        match self.basis {
            Basis::Batches(batches) => batches,
            Basis::Replications | Basis::TooShort => self.runs,
        }
    }

    /// The same without batches where these keep nothing of components, stations and pools, as in
    /// large models: their values then come without intervals.
    #[must_use]
    pub fn of_parts(self) -> Self {
        let lacks = |batch: &Observations| batch.components.is_empty();
        match self.basis {
            Basis::Batches(batches) if batches.iter().any(lacks) => Self {
                basis: Basis::Replications,
                ..self
            },
            _ => self,
        }
    }

    /// Sum of the first over sum of the second.
    pub fn ratio(&self, parts: impl Fn(&'a Observations) -> (f64, f64)) -> Estimate {
        let whole: Vec<_> = self.runs.iter().map(&parts).collect();
        match self.basis {
            Basis::Batches(batches) => {
                let pairs: Vec<_> = batches.iter().map(parts).collect();
                self.ratio_of(&whole, &pairs)
            }
            Basis::Replications | Basis::TooShort => self.ratio_of(&whole, &whole),
        }
    }

    /// Sum over sum of the replications with the interval of the samples.
    fn ratio_of(&self, whole: &[(f64, f64)], samples: &[(f64, f64)]) -> Estimate {
        let estimate = ratio_of_sums(whole, self.confidence);
        self.settle(match (self.basis, estimate.value) {
            (Basis::Batches(_), Some(value)) => ratio_of_batches(samples).moved_to(value),
            _ => estimate,
        })
    }

    /// A count per second of the window; its interval does not reach below 0.
    pub fn per_second(&self, count: impl Fn(&'a Observations) -> u64) -> Estimate {
        let rate = self.ratio(|run| (count(run) as f64, window_s(run)));
        clamp(rate, f64::INFINITY)
    }

    /// One count per sample, per second of its window.
    pub fn counts_per_second(&self, counts: impl Iterator<Item = u64>) -> Estimate {
        let seconds = self.samples().iter().map(window_s);
        let pairs: Vec<_> = counts.map(|count| count as f64).zip(seconds).collect();
        clamp(self.ratio_of(&pairs, &pairs), f64::INFINITY)
    }

    /// Hits among all, one pair per sample (S42).
    pub fn share_of_counts(&self, counts: &[(u64, u64)]) -> Estimate {
        self.settle(match self.basis {
            Basis::Batches(_) => share_of_batches(counts),
            Basis::Replications | Basis::TooShort => share_of(counts, self.confidence),
        })
    }

    /// Hits among all (S42).
    pub fn share(&self, counts: impl Fn(&'a Observations) -> (u64, u64)) -> Estimate {
        let counts: Vec<_> = self.samples().iter().map(counts).collect();
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

    /// One quantile of a time, s (S31), given one entry per replication and per sample.
    pub fn quantile(&self, times: &[Times<'_>], samples: &[Times<'_>], p: f64) -> Estimate {
        let estimate = if let (Basis::Batches(_), [whole]) = (self.basis, times) {
            of_batches(whole, samples, p)
        } else {
            let observed = times.iter().map(|time| Observed {
                histogram: time.histogram,
                missing: time.missing,
            });
            quantile_of(&observed.collect::<Vec<_>>(), p, self.confidence)
        };
        self.settle(estimate)
    }

    /// All statistics of a time, s, given one entry per replication and per sample. With values
    /// missing the mean and the largest value are infinite and therefore not given.
    pub fn times(&self, times: &[Times<'_>], samples: &[Times<'_>]) -> TimeStatistics {
        let missing: u64 = times.iter().map(|time| time.missing).sum();
        let pairs = |times: &[Times<'_>]| -> Vec<(f64, f64)> {
            let pair = |time: &Times<'_>| (time.sum as f64 / SECOND, time.count as f64);
            times.iter().map(pair).collect()
        };
        let mean = match missing {
            0 => self.ratio_of(&pairs(times), &pairs(samples)),
            _ => Estimate::missing(Reason::AmongFailures),
        };
        let largest = times.iter().filter_map(|time| time.histogram.max()).max();
        let quantile = |p| self.quantile(times, samples, p);
        TimeStatistics {
            mean,
            sd: (missing == 0).then(|| deviation(times)).flatten(),
            p50: quantile(0.5),
            p90: quantile(0.9),
            p95: quantile(0.95),
            p99: quantile(0.99),
            p99_9: quantile(0.999),
            max: largest
                .filter(|_| missing == 0)
                .map(|ns| ns as f64 / SECOND),
        }
    }
}

/// A quantile of one run with the interval of its batches; without one where they keep no bands.
fn of_batches(whole: &Times<'_>, samples: &[Times<'_>], p: f64) -> Estimate {
    let batches: Option<Vec<BatchTimes<'_>>> = samples
        .iter()
        .map(|time| {
            let (bands, missing) = (time.bands?, time.missing);
            Some(BatchTimes { bands, missing })
        })
        .collect();
    match batches {
        Some(batches) => quantile_of_batches(whole.histogram, whole.missing, &batches, p),
        None => quantile_of_batches(whole.histogram, whole.missing, &[], p),
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
    let count: u64 = times.iter().map(|time| time.count).sum();
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
