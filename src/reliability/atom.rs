//! The parts that can be lost.

use crate::model::{HostId, Model, NodeId, SwitchId};

/// A part that can be lost on its own (S46: removed one at a time).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Atom {
    /// One node of a component.
    Node(NodeId),
    /// A host with all nodes on it: shared fate.
    Host(HostId),
    /// A switch with every path that needs it.
    Switch(SwitchId),
}

impl Atom {
    /// Its name in the file; `was/2` for a node, `db` where the component has one node.
    pub fn name(self, model: &Model) -> &str {
        match self {
            Atom::Node(node) => &model.node(node).name,
            Atom::Host(host) => &model.hosts[host.index()].name,
            Atom::Switch(switch) => &model.switches[switch.index()].name,
        }
    }

    /// Whether the world outside owns it (S50: "not in your hands").
    pub fn is_external(self, model: &Model) -> bool {
        match self {
            Atom::Node(node) => model.component(model.node(node).component).external,
            Atom::Host(_) | Atom::Switch(_) => false,
        }
    }
}

/// The numbering of a model's parts as atoms of a formula: nodes, then hosts, then switches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Atoms {
    nodes: usize,
    hosts: usize,
    switches: usize,
}

impl Atoms {
    /// The parts of `model`.
    pub fn of(model: &Model) -> Self {
        Self {
            nodes: model.nodes.len(),
            hosts: model.hosts.len(),
            switches: model.switches.len(),
        }
    }

    /// How many there are.
    pub fn count(self) -> usize {
        self.nodes + self.hosts + self.switches
    }

    /// The number of `atom`, 0 to `count - 1`.
    pub fn number(self, atom: Atom) -> usize {
        match atom {
            Atom::Node(node) => node.index(),
            Atom::Host(host) => self.nodes + host.index(),
            Atom::Switch(switch) => self.nodes + self.hosts + switch.index(),
        }
    }

    /// The atom with this number.
    ///
    /// # Panics
    /// At `count` and beyond.
    pub fn atom(self, number: usize) -> Atom {
        assert!(number < self.count(), "atom {number} of {}", self.count());
        match number.checked_sub(self.nodes) {
            None => Atom::Node(NodeId::from(number)),
            Some(beyond) => match beyond.checked_sub(self.hosts) {
                None => Atom::Host(HostId::from(beyond)),
                Some(switch) => Atom::Switch(SwitchId::from(switch)),
            },
        }
    }

    /// All of them, in order of number.
    pub fn all(self) -> impl Iterator<Item = Atom> {
        (0..self.count()).map(move |number| self.atom(number))
    }
}
