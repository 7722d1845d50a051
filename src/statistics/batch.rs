//! Batch means: intervals from one long run (the alternative to replications).
//!
//! Values that follow one another in a queue resemble each other, so the spread of single ones
//! says too little. Means over long enough stretches are nearly independent, and their spread
//! gives an honest interval. How long is enough is read off the run itself.

use super::bands::{Bands, Cut};
use super::estimate::{Confidence, Estimate, Reason};
use super::histogram::{Histogram, RELATIVE_ERROR};
use super::quantile::{FEWEST_GROUPS, needed};
use super::ratio::{influences, ratio, ratio_of_sums, standard_error};
use super::share::share_stretched;

/// Fewest stretches that the test of independence is believed from.
const FEWEST_TESTED: usize = 28;
/// Stretches to a batch: what a test of few of them may overlook fades further within a batch.
const MARGIN: usize = 4;
/// Most batches: more narrow the interval by little and are shorter (B. Schmeiser 1982,
/// *Operations Research* 30: 10 to 30 batches).
pub const MOST_BATCHES: usize = 30;
/// One-sided 10 % point of the normal law: a positive correlation is believed from here on.
const BELIEVED: f64 = 1.281_551_6;

/// Ratio of von Neumann on ranks, as standard errors below its mean; positive values speak for a
/// positive correlation of neighbours. `None` for fewer than four values or equal ones.
///
/// Source: R. Bartels 1982, *The rank version of von Neumann's ratio test for randomness*, JASA
/// 77: mean 2, variance 4(n-2)(5n²-2n-9) / (5n(n+1)(n-1)²).
pub fn resemblance(values: &[f64]) -> Option<f64> {
    let n = values.len() as f64;
    if values.len() < 4 {
        return None;
    }
    let ranks = ranks(values);
    let middle = (n - 1.0) / 2.0;
    let spread: f64 = ranks.iter().map(|r| (r - middle) * (r - middle)).sum();
    let steps: f64 = ranks
        .windows(2)
        .map(|p| (p[1] - p[0]) * (p[1] - p[0]))
        .sum();
    let variance = 4.0 * (n - 2.0) * (5.0 * n * n - 2.0 * n - 9.0)
        / (5.0 * n * (n + 1.0) * (n - 1.0) * (n - 1.0));
    (spread > 0.0).then(|| (2.0 - steps / spread) / variance.sqrt())
}

/// Ranks from 0; equal values share the mean of theirs.
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    for tied in order.chunk_by(|&a, &b| values[a].total_cmp(&values[b]).is_eq()) {
        let first = order.partition_point(|&one| values[one].total_cmp(&values[tied[0]]).is_lt());
        let rank = first as f64 + (tied.len() - 1) as f64 / 2.0;
        for &one in tied {
            ranks[one] = rank;
        }
    }
    ranks
}

/// How many batches a run can be cut into, by equal buckets of its time.
///
/// Each series holds (sum, count) for every bucket, such as response times and answers. Buckets
/// are joined to stretches of 1, 2, 3, 4, 6, 8, 12 ... until neighbouring means of no series
/// resemble each other at 10 %; a batch is four such stretches. `None` when fewer than 28 are
/// left, which would be fewer than seven batches: the run is too short for its correlation.
/// A series that never changes sets no length. Means without any count are those before them.
/// Sources: A. Law, J. Carson 1979, *Operations Research* 27 (test small batches, use larger);
/// G. Fishman, L. Yarberry 1997, *INFORMS J. on Computing* 9 (von Neumann's ratio as the test).
pub fn batch_count(series: &[Vec<(f64, f64)>]) -> Option<usize> {
    let buckets = series.iter().map(Vec::len).min()?;
    let powers = std::iter::successors(Some(2_usize), |power| power.checked_mul(2));
    let size = std::iter::once(1)
        .chain(powers.flat_map(|power| [power, power / 2 * 3]))
        .take_while(|size| buckets / size >= FEWEST_TESTED)
        .find(|&size| series.iter().all(|one| is_mixed(&one[..buckets], size)))?;
    Some((buckets / size / MARGIN).min(MOST_BATCHES))
}

fn is_mixed(buckets: &[(f64, f64)], size: usize) -> bool {
    let mut last = 0.0;
    let means: Vec<f64> = buckets
        .chunks_exact(size)
        .map(|chunk| {
            last = ratio(chunk).unwrap_or(last);
            last
        })
        .collect();
    resemblance(&means).is_none_or(|errors| errors < BELIEVED)
}

/// Sum over sum of a run that was cut into batches, one pair per batch: as
/// [`ratio_of_sums`], the half-width stretched by what correlation is left.
pub fn ratio_of_batches(pairs: &[(f64, f64)]) -> Estimate {
    let estimate = ratio_of_sums(pairs, Confidence::Fixed);
    match (estimate.value, estimate.half_width()) {
        (Some(value), Some(half)) => {
            let stretch = stretch(&influences(pairs, value));
            Estimate::around(value, half * stretch, estimate.groups)
        }
        _ => estimate,
    }
}

/// Share of `hits` among all, one pair per batch: as [`share_of`](super::share_of), the design
/// effect multiplied by what correlation is left.
pub fn share_of_batches(counts: &[(u64, u64)]) -> Estimate {
    share_stretched(counts, Confidence::Fixed, stretch)
}

/// By how much neighbours that still resemble each other narrow an interval that takes them for
/// independent: the square root of (1 + r) / (1 - r), r their correlation; 1 if it is negative.
///
/// Source: A. Tafazzoli, J. Wilson 2011, *Skart: a skewness- and autoregression-adjusted
/// batch-means procedure*, IIE Transactions 43 (the adjustment of an autoregression of order 1).
fn stretch(influences: &[f64]) -> f64 {
    let all: f64 = influences.iter().map(|i| i * i).sum();
    let neighbours: f64 = influences.windows(2).map(|pair| pair[0] * pair[1]).sum();
    if all > 0.0 && neighbours > 0.0 {
        let r = (neighbours / all).min(0.9);
        ((1.0 + r) / (1.0 - r)).sqrt()
    } else {
        1.0
    }
}

/// What one batch says about a duration.
#[derive(Clone, Copy, Debug)]
pub struct BatchTimes<'a> {
    /// The durations.
    pub bands: &'a Bands,
    /// Requests that count as infinitely long (S18).
    pub missing: u64,
}

/// The `p`-quantile in seconds of a run that was cut into batches.
///
/// The value is the quantile of the whole. The share of requests above it varies from batch to
/// batch; the quantiles at p minus and plus the interval's half-width of that share are the ends.
/// Batches are joined until each holds 10/(1-p) requests (S31); fewer than five give no interval.
/// Source: R. Woodruff 1952, *Confidence intervals for medians and other position measures*,
/// JASA 47.
pub fn quantile_of_batches(
    whole: &Histogram,
    missing: u64,
    batches: &[BatchTimes<'_>],
    p: f64,
) -> Estimate {
    let Some(value) = whole.quantile_counting_missing(p, missing) else {
        return Estimate::missing(if whole.count() + missing == 0 {
            Reason::NoData
        } else {
            Reason::NearFailures
        });
    };
    let seconds = |ns: f64| ns / 1e9;
    let at = seconds(value as f64);
    let cut = Cut::at(whole, value);
    let above = |one: &BatchTimes<'_>| one.bands.above(cut) + one.missing as f64;
    let pairs: Vec<(f64, f64)> = batches
        .iter()
        .map(|one| (above(one), (one.bands.count() + one.missing) as f64))
        .collect();
    let Some(groups) = joined(&pairs, needed(p) as f64) else {
        return Estimate::without_interval(at, Reason::TooFewSamples);
    };
    let Some(share) = ratio(&groups) else {
        return Estimate::missing(Reason::NoData);
    };
    let influences = influences(&groups, share);
    let error = standard_error(&influences) * stretch(&influences);
    let half = Confidence::Fixed.t(groups.len()) * error;
    let end = |p: f64| whole.smooth_quantile_without(None, p.max(0.0), missing);
    match (end(p - half), end(p + half)) {
        (Some(low), Some(high)) => Estimate {
            value: Some(at),
            ci95: Some((
                seconds(low).min(at) - RELATIVE_ERROR * at,
                seconds(high).max(at) + RELATIVE_ERROR * at,
            )),
            reason: None,
            groups: groups.len(),
        },
        _ if missing == 0 => Estimate::without_interval(at, Reason::TooFewSamples),
        _ => Estimate::without_interval(at, Reason::NearFailures),
    }
}

/// Neighbouring batches joined to the most groups, at least five, that each hold `need` values.
fn joined(pairs: &[(f64, f64)], need: f64) -> Option<Vec<(f64, f64)>> {
    let groups = |count: usize| -> Vec<(f64, f64)> {
        (0..count)
            .map(|g| &pairs[g * pairs.len() / count..(g + 1) * pairs.len() / count])
            .map(|part| {
                part.iter()
                    .fold((0.0, 0.0), |sum, one| (sum.0 + one.0, sum.1 + one.1))
            })
            .collect()
    };
    (FEWEST_GROUPS..=pairs.len())
        .rev()
        .map(groups)
        .find(|found| found.iter().all(|group| group.1 >= need))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::samples::Samples;

    /// An autoregression of order 1: each value keeps `memory` of the one before.
    fn remembered(samples: &mut Samples, count: usize, memory: f64) -> Vec<f64> {
        let mut value = samples.normal(0.0, 1.0) / (1.0 - memory * memory).sqrt();
        (0..count)
            .map(|_| {
                value = memory * value + samples.normal(0.0, 1.0);
                value
            })
            .collect()
    }

    fn alone(values: &[f64]) -> [Vec<(f64, f64)>; 1] {
        [values.iter().map(|&value| (value, 1.0)).collect()]
    }

    #[test]
    fn a_pencil_example_of_the_ratio() {
        // Ranks 0 1 2 3: steps 3, spread 5, ratio 0.6; variance 4*2*(80-8-9)/(5*4*5*9) = 0.56.
        let rising = resemblance(&[1.0, 2.0, 7.0, 9.0]).unwrap();
        assert!((rising - 1.4 / 0.56_f64.sqrt()).abs() < 1e-12);
        // Ranks 0 3 1 2: steps 9 + 4 + 1, ratio 2.8.
        let mixed = resemblance(&[1.0, 9.0, 2.0, 7.0]).unwrap();
        assert!((mixed + 0.8 / 0.56_f64.sqrt()).abs() < 1e-12);
        assert_eq!(resemblance(&[1.0, 2.0, 3.0]), None);
        assert_eq!(resemblance(&[5.0; 9]), None, "equal values say nothing");
    }

    #[test]
    fn independent_values_are_doubted_in_ten_per_cent() {
        let mut samples = Samples::new(61);
        let doubted = (0..4_000)
            .filter(|_| {
                let values: Vec<f64> = (0..64).map(|_| samples.exponential(1.0)).collect();
                resemblance(&values).unwrap() >= BELIEVED
            })
            .count() as f64;
        // Three standard errors of Binomial(4000, 0.1) are 0.0142.
        assert!((doubted / 4_000.0 - 0.1).abs() < 0.0143, "{doubted}");
    }

    #[test]
    fn more_memory_makes_fewer_batches_and_too_much_makes_none() {
        let mut samples = Samples::new(62);
        let mut count = |memory| batch_count(&alone(&remembered(&mut samples, 1_024, memory)));
        assert_eq!(count(0.0), Some(MOST_BATCHES));
        let some = count(0.9).unwrap();
        assert!((7..MOST_BATCHES).contains(&some), "{some}");
        assert_eq!(count(0.999), None);
        assert_eq!(batch_count(&alone(&[1.0; 27])), None);
        assert_eq!(batch_count(&[]), None);
    }

    /// Share of 500 runs of 1,000 buckets whose interval covers the mean of 0, and of those
    /// that had none.
    fn coverage(memory: f64) -> (f64, f64) {
        let mut samples = Samples::new(63);
        let (mut covered, mut given) = (0.0, 0.0);
        for _ in 0..500 {
            let values = remembered(&mut samples, 1_000, memory);
            let Some(count) = batch_count(&alone(&values)) else {
                continue;
            };
            let each = values.len() / count;
            let sum = |batch: &[f64]| (batch.iter().sum::<f64>(), each as f64);
            let pairs: Vec<_> = values.chunks_exact(each).map(sum).collect();
            let estimate = ratio_of_batches(&pairs);
            given += 1.0;
            covered += f64::from(u8::from(!estimate.excludes(0.0)));
        }
        (covered / given, 1.0 - given / 500.0)
    }

    #[test]
    fn intervals_of_remembered_values_cover() {
        // 0.95 less three standard errors of Binomial(500, 0.95) is 0.921.
        for memory in [0.0, 0.5, 0.8, 0.9] {
            let (covered, none) = coverage(memory);
            assert!((0.921..=0.979).contains(&covered), "{memory}: {covered}");
            assert!(none < 0.5, "{memory}: {none} without interval");
        }
    }

    #[test]
    fn quantiles_of_remembered_times_cover() {
        let mut samples = Samples::new(64);
        let truth = -libm::log(0.1);
        let mut covered = 0;
        for _ in 0..300 {
            // Exponential by the normal law's own distribution function is dear; a queue's busy
            // memory is mimicked by repeating each value four times.
            let (mut whole, mut marks) = (Histogram::new(), vec![Bands::default()]);
            for _ in 0..20 {
                for _ in 0..150 {
                    let ns = (samples.exponential(1.0) * 1e9) as u64;
                    (0..4).for_each(|_| whole.record(ns));
                }
                marks.push(Bands::of(&whole));
            }
            let bands: Vec<Bands> = marks.windows(2).map(|p| p[1].since(&p[0])).collect();
            let batches: Vec<_> = bands
                .iter()
                .map(|bands| BatchTimes { bands, missing: 0 })
                .collect();
            let estimate = quantile_of_batches(&whole, 0, &batches, 0.9);
            assert_eq!(estimate.groups, 20);
            covered += u32::from(!estimate.excludes(truth));
        }
        // 0.95 of 300 less three standard errors is 274.
        assert!((274..=297).contains(&covered), "{covered}");
    }

    #[test]
    fn a_quantile_beyond_the_batches_has_no_interval() {
        let mut whole = Histogram::new();
        (1..=4_000_u64).for_each(|ns| whole.record(ns * 1_000));
        let bands = Bands::of(&whole);
        let one = BatchTimes {
            bands: &bands,
            missing: 0,
        };
        let few = quantile_of_batches(&whole, 0, &[one], 0.99);
        assert_eq!((few.reason, few.ci95), (Some(Reason::TooFewSamples), None));
        let empty = quantile_of_batches(&Histogram::new(), 0, &[], 0.5);
        assert_eq!(empty.reason, Some(Reason::NoData));
        let failed = quantile_of_batches(&whole, 4_000, &[one], 0.9);
        assert_eq!(
            (failed.value, failed.reason),
            (None, Some(Reason::NearFailures))
        );
    }
}
