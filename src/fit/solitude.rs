//! Requests that found nobody under way: in a queue that serves in order of arrival, what they took
//! is service without waiting; where jobs share, the late ones may still have been slowed down.
//! Whether somebody came meanwhile is not asked: that would favour short requests.

use super::law_fit::{FEWEST, fit_laws};
use super::log::Log;
use crate::experiment::result::Warning;
use crate::experiment::result::fit::{Alone, FittedClass};
use crate::statistics::Estimate;

/// Clock steps that a usual request must take for overlaps to be seen.
const STEPS: f64 = 10.0;
/// Mean over mean alone from which waiting is worth a word.
const WAITING: f64 = 1.1;

/// By sample: whether it began when nobody was under way; empty where the log is too coarse to
/// tell.
pub fn alone(log: &Log) -> Vec<bool> {
    let mut order: Vec<usize> = (0..log.samples.len()).collect();
    let durations: Option<Vec<f64>> = log.samples.iter().map(|it| it.duration_s).collect();
    let Some(durations) = durations.filter(|it| !it.is_empty()) else {
        return Vec::new();
    };
    let starts = |place: usize| log.samples[place].start_s;
    let is_whole = |seconds: f64| (seconds - libm::round(seconds)).abs() < 1e-6;
    let ends_whole = |place: usize| is_whole(starts(place) + durations[place]);
    let has_whole_clock = order.iter().all(|&place| is_whole(starts(place)))
        || order.iter().all(|&place| ends_whole(place));
    let clock_s = if has_whole_clock { 1.0 } else { 0.001 };
    let mean = durations.iter().sum::<f64>() / durations.len() as f64;
    if mean < STEPS * clock_s {
        return Vec::new();
    }
    order.sort_by(|&a, &b| starts(a).total_cmp(&starts(b)));
    let mut alone = vec![false; order.len()];
    let mut busy_until = f64::NEG_INFINITY;
    for own in order {
        alone[own] = starts(own) >= busy_until;
        busy_until = busy_until.max(starts(own) + durations[own]);
    }
    alone
}

/// Their number, mean and likeliest law.
pub fn of_class(class: &str, mut times: Vec<f64>, resolution_s: f64) -> Option<Alone> {
    if times.len() < FEWEST {
        return None;
    }
    times.sort_by(f64::total_cmp);
    let count = times.len() as f64;
    let mean = times.iter().sum::<f64>() / count;
    let squares = times.iter().map(|time| (time - mean) * (time - mean));
    let error = (squares.sum::<f64>() / (count - 1.0) / count).sqrt();
    Some(Alone {
        requests: times.len() as u64,
        mean_s: Estimate {
            value: Some(mean),
            ci95: Some((mean - 1.96 * error, mean + 1.96 * error)),
            reason: None,
            groups: times.len(),
        },
        law: fit_laws(class, &times, resolution_s).into_iter().next(),
    })
}

/// Classes whose requests take longer in company.
pub fn warn(classes: &[FittedClass], warnings: &mut Vec<Warning>) {
    for class in classes {
        let (Some(alone), Some(mean)) = (&class.alone, class.mean_s) else {
            continue;
        };
        let most = alone.mean_s.ci95.map_or(f64::INFINITY, |ends| ends.1);
        let own = alone.mean_s.value.unwrap_or(f64::INFINITY);
        if mean > most && mean > WAITING * own {
            let text = format!(
                "`{}` takes {:.2} times as long as where nobody is under way when it comes ({} of \
                 {} requests): what was measured holds waiting, and the law of all is no law of \
                 service",
                class.name,
                mean / own,
                alone.requests,
                class.requests
            );
            let code = "waiting_inside";
            warnings.push(Warning { code, text });
        }
    }
}
