//! Standbys that never take over.

use super::Lint;
use super::context::Context;
use crate::diagnostic::Diagnostic;
use crate::model::{Component, Metric, Role, Takeover};

pub(super) const LINT: Lint = Lint {
    code: "LP0413",
    title: "replicas, but no failover",
    explanation: "A standby that nothing promotes only costs, and a primary with read replicas but \
        no failover is still a single point for every write: somebody has to notice, decide and \
        switch by hand. Write `failover: Automatic(detect: \"10s\", promote: \"20s\")` with your \
        own times. Read replicas alone draw this advice only where an objective asks for \
        availability.",
    check,
};

fn check(context: &Context) -> Vec<Diagnostic> {
    let objectives = &context.model.objectives;
    let wants_availability = objectives.iter().any(|o| o.metric == Metric::Availability);
    let mut all = Vec::new();
    for component in context.components() {
        let part = context.model.component(component);
        if part.takeover != Takeover::None {
            continue;
        }
        let (standbys, replicas) = (
            count(context, part, Role::Standby),
            count(context, part, Role::ReadReplica),
        );
        let what = if standbys > 0 {
            format!("{standbys} standby of `{}` never takes over", part.name)
        } else if replicas > 0 && wants_availability {
            format!(
                "`{}` has {replicas} read replicas, but none is promoted",
                part.name
            )
        } else {
            continue;
        };
        let message = format!("{what}: when the primary is lost, writes fail until it is back");
        all.push(
            context
                .warn_component(
                    LINT.code,
                    message,
                    component,
                    &["standbys", "read_replicas"],
                )
                .help("add `failover: Automatic(detect: \"10s\", promote: \"20s\")`"),
        );
    }
    all
}

fn count(context: &Context, part: &Component, role: Role) -> usize {
    part.nodes
        .iter()
        .filter(|&&node| context.model.node(node).role == role)
        .count()
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{found, message, objective};
    use super::LINT;
    use crate::model::builder::Builder;
    use crate::model::{Comparison, Metric, Model, Takeover};

    fn with(standbys: u32, replicas: u32, takeover: Takeover, wants: bool) -> Model {
        let mut b = Builder::new("t");
        let db = b.database("db", standbys, replicas);
        b.operation(db, "default", Vec::new());
        b.open("users", 1.0, &[("default", db, 1.0)]);
        b.model().components[0].takeover = takeover;
        if wants {
            let nines = objective(Metric::Availability, Comparison::AtLeast, 0.999);
            b.model().objectives.push(nines);
        }
        b.build()
    }

    #[test]
    fn fires_for_a_standby_and_for_replicas_where_availability_is_asked_for() {
        let standby = with(1, 0, Takeover::None, false);
        assert!(message(&standby, LINT.code).starts_with("1 standby of `db`"));
        let replicas = with(0, 2, Takeover::None, true);
        assert!(message(&replicas, LINT.code).contains("2 read replicas"));
    }

    #[test]
    fn is_silent_with_failover_and_for_replicas_that_only_read() {
        let promoted = Takeover::Promotion {
            detect: 1,
            promote: 1,
        };
        assert!(found(&with(1, 0, promoted, true), LINT.code).is_empty());
        assert!(found(&with(0, 2, Takeover::None, false), LINT.code).is_empty());
    }
}
