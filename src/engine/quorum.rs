//! Branches of which some suffice.

use super::program::{Reason, Step};
use super::run::Engine;
use super::visit::{DEGRADED, State};

impl Engine<'_> {
    /// Starts all branches of a quorum.
    pub(super) fn poll(&mut self, id: u32, step: Step) -> Option<u32> {
        let Step::Quorum {
            first,
            count,
            need,
            copies,
            ..
        } = step
        else {
            unreachable!("only quorums are polled")
        };
        let asks = copies.then(|| self.program.branches[first as usize].1);
        self.fork(id, (first, count), asks);
        let visit = &mut self.visits[id];
        visit.state = State::Polling;
        visit.rounds = need;
        None
    }

    /// A branch goes on only while it is waited for.
    pub(super) fn still_needed(&mut self, id: u32) -> Option<u32> {
        let visit = &self.visits[id];
        if self.visits[visit.parent].awaits == visit.link {
            return self.go_on(id);
        }
        self.waste(id)
    }

    /// A branch has answered: enough successes, or too few left for them, decide (S16).
    pub(super) fn poll_done(
        &mut self,
        parent: u32,
        child: u32,
        outcome: Option<Reason>,
    ) -> Option<u32> {
        let visit = &mut self.visits[parent];
        visit.count -= 1;
        if let Some(reason) = outcome {
            let is_lost = visit.count < visit.rounds;
            self.discard(child);
            if is_lost {
                self.visits[parent].awaits = 0;
                return self.too_few(parent, reason);
            }
            return None;
        }
        visit.rounds -= 1;
        if visit.rounds > 0 {
            self.take_beside(parent, child);
            return None;
        }
        let rivals = self.losers(parent, child);
        self.visits[parent].awaits = 0;
        self.take_over(parent, child);
        for rival in rivals {
            self.cancel(rival);
        }
        self.go_on(parent)
    }

    /// The other branches where they are cancelled once enough have answered (S21).
    fn losers(&self, parent: u32, child: u32) -> Vec<u32> {
        match self.program.steps[self.visits[parent].pc as usize] {
            Step::Quorum { cancel: true, .. } => self.rivals(parent, child),
            _ => Vec::new(),
        }
    }

    /// Too few branches can still succeed.
    fn too_few(&mut self, id: u32, reason: Reason) -> Option<u32> {
        let visit = &mut self.visits[id];
        let step = self.program.steps[visit.pc as usize];
        let Step::Quorum {
            otherwise: Some(pc),
            ..
        } = step
        else {
            return self.finish(id, Some(reason));
        };
        visit.flags |= DEGRADED;
        visit.pc = pc.0;
        visit.state = State::Ready;
        Some(id)
    }
}
