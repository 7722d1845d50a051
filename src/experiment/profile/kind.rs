//! Which test profiles there are, and what their loads depend on.

use super::takeovers::Loss;

/// A test profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// Parts are taken away in turn under load.
    Negative,
    /// Next to no load.
    Smoke,
    /// The load expected, for a while.
    Performance,
    /// In steps up to the load expected.
    Load,
    /// Beyond what it carries, and back.
    Stress,
    /// A sudden rush.
    Spike,
    /// The load expected, for hours.
    Soak,
    /// Beyond the bandwidth of the busiest path, and back.
    Fatigue,
}

impl Profile {
    /// As on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Profile::Negative => "negative",
            Profile::Smoke => "smoke",
            Profile::Performance => "performance",
            Profile::Load => "load",
            Profile::Stress => "stress",
            Profile::Spike => "spike",
            Profile::Soak => "soak",
            Profile::Fatigue => "fatigue",
        }
    }
}

/// What loads of a profile depend on.
#[derive(Clone, Debug)]
pub(super) struct Given {
    /// Load that mean demands allow, in loads of the file, at least 1.
    pub bound_factor: f64,
    /// Requests per second at the load of the file.
    pub requests_per_s: f64,
    /// Utilisation of the busiest bandwidth at the load of the file.
    pub bandwidth_used: Option<f64>,
    /// Parts lost during the overload.
    pub losses: Vec<Loss>,
}
