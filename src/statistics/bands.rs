//! Counts of times in bands of eight to the octave: what a batch of a long run keeps.

use super::histogram::{BAND_BITS, Histogram, index_of};

/// Counts of integer nanoseconds in bands of eight to the octave; below 1,024 ns in bands of 64 ns.
///
/// A batch keeps these instead of a histogram: a tenth of a kilobyte for each octave it has seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bands(Vec<(u16, u64)>);

/// A cut between the values of a [`Histogram`]: everything above `band` and the share `above` of
/// what lies in it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cut {
    band: u16,
    above: f64,
}

impl Bands {
    /// The bands of `histogram`.
    pub fn of(histogram: &Histogram) -> Self {
        Self(histogram.bands())
    }

    /// The bands of `histogram` and so many values of 0.
    pub fn with_zeros(histogram: &Histogram, zeros: u64) -> Self {
        let mut bands = Self::of(histogram);
        if zeros > 0 {
            bands.add(&Self(vec![(0, zeros)]));
        }
        bands
    }

    /// Number of values.
    pub fn count(&self) -> u64 {
        self.0.iter().map(|band| band.1).sum()
    }

    /// What these have beyond `earlier`, which they once were.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Self {
        let mut old = earlier.0.iter().peekable();
        let left = self.0.iter().map(|&(band, count)| {
            let had = old.next_if(|entry| entry.0 == band);
            (band, count - had.map_or(0, |entry| entry.1))
        });
        Self(left.filter(|entry| entry.1 > 0).collect())
    }

    /// Adds the counts of `other`.
    pub fn add(&mut self, other: &Self) {
        for &(band, count) in &other.0 {
            match self.0.binary_search_by_key(&band, |entry| entry.0) {
                Ok(place) => self.0[place].1 += count,
                Err(place) => self.0.insert(place, (band, count)),
            }
        }
    }

    /// About how many values lie above `cut`: those in its band are dealt as in the histogram the
    /// cut was made in.
    pub fn above(&self, cut: Cut) -> f64 {
        let share = |&(band, count): &(u16, u64)| match band.cmp(&cut.band) {
            std::cmp::Ordering::Less => 0.0,
            std::cmp::Ordering::Equal => cut.above * count as f64,
            std::cmp::Ordering::Greater => count as f64,
        };
        self.0.iter().map(share).sum()
    }
}

impl Cut {
    /// The cut of `histogram` above `ns`; a bucket that holds `ns` lies below it as a whole.
    pub fn at(histogram: &Histogram, ns: u64) -> Self {
        let band = (index_of(ns) >> BAND_BITS) as u16;
        let whole = Bands::of(histogram);
        let above = |share| whole.above(Self { band, above: share });
        let (least, most) = (above(0.0), above(1.0));
        let exact = (histogram.count() - histogram.count_at_most(ns)) as f64;
        let above = if most > least {
            ((exact - least) / (most - least)).clamp(0.0, 1.0)
        } else {
            0.0
        };
        Self { band, above }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: impl Iterator<Item = u64>) -> Histogram {
        let mut histogram = Histogram::new();
        values.for_each(|ns| histogram.record(ns));
        histogram
    }

    #[test]
    fn parts_add_up_to_the_whole_and_a_cut_is_exact_over_all() {
        let (first, all) = (of(1..=5_000), of(1..=20_000));
        let (early, whole) = (Bands::of(&first), Bands::of(&all));
        let late = whole.since(&early);
        assert_eq!((whole.count(), late.count()), (20_000, 15_000));
        let mut sum = early.clone();
        sum.add(&late);
        assert_eq!(sum, whole);
        for ns in [3, 700, 1_024, 4_321, 19_999, 90_000] {
            let cut = Cut::at(&all, ns);
            let exact = 20_000 - all.count_at_most(ns);
            assert!((whole.above(cut) - exact as f64).abs() < 1e-6, "{ns}");
            let parts = early.above(cut) + late.above(cut);
            assert!((parts - exact as f64).abs() < 1e-6, "{ns}");
        }
    }

    #[test]
    fn bands_are_eight_to_the_octave() {
        let octave = of((1 << 20)..(1 << 20) + 10).bands().into_iter().next();
        let edge = of(std::iter::once((1 << 20) + (1 << 17)))
            .bands()
            .into_iter()
            .next();
        assert_eq!(edge.unwrap().0, octave.unwrap().0 + 1);
        assert_eq!(Bands::default().count(), 0);
    }
}
