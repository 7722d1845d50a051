//! How the intervals of a sample came about, and how far its replications lie apart.

use super::classes::Requests;
use super::fold::window_s;
use crate::experiment::batches::Basis;
use crate::experiment::result::intervals::{Intervals, Method, Spread};
use crate::experiment::result::{RunResult, Warning};
use crate::experiment::sample::Sample;
use crate::experiment::words;
use crate::statistics::Confidence;

/// From this utilisation on a queue remembers for so long that seeds differ visibly.
const NEAR_SATURATION: f64 = 0.9;
/// Distance of the extreme replications, as a share of the mean, that is worth a word.
const WIDE: f64 = 0.2;

/// The method behind the intervals.
pub fn intervals(sample: &Sample<'_>) -> Intervals {
    let sequential = sample.confidence == Confidence::Sequential;
    let method = match sample.basis() {
        _ if sample.exact => Method::Exact,
        Basis::Batches(batches) => {
            let length = batches.iter().map(window_s).sum::<f64>() / batches.len() as f64;
            return Intervals {
                method: Method::BatchMeans,
                batches: Some(batches.len() as u32),
                batch_s: Some(length),
                sequential,
            };
        }
        Basis::TooShort => Method::None,
        Basis::Replications if sample.runs.len() < 2 => Method::None,
        Basis::Replications => Method::Replications,
    };
    Intervals {
        method,
        sequential,
        ..Intervals::default()
    }
}

/// Smallest and largest mean response of a replication; `None` with fewer than two.
pub fn spread(requests: &Requests<'_>) -> Option<Spread> {
    let answered = |tally: &&super::classes::Tally| tally.answered() > 0;
    let mean = |tally: &super::classes::Tally| {
        tally.sum.response_sum as f64 / 1e9 / tally.answered() as f64
    };
    let means: Vec<f64> = requests.tallies.iter().filter(answered).map(mean).collect();
    if means.len() < 2 {
        return None;
    }
    let min = means.iter().copied().fold(f64::INFINITY, f64::min);
    let max = means.iter().copied().fold(0.0, f64::max);
    let middle = means.iter().sum::<f64>() / means.len() as f64;
    Some(Spread {
        min,
        max,
        relative: if middle > 0.0 {
            (max - min) / middle
        } else {
            0.0
        },
    })
}

/// Doubts about intervals: a single run that is too short, seeds that differ near saturation.
pub fn doubts(result: &RunResult, sample: &Sample<'_>) -> Vec<Warning> {
    let mut found = Vec::new();
    if matches!(sample.basis(), Basis::TooShort) && !sample.exact {
        found.push(Warning {
            code: "too_short_for_batches",
            text: "the only replication is too short for its own correlation: neighbouring \
                   stretches resemble each other, so there are no intervals; raise --requests or \
                   let several replications run"
                .to_owned(),
        });
    }
    let busy = result
        .bottlenecks
        .first()
        .and_then(|one| one.utilisation.value);
    if let Some(spread) = result.response_time_spread_s
        && let Some(share) = busy.filter(|share| *share >= NEAR_SATURATION)
        && spread.relative > WIDE
        && result.kind == "steady"
    {
        found.push(Warning {
            code: "near_saturation",
            text: format!(
                "at {} utilisation chance rules: single replications of {} show a mean response \
                 from {} to {}; judge the design by the interval, never by one run",
                words::percent(share),
                words::time(result.duration_s),
                words::time(spread.min),
                words::time(spread.max)
            ),
        });
    }
    found
}
