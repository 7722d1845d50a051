//! The start of a steady run does not reach its means (S30).

use super::{mmc, settings};
use crate::engine::id::JourneyId;
use crate::engine::program::Arrivals;
use crate::experiment::pilot::pilot;
use crate::experiment::replicate::{Bench, Crew};
use crate::experiment::sample::{collect, design};
use crate::experiment::summarise::classes::{Requests, Tally};
use crate::experiment::{Settings, run};
use crate::statistics::Estimate;

/// The mean response of M/M/1 at 0.95 when `waiting` requests are there at the start, and the
/// warm-up that was cut off, s.
fn started_with(waiting: usize, seed: u64) -> (Estimate, f64) {
    let model = mmc(0.95, 1);
    let crew = Crew::new(2).unwrap();
    let settings = Settings {
        effort: 4_000_000,
        ..settings(seed)
    };
    let mut bench = Bench::new(&model);
    let mut source = bench.lowered.program.sources[0].clone();
    source.arrivals = Arrivals::Replay {
        log: vec![(0, JourneyId(0), 0); waiting],
        items: Vec::new(),
    };
    if waiting > 0 {
        bench.lowered.program.sources.push(source);
    }
    let found = pilot(&bench, &crew, &settings, 10_000_000).unwrap();
    assert!(found.grown.is_none() && !found.doubtful, "{found:?}");
    let plan = design(&model, &settings, &found);
    let sample = collect(bench, &crew, &settings, plan, false);
    let mean = Requests::all(sample.fold()).times(Tally::response).mean;
    (mean, found.truncation as f64 / 1e9)
}

#[test]
fn empty_and_crowded_starts_agree() {
    let mut overlaps = 0;
    let mut longer = 0;
    for seed in 1..=20 {
        let (empty, short) = started_with(0, seed);
        let (crowded, long) = started_with(200, seed);
        let (a, b) = (empty.ci95.unwrap(), crowded.ci95.unwrap());
        overlaps += usize::from(a.0 <= b.1 && b.0 <= a.1);
        longer += usize::from(long > short);
    }
    assert!(overlaps >= 18, "{overlaps} of 20");
    assert!(
        longer >= 15,
        "200 waiting requests take longer to clear: {longer} of 20"
    );
}

#[test]
fn a_run_too_short_for_its_transient_says_so() {
    let short = Settings {
        requests: Some(200),
        replications: Some(10),
        ..settings(1)
    };
    let result = run(&mmc(0.95, 1), &short).unwrap();
    let codes: Vec<&str> = result.warnings.iter().map(|warning| warning.code).collect();
    assert!(
        codes.contains(&"short_for_transient"),
        "{:?}",
        result.warnings
    );
    let long = Settings {
        requests: Some(100_000),
        replications: Some(10),
        ..settings(1)
    };
    let result = run(&mmc(0.5, 1), &long).unwrap();
    assert!(result.warnings.is_empty(), "{:?}", result.warnings);
}
