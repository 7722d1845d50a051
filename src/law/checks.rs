//! What parameters may be.

pub(super) fn validate_pareto(mean: f64, shape: f64, cap: Option<f64>) -> Result<(), String> {
    positive("mean", mean)?;
    positive("shape", shape)?;
    match cap {
        Some(cap) => above("cap", cap, "the mean", mean),
        None if shape <= 1.0 => Err(format!(
            "a Pareto of shape {shape} has no finite mean: give a shape above 1, or a cap"
        )),
        None => Ok(()),
    }
}

pub(super) fn positive(what: &str, value: f64) -> Result<(), String> {
    if value.is_finite() && value > 0.0 {
        return Ok(());
    }
    Err(format!("{what} must be above 0, not {value}"))
}

pub(super) fn not_negative(what: &str, value: f64) -> Result<(), String> {
    if value.is_finite() && value >= 0.0 {
        return Ok(());
    }
    Err(format!("{what} must not be negative, and is {value}"))
}

pub(super) fn within(what: &str, value: f64, least: f64, most: f64) -> Result<(), String> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    Err(format!(
        "{what} must lie between {least} and {most}, not {value}"
    ))
}

pub(super) fn above(what: &str, value: f64, other: &str, bound: f64) -> Result<(), String> {
    if value.is_finite() && value > bound {
        return Ok(());
    }
    Err(format!("{what} must be above {other}"))
}
