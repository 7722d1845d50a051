//! Quantiles across replications (S31), with failed requests counted as infinite (S18).

use super::estimate::{Confidence, Estimate, Reason, mean_and_sd};
use super::histogram::{Histogram, RELATIVE_ERROR};
use super::share::share_of;

/// Fewest groups an interval of a quantile may rest on (S31).
pub const FEWEST_GROUPS: usize = 5;

/// What one replication says about a duration.
#[derive(Clone, Copy, Debug)]
pub struct Observed<'a> {
    /// The durations in nanoseconds.
    pub histogram: &'a Histogram,
    /// Requests that count as infinitely long: the failed ones for an objective (S18), else 0.
    pub missing: u64,
}

/// The `p`-quantile in seconds over replications, in index order; `p` in 0..1.
///
/// The value is the quantile of the merged histogram. The interval comes from a jackknife over
/// groups of consecutive replications, each with at least 10/(1-p) requests; with fewer than
/// five groups there is none. The 0.1 % of the histogram is added to the half-width.
/// Source: S31; P. Bratley, B. Fox, L. Schrage, *A Guide to Simulation*, section 3.2 (jackknife).
pub fn quantile_of(replications: &[Observed<'_>], p: f64, confidence: Confidence) -> Estimate {
    let merged = Histogram::merged(replications.iter().map(|r| r.histogram));
    let missing: u64 = replications.iter().map(|r| r.missing).sum();
    if merged.count() + missing == 0 {
        return Estimate::missing(Reason::NoData);
    }
    let value = merged
        .quantile_counting_missing(p, missing)
        .map(|ns| ns as f64 / 1e9);
    if let Some(reason) = failures_decide(replications, p, value.is_none()) {
        return Estimate {
            value,
            ..Estimate::missing(reason)
        };
    }
    let Some(value) = value else {
        return Estimate::missing(Reason::NearFailures);
    };
    let Some(groups) = grouped(replications, p) else {
        return Estimate::without_interval(value, Reason::TooFewSamples);
    };
    let Some(values) = pseudo_values(&merged, missing, &groups, p) else {
        return Estimate::without_interval(value, Reason::NearFailures);
    };
    let spread = half_width(&values, confidence) / 1e9;
    Estimate::around(value, spread + RELATIVE_ERROR * value, groups.len())
}

/// Difference of a quantile, second design minus first, in seconds, for designs whose
/// replications share their draws (S37).
///
/// Both are grouped alike, so what the draws have in common cancels in every pseudo-value.
/// `None` parts as in [`quantile_of`]; unequal numbers of replications are cut to the shorter.
pub fn quantile_difference(
    first: &[Observed<'_>],
    second: &[Observed<'_>],
    p: f64,
    confidence: Confidence,
) -> Estimate {
    let paired = first.len().min(second.len());
    let (first, second) = (&first[..paired], &second[..paired]);
    let (Some(a), Some(b)) = (
        quantile_of(first, p, confidence).value,
        quantile_of(second, p, confidence).value,
    ) else {
        return Estimate::missing(Reason::NoData);
    };
    let size = group_count(first, p)
        .zip(group_count(second, p))
        .map(|(x, y)| x.min(y));
    let Some(count) = size else {
        return Estimate::without_interval(b - a, Reason::TooFewSamples);
    };
    let values = |side: &[Observed<'_>]| {
        let merged = Histogram::merged(side.iter().map(|r| r.histogram));
        let missing = side.iter().map(|r| r.missing).sum();
        pseudo_values(&merged, missing, &split(side, count), p)
    };
    let Some((left, right)) = values(first).zip(values(second)) else {
        return Estimate::without_interval(b - a, Reason::NearFailures);
    };
    let differences: Vec<f64> = right.iter().zip(&left).map(|(y, x)| y - x).collect();
    let spread = half_width(&differences, confidence) / 1e9;
    Estimate::around(b - a, spread + RELATIVE_ERROR * (a + b), count)
}

/// Whether failed requests alone settle, or unsettle, the quantile: their share lies clearly
/// above 1 - p, or its interval straddles 1 - p while the quantile is among them.
fn failures_decide(replications: &[Observed<'_>], p: f64, is_infinite: bool) -> Option<Reason> {
    if !is_infinite {
        return None;
    }
    let shares: Vec<_> = replications
        .iter()
        .map(|r| (r.missing, r.missing + r.histogram.count()))
        .collect();
    let above = share_of(&shares, Confidence::Fixed)
        .ci95
        .is_some_and(|(low, _)| low > 1.0 - p);
    Some(if above {
        Reason::AmongFailures
    } else {
        Reason::NearFailures
    })
}

/// Consecutive replications merged into one.
struct Group {
    histogram: Histogram,
    missing: u64,
}

fn grouped(replications: &[Observed<'_>], p: f64) -> Option<Vec<Group>> {
    group_count(replications, p).map(|count| split(replications, count))
}

/// Requests that a group must hold for an interval of the `p`-quantile: 10/(1-p).
pub(super) fn needed(p: f64) -> u64 {
    (10.0 / (1.0 - p) * (1.0 - 1e-9)).ceil() as u64
}

/// The most groups, at least five, of nearly equal numbers of replications that each hold
/// 10/(1-p) requests.
fn group_count(replications: &[Observed<'_>], p: f64) -> Option<usize> {
    let need = needed(p);
    let sizes: Vec<u64> = replications
        .iter()
        .map(|r| r.missing + r.histogram.count())
        .collect();
    let suits = |count: &usize| {
        (0..*count).all(|g| sizes[bounds(g, *count, sizes.len())].iter().sum::<u64>() >= need)
    };
    (FEWEST_GROUPS..=replications.len()).rev().find(suits)
}

/// Replications of group `group` out of `count`.
fn bounds(group: usize, count: usize, replications: usize) -> std::ops::Range<usize> {
    group * replications / count..(group + 1) * replications / count
}

fn split(replications: &[Observed<'_>], count: usize) -> Vec<Group> {
    (0..count)
        .map(|g| {
            let members = &replications[bounds(g, count, replications.len())];
            Group {
                histogram: Histogram::merged(members.iter().map(|r| r.histogram)),
                missing: members.iter().map(|r| r.missing).sum(),
            }
        })
        .collect()
}

/// Jackknife pseudo-values in nanoseconds; `None` when leaving a group out makes the quantile
/// infinite.
fn pseudo_values(merged: &Histogram, missing: u64, groups: &[Group], p: f64) -> Option<Vec<f64>> {
    let count = groups.len() as f64;
    let whole = merged.smooth_quantile_without(None, p, missing)?;
    groups
        .iter()
        .map(|group| {
            let left = missing - group.missing;
            let rest = merged.smooth_quantile_without(Some(&group.histogram), p, left)?;
            Some(count * whole - (count - 1.0) * rest)
        })
        .collect()
}

fn half_width(pseudo_values: &[f64], confidence: Confidence) -> f64 {
    let (_, sd) = mean_and_sd(pseudo_values).expect("there are at least five groups");
    confidence.t(pseudo_values.len()) * sd / (pseudo_values.len() as f64).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::samples::Samples;

    fn replications(samples: &mut Samples, count: usize, each: usize, mean: f64) -> Vec<Histogram> {
        (0..count)
            .map(|_| {
                let mut histogram = Histogram::new();
                (0..each).for_each(|_| histogram.record((samples.exponential(mean) * 1e9) as u64));
                histogram
            })
            .collect()
    }

    fn observed(histograms: &[Histogram], missing: u64) -> Vec<Observed<'_>> {
        histograms
            .iter()
            .map(|histogram| Observed { histogram, missing })
            .collect()
    }

    #[test]
    fn too_few_requests_give_no_interval() {
        let histograms = replications(&mut Samples::new(1), 10, 499, 1.0);
        let estimate = quantile_of(&observed(&histograms, 0), 0.99, Confidence::Fixed);
        // 4,990 requests make four groups of 1,000.
        assert_eq!(
            (estimate.ci95, estimate.reason),
            (None, Some(Reason::TooFewSamples))
        );
        assert!(estimate.value.is_some());
        let median = quantile_of(&observed(&histograms, 0), 0.5, Confidence::Fixed);
        assert_eq!(median.groups, 10);
    }

    #[test]
    fn groups_hold_ten_over_one_minus_p_requests() {
        let histograms = replications(&mut Samples::new(2), 12, 500, 1.0);
        assert_eq!(group_count(&observed(&histograms, 0), 0.99), Some(6));
        assert_eq!(group_count(&observed(&histograms, 0), 0.9), Some(12));
        assert_eq!(group_count(&observed(&histograms, 0), 0.999), None);
    }

    #[test]
    fn intervals_cover_the_true_percentile() {
        let mut samples = Samples::new(3);
        let truth = -libm::log(0.05);
        let covered = (0..300)
            .filter(|_| {
                let histograms = replications(&mut samples, 10, 300, 1.0);
                let estimate = quantile_of(&observed(&histograms, 0), 0.95, Confidence::Fixed);
                !estimate.excludes(truth)
            })
            .count() as f64;
        // 0.95 less three standard errors of Binomial(300, 0.95); added error may raise it.
        assert!((0.912..=0.992).contains(&(covered / 300.0)), "{covered}");
    }

    #[test]
    fn failures_above_one_minus_p_make_the_percentile_infinite() {
        let histograms = replications(&mut Samples::new(4), 10, 1_000, 1.0);
        let among = quantile_of(&observed(&histograms, 100), 0.95, Confidence::Fixed);
        assert_eq!(
            (among.value, among.reason),
            (None, Some(Reason::AmongFailures))
        );
        let fine = quantile_of(&observed(&histograms, 10), 0.95, Confidence::Fixed);
        assert!(fine.ci95.is_some());
        let near = quantile_of(&observed(&histograms, 53), 0.95, Confidence::Fixed);
        assert_eq!(near.reason, Some(Reason::NearFailures));
    }

    #[test]
    fn a_shared_stream_makes_the_difference_sharper_than_two_intervals() {
        let plain = replications(&mut Samples::new(5), 20, 500, 1.0);
        let slower = replications(&mut Samples::new(5), 20, 500, 1.1);
        let (a, b) = (observed(&plain, 0), observed(&slower, 0));
        let difference = quantile_difference(&a, &b, 0.9, Confidence::Fixed);
        let alone = quantile_of(&b, 0.9, Confidence::Fixed);
        assert!(
            !difference.excludes(-0.1 * libm::log(0.1)),
            "{difference:?}"
        );
        assert!(difference.half_width() < alone.half_width());
    }

    #[test]
    fn a_constant_has_only_the_error_of_the_histogram() {
        let mut constant = Histogram::new();
        (0..1_000).for_each(|_| constant.record(5_000_000));
        let histograms = vec![constant; 10];
        let estimate = quantile_of(&observed(&histograms, 0), 0.99, Confidence::Fixed);
        assert!((estimate.value.unwrap() - 0.005).abs() < 1e-12);
        assert!((estimate.relative_half_width().unwrap() - RELATIVE_ERROR).abs() < 1e-9);
    }
}
