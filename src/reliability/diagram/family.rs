//! Minimal cut sets, as a diagram of sets: counted and weighed without listing them.

use super::arena::{Arena, Branch, END, ONE, TooLarge, ZERO};
use super::bdd::Bdd;
use super::order;
use super::sets::{ANY, Deed, Sets};
use crate::reliability::fault_tree::{Failing, FaultTree};

/// A family of sets of events of which none is part of another.
#[derive(Clone, Debug)]
pub struct Family {
    nodes: Arena,
    root: u32,
    order: Vec<usize>,
}

impl Family {
    /// The minimal cut sets of `tree` from below, gate by gate; only those of at most `most`
    /// events where that is given. Needs no binary diagram, and is the other way to
    /// [`Family::of_bdd`].
    ///
    /// # Errors
    /// When the families on the way need more than `limit` nodes.
    pub fn of_tree(tree: &FaultTree, most: Option<u32>, limit: usize) -> Result<Self, TooLarge> {
        let mut last = TooLarge { limit };
        for order in order::candidates(tree) {
            match Self::ordered(tree, order, most, limit) {
                Ok(found) => return Ok(found),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    fn ordered(
        tree: &FaultTree,
        order: Vec<usize>,
        most: Option<u32>,
        limit: usize,
    ) -> Result<Self, TooLarge> {
        let most = most.map_or(ANY, |most| most.min(ANY - 1));
        let events = order.iter().max().map_or(0, |&most| most + 1);
        let mut levels = vec![END; events];
        for (level, &event) in order.iter().enumerate() {
            levels[event] = level as u32;
        }
        let mut sets = Sets::new(limit);
        let reached = tree.reached();
        let mut built = vec![ZERO; tree.gates().len()];
        for (place, gate) in tree.gates().iter().enumerate() {
            if !reached[place] {
                continue;
            }
            built[place] = match gate {
                Failing::Never => ZERO,
                Failing::Always => ONE,
                Failing::Event(_) if most == 0 => ZERO,
                Failing::Event(number) => sets.node(levels[*number], ONE, ZERO)?,
                Failing::Any(gates) => lowest_first(&sets, gates, &built)
                    .into_iter()
                    .try_fold(ZERO, |known, part| sets.of(Deed::Union, part, known))?,
                Failing::All(gates) => lowest_first(&sets, gates, &built)
                    .into_iter()
                    .try_fold(ONE, |known, part| sets.of(Deed::Product(most), part, known))?,
                Failing::AtLeast(needed, gates) => {
                    let parts = lowest_first(&sets, gates, &built);
                    at_least(&mut sets, *needed as usize, &parts, most)?
                }
            };
        }
        let (nodes, root) = sets.nodes.compact(built[tree.top() as usize]);
        Ok(Self { nodes, root, order })
    }

    /// The minimal sets of events that make a diagram true; only those of at most `most` events
    /// where that is given. (Rauzy's minimal solutions: what needs the event is what the high side
    /// needs, unless the low side does with less; with `most`, one row for each number of members
    /// that is left.)
    ///
    /// # Errors
    /// When the family needs more than `limit` nodes.
    pub fn of_bdd(bdd: &Bdd, most: Option<u32>, limit: usize) -> Result<Self, TooLarge> {
        let mut sets = Sets::new(limit);
        let mut row: Vec<u32> = Vec::new();
        for left in most.map_or(0..=0, |most| 0..=most) {
            // Nothing is left to put into a set: only the empty set.
            let mut next = vec![ZERO, ONE];
            for (_, Branch { level, high, low }) in bdd.decisions() {
                let low = next[low as usize];
                let high = match most {
                    Some(_) if left == 0 => ZERO,
                    Some(_) => row[high as usize],
                    None => next[high as usize],
                };
                let high = sets.of(Deed::Without, high, low)?;
                next.push(sets.node(level, high, low)?);
            }
            row = next;
        }
        let (nodes, root) = sets.nodes.compact(row[bdd.root() as usize]);
        let order = bdd.order().to_vec();
        Ok(Self { nodes, root, order })
    }

    /// Nodes of the diagram that holds it.
    pub fn size(&self) -> usize {
        self.nodes.count() - 2
    }

    fn members(&self) -> impl DoubleEndedIterator<Item = (usize, Branch)> {
        (2..self.nodes.count()).map(|number| (number, self.nodes.node(number as u32)))
    }

    /// How many sets there are of 0, 1, 2 .. events; no more than `u128::MAX` is said of any.
    pub fn counts(&self) -> Vec<u128> {
        let mut counts: Vec<Vec<u128>> = vec![Vec::new(), vec![1]];
        for (_, Branch { high, low, .. }) in self.members() {
            let (with, without) = (&counts[high as usize], &counts[low as usize]);
            let mut both = without.clone();
            both.resize(both.len().max(with.len() + 1), 0);
            for (order, count) in with.iter().enumerate() {
                both[order + 1] = both[order + 1].saturating_add(*count);
            }
            counts.push(both);
        }
        counts.swap_remove(self.root as usize)
    }

    /// How many there are; `u128::MAX` stands for more.
    pub fn count(&self) -> u128 {
        self.counts().into_iter().fold(0, u128::saturating_add)
    }

    /// The sets, events of each ascending: those of few events first, then in order of their
    /// events. `None` when there are more than `at_most`.
    pub fn list(&self, at_most: usize) -> Option<Vec<Vec<usize>>> {
        if self.count() > at_most as u128 {
            return None;
        }
        let mut found = Vec::new();
        let mut open = vec![(self.root, Vec::new())];
        while let Some((at, members)) = open.pop() {
            match at {
                ZERO => {}
                ONE => found.push(members),
                _ => {
                    let Branch { level, high, low } = self.nodes.node(at);
                    let mut with = members.clone();
                    with.push(self.order[level as usize]);
                    open.push((low, members));
                    open.push((high, with));
                }
            }
        }
        for members in &mut found {
            members.sort_unstable();
        }
        found.sort_by(|a, b| (a.len(), a).cmp(&(b.len(), b)));
        Some(found)
    }

    /// Sum of the probabilities of the sets: an upper bound that counts overlaps twice, never to
    /// be printed as the answer.
    pub fn mass(&self, down: &[f64]) -> f64 {
        self.masses(down)[self.root as usize]
    }

    fn masses(&self, down: &[f64]) -> Vec<f64> {
        let mut sums = vec![0.0, 1.0];
        for (_, Branch { level, high, low }) in self.members() {
            let down = down[self.order[level as usize]];
            sums.push(down * sums[high as usize] + sums[low as usize]);
        }
        sums
    }

    /// For each event the share of [`Family::mass`] in sets that hold it (the classical measure
    /// of Fussell and Vesely), as long as `down`; 0 where there is no mass.
    pub fn shares(&self, down: &[f64]) -> Vec<f64> {
        let sums = self.masses(down);
        let mut shares = vec![0.0; down.len()];
        let total = sums[self.root as usize];
        if total <= 0.0 {
            return shares;
        }
        let mut flows = vec![0.0; sums.len()];
        flows[self.root as usize] = 1.0;
        for (number, Branch { level, high, low }) in self.members().rev() {
            let event = self.order[level as usize];
            let with = flows[number] * down[event];
            flows[high as usize] += with;
            flows[low as usize] += flows[number];
            shares[event] += with * sums[high as usize] / total;
        }
        shares
    }
}

/// The families of gates, those that start lowest first.
fn lowest_first(sets: &Sets, gates: &[u32], built: &[u32]) -> Vec<u32> {
    let mut parts: Vec<u32> = gates.iter().map(|&gate| built[gate as usize]).collect();
    parts.sort_by_key(|&part| std::cmp::Reverse(sets.nodes.node(part).level));
    parts
}

/// `found[j]` is "at least `j` of the parts so far".
fn at_least(sets: &mut Sets, needed: usize, parts: &[u32], most: u32) -> Result<u32, TooLarge> {
    let mut found = vec![ZERO; needed + 1];
    found[0] = ONE;
    for &part in parts {
        for count in (1..=needed).rev() {
            let with = sets.of(Deed::Product(most), part, found[count - 1])?;
            found[count] = sets.of(Deed::Union, with, found[count])?;
        }
    }
    Ok(found[needed])
}
