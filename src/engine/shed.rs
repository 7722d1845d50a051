//! Work that is dropped because its answer is of no use any more.

use super::program::Reason;
use super::run::Engine;
use super::visit::{NONE, SPAWNED};

impl Engine<'_> {
    /// Whether nobody waits for the answer of a visit, or its user's deadline has passed.
    pub(super) fn is_stale(&self, id: u32) -> bool {
        let mut visit = &self.visits[id];
        while visit.parent != NONE {
            let parent = &self.visits[visit.parent];
            if visit.link == 0 || parent.awaits != visit.link {
                return true;
            }
            visit = parent;
        }
        if visit.is(SPAWNED) {
            return false;
        }
        let class = &self.program.classes[visit.class as usize];
        class
            .deadline
            .is_some_and(|deadline| self.now - visit.born > deadline)
    }

    /// A visit that has just got a permit gives it back and fails.
    pub(super) fn shed(&mut self, id: u32, pool: u32) -> Option<u32> {
        self.release(pool);
        self.finish(id, Some(Reason::Shed))
    }
}
