//! The parts that can be lost.

use crate::model::{GroupId, HostId, Model, NodeId, Outage, Part, RackId, SwitchId};

/// A part that can be lost on its own (S46: removed one at a time).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Atom {
    /// One node of a component.
    Node(NodeId),
    /// A host with all nodes on it: shared fate.
    Host(HostId),
    /// A rack with all hosts in it: shared fate.
    Rack(RackId),
    /// A switch with every path that needs it.
    Switch(SwitchId),
    /// What takes all members of a group at once: their common cause, or a takeover under way. It
    /// is no part, and nobody can remove it.
    Group(GroupId),
}

impl From<Part> for Atom {
    fn from(part: Part) -> Self {
        match part {
            Part::Node(node) => Atom::Node(node),
            Part::Host(host) => Atom::Host(host),
            Part::Rack(rack) => Atom::Rack(rack),
            Part::Switch(switch) => Atom::Switch(switch),
        }
    }
}

impl Atom {
    /// The part that it is; `None` for what takes a group.
    pub fn part(self) -> Option<Part> {
        match self {
            Atom::Node(node) => Some(Part::Node(node)),
            Atom::Host(host) => Some(Part::Host(host)),
            Atom::Rack(rack) => Some(Part::Rack(rack)),
            Atom::Switch(switch) => Some(Part::Switch(switch)),
            Atom::Group(_) => None,
        }
    }

    /// Its name in the file; `was/2` for a node, `db` where the component has one node.
    pub fn name(self, model: &Model) -> &str {
        match self {
            Atom::Node(node) => &model.node(node).name,
            Atom::Host(host) => &model.hosts[host.index()].name,
            Atom::Rack(rack) => &model.racks[rack.index()].name,
            Atom::Switch(switch) => &model.switches[switch.index()].name,
            Atom::Group(group) => &model.groups[group.index()].name,
        }
    }

    /// Whether the world outside owns it (S50: "not in your hands").
    pub fn is_external(self, model: &Model) -> bool {
        match self {
            Atom::Node(node) => model.component(model.node(node).component).external,
            Atom::Host(_) | Atom::Rack(_) | Atom::Switch(_) | Atom::Group(_) => false,
        }
    }

    /// How often it is down by itself, where the file says so; of a member of a group without
    /// what takes all of them.
    pub fn outage(self, model: &Model) -> Option<&Outage> {
        let group = self.part().and_then(|part| model.group_of(part));
        if let Some(group) = group {
            return Some(&group.own);
        }
        match self {
            Atom::Node(node) => model.component(model.node(node).component).outage.as_ref(),
            Atom::Host(host) => model.hosts[host.index()].outage.as_ref(),
            Atom::Rack(rack) => model.racks[rack.index()].outage.as_ref(),
            Atom::Switch(switch) => model.switches[switch.index()].outage.as_ref(),
            Atom::Group(group) => model.groups[group.index()].common.as_ref(),
        }
    }
}

/// The numbering of a model's parts as atoms of a formula: nodes, then hosts,
/// racks, switches and what takes groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Atoms {
    nodes: usize,
    hosts: usize,
    racks: usize,
    switches: usize,
    groups: usize,
}

impl Atoms {
    /// The parts of `model`.
    pub fn of(model: &Model) -> Self {
        Self {
            nodes: model.nodes.len(),
            hosts: model.hosts.len(),
            racks: model.racks.len(),
            switches: model.switches.len(),
            groups: model.groups.len(),
        }
    }

    /// How many there are.
    pub fn count(self) -> usize {
        self.nodes + self.hosts + self.racks + self.switches + self.groups
    }

    /// The number of `atom`, 0 to `count - 1`.
    pub fn number(self, atom: Atom) -> usize {
        match atom {
            Atom::Node(node) => node.index(),
            Atom::Host(host) => self.nodes + host.index(),
            Atom::Rack(rack) => self.nodes + self.hosts + rack.index(),
            Atom::Switch(switch) => self.nodes + self.hosts + self.racks + switch.index(),
            Atom::Group(group) => self.count() - self.groups + group.index(),
        }
    }

    /// The atom with this number.
    ///
    /// # Panics
    /// At `count` and beyond.
    pub fn atom(self, number: usize) -> Atom {
        assert!(number < self.count(), "atom {number} of {}", self.count());
        if number < self.nodes {
            return Atom::Node(NodeId::from(number));
        }
        let number = number - self.nodes;
        if number < self.hosts {
            return Atom::Host(HostId::from(number));
        }
        let number = number - self.hosts;
        if number < self.racks {
            return Atom::Rack(RackId::from(number));
        }
        let number = number - self.racks;
        if number < self.switches {
            return Atom::Switch(SwitchId::from(number));
        }
        Atom::Group(GroupId::from(number - self.switches))
    }

    /// All of them, in order of number.
    pub fn all(self) -> impl Iterator<Item = Atom> {
        (0..self.count()).map(move |number| self.atom(number))
    }
}
