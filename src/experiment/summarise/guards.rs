//! What the guards of links did.

use super::fold::Fold;
use crate::experiment::batches::Basis;
use crate::experiment::result::{BreakerSummary, EjectionSummary};
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

/// Targets left out over a link; `None` where no caller leaves any out.
pub fn ejection(lowered: &Lowered, fold: Fold<'_>, link: usize) -> Option<EjectionSummary> {
    let selectors = lowered.program.selectors.iter();
    let of_link = selectors.filter(|one| one.eject.is_some_and(|it| it.link.index() == link));
    let targets: usize = of_link.map(|selector| selector.targets.len()).sum();
    if targets == 0 {
        return None;
    }
    // Batches keep nothing of links.
    let fold = Fold {
        basis: Basis::Replications,
        ..fold
    };
    let links = || fold.runs.iter().map(|run| &run.links[link]);
    Some(EjectionSummary {
        ejected: links().map(|link| link.ejected).sum(),
        spared: links().map(|link| link.spared).sum(),
        out_share: fold.average(|run| run.links[link].out_ns, targets as f64),
    })
}
