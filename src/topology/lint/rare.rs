//! Objectives that the planned requests are too few to judge.

use super::Lint;
use super::context::{Context, number};
use crate::diagnostic::Diagnostic;
use crate::model::traffic::{Level, Source};
use crate::model::{Arrivals, Metric, Objective, Scope, Stage, Workload};

pub(super) const LINT: Lint = Lint {
    code: "LP0412",
    title: "too few requests for an objective",
    explanation: "No failure among n requests only shows a share below 3/n with 95 % confidence \
        (S42), and a percentile p needs five groups of at least 10/(1 - p) requests for its \
        interval (S31). With the planned length and number of replications there will be fewer, \
        so that the objective stays undecided however good the design is. Run longer, add \
        replications, or ask for less.",
    check,
};

fn check(context: &Context) -> Vec<Diagnostic> {
    let objectives = context.model.objectives.iter().enumerate();
    objectives
        .filter_map(|(place, objective)| one(context, place, objective))
        .collect()
}

fn one(context: &Context, place: usize, objective: &Objective) -> Option<Diagnostic> {
    let needed = match objective.metric {
        Metric::ErrorRate | Metric::Late if objective.bound > 0.0 => 3.0 / objective.bound,
        Metric::Quantile(p) if p < 1.0 => 50.0 / (1.0 - p),
        _ => return None,
    };
    let planned = planned(context, objective.scope)?;
    if planned >= needed {
        return None;
    }
    let message = format!(
        "`{}` needs {} requests to be judged, and {} are planned",
        objective.text,
        needed.ceil(),
        number(planned),
    );
    let times = if planned > 0.0 {
        format!(
            "run {} times as long, or as often: `duration`, `replications`",
            number(needed / planned)
        )
    } else {
        "let a workload send such requests".to_owned()
    };
    let paths = [format!("objectives[{place}]"), "objectives".to_owned()];
    Some(context.warn(LINT.code, message, &paths).help(times))
}

/// Requests of the scope over all replications, as far as the file says how many there will be.
fn planned(context: &Context, scope: Scope) -> Option<f64> {
    let model = context.model;
    let run = &model.run;
    let replications = f64::from(run.replications?);
    let counts = requests(context, run.duration)?;
    let all: f64 = counts.iter().sum();
    let own = match scope {
        Scope::All => all,
        Scope::Class(class) => counts[class.index()],
        Scope::Component(_) => return None,
    };
    if all <= 0.0 {
        return Some(0.0);
    }
    let each = run.requests.map_or(all, |requests| requests as f64);
    let total = (each * replications).min(run.cap as f64);
    Some(total * own / all)
}

/// Requests of one replication by class; `None` where its length is open.
fn requests(context: &Context, duration: Option<u64>) -> Option<Vec<f64>> {
    let model = context.model;
    let mut counts = vec![0.0; model.classes.len()];
    let limited = model.run.requests.is_some();
    for (workload, source) in model.workloads.iter().zip(context.traffic.sources()) {
        let journeys = match (&source.level, duration) {
            (Level::Open(_), _) if !stages(workload).is_empty() => staged(workload, duration),
            (Level::Open(rate), Some(duration)) => rate * duration as f64 / 1e9,
            (Level::Open(rate), None) if limited => *rate,
            // How fast closed users come round is for the run to say.
            _ => return None,
        };
        add(&mut counts, source, journeys);
    }
    Some(counts)
}

fn add(counts: &mut [f64], source: &Source, journeys: f64) {
    for (count, requests) in counts.iter_mut().zip(&source.requests) {
        *count += journeys * requests;
    }
}

fn stages(workload: &Workload) -> &[Stage] {
    match &workload.arrivals {
        Arrivals::Open { stages, .. } => stages,
        _ => &[],
    }
}

/// Journeys started over the stages, cut at the duration.
fn staged(workload: &Workload, duration: Option<u64>) -> f64 {
    let mut left = duration.unwrap_or(u64::MAX) as f64 / 1e9;
    let mut journeys = 0.0;
    for stage in stages(workload) {
        let length = stage.length as f64 / 1e9;
        if length > 0.0 {
            let taken = length.min(left);
            let slope = (stage.to - stage.from) / length;
            journeys += taken * (stage.from + 0.5 * slope * taken);
            left -= taken;
        }
    }
    journeys
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{found, message, objective, shop};
    use super::{LINT, staged};
    use crate::model::builder::seconds;
    use crate::model::{Arrivals, Comparison, Metric, Model};

    fn with_errors_below(bound: f64, replications: Option<u32>) -> Model {
        let mut shop = shop();
        let model = shop.b.model();
        model
            .objectives
            .push(objective(Metric::ErrorRate, Comparison::Less, bound));
        model.run.duration = Some(seconds(10));
        model.run.replications = replications;
        shop.b.build()
    }

    #[test]
    fn fires_below_three_over_the_bound() {
        // 150/s x 10 s x 10 = 15,000 requests.
        let text = message(&with_errors_below(0.0001, Some(10)), LINT.code);
        assert_eq!(
            text,
            "`as written` needs 30000 requests to be judged, and 15000 are planned"
        );
    }

    #[test]
    fn is_silent_with_enough_and_where_the_number_is_open() {
        assert!(found(&with_errors_below(0.001, Some(10)), LINT.code).is_empty());
        assert!(found(&with_errors_below(0.0001, None), LINT.code).is_empty());
    }

    #[test]
    fn stages_are_cut_at_the_duration() {
        let mut shop = shop();
        let workload = &mut shop.b.model().workloads[0];
        if let Arrivals::Open { stages, .. } = &mut workload.arrivals {
            let ramp = |from, to| crate::model::Stage {
                from,
                to,
                length: seconds(10),
                mix: Vec::new(),
            };
            *stages = vec![ramp(0.0, 100.0), ramp(100.0, 100.0)];
        }
        assert!((staged(workload, None) - 1500.0).abs() < 1e-9);
        assert!((staged(workload, Some(seconds(5))) - 125.0).abs() < 1e-9);
    }
}
