//! Lookups of caches.

use super::fold::Fold;
use crate::engine::observation::{CacheObservation, Observations};
use crate::experiment::result::summary::CacheSummary;

/// Lookups of a cache; `None` for what nobody looked anything up in.
pub fn cache(fold: Fold<'_>, place: usize) -> Option<CacheSummary> {
    let seen = |run: &Observations| run.components[place].cache;
    let sum = |count: fn(&CacheObservation) -> u64| -> u64 {
        fold.runs.iter().map(|run| count(&seen(run))).sum()
    };
    let (hits, misses) = (sum(|cache| cache.hits), sum(|cache| cache.misses));
    let filled = fold.runs.iter().map(|run| seen(run).full_at);
    let filled: Option<Vec<f64>> = filled.map(|at| Some(at? as f64 / 1e9)).collect();
    (hits + misses > 0).then(|| CacheSummary {
        hits,
        misses,
        hit_ratio: fold.share(|run| {
            let cache = seen(run);
            (cache.hits, cache.hits + cache.misses)
        }),
        stale: sum(|cache| cache.stale),
        single_flight: sum(|cache| cache.waited),
        fills: sum(|cache| cache.fills),
        evictions: sum(|cache| cache.evictions),
        full_after_s: filled.map(|times| times.iter().sum::<f64>() / times.len().max(1) as f64),
    })
}
