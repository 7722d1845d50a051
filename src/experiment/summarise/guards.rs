//! What the guards of links did.

use super::fold::Fold;
use crate::experiment::batches::Basis;
use crate::experiment::result::BreakerSummary;
use crate::lower::Lowered;

/// Circuit breakers of a link; `None` where no caller has one.
pub fn breaker(lowered: &Lowered, fold: Fold<'_>, link: usize) -> Option<BreakerSummary> {
    let guards = lowered.program.guards.iter();
    let breakers = guards.filter(|guard| guard.link.index() == link && guard.breaker.is_some());
    let breakers = breakers.count();
    if breakers == 0 {
        return None;
    }
    // Batches keep nothing of links.
    let fold = Fold {
        basis: Basis::Replications,
        ..fold
    };
    let links = || fold.runs.iter().map(|run| &run.links[link]);
    Some(BreakerSummary {
        opened: links().map(|link| link.opened).sum(),
        open_share: fold.average(|run| run.links[link].open_ns, breakers as f64),
        refused: links().map(|link| link.broken).sum(),
    })
}
