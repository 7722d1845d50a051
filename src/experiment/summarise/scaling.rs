//! How many nodes of a component were in service.

use super::fold::{Fold, seconds};
use crate::engine::observation::{Observations, ScaleStep, ScalerObservation};
use crate::experiment::batches::Basis;
use crate::experiment::result::scaling::{ScalePoint, ScalingSummary};
use crate::model::{Component, Model};

/// Most points of the numbers over time.
const POINTS: u64 = 200;

/// An hour, node-ns of a node-hour.
const HOUR: f64 = 3.6e12;

/// What the autoscaler of a component did; `None` where its number of nodes is fixed.
pub fn scaling(model: &Model, fold: Fold<'_>, part: &Component) -> Option<ScalingSummary> {
    let place = model.scaled().position(|(one, _)| one.name == part.name)?;
    let autoscale = part.autoscale?;
    // Batches keep nothing of nodes that come and go.
    let fold = Fold {
        basis: Basis::Replications,
        ..fold
    };
    let seen = |run: &'_ Observations| run.scalers.get(place).cloned().unwrap_or_default();
    let sum = |count: fn(&ScalerObservation) -> u64| -> u64 {
        fold.runs.iter().map(|run| count(&seen(run))).sum()
    };
    Some(ScalingSummary {
        min: autoscale.min,
        max: autoscale.max,
        target: format!("{} <= {}%", autoscale.resource, autoscale.target * 100.0),
        in_service: fold.level(|run| seen(run).in_service),
        node_hours: fold.ratio(|run| (seen(run).running.area as f64 / HOUR, 1.0)),
        scale_outs: sum(|group| group.outs),
        scale_ins: sum(|group| group.ins),
        started: sum(|group| group.started),
        stopped: sum(|group| group.stopped),
        series: series(fold.runs, place),
    })
}

/// Mean numbers over the replications, in equal parts of the window.
fn series(runs: &[Observations], place: usize) -> Vec<ScalePoint> {
    let Some((start, end)) = runs.first().map(|run| run.window) else {
        return Vec::new();
    };
    let length = end.saturating_sub(start).div_ceil(POINTS).max(1);
    let parts = end.saturating_sub(start).div_ceil(length);
    let mean = |from: u64, to: u64, number: fn(&ScaleStep) -> u32| -> f64 {
        let groups = runs.iter().filter_map(|run| run.scalers.get(place));
        let sum: f64 = groups
            .map(|group| average(&group.steps, from, to, number))
            .sum();
        sum / runs.len().max(1) as f64
    };
    (0..parts)
        .map(|part| {
            let from = start + part * length;
            let to = end.min(from + length);
            ScalePoint {
                time_s: seconds(from - start),
                in_service: mean(from, to, |step| step.in_service),
                running: mean(from, to, |step| step.running),
            }
        })
        .collect()
}

/// The time average of a number between two instants.
fn average(steps: &[ScaleStep], from: u64, to: u64, number: fn(&ScaleStep) -> u32) -> f64 {
    let mut area = 0.0;
    for (place, step) in steps.iter().enumerate() {
        let next = steps.get(place + 1).map_or(u64::MAX, |next| next.at);
        let (start, end) = (step.at.max(from), next.min(to));
        area += f64::from(number(step)) * end.saturating_sub(start) as f64;
    }
    area / (to - from).max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_has_the_average_of_its_steps() {
        let step = |at, in_service| ScaleStep {
            at,
            in_service,
            running: in_service + 1,
        };
        let steps = [step(0, 4), step(30, 6), step(40, 5)];
        let serving = |from, to| average(&steps, from, to, |step| step.in_service);
        for (from, to, mean) in [
            (0, 30, 4.0),
            (20, 40, 5.0),
            (25, 45, 105.0 / 20.0),
            (50, 60, 5.0),
        ] {
            assert!((serving(from, to) - mean).abs() < 1e-12, "{from} to {to}");
        }
        let running = average(&steps, 20, 40, |step| step.running);
        assert!((running - 6.0).abs() < 1e-12, "{running}");
    }
}
