//! The operational laws over what runs have counted, as equations between whole numbers.
//!
//! Source: J. Little, *A Proof for the Queuing Formula L = lambda W* (1961); P. Denning and
//! J. Buzen, *The Operational Analysis of Queueing Network Models* (1978).

use linchpin::engine::observation::Observations;

/// Largest relative violations over all replications, each of which must be 0: nothing is left
/// out of account at an edge, so steady and terminating runs are judged alike.
#[derive(Clone, Copy, Debug, Default)]
pub struct Violation {
    /// Over the whole run: number = throughput x time of the system, busy time = work done of
    /// every station, flow in = flow out + drops + what is left.
    pub run: f64,
    /// Over the window: number inside = throughput x time inside of every component, and number
    /// waiting = throughput x waiting time of every pool. The times of those who left in the
    /// window, well or not, and of those still inside at its end, less what had passed before
    /// its start.
    pub window: f64,
}

impl Violation {
    /// Keeps the larger of both.
    pub fn join(&mut self, other: Self) {
        self.run = self.run.max(other.run);
        self.window = self.window.max(other.window);
    }

    /// Whether nothing but the rounding of shared service to whole ns is seen.
    pub fn is_none(&self) -> bool {
        self.run < 1e-9 && self.window <= 0.0
    }
}

fn relative(a: u128, b: u128) -> f64 {
    a.abs_diff(b) as f64 / a.max(b).max(1) as f64
}

/// The violations of the replications of a run.
pub fn of(runs: &[Observations]) -> Violation {
    let mut worst = Violation::default();
    for run in runs {
        let audit = &run.audit;
        let flows = audit.classes.iter().map(|class| {
            let [offered, succeeded, late, failed, inside] = class.map(u128::from);
            (offered, succeeded + late + failed + inside)
        });
        let whole = std::iter::once((audit.in_system_area, audit.time_in_system))
            .chain(audit.stations.iter().copied())
            .chain(flows);
        let window = audit.components.iter().chain(&audit.pools);
        worst.join(Violation {
            run: whole.map(|(a, b)| relative(a, b)).fold(0.0, f64::max),
            window: window.map(|&(a, b)| relative(a, b)).fold(0.0, f64::max),
        });
    }
    worst
}
