//! What a request leaves behind that has its outcome.

use super::journal::{Path, Stay};
use super::program::Reason;
use super::visit::Visit;

/// A request that has its outcome.
#[derive(Clone, Copy, Debug)]
pub struct Ended {
    /// Intended arrival, ns.
    pub born: u64,
    /// Its class.
    pub class: u32,
    /// Flags of its visit.
    pub flags: u8,
    /// Where its time went before its last stay.
    pub path: Path,
    /// Its last stay.
    pub stay: Stay,
    /// Why it failed, if it did.
    pub outcome: Option<Reason>,
}

impl Ended {
    /// The request of a root visit.
    #[inline(always)]
    pub fn of(visit: &Visit) -> Self {
        Self {
            born: visit.born,
            class: visit.class,
            flags: visit.flags,
            path: visit.path,
            stay: Stay::of(visit),
            outcome: visit.outcome,
        }
    }

    /// Whether a flag is set.
    #[inline(always)]
    pub fn is(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }
}
