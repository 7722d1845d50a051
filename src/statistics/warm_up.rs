//! Where the start of a steady run ends (S30).

use super::estimate::mean_and_sd;
use super::student::t_quantile;

/// Buckets averaged to one point, the 5 of MSER-5.
const BATCH: usize = 5;
/// Fewest buckets that a truncation point is looked for in.
const FEWEST_BUCKETS: usize = 50;
/// Two-sided level at which a remaining drift is believed.
const DRIFT_LEVEL: f64 = 0.999;
/// Drift between the halves, as a share of the mean level, that is too small to matter.
const DRIFT_IGNORED: f64 = 0.01;

/// Why a truncation point must not be used; the remedy is a longer run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// The series has fewer than 50 buckets.
    TooShort,
    /// The best point does not lie within the first half of the run.
    BeyondHalf,
    /// What is left after the point still rises or falls.
    StillMoving,
}

/// The truncation point of all replications of a design.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WarmUp {
    /// Number of buckets to drop from the start of each replication.
    pub truncation: usize,
    /// Number of buckets that were looked at.
    pub buckets: usize,
    /// Set if the point is rejected.
    pub doubt: Option<Doubt>,
}

/// Finds one truncation point from the level (say the number in system) of each replication,
/// averaged over equal buckets of time; the longer series are cut to the shortest.
///
/// The rule: (1) the mean over replications is batched by five and the point with the smallest
/// marginal standard error of the rest is taken, looked for in the first half only, since the
/// last few points always look quiet by chance. The far edge of that half as the best point is
/// rejected. (2) In each replication the rest is halved and the change from one half's mean to
/// the other's is taken. These changes are independent; if their mean differs from 0 at 99.9 %
/// (Student's t) and by more than 1 % of the level, the point is rejected. One replication
/// cannot be asked (2).
/// Source: K. White, M. Cobb, S. Spratt 2000, *A comparison of five steady-state truncation
/// heuristics for simulation*, Proc. Winter Simulation Conference (MSER-5).
pub fn warm_up(replications: &[Vec<f64>]) -> WarmUp {
    let buckets = replications.iter().map(Vec::len).min().unwrap_or(0);
    if buckets < FEWEST_BUCKETS {
        return WarmUp {
            truncation: 0,
            buckets,
            doubt: Some(Doubt::TooShort),
        };
    }
    let batches = batched(replications, buckets);
    let furthest = batches.len() / 2;
    let best = quietest(&batches, furthest);
    let truncation = best * BATCH;
    let doubt = if best == furthest {
        Some(Doubt::BeyondHalf)
    } else if is_moving(replications, truncation..buckets) {
        Some(Doubt::StillMoving)
    } else {
        None
    };
    WarmUp {
        truncation,
        buckets,
        doubt,
    }
}

/// Mean over replications and over five buckets at a time.
fn batched(replications: &[Vec<f64>], buckets: usize) -> Vec<f64> {
    let points = (BATCH * replications.len()) as f64;
    (0..buckets / BATCH)
        .map(|b| {
            let range = b * BATCH..(b + 1) * BATCH;
            replications
                .iter()
                .flat_map(|series| &series[range.clone()])
                .sum::<f64>()
                / points
        })
        .collect()
}

/// Start, at most `furthest`, of the rest with the smallest sum of squares over squared length;
/// the earliest if several are equal.
fn quietest(batches: &[f64], furthest: usize) -> usize {
    let (mut mean, mut squares) = (0.0, 0.0);
    let mut best = (f64::INFINITY, furthest);
    for (start, value) in batches.iter().enumerate().rev() {
        let length = (batches.len() - start) as f64;
        let off = value - mean;
        mean += off / length;
        squares += off * (value - mean);
        let score = squares / (length * length);
        if start <= furthest && score <= best.0 {
            best = (score, start);
        }
    }
    best.1
}

fn is_moving(replications: &[Vec<f64>], rest: std::ops::Range<usize>) -> bool {
    let middle = rest.start.midpoint(rest.end);
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let changes: Vec<f64> = replications
        .iter()
        .map(|series| mean(&series[middle..rest.end]) - mean(&series[rest.start..middle]))
        .collect();
    let level = replications
        .iter()
        .map(|s| mean(&s[rest.clone()]))
        .sum::<f64>()
        / replications.len() as f64;
    let Some((change, sd)) = mean_and_sd(&changes) else {
        return false;
    };
    if changes.len() < 2 || change.abs() <= DRIFT_IGNORED * level.abs() {
        return false;
    }
    let degrees = u32::try_from(changes.len() - 1).unwrap_or(u32::MAX);
    let error = sd / (changes.len() as f64).sqrt();
    change.abs() > t_quantile(0.5 + DRIFT_LEVEL / 2.0, degrees) * error
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::estimate::{Confidence, Estimate, mean_of};
    use crate::statistics::samples::Samples;

    fn queue(seed: u64, start: u64, buckets: usize, rate: f64) -> Vec<Vec<f64>> {
        let mut samples = Samples::new(seed);
        (0..20)
            .map(|_| samples.mm1_in_system(rate, start, buckets, 50.0))
            .collect()
    }

    /// Mean level after truncation, which must be accepted.
    fn truncated(seed: u64, start: u64) -> (WarmUp, Estimate) {
        let series = queue(seed, start, 400, 0.8);
        let found = warm_up(&series);
        assert_eq!(found.doubt, None, "seed {seed}: {found:?}");
        let rest = series.iter().map(|s| &s[found.truncation..]);
        let means: Vec<f64> = rest
            .map(|s| s.iter().sum::<f64>() / s.len() as f64)
            .collect();
        (found, mean_of(&means, Confidence::Fixed))
    }

    #[test]
    fn a_full_and_an_empty_start_agree_after_truncation() {
        for start in [0, 200] {
            let found: Vec<_> = (0..30).map(|seed| truncated(seed, start)).collect();
            // 200 waiting requests drain at 0.2 a service: 1,000 services, 20 buckets.
            assert!(start == 0 || found.iter().all(|(point, _)| point.truncation >= 15));
            // M/M/1 at 0.8 holds 4. Binomial(30, 0.95) lies below 25 with a chance of 0.3 %.
            let covered = found.iter().filter(|(_, mean)| !mean.excludes(4.0)).count();
            assert!(covered >= 25, "start {start}: {covered} of 30");
            let means: Vec<f64> = found.iter().filter_map(|(_, mean)| mean.value).collect();
            let pooled = mean_of(&means, Confidence::Fixed);
            assert!(
                (pooled.value.unwrap() - 4.0).abs() < 0.04,
                "start {start}: {pooled:?}"
            );
        }
    }

    #[test]
    fn a_run_that_ends_while_the_backlog_drains_is_rejected() {
        for seed in 0..10 {
            assert!(warm_up(&queue(seed, 2_000, 200, 0.8)).doubt.is_some());
        }
    }

    #[test]
    fn a_growing_queue_is_rejected() {
        for seed in 0..10 {
            assert!(warm_up(&queue(seed, 0, 200, 1.1)).doubt.is_some());
        }
    }

    #[test]
    fn a_steady_queue_is_rarely_rejected() {
        let rejected = (0..100)
            .filter(|&seed| warm_up(&queue(seed, 4, 200, 0.5)).doubt.is_some())
            .count();
        assert!(rejected <= 3, "{rejected} of 100");
    }

    #[test]
    fn a_constant_level_needs_no_truncation() {
        let found = warm_up(&[vec![3.0; 100]]);
        assert_eq!(
            found,
            WarmUp {
                truncation: 0,
                buckets: 100,
                doubt: None
            }
        );
        assert_eq!(warm_up(&[vec![3.0; 49]]).doubt, Some(Doubt::TooShort));
        assert_eq!(warm_up(&[]).doubt, Some(Doubt::TooShort));
    }

    #[test]
    fn a_step_is_cut_off_where_it_ends() {
        let series = (0..200).map(|k| if k < 40 { 9.0 } else { 1.0 }).collect();
        assert_eq!(warm_up(&[series]).truncation, 40);
    }
}
