//! Objectives held against what was measured (S18, S35, S42, S51).

use super::result::summary::{ObjectiveFinding, ObjectiveVerdict};
use super::summarise::classes::Requests;
use super::summarise::components::utilisation;
use super::summarise::fold::Fold;
use crate::lower::Lowered;
use crate::model::{Comparison, Metric, Model, Objective, Scope};
use crate::statistics::{Band, Comparator, Estimate, Reason, Verdict, judge};

/// What an objective can be measured from.
#[derive(Clone, Copy)]
pub struct Evidence<'a> {
    /// The model.
    pub model: &'a Model,
    /// Where its parts went.
    pub lowered: &'a Lowered,
    /// The replications.
    pub fold: Fold<'a>,
    /// The backlog grows (S33a): times have no steady value.
    pub grows: bool,
}

/// All objectives of the model in the order of the file.
pub fn judge_all(evidence: Evidence<'_>) -> Vec<ObjectiveFinding> {
    evidence
        .model
        .objectives
        .iter()
        .map(|objective| finding(evidence, objective))
        .collect()
}

/// An availability objective is left to `spof` (S35, S41).
fn finding(evidence: Evidence<'_>, objective: &Objective) -> ObjectiveFinding {
    let mut found = held(objective, &measure(evidence, objective));
    if objective.metric == Metric::Availability {
        found.verdict = ObjectiveVerdict::JudgedBySpof;
    }
    found
}

/// Share to be served where the file has no `availability` objective.
pub const PROMISED: f64 = 0.999;

/// The share of all requests that is to be served, and whether the file states it.
pub fn promised_share(model: &Model) -> (f64, bool) {
    let stated = model.objectives.iter().find(|one| {
        one.metric == Metric::Availability && one.scope == Scope::All && one.bound < 1.0
    });
    stated.map_or((PROMISED, false), |one| (one.bound, true))
}

fn comparator(comparison: Comparison) -> Comparator {
    match comparison {
        Comparison::Less => Comparator::Below,
        Comparison::AtMost => Comparator::AtMost,
        Comparison::Greater => Comparator::Above,
        Comparison::AtLeast => Comparator::AtLeast,
    }
}

/// Whether a value is as the objective asks, whatever its interval.
pub fn holds(objective: &Objective, value: f64) -> bool {
    comparator(objective.comparison).holds(value, objective.bound)
}

/// An objective held against what was measured.
pub fn held(objective: &Objective, measured: &Estimate) -> ObjectiveFinding {
    let comparator = comparator(objective.comparison);
    let band = objective.within.map(|share| Band {
        share,
        counts_as_pass: true,
    });
    let judgement = judge(measured, comparator, objective.bound, band);
    ObjectiveFinding {
        text: objective.text.clone(),
        measured: measured.value,
        ci95: measured.ci95,
        bound: objective.bound,
        unit: unit(objective.metric),
        verdict: match judgement.verdict {
            Verdict::Pass => ObjectiveVerdict::Pass,
            Verdict::Fail => ObjectiveVerdict::Fail,
            Verdict::Undecided => ObjectiveVerdict::Undecided,
            Verdict::NoData => ObjectiveVerdict::NoData,
        },
        at_the_limit: judgement.at_limit,
    }
}

fn unit(metric: Metric) -> &'static str {
    match metric {
        Metric::Mean | Metric::Quantile(_) | Metric::Max => "s",
        Metric::Throughput | Metric::Goodput => "per_s",
        Metric::ErrorRate | Metric::Availability | Metric::Late | Metric::Utilisation(_) => "share",
        Metric::Queue => "count",
    }
}

/// The measured side of an objective, in the unit of its bound.
pub fn measure(evidence: Evidence<'_>, objective: &Objective) -> Estimate {
    let fold = evidence.fold;
    match (objective.scope, objective.metric) {
        (Scope::Component(id), metric) => of_component(evidence, id.index(), metric),
        (_, Metric::Availability) => Estimate::missing(Reason::NoData),
        (_, Metric::Mean | Metric::Quantile(_) | Metric::Max) if evidence.grows => {
            Estimate::missing(Reason::GrowsWithTime)
        }
        (Scope::All, metric) => of_requests(&Requests::all(fold), metric, objective.of_successes),
        (Scope::Class(id), metric) => of_requests(
            &Requests::of_class(fold, id.index()),
            metric,
            objective.of_successes,
        ),
    }
}

fn of_requests(requests: &Requests<'_>, metric: Metric, of_successes: bool) -> Estimate {
    match metric {
        Metric::Mean => {
            requests
                .times(super::summarise::classes::Tally::response)
                .mean
        }
        Metric::Quantile(p) => requests.quantile(p, of_successes),
        Metric::Max => {
            let largest = requests.merged_response().max();
            largest.map_or(Estimate::missing(Reason::NoData), |ns| {
                Estimate::exact(ns as f64 / 1e9)
            })
        }
        Metric::ErrorRate => requests.error_rate(),
        Metric::Throughput => requests.throughput(),
        Metric::Goodput => requests.goodput(),
        Metric::Late => requests.late(),
        Metric::Availability | Metric::Utilisation(_) | Metric::Queue => {
            Estimate::missing(Reason::NoData)
        }
    }
}

fn of_component(evidence: Evidence<'_>, place: usize, metric: Metric) -> Estimate {
    let fold = evidence.fold.of_parts();
    let list = &evidence.lowered.map.components[place];
    match metric {
        Metric::Utilisation(name) => match list.iter().find(|one| one.name == name) {
            Some(one) => utilisation(fold, &one.meters, one.capacity),
            None => Estimate::missing(Reason::NoData),
        },
        Metric::Queue => super::summarise::components::queue(fold, list).mean,
        Metric::Throughput | Metric::Goodput => {
            fold.per_second(|run| run.components[place].completed)
        }
        Metric::ErrorRate => fold.share(|run| {
            let seen = &run.components[place];
            let failed = seen.failed.iter().sum();
            (failed, seen.completed + failed)
        }),
        Metric::Mean => fold.mean_time(|run| {
            (
                run.components[place].residence_sum,
                run.components[place].completed,
            )
        }),
        Metric::Quantile(_) | Metric::Max | Metric::Availability | Metric::Late => {
            Estimate::missing(Reason::NoData)
        }
    }
}
