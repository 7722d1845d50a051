//! Whether a measured interval keeps a bound.

use super::estimate::{Estimate, Reason};

/// How a measured value is compared with its bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparator {
    /// `<`
    Below,
    /// `<=`
    AtMost,
    /// `>`
    Above,
    /// `>=`
    AtLeast,
}

impl Comparator {
    /// Whether a single number keeps the bound.
    pub fn holds(self, number: f64, bound: f64) -> bool {
        match self {
            Self::Below => number < bound,
            Self::AtMost => number <= bound,
            Self::Above => number > bound,
            Self::AtLeast => number >= bound,
        }
    }
}

/// Answer to "does it keep the bound?".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The whole interval keeps the bound.
    Pass,
    /// The whole interval breaks the bound.
    Fail,
    /// The interval lies on both sides, or there is none.
    Undecided,
    /// Nothing was observed; never a pass.
    NoData,
}

/// A band about the bound in which an undecided interval is settled (S51).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Band {
    /// Half of the band as a share of the bound, such as 0.01.
    pub share: f64,
    /// What an undecided interval inside the band counts as: pass if true, else fail.
    pub counts_as_pass: bool,
}

/// A verdict and whether it was taken at the limit (S51).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// The answer.
    pub verdict: Verdict,
    /// Whether the whole interval lies inside the band about the bound.
    pub at_limit: bool,
}

/// Judges `measured comparator bound`, value and bound in the same unit.
///
/// An interval that straddles the bound is undecided, unless it lies within `band`. A value that
/// grows with time (S33) or falls among the failed requests (S18) counts as infinite.
pub fn judge(
    measured: &Estimate,
    comparator: Comparator,
    bound: f64,
    band: Option<Band>,
) -> Judgement {
    let settled = |verdict| Judgement {
        verdict,
        at_limit: false,
    };
    match measured.reason {
        Some(Reason::NoData) => return settled(Verdict::NoData),
        Some(Reason::GrowsWithTime | Reason::AmongFailures) => {
            return settled(verdict_of(comparator.holds(f64::INFINITY, bound)));
        }
        _ => {}
    }
    let Some((low, high)) = measured.ci95 else {
        return settled(Verdict::Undecided);
    };
    let at_limit = band.is_some_and(|band| {
        let half = band.share * bound.abs();
        low >= bound - half && high <= bound + half
    });
    let (at_low, at_high) = (comparator.holds(low, bound), comparator.holds(high, bound));
    let verdict = match band {
        _ if at_low == at_high => verdict_of(at_low),
        Some(band) if at_limit => verdict_of(band.counts_as_pass),
        _ => Verdict::Undecided,
    };
    Judgement { verdict, at_limit }
}

fn verdict_of(holds: bool) -> Verdict {
    if holds { Verdict::Pass } else { Verdict::Fail }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(low: f64, high: f64, comparator: Comparator) -> Verdict {
        let middle = f64::midpoint(low, high);
        let estimate = Estimate::around(middle, (high - low) / 2.0, 10);
        judge(&estimate, comparator, 100.0, None).verdict
    }

    #[test]
    fn only_a_whole_interval_decides() {
        assert_eq!(verdict(80.0, 99.0, Comparator::Below), Verdict::Pass);
        assert_eq!(verdict(101.0, 120.0, Comparator::Below), Verdict::Fail);
        assert_eq!(verdict(99.0, 101.0, Comparator::Below), Verdict::Undecided);
        assert_eq!(
            verdict(99.0, 101.0, Comparator::AtLeast),
            Verdict::Undecided
        );
        assert_eq!(verdict(101.0, 120.0, Comparator::Above), Verdict::Pass);
        assert_eq!(verdict(100.0, 100.0, Comparator::AtMost), Verdict::Pass);
        assert_eq!(verdict(100.0, 100.0, Comparator::Below), Verdict::Fail);
    }

    #[test]
    fn no_data_is_never_a_pass_and_the_infinite_fails() {
        let judged =
            |reason, comparator| judge(&Estimate::missing(reason), comparator, 1.0, None).verdict;
        assert_eq!(judged(Reason::NoData, Comparator::Below), Verdict::NoData);
        assert_eq!(
            judged(Reason::GrowsWithTime, Comparator::Below),
            Verdict::Fail
        );
        assert_eq!(
            judged(Reason::AmongFailures, Comparator::Above),
            Verdict::Pass
        );
        assert_eq!(
            judged(Reason::NearFailures, Comparator::Below),
            Verdict::Undecided
        );
        let single = Estimate::without_interval(0.5, Reason::TooFewReplications);
        assert_eq!(
            judge(&single, Comparator::Below, 1.0, None).verdict,
            Verdict::Undecided
        );
    }

    #[test]
    fn a_band_settles_what_would_stay_undecided() {
        let near = Estimate::around(100.0, 0.5, 10);
        for counts_as_pass in [true, false] {
            let band = Some(Band {
                share: 0.01,
                counts_as_pass,
            });
            let judged = judge(&near, Comparator::Below, 100.0, band);
            assert_eq!(judged.verdict == Verdict::Pass, counts_as_pass);
            assert!(judged.at_limit);
        }
        let wide = Estimate::around(100.0, 5.0, 10);
        let band = Some(Band {
            share: 0.01,
            counts_as_pass: true,
        });
        let judged = judge(&wide, Comparator::Below, 100.0, band);
        assert_eq!(
            judged,
            Judgement {
                verdict: Verdict::Undecided,
                at_limit: false
            }
        );
    }
}
