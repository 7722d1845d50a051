//! Alarms looked at in a replication, and what was done when they fired.

use super::summarise::breakdown::quantile_of_bands;
use crate::control::alarm::{Deed, firings, first_look, respond};
use crate::engine::observation::{Bucket, Observations, Series};
use crate::lower::{Lowered, Meter};
use crate::model::{Alarm, Comparison, Fault, Metric, Model, Objective, Scope};

/// Whether some alarm looks at how busy something is.
pub fn look_at_work(model: &Model) -> bool {
    let is_work = |alarm: &Alarm| matches!(alarm.when.metric, Metric::Utilisation(_));
    model.alarms.iter().any(is_work)
}

/// When each alarm fires in a replication, ns from the end of the lead-in, up to the end of its
/// window.
pub fn fired(
    model: &Model,
    lowered: &Lowered,
    run: &Observations,
    lead_in: u64,
    (seed, replication): (u64, u32),
) -> Vec<Vec<u64>> {
    let one = |alarm: &Alarm| {
        let first = first_look(alarm, seed, replication);
        let end = run.window.1.saturating_sub(lead_in);
        let looks = (0..).map(|turn: u64| first.saturating_add(turn.saturating_mul(alarm.every)));
        let looks = looks.take_while(|at| *at <= end).map(|at| {
            let to = at.saturating_add(lead_in);
            let seen = seen(lowered, &alarm.when, &run.series, to, alarm.every);
            (at, seen.is_some_and(|value| is_bad(&alarm.when, value)))
        });
        firings(looks, alarm.consecutive)
    };
    model.alarms.iter().map(one).collect()
}

/// What was done after these alarms, and the faults of the model as they then went.
pub fn answers(model: &Model, fired: &[Vec<u64>]) -> (Vec<Fault>, Vec<Deed>) {
    let first: Vec<Option<u64>> = fired.iter().map(|times| times.first().copied()).collect();
    let mut faults = model.faults.clone();
    let deeds = respond(model, &mut faults, &first);
    (faults, deeds)
}

fn is_bad(when: &Objective, value: f64) -> bool {
    match when.comparison {
        Comparison::Less => value < when.bound,
        Comparison::AtMost => value <= when.bound,
        Comparison::Greater => value > when.bound,
        Comparison::AtLeast => value >= when.bound,
    }
}

/// What a look at `to` ns sees of the `every` ns before it; `None` where there is nothing.
fn seen(lowered: &Lowered, when: &Objective, series: &Series, to: u64, every: u64) -> Option<f64> {
    let width = series.bucket_ns.max(1);
    let last = ((to / width) as usize).min(series.buckets.len());
    let first = (to.saturating_sub(every).div_ceil(width) as usize).min(last);
    let buckets = &series.buckets[first..last];
    let length_s = (buckets.len() as u64 * width) as f64 / 1e9;
    if buckets.is_empty() {
        return None;
    }
    match (when.scope, when.metric) {
        (Scope::Component(id), Metric::Utilisation(resource)) => {
            let parts = &lowered.map.components[id.index()];
            let part = parts.iter().find(|part| part.name == resource)?;
            let stations = part.meters.iter().filter_map(|meter| match meter {
                Meter::Station(id) => Some(id.index()),
                Meter::Pool(_) | Meter::Visits(_) | Meter::Memory(_) => None,
            });
            let busy = series.busy.get(first..last)?;
            let sum: u64 = stations
                .flat_map(|station| busy.iter().map(move |one| one[station]))
                .sum();
            Some(sum as f64 / 1e9 / length_s / f64::from(part.capacity?))
        }
        (_, metric) => of_requests(metric, when.of_successes, buckets, length_s),
    }
}

/// A metric of all requests over these buckets, which are `length_s` seconds together; infinite
/// for a quantile that only failed requests reach; `None` where nothing can be told.
pub(super) fn of_requests(
    metric: Metric,
    of_successes: bool,
    buckets: &[Bucket],
    length_s: f64,
) -> Option<f64> {
    let sum = |count: fn(&Bucket) -> u64| buckets.iter().map(count).sum::<u64>() as f64;
    let answered = sum(|bucket| bucket.succeeded + bucket.late);
    let failed = sum(|bucket| bucket.failed);
    let ended = answered + failed;
    let share = |part: f64, of: f64| (of > 0.0).then(|| part / of);
    match metric {
        Metric::ErrorRate => share(failed, ended),
        Metric::Availability => share(answered, ended),
        Metric::Late => share(sum(|bucket| bucket.late), answered),
        Metric::Throughput => Some(answered / length_s),
        Metric::Goodput => Some(sum(|bucket| bucket.succeeded) / length_s),
        Metric::Mean => {
            let time: u128 = buckets.iter().map(|bucket| bucket.response_sum).sum();
            share(time as f64 / 1e9, answered)
        }
        Metric::Quantile(p) => {
            // S18: a failed request is an infinite time.
            let p = if of_successes {
                p
            } else {
                p * ended / answered
            };
            let all: Vec<&Bucket> = buckets.iter().collect();
            match answered {
                _ if ended == 0.0 => None,
                some if some > 0.0 && p <= 1.0 => quantile_of_bands(&all, p),
                _ => Some(f64::INFINITY),
            }
        }
        Metric::Max | Metric::Utilisation(_) | Metric::Queue => None,
    }
}
