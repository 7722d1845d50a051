//! Decision diagrams: a monotone function as a graph of decisions ([`Bdd`]), a family of sets as
//! a graph of memberships ([`Family`]).
//!
//! A monotone function never needs its negation, so the diagrams have no complemented edges: they
//! would not share a single node more. Operations keep their own stack, so their depth is that of
//! memory, not of the thread's stack.

pub mod arena;
pub mod bdd;
pub mod family;
pub mod order;

mod sets;

pub use arena::TooLarge;
pub use bdd::{Bdd, NODES_MAX};
pub use family::Family;

#[cfg(test)]
mod tests;
