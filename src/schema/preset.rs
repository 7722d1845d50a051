//! Defaults as data: what a field means when it is left out, and who says so.
//!
//! The code that fills a field in reads the same text that `check --explain-defaults` prints, so
//! that the two cannot drift apart.

use serde::de::DeserializeOwned;

use crate::syntax::deserialize::{self, nothing_later};
use crate::syntax::tree::Tree;

pub use super::fault::{FAULT, ONE_WAY};

/// What a field means when it is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preset {
    /// The word that the field belongs to, as in the file: `AppServer`, `links`, `run`.
    pub of: &'static str,
    /// The field.
    pub field: &'static str,
    /// What it then means, as one would write it in the file.
    pub value: &'static str,
    /// Author, title and section; or linchpin's choice with its reason.
    pub source: &'static str,
}

impl Preset {
    /// The value.
    ///
    /// # Panics
    /// If [`Preset::value`] is no `T`; a test reads every one.
    pub fn read<T: DeserializeOwned>(&self) -> T {
        let tree = Tree::parse(self.value).ok();
        let value = tree.and_then(|tree| deserialize::load(&tree, nothing_later).value);
        value.unwrap_or_else(|| panic!("the default of {}.{} is readable", self.of, self.field))
    }
}

const fn preset(
    of: &'static str,
    field: &'static str,
    value: &'static str,
    source: &'static str,
) -> Preset {
    Preset {
        of,
        field,
        value,
        source,
    }
}

/// Ties of `LeastConnections` and `PowerOf`.
pub const TIES: Preset = preset(
    "policy",
    "ties",
    "Random",
    "linchpin's choice because any fixed order sends bursts to the same node first",
);
/// Draws of `PowerOf`.
pub const CHOICES: Preset = preset(
    "PowerOf",
    "choices",
    "2",
    "M. Mitzenmacher, The Power of Two Choices in Randomized Load Balancing, 2001, 1",
);
/// Points of `ConsistentHash`.
pub const POINTS: Preset = preset(
    "ConsistentHash",
    "points",
    "160",
    "nginx, Module ngx_http_upstream_module, hash (ketama: 160 points of a server of weight 1)",
);
/// Choice among the nodes of a callee.
pub const BALANCE: Preset = preset(
    "links",
    "balance",
    "RoundRobin",
    "nginx, Module ngx_http_upstream_module (Weighted where `to` has weights)",
);
/// Time until traffic moves to another switch.
pub const DETECT: Preset = preset(
    "links",
    "detect",
    "\"6s\"",
    "IEEE 802.1D-2004, 17.21 and table 17-1: three Hello Times of 2 s without a message",
);
/// Tries of a retry.
pub const ATTEMPTS: Preset = preset(
    "links",
    "retry.attempts",
    "3",
    "resilience4j, RetryConfig, DEFAULT_MAX_ATTEMPTS",
);
/// Pause of a retry.
pub const BACKOFF: Preset = preset(
    "links",
    "retry.backoff",
    "\"500ms\"",
    "resilience4j, RetryConfig, DEFAULT_WAIT_DURATION",
);
/// Whether a further try avoids the node that just failed.
pub const ELSEWHERE: Preset = preset(
    "links",
    "retry.elsewhere",
    "false",
    "Envoy 1.25, RetryPolicy, retry_host_predicate: the balancer chooses anew unless asked",
);
/// Whether doubling pauses are drawn.
pub const JITTER: Preset = preset(
    "links",
    "retry.jitter",
    "Off",
    "resilience4j, IntervalFunction, ofExponentialBackoff: no randomisation unless asked",
);
/// Retries that a caller with a budget has left at the start, and at most.
pub const BUCKET: Preset = preset(
    "links",
    "retry.bucket",
    "100",
    "aws-smithy-runtime, token_bucket.rs: DEFAULT_CAPACITY 500 at RETRY_COST 5",
);
/// Share of failures from which on a breaker opens.
pub const FAILURE_RATE: Preset = preset(
    "links",
    "breaker.failure_rate",
    "0.5",
    "resilience4j, CircuitBreakerConfig, DEFAULT_FAILURE_RATE_THRESHOLD",
);
/// Attempts that a breaker looks at.
pub const WINDOW: Preset = preset(
    "links",
    "breaker.window",
    "100",
    "resilience4j, CircuitBreakerConfig, DEFAULT_SLIDING_WINDOW_SIZE",
);
/// Attempts that a breaker must know.
pub const MINIMUM_CALLS: Preset = preset(
    "links",
    "breaker.minimum_calls",
    "100",
    "resilience4j, CircuitBreakerConfig, DEFAULT_MINIMUM_NUMBER_OF_CALLS (at most the window)",
);
/// How long a breaker is open.
pub const OPEN: Preset = preset(
    "links",
    "breaker.open",
    "\"60s\"",
    "resilience4j, CircuitBreakerConfig, DEFAULT_WAIT_DURATION_IN_OPEN_STATE",
);
/// Attempts of a breaker's trial.
pub const HALF_OPEN: Preset = preset(
    "links",
    "breaker.half_open",
    "10",
    "resilience4j, CircuitBreakerConfig, DEFAULT_PERMITTED_CALLS_IN_HALF_OPEN_STATE",
);
/// Defaults of breakers.
pub const BREAKER: [Preset; 5] = [FAILURE_RATE, WINDOW, MINIMUM_CALLS, OPEN, HALF_OPEN];

/// Tokens of a limit of rate.
pub const BURST: Preset = preset(
    "links",
    "rate_limit.burst",
    "\"1s\"",
    "linchpin's choice because quotas are stated by the second: what a second allows, at once",
);
/// Time between health checks of a link.
pub const INTERVAL: Preset = preset(
    "links",
    "health.interval",
    "\"2s\"",
    "HAProxy, Configuration Manual, server option inter",
);
/// Time until a check without an answer has failed.
pub const CHECK_TIMEOUT: Preset = preset(
    "links",
    "health.timeout",
    "\"2s\"",
    "HAProxy, Configuration Manual, timeout check: as long as `interval` when unset",
);
/// Failed checks until down.
pub const FALL: Preset = preset(
    "links",
    "health.fall",
    "3",
    "HAProxy, Configuration Manual, server option fall",
);
/// Good checks until up.
pub const RISE: Preset = preset(
    "links",
    "health.rise",
    "2",
    "HAProxy, Configuration Manual, server option rise",
);

/// Defaults of links.
pub const LINK: [Preset; 20] = [
    TIES,
    CHOICES,
    POINTS,
    BALANCE,
    DETECT,
    ATTEMPTS,
    BACKOFF,
    ELSEWHERE,
    JITTER,
    BUCKET,
    FAILURE_RATE,
    WINDOW,
    MINIMUM_CALLS,
    OPEN,
    HALF_OPEN,
    BURST,
    INTERVAL,
    CHECK_TIMEOUT,
    FALL,
    RISE,
];

/// Speed of a machine.
pub const SPEED: Preset = preset(
    "machines",
    "speed",
    "1.0",
    "linchpin's choice because 1.0 is where the demands were measured",
);
/// Gaps of an open workload.
pub const ARRIVALS: Preset = preset(
    "Open",
    "arrivals",
    "Poisson",
    "A. Khintchine, Mathematical Methods in the Theory of Queueing, 1960, 5: many lone users",
);
/// Busiest time of a day.
pub const PEAK_AT: Preset = preset(
    "Daily",
    "peak_at",
    "\"20h\"",
    "linchpin's choice because people are at home and awake in the evening",
);
/// Time of day at which a run starts.
pub const START_OF_DAY: Preset = preset(
    "Daily",
    "start",
    "\"0h\"",
    "linchpin's choice because a day starts at midnight",
);
/// Journeys at one instant.
pub const BATCH: Preset = preset(
    "Open",
    "batch",
    "1",
    "linchpin's choice because nothing is added unasked",
);
/// Share of persons behind one address.
pub const BEHIND_PROXY: Preset = preset(
    "workload",
    "behind_proxy",
    "0.0",
    "linchpin's choice because nothing is added unasked",
);
/// What users do after a failed request.
pub const ON_FAILURE: Preset = preset(
    "workload",
    "on_failure",
    "Continue",
    "linchpin's choice because a user who meets an error goes on with the next page",
);
/// Pause of a closed user.
pub const THINK: Preset = preset(
    "Closed",
    "think",
    "\"0s\"",
    "linchpin's choice because load tools send the next request at once unless told otherwise",
);
/// Speed of a replay.
pub const REPLAY_SPEED: Preset = preset(
    "Replay",
    "speed",
    "1.0",
    "linchpin's choice because a log has its own instants",
);
/// Requests of a journey's item.
pub const TIMES: Preset = preset(
    "Request",
    "times",
    "1",
    "linchpin's choice because nothing is added unasked",
);

/// `failure: Server`.
pub const FAILING_SERVER: Preset = preset(
    "failure",
    "Server",
    "(mtbf: Exponential(\"657d\"), mttr: Exponential(\"4h\"))",
    "J. Dean, Google I/O 2008: about 1,000 failures a year of 1,800 machines, software included; \
     mttr is linchpin's choice: a machine is seen to within half a working day",
);
/// `failure: Disk`.
pub const FAILING_DISK: Preset = preset(
    "failure",
    "Disk",
    "(mtbf: Exponential(\"23248d\"), mttr: Exponential(\"24h\"))",
    "Backblaze, Drive Stats for 2024: 1.57 % of drives fail in a year; mttr is linchpin's choice: \
     replaced and rebuilt within a day",
);
/// `failure: Rack`.
pub const FAILING_RACK: Preset = preset(
    "failure",
    "Rack",
    "(mtbf: Exponential(\"547d\"), mttr: Uniform(from: \"1h\", to: \"6h\"))",
    "J. Dean, Google I/O 2008: 20 of about 30 racks (40 to 80 of 1,800 machines each) lost a year, \
     1 to 6 hours to get back",
);
/// `failure: Switch`.
pub const FAILING_SWITCH: Preset = preset(
    "failure",
    "Switch",
    "(mtbf: Exponential(\"7116d\"), mttr: Exponential(\"4h\"))",
    "P. Gill, N. Jain and N. Nagappan, SIGCOMM 2011: 5 % of top-of-rack switches fail within a \
     year; mttr is linchpin's choice: replaced within half a working day",
);

/// What the words of `failure` mean.
pub const FAILURE: [Preset; 4] = [FAILING_SERVER, FAILING_DISK, FAILING_RACK, FAILING_SWITCH];

/// Defaults of machines and workloads.
pub const WORKLOAD: [Preset; 10] = [
    SPEED,
    ARRIVALS,
    PEAK_AT,
    START_OF_DAY,
    BATCH,
    BEHIND_PROXY,
    ON_FAILURE,
    THINK,
    REPLAY_SPEED,
    TIMES,
];

/// What is cut off.
pub const WARM_UP: Preset = preset(
    "run",
    "warm_up",
    "Auto",
    "K. White, M. Cobb, S. Spratt, A Comparison of Five Steady-State Truncation Heuristics, 2000",
);
/// Most counted requests.
pub const CAP: Preset = preset(
    "run",
    "cap",
    "10_000_000",
    "linchpin's choice because it takes some seconds and pins a p99.9",
);
/// Longest time after the end.
pub const DRAIN: Preset = preset(
    "run",
    "drain",
    "\"60s\"",
    "linchpin's choice because browsers and proxies give up about then (nginx, proxy_read_timeout)",
);
/// The state at the start.
pub const START: Preset = preset(
    "run",
    "start",
    "Warm",
    "linchpin's choice because a fault or a peak meets a system that is already serving",
);
/// Most requests in flight.
pub const IN_FLIGHT_CAP: Preset = preset(
    "run",
    "in_flight_cap",
    "5_000_000",
    "linchpin's choice because more needs memory by the gigabyte and means overload anyway",
);
/// Most events of a replication.
pub const EVENT_CAP: Preset = preset(
    "run",
    "event_cap",
    "10_000_000_000",
    "linchpin's choice because it takes about half an hour",
);

/// Defaults of the `run` block.
pub const RUN: [Preset; 6] = [WARM_UP, CAP, DRAIN, START, IN_FLIGHT_CAP, EVENT_CAP];
