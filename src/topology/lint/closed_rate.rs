//! Rate objectives for users who wait.

use super::Lint;
use super::context::{Context, number};
use crate::diagnostic::Diagnostic;
use crate::model::traffic::Level;
use crate::model::{Comparison, Metric, Scope};

pub(super) const LINT: Lint = Lint {
    code: "LP0418",
    title: "rate objective on closed users",
    explanation: "An objective asks for a throughput, but all users are closed: they wait for \
        their answers and send less when the system slows down. Their rate is users / (think + \
        response) (interactive response time law), a property of the users as much as of the \
        system, and even an infinitely fast system cannot make them send more than users / think. \
        To ask whether a rate is carried, offer it: `Open(rate: ..)`.",
    check,
};

fn check(context: &Context) -> Vec<Diagnostic> {
    let Some(most) = most(context) else {
        return Vec::new();
    };
    let mut all = Vec::new();
    for (place, objective) in context.model.objectives.iter().enumerate() {
        let is_rate = matches!(objective.metric, Metric::Throughput | Metric::Goodput);
        let is_least = matches!(
            objective.comparison,
            Comparison::Greater | Comparison::AtLeast
        );
        if !is_rate || !is_least || objective.scope != Scope::All {
            continue;
        }
        let message = if most < objective.bound {
            format!(
                "`{}` cannot be met: the users send at most {}/s however fast the answers are",
                objective.text,
                number(most),
            )
        } else {
            format!(
                "`{}` is asked of users who wait, and who send less when it gets slow",
                objective.text
            )
        };
        let rate = number(objective.bound);
        let paths = [format!("objectives[{place}]"), "objectives".to_owned()];
        all.push(context.warn(LINT.code, message, &paths).help(format!(
            "offer the rate instead: `Open(rate: \"{rate}/s\", ..)`"
        )));
    }
    all
}

/// Requests per second if every answer came at once; `None` unless all users are closed.
fn most(context: &Context) -> Option<f64> {
    let sources = context.traffic.sources();
    if sources.is_empty() {
        return None;
    }
    let mut total = 0.0;
    for source in sources {
        let Level::Closed { users, think_s } = source.level else {
            return None;
        };
        total += source.requests.iter().sum::<f64>() * users / think_s;
    }
    Some(total)
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{found, message, objective, shop};
    use super::LINT;
    use crate::model::builder::{exponential, seconds};
    use crate::model::{Comparison, Metric, Model};

    fn closed(bound: f64, also_open: bool) -> Model {
        let mut shop = shop();
        let lb = shop.lb;
        if !also_open {
            shop.b.model().workloads.clear();
        }
        shop.b.closed(
            "many",
            100,
            exponential(seconds(10)),
            &[("default", lb, 1.0)],
        );
        let rate = objective(Metric::Throughput, Comparison::Greater, bound);
        shop.b.model().objectives.push(rate);
        shop.b.build()
    }

    #[test]
    fn fires_and_says_when_it_cannot_be_met() {
        let text = message(&closed(20.0, false), LINT.code);
        assert!(text.contains("at most 10/s"), "{text}");
        assert!(message(&closed(5.0, false), LINT.code).contains("users who wait"));
    }

    #[test]
    fn is_silent_with_an_open_workload() {
        assert!(found(&closed(20.0, true), LINT.code).is_empty());
    }
}
