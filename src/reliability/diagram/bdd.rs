//! Binary decision diagrams of monotone functions, and one-pass sums over them.

use super::arena::{Arena, Branch, END, Memo, ONE, TooLarge, ZERO};
use super::order;
use crate::reliability::fault_tree::{Failing, FaultTree};

/// Most nodes that an analysis may use when nothing else is said: 4 million, about 150 MB.
pub const NODES_MAX: usize = 1 << 22;
/// Most nodes of a first attempt with each order, before one gets all of them.
const FIRST_ATTEMPT: usize = 1 << 16;

/// The top of a fault tree as a reduced, ordered diagram over its events.
#[derive(Clone, Debug)]
pub struct Bdd {
    nodes: Arena,
    root: u32,
    order: Vec<usize>,
}

impl Bdd {
    /// The diagram of `tree`, in whichever of several orders does first with few nodes, else with
    /// at most `limit`.
    ///
    /// # Errors
    /// When no order does.
    pub fn of(tree: &FaultTree, limit: usize) -> Result<Self, TooLarge> {
        let orders = order::candidates(tree);
        let mut last = TooLarge { limit };
        for limit in [FIRST_ATTEMPT.min(limit), limit] {
            for order in &orders {
                match Self::ordered(tree, order.clone(), limit) {
                    Ok(found) => return Ok(found),
                    Err(error) => last = error,
                }
            }
        }
        Err(last)
    }

    /// The diagram of `tree` with its events in this order.
    ///
    /// # Errors
    /// When it needs more than `limit` nodes, those on the way included.
    ///
    /// # Panics
    /// When an event that the top depends on is not in `order`.
    pub fn ordered(tree: &FaultTree, order: Vec<usize>, limit: usize) -> Result<Self, TooLarge> {
        let events = order.iter().max().map_or(0, |&most| most + 1);
        let mut levels = vec![END; events];
        for (level, &event) in order.iter().enumerate() {
            levels[event] = level as u32;
        }
        let mut builder = Builder {
            nodes: Arena::new(limit),
            memo: Memo::default(),
            tasks: Vec::new(),
            values: Vec::new(),
        };
        let reached = tree.reached();
        let mut built = vec![ZERO; tree.gates().len()];
        for (place, gate) in tree.gates().iter().enumerate() {
            if reached[place] {
                built[place] = builder.gate(gate, &built, &levels)?;
            }
        }
        let (nodes, root) = builder.nodes.compact(built[tree.top() as usize]);
        Ok(Self { nodes, root, order })
    }

    /// Number of its decisions.
    pub fn size(&self) -> usize {
        self.nodes.count() - 2
    }

    /// The events in the order in which they are asked for.
    pub fn order(&self) -> &[usize] {
        &self.order
    }

    /// Where it begins.
    pub(in crate::reliability) fn root(&self) -> u32 {
        self.root
    }

    /// Its decisions, each after those it leads to.
    pub(in crate::reliability) fn decisions(
        &self,
    ) -> impl DoubleEndedIterator<Item = (usize, Branch)> {
        (2..self.nodes.count()).map(|number| (number, self.nodes.node(number as u32)))
    }

    /// Probability that it is true, when event `i` is true with probability `down[i]`,
    /// independently.
    pub fn probability(&self, down: &[f64]) -> f64 {
        self.probabilities(down)[self.root as usize]
    }

    /// The same for what follows each decision.
    pub(in crate::reliability) fn probabilities(&self, down: &[f64]) -> Vec<f64> {
        let mut sums = vec![0.0, 1.0];
        for (_, Branch { level, high, low }) in self.decisions() {
            let down = down[self.order[level as usize]];
            sums.push(down * sums[high as usize] + (1.0 - down) * sums[low as usize]);
        }
        sums
    }

    /// Whether it is true when exactly the events for which `is_down` says so are.
    pub fn holds(&self, is_down: impl Fn(usize) -> bool) -> bool {
        let mut at = self.root;
        while at > ONE {
            let Branch { level, high, low } = self.nodes.node(at);
            at = if is_down(self.order[level as usize]) {
                high
            } else {
                low
            };
        }
        at == ONE
    }
}

/// What is left to do.
#[derive(Clone, Copy)]
enum Task {
    /// Both, or one of them: `true` for both.
    Join(bool, u32, u32),
    /// Make the decision at this level from the two last values, and remember it.
    Decide(bool, u32, u32, u32),
}

/// Builds diagrams; of no use after an error.
struct Builder {
    nodes: Arena,
    memo: Memo,
    tasks: Vec<Task>,
    values: Vec<u32>,
}

impl Builder {
    fn gate(&mut self, gate: &Failing, built: &[u32], levels: &[u32]) -> Result<u32, TooLarge> {
        match gate {
            Failing::Never => Ok(ZERO),
            Failing::Always => Ok(ONE),
            Failing::Event(number) => {
                let level = levels[*number];
                assert!(level != END, "event {number} has a place in the order");
                let (high, low) = (ONE, ZERO);
                self.nodes.number(Branch { level, high, low })
            }
            Failing::Any(gates) | Failing::All(gates) => {
                let both = matches!(gate, Failing::All(_));
                let start = u32::from(both);
                let parts = self.lowest_first(gates, built);
                parts
                    .into_iter()
                    .try_fold(start, |known, part| self.join(both, part, known))
            }
            Failing::AtLeast(needed, gates) => {
                let parts = self.lowest_first(gates, built);
                self.at_least(*needed as usize, &parts)
            }
        }
    }

    /// The diagrams of gates, those that start lowest first: so each one is put before what is
    /// known already.
    fn lowest_first(&self, gates: &[u32], built: &[u32]) -> Vec<u32> {
        let mut parts: Vec<u32> = gates.iter().map(|&gate| built[gate as usize]).collect();
        parts.sort_by_key(|&part| std::cmp::Reverse(self.nodes.node(part).level));
        parts
    }

    /// `found[j]` is "at least `j` of the parts so far".
    fn at_least(&mut self, needed: usize, parts: &[u32]) -> Result<u32, TooLarge> {
        let mut found = vec![ZERO; needed + 1];
        found[0] = ONE;
        for &part in parts {
            for count in (1..=needed).rev() {
                let with = self.join(true, part, found[count - 1])?;
                found[count] = self.join(false, with, found[count])?;
            }
        }
        Ok(found[needed])
    }

    fn join(&mut self, both: bool, one: u32, other: u32) -> Result<u32, TooLarge> {
        self.tasks.push(Task::Join(both, one, other));
        while let Some(task) = self.tasks.pop() {
            match task {
                Task::Join(both, one, other) => self.open(both, one, other),
                Task::Decide(both, one, other, level) => self.close((both, one, other), level)?,
            }
        }
        Ok(self.values.pop().unwrap_or(ZERO))
    }

    fn open(&mut self, both: bool, one: u32, other: u32) {
        let (one, other) = (one.min(other), one.max(other));
        // The ends are the two smallest numbers.
        let plain = match (one, both) {
            _ if one == other => Some(one),
            (ZERO, true) | (ONE, false) => Some(one),
            (ZERO, false) | (ONE, true) => Some(other),
            _ => self.memo.get([u32::from(both), one, other]),
        };
        if let Some(value) = plain {
            self.values.push(value);
            return;
        }
        let (a, b) = (self.nodes.node(one), self.nodes.node(other));
        let level = a.level.min(b.level);
        let sides = |number: u32, node: Branch| {
            if node.level == level {
                (node.high, node.low)
            } else {
                (number, number)
            }
        };
        let ((a_high, a_low), (b_high, b_low)) = (sides(one, a), sides(other, b));
        self.tasks.push(Task::Decide(both, one, other, level));
        self.tasks.push(Task::Join(both, a_low, b_low));
        self.tasks.push(Task::Join(both, a_high, b_high));
    }

    fn close(&mut self, (both, one, other): (bool, u32, u32), level: u32) -> Result<(), TooLarge> {
        let low = self.values.pop().unwrap_or(ZERO);
        let high = self.values.pop().unwrap_or(ZERO);
        let value = if high == low {
            low
        } else {
            self.nodes.number(Branch { level, high, low })?
        };
        let key = [u32::from(both), one, other];
        self.memo.put(key, value, self.nodes.count());
        self.values.push(value);
        Ok(())
    }
}
