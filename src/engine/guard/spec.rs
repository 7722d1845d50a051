//! What bounds the calls of one node over one link, as a program says it.

use crate::engine::id::{LinkId, NodeId};

/// One unit of a [`Budget`]: a billionth of a retry.
pub const RETRY: u64 = 1_000_000_000;

/// Guards of one caller over one link; all its calls over the link share them.
#[derive(Clone, Debug)]
pub struct Guard {
    /// Who calls; a crash of it forgets everything (S48).
    pub node: NodeId,
    /// Over which link, for counting.
    pub link: LinkId,
    /// How many calls may be retried.
    pub budget: Option<Budget>,
}

/// A bucket of tokens that pays for retries: each good answer puts in a part of one, each retry
/// takes one, and without a whole one the call has failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// What a good answer puts in, billionths of a retry.
    pub deposit: u64,
    /// What the bucket holds at most, and at the start, in retries.
    pub bucket: u32,
}
