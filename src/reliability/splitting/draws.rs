//! A stream of random words for one repetition, named by its key (S37).

use crate::law::{fraction, mix};

/// Words of random bits, one after the other, from a key.
#[derive(Clone, Debug)]
pub struct Draws {
    key: u64,
    taken: u64,
}

impl Draws {
    /// The stream with this key.
    pub fn new(key: u64) -> Self {
        Self { key, taken: 0 }
    }

    /// The next word.
    pub fn word(&mut self) -> u64 {
        self.taken += 1;
        mix(self.key ^ mix(self.taken))
    }

    /// A fraction in [0, 1).
    pub fn fraction(&mut self) -> f64 {
        fraction(self.word())
    }
}
