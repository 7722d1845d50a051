//! Laws and rates from what was measured: logs and results of load tests.
//!
//! [`log`] reads, [`arrivals`] and [`law_fit`] say what the measured requests look like, and
//! [`levels`] what throughput came of which load.

mod arrivals;
mod family;
mod law_fit;
mod levels;
pub mod log;
mod solitude;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use crate::experiment::result::fit::{FitResult, FittedClass, UslResult};
use crate::statistics::{Confidence, Estimate, share_of_independent};
use log::{Log, Sample};

/// Classes with a law of their own; the rarest beyond it share one.
const CLASSES_MAX: usize = 20;
/// Fewest requests with a law of their own.
pub const FEWEST: usize = 20;
/// Name of the class of all others.
const OTHERS: &str = "others";

/// What was measured, as laws and rates.
///
/// Classes come in the order of their number, the most frequent first; classes beyond the twentieth
/// and those with fewer than [`FEWEST`] requests are one, `others`.
///
/// # Errors
/// When nothing was read that a law or a rate could be told from.
pub fn fit(log: &Log, files: Vec<String>) -> Result<FitResult, String> {
    if log.samples.is_empty() && log.points.is_empty() {
        let why = log
            .rejected
            .iter()
            .map(|(why, count)| format!("{count}: {why}"));
        let why: Vec<String> = why.collect();
        return Err(format!("no line can be used ({})", why.join("; ")));
    }
    let mut warnings = Vec::new();
    let alone = solitude::alone(log);
    let classes = classes(log, &alone);
    let laws = classes.iter().flat_map(|class| class.laws.iter().cloned());
    let laws = laws.collect();
    let usl = levels::usl(log, &mut warnings);
    solitude::warn(&classes, &mut warnings);
    Ok(FitResult {
        schema: crate::experiment::result::fit::SCHEMA,
        linchpin: env!("CARGO_PKG_VERSION").to_owned(),
        command: "fit".to_owned(),
        files,
        format: log.format.words().to_owned(),
        requests: log.samples.len() as u64,
        rejected: log
            .rejected
            .iter()
            .map(|(why, count)| ((*why).to_owned(), *count))
            .collect(),
        rejected_at: log
            .rejected_at
            .iter()
            .map(|(why, line)| ((*why).to_owned(), *line))
            .collect(),
        resolution_s: log.resolution_s,
        arrivals: arrivals::of(log),
        classes,
        laws,
        usl,
        warnings,
    })
}

/// The samples by class, with the rare ones together.
fn classes(log: &Log, alone: &[bool]) -> Vec<FittedClass> {
    let mut by_class: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (place, sample) in log.samples.iter().enumerate() {
        by_class.entry(sample.class).or_default().push(place);
    }
    let mut groups: Vec<(String, Vec<usize>)> = by_class
        .into_iter()
        .map(|(class, places)| (log.classes[class as usize].clone(), places))
        .collect();
    groups.sort_by(|a, b| b.1.len().cmp(&a.1.len()).then_with(|| a.0.cmp(&b.0)));
    let own = groups
        .iter()
        .take_while(|(_, places)| places.len() >= FEWEST);
    let own = own.count().min(CLASSES_MAX);
    let rest: Vec<usize> = groups
        .split_off(own)
        .into_iter()
        .flat_map(|(_, it)| it)
        .collect();
    if !rest.is_empty() {
        groups.push((OTHERS.to_owned(), rest));
    }
    let class = |(name, places): (String, Vec<usize>)| one_class(log, name, &places, alone);
    groups.into_iter().map(class).collect()
}

fn one_class(log: &Log, name: String, places: &[usize], alone: &[bool]) -> FittedClass {
    let samples = || places.iter().map(|&place| &log.samples[place]);
    let failed = samples().filter(|sample| !sample.succeeded).count() as u64;
    let answered = |sample: &&Sample| sample.succeeded;
    let mut times: Vec<f64> = samples()
        .filter(answered)
        .filter_map(|it| it.duration_s)
        .collect();
    times.sort_by(f64::total_cmp);
    let all = places.len() as u64;
    let quiet = places
        .iter()
        .filter(|&&place| alone.get(place) == Some(&true));
    let quiet = quiet.map(|&place| &log.samples[place]).filter(answered);
    let quiet = quiet.filter_map(|it| it.duration_s).collect();
    FittedClass {
        requests: all,
        share: all as f64 / log.samples.len() as f64,
        error_rate: share_of_independent(failed, all),
        mean_s: mean(&times),
        quantiles: law_fit::quantiles(&times),
        alone: solitude::of_class(&name, quiet, log.resolution_s),
        laws: law_fit::fit_laws(&name, &times, log.resolution_s),
        name,
    }
}

fn mean(times: &[f64]) -> Option<f64> {
    (!times.is_empty()).then(|| times.iter().sum::<f64>() / times.len() as f64)
}

/// A fitted law of the throughput, as a result.
fn usl_result(fit: &crate::theory::UslFit, points: Vec<(f64, f64)>) -> UslResult {
    let t = Confidence::Fixed.t(fit.degrees_of_freedom as usize + 1);
    let [gamma, sigma, kappa] = fit.intervals(t);
    let estimate = |value: f64, ends: (f64, f64)| Estimate {
        value: Some(value),
        ci95: Some(ends).filter(|_| fit.degrees_of_freedom > 0),
        reason: None,
        groups: points.len(),
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
        r_squared: levels::r_squared(fit, &points),
        points,
    }
}
