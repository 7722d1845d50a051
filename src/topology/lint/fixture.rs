//! A small shop that draws no warning; tests change one thing about it.

use super::{Places, lint};
use crate::diagnostic::Diagnostic;
use crate::model::builder::{Builder, exponential, ms};
use crate::model::{Comparison, ComponentId, Metric, Model, Objective, Permits, Scope};

pub(super) struct Shop {
    pub(super) b: Builder,
    pub(super) lb: ComponentId,
    pub(super) was: ComponentId,
    pub(super) db: ComponentId,
}

/// A balancer, two application servers of two cores, a database of eight cores; 150/s.
pub(super) fn shop() -> Shop {
    let mut b = Builder::new("shop");
    let lb = b.component("lb", 1);
    let was = b.component("was", 2);
    let db = b.database("db", 0, 0);
    b.cpu(was, 2).threads(was, 200, 100).cpu(db, 8);
    b.model().components[db.index()].connections = Some(Permits {
        capacity: Some(151),
        room: Some(0),
    });
    let (to_was, to_db) = (b.call(lb, was), b.call(was, db));
    b.operation(lb, "default", vec![to_was]);
    b.operation(
        was,
        "default",
        vec![b.work(was, "cpu", exponential(ms(8))), to_db],
    );
    b.operation(db, "default", vec![b.work(db, "cpu", exponential(ms(3)))]);
    b.open("users", 150.0, &[("default", lb, 1.0)]);
    let p95 = objective(Metric::Quantile(0.95), Comparison::Less, 0.06);
    b.model().objectives.push(p95);
    Shop { b, lb, was, db }
}

/// An objective over all requests.
pub(super) fn objective(metric: Metric, comparison: Comparison, bound: f64) -> Objective {
    Objective {
        text: "as written".to_owned(),
        scope: Scope::All,
        metric,
        comparison,
        bound,
        of_successes: false,
        within: None,
    }
}

/// The warnings with this code.
pub(super) fn found(model: &Model, code: &str) -> Vec<Diagnostic> {
    let nowhere: &dyn Places = &|_: &str| None;
    let mut all = lint(model, nowhere);
    all.retain(|warning| warning.code == code);
    all
}

/// The message of the only warning with this code.
#[track_caller]
pub(super) fn message(model: &Model, code: &str) -> String {
    let all = found(model, code);
    assert_eq!(all.len(), 1, "{all:#?}");
    assert!(!all[0].help.is_empty(), "no remedy: {all:#?}");
    all[0].message.clone()
}
