//! The server map: who calls whom, over what, standing where.
//!
//! Users stand at the left, each component is one box ("×N" for its nodes), hosts are frames
//! around the components that stand on them alone, and links say what guards them.

mod canvas;
mod dot;
mod layout;
mod map;
mod mermaid;
mod svg;

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{ComponentId, HostId, Model, SwitchId};
use crate::reliability::{Atom, SinglePoint};

pub use dot::dot;
pub use mermaid::mermaid;
pub use svg::svg;

/// What a drawn map points out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Marks {
    /// Components with a node that is a single point.
    pub components: BTreeSet<ComponentId>,
    /// Hosts that are single points.
    pub hosts: BTreeSet<HostId>,
    /// Switches that are single points.
    pub switches: BTreeSet<SwitchId>,
    /// How busy a component's busiest resource is, 0 to 1.
    pub utilisation: BTreeMap<ComponentId, f64>,
}

impl Marks {
    /// Marks the structural ones of `points`.
    pub fn single_points(model: &Model, points: &[SinglePoint]) -> Self {
        let mut marks = Self::default();
        for point in points.iter().filter(|point| point.is_structural()) {
            match point.atom {
                Atom::Node(node) => {
                    marks.components.insert(model.node(node).component);
                }
                Atom::Host(host) => {
                    marks.hosts.insert(host);
                }
                // The map shows hosts, not what they stand in.
                Atom::Rack(_) | Atom::Group(_) => {}
                Atom::Switch(switch) => {
                    marks.switches.insert(switch);
                }
            }
        }
        marks
    }
}
