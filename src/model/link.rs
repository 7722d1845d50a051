//! Links: who calls whom, and what stands on the way.

use super::id::{ComponentId, SwitchId, WorkloadId};
use crate::law::Law;

/// A directed link.
#[derive(Clone, Debug)]
pub struct Link {
    /// `was -> db`.
    pub name: String,
    /// Left end.
    pub caller: Caller,
    /// Right end.
    pub callee: ComponentId,
    /// One-way delay, drawn once for the request and once for the answer.
    pub latency: Option<Law>,
    /// Bits per second each way, shared equally by the request bodies on their way there, and by
    /// the answers on theirs; links under one `to` share one line. `None`: no limit.
    pub bandwidth_bps: Option<f64>,
    /// Switches on the way.
    pub via: Option<Path>,
    /// Connections per calling node over all callee nodes (S2); `None`: no limit.
    pub pool: Option<u32>,
    /// Longest wait for a connection, ns.
    pub pool_timeout: Option<u64>,
    /// Longest attempt from the moment its connection is held, ns (S19).
    pub timeout: Option<u64>,
    /// The same where it is random, drawn for each attempt.
    pub timeout_law: Option<Law>,
    /// Longest call with all attempts and pauses, ns.
    pub deadline: Option<u64>,
    /// Whether the callee stops when the caller gives an attempt up; else it works on for nobody.
    pub cancel: bool,
    /// Further attempts.
    pub retry: Option<Retry>,
    /// Further copies of a request.
    pub hedge: Option<Hedge>,
    /// When calls are refused because the latest ones failed.
    pub breaker: Option<Breaker>,
    /// When a target that fails is left out of choice.
    pub eject: Option<Eject>,
    /// What the caller does without the callee when a call has failed for good.
    pub fallback: Option<Fallback>,
    /// Most attempts of each calling node under way; one more is refused.
    pub bulkhead: Option<u32>,
    /// Most attempts of each calling node in a time; more are refused.
    pub rate_limit: Option<RateLimit>,
    /// How a calling node chooses among the callee's nodes.
    pub balance: Policy,
    /// How a calling node learns that a callee's node is down or back; `None`: never.
    pub health: Option<Health>,
}

impl Link {
    /// Whether it has the same properties as `other`, ends and name aside.
    pub fn is_like(&self, other: &Self) -> bool {
        self.latency == other.latency
            && self.bandwidth_bps == other.bandwidth_bps
            && self.via == other.via
            && self.pool == other.pool
            && self.pool_timeout == other.pool_timeout
            && self.timeout == other.timeout
            && self.timeout_law == other.timeout_law
            && self.deadline == other.deadline
            && self.cancel == other.cancel
            && self.retry == other.retry
            && self.hedge == other.hedge
            && self.breaker == other.breaker
            && self.eject == other.eject
            && self.fallback == other.fallback
            && self.bulkhead == other.bulkhead
            && self.rate_limit == other.rate_limit
            && self.balance == other.balance
            && self.health == other.health
    }
}

/// Further copies of a request that is slow to be answered; the first good answer wins (S21).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hedge {
    /// How long the caller waits before each of them, ns.
    pub after: u64,
    /// How many, at least 1.
    pub at_most: u32,
}

/// A token bucket.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RateLimit {
    /// Tokens that come per second, above 0.
    pub per_s: f64,
    /// Tokens that it holds at most, and at the start; at least 1.
    pub burst: u32,
}

/// What a caller does when a call has failed for good; its answer is degraded (S16).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fallback {
    /// Takes an answer of its own and goes on.
    Reply,
    /// Does the steps that stand beside each call ([`Step::Fallback`](super::Step::Fallback)).
    Steps,
}

/// A circuit breaker of each calling node: refuses calls while the latest ones failed (S21).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Breaker {
    /// Share of failures from which on it opens, above 0.
    pub failure_rate: f64,
    /// How many of the latest attempts are looked at.
    pub window: u32,
    /// How many must be known before it opens, at most `window`.
    pub minimum_calls: u32,
    /// How long it is open before a trial, ns.
    pub open: u64,
    /// Attempts of the trial, at least 1.
    pub half_open: u32,
}

/// Passive ejection: each calling node leaves a target out of choice that fails it, for a time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Eject {
    /// Failed attempts until a target is left out, at least 1.
    pub failures: u32,
    /// Which of them count together: those of the latest so many ns; `None`: those without a good
    /// answer between them.
    pub within: Option<u64>,
    /// How long it is left out, ns.
    pub time: u64,
    /// How long at most when it is left out again: `time` times the number of times, up to this,
    /// ns; at least `time`.
    pub longest: u64,
    /// How it comes back.
    pub back: Back,
    /// Most targets left out at once, as a share of all; one always may be.
    pub most: f64,
}

/// How a target that was left out comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Back {
    /// One attempt is let through; its outcome decides.
    OnTrial,
    /// As if nothing had been.
    AtOnce,
    /// Likewise, at the next of looks that are so far apart, ns.
    AtSweep(u64),
}

/// Left end of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Caller {
    /// A component.
    Component(ComponentId),
    /// The users of a workload.
    Workload(WorkloadId),
}

impl Caller {
    /// The component, where users are not the callers.
    pub fn component(self) -> Option<ComponentId> {
        match self {
            Caller::Component(id) => Some(id),
            Caller::Workload(_) => None,
        }
    }
}

/// Switches on the way of a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// Alternatives; each is a list of switches that must all be up. One alternative: all needed.
    pub options: Vec<Vec<SwitchId>>,
    /// Time from the loss of the used alternative until traffic moves to one that is up, ns.
    pub detect: u64,
}

/// Attempts after the first (S19).
#[derive(Clone, Debug, PartialEq)]
pub struct Retry {
    /// All tries, the first included; at least 2.
    pub attempts: u32,
    /// Pause before each further try.
    pub backoff: Backoff,
    /// Whether a further try goes to another node than those before, where one is left.
    pub elsewhere: bool,
    /// What bounds the retries of all calls of a node together.
    pub budget: Option<Budget>,
}

/// A bucket of tokens that pays for retries.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Budget {
    /// What a good answer puts in, in retries.
    pub deposit: f64,
    /// What it holds at most, and at the start, in retries.
    pub bucket: u32,
}

/// Pause before a further try.
#[derive(Clone, Debug, PartialEq)]
pub enum Backoff {
    /// A law, drawn anew.
    Law(Law),
    /// Doubling from one time to another, ns.
    Doubling {
        /// First pause.
        from: u64,
        /// Longest pause.
        cap: u64,
        /// Uniform between 0 and the pause.
        jitter: bool,
    },
}

/// How a caller chooses among nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Policy {
    /// In turn.
    RoundRobin,
    /// In turn, by the weights of `to`.
    Weighted,
    /// At random, by the weights of `to`.
    Random,
    /// Fewest open requests in the caller's own count.
    LeastConnections(Ties),
    /// The least loaded of several drawn with replacement.
    PowerOf {
        /// How many are drawn.
        choices: u32,
        /// Among equals.
        ties: Ties,
    },
    /// By the client's address.
    SourceHash,
    /// By the client's address on a ring.
    ConsistentHash {
        /// Points of each node on the ring.
        points: u32,
    },
    /// By the request's key (shards of a cache).
    Shard,
}

/// Choice among equals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ties {
    /// By a seeded draw.
    Random,
    /// In turn.
    Rotation,
    /// The first.
    First,
}

/// Active health checks: after a refusal the time to down is U(0, interval) + (fall - 1) interval,
/// back up U(0, interval) + (rise - 1) interval; in silence each failing check costs its `timeout`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Health {
    /// Time between checks, ns.
    pub interval: u64,
    /// The same from the first check that tells another state until that is believed.
    pub fast: u64,
    /// The same while the target is believed down.
    pub when_down: u64,
    /// How long a check waits for an answer, ns.
    pub timeout: u64,
    /// Failed checks in a row until down.
    pub fall: u32,
    /// Good checks in a row until up.
    pub rise: u32,
}

impl Health {
    /// Longest time from a loss that is refused until it is believed, ns.
    pub fn longest_detection(&self) -> u64 {
        let further = u64::from(self.fall).saturating_sub(1);
        self.interval
            .saturating_add(self.fast.saturating_mul(further))
    }
}
