//! Shares of requests, such as an error rate, with replications as clusters (S42).

use super::estimate::{Confidence, Estimate, Reason};
use super::ratio::{influences, standard_error};

/// Share of `hits` among all, from one `(hits, all)` pair per replication.
///
/// Requests of one replication meet the same jams, so they count for less than as many
/// independent ones: the number is divided by the design effect (the variance between
/// replications over that of independent requests, at least 1) and Wilson's interval is taken on
/// what is left, with t in place of the normal quantile. Without a single hit the interval is
/// [0, 3/n], with nothing but hits [1 - 3/n, 1] (S42). One replication with hits and misses gives
/// no interval.
/// Sources: E. Wilson 1927, *JASA* 22; E. Korn and B. Graubard 1998, *Survey Methodology* 24
/// (effective sample size); J. Hanley and A. Lippman-Hand 1983, *JAMA* 249 (the rule of three).
pub fn share_of(counts: &[(u64, u64)], confidence: Confidence) -> Estimate {
    share_stretched(counts, confidence, |_| 1.0)
}

/// The same with the standard error multiplied by what `stretch` makes of the influences.
pub(super) fn share_stretched(
    counts: &[(u64, u64)],
    confidence: Confidence,
    stretch: fn(&[f64]) -> f64,
) -> Estimate {
    let hits: u64 = counts.iter().map(|count| count.0).sum();
    let all: u64 = counts.iter().map(|count| count.1).sum();
    if all == 0 {
        return Estimate::missing(Reason::NoData);
    }
    let (count, share) = (all as f64, hits as f64 / all as f64);
    let three = (3.0 / count).min(1.0);
    let bounded = |low, high| Estimate {
        value: Some(share),
        ci95: Some((low, high)),
        reason: None,
        groups: counts.len(),
    };
    if hits == 0 {
        return bounded(0.0, three);
    }
    if hits == all {
        return bounded(1.0 - three, 1.0);
    }
    if counts.len() < 2 {
        return Estimate::without_interval(share, Reason::TooFewReplications);
    }
    let effective = count / design_effect(counts, share, count, stretch);
    let (low, high) = wilson(share, effective, confidence.t(counts.len()));
    bounded(low, high)
}

/// Share of `hits` among `all` independent trials, by Wilson's interval, with the rule of three at
/// its ends as in [`share_of`].
pub fn share_of_independent(hits: u64, all: u64) -> Estimate {
    let ends = |share: f64| {
        wilson(
            share,
            all as f64,
            super::student::t_quantile(0.975, u32::MAX),
        )
    };
    match hits {
        _ if all == 0 || hits == 0 || hits == all => share_of(&[(hits, all)], Confidence::Fixed),
        _ => {
            let share = hits as f64 / all as f64;
            Estimate {
                value: Some(share),
                ci95: Some(ends(share)),
                reason: None,
                groups: usize::try_from(all).unwrap_or(usize::MAX),
            }
        }
    }
}

/// Variance of the share between replications over that of independent requests, at least 1.
fn design_effect(counts: &[(u64, u64)], share: f64, count: f64, stretch: fn(&[f64]) -> f64) -> f64 {
    let pairs: Vec<_> = counts
        .iter()
        .map(|&(hits, all)| (hits as f64, all as f64))
        .collect();
    let influences = influences(&pairs, share);
    let error = standard_error(&influences) * stretch(&influences);
    (error * error / (share * (1.0 - share) / count)).max(1.0)
}

/// Wilson's score interval for a share of `count` independent trials.
fn wilson(share: f64, count: f64, quantile: f64) -> (f64, f64) {
    let square = quantile * quantile / count;
    let centre = (share + square / 2.0) / (1.0 + square);
    let half =
        quantile / (1.0 + square) * (share * (1.0 - share) / count + square / (4.0 * count)).sqrt();
    ((centre - half).max(0.0), (centre + half).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::samples::Samples;

    #[test]
    fn wilson_meets_a_printed_example() {
        // R. Newcombe 1998, Statistics in Medicine 17, table I: 81 of 263 gives 0.2553..0.3662.
        let (low, high) = wilson(81.0 / 263.0, 263.0, 1.959_964);
        assert!((low - 0.2553).abs() < 5e-5 && (high - 0.3662).abs() < 5e-5);
    }

    #[test]
    fn no_hit_gives_the_rule_of_three() {
        let estimate = share_of(&[(0, 10_000), (0, 20_000)], Confidence::Fixed);
        assert_eq!(estimate.value, Some(0.0));
        let (low, high) = estimate.ci95.unwrap();
        assert!(low.abs() < 1e-15 && (high - 1e-4).abs() < 1e-15);
        assert!(share_of(&[(5, 5)], Confidence::Fixed).excludes(0.39));
        assert_eq!(
            share_of(&[], Confidence::Fixed).reason,
            Some(Reason::NoData)
        );
    }

    #[test]
    fn clustered_failures_widen_the_interval() {
        let even = [(10, 1_000); 10];
        let mut jammed = [(0, 1_000); 10];
        jammed[3] = (100, 1_000);
        let width = |counts: &[(u64, u64)]| share_of(counts, Confidence::Fixed).half_width();
        assert!(width(&jammed).unwrap() > 3.0 * width(&even).unwrap());
    }

    #[test]
    fn intervals_of_clustered_shares_cover() {
        let mut samples = Samples::new(31);
        let covered = (0..2_000)
            .filter(|_| {
                let counts: Vec<_> = (0..15)
                    .map(|_| {
                        let chance = (0.1 + samples.normal(0.0, 0.03)).max(0.0);
                        let hits = (0..150).filter(|_| samples.unit() < chance).count();
                        (hits as u64, 150)
                    })
                    .collect();
                !share_of(&counts, Confidence::Fixed).excludes(0.1)
            })
            .count() as f64;
        assert!((0.93..=0.985).contains(&(covered / 2_000.0)), "{covered}");
    }
}
