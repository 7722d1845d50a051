//! Faults after the end.

use super::Lint;
use super::context::{Context, nanos};
use crate::diagnostic::Diagnostic;
use crate::model::{Arrivals, Stage};

pub(super) const LINT: Lint = Lint {
    code: "LP0421",
    title: "fault after the end of the run",
    explanation: "A fault is scheduled at or after the instant at which the run ends, so that it \
        never happens and the run looks better than it should. Times of faults count from the \
        start of the run, after the lead-in (S29). Move it forward, or run longer.",
    check,
};

fn check(context: &Context) -> Vec<Diagnostic> {
    let model = context.model;
    let stages: Option<u64> = model
        .workloads
        .iter()
        .filter_map(|w| length(&w.arrivals))
        .max();
    let Some(end) = model.run.duration.or(stages) else {
        return Vec::new();
    };
    let mut all = Vec::new();
    for (place, fault) in model
        .faults
        .iter()
        .enumerate()
        .filter(|(_, fault)| fault.at >= end)
    {
        let message = format!(
            "this fault never happens: it is scheduled at {}, and the run ends at {}",
            nanos(fault.at),
            nanos(end),
        );
        let paths = [format!("faults[{place}].at"), format!("faults[{place}]")];
        all.push(context.warn(LINT.code, message, &paths).help(format!(
            "write `at: \"{}\"`, or a longer `duration` in `run`",
            nanos(end / 2)
        )));
    }
    all
}

/// The sum of the stages, ns, where there are some.
fn length(arrivals: &Arrivals) -> Option<u64> {
    let stages: &[Stage] = match arrivals {
        Arrivals::Open { stages, .. } | Arrivals::Closed { stages, .. } => stages,
        Arrivals::Replay { .. } => &[],
    };
    let all = stages
        .iter()
        .fold(0_u64, |sum, stage| sum.saturating_add(stage.length));
    (!stages.is_empty()).then_some(all)
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{found, message, shop};
    use super::LINT;
    use crate::model::builder::seconds;
    use crate::model::{Fault, FaultKind, FaultTarget, Model, NodeId};

    fn crash_at(at: u64, duration: Option<u64>) -> Model {
        let mut shop = shop();
        shop.b.fault(Fault {
            kind: FaultKind::Crash,
            target: FaultTarget::Nodes(vec![NodeId(0)]),
            at,
            lasts: None,
        });
        shop.b.model().run.duration = duration;
        shop.b.build()
    }

    #[test]
    fn fires_at_the_end() {
        let text = message(&crash_at(seconds(60), Some(seconds(60))), LINT.code);
        assert!(text.contains("at 60s, and the run ends at 60s"), "{text}");
    }

    #[test]
    fn is_silent_before_it_and_where_the_length_is_open() {
        assert!(found(&crash_at(seconds(59), Some(seconds(60))), LINT.code).is_empty());
        assert!(found(&crash_at(seconds(60), None), LINT.code).is_empty());
    }
}
