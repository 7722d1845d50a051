//! Jobs in the order in which they finish, any of which can be taken out.

use super::calendar::Calendar;
use super::key::{ID_LIMIT, Key};

/// So many that are out are left where they are, however few others there are.
const FEW: usize = 64;

/// Pending jobs. Who is taken out before its turn is remembered in a second heap, until both heaps
/// have it on top or most are out, so that it costs a logarithm and not a look at everybody.
#[derive(Debug, Default)]
pub struct Pending {
    /// Also with those that are out; the first is not.
    jobs: Calendar,
    out: Calendar,
    /// How many are out.
    gone: usize,
    /// By visit, from the first that is taken out: the key with which it came last.
    keys: Vec<Key>,
}

/// The visit in the low bits of a job's key.
#[inline]
pub fn visit_of(key: Key) -> u32 {
    key.0 as u32 & (ID_LIMIT as u32 - 1)
}

impl Pending {
    /// Number of jobs.
    #[inline]
    pub fn len(&self) -> usize {
        self.jobs.len() - self.gone
    }

    /// The first, without taking it.
    #[inline]
    pub fn peek(&mut self) -> Option<Key> {
        self.jobs.peek()
    }

    /// Adds a job.
    #[inline]
    pub fn put(&mut self, key: Key) {
        self.jobs.put(key);
        if !self.keys.is_empty() {
            self.note(key);
        }
    }

    /// Takes the first.
    #[inline]
    pub fn take(&mut self) -> Option<Key> {
        let first = self.jobs.take();
        if self.gone > 0 {
            self.settle();
        }
        first
    }

    /// Takes out the job of a visit, which must be there.
    pub fn remove(&mut self, id: u32) {
        if self.keys.is_empty() {
            for key in self.jobs.keys().collect::<Vec<_>>() {
                self.note(key);
            }
        }
        self.out.put(self.keys[id as usize]);
        self.gone += 1;
        self.settle();
        if self.gone > FEW.max(self.jobs.len() / 2) {
            for key in self.drain() {
                self.jobs.put(key);
            }
        }
    }

    /// Takes all, in order.
    pub fn drain(&mut self) -> Vec<Key> {
        std::iter::from_fn(|| self.take()).collect()
    }

    fn note(&mut self, key: Key) {
        let id = visit_of(key) as usize;
        if self.keys.len() <= id {
            self.keys.resize(id + 1, Key(u128::MAX));
        }
        self.keys[id] = key;
    }

    /// Leaves nobody on top who is out.
    fn settle(&mut self) {
        while self.gone > 0 && self.jobs.peek() == self.out.peek() {
            self.jobs.take();
            self.out.take();
            self.gone -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    /// What to do, for which visit, and when it would finish.
    fn steps() -> impl Strategy<Value = Vec<(u8, u32, u64)>> {
        prop::collection::vec((0u8..6, 0u32..300, 0u64..40), 1..1500)
    }

    proptest! {
        #[test]
        fn agrees_with_a_set(steps in steps()) {
            let mut pending = Pending::default();
            let mut set: BTreeSet<u128> = BTreeSet::new();
            for (number, (what, id, finish)) in steps.into_iter().enumerate() {
                let there = set.iter().copied().find(|&key| visit_of(Key(key)) == id);
                match (what, there) {
                    (0, _) => prop_assert_eq!(pending.take(), set.pop_first().map(Key)),
                    (1 | 2, Some(key)) => {
                        set.remove(&key);
                        pending.remove(id);
                        prop_assert!(pending.gone <= FEW.max(pending.jobs.len() / 2));
                    }
                    (_, None) => {
                        let time = u128::from(finish) << 64;
                        let key = time | (number as u128) << 25 | u128::from(id);
                        set.insert(key);
                        pending.put(Key(key));
                    }
                    _ => {}
                }
                prop_assert_eq!(pending.len(), set.len());
                prop_assert_eq!(pending.peek(), set.first().copied().map(Key));
            }
            let left: Vec<u128> = pending.drain().iter().map(|key| key.0).collect();
            prop_assert!(left.iter().eq(&set));
        }
    }
}
