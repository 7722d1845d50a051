//! Messages of queues.

use super::fold::{Fold, Times};
use crate::engine::observation::{Observations, QueueObservation};
use crate::experiment::result::summary::MessageSummary;
use crate::lower::Map;

/// The messages of a component; `None` for what is no queue. Batches of a single run keep none,
/// so that their times have no interval.
pub fn messages(map: &Map, fold: Fold<'_>, place: usize) -> Option<MessageSummary> {
    let queue = map.queues.iter().position(|queue| queue.index() == place)?;
    let runs = fold.runs.iter().filter_map(|run| run.queues.get(queue));
    let sum = |count: fn(&QueueObservation) -> u64| runs.clone().map(count).sum::<u64>();
    Some(MessageSummary {
        accepted: sum(|one| one.accepted),
        refused: sum(|one| one.refused),
        completed: sum(|one| one.completed),
        dead: sum(|one| one.dead),
        left: sum(|one| one.accepted - one.completed - one.dead),
        completion_time_s: fold.times(&times(fold.runs, queue), &times(fold.samples(), queue)),
    })
}

fn times(runs: &[Observations], queue: usize) -> Vec<Times<'_>> {
    let seen = runs.iter().filter_map(|run| run.queues.get(queue));
    let times = seen.map(|one| Times {
        histogram: &one.completion,
        count: one.completed,
        sum: one.completion_sum,
        squares: one.completion_squares,
        missing: 0,
        bands: None,
    });
    times.collect()
}
