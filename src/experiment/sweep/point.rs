//! The summary of a point.

use super::metric::METRICS;
use crate::experiment::objectives::holds;
use crate::experiment::result::sweep::{SettingValue, SweepBottleneck, SweepObjective};
use crate::experiment::result::{Named, ObjectiveFinding, ObjectiveVerdict, SweepPoint};
use crate::experiment::sample::Sample;
use crate::experiment::settings::Settings;
use crate::experiment::summarise::result;
use crate::model::Objective;

/// Busiest resources named at each point.
const BUSIEST: usize = 5;

/// What a sample says of a point with these parameters.
pub fn point(
    parameters: Vec<(String, SettingValue)>,
    sample: &Sample<'_>,
    settings: &Settings<'_>,
) -> SweepPoint {
    let run = result(sample, settings);
    let errors = METRICS.iter().filter_map(|metric| {
        let error = metric.standard_error(&run, sample.confidence)?;
        Some((metric.name.to_owned(), error))
    });
    let standard_errors = Named(errors.collect());
    let asked = &sample.bench.model.objectives;
    let objectives = asked.iter().zip(&run.objectives);
    let busiest = run.bottlenecks.iter().take(BUSIEST).filter_map(|found| {
        let name = format!("{}.{}", found.component, found.resource);
        Some((name, found.utilisation.value?))
    });
    SweepPoint {
        parameters: Named(parameters),
        verdict: run.verdict,
        replications: run.replications,
        duration_s: run.duration_s,
        warm_up_s: run.warm_up_s,
        events: run.events,
        offered_rps: run.offered_rps,
        throughput_rps: run.throughput_rps,
        goodput_rps: run.goodput_rps,
        error_rate: run.error_rate,
        availability: run.availability,
        in_system: run.in_system.mean,
        bottleneck: run.bottleneck.as_ref().map(|found| SweepBottleneck {
            component: found.component.clone(),
            resource: found.resource.clone(),
            utilisation: found.utilisation,
        }),
        utilisation: busiest.collect(),
        objectives: objectives
            .map(|(asked, found)| objective(asked, found))
            .collect(),
        standard_errors,
        grows: run.growth_per_s.is_some(),
        warnings: run.warnings.iter().map(|one| one.code.to_owned()).collect(),
        verdict_reason: run.verdict_reason,
        requests: run.requests,
        response_time_s: run.response_time_s,
    }
}

/// An objective that was not measured holds or not by its judgement.
fn objective(asked: &Objective, found: &ObjectiveFinding) -> SweepObjective {
    let judged = match found.verdict {
        ObjectiveVerdict::Pass => Some(true),
        ObjectiveVerdict::Fail => Some(false),
        ObjectiveVerdict::Undecided => found.measured.map(|value| holds(asked, value)),
        ObjectiveVerdict::NoData | ObjectiveVerdict::JudgedBySpof => None,
    };
    SweepObjective {
        text: found.text.clone(),
        measured: found.measured,
        ci95: found.ci95,
        verdict: found.verdict,
        holds: judged,
    }
}
