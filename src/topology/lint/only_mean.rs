//! Response times judged by their mean alone.

use super::Lint;
use super::context::Context;
use crate::diagnostic::Diagnostic;
use crate::model::Metric;

pub(super) const LINT: Lint = Lint {
    code: "LP0411",
    title: "only a mean as objective",
    explanation: "The only objective on response times is a mean. A mean hides the slow answers: \
        with 1 % of the requests taking 5 s it moves by 50 ms, and a user who makes a hundred \
        requests meets one of them. Add a percentile, such as `p95 < 500ms`; both together say \
        more than either.",
    check,
};

fn check(context: &Context) -> Vec<Diagnostic> {
    let objectives = &context.model.objectives;
    let is_mean = |metric: Metric| metric == Metric::Mean;
    let sees_slow = |metric| matches!(metric, Metric::Quantile(_) | Metric::Max | Metric::Late);
    let Some(place) = objectives
        .iter()
        .position(|objective| is_mean(objective.metric))
    else {
        return Vec::new();
    };
    if objectives
        .iter()
        .any(|objective| sees_slow(objective.metric))
    {
        return Vec::new();
    }
    let mean = &objectives[place];
    let message = format!(
        "`{}` is the only objective on response times: it hides slow answers",
        mean.text
    );
    let percentile = format!("p95 < {}", super::context::time(2.0 * mean.bound));
    let paths = [format!("objectives[{place}]"), "objectives".to_owned()];
    let warning = context.warn(LINT.code, message, &paths);
    vec![warning.help(format!("add a percentile, such as `\"{percentile}\"`"))]
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{found, message, objective, shop};
    use super::LINT;
    use crate::model::{Comparison, Metric};

    #[test]
    fn fires_for_a_mean_beside_an_error_rate() {
        let mut shop = shop();
        let objectives = &mut shop.b.model().objectives;
        objectives.clear();
        objectives.push(objective(Metric::ErrorRate, Comparison::Less, 0.01));
        objectives.push(objective(Metric::Mean, Comparison::Less, 0.8));
        assert!(message(&shop.b.build(), LINT.code).contains("only objective"));
    }

    #[test]
    fn is_silent_beside_a_percentile() {
        let mut shop = shop();
        let mean = objective(Metric::Mean, Comparison::Less, 0.8);
        shop.b.model().objectives.push(mean);
        assert!(found(&shop.b.build(), LINT.code).is_empty());
    }
}
