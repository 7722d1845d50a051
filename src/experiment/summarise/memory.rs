//! What nodes hold: how full their memories are, and what requests leave behind.

use super::breakdown::{buckets_of, series as series_of};
use super::fold::{Fold, seconds, window_s};
use crate::engine::observation::{MemoryObservation, Observations};
use crate::experiment::result::Named;
use crate::experiment::result::summary::{MemorySummary, SeriesPoint};
use crate::lower::Lowered;
use crate::model::{Component, Memory, Model, NodeId};

/// The memories of a component; `None` where its nodes have none.
pub fn memory(lowered: &Lowered, fold: Fold<'_>, part: &Component) -> Option<MemorySummary> {
    let memory = part.memory.as_ref()?;
    let places = places(lowered, &part.nodes);
    let nodes = places.len().max(1) as f64;
    let seen = |run: &Observations, count: fn(&MemoryObservation) -> u128| {
        let memories = places.iter().map(|&place| &run.memories[place]);
        memories.map(count).sum::<u128>()
    };
    let is_own = |node: usize| part.nodes.iter().any(|own| own.index() == node);
    let there = |run: &Observations| {
        let absent = |place: &usize| {
            let pool = lowered.program.memories[*place].pool.index();
            seconds(run.pools[pool].absent_ns)
        };
        let absent: f64 = places.iter().map(absent).sum();
        nodes * window_s(run) - absent - away_s(run, is_own)
    };
    let left = fold.ratio(|run| (seen(run, |one| one.left.into()) as f64, there(run)));
    let mean = fold.average(|run| seen(run, |one| one.bytes.area), nodes);
    let pools = |run: &Observations| -> u128 {
        let pool = |place: &usize| lowered.program.memories[*place].pool.index();
        places
            .iter()
            .map(|place| run.pools[pool(place)].used.area)
            .sum()
    };
    let holders = fold
        .ratio(|run| (pools(run) as f64 / 1e9, there(run)))
        .value;
    let largest = |run: &Observations| {
        places
            .iter()
            .map(|&place| run.memories[place].bytes.max)
            .max()
    };
    let crashes = |run: &Observations| {
        let (start, end) = run.window;
        let counted = run
            .outages
            .iter()
            .filter(|one| (start..end).contains(&one.at));
        counted.filter(|one| is_own(one.node.index())).count() as u64
    };
    Some(MemorySummary {
        size_bytes: memory.size,
        mean_bytes: mean,
        max_bytes: fold.runs.iter().filter_map(largest).max().unwrap_or(0),
        full_after_s: left
            .value
            .zip(holders)
            .and_then(|(left, holders)| full_after(memory, left, holders)),
        left_bytes_per_s: left,
        short_share: fold.average(|run| seen(run, |one| one.short_ns.into()), nodes),
        crashes: fold.runs.iter().map(crashes).sum(),
    })
}

/// How long nodes were away for want of memory within the window, all together, s.
fn away_s(run: &Observations, is_own: impl Fn(usize) -> bool) -> f64 {
    let (start, end) = run.window;
    let own = run.outages.iter().filter(|one| is_own(one.node.index()));
    let within = own.map(|one| {
        let back = one.at.saturating_add(one.boot).min(end);
        seconds(back.saturating_sub(one.at.max(start)))
    });
    within.sum()
}

/// How long a node that has just been started lasts under what is left behind, s.
fn full_after(memory: &Memory, left_per_s: f64, holders: f64) -> Option<f64> {
    let held = memory.base as f64 + holders * memory.per_request as f64;
    (left_per_s > 0.0).then(|| ((memory.size as f64 - held) / left_per_s).max(0.0))
}

/// The memories of some nodes.
fn places(lowered: &Lowered, nodes: &[NodeId]) -> Vec<usize> {
    let memories = lowered.program.memories.iter().enumerate();
    let own = memories.filter(|(_, memory)| nodes.contains(&NodeId(memory.node.0)));
    own.map(|(place, _)| place).collect()
}

/// The development over time, with what each component with memories holds in all.
pub fn series(model: &Model, lowered: &Lowered, runs: &[Observations]) -> Vec<SeriesPoint> {
    let mut points = series_of(runs);
    let parts = model.components.iter().filter(|part| part.memory.is_some());
    let parts: Vec<(&str, Vec<usize>)> = parts
        .map(|part| (part.name.as_str(), places(lowered, &part.nodes)))
        .collect();
    let (Some(first), Some(start)) = (points.first(), runs.iter().map(|run| run.window.0).max())
    else {
        return points;
    };
    if parts.is_empty() {
        return points;
    }
    let width = (first.length_s * 1e9).round() as u64;
    let offset = start.div_ceil(width) as usize;
    let aligned: Vec<_> = runs.iter().map(|run| buckets_of(run, width)).collect();
    for (place, point) in points.iter_mut().enumerate() {
        let here = aligned.iter().filter_map(|run| run.get(offset + place));
        let here: Vec<_> = here.filter(|bucket| !bucket.memory.is_empty()).collect();
        let held = |places: &[usize]| {
            let all = here
                .iter()
                .flat_map(|bucket| places.iter().map(|&one| bucket.memory[one]));
            all.sum::<u64>() as f64 / here.len().max(1) as f64
        };
        let bytes = parts
            .iter()
            .map(|(name, places)| ((*name).to_owned(), held(places)));
        point.memory_bytes = Named(bytes.collect());
    }
    points
}
