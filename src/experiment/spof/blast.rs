//! The blast radius of a loss: what is lost, for how long it is felt, and what it costs of the
//! error budget (reliability 2(d)).

use super::trial::{Bed, Trial};
use crate::engine::observation::{Bucket, Observations};
use crate::experiment::alarms::of_requests;
use crate::experiment::objectives::{holds, promised_share};
use crate::experiment::result::spof::Blast;
use crate::experiment::summarise::breakdown::buckets_of;
use crate::model::{Model, Scope};
use crate::theory::burn_rate::budget_spent;

/// Of a trial against the baseline, over the time that the part was gone.
pub fn of(model: &Model, bed: &Bed<'_>, (trial, baseline): (&Trial, &Trial)) -> Blast {
    let (now, before) = (Slots::of(bed, trial), Slots::of(bed, baseline));
    let runs = trial.runs.len().max(1) as f64;
    let over_s = now.buckets.len() as f64 * now.width_s;
    let unserved = |slots: &Slots| slots.sum(|bucket| bucket.failed + bucket.late);
    let lost = (unserved(&now) - unserved(&before)).max(0.0) / runs;
    let rate = before.sum(|bucket| bucket.offered) / runs / over_s;
    let (promised, is_stated) = promised_share(model);
    Blast {
        over_s,
        lost_requests: lost,
        above_objective_s: above_objective(model, &now, &before),
        promised,
        is_stated,
        lost_sessions_share: lost_sessions(trial),
        lost_writes: beyond(trial, baseline, |run| {
            let lost = run.writes.iter().map(|one| one.lost_ever);
            (!run.writes.is_empty()).then(|| lost.sum())
        }),
        budget_spent: (rate > 0.0).then(|| budget_spent(lost, 1.0 - promised, rate)),
    }
}

/// Share of the sessions that were lost of those that there were; `None` where nobody keeps any.
fn lost_sessions(trial: &Trial) -> Option<f64> {
    let sessions = trial.runs.iter().flat_map(|run| &run.sessions);
    let (kept, lost, live) = sessions.fold((false, 0, 0), |(_, lost, live), one| {
        (true, lost + one.lost_ever, live + one.live_at_loss)
    });
    kept.then(|| lost as f64 / live.max(1) as f64)
}

/// How many more there are in a mean replication than without the loss.
fn beyond(
    trial: &Trial,
    baseline: &Trial,
    count: impl Fn(&Observations) -> Option<u64>,
) -> Option<f64> {
    let mean = |trial: &Trial| {
        let all: Option<u64> = trial.runs.iter().map(&count).sum();
        Some(all? as f64 / trial.runs.len().max(1) as f64)
    };
    Some(mean(trial)? - mean(baseline)?)
}

/// Time in which an objective of all requests is not kept that is kept without the loss, s; `None`
/// where the file has none that shows in so short a time.
fn above_objective(model: &Model, now: &Slots, before: &Slots) -> Option<f64> {
    let objectives = model.objectives.iter();
    let asked: Vec<_> = objectives
        .filter(|one| one.scope == Scope::All)
        .filter(|one| {
            let whole = before.buckets.concat();
            of_requests(one.metric, one.of_successes, &whole, before.width_s).is_some()
        })
        .collect();
    if asked.is_empty() {
        return None;
    }
    let breaks = |slots: &Slots, place: usize| {
        let seen = &slots.buckets[place];
        let length_s = slots.width_s * slots.runs;
        asked.iter().any(|one| {
            let value = of_requests(one.metric, one.of_successes, seen, length_s);
            value.is_some_and(|value| !holds(one, value))
        })
    };
    let bad = (0..now.buckets.len().min(before.buckets.len()))
        .filter(|&place| breaks(now, place) && !breaks(before, place));
    Some(bad.count() as f64 * now.width_s)
}

/// The buckets of all replications, slot by slot of the outage.
struct Slots {
    buckets: Vec<Vec<Bucket>>,
    width_s: f64,
    runs: f64,
}

impl Slots {
    fn of(bed: &Bed<'_>, trial: &Trial) -> Self {
        let width = trial.width();
        let (first, last) = bed.places(width);
        let mut slots = vec![Vec::new(); last.saturating_sub(first)];
        for run in &trial.runs {
            let buckets = buckets_of(run, width);
            for (slot, bucket) in slots.iter_mut().zip(buckets.iter().skip(first)) {
                slot.push(bucket.clone());
            }
        }
        Self {
            buckets: slots,
            width_s: width as f64 / 1e9,
            runs: trial.runs.len().max(1) as f64,
        }
    }

    fn sum(&self, count: impl Fn(&Bucket) -> u64) -> f64 {
        self.buckets.iter().flatten().map(count).sum::<u64>() as f64
    }
}
