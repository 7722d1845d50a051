//! Whether a backlog grows for as long as the run lasts (S33a).

use super::estimate::{Confidence, Estimate, mean_of};

/// Fewest buckets per replication that the test looks at.
const FEWEST_BUCKETS: usize = 16;
/// From this many replications on, agreement among them is proof enough.
const ENOUGH_REPLICATIONS: usize = 5;
/// Pieces of each replication that must rise one after the other when replications are few.
const PIECES: usize = 8;
/// Share of the average step that the last quarter's step must reach: a queue on its way to a
/// steady state slows down, a growing one does not.
const STRAIGHT: f64 = 0.6;

/// Finding of the growth test.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Growth {
    /// Whether the backlog grows without end.
    pub grows: bool,
    /// Slope of the number in system in requests per second, after the first quarter.
    pub per_second: Estimate,
}

/// Tests the number in system of each replication, averaged over buckets of `width_s` seconds;
/// the longer series are cut to the shortest, which needs 16 buckets.
///
/// It grows if all of these hold: (1) the least-squares slope is positive in every replication,
/// both after the first quarter and in the second half; (2) the 95 % interval of the former over
/// replications lies above 0; (3) the step from the third to the fourth quarter is at least 0.6
/// of the mean step between quarters, so the rise does not flatten. With fewer than five
/// replications (2) is replaced: (4) cut into eight pieces, every replication rises from piece to
/// piece (chance 1 in 40,320 when the pieces are independent).
pub fn growth(replications: &[Vec<f64>], width_s: f64) -> Growth {
    let buckets = replications.iter().map(Vec::len).min().unwrap_or(0);
    if buckets < FEWEST_BUCKETS {
        return Growth {
            grows: false,
            per_second: mean_of(&[], Confidence::Fixed),
        };
    }
    let slopes = |from: usize| -> Vec<f64> {
        replications
            .iter()
            .map(|series| slope(&series[from..buckets]) / width_s)
            .collect()
    };
    let settled = slopes(buckets / 4);
    let per_second = mean_of(&settled, Confidence::Fixed);
    let all_rise = settled
        .iter()
        .chain(&slopes(buckets / 2))
        .all(|&slope| slope > 0.0);
    let is_sure = if replications.len() >= ENOUGH_REPLICATIONS {
        per_second.ci95.is_some_and(|(low, _)| low > 0.0)
    } else {
        replications.iter().all(|series| climbs(&series[..buckets]))
    };
    Growth {
        grows: all_rise && is_sure && is_straight(replications, buckets),
        per_second,
    }
}

/// Least-squares slope per bucket.
fn slope(values: &[f64]) -> f64 {
    let middle = (values.len() as f64 - 1.0) / 2.0;
    let (mut above, mut below) = (0.0, 0.0);
    for (k, value) in values.iter().enumerate() {
        let off = k as f64 - middle;
        above += off * value;
        below += off * off;
    }
    above / below
}

/// Means of `count` nearly equal pieces.
fn piece_means(series: &[f64], count: usize) -> Vec<f64> {
    (0..count)
        .map(|k| &series[k * series.len() / count..(k + 1) * series.len() / count])
        .map(|piece| piece.iter().sum::<f64>() / piece.len() as f64)
        .collect()
}

fn climbs(series: &[f64]) -> bool {
    piece_means(series, PIECES)
        .windows(2)
        .all(|pair| pair[1] > pair[0])
}

fn is_straight(replications: &[Vec<f64>], buckets: usize) -> bool {
    let mut quarters = [0.0; 4];
    for series in replications {
        for (sum, mean) in quarters.iter_mut().zip(piece_means(&series[..buckets], 4)) {
            *sum += mean;
        }
    }
    let (last, mean) = (quarters[3] - quarters[2], (quarters[3] - quarters[0]) / 3.0);
    mean > 0.0 && last >= STRAIGHT * mean
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::samples::Samples;

    /// `count` replications of M/M/1 from empty over `services` mean services, in 100 buckets.
    fn queue(seed: u64, count: usize, rate: f64, services: f64) -> Growth {
        let mut samples = Samples::new(seed);
        let width = services / 100.0;
        let series: Vec<_> = (0..count)
            .map(|_| samples.mm1_in_system(rate, 0, 100, width))
            .collect();
        growth(&series, width)
    }

    #[test]
    fn five_per_cent_too_much_grows_at_its_rate() {
        for seed in 0..20 {
            let found = queue(seed, 10, 1.05, 20_000.0);
            assert!(found.grows, "{found:?}");
            let (low, high) = found
                .per_second
                .interval_at(0.999)
                .expect("ten replications");
            assert!(low < 0.05 && 0.05 < high, "{found:?}");
        }
    }

    #[test]
    fn a_stable_queue_at_95_per_cent_does_not_grow() {
        assert!((0..60).all(|seed| !queue(seed, 10, 0.95, 20_000.0).grows));
    }

    #[test]
    fn a_short_run_of_a_stable_queue_seldom_looks_like_growth() {
        // 2,000 services are barely more than the queue's own relaxation time.
        let fooled = (0..200)
            .filter(|&seed| queue(seed, 10, 0.95, 2_000.0).grows)
            .count();
        assert!(fooled <= 2, "{fooled} of 200");
    }

    #[test]
    fn one_replication_suffices_when_the_overload_is_plain() {
        assert!((0..20).all(|seed| queue(seed, 1, 1.2, 20_000.0).grows));
        assert!((0..100).all(|seed| !queue(seed, 1, 0.9, 20_000.0).grows));
    }

    #[test]
    fn an_exponential_approach_is_not_growth_and_a_line_is() {
        let approach = |k: i32| 1.0 - libm::exp(f64::from(-k) / 40.0);
        let flattening = vec![(0..100).map(approach).collect::<Vec<f64>>(); 6];
        assert!(!growth(&flattening, 1.0).grows);
        let line = vec![(0..100).map(|k| f64::from(k) * 3.0).collect::<Vec<f64>>(); 6];
        let found = growth(&line, 2.0);
        assert!(found.grows);
        assert!((found.per_second.value.unwrap() - 1.5).abs() < 1e-12);
        assert!(!growth(&[vec![1.0; 3]], 1.0).grows);
    }
}
