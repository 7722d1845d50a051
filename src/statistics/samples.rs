//! Seeded draws and a textbook queue for the tests of this layer.

use rand::{Rng as _, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

/// A seeded source of the few laws the tests need.
pub struct Samples(Xoshiro256PlusPlus);

impl Samples {
    /// Starts a stream of its own.
    pub fn new(seed: u64) -> Self {
        Self(Xoshiro256PlusPlus::seed_from_u64(seed))
    }

    /// Uniform in 0..1.
    pub fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Exponential with the given mean.
    pub fn exponential(&mut self, mean: f64) -> f64 {
        -mean * libm::log1p(-self.unit())
    }

    /// Normal by the method of Box and Muller.
    pub fn normal(&mut self, mean: f64, sd: f64) -> f64 {
        let radius = self.exponential(2.0).sqrt();
        mean + sd * radius * libm::cos(std::f64::consts::TAU * self.unit())
    }

    /// Number in system of an M/M/1 queue (service rate 1) as its mean over each of `buckets`
    /// intervals of `width` services, from `start` waiting requests on.
    pub fn mm1_in_system(&mut self, rate: f64, start: u64, buckets: usize, width: f64) -> Vec<f64> {
        let (mut level, mut now, mut area) = (start, 0.0, 0.0);
        let mut series = Vec::with_capacity(buckets);
        while series.len() < buckets {
            let busy = if level > 0 { 1.0 } else { 0.0 };
            let mut left = self.exponential(1.0 / (rate + busy));
            while series.len() < buckets {
                let end = (series.len() + 1) as f64 * width;
                if now + left < end {
                    area += level as f64 * left;
                    now += left;
                    break;
                }
                area += level as f64 * (end - now);
                left -= end - now;
                now = end;
                series.push(area / width);
                area = 0.0;
            }
            let arrives = self.unit() * (rate + busy) < rate;
            level = if arrives {
                level + 1
            } else {
                level.saturating_sub(1)
            };
        }
        series
    }
}
