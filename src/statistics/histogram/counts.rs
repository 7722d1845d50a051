//! Reading a histogram: its pages and its single values as one sequence.

use std::borrow::Cow;

use super::{BAND_BITS, OCTAVE_BITS, PAGE, PAGES, Page};

/// The occupied buckets from the smallest value up: number and count.
pub(super) struct Counts<'a> {
    pages: &'a [Option<Page>],
    /// Buckets of single values, sorted.
    few: Cow<'a, [u16]>,
    /// Zeros besides, not yet told.
    zeros: u64,
    /// The next bucket to look at.
    next: usize,
    /// The next single value to look at.
    next_few: usize,
}

impl<'a> Counts<'a> {
    /// Of these pages and single values, which are sorted and lie in octaves without a page, and
    /// so many zeros besides.
    pub(super) fn new(pages: &'a [Option<Page>], few: Cow<'a, [u16]>, zeros: u64) -> Self {
        Self {
            pages,
            few,
            zeros,
            next: 0,
            next_few: 0,
        }
    }

    /// Leaves out what lies below a band.
    pub(super) fn skip_to(mut self, band: u16) -> Self {
        self.next = usize::from(band) << BAND_BITS;
        self.next_few = self
            .few
            .partition_point(|&few| usize::from(few) < self.next);
        if band > 0 {
            self.zeros = 0;
        }
        self
    }

    /// The next occupied bucket of a page.
    fn in_page(&mut self, page: &Page) -> Option<(usize, u64)> {
        let first = self.next & (PAGE - 1);
        let found = page[first..].iter().position(|&count| count > 0);
        let index = self.next + found?;
        self.next = index + 1;
        Some((index, page[index & (PAGE - 1)]))
    }

    /// The next single values of one bucket, if they lie in this octave.
    fn among_few(&mut self, octave: usize) -> Option<(usize, u64)> {
        let rest = &self.few[self.next_few..];
        let &bucket = rest.first()?;
        let index = usize::from(bucket);
        if index >> OCTAVE_BITS != octave {
            return None;
        }
        let count = rest.iter().take_while(|&&other| other == bucket).count();
        self.next_few += count;
        self.next = index + 1;
        Some((index, count as u64))
    }
}

impl Iterator for Counts<'_> {
    type Item = (usize, u64);

    fn next(&mut self) -> Option<(usize, u64)> {
        if self.zeros == 0 {
            return self.find();
        }
        let zeros = std::mem::take(&mut self.zeros);
        let recorded = match self.pages.first() {
            Some(Some(page)) => page[0],
            _ => self.few.iter().take_while(|&&bucket| bucket == 0).count() as u64,
        };
        if recorded > 0 {
            self.find();
        }
        Some((0, zeros + recorded))
    }
}

impl Counts<'_> {
    fn find(&mut self) -> Option<(usize, u64)> {
        while self.next < PAGES * PAGE {
            let octave = self.next >> OCTAVE_BITS;
            let found = match self.pages.get(octave) {
                Some(Some(page)) => self.in_page(page),
                _ => self.among_few(octave),
            };
            if found.is_some() {
                return found;
            }
            self.next = (octave + 1) << OCTAVE_BITS;
        }
        None
    }
}
