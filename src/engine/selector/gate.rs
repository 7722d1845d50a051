//! Targets that take only so many requests at once: the full ones take no part, and callers wait
//! in one line for the first that has room (maxconn of a balancer, and its queue).

use std::rc::Rc;

use super::Selector;
use crate::engine::id::PoolId;
use crate::engine::program::{Call, Reason};
use crate::engine::run::Engine;

impl Selector {
    /// Where callers wait, how many more requests the targets take, and how many of its own this
    /// selector has open there.
    pub fn gate(&self) -> Option<(PoolId, u64, u64)> {
        let counts = self.counts.as_ref()?;
        counts.gate.map(|pool| (pool, counts.room, counts.open))
    }

    /// Whether somebody is believed up, full or not.
    fn has_somebody(&self) -> bool {
        self.crowd.views.iter().any(|view| view.standing)
    }

    /// A target has one more request.
    pub(super) fn fills(&mut self, target: u32) {
        let Some(counts) = &mut self.counts else {
            return;
        };
        let open = counts.tally.open(target);
        if !self.crowd.views[target as usize].standing || open > counts.limit {
            return;
        }
        counts.room -= 1;
        if open == counts.limit {
            counts.tally.admit(target, false);
            Rc::make_mut(&mut self.crowd).admit(target, false);
        }
    }

    /// A target has one request less.
    pub(super) fn empties(&mut self, target: u32) {
        let Some(counts) = &mut self.counts else {
            return;
        };
        let open = counts.tally.open(target);
        if !self.crowd.views[target as usize].standing || open >= counts.limit {
            return;
        }
        counts.room += 1;
        if open + 1 == counts.limit {
            counts.tally.admit(target, true);
            Rc::make_mut(&mut self.crowd).admit(target, true);
        }
    }
}

impl<'a> Engine<'a> {
    /// Whether it makes no sense to wait for room, as nobody is believed up.
    pub(in crate::engine) fn has_nobody(&self, call: &Call) -> bool {
        let selector = &self.selectors[call.selector.index()];
        selector.gate().is_some() && !selector.has_somebody()
    }

    /// A call found no target: nobody is believed up, or another selector has just taken the last
    /// room of a node that both choose, and the call waits again.
    #[cold]
    pub(in crate::engine) fn no_target(&mut self, id: u32, call: &'a Call) -> Option<u32> {
        let selector = &self.selectors[call.selector.index()];
        if selector.gate().is_none() || !selector.has_somebody() {
            return self.attempt_failed(id, Reason::NoBackend);
        }
        self.let_go(id);
        self.visits[id].awaits = self.fresh();
        self.wait_for_connection(id, call)
    }

    /// Lets those go on for whom a selector has room now.
    pub(in crate::engine) fn regate(&mut self, selector: u32) {
        let Some((pool, room, open)) = self.selectors[selector as usize].gate() else {
            return;
        };
        let place = &mut self.pools[pool.index()];
        place.set_free(room, open);
        while let Some(id) = place.admit(&mut self.visits, self.now) {
            self.ready.push_back(id);
        }
    }
}
