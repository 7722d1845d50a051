//! Copies that follow a primary: writes that are answered before anybody else has them, and what of
//! them is lost when another node takes the primary's place.

use super::id::{LawId, NodeId};
use super::program::Program;
use super::run::Engine;
use crate::law::mix;

/// Purpose of the draw of a lag.
const LAG: u64 = 0x6A09_E667_F3BC_C909;

/// When others have a write that nobody is there to take.
const NOBODY: u64 = u64::MAX;

/// A component whose primary answers writes before others have them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replication {
    /// Its nodes.
    pub nodes: Vec<NodeId>,
    /// From the answer of a write until the others have it, ns.
    pub lag: LawId,
    /// Key of the draws.
    pub key: u64,
}

/// Writes of one component that others have late.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WritesObservation {
    /// Lost by a promotion in the window.
    pub lost: u64,
    /// In the whole run.
    pub lost_ever: u64,
}

/// Writes of one component at work.
#[derive(Clone, Debug, Default)]
struct Writes {
    /// Those that others may not have yet: where they were made, and when others have them.
    under_way: Vec<(u32, u64)>,
    /// How many are looked at before those that have arrived are left out.
    look_at: usize,
    /// By node that has crashed: writes that only it has.
    stranded: Vec<(u32, u64)>,
    seen: WritesObservation,
}

/// Writes of all components that replicate late.
#[derive(Clone, Debug, Default)]
pub struct Replicas(Vec<Writes>);

impl Replicas {
    /// Nothing written yet.
    pub fn new(program: &Program) -> Self {
        Self(vec![Writes::default(); program.replications.len()])
    }

    /// Opens the window.
    pub fn open(&mut self) {
        self.0.iter_mut().for_each(|writes| writes.seen.lost = 0);
    }

    /// What each component showed.
    pub fn seen(&self) -> Vec<WritesObservation> {
        self.0.iter().map(|writes| writes.seen).collect()
    }
}

impl Writes {
    /// Fewest writes among which it is worth to look for those that have arrived.
    const FEW: usize = 64;

    fn add(&mut self, node: u32, now: u64, copied: u64) {
        if self.under_way.len() >= self.look_at.max(Self::FEW) {
            self.under_way.retain(|&(_, copied)| copied > now);
            self.look_at = 2 * self.under_way.len();
        }
        self.under_way.push((node, copied));
    }

    /// Takes out what only this node has at an instant.
    fn take(&mut self, node: u32, now: u64) -> u64 {
        let all = self.under_way.len();
        self.under_way.retain(|&(_, copied)| copied > now);
        let waiting = self.under_way.len();
        self.look_at = all;
        self.under_way.retain(|&(at, _)| at != node);
        (waiting - self.under_way.len()) as u64
    }
}

impl Engine<'_> {
    /// A write is done at its node, and on its way to the others.
    pub(super) fn commit(&mut self, id: u32, replication: u32) {
        let visit = &mut self.visits[id];
        visit.pc += 1;
        let (node, own) = (visit.node, visit.key);
        let place = &self.program.replications[replication as usize];
        let mut others = place.nodes.iter().filter(|other| other.0 != node);
        let copied = if others.any(|other| self.nodes[other.index()].up) {
            let lag = self.draw_ns(place.lag, mix(own ^ place.key ^ LAG));
            self.now.saturating_add(lag)
        } else {
            NOBODY
        };
        self.replicas.0[replication as usize].add(node, self.now, copied);
    }

    /// A node has crashed: what only it has stays with it.
    pub(super) fn strand_writes(&mut self, node: u32) {
        for (place, writes) in self.program.replications.iter().zip(&mut self.replicas.0) {
            if place.nodes.contains(&NodeId(node)) {
                let stranded = writes.take(node, self.now);
                writes.stranded.push((node, stranded));
            }
        }
    }

    /// A node is back, with all that it had written, and takes over what nobody else could.
    pub(super) fn land_writes(&mut self, node: u32) {
        let now = self.now;
        for (place, writes) in self.program.replications.iter().zip(&mut self.replicas.0) {
            writes.stranded.retain(|&(at, _)| at != node);
            if place.nodes.contains(&NodeId(node)) {
                let waiting = writes.under_way.iter_mut();
                waiting
                    .filter(|(at, copied)| *at != node && *copied == NOBODY)
                    .for_each(|(_, copied)| *copied = now);
            }
        }
    }

    /// Another node takes the place of this one: writes that only it has are lost.
    pub(super) fn succeed(&mut self, node: u32) {
        for (place, writes) in self.program.replications.iter().zip(&mut self.replicas.0) {
            if place.nodes.contains(&NodeId(node)) {
                let here = writes.take(node, self.now);
                let stranded = writes.stranded.iter().filter(|&&(at, _)| at == node);
                let lost = here + stranded.map(|&(_, many)| many).sum::<u64>();
                writes.seen.lost += lost;
                writes.seen.lost_ever += lost;
                writes.stranded.retain(|&(at, _)| at != node);
            }
        }
    }
}
