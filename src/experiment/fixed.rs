//! Questions about one number of nodes.

use super::run::ExperimentError;
use crate::model::Model;

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
