//! Which classes of requests suffer from a loss.

use super::trial::Trial;
use crate::experiment::summarise::classes::{Requests, Tally};
use crate::model::Model;

/// Share of a class lost over an outage from which on it counts as hit by it.
const FELT: f64 = 0.001;
/// Share by which answers take longer, in the mean, from which on a class counts as slowed down.
const SLOWER: f64 = 0.05;

/// Names of the classes of which more than this share failed.
pub fn losing(model: &Model, trial: &Trial, share: f64) -> Vec<String> {
    names(model, |place| {
        let counts = Requests::of_class(trial.fold(), place).counts();
        counts.failed as f64 > share * counts.offered as f64
    })
}

/// Names of those that suffer over a whole outage that somebody feels: that lose requests, or else
/// whose answers take longer, or else all.
pub fn over_the_outage(model: &Model, whole: &Trial, baseline: &Trial) -> Vec<String> {
    let mut found = losing(model, whole, FELT);
    if found.is_empty() {
        found = losing(model, whole, 0.0);
    }
    if found.is_empty() {
        let is_slower = |place| mean(whole, place) > (1.0 + SLOWER) * mean(baseline, place);
        found = names(model, is_slower);
    }
    if found.is_empty() {
        found = names(model, |_| true);
    }
    found
}

/// Mean response time of what was answered of a class, ns.
fn mean(trial: &Trial, class: usize) -> f64 {
    let tallies = Requests::of_class(trial.fold(), class).tallies;
    let sum = Tally::of(tallies.iter().map(|tally| &tally.sum));
    sum.sum.response_sum as f64 / sum.answered().max(1) as f64
}

fn names(model: &Model, is_wanted: impl Fn(usize) -> bool) -> Vec<String> {
    let wanted = (0..model.classes.len()).filter(|&place| is_wanted(place));
    wanted
        .map(|place| model.classes[place].name.clone())
        .collect()
}
