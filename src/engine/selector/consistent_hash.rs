//! By the client's address on a ring: every node has points there, and a key belongs to the first
//! point at or after its own (Karger and others, "Consistent hashing and random trees", 1997). A
//! lost node's keys go to the points that follow its own; nobody else's move.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::{Asker, Selector, hash};
use crate::engine::program::{self, Policy, Program};
use crate::law::mix;

/// Tells places of keys on the ring from other uses of an address.
const PURPOSE: u64 = 0x1D8E_4E27_C47D_124F;

/// Points in ascending order, each with the place of its target.
#[derive(Debug)]
pub(super) struct Ring {
    points: Vec<(u64, u32)>,
}

/// The rings of a program: callers that choose among the same nodes have the same one.
#[derive(Debug, Default)]
pub struct Rings {
    known: BTreeMap<(Vec<u32>, u32), Rc<Ring>>,
}

impl Rings {
    /// The ring of a selector, if its policy has one. Points are drawn by replication and name of
    /// the node (S37).
    pub(super) fn of(
        &mut self,
        program: &Program,
        selector: &program::Selector,
        base: u64,
    ) -> Option<Rc<Ring>> {
        let Policy::ConsistentHash { points } = selector.policy else {
            return None;
        };
        let nodes: Vec<u32> = selector
            .targets
            .iter()
            .map(|target| target.node.0)
            .collect();
        let name = |&node: &u32| program.nodes[node as usize].name.as_str();
        let make = || Rc::new(Ring::new(nodes.iter().map(name), points, base));
        let key = (nodes.clone(), points);
        Some(Rc::clone(self.known.entry(key).or_insert_with(make)))
    }
}

impl Ring {
    fn new<'n>(names: impl Iterator<Item = &'n str>, points: u32, base: u64) -> Self {
        let mut all = Vec::new();
        for (place, name) in names.enumerate() {
            let own = mix(base ^ hash(name));
            let point = |number: u32| (mix(own.wrapping_add(number.into())), place as u32);
            all.extend((0..points).map(point));
        }
        all.sort_unstable();
        Self { points: all }
    }

    #[cfg(test)]
    pub fn of_places(places: usize, points: u32) -> Self {
        let names: Vec<String> = (0..places).map(|place| format!("node/{place}")).collect();
        Self::new(names.iter().map(String::as_str), points, 5)
    }

    /// Places in the order in which they follow a key.
    fn following(&self, key: u64) -> impl Iterator<Item = u32> + '_ {
        let first = self.points.partition_point(|&(at, _)| at < key);
        let (before, after) = self.points.split_at(first);
        after.iter().chain(before).map(|&(_, place)| place)
    }
}

pub(super) fn choose(selector: &Selector, asker: Asker) -> Option<u32> {
    let ring = selector.ring.as_ref()?;
    // A spare has points too: it inherits keys when those before it are lost.
    ring.following(mix(asker.address ^ PURPOSE))
        .find(|&place| selector.crowd.views[place as usize].eligible)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::hashing::{largest_share_mean, share_cv};

    /// The owner of a key found by looking at every point of those who are up.
    fn nearest(ring: &Ring, key: u64, up: &[bool]) -> u32 {
        let standing = ring.points.iter().filter(|(_, place)| up[*place as usize]);
        let ahead = standing.map(|&(at, place)| (at.wrapping_sub(key), place));
        ahead.min().expect("somebody is up").1
    }

    fn asker(number: u64) -> Asker {
        Asker {
            key: 0,
            address: mix(number),
            person: 0,
        }
    }

    #[test]
    fn equals_a_look_at_all_points_and_moves_only_the_keys_of_the_lost() {
        let policy = Policy::ConsistentHash { points: 7 };
        let mut selector = Selector::of(policy, &[1.0; 5]);
        let mut up = [true; 5];
        let owners = |selector: &Selector| -> Vec<u32> {
            let owner = |number| choose(selector, asker(number)).expect("somebody is up");
            (0..3000).map(owner).collect()
        };
        let mut before = owners(&selector);
        for (place, is_up) in [(2, false), (4, false), (2, true), (0, false), (4, true)] {
            up[place as usize] = is_up;
            selector.believe(place, is_up, 0);
            let after = owners(&selector);
            let ring = selector.ring.as_ref().expect("it hashes");
            for (number, (&old, &new)) in before.iter().zip(&after).enumerate() {
                let key = mix(mix(number as u64) ^ PURPOSE);
                assert_eq!(new, nearest(ring, key, &up));
                let of_changed = if is_up { new } else { old };
                assert!(old == new || of_changed == place);
            }
            before = after;
        }
    }

    /// A node more takes keys of all others and nobody else's owner changes, as points hang on
    /// names alone.
    #[test]
    fn a_node_more_only_takes() {
        let of = |places| Selector::of(Policy::ConsistentHash { points: 40 }, &vec![1.0; places]);
        let (few, more) = (of(9), of(10));
        let mut moved = 0;
        for number in 0..20_000 {
            let (old, new) = (choose(&few, asker(number)), choose(&more, asker(number)));
            assert!(old == new || new == Some(9));
            moved += u32::from(old != new);
        }
        // A tenth, with the spread of one node's share.
        let cv = share_cv(10, 40).expect("there are nodes");
        assert!(
            (f64::from(moved) / 2000.0 - 1.0).abs() < 4.0 * cv,
            "{moved}"
        );
    }

    /// Shares of the circle over many rings, as theory has them: cv of a share, mean of the
    /// largest with one point each.
    #[test]
    fn shares_spread_as_spacings_do() {
        for (servers, points) in [(10, 1), (20, 50)] {
            let (mut squares, mut largest) = (0.0, 0.0);
            let rings = 2000;
            for ring in 0..rings {
                let names: Vec<String> = (0..servers).map(|one| format!("s/{one}")).collect();
                let names = names.iter().map(String::as_str);
                let ring = Ring::new(names, points, mix(ring));
                let mut shares = vec![0.0; servers as usize];
                let mut last = ring.points.last().expect("it has points").0;
                for &(at, place) in &ring.points {
                    shares[place as usize] += at.wrapping_sub(last) as f64 / 2f64.powi(64);
                    last = at;
                }
                let relative = |share: &f64| share * f64::from(servers);
                squares += shares
                    .iter()
                    .map(|s| (relative(s) - 1.0).powi(2))
                    .sum::<f64>();
                largest += shares.iter().map(relative).fold(0.0, f64::max);
            }
            let cv = (squares / f64::from(servers) / rings as f64).sqrt();
            let expected = share_cv(servers, points).expect("there are nodes");
            assert!((cv / expected - 1.0).abs() < 0.04, "{cv} {expected}");
            if points == 1 {
                let mean = largest / rings as f64;
                let expected = largest_share_mean(servers);
                assert!((mean / expected - 1.0).abs() < 0.04, "{mean} {expected}");
            }
        }
    }
}
