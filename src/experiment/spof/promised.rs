//! Availability that objectives promise, held against what the stated failures come to (S41).

use crate::experiment::objectives::held;
use crate::experiment::result::spof::Expected;
use crate::experiment::result::{ObjectiveVerdict, SpofResult, Warning};
use crate::model::{Metric, Model, Objective, Scope};
use crate::statistics::{Estimate, Reason};

/// Most parts named in a warning.
const NAMED: usize = 12;

/// Judges every availability objective; one that is broken fails the whole.
pub fn judge(model: &Model, result: &mut SpofResult) {
    let promises = model.objectives.iter();
    let promises = promises.filter(|objective| objective.metric == Metric::Availability);
    for objective in promises {
        let measured = expected(model, objective, result)
            .map_or(Estimate::missing(Reason::NoData), |expected| {
                Estimate::exact(expected.availability)
            });
        let found = held(objective, &measured);
        result.failed |= found.verdict == ObjectiveVerdict::Fail;
        result.warnings.extend(caveat(objective, &measured, result));
        result.objectives.push(found);
    }
}

/// What the objective is about; `None` where nothing is known of it.
fn expected<'r>(
    model: &Model,
    objective: &Objective,
    result: &'r SpofResult,
) -> Option<&'r Expected> {
    match objective.scope {
        Scope::Class(class) => {
            let class = &model.classes[class.index()].name;
            result.classes.get(class)?.expected.as_ref()
        }
        Scope::All | Scope::Component(_) => result.expected.as_ref(),
    }
}

/// On what the judgement does not rest.
fn caveat(objective: &Objective, measured: &Estimate, result: &SpofResult) -> Option<Warning> {
    let text = &objective.text;
    if measured.value.is_none() {
        return Some(Warning {
            code: "availability_not_judged",
            text: format!(
                "`{text}` is not judged: no unavailability could be had; write `failure` of the \
                 parts, as in failure: Server"
            ),
        });
    }
    let perfect = &result.assumed_perfect;
    let named = perfect[..perfect.len().min(NAMED)].join(", ");
    let rest = if perfect.len() > NAMED { " .." } else { "" };
    (!perfect.is_empty()).then(|| Warning {
        code: "assumed_perfect",
        text: format!(
            "`{text}` is judged as if these never failed, for want of `failure`: {named}{rest}"
        ),
    })
}
