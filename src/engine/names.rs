//! Stores of resolved names, as a program describes them.

use super::id::{ComponentId, LawId, NodeId, SelectorId};

/// Names that clients have resolved.
#[derive(Clone, Debug)]
pub struct Store {
    /// How long a name is kept, ns.
    pub ttl: u64,
    /// Whether the copies of those who are there at the start are of all ages (S29): the first one
    /// of a person then ends at an instant drawn from the first `ttl`.
    pub warm: bool,
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
