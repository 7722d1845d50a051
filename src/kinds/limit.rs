//! Limits of rate, as the model takes them.

use crate::model;
use crate::quantity::Time;
use crate::schema::preset::Preset;
use crate::schema::{Burst, RateLimit};

impl RateLimit {
    /// With the burst of the default where none is stated.
    pub fn model(self, burst: &Preset) -> model::RateLimit {
        let per_s = self.rate.per_second();
        let worth = |time: Time| (per_s * time.nanos() as f64 / 1e9).round();
        let burst = match self.burst.unwrap_or_else(|| burst.read()) {
            Burst::Count(count) => count.get(),
            Burst::Time(time) => worth(time).clamp(1.0, f64::from(u32::MAX)) as u32,
        };
        model::RateLimit { per_s, burst }
    }
}
