//! Names of draws as 64-bit numbers (S37).

use crate::law::mix;

/// A path of texts hashed as it grows: FNV-1a over the bytes with a separator that no text
/// contains (Fowler, Noll, Vo, 64 bits), finished by the finaliser of `SplitMix64`, since
/// neighbouring paths differ in few bits only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Path(u64);

const OFFSET: u64 = 0xCBF2_9CE4_8422_2325;
const PRIME: u64 = 0x0000_0100_0000_01B3;
/// Never a byte of UTF-8.
const SEPARATOR: u8 = 0xFF;

impl Path {
    /// The path of one text.
    pub fn new(text: &str) -> Self {
        Path(OFFSET).then(text)
    }

    /// The path with another text behind.
    #[must_use]
    pub fn then(self, text: &str) -> Self {
        let bytes = text.bytes().chain([SEPARATOR]);
        Path(bytes.fold(self.0, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(PRIME)
        }))
    }

    /// The path with a number behind.
    #[must_use]
    pub fn at(self, index: usize) -> Self {
        self.then(&index.to_string())
    }

    /// The key for one purpose at the end of the path.
    pub fn key(self, purpose: &str) -> u64 {
        mix(self.then(purpose).0)
    }
}

/// A word of random bits for a named draw outside of requests: seed, replication, and a path.
pub fn draw(seed: u64, replication: u32, path: Path, purpose: &str) -> u64 {
    let birth = mix(mix(seed) ^ u64::from(replication));
    mix(birth ^ path.key(purpose))
}

/// A whole number in `[0, bound)` from a word, without the bias of a remainder; 0 for `bound` 0.
pub fn below(word: u64, bound: u64) -> u64 {
    ((u128::from(word) * u128::from(bound)) >> 64) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cut_between_texts_matters() {
        let joined = Path::new("was").then("ab").then("c").key("serve");
        assert_ne!(joined, Path::new("was").then("a").then("bc").key("serve"));
        assert_ne!(joined, Path::new("was").then("abc").key("serve"));
        assert_eq!(joined, Path::new("was").then("ab").then("c").key("serve"));
    }

    #[test]
    fn a_hundred_thousand_paths_have_different_keys() {
        let mut keys: Vec<_> = (0..1000)
            .flat_map(|a| (0..100).map(move |b| Path::new("db").at(a).at(b).key("serve")))
            .collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), 100_000);
    }

    #[test]
    fn below_covers_its_range_evenly() {
        let mut counts = [0u32; 10];
        for k in 0..100_000 {
            counts[below(draw(1, 0, Path::new("x").at(k), "t"), 10) as usize] += 1;
        }
        // 10,000 each; six standard deviations are 570.
        assert!(
            counts.iter().all(|&count| count.abs_diff(10_000) < 570),
            "{counts:?}"
        );
        assert_eq!(below(u64::MAX, 0), 0);
        assert_eq!(below(u64::MAX, 7), 6);
    }
}
