//! How requests come: their rate, its peak, and whether they come independently of each other.

use statrs::distribution::{ChiSquared, ContinuousCDF};

use super::log::Log;
use crate::experiment::result::fit::Arrivals;
use crate::statistics::{Confidence, Estimate};

/// Windows over which the rate is averaged for its interval.
const WINDOWS: usize = 20;
/// Requests that a window should hold for counts to tell something of their law.
const PER_WINDOW: f64 = 10.0;
/// Most windows.
const WINDOWS_MAX: usize = 100_000;

/// From the first to the last start; `None` where all came at once or fewer than twenty came.
pub fn of(log: &Log) -> Option<Arrivals> {
    let starts = || log.samples.iter().map(|sample| sample.start_s);
    let first = starts().fold(f64::INFINITY, f64::min);
    let last = starts().fold(f64::NEG_INFINITY, f64::max);
    let span = last - first;
    if log.samples.len() < WINDOWS || span <= 0.0 {
        return None;
    }
    let rate = log.samples.len() as f64 / span;
    let counted = |windows: usize| {
        let mut counts = vec![0.0; windows];
        for start in starts() {
            let place = ((start - first) / span * windows as f64) as usize;
            counts[place.min(windows - 1)] += 1.0;
        }
        counts
    };
    // Logs often tell whole seconds: shorter windows would count the clock.
    let window_s = (PER_WINDOW / rate).max(1.0);
    let windows = ((span / window_s) as usize).min(WINDOWS_MAX);
    let counts = (windows >= WINDOWS).then(|| counted(windows));
    let window_s = span / windows.max(1) as f64;
    let dispersion = counts.as_ref().map(|counts| dispersion(counts));
    let peak = counts
        .iter()
        .flatten()
        .fold(0.0, |most, &one| f64::max(most, one));
    Some(Arrivals {
        span_s: span,
        rate_rps: rate_of(&counted(WINDOWS), span, rate),
        window_s: counts.is_some().then_some(window_s),
        peak_rps: counts.is_some().then(|| peak / window_s),
        dispersion,
        is_poisson: dispersion.map(|it| is_poisson(it, windows)),
    })
}

/// Student's interval over equal windows: it holds for bursts that are short against them.
fn rate_of(counts: &[f64], span: f64, rate: f64) -> Estimate {
    let number = counts.len() as f64;
    let half = Confidence::Fixed.t(counts.len()) * (variance(counts) / number).sqrt();
    let half = half / (span / number);
    Estimate {
        value: Some(rate),
        ci95: Some((rate - half, rate + half)),
        reason: None,
        groups: counts.len(),
    }
}

fn variance(counts: &[f64]) -> f64 {
    let number = counts.len() as f64;
    let mean = counts.iter().sum::<f64>() / number;
    let squares = counts.iter().map(|count| (count - mean) * (count - mean));
    squares.sum::<f64>() / (number - 1.0)
}

/// Variance over mean of the counts: 1 where requests come independently at one rate.
fn dispersion(counts: &[f64]) -> f64 {
    variance(counts) * counts.len() as f64 / counts.iter().sum::<f64>()
}

/// Fisher's test of dispersion at 5 %. Source: D. Cox and P. Lewis, *The Statistical Analysis of
/// Series of Events*, 6.3.
fn is_poisson(dispersion: f64, windows: usize) -> bool {
    let degrees = (windows - 1) as f64;
    let Ok(law) = ChiSquared::new(degrees) else {
        return false;
    };
    let inside = law.inverse_cdf(0.025)..=law.inverse_cdf(0.975);
    inside.contains(&(dispersion * degrees))
}
