//! First in, first out: entries leave in the order in which they were filled, used or not.

use super::list::List;

/// The order of filling.
#[derive(Debug, Default)]
pub struct Fifo(pub(super) List);
