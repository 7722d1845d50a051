//! Links and their connections.

use super::components::{in_use, read_all, resources, utilisation};
use super::fold::Fold;
use super::guards;
use crate::engine::observation::LinkObservation;
use crate::experiment::result::Named;
use crate::experiment::result::summary::{LinkSummary, PoolSummary};
use crate::lower::{Lowered, Meter};
use crate::model::Model;

/// All links in the order of the model.
pub fn links(model: &Model, lowered: &Lowered, fold: Fold<'_>) -> Named<LinkSummary> {
    let all = model.links.iter().enumerate();
    let fold = fold.of_parts();
    Named(
        all.map(|(place, one)| (one.name.clone(), link(lowered, fold, place)))
            .collect(),
    )
}

fn link(lowered: &Lowered, fold: Fold<'_>, place: usize) -> LinkSummary {
    let sum = |count: fn(&LinkObservation) -> u64| -> u64 {
        fold.runs.iter().map(|run| count(&run.links[place])).sum()
    };
    let (calls, attempts) = (sum(|link| link.calls), sum(|link| link.attempts));
    LinkSummary {
        calls,
        attempts,
        amplification: (calls > 0).then(|| attempts as f64 / calls as f64),
        pool: connections(lowered, fold, place),
        lines: resources(fold, &lowered.map.lines[place]),
        timeouts: sum(|link| link.timeouts),
        retries: sum(|link| link.retries),
        retries_withheld: sum(|link| link.withheld),
        hedges: sum(|link| link.hedges),
        failed: sum(|link| link.failed),
        bulkhead_refused: sum(|link| link.crowded),
        rate_limit_refused: sum(|link| link.limited),
        breaker: guards::breaker(lowered, fold, place),
        ejection: guards::ejection(lowered, fold, place),
    }
}

/// Meters and number of connections of a link over all calling nodes; `None` without pool.
pub fn pool_of(lowered: &Lowered, link: usize) -> Option<(Vec<Meter>, Option<u32>)> {
    let ids = &lowered.map.pools[link];
    if ids.is_empty() {
        return None;
    }
    let capacity = ids
        .iter()
        .map(|id| lowered.program.pools[id.index()].capacity)
        .try_fold(0_u32, |sum, one| one.map(|one| sum.saturating_add(one)));
    Some((ids.iter().map(|&id| Meter::Pool(id)).collect(), capacity))
}

fn connections(lowered: &Lowered, fold: Fold<'_>, place: usize) -> Option<PoolSummary> {
    let (meters, capacity) = pool_of(lowered, place)?;
    Some(PoolSummary {
        in_use: in_use(
            fold.average(|run| read_all(run, &meters).used.area, 1.0),
            capacity,
        ),
        capacity,
        utilisation: utilisation(fold, &meters, capacity),
        waiting: fold.level(|run| read_all(run, &meters).waiting),
        waiting_time_s: fold.mean_time(|run| {
            let reading = read_all(run, &meters);
            (reading.waiting_sum, reading.served)
        }),
    })
}
