//! Laws and rates from what was measured: logs and results of load tests.
//!
//! [`log`] reads, [`arrivals`] and [`law_fit`] say what the measured requests look like, and
//! [`levels`] what throughput came of which load.

mod arrivals;
mod doubt;
mod family;
mod law_fit;
mod levels;
pub mod log;
mod solitude;
#[cfg(test)]
mod tests;
mod written;

use std::collections::BTreeMap;

use crate::experiment::result::fit::{FitResult, FittedClass};
use crate::statistics::share_of_independent;
use law_fit::FEWEST;
use log::{Log, Sample};

/// Classes with a law of their own; the rarest beyond it share one.
const CLASSES_MAX: usize = 20;
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
        let files = files.join(", ");
        let why = log
            .rejected
            .iter()
            .map(|(why, count)| format!("{count}: {why}"));
        let why: Vec<String> = why.collect();
        return Err(if why.is_empty() {
            format!("{files}: there is no line behind the header")
        } else {
            format!("{files}: no line can be used ({})", why.join("; "))
        });
    }
    let mut warnings = Vec::new();
    let alone = solitude::alone(log);
    let classes = classes(log, &alone);
    let laws = classes.iter().flat_map(|class| class.laws.iter().cloned());
    let laws = laws.collect();
    let usl = levels::usl(log, &mut warnings);
    solitude::warn(&classes, &mut warnings);
    doubt::warn(&classes, log.resolution_s, &mut warnings);
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
