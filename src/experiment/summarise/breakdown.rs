//! Where the time goes, how response times spread, and how the run developed.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::fold::{Fold, seconds};
use crate::engine::observation::{Breakdown as Cells, Bucket, Observations};
use crate::engine::program::Part;
use crate::experiment::result::Named;
use crate::experiment::result::summary::{Breakdown, BreakdownColumn, SeriesPoint};
use crate::model::Model;
use crate::statistics::Histogram;

/// Columns for the mean and for the requests around the 99th percentile: those in the band of
/// 9 % around it, so that the parts of each column add up to its response time.
pub fn breakdown(model: &Model, fold: Fold<'_>, responses: &Histogram) -> Breakdown {
    let (mut count, mut total) = (0, Vec::new());
    for run in fold.runs {
        count += run.breakdown.count;
        add(&mut total, &run.breakdown.total);
    }
    let tail = responses.quantile(0.99).map(Cells::band);
    let (mut tail_count, mut tail_total) = (0, vec![0; total.len()]);
    for band in fold.runs.iter().flat_map(|run| &run.breakdown.bands) {
        if Some(band.band) == tail {
            tail_count += band.count;
            for (cell, sum) in band.cells() {
                tail_total[cell] += sum;
            }
        }
    }
    Breakdown {
        mean: column(model, count, &total),
        p99: column(model, tail_count, &tail_total),
    }
}

fn add(sum: &mut Vec<u128>, more: &[u128]) {
    sum.resize(sum.len().max(more.len()), 0);
    for (mine, theirs) in sum.iter_mut().zip(more) {
        *mine += theirs;
    }
}

fn column(model: &Model, count: u64, total: &[u128]) -> BreakdownColumn {
    if count == 0 {
        return BreakdownColumn::default();
    }
    let mean = |sum: u128| sum as f64 / 1e9 / count as f64;
    let client = model.components.len();
    let by_component = |part: Part| {
        let cell = |(owner, component): (usize, &crate::model::Component)| {
            let sum = *total.get(Cells::cell(owner, part))?;
            (sum > 0).then(|| (component.name.clone(), mean(sum)))
        };
        Named(
            model
                .components
                .iter()
                .enumerate()
                .filter_map(cell)
                .collect(),
        )
    };
    BreakdownColumn {
        response_time: mean(total.iter().sum()),
        client: mean(total.iter().skip(client * Part::COUNT).sum()),
        network: by_component(Part::Network),
        queue: by_component(Part::Queue),
        service: by_component(Part::Service),
        pool_wait: by_component(Part::PoolWait),
        retry_wait: by_component(Part::RetryWait),
    }
}

/// Most points of a series: alarms have finer ones recorded than anybody reads.
const MOST_POINTS: u64 = 1_000;

/// Shares of the response times in bands of eight to the octave, by upper edge in s.
pub fn distribution(responses: &Histogram) -> Vec<(f64, f64)> {
    let mut bands: BTreeMap<u32, (u64, u64)> = BTreeMap::new();
    for bucket in responses.buckets() {
        let band = bands.entry(Cells::band(bucket.lower)).or_default();
        band.0 = bucket.upper;
        band.1 += bucket.count;
    }
    let all = responses.count() as f64;
    bands
        .into_values()
        .map(|(upper, count)| (seconds(upper), count as f64 / all))
        .collect()
}

/// Development within the window, averaged over the replications; times from its start.
/// Replications whose buckets differ in length are brought to the longest, and all are cut to
/// the shortest window.
pub fn series(runs: &[Observations]) -> Vec<SeriesPoint> {
    let mut width = runs
        .iter()
        .map(|run| run.series.bucket_ns)
        .max()
        .unwrap_or(0);
    let (Some(start), Some(end)) = (
        runs.iter().map(|run| run.window.0).max(),
        runs.iter().map(|run| run.window.1).min(),
    ) else {
        return Vec::new();
    };
    if width == 0 {
        return Vec::new();
    }
    while (end.saturating_sub(start)) / width > MOST_POINTS {
        width *= 2;
    }
    let aligned: Vec<Cow<'_, [Bucket]>> = runs.iter().map(|run| buckets_of(run, width)).collect();
    let first = start.div_ceil(width) as usize;
    let last = (end / width) as usize;
    (first..last)
        .map(|place| {
            let here: Vec<&Bucket> = aligned.iter().filter_map(|run| run.get(place)).collect();
            point(
                &here,
                place as u64 * width - start,
                width,
                runs.len() as f64,
            )
        })
        .collect()
}

/// The buckets of a replication at `width`, a power of two times its own.
pub fn buckets_of(run: &Observations, width: u64) -> Cow<'_, [Bucket]> {
    let buckets = &run.series.buckets;
    match (width / run.series.bucket_ns.max(1)) as usize {
        0 | 1 => Cow::Borrowed(buckets),
        per => Cow::Owned(buckets.chunks(per).map(merge).collect()),
    }
}

fn merge(parts: &[Bucket]) -> Bucket {
    let mut sum = Bucket::default();
    let mut bands: BTreeMap<u32, u32> = BTreeMap::new();
    for part in parts {
        sum.offered += part.offered;
        sum.succeeded += part.succeeded;
        sum.late += part.late;
        sum.failed += part.failed;
        sum.in_system_area += part.in_system_area;
        sum.inside = part.inside;
        sum.memory.clone_from(&part.memory);
        sum.response_sum += part.response_sum;
        for &(band, count) in &part.bands {
            *bands.entry(band).or_default() += count;
        }
    }
    sum.bands = bands.into_iter().collect();
    sum
}

fn point(here: &[&Bucket], at: u64, width: u64, runs: f64) -> SeriesPoint {
    let length = seconds(width);
    let per_second = |count: u64| count as f64 / length / runs;
    let sum = |count: fn(&Bucket) -> u64| here.iter().map(|bucket| count(bucket)).sum::<u64>();
    let answered = sum(|bucket| bucket.succeeded + bucket.late);
    let response: u128 = here.iter().map(|bucket| bucket.response_sum).sum();
    let area: u128 = here.iter().map(|bucket| bucket.in_system_area).sum();
    SeriesPoint {
        at_s: seconds(at),
        length_s: length,
        offered_rps: per_second(sum(|bucket| bucket.offered)),
        throughput_rps: per_second(answered),
        failed_rps: per_second(sum(|bucket| bucket.failed)),
        in_system: area as f64 / width as f64 / runs,
        response_mean_s: (answered > 0).then(|| response as f64 / 1e9 / answered as f64),
        response_p95_s: quantile_of_bands(here, 0.95),
        memory_bytes: Named::default(),
    }
}

/// Nearest-rank quantile of banded times: the middle of its band, s.
pub fn quantile_of_bands(here: &[&Bucket], p: f64) -> Option<f64> {
    let mut bands = [0_u64; Cells::BANDS];
    for &(band, count) in here.iter().flat_map(|bucket| &bucket.bands) {
        bands[band as usize] += u64::from(count);
    }
    let all: u64 = bands.iter().sum();
    let rank = (p * all as f64).ceil().max(1.0) as u64;
    let mut below = 0;
    let found = bands.iter().position(|count| {
        below += count;
        below >= rank
    });
    found.map(|band| middle_of_band(band as u32))
}

/// Middle of a band of eight to the octave, s.
fn middle_of_band(band: u32) -> f64 {
    if band < 8 {
        return f64::from(band) / 1e9;
    }
    let (octave, eighth) = (band / 8 + 2, band % 8);
    libm::ldexp(1.0 + (f64::from(eighth) + 0.5) / 8.0, octave.cast_signed()) / 1e9
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::observation::Series;

    fn bucket(offered: u64, succeeded: u64, response_ns: u64) -> Bucket {
        Bucket {
            offered,
            succeeded,
            response_sum: u128::from(response_ns) * u128::from(succeeded),
            bands: vec![(Cells::band(response_ns), succeeded as u32)],
            in_system_area: 500_000_000,
            ..Bucket::default()
        }
    }

    #[test]
    fn the_middle_of_a_band_lies_in_the_band() {
        for ns in [3_u64, 9, 100, 12_345, 1_000_000_007, 86_400_000_000_000] {
            let middle = middle_of_band(Cells::band(ns)) * 1e9;
            assert!((middle / ns as f64 - 1.0).abs() < 0.13, "{ns} {middle}");
            assert_eq!(Cells::band(middle as u64), Cells::band(ns), "{ns}");
        }
    }

    #[test]
    fn series_are_averaged_over_replications_of_other_bucket_lengths() {
        let mut fine = super::super::tests::empty_run(1);
        fine.window = (0, 2_000_000_000);
        fine.series = Series {
            bucket_ns: 500_000_000,
            buckets: vec![
                bucket(1, 1, 100),
                bucket(3, 1, 300),
                bucket(2, 0, 1),
                bucket(2, 2, 7),
            ],
            busy: Vec::new(),
        };
        let mut coarse = fine.clone();
        coarse.series.bucket_ns = 1_000_000_000;
        coarse.series.buckets = vec![bucket(8, 2, 100), bucket(4, 4, 100)];
        let points = series(&[fine, coarse]);
        assert_eq!(points.len(), 2);
        let near = |a: f64, b: f64| (a - b).abs() < 1e-12;
        // (4 + 8) in one second of two replications; 1 + 0.5 request-seconds, halved.
        assert!(near(points[0].offered_rps, 6.0) && near(points[0].throughput_rps, 2.0));
        assert!(near(points[0].in_system, 0.75) && near(points[1].at_s, 1.0));
        let mean = points[0].response_mean_s.unwrap();
        assert!((mean * 1e9 - (100.0 + 300.0 + 200.0) / 4.0).abs() < 1e-6);
    }

    #[test]
    fn shares_of_the_distribution_add_up() {
        let mut responses = Histogram::new();
        (1..=1_000_u64).for_each(|ms| responses.record(ms * 1_000_000));
        let bands = distribution(&responses);
        let sum: f64 = bands.iter().map(|band| band.1).sum();
        assert!((sum - 1.0).abs() < 1e-12);
        assert!(bands.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert!(bands.last().unwrap().0 >= 1.0);
    }
}
