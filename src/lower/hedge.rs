//! Hedged calls: branches of which the first good answer suffices, each but the first behind a
//! pause and a look at whether it is still needed.

use super::Lowering;
use super::entry::Site;
use super::key::Path;
use crate::engine::id::Pc;
use crate::engine::program::{Part, Step};
use crate::law::Law;
use crate::model::{Call, Hedge};

impl Lowering<'_> {
    /// Writes a call with its further copies, which goes on at `otherwise` when all have failed.
    /// Returns the step that does so.
    pub(super) fn hedged_call(
        &mut self,
        site: Site,
        call: &Call,
        path: Path,
        (hedge, otherwise): (Hedge, Option<Pc>),
    ) -> Pc {
        let first = self.program.branches.len() as u32;
        let count = hedge.at_most + 1;
        let at = self.push(Step::Quorum {
            first,
            count,
            need: 1,
            cancel: self.model.link(call.links[0].0).cancel,
            copies: true,
            otherwise,
        });
        let skip = self.push(Step::Jump { to: Pc(0) });
        let mut asks = None;
        for copy in 0..count {
            let path = path.then("copy").at(copy as usize);
            let here = self.here();
            self.program.branches.push((here, path.key("branch")));
            if copy > 0 {
                self.wait_for_turn(hedge, copy);
            }
            self.single_call(site, call, path, (None, copy > 0));
            if let Some(made) = self.program.calls.last_mut() {
                made.asks = *asks.get_or_insert(made.asks);
            }
            self.push(Step::Reply);
        }
        self.aim(skip);
        self.own_answer(at, &call.links);
        at
    }

    fn wait_for_turn(&mut self, hedge: Hedge, copy: u32) {
        let after = hedge.after as f64 * f64::from(copy);
        let key = Path::new("hedge").key(&after.to_bits().to_string());
        let law = self.law(key, &Law::Constant(after));
        self.push(Step::Wait {
            law,
            key,
            part: Part::RetryWait,
        });
        self.push(Step::Needed);
    }
}
