//! From points to a result.

use std::collections::BTreeMap;

use super::findings;
use super::metric::METRICS;
use super::plan::Plan;
use crate::experiment::result::summary::Header;
use crate::experiment::result::sweep::{Correlation, DesignKind, MetricIndices, PointSpread};
use crate::experiment::result::{SweepPoint, SweepResult, Verdict, Warning};
use crate::experiment::words;

/// Share of the variance over points above which sampling error is worth a warning.
const NOISY: f64 = 0.1;

/// Rows of a design for indices below which they are worth a warning.
const FEW_ROWS: u32 = 16;

/// What the points that are done say; `digest` names the plan. The same points give the same
/// result, whoever worked them off and in which order.
pub fn conclude(plan: &Plan, digest: &str, done: BTreeMap<usize, SweepPoint>) -> SweepResult {
    let partial = done.len() < plan.points.len();
    let independent = independent(plan);
    let is_asked = |number: &usize| *number < independent;
    let sampled: Vec<&SweepPoint> = done
        .iter()
        .filter(|(number, _)| is_asked(number))
        .map(|(_, point)| point)
        .collect();
    let is_sampled = plan.design.is_sampled();
    let spread: Vec<PointSpread> = METRICS
        .iter()
        .map(|metric| findings::spread(metric, &sampled))
        .collect();
    let objectives = findings::objectives(&sampled, is_sampled);
    let correlations = findings::correlations(plan, &done, independent, is_sampled);
    let indices = if plan.design == DesignKind::Indices && !partial {
        findings::indices(plan, &done)
    } else {
        Vec::new()
    };
    let mut warnings = warnings(&sampled, &spread);
    if plan.design == DesignKind::Indices && indices.is_empty() && !partial {
        warnings.push(Warning {
            code: "no_indices",
            text: "some points have no value, so that no metric has indices: narrow the laws, or \
                   look at the correlations"
                .to_owned(),
        });
    }
    if let Some(rows) = plan
        .samples
        .filter(|&rows| rows < FEW_ROWS && !indices.is_empty())
    {
        warnings.push(Warning {
            code: "few_rows",
            text: format!(
                "indices from {rows} rows say next to nothing, and their intervals are not to be \
                 trusted: ask for --sobol 64 or more"
            ),
        });
    }
    let measure_next = measure_next(plan.design, &indices, &correlations);
    SweepResult {
        header: Header {
            schema: plan.schema,
            linchpin: plan.linchpin.clone(),
            command: "sweep".to_owned(),
            seed: plan.seed,
            topology: plan.topology.clone(),
        },
        wall_s: 0.0,
        plan: digest.to_owned(),
        design: plan.design,
        samples: plan.samples,
        parameters: plan.parameters.clone(),
        planned: plan.points.len(),
        spread,
        objectives,
        correlations,
        indices,
        measure_next,
        partial,
        warnings,
        points: done.into_values().collect(),
    }
}

/// How many points, from the first, are a sample of their own: all but the mixtures for indices.
fn independent(plan: &Plan) -> usize {
    match plan.design {
        DesignKind::Indices => 2 * plan.samples.unwrap_or(0) as usize,
        _ => plan.points.len(),
    }
}

fn warnings(points: &[&SweepPoint], spread: &[PointSpread]) -> Vec<Warning> {
    let mut found = Vec::new();
    let mut say = |code: &'static str, count: usize, text: &str| {
        if count > 0 {
            let text = format!("at {count} of {} points {text}", points.len());
            found.push(Warning { code, text });
        }
    };
    let count = |test: &dyn Fn(&SweepPoint) -> bool| points.iter().filter(|one| test(one)).count();
    let has = |code: &'static str| {
        count(&|point| {
            point.verdict != Verdict::Saturated && point.warnings.iter().any(|own| own == code)
        })
    };
    say(
        "saturated",
        count(&|point| point.verdict == Verdict::Saturated),
        "more is offered than carried: times there have no steady value",
    );
    say(
        "capped",
        count(&|point| point.verdict == Verdict::Capped),
        "a replication reached a cap: they are undecided",
    );
    say(
        "short_for_transient",
        has("short_for_transient"),
        "the runs were too short for a steady state: times there depend on their length; ask for \
         more --requests",
    );
    if let Some((metric, share)) = spread
        .iter()
        .filter_map(|one| Some((&one.metric, one.noise_share?)))
        .find(|(_, share)| *share > NOISY)
    {
        let text = format!(
            "{} of the variance of {metric} over the points is sampling error of single points: \
             ask for more --requests or --replications",
            words::percent(share)
        );
        found.push(Warning {
            code: "noisy_points",
            text,
        });
    }
    found
}

/// The parameter behind most of the first metric that has an answer, in a sentence; only what is
/// uncertain is worth measuring.
fn measure_next(
    design: DesignKind,
    indices: &[MetricIndices],
    correlations: &[Correlation],
) -> Option<String> {
    let largest = |values: Vec<(&str, f64)>| {
        let best = values.into_iter().reduce(|best, one| {
            if one.1.abs() > best.1.abs() {
                one
            } else {
                best
            }
        });
        best.map(|(name, value)| (name.to_owned(), value))
    };
    for one in indices {
        let totals = one.parameters.iter();
        let totals = totals.filter_map(|own| Some((&*own.parameter, own.total.value?)));
        if let Some((name, total)) = largest(totals.collect()) {
            return Some(format!(
                "measure `{name}` next: with it unknown and all else known, {} of the variance of \
                 {} is left",
                words::percent(total.clamp(0.0, 1.0)),
                one.metric
            ));
        }
    }
    for metric in &METRICS {
        let own = correlations.iter().filter(|one| one.metric == metric.name);
        let values = own.filter_map(|one| Some((&*one.parameter, one.rank_correlation.value?)));
        if let Some((name, rho)) = largest(values.collect()) {
            let way = if rho < 0.0 { "falls" } else { "rises" };
            let word = if design.is_sampled() {
                format!("measure `{name}` next")
            } else {
                format!("`{name}` matters most")
            };
            return Some(format!(
                "{word}: {} {way} with it most closely (rank correlation {rho:.2})",
                metric.name
            ));
        }
    }
    None
}
