//! What bounds the calls of one node over one link, as a program says it.

use crate::engine::id::{LinkId, NodeId};

/// A whole retry, or all of the calls: guards count in billionths, which decimals hit exactly.
pub const WHOLE: u64 = 1_000_000_000;

/// Guards of one caller over one link; all its calls over the link share them.
#[derive(Clone, Debug)]
pub struct Guard {
    /// Who calls; a crash of it forgets everything (S48).
    pub node: NodeId,
    /// Over which link, for counting.
    pub link: LinkId,
    /// How many calls may be retried.
    pub budget: Option<Budget>,
    /// When calls are refused because the latest ones failed.
    pub breaker: Option<Breaker>,
    /// Most attempts under way; one more is refused.
    pub bulkhead: Option<u32>,
    /// Most attempts in a time; more are refused.
    pub rate: Option<Rate>,
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

/// A circuit breaker. Closed, it lets all attempts out and opens when so many of the latest have
/// failed; open, it refuses them for a time; half-open, it lets some out as a trial, whose outcomes
/// close it or open it again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Breaker {
    /// Share of failures from which on it opens, billionths.
    pub failure_rate: u64,
    /// How many of the latest attempts are looked at, at least 1.
    pub window: u32,
    /// How many must be known before it opens, at least 1 and at most `window`.
    pub minimum_calls: u32,
    /// How long it is open, ns.
    pub open: u64,
    /// Attempts of the trial, at least 1.
    pub half_open: u32,
}

/// Leaves targets of a choice out that fail (outlier detection).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Eject {
    /// Who chooses; a crash of it forgets everything (S48).
    pub node: NodeId,
    /// Over which link, for counting.
    pub link: LinkId,
    /// Failed attempts until a target is left out, at least 1.
    pub failures: u32,
    /// Which of them count together: those of the latest so many ns; `None`: those without a good
    /// answer between them.
    pub within: Option<u64>,
    /// How long a target is left out, ns.
    pub time: u64,
    /// The longest time when it is left out again, ns, at least `time`.
    pub longest: u64,
    /// How it comes back.
    pub back: Back,
    /// Most targets that are left out at once, at least 1.
    pub most: u32,
}

/// How a target that was left out comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Back {
    /// One attempt is let through; its outcome decides.
    OnTrial,
    /// As if nothing had been.
    AtOnce,
    /// Likewise, at the next of looks that are so far apart, ns; the first is at a time drawn once
    /// for each replication and choice.
    AtSweep(u64),
}

/// A token bucket: an attempt takes a token, or is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// How long a token takes to come, in 2^-20 ns.
    pub interval: u64,
    /// How many there can be, at least 1; all are there at the start.
    pub burst: u32,
}
