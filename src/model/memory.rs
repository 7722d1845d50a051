//! Memory of nodes.

/// Memory of each node of a component.
#[derive(Clone, Debug, PartialEq)]
pub struct Memory {
    /// All of it, bytes: a node that holds as much crashes, and comes back empty.
    pub size: u64,
    /// Held by the program itself, bytes.
    pub base: u64,
    /// Held by each request that is served, until it leaves, bytes.
    pub per_request: u64,
    /// Left behind by each of them for as long as the program runs, bytes.
    pub leak: u64,
    /// From where on work is slower.
    pub swap: Option<Swap>,
    /// Time from a crash for want of memory until the node is back, ns.
    pub boot: u64,
}

/// Memory that runs short.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Swap {
    /// While more bytes than this are held.
    pub above: u64,
    /// How many times as long all work takes then.
    pub slowdown: f64,
}
