//! Levels over time without multiplications: the area under a count is the sum of the times at
//! which it fell minus the times at which it rose, closed with count x now.

use super::observation::Level;

/// A count that rises and falls.
#[derive(Clone, Copy, Debug, Default)]
pub struct Gauge {
    /// The count now.
    pub count: u64,
    sum: u128,
    max: u64,
    base: u128,
}

impl Gauge {
    /// One more.
    #[inline]
    pub fn up(&mut self, now: u64) {
        self.count += 1;
        self.sum = self.sum.wrapping_sub(u128::from(now));
        self.max = self.max.max(self.count);
    }

    /// One less.
    #[inline]
    pub fn down(&mut self, now: u64) {
        self.count -= 1;
        self.sum = self.sum.wrapping_add(u128::from(now));
    }

    /// Goes to a count step by step.
    pub fn level_at(&mut self, count: u64, now: u64) {
        while self.count < count {
            self.up(now);
        }
        while self.count > count {
            self.down(now);
        }
    }

    /// Area from time 0 to `time`, at which the count is what it is now.
    pub fn area(&self, time: u64) -> u128 {
        self.sum
            .wrapping_add(u128::from(self.count) * u128::from(time))
    }

    /// Opens the window.
    pub fn open(&mut self, time: u64) {
        self.base = self.area(time);
        self.max = self.count;
    }

    /// The level since the window was opened.
    pub fn level(&self, time: u64) -> Level {
        Level {
            area: self.area(time) - self.base,
            max: self.max,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn area_and_maximum_of_the_window() {
        let mut gauge = Gauge::default();
        gauge.up(10);
        gauge.up(12);
        gauge.down(15);
        gauge.open(20);
        gauge.up(24);
        gauge.down(30);
        gauge.down(31);
        assert_eq!(
            gauge.level(40),
            Level {
                area: 4 + 12 + 1,
                max: 2
            }
        );
        assert_eq!(gauge.area(40), 2 + 6 + 5 + 17);
    }
}
