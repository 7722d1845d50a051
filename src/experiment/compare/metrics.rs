//! Paired differences of every metric that two designs share.

use super::candidate::Candidate;
use crate::engine::observation::Observations;
use crate::experiment::result::RunResult;
use crate::experiment::result::compare::Difference;
use crate::experiment::sample::Sample;
use crate::experiment::summarise::classes::{Requests, Tally};
use crate::experiment::summarise::components::{read_all, utilisation};
use crate::experiment::summarise::fold::{Fold, window_s};
use crate::lower::Resource;
use crate::statistics::{
    Confidence, Estimate, Observed, Reason, paired_difference, quantile_difference,
    ratio_difference, ratio_of_sums, significant,
};

/// A metric of both designs: its difference and the half-widths that independent runs would have.
struct Metric {
    name: String,
    difference: Estimate,
    base: Estimate,
    other: Estimate,
}

/// Most designs of which every pair is compared; of more only those with the base.
const ALL_PAIRS_UP_TO: usize = 4;

/// Places of the designs to compare: each further one with the base first, then the others.
fn pairs(designs: usize) -> Vec<(usize, usize)> {
    let bases = if designs <= ALL_PAIRS_UP_TO {
        designs
    } else {
        1
    };
    (0..bases)
        .flat_map(|base| (base + 1..designs).map(move |other| (base, other)))
        .collect()
}

/// Every metric of every pair of designs, with Holm's correction over all of them (S43).
pub fn differences(
    candidates: &[Candidate],
    samples: &[Sample<'_>],
    runs: &[RunResult],
) -> Vec<Difference> {
    let mut found = Vec::new();
    for (base, other) in pairs(samples.len()) {
        let metrics = metrics(
            (&samples[base], &runs[base]),
            (&samples[other], &runs[other]),
        );
        found.extend(metrics.into_iter().map(|metric| Difference {
            metric: metric.name,
            a: candidates[base].name.clone(),
            b: candidates[other].name.clone(),
            relative: relative(&metric.difference, &metric.base),
            ci95: metric.difference.ci95,
            significant: false,
            gain: gain(&metric.difference, &metric.base, &metric.other),
            difference: metric.difference,
        }));
    }
    let estimates: Vec<Estimate> = found.iter().map(|one| one.difference).collect();
    for (one, is_real) in found.iter_mut().zip(significant(&estimates)) {
        one.significant = is_real;
    }
    found
}

fn relative(difference: &Estimate, base: &Estimate) -> Option<f64> {
    let (difference, base) = (difference.value?, base.value?);
    (base.abs() > 0.0).then(|| difference / base)
}

/// Half-width that independent runs would have over the paired one.
fn gain(difference: &Estimate, base: &Estimate, other: &Estimate) -> Option<f64> {
    let (a, b) = (base.half_width()?, other.half_width()?);
    let paired = difference.half_width().filter(|&half| half > 0.0)?;
    Some((a * a + b * b).sqrt() / paired)
}

/// One design with its result.
type Side<'a> = (&'a Sample<'a>, &'a RunResult);

fn metrics(a: Side<'_>, b: Side<'_>) -> Vec<Metric> {
    let (fa, fb) = (a.0.fold(), b.0.fold());
    let (all_a, all_b) = (Requests::all(fa), Requests::all(fb));
    let mut found = request_metrics("", (&all_a, &all_b), (a.1, b.1));
    for (name, class) in
        a.0.bench
            .model
            .classes
            .iter()
            .enumerate()
            .map(|(i, c)| (&c.name, i))
    {
        let Some(other) = b.0.bench.model.class_named(name) else {
            continue;
        };
        if a.0.bench.model.classes.len() < 2 {
            continue;
        }
        let pair = (
            &Requests::of_class(fa, class),
            &Requests::of_class(fb, other.index()),
        );
        found.extend(time_metrics(&format!("classes.{name}."), pair, (a.1, b.1)));
    }
    for (place, part) in a.0.bench.model.components.iter().enumerate() {
        if let Some(other) = b.0.bench.model.component_named(&part.name) {
            found.extend(use_metrics(a, b, (place, other.index())));
        }
    }
    found
}

fn request_metrics(
    prefix: &str,
    pair: (&Requests<'_>, &Requests<'_>),
    runs: (&RunResult, &RunResult),
) -> Vec<Metric> {
    let mut found = time_metrics(prefix, pair, runs);
    let mut add = |name: &str, count: fn(&Tally) -> (f64, f64)| {
        let sides = (counts(pair.0, count), counts(pair.1, count));
        found.push(Metric {
            name: format!("{prefix}{name}"),
            difference: settle(
                pair.0.fold,
                ratio_difference(&sides.0, &sides.1, Confidence::Fixed),
            ),
            base: ratio_of_sums(&sides.0, Confidence::Fixed),
            other: ratio_of_sums(&sides.1, Confidence::Fixed),
        });
    };
    add("error_rate", |tally| {
        (
            tally.failed() as f64,
            (tally.answered() + tally.failed()) as f64,
        )
    });
    let answered: fn(&Tally) -> u64 =
        |tally| tally.sum.completed_in_window.0 + tally.sum.completed_in_window.1;
    let in_time: fn(&Tally) -> u64 = |tally| tally.sum.completed_in_window.0;
    for (name, count, base, other) in [
        (
            "throughput_rps",
            answered,
            pair.0.throughput(),
            pair.1.throughput(),
        ),
        ("goodput_rps", in_time, pair.0.goodput(), pair.1.goodput()),
    ] {
        let difference = paired_difference(
            &rates(pair.0, count),
            &rates(pair.1, count),
            Confidence::Fixed,
        );
        let difference = settle(pair.0.fold, difference);
        found.push(Metric {
            name: format!("{prefix}{name}"),
            difference,
            base,
            other,
        });
    }
    found
}

/// Without draws a difference is known without error (S44).
fn settle(fold: Fold<'_>, difference: Estimate) -> Estimate {
    match difference.value {
        Some(value) if fold.exact => Estimate::exact(value),
        _ => difference,
    }
}

fn counts(requests: &Requests<'_>, count: fn(&Tally) -> (f64, f64)) -> Vec<(f64, f64)> {
    requests.tallies.iter().map(count).collect()
}

fn rates(requests: &Requests<'_>, count: fn(&Tally) -> u64) -> Vec<f64> {
    let windows = requests.fold.runs.iter().map(window_s);
    requests
        .tallies
        .iter()
        .zip(windows)
        .map(|(tally, s)| count(tally) as f64 / s)
        .collect()
}

/// Mean and percentiles; none where one of the designs is saturated.
fn time_metrics(
    prefix: &str,
    pair: (&Requests<'_>, &Requests<'_>),
    runs: (&RunResult, &RunResult),
) -> Vec<Metric> {
    let grows = runs.0.growth_per_s.is_some() || runs.1.growth_per_s.is_some();
    let mean = |tally: &Tally| (tally.sum.response_sum as f64 / 1e9, tally.answered() as f64);
    let fold = pair.0.fold;
    let sides = (counts(pair.0, mean), counts(pair.1, mean));
    let mut found = vec![Metric {
        name: format!("{prefix}response_time_s.mean"),
        difference: ratio_difference(&sides.0, &sides.1, Confidence::Fixed),
        base: ratio_of_sums(&sides.0, Confidence::Fixed),
        other: ratio_of_sums(&sides.1, Confidence::Fixed),
    }];
    for (name, p) in [("p95", 0.95), ("p99", 0.99)] {
        found.push(Metric {
            name: format!("{prefix}response_time_s.{name}"),
            difference: quantile_difference(
                &observed(pair.0),
                &observed(pair.1),
                p,
                Confidence::Fixed,
            ),
            base: pair.0.quantile(p, true),
            other: pair.1.quantile(p, true),
        });
    }
    for metric in &mut found {
        metric.difference = if grows {
            Estimate::missing(Reason::GrowsWithTime)
        } else {
            settle(fold, metric.difference)
        };
    }
    found
}

fn observed<'a>(requests: &'a Requests<'_>) -> Vec<Observed<'a>> {
    let one = |tally: &'a Tally| Observed {
        histogram: &tally.sum.response,
        missing: 0,
    };
    requests.tallies.iter().map(one).collect()
}

/// Utilisation of the resources that both designs limit.
fn use_metrics(a: Side<'_>, b: Side<'_>, places: (usize, usize)) -> Vec<Metric> {
    let lists = (
        &a.0.bench.lowered.map.components[places.0],
        &b.0.bench.lowered.map.components[places.1],
    );
    let name = &a.0.bench.model.components[places.0].name;
    let share = |run: &Observations, one: &Resource, capacity: u32| {
        read_all(run, &one.meters).used.area as f64 / 1e9 / window_s(run) / f64::from(capacity)
    };
    let mut found = Vec::new();
    for one in lists.0 {
        let Some(other) = lists.1.iter().find(|other| other.name == one.name) else {
            continue;
        };
        let (Some(left), Some(right)) = (one.capacity, other.capacity) else {
            continue;
        };
        let of_a: Vec<f64> = a.0.runs.iter().map(|run| share(run, one, left)).collect();
        let of_b: Vec<f64> =
            b.0.runs
                .iter()
                .map(|run| share(run, other, right))
                .collect();
        let difference = paired_difference(&of_a, &of_b, Confidence::Fixed);
        found.push(Metric {
            name: format!("components.{name}.{}.utilisation", one.name),
            difference: settle(a.0.fold(), difference),
            base: utilisation(a.0.fold(), &one.meters, one.capacity),
            other: utilisation(b.0.fold(), &other.meters, other.capacity),
        });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::pairs;

    #[test]
    fn pairs_with_the_base_come_first_and_many_designs_have_no_others() {
        assert_eq!(pairs(2), [(0, 1)]);
        assert_eq!(pairs(4), [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]);
        assert_eq!(pairs(5), [(0, 1), (0, 2), (0, 3), (0, 4)]);
    }
}
