//! What `spof --method` simulates of failures and repairs.

use serde::Serialize;

/// Fewest failures observed from which a value is given.
pub const FEWEST_FAILURES: u64 = 10;
/// Failures that give a value to 10 %, nineteen times of twenty.
pub const FAILURES_FOR_TENTH: f64 = 384.0;

/// By which way the unavailability is had.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// From the decision diagram.
    #[default]
    Exact,
    /// Beside it: failures and repairs played through, what is rare made common.
    Splitting,
    /// Beside it: failures and repairs played through as they come.
    MonteCarlo,
}

impl Method {
    /// As it is written on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Method::Exact => "exact",
            Method::Splitting => "splitting",
            Method::MonteCarlo => "monte-carlo",
        }
    }
}

/// The unavailability by simulation alone: parts go up and down in time, and the structure says
/// whether anything succeeds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Simulated {
    /// How.
    pub method: Method,
    /// Share of time in which nothing of it can succeed; `None` with a reason.
    pub unavailability: Option<f64>,
    /// Its 95 % interval.
    pub ci95: Option<(f64, f64)>,
    /// The interval that holds it 999 times of 1,000: the exact value must lie in it.
    #[serde(skip)]
    pub ci999: Option<(f64, f64)>,
    /// Half of that of 95 %, over the value.
    pub relative_half_width: Option<f64>,
    /// Outages a year.
    pub frequency_per_year: Option<f64>,
    /// Where no value is given: it lies below this, with 95 % confidence and outages as long as
    /// the longest repair.
    pub unavailability_below: Option<f64>,
    /// Outages seen; `None` with splitting, which weighs them.
    pub failures: Option<u64>,
    /// Time simulated, years of 365 days; with splitting that of the cycles it starts from.
    pub years: f64,
    /// About how much of it would show 384 failures, for a value to 10 %.
    pub years_for_384_failures: Option<f64>,
    /// Independent repetitions behind the interval.
    pub repetitions: u32,
    /// Failures and repairs simulated.
    pub steps: u64,
    /// The levels that splitting climbs: shares of a cut set that are down.
    pub levels: Vec<f64>,
    /// Why there is no value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}
