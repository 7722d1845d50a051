//! Laws that are made of others: sums, mixtures, phases.

use super::Law;
use super::checks::{positive, within};

/// A phase of a Coxian law.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Phase {
    /// Its mean, positive.
    pub mean: f64,
    /// Probability that another phase follows, 0 to 1; 0 for the last one.
    pub next: f64,
}

impl Phase {
    /// A phase `factor` times as long.
    #[must_use]
    pub fn scaled(&self, factor: f64) -> Self {
        Self {
            mean: self.mean * factor,
            next: self.next,
        }
    }
}

/// Parts in range, at least one.
pub(super) fn validate_sum(parts: &[Law]) -> Result<(), String> {
    if parts.is_empty() {
        return Err("a Sum needs at least one part".into());
    }
    parts.iter().try_for_each(Law::validate)
}

/// Parts in range, with shares that add up to 1.
pub(super) fn validate_mixture(parts: &[(f64, Law)]) -> Result<(), String> {
    let sum: f64 = parts.iter().map(|(share, _)| share).sum();
    if (sum - 1.0).abs() > 1e-6 {
        return Err(format!("the shares of a Mixture add up to {sum}, not to 1"));
    }
    parts.iter().try_for_each(|(share, law)| {
        within("share", *share, 0.0, 1.0)?;
        law.validate()
    })
}

/// Phases in range, the last one without a successor.
pub(super) fn validate_coxian(phases: &[Phase]) -> Result<(), String> {
    let Some(last) = phases.last() else {
        return Err("a Coxian needs at least one phase".into());
    };
    if last.next != 0.0 {
        return Err("nothing follows the last phase of a Coxian: leave `next` out there".into());
    }
    phases.iter().try_for_each(|phase| {
        positive("mean", phase.mean)?;
        within("next", phase.next, 0.0, 1.0)
    })
}

/// Coefficient of variation of a sum of independent parts with this mean in all.
pub(super) fn sum_cv(parts: &[Law], mean: f64) -> f64 {
    let deviations = parts.iter().map(|part| part.cv() * part.mean());
    let variance: f64 = deviations.map(|deviation| deviation * deviation).sum();
    if mean > 0.0 {
        variance.sqrt() / mean
    } else {
        0.0
    }
}

/// Second moment of a mixture.
pub(super) fn mixture_second(parts: &[(f64, Law)]) -> f64 {
    let second = |law: &Law| law.mean() * law.mean() * (1.0 + law.cv() * law.cv());
    let parts = parts.iter().filter(|(share, _)| *share > 0.0);
    parts.map(|(share, law)| share * second(law)).sum()
}

/// Mean and second moment of a Coxian law: from the last phase on, a phase of mean `m` followed
/// with probability `p` by a rest of moments `(r1, r2)` has the moments `m + p r1` and
/// `2 m^2 + p (2 m r1 + r2)`.
pub(super) fn coxian_moments(phases: &[Phase]) -> (f64, f64) {
    let before = |(rest, second): (f64, f64), phase: &Phase| {
        let Phase { mean, next } = *phase;
        let square = 2.0 * mean * mean + next * (2.0 * mean * rest + second);
        (mean + next * rest, square)
    };
    phases.iter().rev().fold((0.0, 0.0), before)
}

/// Whether two draws can differ.
pub(super) fn mixture_is_random(parts: &[(f64, Law)]) -> bool {
    let mut possible = parts.iter().filter(|(share, _)| *share > 0.0);
    let Some((_, first)) = possible.next() else {
        return false;
    };
    first.is_random()
        || possible
            .any(|(_, law)| law.is_random() || law.mean().to_bits() != first.mean().to_bits())
}
