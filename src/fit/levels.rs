//! Throughput against load, and the Universal Scalability Law through it.

use std::collections::BTreeMap;

use super::log::Log;
use crate::experiment::result::Warning;
use crate::experiment::result::fit::UslResult;
use crate::statistics::{Confidence, Estimate, Reason};
use crate::theory::{UslFit, fit_usl};

/// Seconds that a level of users has to last to count.
const SECONDS: usize = 5;

/// The law through the points of the log, or through its seconds of equal users.
pub fn usl(log: &Log, warnings: &mut Vec<Warning>) -> Option<UslResult> {
    let points = if log.points.is_empty() {
        by_second(log)
    } else {
        let points = log.points.iter();
        points
            .map(|point| (point.load, point.throughput_rps))
            .collect()
    };
    if points.is_empty() {
        return None;
    }
    let Some(fit) = fit_usl(&points) else {
        let text = "the throughput law needs four points at three loads: not fitted".to_owned();
        let code = "few_loads";
        warnings.push(Warning { code, text });
        return None;
    };
    let result = usl_result(&fit, points);
    if let Some(peak) = result.peak_load.filter(|_| !result.peak_is_measured) {
        let text = format!(
            "the peak at a load of {peak:.1} lies beyond the largest that was measured \
             ({}): it is a guess of the fitted law",
            result.to_load
        );
        let code = "beyond_measured";
        warnings.push(Warning { code, text });
    }
    Some(result)
}

/// Mean completions a second at each number of users that was held for some seconds.
fn by_second(log: &Log) -> Vec<(f64, f64)> {
    let mut seconds: BTreeMap<i64, (f64, f64, f64)> = BTreeMap::new();
    for sample in &log.samples {
        if let (Some(users), Some(duration)) = (sample.users, sample.duration_s) {
            let end = libm::floor(sample.start_s + duration) as i64;
            let second = seconds.entry(end).or_insert((f64::INFINITY, 0.0, 0.0));
            second.0 = second.0.min(users);
            second.1 = second.1.max(users);
            second.2 += 1.0;
        }
    }
    // The first and the last second are cut.
    seconds.pop_first();
    seconds.pop_last();
    let mut levels: BTreeMap<u64, Vec<f64>> = BTreeMap::new();
    for (least, most, count) in seconds.into_values() {
        if least >= 1.0 && (most - least).abs() < 0.5 {
            levels.entry(most as u64).or_default().push(count);
        }
    }
    let held = levels
        .into_iter()
        .filter(|(_, counts)| counts.len() >= SECONDS);
    held.map(|(users, counts)| {
        let mean = counts.iter().sum::<f64>() / counts.len() as f64;
        (users as f64, mean)
    })
    .collect()
}

/// Share of the spread of the throughputs that the law explains.
fn r_squared(fit: &UslFit, points: &[(f64, f64)]) -> f64 {
    let mean = points.iter().map(|point| point.1).sum::<f64>() / points.len() as f64;
    let spread: f64 = points.iter().map(|point| (point.1 - mean).powi(2)).sum();
    1.0 - fit.residual / spread
}

/// A fitted law of the throughput, as a result.
fn usl_result(fit: &UslFit, points: Vec<(f64, f64)>) -> UslResult {
    let t = Confidence::Fixed.t(fit.degrees_of_freedom as usize + 1);
    let [gamma, sigma, kappa] = fit.intervals(t);
    let estimate = |value: f64, ends: Option<(f64, f64)>| match ends {
        Some(ends) if fit.degrees_of_freedom > 0 => Estimate {
            value: Some(value),
            ci95: Some(ends),
            reason: None,
            groups: points.len(),
        },
        Some(_) => Estimate::without_interval(value, Reason::TooFewSamples),
        None => Estimate::without_interval(value, Reason::AtBound),
    };
    let loads = || points.iter().map(|point| point.0);
    let to = loads().fold(0.0, f64::max);
    let peak_load = fit.law.peak_exact();
    UslResult {
        sigma: estimate(fit.law.sigma, sigma),
        kappa: estimate(fit.law.kappa, kappa),
        gamma_rps: estimate(fit.unit_throughput, gamma),
        from_load: loads().fold(f64::INFINITY, f64::min),
        to_load: to,
        peak_load,
        peak_rps: peak_load.map(|load| fit.throughput(load)),
        peak_is_measured: peak_load.is_some_and(|load| load <= to),
        r_squared: r_squared(fit, &points),
        points,
    }
}
