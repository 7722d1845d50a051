//! Sessions of persons.

use super::id::LinkId;
use crate::law::Law;

/// What a component keeps of each person from one request to the next (S26).
#[derive(Clone, Debug, PartialEq)]
pub struct Sessions {
    /// How long a session lasts that is not used, ns.
    pub ttl: u64,
    /// Who holds it.
    pub holders: Holders,
}

/// Who holds a session.
#[derive(Clone, Debug, PartialEq)]
pub enum Holders {
    /// The node that began it.
    Own,
    /// That node and the next one that is up, which spends so much CPU time (ns) on each request
    /// for its copy.
    Backed(Law),
    /// All nodes of the component; each but the one that answers spends so much CPU time (ns) on
    /// each request for its copy.
    All(Law),
    /// The component at the other end of this link, which every request asks first; a session is
    /// lost when all nodes of its shard are down at once.
    Elsewhere(LinkId),
}

impl Sessions {
    /// Whether nodes spend time on copies.
    pub fn is_copied(&self) -> bool {
        self.copy().is_some()
    }

    /// CPU time of each copy of a request, ns, and whether all nodes have one; else one has.
    pub fn copy(&self) -> Option<(&Law, bool)> {
        match &self.holders {
            Holders::Own | Holders::Elsewhere(_) => None,
            Holders::Backed(copy) => Some((copy, false)),
            Holders::All(copy) => Some((copy, true)),
        }
    }
}
