//! Doubts about laws: a clock whose way of rounding matters, times that are all alike, no law that
//! is close.

use super::law_fit::FEWEST;
use crate::experiment::result::Warning;
use crate::experiment::result::fit::FittedClass;

/// Steps of the clock in a mean time from which on it hardly matters which way the clock rounds:
/// half a step is a twentieth then.
const FINE: f64 = 10.0;
/// Gap from which on the likeliest law is not close.
const FAR: f64 = 0.05;

/// Classes whose likeliest law is not to be trusted.
pub fn warn(classes: &[FittedClass], resolution_s: f64, warnings: &mut Vec<Warning>) {
    for class in classes {
        let Some(mean) = class.mean_s else {
            continue;
        };
        let name = &class.name;
        let Some(law) = class.laws.first() else {
            warnings.push(without_law(class, mean));
            continue;
        };
        if mean < FINE * resolution_s {
            let steps = mean / resolution_s;
            warnings.push(Warning {
                code: "coarse_clock",
                text: format!(
                    "`{name}` takes {steps:.1} steps of the clock that its times are written by. \
                     They are taken as rounded to the nearest step: where the clock rounds down, \
                     they are half a step ({:.0} %) longer than said",
                    50.0 / steps
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

/// Why a class with times has no law.
fn without_law(class: &FittedClass, mean_s: f64) -> Warning {
    let name = &class.name;
    let is_constant = class.quantiles.as_ref().is_some_and(|it| it.max <= mean_s);
    let text = if is_constant && class.requests > 1 {
        format!(
            "every request of `{name}` took the same {mean_s:.6} s: no law to fit, write the \
             constant, or look whether the log cuts its times off"
        )
    } else {
        format!(
            "`{name}` has {} requests, too few to fit a law ({FEWEST}): write its mean of \
             {mean_s:.3} s as a guess, or measure for longer",
            class.requests
        )
    };
    Warning {
        code: "no_law",
        text,
    }
}
