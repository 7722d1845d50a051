//! What is said over all points: spread, objectives, correlations, indices.

use std::collections::BTreeMap;

use super::metric::{METRICS, Metric};
use super::plan::Plan;
use crate::experiment::result::sweep::{
    Correlation, MetricIndices, ObjectiveShare, ParameterIndices, PointSpread, SweepObjective,
};
use crate::experiment::result::{Named, ObjectiveVerdict, SweepPoint};
use crate::statistics::estimate::mean_and_sd;
use crate::statistics::{Confidence, Estimate, Evaluated, indices as sobol_indices};
use crate::statistics::{rank_correlation, share_of};

/// Text of the share of points at which every objective holds, which comes last.
const ALL: &str = "all of them";
/// Quantiles over points.
const QUANTILES: [(&str, f64); 5] = [
    ("p5", 0.05),
    ("p25", 0.25),
    ("p50", 0.5),
    ("p75", 0.75),
    ("p95", 0.95),
];

/// How a metric is spread over points.
pub fn spread(metric: &Metric, points: &[&SweepPoint]) -> PointSpread {
    let mut values: Vec<f64> = points.iter().filter_map(|one| metric.value(one)).collect();
    let moments = mean_and_sd(&values);
    let errors: Option<Vec<f64>> = points
        .iter()
        .filter(|one| metric.value(one).is_some())
        .map(|one| metric.error_of(one))
        .collect();
    let noise_share = errors.zip(moments).and_then(|(errors, (_, sd))| {
        let squares: f64 = errors.iter().map(|error| error * error).sum();
        (sd > 0.0).then(|| squares / errors.len() as f64 / (sd * sd))
    });
    values.sort_by(f64::total_cmp);
    let quantiles = QUANTILES.iter().filter_map(|&(name, share)| {
        let at = quantile(&values, share)?;
        Some((name.to_owned(), at))
    });
    PointSpread {
        metric: metric.name.to_owned(),
        unit: metric.unit,
        of: values.len(),
        without: points.len() - values.len(),
        mean: moments.map(|moments| moments.0),
        sd: moments.map(|moments| moments.1),
        least: values.first().copied(),
        quantiles: Named(quantiles.collect()),
        most: values.last().copied(),
        noise_share,
    }
}

/// The quantile of sorted values, in a straight line between neighbours.
fn quantile(sorted: &[f64], share: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let at = share * last as f64;
    let low = at as usize;
    let high = (low + 1).min(last);
    Some(sorted[low] + (sorted[high] - sorted[low]) * (at - low as f64))
}

/// How often each objective holds where it is asked for, and all of a point; those that `spof`
/// judges are left out.
pub fn objectives(points: &[&SweepPoint], is_sampled: bool) -> Vec<ObjectiveShare> {
    let asked = |point: &SweepPoint| {
        let is_judged = |one: &&SweepObjective| one.verdict != ObjectiveVerdict::JudgedBySpof;
        let own = point.objectives.iter().filter(is_judged).cloned();
        own.collect::<Vec<SweepObjective>>()
    };
    let asked: Vec<Vec<SweepObjective>> = points.iter().map(|point| asked(point)).collect();
    let mut texts: Vec<&str> = Vec::new();
    for one in asked.iter().flatten() {
        if !texts.contains(&&*one.text) {
            texts.push(&one.text);
        }
    }
    let of_text = |text: &&str| {
        let own = asked.iter().flatten().filter(|one| one.text == *text);
        let judged: Vec<_> = own
            .filter_map(|one| Some((one.holds?, is_open(one))))
            .collect();
        share(text, &judged, is_sampled)
    };
    let mut found: Vec<ObjectiveShare> = texts.iter().map(of_text).collect();
    if found.len() > 1 {
        let all = asked
            .iter()
            .filter(|own| !own.is_empty())
            .filter_map(|own| {
                // One that fails settles it, whatever the others are.
                let fails = own.iter().any(|one| one.holds == Some(false));
                let known = own.iter().all(|one| one.holds.is_some());
                (fails || known).then(|| (!fails, own.iter().any(is_open)))
            });
        let all: Vec<_> = all.collect();
        found.push(share(ALL, &all, is_sampled));
    }
    found
}

fn is_open(one: &SweepObjective) -> bool {
    one.verdict == ObjectiveVerdict::Undecided
}

/// The share of points that hold, from whether each does and whether that is open.
fn share(text: &str, judged: &[(bool, bool)], is_sampled: bool) -> ObjectiveShare {
    let counts: Vec<(u64, u64)> = judged.iter().map(|one| (u64::from(one.0), 1)).collect();
    let estimate = share_of(&counts, Confidence::Fixed);
    ObjectiveShare {
        text: text.to_owned(),
        holds: counts.iter().map(|count| count.0).sum(),
        of: counts.len() as u64,
        undecided: judged.iter().filter(|one| one.1).count() as u64,
        probability: of_sample(estimate, is_sampled),
    }
}

/// Points that are no sample have shares and correlations, but no sampling error.
fn of_sample(estimate: Estimate, is_sampled: bool) -> Estimate {
    if is_sampled {
        return estimate;
    }
    Estimate {
        ci95: None,
        groups: 0,
        ..estimate
    }
}

/// Rank correlations of every metric with every parameter that has numbers, over the points below
/// `independent`; none where nothing varies.
pub fn correlations(
    plan: &Plan,
    done: &BTreeMap<usize, SweepPoint>,
    independent: usize,
    is_sampled: bool,
) -> Vec<Correlation> {
    let mut found = Vec::new();
    for metric in &METRICS {
        for (place, parameter) in plan.parameters.iter().enumerate() {
            let numbers: Vec<Option<f64>> = plan.settings(place).map(|one| one.number).collect();
            let pairs: Vec<(f64, f64)> = done
                .iter()
                .filter(|(number, _)| **number < independent)
                .filter_map(|(&number, point)| Some((numbers[number]?, metric.rank_value(point)?)))
                .collect();
            let rank_correlation = of_sample(rank_correlation(&pairs), is_sampled);
            if rank_correlation.value.is_some() {
                found.push(Correlation {
                    metric: metric.name.to_owned(),
                    parameter: parameter.path.clone(),
                    rank_correlation,
                });
            }
        }
    }
    found
}

/// Sobol indices of every metric that has a value at every point and varies.
pub fn indices(plan: &Plan, done: &BTreeMap<usize, SweepPoint>) -> Vec<MetricIndices> {
    let rows = plan.samples.unwrap_or(0) as usize;
    let one = |metric: &Metric| {
        let values: Option<Vec<f64>> = done.values().map(|point| metric.value(point)).collect();
        let values = values?;
        let mut blocks = values.chunks(rows.max(1)).map(<[f64]>::to_vec);
        let evaluated = Evaluated {
            a: blocks.next()?,
            b: blocks.next()?,
            mixed: blocks.collect(),
        };
        let (variance, found) = sobol_indices(&evaluated, plan.seed);
        if variance <= 0.0 {
            return None;
        }
        let squares: Option<Vec<f64>> = done
            .values()
            .map(|point| metric.error_of(point).map(|error| error * error))
            .collect();
        let noise = squares.map(|all| all.iter().sum::<f64>() / all.len() as f64 / variance);
        let parameters = plan.parameters.iter().zip(found);
        Some(MetricIndices {
            metric: metric.name.to_owned(),
            variance,
            noise_share: noise,
            parameters: parameters
                .map(|(parameter, own)| ParameterIndices {
                    parameter: parameter.path.clone(),
                    first: own.first,
                    total: own.total,
                })
                .collect(),
        })
    };
    METRICS.iter().filter_map(one).collect()
}
