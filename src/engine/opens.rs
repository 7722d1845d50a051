//! Who counts a forwarded visit as open: a chain of selectors and targets per visit.

use super::run::Engine;
use super::selector::Selector;
use super::visit::NONE;

#[derive(Clone, Copy, Debug)]
struct Open {
    selector: u32,
    target: u32,
    next: u32,
}

/// All chains, slots reused.
#[derive(Debug)]
pub struct Opens {
    slots: Vec<Open>,
    free: u32,
}

impl Default for Opens {
    fn default() -> Self {
        Self {
            slots: Vec::new(),
            free: NONE,
        }
    }
}

impl Opens {
    /// Puts one more in front of a chain; returns its new head.
    fn add(&mut self, open: Open) -> u32 {
        if self.free == NONE {
            self.slots.push(open);
            return (self.slots.len() - 1) as u32;
        }
        let id = self.free;
        let slot = &mut self.slots[id as usize];
        self.free = std::mem::replace(slot, open).next;
        id
    }

    /// Takes the head off a chain.
    fn take(&mut self, head: &mut u32) -> Option<(u32, u32)> {
        let slot = self.slots.get_mut(*head as usize)?;
        let open = *slot;
        slot.next = self.free;
        self.free = std::mem::replace(head, open.next);
        Some((open.selector, open.target))
    }
}

impl Engine<'_> {
    /// A selector, and those that count with it, have one more request open at a target.
    #[inline]
    pub(super) fn count_open(&mut self, selector: u32, target: u32) {
        if self.selectors[selector as usize].opened(target) {
            self.tell(selector, target, Selector::noticed);
        }
    }

    /// One less.
    #[inline]
    pub(super) fn count_closed(&mut self, selector: u32, target: u32) {
        if self.selectors[selector as usize].closed(target) {
            self.tell(selector, target, Selector::forgot);
        }
    }

    /// Lets the peers of a selector know, and whoever waits for room.
    #[inline(never)]
    fn tell(&mut self, selector: u32, target: u32, news: fn(&mut Selector, u32)) {
        let peers = &self.program.selectors[selector as usize].peers;
        for &(peer, place) in peers.get(target as usize).into_iter().flatten() {
            news(&mut self.selectors[peer.index()], place);
            self.regate(peer.0);
        }
        self.regate(selector);
    }

    /// Notes that a selector counts a forwarded visit as open until its answer is back.
    pub(super) fn remember_open(&mut self, id: u32, selector: u32, target: u32) {
        let next = self.visits[id].opens;
        self.visits[id].opens = self.opens.add(Open {
            selector,
            target,
            next,
        });
    }

    /// The answer is back: nobody counts the visit as open any more.
    #[inline]
    pub(super) fn forget_opens(&mut self, id: u32) {
        let mut head = self.visits[id].opens;
        if head == NONE {
            return;
        }
        while let Some((selector, target)) = self.opens.take(&mut head) {
            self.count_closed(selector, target);
        }
        self.visits[id].opens = NONE;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chains_give_their_slots_back() {
        let mut opens = Opens::default();
        for _ in 0..3 {
            let mut head = NONE;
            for target in 0..2 {
                head = opens.add(Open {
                    selector: 7,
                    target,
                    next: head,
                });
            }
            assert_eq!(opens.take(&mut head), Some((7, 1)));
            assert_eq!(opens.take(&mut head), Some((7, 0)));
            assert_eq!((opens.take(&mut head), head), (None, NONE));
        }
        assert_eq!(opens.slots.len(), 2);
    }
}
