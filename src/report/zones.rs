//! Light, heavy and buckle zone of a load curve, the same in table, CSV and plot.
//!
//! Light ends at the knee (S36), where response time begins to grow faster than throughput; buckle
//! begins where throughput has fallen below its peak; heavy lies between.

use crate::experiment::result::{CurveResult, LoadAxis};

/// Where a load lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zone {
    /// Up to the knee.
    Light,
    /// From the knee on.
    Heavy,
    /// Throughput falls.
    Buckle,
}

impl Zone {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Heavy => "heavy",
            Self::Buckle => "buckle",
        }
    }

    /// The zone of `load` on this curve.
    pub fn of(curve: &CurveResult, load: f64) -> Self {
        if curve
            .buckle
            .as_ref()
            .is_some_and(|buckle| load >= buckle.from_load)
        {
            Self::Buckle
        } else if load > light_ends(curve) {
            Self::Heavy
        } else {
            Self::Light
        }
    }
}

/// The knee, or the load of saturation where there is no knee.
pub fn light_ends(curve: &CurveResult) -> f64 {
    curve.knee.unwrap_or(curve.saturation.load)
}

/// The unit of the load: journeys per second or users.
pub fn load_unit(axis: LoadAxis) -> &'static str {
    match axis {
        LoadAxis::Rate => "journeys/s",
        LoadAxis::Users => "users",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn zones_follow_each_other_with_the_load() {
        let curve = sample::curve();
        let zones: Vec<&str> = [1.0, 15.0, 20.0, 25.0, 50.0]
            .iter()
            .map(|&load| Zone::of(&curve, load).name())
            .collect();
        assert_eq!(zones, ["light", "light", "heavy", "buckle", "buckle"]);
    }
}
