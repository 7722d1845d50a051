//! A system that stays down after its trigger.

use super::run::header;
use crate::experiment::result::{CapacityResult, LoadAxis, Metastable, Tried, Verdict};

fn tried(load: f64, came_back: u32) -> Tried {
    let is_back = came_back == 3;
    Tried {
        load,
        came_back,
        of: 3,
        answered_before: 0.9999,
        answered_after: if is_back { 0.9999 } else { 0.0 },
        inside: [2_850.0, if is_back { 1.0 } else { 9_300.0 }],
        watched_s: 300.0,
        recovery_s: is_back.then_some(62.5),
        undecided: load > 98.5 && !is_back && load < 100.0,
    }
}

/// A server of 300/s whose users try three times.
pub fn capacity() -> CapacityResult {
    CapacityResult {
        header: header("capacity"),
        replications: 3,
        wall_s: 12.0,
        axis: LoadAxis::Rate,
        after: vec!["server pause @60s for 10s".to_owned()],
        load_of_file: 150.0,
        verdict: Verdict::Fail,
        verdict_reason: "the file's 150/s does not come back: it stays down from 98.6/s on"
            .to_owned(),
        load: Some(97.3),
        bound: 300.0,
        metastable: Some(Metastable {
            from_load: 98.6,
            between: [97.3, 98.6],
            amplification: Some(3.0),
            expected_load: Some(100.0),
            sustained_by: vec![
                "`users -> server` sends every request 3 times, of at most 3 tries".to_owned(),
                "`server` is full: cpu busy 100 %, 100 % of its work for callers that have given up"
                    .to_owned(),
            ],
        }),
        tried: vec![
            tried(72.75, 3),
            tried(97.3, 3),
            tried(98.6, 1),
            tried(291.0, 0),
        ],
        partial: false,
        warnings: Vec::new(),
    }
}
