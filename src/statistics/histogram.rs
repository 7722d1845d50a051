//! Log-linear histogram of integer nanoseconds.
//!
//! Values below 1,024 ns have a bucket each; above that every octave is cut into 512 equal
//! buckets. A bucket is represented by its middle, so a value read from the histogram is wrong
//! by at most 2^-10 of itself (0.098 %, the 0.1 % of S31).
//!
//! Memory is taken where values fall: the first ones are kept one by one, two bytes each, and
//! when there are 1,024 of them the octave that has most gets a page of its own, 4 KiB.

mod counts;

use std::borrow::Cow;

use counts::Counts;

/// Buckets to an octave, as a power of two.
const OCTAVE_BITS: u32 = 9;
const PAGE: usize = 1 << OCTAVE_BITS;
/// Buckets to a band, as a power of two: eight bands to the octave.
pub(super) const BAND_BITS: u32 = OCTAVE_BITS - 3;
/// Pages that cover all of `u64`: two exact ones and one for each of the 54 octaves above.
const PAGES: usize = 65 - OCTAVE_BITS as usize;
/// Most values that are kept one by one.
const FEW: usize = 1024;

type Page = Box<[u64; PAGE]>;

/// Largest relative error of a value read from a [`Histogram`], as added to intervals (S31).
pub const RELATIVE_ERROR: f64 = 0.001;

/// Counts of integer nanoseconds with a relative error of at most 0.1 %.
///
/// `min` and `max` are kept exactly, outside the buckets. Merging adds counts, so the result is
/// the same in whatever order histograms are merged.
#[derive(Clone, Debug)]
pub struct Histogram {
    /// One for each octave, or none at all yet.
    pages: Vec<Option<Page>>,
    /// Buckets of the values in octaves without a page, in no order.
    few: Vec<u16>,
    /// Zeros that were recorded many at once.
    zeros: u64,
    count: u64,
    min: u64,
    max: u64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self {
            pages: Vec::new(),
            few: Vec::new(),
            zeros: 0,
            count: 0,
            min: u64::MAX,
            max: 0,
        }
    }
}

impl PartialEq for Histogram {
    fn eq(&self, other: &Self) -> bool {
        let ends = |one: &Self| (one.count, one.min, one.max);
        ends(self) == ends(other) && self.counts().eq(other.counts())
    }
}

impl Eq for Histogram {}

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
        match self.pages.get_mut(index >> OCTAVE_BITS) {
            Some(Some(page)) => page[index & (PAGE - 1)] += 1,
            _ => self.put_single(index),
        }
        self.count += 1;
        self.min = self.min.min(ns);
        self.max = self.max.max(ns);
    }

    /// A value in an octave that has no page. Kept out of the hot path.
    #[cold]
    fn put_single(&mut self, index: usize) {
        self.few.push(index as u16);
        if self.few.len() >= FEW {
            let mut octaves = [0_u16; PAGES];
            for &index in &self.few {
                octaves[usize::from(index) >> OCTAVE_BITS] += 1;
            }
            let fullest = (0..PAGES).max_by_key(|&octave| octaves[octave]);
            self.open_page(fullest.unwrap_or_default());
        }
    }

    /// The page of an octave, with the values that were kept one by one.
    fn open_page(&mut self, octave: usize) -> &mut Page {
        if self.pages.is_empty() {
            self.pages = vec![None; PAGES];
        }
        let few = &mut self.few;
        self.pages[octave].get_or_insert_with(|| {
            let mut page = Box::new([0; PAGE]);
            few.retain(|&index| {
                let index = usize::from(index);
                let is_here = index >> OCTAVE_BITS == octave;
                page[index & (PAGE - 1)] += u64::from(is_here);
                !is_here
            });
            page
        })
    }

    /// Counts one value in nanoseconds `count` times.
    pub fn record_many(&mut self, ns: u64, count: u64) {
        if count == 0 {
            return;
        }
        if ns == 0 {
            self.zeros += count - 1;
        } else if count > 1 {
            let index = index_of(ns);
            self.open_page(index >> OCTAVE_BITS)[index & (PAGE - 1)] += count - 1;
        }
        self.record(ns);
        self.count += count - 1;
    }

    /// Adds all counts of `other`.
    pub fn merge(&mut self, other: &Self) {
        for (octave, theirs) in other.pages.iter().enumerate() {
            if let Some(theirs) = theirs {
                let mine = self.open_page(octave);
                mine.iter_mut()
                    .zip(theirs.iter())
                    .for_each(|(a, b)| *a += b);
            }
        }
        for &index in &other.few {
            let index = usize::from(index);
            match self.pages.get_mut(index >> OCTAVE_BITS) {
                Some(Some(page)) => page[index & (PAGE - 1)] += 1,
                _ => self.put_single(index),
            }
        }
        self.zeros += other.zeros;
        self.count += other.count;
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
    }

    /// Gives back memory that was taken in advance, when nothing more is to be recorded.
    pub fn settle(&mut self) {
        self.few.sort_unstable();
        self.few.shrink_to_fit();
    }

    /// The occupied buckets from the smallest value up, by number.
    fn counts(&self) -> Counts<'_> {
        let few = if self.few.is_sorted() {
            Cow::Borrowed(&self.few[..])
        } else {
            let mut few = self.few.clone();
            few.sort_unstable();
            Cow::Owned(few)
        };
        Counts::new(&self.pages, few, self.zeros)
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
        let up_to = self.counts().take_while(|&(index, _)| index <= last);
        up_to.map(|(_, count)| count).sum()
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
        let (band, mut below) = band_of_rank(&self.bands(), rank as f64)?;
        let (index, _) = self.counts().skip_to(band).find(|&(_, count)| {
            below += count;
            below >= rank
        })?;
        let (lower, upper) = edges_of(index);
        Some((lower + (upper - lower).div_ceil(2)).clamp(self.min, self.max))
    }

    /// The occupied buckets from the smallest value up: what a cumulative plot needs.
    pub fn buckets(&self) -> impl Iterator<Item = Bucket> + '_ {
        self.counts().map(|(index, count)| {
            let (lower, upper) = edges_of(index);
            Bucket {
                lower,
                upper,
                count,
            }
        })
    }

    /// Counts by band of eight to the octave, from the smallest value up; only occupied bands.
    pub(super) fn bands(&self) -> Vec<(u16, u64)> {
        const EACH: usize = PAGE >> BAND_BITS;
        let mut bands: Vec<(u16, u64)> = Vec::new();
        for (octave, page) in self.pages.iter().enumerate() {
            let chunks = page
                .iter()
                .flat_map(|page| page.chunks_exact(1 << BAND_BITS));
            let sums = chunks.map(|counts| counts.iter().sum()).enumerate();
            let used = sums.filter(|&(_, sum)| sum > 0);
            bands.extend(used.map(|(band, sum)| ((octave * EACH + band) as u16, sum)));
        }
        let single = self.few.iter().map(|&index| (index >> BAND_BITS, 1));
        let zeros = (self.zeros > 0).then_some((0, self.zeros));
        for (band, count) in single.chain(zeros) {
            match bands.binary_search_by_key(&band, |entry| entry.0) {
                Ok(place) => bands[place].1 += count,
                Err(place) => bands.insert(place, (band, count)),
            }
        }
        bands
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
        let mut bands = self.bands();
        let mut gone = part
            .map(Self::bands)
            .unwrap_or_default()
            .into_iter()
            .peekable();
        for (band, count) in &mut bands {
            *count -= gone
                .next_if(|gone| gone.0 == *band)
                .map_or(0, |gone| gone.1);
        }
        let (band, mut below) = band_of_rank(&bands, target)?;
        let taken = part.map(|part| part.counts().skip_to(band));
        let mut taken = taken.into_iter().flatten().peekable();
        for (index, all) in self.counts().skip_to(band) {
            let gone = taken.next_if(|taken| taken.0 == index);
            let count = all - gone.map_or(0, |taken| taken.1);
            if count > 0 && (below + count) as f64 >= target {
                let (lower, upper) = edges_of(index);
                let share = (target - below as f64) / count as f64;
                let at = lower as f64 + share.max(0.0) * (upper - lower) as f64;
                return Some(at.clamp(self.min as f64, self.max as f64));
            }
            below += count;
        }
        Some(self.max as f64)
    }
}

/// The first band up to which there are `rank` values, and how many lie below it.
fn band_of_rank(bands: &[(u16, u64)], rank: f64) -> Option<(u16, u64)> {
    let mut below = 0;
    let found = bands.iter().find(|band| {
        let is_there = band.1 > 0 && (below + band.1) as f64 >= rank;
        below += if is_there { 0 } else { band.1 };
        is_there
    });
    found.map(|band| (band.0, below))
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
mod tests;
