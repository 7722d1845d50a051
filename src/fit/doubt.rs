//! Doubts about laws: a clock too coarse for them, no law that is close.

use crate::experiment::result::Warning;
use crate::experiment::result::fit::FittedClass;

/// Steps of the clock in a mean time from which on rounding leaves laws as they are.
const FINE: f64 = 20.0;
/// Gap from which on the likeliest law is not close.
const FAR: f64 = 0.05;

/// Classes whose likeliest law is not to be trusted.
pub fn warn(classes: &[FittedClass], resolution_s: f64, warnings: &mut Vec<Warning>) {
    for class in classes {
        let (Some(law), Some(mean)) = (class.laws.first(), class.mean_s) else {
            continue;
        };
        let name = &class.name;
        if mean < FINE * resolution_s {
            let steps = mean / resolution_s;
            warnings.push(Warning {
                code: "coarse_clock",
                text: format!(
                    "`{name}` takes {steps:.1} steps of the clock that its times are written by: \
                     rounding bends the laws, and their intervals are too narrow. Write finer \
                     times (microseconds), or `Empirical` with this log"
                ),
            });
        } else if law.gap > FAR {
            warnings.push(Warning {
                code: "no_law_is_close",
                text: format!(
                    "`{name}` differs from its likeliest law by up to {:.0} % of the requests: \
                     write `Empirical` with this log",
                    law.gap * 100.0
                ),
            });
        }
    }
}
