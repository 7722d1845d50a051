//! Stores of resolved names, as a program describes them.

use super::id::{ComponentId, LawId, NodeId, SelectorId};

/// Names that clients have resolved.
#[derive(Clone, Debug)]
pub struct Store {
    /// How long a name is kept, ns.
    pub ttl: u64,
    /// Name servers.
    pub servers: Vec<NodeId>,
    /// Time of one lookup at one server, ns.
    pub lookup: LawId,
    /// Nodes, as the name servers see them. Each has an address; a node that has taken over
    /// that of another is known by it.
    pub selector: SelectorId,
    /// Component that lookups count for.
    pub owner: ComponentId,
}
