//! Plots.
use crate::experiment::result::*;
pub fn of_run(_: &RunResult) -> Vec<(&'static str, String)> {
    Vec::new()
}
pub fn of_curve(_: &CurveResult) -> Vec<(&'static str, String)> {
    Vec::new()
}
pub fn of_compare(_: &CompareResult) -> Vec<(&'static str, String)> {
    Vec::new()
}
pub fn of_spof(_: &SpofResult) -> Vec<(&'static str, String)> {
    Vec::new()
}
