//! Histograms against sorted values, brute counts and `hdrhistogram`.

use super::*;
use crate::statistics::samples::Samples;
use proptest::prelude::*;

fn of(values: &[u64]) -> Histogram {
    let mut histogram = Histogram::new();
    for &ns in values {
        histogram.record(ns);
    }
    histogram
}

#[test]
fn buckets_tile_the_whole_range_without_gap() {
    let mut next = 0_u64;
    for index in 0..PAGES * PAGE {
        let (lower, upper) = edges_of(index);
        assert_eq!(lower, next);
        assert_eq!(index_of(lower), index);
        assert_eq!(index_of(upper), index);
        next = upper.wrapping_add(1);
    }
    assert_eq!(next, 0, "the last bucket ends at u64::MAX");
}

#[test]
fn small_counts_give_exact_nearest_ranks() {
    let histogram = of(&[10, 20, 30, 40, 50]);
    assert_eq!(histogram.quantile(0.0), Some(10));
    assert_eq!(histogram.quantile(0.2), Some(10));
    assert_eq!(histogram.quantile(0.21), Some(20));
    assert_eq!(histogram.quantile(0.5), Some(30));
    assert_eq!(histogram.quantile(1.0), Some(50));
    assert_eq!(nearest_rank(0.07, 100), 7);
    assert_eq!(nearest_rank(0.999, 1000), 999);
    assert_eq!(Histogram::new().quantile(0.5), None);
}

#[test]
fn missing_values_count_as_infinite() {
    let histogram = of(&[1, 2, 3, 4, 5, 6, 7, 8]);
    assert_eq!(histogram.quantile_counting_missing(0.8, 2), Some(8));
    assert_eq!(histogram.quantile_counting_missing(0.81, 2), None);
    assert_eq!(Histogram::new().quantile_counting_missing(0.1, 5), None);
}

#[test]
fn a_smooth_quantile_without_a_part_is_that_of_the_rest() {
    let (mut whole, rest) = (of(&[100, 200, 900]), of(&[300, 400, 500, 600]));
    let part = whole.clone();
    whole.merge(&rest);
    let left = whole
        .smooth_quantile_without(Some(&part), 0.5, 0)
        .expect("values are left");
    assert!((left - 400.0).abs() < 1e-9, "{left}");
    assert_eq!(whole.smooth_quantile_without(Some(&part), 0.5, 5), None);
}

#[test]
fn few_values_and_many_are_counted_alike_in_whatever_order_they_are_merged() {
    let mut samples = Samples::new(11);
    let values: Vec<u64> = (0..20_000)
        .map(|_| samples.exponential(5e6) as u64)
        .collect();
    let mut counted = std::collections::BTreeMap::new();
    for &ns in &values {
        *counted.entry(index_of(ns)).or_insert(0) += 1;
    }
    let truth: Vec<(usize, u64)> = counted.into_iter().collect();
    for cut in [0, 3, 700, 1_500, 9_000, 20_000] {
        let (a, b) = (of(&values[..cut]), of(&values[cut..]));
        let mut settled = b.clone();
        settled.settle();
        for whole in [
            Histogram::merged([&a, &b]),
            Histogram::merged([&settled, &a]),
        ] {
            assert_eq!(whole.counts().collect::<Vec<_>>(), truth);
            assert_eq!(whole.count(), 20_000);
            assert_eq!(whole, of(&values));
        }
    }
    let mut repeated = of(&values[..10]);
    repeated.record_many(7, 5_000);
    assert_eq!(repeated.count_at_most(7), 5_000);
    for zeros in [0, 1, 700] {
        let (mut many, mut each) = (of(&values[..500]), of(&values[..500]));
        many.record_many(0, zeros);
        (0..zeros).for_each(|_| each.record(0));
        assert_eq!(many, each);
        many.merge(&each);
        assert_eq!(many.count_at_most(0), 2 * zeros);
    }
}

#[test]
fn quantiles_agree_with_hdrhistogram() {
    let mut samples = Samples::new(7);
    let mut oracle = hdrhistogram::Histogram::<u64>::new(4).expect("4 digits are legal");
    let mut own = Histogram::new();
    for _ in 0..50_000 {
        let ns = samples.exponential(5e6) as u64;
        own.record(ns);
        oracle.record(ns).expect("the oracle resizes itself");
    }
    for p in [0.01, 0.5, 0.9, 0.95, 0.99, 0.999] {
        let (mine, theirs) = (
            own.quantile(p).expect("not empty"),
            oracle.value_at_quantile(p),
        );
        let error = (mine as f64 / theirs as f64 - 1.0).abs();
        assert!(
            error <= RELATIVE_ERROR + 2e-4,
            "p {p}: {mine} against {theirs}"
        );
    }
}

proptest! {
    #[test]
    fn a_quantile_is_within_a_thousandth_of_the_sorted_value(
        mut values in prop::collection::vec((0_u32..64, any::<u64>()), 1..300),
        p in 0.0_f64..=1.0,
    ) {
        let mut values: Vec<u64> = values.drain(..).map(|(shift, v)| v >> shift).collect();
        let histogram = of(&values);
        values.sort_unstable();
        let truth = values[nearest_rank(p, values.len() as u64) as usize - 1];
        let read = histogram.quantile(p).expect("not empty");
        prop_assert!(read.abs_diff(truth) as f64 <= truth as f64 * RELATIVE_ERROR);
    }

    #[test]
    fn merging_halves_is_recording_all(
        values in prop::collection::vec(any::<u64>(), 0..200), cut in 0_usize..200,
    ) {
        let cut = cut.min(values.len());
        let (a, b) = (of(&values[..cut]), of(&values[cut..]));
        prop_assert_eq!(&Histogram::merged([&a, &b]), &of(&values));
        prop_assert_eq!(&Histogram::merged([&b, &a]), &of(&values));
    }

    #[test]
    fn counting_up_to_a_threshold_is_exact_at_bucket_edges(
        values in prop::collection::vec(0_u64..100_000, 1..200), at in 0_u64..100_000,
    ) {
        let edge = edges_of(index_of(at)).1;
        let truth = values.iter().filter(|&&v| v <= edge).count() as u64;
        prop_assert_eq!(of(&values).count_at_most(edge), truth);
    }
}
