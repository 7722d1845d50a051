//! Least recently used: a hit or a fill puts an entry in front, the last one leaves.

use super::list::List;
use super::shard::Slot;

/// The order of the last use.
#[derive(Debug, Default)]
pub struct Lru(pub(super) List);

impl Lru {
    /// An entry was used.
    #[inline]
    pub fn used(&mut self, slots: &mut [Slot], slot: u32) {
        self.0.unlink(slots, slot);
        self.0.push_front(slots, slot);
    }
}
