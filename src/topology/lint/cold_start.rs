//! Cold starts where nothing can be cold.

use super::Lint;
use super::context::Context;
use crate::diagnostic::Diagnostic;
use crate::model::{Arrivals, Model, Start};

pub(super) const LINT: Lint = Lint {
    code: "LP0424",
    title: "cold start without effect",
    explanation: "`start: Cold` begins with empty caches, and a run with stages, waves or faults \
        without its lead-in. Here no component holds contents that could be missing, and there is \
        no lead-in to leave out: a steady run starts empty anyway and cuts its warm-up off, and so \
        does one that begins with nobody. Leave `start` out, or give a cache `keys` and \
        `capacity`, or the workload `stages`.",
    check,
};

fn check(context: &Context) -> Vec<Diagnostic> {
    let model = context.model;
    let holds = model.components.iter().any(|part| part.contents.is_some());
    if model.run.start == Start::Warm || holds || leads_in(model) {
        return Vec::new();
    }
    let message = "`start: Cold` changes nothing: no cache holds contents, and there is no lead-in";
    let paths = ["run.start", "run"].map(str::to_owned);
    vec![
        context
            .warn(LINT.code, message.to_owned(), &paths)
            .help("leave `start` out"),
    ]
}

/// Whether a warm start would lead in (S29): the run terminates and somebody is there at first.
fn leads_in(model: &Model) -> bool {
    let mut varies = !model.faults.is_empty();
    let mut is_busy = false;
    for workload in &model.workloads {
        let (level, stages) = match &workload.arrivals {
            Arrivals::Open {
                rate_per_s, stages, ..
            } => (*rate_per_s, stages),
            Arrivals::Closed { users, stages, .. } => (f64::from(*users), stages),
            Arrivals::Replay { .. } => {
                varies = true;
                continue;
            }
        };
        varies |= !stages.is_empty();
        is_busy |= stages.first().map_or(level, |stage| stage.from) > 0.0;
    }
    varies && is_busy
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{found, message, shop};
    use super::LINT;
    use crate::model::{Arrivals, Model, Stage, Start};

    /// The shop, started so, with a stage that leads from one rate to another.
    fn with(start: Start, stage: Option<(f64, f64)>) -> Model {
        let mut shop = shop();
        let model = shop.b.model();
        model.run.start = start;
        if let (Some((from, to)), Arrivals::Open { stages, .. }) =
            (stage, &mut model.workloads[0].arrivals)
        {
            stages.push(Stage {
                from,
                to,
                length: 1_000_000_000,
                mix: Vec::new(),
            });
        }
        shop.b.build()
    }

    #[test]
    fn fires_for_a_steady_run_and_for_one_that_begins_with_nobody() {
        for stage in [None, Some((0.0, 150.0))] {
            let text = message(&with(Start::Cold, stage), LINT.code);
            assert!(text.starts_with("`start: Cold` changes nothing"), "{text}");
        }
    }

    #[test]
    fn is_silent_where_a_warm_start_would_lead_in_and_for_warm_starts() {
        assert!(found(&with(Start::Cold, Some((150.0, 0.0))), LINT.code).is_empty());
        assert!(found(&with(Start::Warm, None), LINT.code).is_empty());
    }
}
