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
    /// Over the windows of steady runs, where what is inside at their edges is not accounted for:
    /// number inside = throughput x time inside of every component that turned nobody away, and
    /// number waiting = throughput x waiting time of every pool. A terminating run may end with a
    /// backlog that no visit of its window accounts for; of it the exact sums are judged.
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
pub fn of(runs: &[Observations], is_steady: bool) -> Violation {
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
    if is_steady {
        worst.window = window(runs);
    }
    worst
}

/// Visits that a component must have seen to be judged over windows: the edges of the windows
/// weigh too much for fewer.
const ENOUGH: u64 = 10_000;

/// Little's law of components and pools over the windows of all replications.
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
        let granted: u64 = runs.iter().map(|run| run.pools[place].granted).sum();
        if left == 0 && granted >= ENOUGH {
            worst = worst.max(relative(area, waited));
        }
    }
    for place in 0..first.components.len() {
        let seen = || runs.iter().map(|run| &run.components[place]);
        let area: u128 = seen().map(|one| one.in_system.area).sum();
        let inside: u128 = seen().map(|one| one.residence_sum).sum();
        let completed: u64 = seen().map(|one| one.completed).sum();
        let failed: u64 = seen().map(|one| one.failed.iter().sum::<u64>()).sum();
        if failed == 0 && completed >= ENOUGH {
            worst = worst.max(relative(area, inside));
        }
    }
    worst
}
