//! Who is where at the edges of the window, for Little's law as an exact identity.
//!
//! Over any window the integral of those inside equals the times of those who left in it, plus
//! what those still inside have stayed at its end, less what those inside had stayed at its start.
//! Source: J. Little, S. Graves 2008, *Little's Law*, in: Building Intuition (the finite window).

use super::observation::{ComponentObservation, PoolObservation};
use super::run::Engine;
use super::visit::{INSIDE, State};

/// Times that those inside have stayed so far, ns.
#[derive(Clone, Debug, Default)]
pub(super) struct Presence {
    /// By component, the clients last.
    components: Vec<u128>,
    /// Waiting, by pool.
    pools: Vec<u128>,
}

impl Presence {
    /// By component: integral of those inside over the window, and their times one by one.
    pub(super) fn components(
        &self,
        opened: &Self,
        seen: &[ComponentObservation],
    ) -> Vec<(u128, u128)> {
        let edges = self.components.iter().zip(&opened.components);
        seen.iter()
            .zip(edges)
            .map(|(one, (end, start))| {
                let left = one.residence_sum + one.failed_residence_sum;
                (one.in_system.area + start, left + end)
            })
            .collect()
    }

    /// The same of those who waited at pools.
    pub(super) fn pools(&self, opened: &Self, seen: &[PoolObservation]) -> Vec<(u128, u128)> {
        let edges = self.pools.iter().zip(&opened.pools);
        seen.iter()
            .zip(edges)
            .map(|(one, (end, start))| {
                let left = one.waiting_sum + one.gave_up_sum;
                (one.waiting.area + start, left + end)
            })
            .collect()
    }
}

impl Engine<'_> {
    /// How long those inside have stayed so far.
    pub(super) fn presence(&self) -> Presence {
        let mut found = Presence {
            components: vec![0; self.program.components.len() + 1],
            pools: vec![0; self.pools.len()],
        };
        let slots = &self.visits.slots;
        for visit in slots.iter().filter(|visit| visit.state != State::Free) {
            if visit.is(INSIDE) {
                let stayed = u128::from(self.now - visit.entered);
                found.components[visit.owner as usize] += stayed;
            }
            if matches!(visit.state, State::Permit | State::Connection) {
                found.pools[visit.at as usize] += u128::from(self.now - visit.since);
            }
        }
        for (component, entered) in self.riders.inside() {
            found.components[component] += u128::from(self.now - entered);
        }
        found
    }
}
