//! What is lost, bucket by bucket, against the run without fault.

use super::trial::Stretch;
use crate::engine::program::Reason;
use crate::experiment::summarise::classes::Tally;

/// A bucket is bad when this share more than in the baseline fails, or goodput falls by as much
/// below it as [`GOODPUT`] says.
pub const ERRORS: f64 = 0.01;
/// Share of the baseline's goodput below which a bucket is bad.
const GOODPUT: f64 = 0.9;

pub fn total(stretches: &[Stretch]) -> Stretch {
    stretches
        .iter()
        .fold(Stretch::default(), |sum, one| Stretch {
            offered: sum.offered + one.offered,
            succeeded: sum.succeeded + one.succeeded,
            failed: sum.failed + one.failed,
            ended: sum.ended + one.ended,
        })
}

pub fn error_share(stretch: &Stretch) -> f64 {
    if stretch.ended == 0 {
        0.0
    } else {
        stretch.failed as f64 / stretch.ended as f64
    }
}

/// `scale` is the length of `now` over that of `normal`.
pub fn is_bad(now: &Stretch, normal: &Stretch, scale: f64) -> bool {
    error_share(now) > error_share(normal) + ERRORS
        || (now.succeeded as f64) < GOODPUT * scale * normal.succeeded as f64
}

/// Failed beyond the baseline's over what was offered.
pub fn lost_share(outage: &[Stretch], normal: &[Stretch]) -> f64 {
    let (now, before) = (total(outage), total(normal));
    if now.offered == 0 {
        return 0.0;
    }
    (now.failed.saturating_sub(before.failed) as f64 / now.offered as f64).min(1.0)
}

/// Requests that failed because nobody was there, not because those who were had too much to do.
pub fn gone(sum: &Tally) -> u64 {
    let missing = [
        Reason::Down,
        Reason::NoBackend,
        Reason::Unreachable,
        Reason::NameLookup,
    ];
    missing
        .map(|reason| sum.sum.failed[reason as usize])
        .iter()
        .sum()
}

/// Requests that were still waiting or repeating when the part was repaired may succeed then:
/// everything that was answered took until after the end of the counted time.
pub fn is_answered_after_repair(sum: &Tally) -> bool {
    let (succeeded, late, _) = sum.sum.completed_in_window;
    succeeded + late == 0
}
