//! The slow sure way to a probability: every state of the parts, 64 at a time.

use super::formula::{Formula, GateId};
use super::reading::Reading;

/// Most parts whose states are all tried: 65,536 states, 1,024 passes.
pub const EVERY_STATE_MAX: usize = 16;

/// Probability that one of `roots` fails, by adding up all states of the parts that they depend
/// on; `None` beyond [`EVERY_STATE_MAX`] parts. The other way to [`Bdd::probability`].
///
/// [`Bdd::probability`]: super::Bdd::probability
pub fn by_every_state(
    formula: &Formula,
    reading: Reading,
    roots: &[GateId],
    down: &[f64],
) -> Option<f64> {
    let parts = formula.atoms_under(roots);
    if parts.len() > EVERY_STATE_MAX {
        return None;
    }
    let (mut masks, mut words) = (vec![0_u64; down.len()], Vec::new());
    let mut total = 0.0;
    for block in 0..(1_usize << parts.len()).div_ceil(64) {
        for (bit, &part) in parts.iter().enumerate() {
            masks[part] = (0..64)
                .filter(|state| ((block * 64 + state) >> bit) & 1 == 1)
                .fold(0, |word, state| word | 1 << state);
        }
        formula.evaluate(reading, &masks, &mut words);
        let works = roots
            .iter()
            .fold(!0, |word, root| word & words[root.index()]);
        for state in (0..64).filter(|state| (works >> state) & 1 == 0) {
            let state = block * 64 + state;
            if state >> parts.len() > 0 {
                continue;
            }
            let each = parts.iter().enumerate().map(|(bit, &part)| {
                if (state >> bit) & 1 == 1 {
                    down[part]
                } else {
                    1.0 - down[part]
                }
            });
            total += each.product::<f64>();
        }
    }
    Some(total)
}
