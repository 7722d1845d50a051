//! What happens where the waiting room of a node is full: refuse, try again later, or wait
//! outside. Who waits outside after a call or a user's request is nobody's load; who was to be
//! handed over stays where it is, with all that it holds (blocking after service; H. Perros,
//! *Queueing Networks with Blocking*, 1994, section 1.2).

use super::call::SPREAD;
use super::key::Rank;
use super::program::{Full, Part, Reason, Step};
use super::run::Engine;
use super::visit::State;
use crate::law::mix;

impl Engine<'_> {
    /// A request found the waiting room full.
    #[inline(never)]
    pub(super) fn found_full(&mut self, id: u32, pool: u32) -> Option<u32> {
        let component = self.nodes[self.visits[id].node as usize].component;
        match self.program.pools[pool as usize].full {
            Full::Refuse => {
                let reason = self.pools[pool as usize].refusal;
                self.probe.refused(component);
                self.finish(id, Some(reason))
            }
            Full::Retry { law, key } => {
                let visit = &mut self.visits[id];
                visit.count = visit.count.wrapping_add(1);
                let spread = u64::from(visit.count).wrapping_mul(SPREAD);
                let word = mix((visit.key ^ key).wrapping_add(spread));
                let pause = self.draw_ns(law, word).max(1);
                let ticket = self.put(self.now.saturating_add(pause), Rank::Reached, id);
                let visit = &mut self.visits[id];
                (visit.at, visit.ticket, visit.state) = (pool, ticket, State::Orbiting);
                self.pools[pool as usize].pardon();
                self.pools[pool as usize].circles(self.now);
                None
            }
            Full::Block => {
                self.pools[pool as usize].pardon();
                self.stay_out(id, pool)
            }
        }
    }

    /// A request in orbit tries again.
    pub(super) fn try_again(&mut self, id: u32) -> Option<u32> {
        let pool = self.visits[id].at;
        self.pools[pool as usize].lands(self.now);
        self.charge(id, Part::Queue);
        self.acquire(id, pool)
    }

    /// Waits outside a full room.
    fn stay_out(&mut self, id: u32, pool: u32) -> Option<u32> {
        let visit = &mut self.visits[id];
        visit.at = pool;
        visit.state = State::Blocked;
        self.pools[pool as usize].shut_out(&mut self.visits, id);
        let component = self.nodes[self.visits[id].node as usize].component;
        self.probe.blocked[component as usize].up(self.now);
        None
    }

    /// Hands a request over to a node that may block: it stays here until there is room there.
    #[inline(never)]
    pub(super) fn forward_with_room(&mut self, id: u32, number: u32) -> Option<u32> {
        let call = &self.program.calls[number as usize];
        match self.choose(id, call) {
            Some(target) => self.pass_to(id, number, target),
            None => self.finish(id, Some(Reason::NoBackend)),
        }
    }

    fn pass_to(&mut self, id: u32, number: u32, target: u32) -> Option<u32> {
        let call = &self.program.calls[number as usize];
        let entry = self.program.entries[(call.entries + target) as usize];
        let node = self.program.selectors[call.selector.index()].targets[target as usize].node;
        let blocking = self.program.steps[entry.index()..]
            .iter()
            .map_while(|step| match step {
                Step::Acquire { pool } => Some(pool),
                _ => None,
            })
            .find(|pool| self.program.pools[pool.index()].full == Full::Block);
        if let Some(pool) = blocking
            && self.nodes[node.index()].up
            && !self.pools[pool.index()].has_room()
        {
            self.visits[id].target = target;
            return self.stay_out(id, pool.0);
        }
        self.forward_to(id, number, target)
    }

    /// Somebody left a pool: whoever waits outside comes in while there is room.
    #[inline]
    pub(super) fn room_at(&mut self, pool: u32) {
        let place = &mut self.pools[pool as usize];
        if place.anybody_out()
            && place.has_room()
            && let Some(id) = place.call_in(&mut self.visits)
        {
            self.ready.push_back(id);
        }
    }

    /// There is room for a request that waited outside.
    pub(super) fn let_in(&mut self, id: u32) -> Option<u32> {
        let component = self.nodes[self.visits[id].node as usize].component;
        self.probe.blocked[component as usize].down(self.now);
        self.charge(id, Part::PoolWait);
        self.visits[id].state = State::Ready;
        match self.program.steps[self.visits[id].pc as usize] {
            Step::ForwardWithRoom { call } => self.pass_to(id, call.0, self.visits[id].target),
            _ => self.acquire(id, self.visits[id].at),
        }
    }

    /// A lost visit no longer waits outside.
    pub(super) fn leave_outside(&mut self, id: u32) {
        let pool = self.visits[id].at;
        self.pools[pool as usize].turn_from(&mut self.visits, id);
        let component = self.nodes[self.visits[id].node as usize].component;
        self.probe.blocked[component as usize].down(self.now);
        self.visits[id].state = State::Ready;
    }
}
