//! Orders of events: in which the parts are asked for.

use crate::reliability::fault_tree::{Failing, FaultTree};

/// Most events that are taken for what everything shares.
const SHARED_MAX: usize = 16;

/// Orders worth trying, the most promising first.
///
/// The first goes through the tree depth first, small parts before large ones, and at an event
/// that several gates read goes on with all of those before it returns: what stands on one host
/// stays together. The second puts the events that most gates read (racks, power, a release)
/// before all others. The third goes depth first in the order of the tree.
pub fn candidates(tree: &FaultTree) -> Vec<Vec<usize>> {
    let view = View::of(tree);
    let mut orders = vec![
        view.walk(&[], true, true),
        view.walk(&view.most_shared(), true, false),
        view.walk(&[], false, false),
    ];
    orders.dedup();
    orders
}

/// A tree with its edges both ways.
struct View<'t> {
    tree: &'t FaultTree,
    /// Gates that read each gate, of those that the top depends on.
    parents: Vec<Vec<u32>>,
    /// Gates below each gate, counted as a tree.
    sizes: Vec<u64>,
}

impl<'t> View<'t> {
    fn of(tree: &'t FaultTree) -> Self {
        let reached = tree.reached();
        let count = tree.gates().len();
        let (mut parents, mut sizes) = (vec![Vec::new(); count], vec![1_u64; count]);
        for (place, gate) in tree
            .gates()
            .iter()
            .enumerate()
            .filter(|(at, _)| reached[*at])
        {
            for &child in gate.children() {
                parents[child as usize].push(place as u32);
                sizes[place] = sizes[place].saturating_add(sizes[child as usize]);
            }
        }
        Self {
            tree,
            parents,
            sizes,
        }
    }

    /// Places of the events that at least a quarter as many gates read as read the most read one,
    /// where three or more do; the most read first.
    fn most_shared(&self) -> Vec<u32> {
        let gates = self.tree.gates().iter().enumerate();
        let mut events: Vec<u32> = gates
            .filter(|(_, gate)| matches!(gate, Failing::Event(_)))
            .map(|(place, _)| place as u32)
            .collect();
        let readers = |&event: &u32| self.parents[event as usize].len();
        let most = events.iter().map(readers).max().unwrap_or(0);
        events.retain(|event| readers(event) >= 3.max(most / 4));
        events.sort_by_key(|event| std::cmp::Reverse(readers(event)));
        events.truncate(SHARED_MAX);
        events
    }

    /// All events under the top, each once, after `first`.
    fn walk(&self, first: &[u32], by_size: bool, together: bool) -> Vec<usize> {
        let mut seen = vec![false; self.tree.gates().len()];
        let mut order = Vec::new();
        let mut open: Vec<u32> = vec![self.tree.top()];
        open.extend(first.iter().rev());
        while let Some(place) = open.pop() {
            if std::mem::replace(&mut seen[place as usize], true) {
                continue;
            }
            let gate = &self.tree.gates()[place as usize];
            let start = open.len();
            match gate {
                Failing::Event(number) => {
                    order.push(*number);
                    let readers = &self.parents[place as usize];
                    if together && readers.len() > 1 {
                        open.extend(readers.iter().filter(|&&reader| self.is_small(reader)));
                    }
                }
                _ => open.extend(gate.children()),
            }
            if by_size {
                open[start..].sort_by_key(|&next| self.sizes[next as usize]);
            }
            open[start..].reverse();
        }
        order
    }

    /// Whether a gate reads nothing but events, and few: a part and what it stands on.
    fn is_small(&self, place: u32) -> bool {
        let children = self.tree.gates()[place as usize].children();
        let is_event =
            |&child: &u32| matches!(self.tree.gates()[child as usize], Failing::Event(_));
        children.len() <= 8 && children.iter().all(is_event)
    }
}
