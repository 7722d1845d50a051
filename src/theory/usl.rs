//! The Universal Scalability Law.

/// Contention and coherency of a station.
///
/// Source: N. Gunther, *Guerrilla Capacity Planning*, chapter 4.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Usl {
    /// Share of the work that must be done one at a time (contention), 0..1.
    pub sigma: f64,
    /// Cost of agreement between each pair of jobs (coherency), at least 0.
    pub kappa: f64,
}

impl Usl {
    /// Units of work done per unit of time with `jobs` at once, relative to one job alone:
    /// n / (1 + sigma (n - 1) + kappa n (n - 1)).
    pub fn capacity(&self, jobs: f64) -> f64 {
        jobs / self.slowdown(jobs)
    }

    /// The same on a node of `cores`: min(n, cores) over the same denominator (S6).
    pub fn capacity_on(&self, jobs: f64, cores: f64) -> f64 {
        jobs.min(cores) / self.slowdown(jobs)
    }

    /// Completions per second with `jobs` at once that each take `service` seconds alone.
    pub fn throughput(&self, jobs: f64, service: f64) -> f64 {
        self.capacity(jobs) / service
    }

    /// Number of jobs, as a real number, beyond which throughput falls; `None` if it never does.
    pub fn peak_exact(&self) -> Option<f64> {
        (self.kappa > 0.0).then(|| ((1.0 - self.sigma).max(0.0) / self.kappa).sqrt())
    }

    /// Whole number of jobs, at least 1, with the most throughput; `None` if there is no peak.
    pub fn peak(&self) -> Option<u32> {
        let below = self.peak_exact()?.floor().max(1.0);
        let best = if self.capacity(below + 1.0) > self.capacity(below) {
            below + 1.0
        } else {
            below
        };
        Some(best as u32)
    }

    /// Whole number of jobs, at least 1, with the most throughput on a node of `cores`.
    ///
    /// Beyond `cores` jobs each further one only costs, unless nothing costs: then `cores`.
    pub fn peak_on(&self, cores: u32) -> u32 {
        self.peak().map_or(cores, |peak| peak.min(cores)).max(1)
    }

    fn slowdown(&self, jobs: f64) -> f64 {
        1.0 + self.sigma * (jobs - 1.0) + self.kappa * jobs * (jobs - 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::check::near;

    #[test]
    fn two_per_cent_contention_buckles_past_22() {
        let law = Usl {
            sigma: 0.02,
            kappa: 0.002,
        };
        assert_eq!(law.peak(), Some(22));
        near(law.capacity(22.0), 9.386, 5e-5);
        near(law.capacity(50.0), 7.267, 7e-5);
    }

    #[test]
    fn relative_capacities_of_the_usl_package() {
        // From the tests of the R package usl: sigma = kappa = 0.02.
        let law = Usl {
            sigma: 0.02,
            kappa: 0.02,
        };
        for (jobs, expected) in [
            (2.0, 1.886_792),
            (4.0, 3.076_923),
            (6.0, 3.529_412),
            (10.0, 3.355_705),
        ] {
            near(law.capacity(jobs), expected, 3e-7);
        }
        near(law.peak_exact().unwrap(), 7.0, 1e-12);
        assert_eq!(law.peak(), Some(7));
    }

    #[test]
    fn the_whole_peak_is_the_best_of_all_counts() {
        for (sigma, kappa) in [
            (0.0, 0.3),
            (0.5, 0.01),
            (0.02, 0.002),
            (0.9, 1.0),
            (0.1, 0.07),
        ] {
            let law = Usl { sigma, kappa };
            let best = (1..200_u32)
                .max_by(|&a, &b| law.capacity(a.into()).total_cmp(&law.capacity(b.into())))
                .unwrap();
            near(
                law.capacity(law.peak().unwrap().into()),
                law.capacity(best.into()),
                1e-12,
            );
            let best = (1..200_u32)
                .max_by(|&a, &b| {
                    law.capacity_on(a.into(), 4.0)
                        .total_cmp(&law.capacity_on(b.into(), 4.0))
                })
                .unwrap();
            let own = law.capacity_on(law.peak_on(4).into(), 4.0);
            near(own, law.capacity_on(best.into(), 4.0), 1e-12);
        }
    }

    #[test]
    fn without_coherency_there_is_no_peak() {
        let law = Usl {
            sigma: 0.05,
            kappa: 0.0,
        };
        assert_eq!(law.peak(), None);
        assert_eq!(law.peak_on(8), 8);
        near(law.throughput(1e9, 0.5), 2.0 / 0.05, 1e-6);
        near(law.capacity_on(16.0, 8.0), 8.0 / 1.75, 1e-12);
    }
}
