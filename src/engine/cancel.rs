//! Calls that are cancelled: whoever works for an answer that nobody waits for any more stops.
//!
//! The caller closes its connection at the instant at which it gives an attempt up, and the callee
//! knows at that instant: its visit leaves queues, servers and pools, and so do those that it has
//! called over links that cancel, too. What is still on its way is not caught, and a caller that
//! crashes says nothing to anybody.

use std::collections::BTreeMap;

use super::program::{Call, Program, Reason, Step};
use super::run::Engine;
use super::visit::{INSIDE, LOCAL, SPAWNED, State, Visits};

/// Visits that are cancelled with those that wait for them, by the number that these await.
#[derive(Debug, Default)]
pub struct Cancellable {
    /// Called over links that cancel.
    pub(super) calls: BTreeMap<u64, u32>,
    /// Whether anything is cancelled at all.
    is_used: bool,
    branches: BTreeMap<u64, Vec<u32>>,
    /// How many are kept before those that nobody waits for are left out.
    look_at: usize,
}

impl Cancellable {
    /// Fewest entries among which it is worth to look for old ones.
    const FEW: usize = 64;

    /// Nothing is under way yet.
    pub fn new(program: &Program) -> Self {
        let cancels = |step: &Step| matches!(step, Step::Quorum { cancel: true, .. });
        Self {
            is_used: program.calls.iter().any(|call| call.cancel)
                || program.steps.iter().any(cancels),
            ..Self::default()
        }
    }

    /// A visit has begun a branch.
    #[inline]
    pub fn branch(&mut self, visits: &Visits, child: u32) {
        if self.is_used {
            self.keep(visits, child);
        }
    }

    fn keep(&mut self, visits: &Visits, child: u32) {
        let is_under_way = |number: u64, child: u32| {
            let visit = &visits[child];
            visit.state != State::Free && visit.link == number
        };
        if self.branches.len() >= self.look_at.max(Self::FEW) {
            self.branches.retain(|&number, children| {
                children.retain(|&child| is_under_way(number, child));
                !children.is_empty()
            });
            self.look_at = 2 * self.branches.len();
        }
        let number = visits[child].link;
        let beside = self.branches.entry(number).or_default();
        if beside.len().is_power_of_two() {
            beside.retain(|&other| is_under_way(number, other));
        }
        beside.push(child);
    }

    /// Branches begun by who awaits this number, ascending; some may be over. One whose slot was
    /// taken again by the next was kept twice.
    fn of(&self, number: u64) -> Vec<u32> {
        let mut children = self.branches.get(&number).cloned().unwrap_or_default();
        children.sort_unstable();
        children.dedup();
        children
    }
}

impl Engine<'_> {
    /// Remembers whom to cancel.
    pub(super) fn may_cancel(&mut self, call: &Call, id: u32, child: u32) {
        if call.cancel {
            self.cancellable.calls.insert(self.visits[id].awaits, child);
        }
    }

    /// An attempt is over, with its answer or without: work that is still done for it stops.
    pub(super) fn withdraw(&mut self, id: u32) {
        let number = self.visits[id].awaits;
        if let Some(child) = self.cancellable.calls.remove(&number)
            && self.works_for(child, id, number)
        {
            self.cancel(child);
        }
    }

    fn works_for(&self, child: u32, id: u32, number: u64) -> bool {
        let visit = &self.visits[child];
        visit.state != State::Free && visit.parent == id && visit.link == number
    }

    /// Takes a visit and all that work for it off their nodes.
    pub(super) fn cancel(&mut self, first: u32) {
        let mut all = vec![first];
        let mut looked_at = 0;
        while let Some(&id) = all.get(looked_at) {
            looked_at += 1;
            all.extend(self.working_for(id));
        }
        // Who goes on at this very instant has left its queue, and is let go.
        let is_caught = |id: &u32| {
            let visit = &self.visits[*id];
            (visit.is(INSIDE) || visit.is(LOCAL)) && !self.ready.contains(id)
        };
        all.retain(is_caught);
        all.sort_unstable();
        for &id in &all {
            if self.visits[id].state == State::Blocked {
                self.leave_outside(id);
            }
        }
        for &id in &all {
            self.leave_queues(id);
        }
        let mut nodes: Vec<u32> = all.iter().map(|&id| self.visits[id].node).collect();
        nodes.sort_unstable();
        nodes.dedup();
        for node in nodes {
            let here = all.iter().filter(|&&id| self.visits[id].node == node);
            let here: Vec<u32> = here.copied().collect();
            self.clear_sharing(node, &here);
        }
        for &id in &all {
            self.leave_server(id);
        }
        for &id in &all {
            self.end_attempt(id);
            self.give_back(id);
        }
        for &id in &all {
            self.end_cancelled(id);
        }
    }

    /// Those that a visit waits for and that stop with it.
    fn working_for(&mut self, id: u32) -> Vec<u32> {
        let number = self.visits[id].awaits;
        match self.visits[id].state {
            State::Calling if self.calling(id).0.cancel => {
                let child = self.cancellable.calls.remove(&number);
                let child = child.filter(|&child| self.works_for(child, id, number));
                child.into_iter().collect()
            }
            State::Forked | State::Looping | State::Polling => self.rivals(id, id),
            _ => Vec::new(),
        }
    }

    /// For those who guard a call, an attempt that is cancelled has failed.
    fn end_attempt(&mut self, id: u32) {
        let pc = self.visits[id].pc as usize;
        if matches!(self.program.steps[pc], Step::Call { .. }) {
            let (call, _) = self.calling(id);
            self.attempt_over(id, call, true);
        }
    }

    /// The branches that a visit waits for beside this one.
    pub(super) fn rivals(&self, id: u32, winner: u32) -> Vec<u32> {
        let number = self.visits[id].awaits;
        let is_rival = |child: &u32| {
            *child != winner && self.visits[*child].is(LOCAL) && self.works_for(*child, id, number)
        };
        let mut rivals = self.cancellable.of(number);
        rivals.retain(is_rival);
        debug_assert!(
            self.visits.slots() > 5_000
                || (0..self.visits.slots() as u32)
                    .filter(is_rival)
                    .eq(rivals.iter().copied())
        );
        rivals
    }

    fn end_cancelled(&mut self, id: u32) {
        self.leave_for_nothing(id, Reason::Cancelled);
        self.forget_opens(id);
        if self.visits[id].is(SPAWNED) {
            self.message_over(id, Some(Reason::Cancelled));
        }
        self.visits.remove(id);
    }
}
