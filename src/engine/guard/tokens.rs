//! Token buckets of rate limits, in whole numbers.

use super::spec::Rate;

/// A bucket of tokens that fill at a rate, kept as the time at which it will be full again: the
/// work of a queue whose services take as long as a token.
#[derive(Clone, Copy, Debug)]
pub struct Tokens {
    terms: Rate,
    /// When the bucket is full again, in 2^-20 ns.
    full_at: u128,
}

/// Parts of a nanosecond.
pub const PARTS: u64 = 1 << 20;

impl Tokens {
    /// Full.
    pub fn new(terms: Rate) -> Self {
        Self { terms, full_at: 0 }
    }

    /// Whether a token is there.
    pub fn any(&self, now: u64) -> bool {
        let room = u128::from(self.terms.burst - 1) * u128::from(self.terms.interval);
        self.full_at <= u128::from(now) * u128::from(PARTS) + room
    }

    /// Takes a token, if one is there.
    pub fn take(&mut self, now: u64) -> bool {
        let is_there = self.any(now);
        if is_there {
            let now = u128::from(now) * u128::from(PARTS);
            self.full_at = self.full_at.max(now) + u128::from(self.terms.interval);
        }
        is_there
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn takes(interval_ns: u64, burst: u32, at: &[u64]) -> Vec<bool> {
        let mut tokens = Tokens::new(Rate {
            interval: interval_ns * PARTS,
            burst,
        });
        at.iter().map(|&now| tokens.take(now)).collect()
    }

    /// Without a burst one goes through every 10 ns; refusals cost nothing.
    #[test]
    fn one_at_a_time() {
        let seen = takes(10, 1, &[0, 9, 10, 19, 20, 25, 31]);
        assert_eq!(seen, [true, false, true, false, true, false, true]);
    }

    /// Three at once, then one for each 10 ns; after 30 ns of rest three again, not more.
    #[test]
    fn a_burst_and_then_the_rate() {
        let at = [0, 0, 0, 0, 10, 10, 40, 40, 40, 40];
        let seen = takes(10, 3, &at);
        let expected = [
            true, true, true, false, true, false, true, true, true, false,
        ];
        assert_eq!(seen, expected);
    }
}
