//! Log-linear histogram of integer nanoseconds.
//!
//! Values below 1,024 ns have a bucket each; above that every octave is cut into 512 equal
//! buckets. A bucket is represented by its middle, so a value read from the histogram is wrong
//! by at most 2^-10 of itself (0.098 %, the 0.1 % of S31). Buckets live in pages of one octave
//! that are allocated on first use: a histogram costs 4 KiB for each octave it has seen.

/// Buckets to an octave, as a power of two.
const OCTAVE_BITS: u32 = 9;
const PAGE: usize = 1 << OCTAVE_BITS;
/// Buckets to a band, as a power of two: eight bands to the octave.
pub(super) const BAND_BITS: u32 = OCTAVE_BITS - 3;
/// Pages that cover all of `u64`: two exact ones and one for each of the 54 octaves above.
const PAGES: usize = 65 - OCTAVE_BITS as usize;

type Page = Box<[u64; PAGE]>;

/// Largest relative error of a value read from a [`Histogram`], as added to intervals (S31).
pub const RELATIVE_ERROR: f64 = 0.001;

/// Counts of integer nanoseconds with a relative error of at most 0.1 %.
///
/// `min` and `max` are kept exactly, outside the buckets. Merging adds counts, so the result is
/// the same in whatever order histograms are merged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Histogram {
    pages: [Option<Page>; PAGES],
    count: u64,
    min: u64,
    max: u64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self {
            pages: [const { None }; PAGES],
            count: 0,
            min: u64::MAX,
            max: 0,
        }
    }
}

/// One occupied bucket: the values `lower..=upper` in nanoseconds, seen `count` times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// Smallest value that falls in the bucket, in nanoseconds.
    pub lower: u64,
    /// Largest value that falls in the bucket, in nanoseconds.
    pub upper: u64,
    /// How often a value of the bucket was recorded.
    pub count: u64,
}

impl Histogram {
    /// An empty histogram; allocates nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Counts one value in nanoseconds.
    #[inline]
    pub fn record(&mut self, ns: u64) {
        let index = index_of(ns);
        match &mut self.pages[index >> OCTAVE_BITS] {
            Some(page) => page[index & (PAGE - 1)] += 1,
            empty => first_in_page(empty, index),
        }
        self.count += 1;
        self.min = self.min.min(ns);
        self.max = self.max.max(ns);
    }

    /// Counts one value in nanoseconds `count` times.
    pub fn record_many(&mut self, ns: u64, count: u64) {
        if count == 0 {
            return;
        }
        self.record(ns);
        let index = index_of(ns);
        if let Some(page) = &mut self.pages[index >> OCTAVE_BITS] {
            page[index & (PAGE - 1)] += count - 1;
        }
        self.count += count - 1;
    }

    /// Adds all counts of `other`.
    pub fn merge(&mut self, other: &Self) {
        for (mine, theirs) in self.pages.iter_mut().zip(&other.pages) {
            match (mine, theirs) {
                (_, None) => {}
                (mine @ None, Some(theirs)) => *mine = Some(theirs.clone()),
                (Some(mine), Some(theirs)) => {
                    mine.iter_mut()
                        .zip(theirs.iter())
                        .for_each(|(a, b)| *a += b);
                }
            }
        }
        self.count += other.count;
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
    }

    /// All of `parts` in one.
    pub fn merged<'a>(parts: impl IntoIterator<Item = &'a Self>) -> Self {
        let mut all = Self::new();
        parts.into_iter().for_each(|part| all.merge(part));
        all
    }

    /// Number of recorded values.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Smallest recorded value in nanoseconds, exact; `None` when empty.
    pub fn min(&self) -> Option<u64> {
        (self.count > 0).then_some(self.min)
    }

    /// Largest recorded value in nanoseconds, exact; `None` when empty.
    pub fn max(&self) -> Option<u64> {
        (self.count > 0).then_some(self.max)
    }

    /// Number of values that are at most `ns`.
    ///
    /// Exact below 1,024 ns and at the edges of buckets; elsewhere the bucket that holds `ns`
    /// counts as a whole, so the threshold is moved by at most 0.2 % of itself.
    pub fn count_at_most(&self, ns: u64) -> u64 {
        if ns >= self.max {
            return self.count;
        }
        if ns < self.min {
            return 0;
        }
        let last = index_of(ns);
        let whole: u64 = self.pages[..last >> OCTAVE_BITS]
            .iter()
            .flatten()
            .flat_map(|p| p.iter())
            .sum();
        let part = self.pages[last >> OCTAVE_BITS].as_ref();
        whole + part.map_or(0, |p| p[..=last & (PAGE - 1)].iter().sum())
    }

    /// The `p`-quantile in nanoseconds by nearest rank: the smallest value with at least the
    /// share `p` at or below it, given as the middle of its bucket.
    ///
    /// `p` lies in 0..=1; 0 gives the exact minimum, 1 the exact maximum. `None` when empty.
    pub fn quantile(&self, p: f64) -> Option<u64> {
        self.quantile_counting_missing(p, 0)
    }

    /// The `p`-quantile when `missing` further values count as infinite (S18).
    ///
    /// `None` when the quantile falls among the missing, or when there is no value at all.
    pub fn quantile_counting_missing(&self, p: f64, missing: u64) -> Option<u64> {
        let rank = nearest_rank(p, self.count + missing);
        if rank > self.count || self.count == 0 {
            return None;
        }
        if rank == self.count {
            return Some(self.max);
        }
        if rank == 1 {
            return Some(self.min);
        }
        let mut below = 0;
        let bucket = self.buckets().find(|bucket| {
            below += bucket.count;
            below >= rank
        })?;
        let middle = bucket.lower + (bucket.upper - bucket.lower).div_ceil(2);
        Some(middle.clamp(self.min, self.max))
    }

    /// The occupied buckets from the smallest value up: what a cumulative plot needs.
    pub fn buckets(&self) -> impl Iterator<Item = Bucket> + '_ {
        self.pages.iter().enumerate().flat_map(|(number, page)| {
            page.iter()
                .flat_map(|p| p.iter())
                .enumerate()
                .filter(|&(_, &count)| count > 0)
                .map(move |(slot, &count)| {
                    let (lower, upper) = edges_of((number << OCTAVE_BITS) + slot);
                    Bucket {
                        lower,
                        upper,
                        count,
                    }
                })
        })
    }

    /// Counts by band of eight to the octave, from the smallest value up; only occupied bands.
    pub(super) fn bands(&self) -> impl Iterator<Item = (u16, u64)> + '_ {
        const EACH: usize = PAGE >> BAND_BITS;
        self.pages.iter().enumerate().flat_map(|(number, page)| {
            page.iter()
                .flat_map(|p| p.chunks_exact(1 << BAND_BITS))
                .enumerate()
                .map(move |(band, counts)| ((number * EACH + band) as u16, counts.iter().sum()))
                .filter(|&(_, count)| count > 0)
        })
    }

    /// Quantile in nanoseconds of what is left of this histogram without `part` (which must have
    /// been merged into it), with `missing` values counted as infinite; linear inside a bucket.
    ///
    /// Being continuous in the counts it suits the jackknife, where the steps of bucket middles
    /// would be multiplied by the number of groups. `None` as in
    /// [`Histogram::quantile_counting_missing`].
    pub(super) fn smooth_quantile_without(
        &self,
        part: Option<&Self>,
        p: f64,
        missing: u64,
    ) -> Option<f64> {
        let left = self.count - part.map_or(0, |part| part.count);
        let target = p * (left + missing) as f64;
        if left == 0 || target > left as f64 {
            return None;
        }
        let mut below = 0_u64;
        for (number, page) in self.pages.iter().enumerate() {
            let Some(page) = page else { continue };
            let taken = part.and_then(|part| part.pages[number].as_ref());
            for (slot, &all) in page.iter().enumerate() {
                let count = all - taken.map_or(0, |taken| taken[slot]);
                if count > 0 && (below + count) as f64 >= target {
                    let (lower, upper) = edges_of((number << OCTAVE_BITS) + slot);
                    let share = (target - below as f64) / count as f64;
                    let at = lower as f64 + share.max(0.0) * (upper - lower) as f64;
                    return Some(at.clamp(self.min as f64, self.max as f64));
                }
                below += count;
            }
        }
        Some(self.max as f64)
    }
}

/// First value of an octave: make its page. Kept out of the hot path.
#[cold]
fn first_in_page(place: &mut Option<Page>, index: usize) {
    let mut page = Box::new([0; PAGE]);
    page[index & (PAGE - 1)] = 1;
    *place = Some(page);
}

/// Bucket that holds a value.
#[inline]
pub(super) fn index_of(ns: u64) -> usize {
    let octave = (u64::BITS - 1 - (ns | 1).leading_zeros()).saturating_sub(OCTAVE_BITS);
    ((octave as usize) << OCTAVE_BITS) + (ns >> octave) as usize
}

/// Smallest and largest value of a bucket.
fn edges_of(index: usize) -> (u64, u64) {
    let octave = (index >> OCTAVE_BITS).saturating_sub(1);
    let step = (index - (octave << OCTAVE_BITS)) as u64;
    let lower = step << octave;
    (lower, lower + ((1 << octave) - 1))
}

/// Rank, from 1, of the `p`-quantile among `count` ordered values.
///
/// The product is nudged down by a few rounding errors, else 7 % of 100 would be rank 8.
pub(super) fn nearest_rank(p: f64, count: u64) -> u64 {
    let rank = (p * count as f64 * (1.0 - 4.0 * f64::EPSILON)).ceil() as u64;
    rank.clamp(1, count.max(1))
}

#[cfg(test)]
mod tests {
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
}
