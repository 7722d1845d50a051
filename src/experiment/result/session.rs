//! Sessions of persons in a result.

use serde::Serialize;

/// Sessions of one component (S26), over all replications.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct SessionSummary {
    /// Begun.
    pub begun: u64,
    /// Lost with the nodes that held them.
    pub lost: u64,
    /// Begun anew because a request came to a node that did not hold the one there was.
    pub left_behind: u64,
    /// Not ended at the end of the window.
    pub live: u64,
}
