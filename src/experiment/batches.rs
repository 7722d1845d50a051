//! One long run cut into batches, when there are no other replications to compare it with.

use super::summarise::breakdown::buckets_of;
use crate::engine::observation::{ClassBands, Observations};
use crate::statistics::{Bands, batch_count};

/// What the intervals of a design rest on.
#[derive(Clone, Copy, Debug)]
pub enum Basis<'a> {
    /// On the replications.
    Replications,
    /// On the batches of the only replication.
    Batches(&'a [Observations]),
    /// The only replication is too short for its own correlation: no intervals.
    TooShort,
}

/// The batches of a run with marks: stretches of nearly equal length that are long enough to be
/// independent as far as response times and the number in the system show
/// ([`batch_count`]). `None` if the run is too short.
pub fn batches(run: &Observations) -> Option<Vec<Observations>> {
    let count = batch_count(&development(run))?;
    let end = at_the_end(run);
    let start = Observations {
        window: (run.window.0, run.window.0),
        ..end.since(&end)
    };
    let marks: Vec<&Observations> = std::iter::once(&start)
        .chain(&run.marks)
        .chain([&end])
        .collect();
    let stretches = marks.len() - 1;
    let count = count.min(stretches);
    let mark = |number: usize| marks[number * stretches / count];
    Some(
        (0..count)
            .map(|number| mark(number + 1).since(mark(number)))
            .collect(),
    )
}

/// Sums and counts of response times, and areas and lengths of the number in the system, for the
/// buckets that lie in the window.
fn development(run: &Observations) -> [Vec<(f64, f64)>; 2] {
    let width = run.series.bucket_ns.max(1);
    let first = run.window.0.div_ceil(width) as usize;
    let last = (run.window.1 / width) as usize;
    let buckets = buckets_of(run, width);
    let counted = || buckets.iter().take(last).skip(first);
    [
        counted()
            .map(|bucket| {
                let answered = bucket.succeeded + bucket.late;
                (bucket.response_sum as f64, answered as f64)
            })
            .collect(),
        counted()
            .map(|bucket| (bucket.in_system_area as f64, width as f64))
            .collect(),
    ]
}

/// The whole run as its last mark.
fn at_the_end(run: &Observations) -> Observations {
    let bands = run.classes.iter().map(|class| ClassBands {
        response: Bands::of(&class.response),
        waiting: Bands::of(&class.waiting),
    });
    Observations {
        bands: bands.collect(),
        marks: Vec::new(),
        classes: run.classes.clone(),
        journeys: run.journeys.clone(),
        components: run.components.clone(),
        stations: run.stations.clone(),
        pools: run.pools.clone(),
        in_system: run.in_system,
        active_users: run.active_users,
        concurrent_users: run.concurrent_users,
        error_free_seconds: run.error_free_seconds,
        window: run.window,
        ..Observations::nothing(run.ending)
    }
}
