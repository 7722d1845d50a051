//! Development over time in equal buckets; when they run out, neighbours merge.

use super::breakdown::BANDS;
use super::observation::{Breakdown, Bucket, Series};

/// The series at work.
#[derive(Debug)]
pub struct Recorder {
    series: Series,
    cap: usize,
    bucket: Bucket,
    bands: Vec<u32>,
    /// Areas at the start of the bucket: requests in the system, and busy servers by station.
    in_system: u128,
    busy: Vec<u128>,
    /// End of the bucket, ns.
    pub end: u64,
}

/// How a request ended, for counting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Answered in time, after so many ns.
    Succeeded(u64),
    /// Answered late, after so many ns.
    Late(u64),
    /// Not answered.
    Failed,
}

impl Recorder {
    /// Buckets of `bucket_ns` at first, at most `cap` of them; `busy` stations are recorded.
    pub fn new(bucket_ns: u64, cap: usize, busy: usize) -> Self {
        let bucket_ns = bucket_ns.max(1);
        Self {
            series: Series {
                bucket_ns,
                ..Series::default()
            },
            cap: cap.max(2).next_multiple_of(2),
            bucket: Bucket::default(),
            bands: vec![0; BANDS],
            in_system: 0,
            busy: vec![0; busy],
            end: bucket_ns,
        }
    }

    /// A request was offered.
    #[inline]
    pub fn offered(&mut self) {
        self.bucket.offered += 1;
    }

    /// A request ended.
    #[inline]
    pub fn ended(&mut self, verdict: Verdict) {
        let response = match verdict {
            Verdict::Succeeded(response) => {
                self.bucket.succeeded += 1;
                response
            }
            Verdict::Late(response) => {
                self.bucket.late += 1;
                response
            }
            Verdict::Failed => {
                self.bucket.failed += 1;
                return;
            }
        };
        self.bucket.response_sum += u128::from(response);
        self.bands[Breakdown::band(response) as usize] += 1;
    }

    /// Ends the bucket, given the areas up to its end.
    pub fn turn(&mut self, in_system: u128, busy: impl Iterator<Item = u128>) {
        self.push(in_system, busy);
        if self.series.buckets.len() == self.cap {
            self.merge();
        }
        self.end = self
            .series
            .bucket_ns
            .saturating_mul(self.series.buckets.len() as u64 + 1);
    }

    fn push(&mut self, in_system: u128, busy: impl Iterator<Item = u128>) {
        let mut bucket = std::mem::take(&mut self.bucket);
        bucket.in_system_area = in_system - std::mem::replace(&mut self.in_system, in_system);
        for (band, count) in self
            .bands
            .iter_mut()
            .enumerate()
            .filter(|(_, count)| **count > 0)
        {
            bucket.bands.push((band as u32, std::mem::take(count)));
        }
        self.series.buckets.push(bucket);
        if !self.busy.is_empty() {
            let since =
                |(last, now): (&mut u128, u128)| (now - std::mem::replace(last, now)) as u64;
            self.series
                .busy
                .push(self.busy.iter_mut().zip(busy).map(since).collect());
        }
    }

    fn merge(&mut self) {
        self.series.bucket_ns = self.series.bucket_ns.saturating_mul(2);
        let pairs = self.series.buckets.chunks(2);
        self.series.buckets = pairs.map(|pair| joined(&pair[0], &pair[1])).collect();
        let add = |pair: &[Vec<u64>]| pair[0].iter().zip(&pair[1]).map(|(a, b)| a + b).collect();
        self.series.busy = self.series.busy.chunks(2).map(add).collect();
    }

    /// The series, its last bucket cut at the stop.
    pub fn finish(mut self, in_system: u128, busy: impl Iterator<Item = u128>) -> Series {
        self.push(in_system, busy);
        self.series
    }
}

fn joined(a: &Bucket, b: &Bucket) -> Bucket {
    let mut bands = a.bands.clone();
    for &(band, count) in &b.bands {
        match bands.binary_search_by_key(&band, |entry| entry.0) {
            Ok(place) => bands[place].1 += count,
            Err(place) => bands.insert(place, (band, count)),
        }
    }
    Bucket {
        offered: a.offered + b.offered,
        succeeded: a.succeeded + b.succeeded,
        late: a.late + b.late,
        failed: a.failed + b.failed,
        in_system_area: a.in_system_area + b.in_system_area,
        response_sum: a.response_sum + b.response_sum,
        bands,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_merge_and_lose_nothing() {
        let mut recorder = Recorder::new(10, 4, 1);
        for turn in 1..=9u64 {
            assert_eq!(recorder.end % 10, 0);
            recorder.offered();
            recorder.ended(Verdict::Succeeded(turn));
            recorder.ended(Verdict::Failed);
            let time = u128::from(recorder.end);
            recorder.turn(2 * time, [time].into_iter());
        }
        let end = u128::from(recorder.end);
        let series = recorder.finish(2 * end, [end].into_iter());
        assert!(series.buckets.len() <= 4 && series.buckets.len() == series.busy.len());
        let sum = |of: fn(&Bucket) -> u64| series.buckets.iter().map(of).sum::<u64>();
        assert_eq!(
            (sum(|b| b.offered), sum(|b| b.succeeded), sum(|b| b.failed)),
            (9, 9, 9)
        );
        let area: u128 = series.buckets.iter().map(|b| b.in_system_area).sum();
        assert_eq!(area, 2 * end);
        let counts = series
            .buckets
            .iter()
            .flat_map(|b| &b.bands)
            .map(|band| band.1);
        assert_eq!(counts.sum::<u32>(), 9);
        let all = &series.buckets[..series.buckets.len() - 1];
        assert!(
            all.iter()
                .all(|b| b.in_system_area == u128::from(2 * series.bucket_ns))
        );
    }
}
