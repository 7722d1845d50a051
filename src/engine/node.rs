//! Nodes at work.

use super::gauge::Gauge;

/// A node at work; the last one stands for the clients.
#[derive(Debug)]
pub struct Node {
    /// Its component, or the number of components for the clients.
    pub component: u32,
    /// Whether it is up.
    pub up: bool,
}

impl Node {
    /// A node that is up.
    pub fn new(component: u32) -> Self {
        Self {
            component,
            up: true,
        }
    }
}

/// What happens to a node.
#[derive(Clone, Debug, Default)]
pub struct Fate {
    /// Speed of its work, if not the normal 1.0.
    pub speed: Option<f64>,
    /// 1 while up.
    pub life: Gauge,
}
