//! Parts that fail together more often than chance would have it.

use super::fault_tree::{FaultTree, Place};

/// Equal parts of which a share `beta` of the failures takes all at once (the beta factor).
///
/// A part that is down with probability q is down by itself with (1 - beta) q, and together with
/// all others of its group with beta q, independently.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BetaFactor {
    /// Share of the failures that have a common cause, 0 to 1.
    pub beta: f64,
}

impl BetaFactor {
    /// The failures of a group's parts as gates of `tree`: events `own` each by itself, or the
    /// event `common` for all.
    pub fn gates(self, tree: &mut FaultTree, own: &[usize], common: usize) -> Vec<Place> {
        let all = tree.event(common);
        own.iter()
            .map(|&event| {
                let alone = tree.event(event);
                tree.any(vec![alone, all])
            })
            .collect()
    }

    /// Probabilities that a part is down by itself, and that all are by the common cause, when
    /// each is down with probability `down`.
    pub fn split(self, down: f64) -> (f64, f64) {
        ((1.0 - self.beta) * down, self.beta * down)
    }
}
