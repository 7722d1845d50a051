//! Results with plausible values, for tests of what renders them.

mod capacity;
mod drill;
mod estimate;
mod frontier;
mod run;
mod shapes;
mod studies;
mod sweep;

pub use capacity::{capacity, fewest, highest};
pub use drill::drill;
pub use estimate::estimate;
pub use frontier::frontier;
pub use run::{run, saturated, terminating};
pub use studies::{compare, curve, open_curve, spof};
pub use sweep::{grid, sampled, single};

use crate::statistics::Estimate;

/// An estimate with a half-width of `percent` of its value.
pub fn about(value: f64, percent: f64) -> Estimate {
    Estimate::around(value, value.abs() * percent / 100.0, 20)
}
