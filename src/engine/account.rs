//! Accounting: every ns of a visit counts as some part of some component.

use super::journal::{self, Path};
use super::program::Part;
use super::run::Engine;

impl Engine<'_> {
    /// Accounts a visit's time up to now as waiting in a queue of its node; returns it.
    #[inline(always)]
    pub(super) fn charge_queue(&mut self, id: u32) -> u64 {
        let visit = &mut self.visits[id];
        let ns = self.now - visit.since;
        visit.since = self.now;
        visit.waiting += ns;
        ns
    }

    /// Accounts a visit's time up to now to a part of its node's component.
    #[inline]
    pub(super) fn charge(&mut self, id: u32, part: Part) {
        let visit = &mut self.visits[id];
        match part {
            Part::Queue => {
                self.charge_queue(id);
            }
            Part::Service => {
                visit.service += self.now - visit.since;
                visit.since = self.now;
            }
            Part::Network | Part::PoolWait | Part::RetryWait => {
                let owner = visit.owner;
                self.charge_to(id, owner, part);
            }
        }
    }

    /// Accounts a visit's time up to now to a part of an owner.
    pub(super) fn charge_to(&mut self, id: u32, owner: u32, part: Part) {
        let visit = &mut self.visits[id];
        let ns = self.now - visit.since;
        if ns > 0 {
            visit.since = self.now;
            self.journal
                .add(&mut visit.path, journal::cell(owner, part), ns);
        }
    }

    /// Puts what a visit has done at its node into its path.
    #[inline(always)]
    pub(super) fn settle(&mut self, id: u32) {
        self.journal.settle(&mut self.visits[id]);
    }

    /// Service that a visit has had in all was spent for nothing (S20).
    pub(super) fn spend(&mut self, id: u32) {
        self.settle(id);
        let path = self.visits[id].path;
        let probe = &mut self.probe;
        self.journal
            .for_each_service(path, |owner, ns| probe.wasted(owner, ns));
        self.journal.release(path);
        self.visits[id].path = Path::EMPTY;
    }
}
