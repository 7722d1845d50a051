//! The operational laws over what runs have counted.
//!
//! Source: J. Little, *A Proof for the Queuing Formula L = lambda W* (1961); P. Denning and
//! J. Buzen, *The Operational Analysis of Queueing Network Models* (1978).

use linchpin::engine::observation::Observations;

/// Largest relative violations.
#[derive(Clone, Copy, Debug, Default)]
pub struct Violation {
    /// Over the whole run with what is inside at its end: number = throughput x time of the
    /// system, busy time = work done of every station, flow in = flow out + drops + what is left.
    pub exact: f64,
    /// Over the window, where what is inside at its edges is not accounted for: number waiting =
    /// throughput x waiting time of every station and pool.
    pub window: f64,
}

impl Violation {
    /// Keeps the larger of both.
    pub fn join(&mut self, other: Self) {
        self.exact = self.exact.max(other.exact);
        self.window = self.window.max(other.window);
    }
}

fn relative(a: u128, b: u128) -> f64 {
    let (a, b) = (a as f64, b as f64);
    (a - b).abs() / a.max(b).max(1.0)
}

/// The violations of the replications of a run.
pub fn of(runs: &[Observations]) -> Violation {
    let mut worst = Violation::default();
    for run in runs {
        let audit = &run.audit;
        let mut exact = relative(audit.in_system_area, audit.time_in_system);
        for &(busy, delivered) in &audit.stations {
            exact = exact.max(relative(busy, delivered));
        }
        for &[offered, succeeded, late, failed, inside] in &audit.classes {
            let out = u128::from(succeeded + late + failed + inside);
            exact = exact.max(relative(u128::from(offered), out));
        }
        worst.exact = worst.exact.max(exact);
    }
    worst.window = window(runs);
    worst
}

/// Little's law of the waiting rooms over the windows of all replications.
fn window(runs: &[Observations]) -> f64 {
    let Some(first) = runs.first() else {
        return 0.0;
    };
    let mut worst: f64 = 0.0;
    for place in 0..first.pools.len() {
        let area: u128 = runs.iter().map(|run| run.pools[place].waiting.area).sum();
        let waited: u128 = runs.iter().map(|run| run.pools[place].waiting_sum).sum();
        let left: u64 = runs
            .iter()
            .map(|run| run.pools[place].timed_out + run.pools[place].refused)
            .sum();
        if left == 0 {
            worst = worst.max(relative(area, waited));
        }
    }
    worst
}
