//! Stretches of time, and whether the service is in one as it was before a disturbance.

use super::summarise::breakdown::buckets_of;
use crate::engine::observation::{Bucket, Observations};

/// Failed share beyond that of before up to which the system counts as back.
pub const ERRORS: f64 = 0.01;
/// Share of the goodput of before, per request offered, from which on it counts as back.
const GOODPUT: f64 = 0.95;
/// Times as many inside as before, and so many more in a replication, up to which it holds no more
/// than before.
const INSIDE: (f64, f64) = (3.0, 10.0);
/// Requests that tell whether answers are as before.
const ENOUGH: usize = 100;

/// Sums over neighbouring buckets.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stretch {
    /// Offered.
    pub offered: u64,
    /// Answered in time.
    pub succeeded: u64,
    /// With an outcome.
    pub ended: u64,
    /// Visits inside at the ends of the buckets, mean.
    pub inside: f64,
    /// Replications added up.
    runs: f64,
}

impl Stretch {
    /// Of these buckets.
    pub fn of(buckets: &[Bucket]) -> Self {
        let mut sum = Self {
            runs: 1.0,
            ..Self::default()
        };
        for bucket in buckets {
            sum.offered += bucket.offered;
            sum.succeeded += bucket.succeeded;
            sum.ended += bucket.succeeded + bucket.late + bucket.failed;
            sum.inside += bucket.inside as f64 / buckets.len() as f64;
        }
        sum
    }

    /// The same of buckets in which so many replications are added up.
    #[must_use]
    pub fn over(self, runs: usize) -> Self {
        Self {
            runs: runs as f64,
            ..self
        }
    }

    /// As many inside as there may be after it.
    fn room(&self) -> f64 {
        INSIDE.0 * self.inside + INSIDE.1 * self.runs
    }

    /// Share answered in time of what ended.
    pub fn answered(&self) -> f64 {
        self.succeeded as f64 / (self.ended.max(1)) as f64
    }

    /// Answered in time per request offered.
    pub fn goodput(&self) -> f64 {
        self.succeeded as f64 / (self.offered.max(1)) as f64
    }

    /// Whether requests are answered as in `before`, chance aside: no more of them fail (three
    /// standard errors of a share are no more), and no fewer are answered than came, but for those
    /// that may be inside.
    pub fn answers_like(&self, before: &Self) -> bool {
        let failing = 1.0 - before.answered();
        let chance = 3.0 * (failing * (1.0 - failing) / self.ended.max(1) as f64).sqrt();
        let expected = GOODPUT * before.goodput() * self.offered as f64;
        let inside = before.room();
        self.answered() + ERRORS + chance >= before.answered()
            && self.succeeded as f64 + inside >= expected
    }

    /// Whether no more is inside than in `before`, chance aside.
    pub fn holds_like(&self, before: &Self) -> bool {
        self.inside <= before.room()
    }
}

/// After how many buckets everything is as before for good, seen in stretches of enough requests
/// to tell.
pub fn recovered(after: &[Bucket], before: &Stretch) -> usize {
    let together = together(after);
    let stretches: Vec<Stretch> = after.chunks(together).map(Stretch::of).collect();
    let bad = stretches
        .iter()
        .rposition(|stretch| !stretch.answers_like(before));
    bad.map_or(0, |place| ((place + 1) * together).min(after.len()))
}

/// From which bucket on it is not as before, seen in stretches of enough requests to tell; `None`:
/// it always is.
pub fn worse_from(after: &[Bucket], before: &Stretch) -> Option<usize> {
    let together = together(after);
    let mut stretches = after.chunks(together).map(Stretch::of);
    let bad = stretches.position(|stretch| !stretch.answers_like(before))?;
    Some(bad * together)
}

/// How many buckets hold enough requests to tell, at the mean rate.
fn together(buckets: &[Bucket]) -> usize {
    let offered = Stretch::of(buckets).offered as usize;
    (buckets.len() * ENOUGH).div_ceil(offered.max(1)).max(1)
}

/// The buckets of all replications added up, at the longest of their widths, ns.
pub fn sum_of(runs: &[Observations]) -> (u64, Vec<Bucket>) {
    let width = runs.iter().map(|run| run.series.bucket_ns).max();
    let width = width.unwrap_or(1).max(1);
    let mut sums: Vec<Bucket> = Vec::new();
    for run in runs {
        let buckets = buckets_of(run, width);
        sums.resize(sums.len().max(buckets.len()), Bucket::default());
        for (sum, bucket) in sums.iter_mut().zip(buckets.iter()) {
            sum.offered += bucket.offered;
            sum.succeeded += bucket.succeeded;
            sum.late += bucket.late;
            sum.failed += bucket.failed;
            sum.inside += bucket.inside;
        }
    }
    (width, sums)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bucket(offered: u64, failed: u64) -> Bucket {
        Bucket {
            offered,
            succeeded: offered - failed,
            failed,
            ..Bucket::default()
        }
    }

    /// 50 requests a bucket: two together tell. Nothing fails, half of four buckets, nothing.
    #[test]
    fn what_is_worse_is_bracketed_by_stretches_of_enough_requests() {
        let before = Stretch::of(&[bucket(1_000, 2)]);
        let failed = [0, 0, 0, 25, 25, 25, 25, 0, 0, 0, 0, 0];
        let after: Vec<Bucket> = failed.iter().map(|&failed| bucket(50, failed)).collect();
        assert_eq!(worse_from(&after, &before), Some(2));
        assert_eq!(recovered(&after, &before), 8);
        assert_eq!(worse_from(&after[8..], &before), None);
        assert_eq!(recovered(&after[8..], &before), 0);
        assert_eq!(recovered(&after[..6], &before), 6, "not back at the end");
        assert_eq!(worse_from(&[], &before), None);
    }
}
