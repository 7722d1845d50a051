//! Open requests by target, with the least of those who take part and who shares it: a tree of
//! minima, so that a choice among many costs little more than one among few.

use std::cmp::Ordering;

/// Out of the choice.
const OUT: u32 = u32::MAX;

/// The least of a subtree and how many leaves have it.
type Least = (u32, u32);

/// Nobody takes part.
const NOBODY: Least = (OUT, 0);

/// Open requests by place.
#[derive(Debug, Default)]
pub(super) struct Tally {
    open: Vec<u32>,
    /// Whether the tree is kept.
    ranked: bool,
    /// Of place `i` at `leaves + i`, of both halves of `n` at `2 n` and `2 n + 1`; the root is 1.
    tree: Vec<Least>,
    leaves: usize,
}

impl Tally {
    /// Nothing open at so many places; `ranked`: the least are asked for.
    pub fn new(places: usize, ranked: bool) -> Self {
        let leaves = places.next_power_of_two();
        Self {
            open: vec![0; places],
            ranked,
            tree: vec![NOBODY; if ranked { 2 * leaves } else { 0 }],
            leaves,
        }
    }

    /// Open requests at a place.
    #[inline]
    pub fn open(&self, place: u32) -> u32 {
        self.open[place as usize]
    }

    /// One more open request.
    #[inline]
    pub fn opened(&mut self, place: u32) {
        self.open[place as usize] += 1;
        self.changed(place);
    }

    /// One less.
    #[inline]
    pub fn closed(&mut self, place: u32) {
        self.open[place as usize] -= 1;
        self.changed(place);
    }

    /// Whether a place takes part from now on.
    pub fn admit(&mut self, place: u32, takes_part: bool) {
        if self.ranked {
            let open = self.open[place as usize];
            self.put(place, if takes_part { (open, 1) } else { NOBODY });
        }
    }

    #[inline]
    fn changed(&mut self, place: u32) {
        if self.ranked && self.tree[self.leaves + place as usize].1 > 0 {
            self.put(place, (self.open[place as usize], 1));
        }
    }

    /// Sets a leaf and all above it that change with it.
    #[inline]
    fn put(&mut self, place: u32, leaf: Least) {
        let mut at = self.leaves + place as usize;
        self.tree[at] = leaf;
        while at > 1 {
            let (own, beside) = (self.tree[at], self.tree[at ^ 1]);
            let both = match own.0.cmp(&beside.0) {
                Ordering::Less => own,
                Ordering::Equal => (own.0, own.1 + beside.1),
                Ordering::Greater => beside,
            };
            at >>= 1;
            if self.tree[at] == both {
                return;
            }
            self.tree[at] = both;
        }
    }

    /// How many places share the least number of open requests.
    #[inline]
    pub fn equals(&self) -> u32 {
        self.tree[1].1
    }

    /// The place of rank `skip` among those with the least, in order.
    #[inline]
    pub fn least(&self, mut skip: u32) -> u32 {
        let least = self.tree[1].0;
        let mut at = 1;
        while at < self.leaves {
            at *= 2;
            let (value, equals) = self.tree[at];
            let here = if value == least { equals } else { 0 };
            if skip >= here {
                skip -= here;
                at += 1;
            }
        }
        (at - self.leaves) as u32
    }

    /// How many of those with the least stand before `place`.
    pub fn before(&self, place: u32) -> u32 {
        let least = self.tree[1].0;
        let mut at = self.leaves + place as usize;
        if at >= self.tree.len() {
            return self.equals();
        }
        let mut count = 0;
        while at > 1 {
            if at % 2 == 1 && self.tree[at - 1].0 == least {
                count += self.tree[at - 1].1;
            }
            at /= 2;
        }
        count
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::law::mix;

    /// Places with the least, found by looking at all.
    fn tied(open: &[u32], takes_part: &[bool]) -> Vec<u32> {
        let places = 0..open.len() as u32;
        let in_it = places.filter(|&place| takes_part[place as usize]);
        let all: Vec<u32> = in_it.collect();
        let least = all.iter().map(|&place| open[place as usize]).min();
        let is_least = |place: &u32| Some(open[*place as usize]) == least;
        all.into_iter().filter(is_least).collect()
    }

    #[test]
    fn equals_a_look_at_all() {
        for places in [1, 2, 3, 5, 8, 13, 100] {
            let mut tally = Tally::new(places, true);
            let mut open = vec![0; places];
            let mut takes_part = vec![true; places];
            (0..places as u32).for_each(|place| tally.admit(place, true));
            for turn in 0..4000u64 {
                let word = mix(turn ^ (places as u64) << 32);
                let place = (word % places as u64) as u32;
                let at = place as usize;
                match (word >> 32) % 8 {
                    0..4 => {
                        tally.opened(place);
                        open[at] += 1;
                    }
                    4..7 if open[at] > 0 => {
                        tally.closed(place);
                        open[at] -= 1;
                    }
                    7 => {
                        takes_part[at] = !takes_part[at];
                        tally.admit(place, takes_part[at]);
                    }
                    _ => {}
                }
                let expected = tied(&open, &takes_part);
                let found: Vec<u32> = (0..tally.equals()).map(|skip| tally.least(skip)).collect();
                assert_eq!(found, expected);
                for from in 0..=places as u32 {
                    let count = expected.iter().filter(|&&one| one < from).count();
                    assert_eq!(tally.before(from), count as u32);
                }
                assert_eq!(tally.open(place), open[at]);
            }
        }
    }
}
