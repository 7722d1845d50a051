//! Development over time in equal buckets; when they run out, neighbours merge.

use super::breakdown::BANDS;
use super::observation::{Bucket, Series};

/// Bands that are looked at together.
const CHUNK: usize = 32;

/// What has been counted from time 0 on, and areas up to now; a bucket is the difference of two.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Offered, succeeded, late, failed.
    pub requests: [u64; 4],
    /// Response times of succeeded and late, ns.
    pub response_sum: u128,
    /// Integral of the number of requests in the system, ns.
    pub in_system: u128,
    /// Visits inside components now.
    pub inside: u64,
    /// Bytes now, by memory.
    pub memory: Vec<u64>,
    /// Integral of busy servers, by recorded station, ns.
    pub busy: Vec<u128>,
}

/// The series at work.
#[derive(Debug)]
pub struct Recorder {
    series: Series,
    cap: usize,
    /// Response times of succeeded and late of this bucket, by band.
    pub bands: Vec<u32>,
    /// Totals at the start of the bucket.
    last: Totals,
    /// End of the bucket, ns.
    pub end: u64,
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
            bands: vec![0; BANDS],
            last: Totals {
                busy: vec![0; busy],
                ..Totals::default()
            },
            end: bucket_ns,
        }
    }

    /// Ends the bucket, given the totals up to its end.
    pub fn turn(&mut self, now: Totals) {
        self.push(now);
        if self.series.buckets.len() == self.cap {
            self.merge();
        }
        self.end = self
            .series
            .bucket_ns
            .saturating_mul(self.series.buckets.len() as u64 + 1);
    }

    fn push(&mut self, now: Totals) {
        let last = &self.last;
        let count = |place: usize| now.requests[place] - last.requests[place];
        let mut bucket = Bucket {
            offered: count(0),
            succeeded: count(1),
            late: count(2),
            failed: count(3),
            in_system_area: now.in_system - last.in_system,
            inside: now.inside,
            memory: now.memory.clone(),
            response_sum: now.response_sum - last.response_sum,
            bands: Vec::new(),
        };
        if bucket.succeeded + bucket.late > 0 {
            for (place, chunk) in self.bands.chunks_mut(CHUNK).enumerate() {
                // Most of them are empty; the sum needs no look at each.
                if chunk.iter().sum::<u32>() == 0 {
                    continue;
                }
                for (band, count) in chunk
                    .iter_mut()
                    .enumerate()
                    .filter(|(_, count)| **count > 0)
                {
                    let band = (place * CHUNK + band) as u32;
                    bucket.bands.push((band, std::mem::take(count)));
                }
            }
        }
        self.series.buckets.push(bucket);
        if !now.busy.is_empty() && !last.busy.is_empty() {
            let since = |(now, last): (&u128, &u128)| (now - last) as u64;
            self.series
                .busy
                .push(now.busy.iter().zip(&last.busy).map(since).collect());
        }
        self.last = now;
    }

    fn merge(&mut self) {
        self.series.bucket_ns = self.series.bucket_ns.saturating_mul(2);
        let pairs = self.series.buckets.chunks(2);
        self.series.buckets = pairs.map(|pair| joined(&pair[0], &pair[1])).collect();
        let add = |pair: &[Vec<u64>]| pair[0].iter().zip(&pair[1]).map(|(a, b)| a + b).collect();
        self.series.busy = self.series.busy.chunks(2).map(add).collect();
    }

    /// The series, its last bucket cut at the stop.
    pub fn finish(mut self, now: Totals) -> Series {
        self.push(now);
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
        inside: b.inside,
        memory: b.memory.clone(),
        response_sum: a.response_sum + b.response_sum,
        bands,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::observation::Breakdown;

    #[test]
    fn buckets_merge_and_lose_nothing() {
        let mut recorder = Recorder::new(10, 4, 1);
        let totals = |turns: u64, time: u64| Totals {
            requests: [turns, turns, 0, turns],
            response_sum: u128::from(turns * (turns + 1) / 2),
            in_system: 2 * u128::from(time),
            inside: time / 10,
            memory: vec![time],
            busy: vec![time.into()],
        };
        for turn in 1..=9u64 {
            assert_eq!(recorder.end % 10, 0);
            recorder.bands[Breakdown::band(turn) as usize] += 1;
            recorder.turn(totals(turn, recorder.end));
        }
        let end = u128::from(recorder.end);
        let last = totals(9, recorder.end);
        let series = recorder.finish(last);
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
        let ends = series.buckets.iter().map(|bucket| bucket.inside);
        let width = series.bucket_ns / 10;
        let expected = (1..series.buckets.len() as u64).map(|turn| turn * width);
        assert_eq!(
            ends.take(series.buckets.len() - 1).collect::<Vec<_>>(),
            expected.collect::<Vec<_>>()
        );
        let all = &series.buckets[..series.buckets.len() - 1];
        assert!(
            all.iter()
                .all(|b| b.in_system_area == u128::from(2 * series.bucket_ns))
        );
    }
}
