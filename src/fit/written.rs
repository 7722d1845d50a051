//! Times as a clock writes them, and how likely a law makes what was written.
//!
//! A time of 3 ms in whole milliseconds was anything from 2.5 to 3.5 ms: its likelihood is the
//! law's share of that step, not its density at 3 ms, which would bend laws that are not much
//! wider than a step. Source: D. Heitjan, *Inference from Grouped Continuous Data: A Review*,
//! Statistical Science 4(2), 1989, section 2.

use super::family::Worked;

/// Width of a step over the deviation, and over the time itself, from which on a density is not
/// flat within the step: below it density times width errs by some 2e-5 of itself.
const FLAT: f64 = 0.02;

/// One value with how often it was written.
struct Value {
    time_s: f64,
    /// Natural logarithm of the time.
    log: f64,
    count: f64,
    is_flat: bool,
}

/// All that was written, each value once.
pub struct Written {
    values: Vec<Value>,
    step_s: f64,
}

impl Written {
    /// `times` are in order, in s, each rounded to the nearest multiple of `step_s` > 0.
    pub fn of(times: &[f64], step_s: f64) -> Self {
        let count = times.len() as f64;
        let mean = times.iter().sum::<f64>() / count;
        let squares = times.iter().map(|time| (time - mean) * (time - mean));
        let deviation = (squares.sum::<f64>() / count).sqrt();
        let is_fine = step_s <= FLAT * deviation;
        let values = times.chunk_by(|a, b| a >= b).map(|equal| Value {
            time_s: equal[0],
            log: libm::log(equal[0]),
            count: equal.len() as f64,
            is_flat: is_fine && step_s <= FLAT * equal[0],
        });
        Self {
            values: values.collect(),
            step_s,
        }
    }

    /// Logarithm of the likelihood.
    pub fn likelihood(&self, law: &Worked) -> f64 {
        let width = libm::log(self.step_s);
        let half = self.step_s / 2.0;
        let each = self.values.iter().map(|value| {
            let dense = || law.log_density(value.time_s, value.log) + width;
            let own = if value.is_flat {
                dense()
            } else {
                let share = law.share_between(value.time_s - half, value.time_s + half);
                // Further out than numbers go, the logarithm still tells which way is back.
                if share > 0.0 {
                    libm::log(share)
                } else {
                    dense()
                }
            };
            value.count * own
        });
        each.sum()
    }
}
