//! Questions about one number of nodes.

use super::run::ExperimentError;
use crate::model::{Component, Model};

/// Refuses a question whose answer would depend on how long the system has run.
///
/// # Errors
/// When requests leave memory behind in a component.
pub fn lasting(model: &Model, what: &str) -> Result<(), ExperimentError> {
    let leaks = |part: &&Component| part.memory.as_ref().is_some_and(|own| own.leak > 0);
    let Some(part) = model.components.iter().find(leaks) else {
        return Ok(());
    };
    let name = &part.name;
    Err(ExperimentError::Question(format!(
        "requests leave memory behind in `{name}`: {what} would depend on how long it has run; \
         ask without, --set 'components.{name:?}.memory.leak=\"0B\"', or `run` it for long"
    )))
}

/// Refuses a question that needs a number of nodes that does not change.
///
/// # Errors
/// When a component is autoscaled.
pub fn fixed(model: &Model, what: &str) -> Result<(), ExperimentError> {
    let Some((part, autoscale)) = model.scaled().next() else {
        return Ok(());
    };
    let (name, min, max) = (&part.name, autoscale.min, autoscale.max);
    Err(ExperimentError::Question(format!(
        "`{name}` has {min} to {max} nodes, as it is autoscaled: {what} is that of one number of \
         nodes; ask with the fewest, --set {name}.autoscale.max={min}, or the most, --set \
         {name}.autoscale.min={max}"
    )))
}
