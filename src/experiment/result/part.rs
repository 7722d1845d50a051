//! Parts of a result: requests, times, components, resources, links, journeys.

use super::Named;
pub use super::level::LevelSummary;
use super::scaling::ScalingSummary;
use crate::statistics::Estimate;
use serde::{Deserialize, Serialize};

/// Counts over all replications; offered = succeeded + late + failed + `in_flight`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct RequestCounts {
    /// Offered in the window.
    pub offered: u64,
    /// Without reloads (S15).
    pub first_offered: u64,
    /// Answered in time.
    pub succeeded: u64,
    /// Answered after the class deadline.
    pub late: u64,
    /// Failed.
    pub failed: u64,
    /// Not finished.
    pub in_flight: u64,
    /// Attempts over all links (S15).
    pub attempts: u64,
    /// Answered by a fallback.
    pub degraded: u64,
    /// Failed by reason, only those that occurred.
    pub failures: Named<u64>,
}

/// Where the time goes; each column adds up to the response time of its head.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Breakdown {
    /// Of the mean.
    pub mean: BreakdownColumn,
    /// Of the requests around the 99th percentile.
    pub p99: BreakdownColumn,
}

/// One column of a breakdown, s.
#[derive(Clone, Debug, Default, Serialize)]
pub struct BreakdownColumn {
    /// What the parts add up to.
    pub response_time: f64,
    /// At the client: its own retries and pauses.
    pub client: f64,
    /// Delays and transfers, by component called.
    pub network: Named<f64>,
    /// Waiting for servers and threads.
    pub queue: Named<f64>,
    /// Being served.
    pub service: Named<f64>,
    /// Waiting for connections.
    pub pool_wait: Named<f64>,
    /// Attempts without answer and pauses between attempts.
    pub retry_wait: Named<f64>,
}

/// Users in the system.
#[derive(Clone, Debug, Serialize)]
pub struct Users {
    /// With a request outstanding.
    pub active: LevelSummary,
    /// Inside a journey, thinking included.
    pub concurrent: LevelSummary,
    /// Active per concurrent.
    pub ratio: Option<f64>,
}

/// Statistics of a time, s.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TimeStatistics {
    /// Mean.
    pub mean: Estimate,
    /// Standard deviation.
    pub sd: Option<f64>,
    /// Quantiles.
    pub p50: Estimate,
    /// 0.9
    pub p90: Estimate,
    /// 0.95
    pub p95: Estimate,
    /// 0.99
    pub p99: Estimate,
    /// 0.999
    pub p99_9: Estimate,
    /// Largest value seen; `None` without data.
    pub max: Option<f64>,
}

/// One request class.
#[derive(Clone, Debug, Serialize)]
pub struct ClassSummary {
    /// Outcomes.
    pub requests: RequestCounts,
    /// Offered per second.
    pub offered_rps: Estimate,
    /// Answered per second.
    pub throughput_rps: Estimate,
    /// Answered in time per second.
    pub goodput_rps: Estimate,
    /// Failed share.
    pub error_rate: Estimate,
    /// Share served.
    pub availability: Estimate,
    /// Of answered requests.
    pub response_time_s: TimeStatistics,
    /// Failed as infinite (S18).
    pub response_time_all_s: TimeStatistics,
    /// Waiting of answered requests.
    pub waiting_time_s: TimeStatistics,
}

/// One component.
#[derive(Clone, Debug, Serialize)]
pub struct ComponentSummary {
    /// The kind's word.
    pub kind: String,
    /// Number of nodes (S1).
    pub replicas: u32,
    /// Utilisation of its busiest resource.
    pub utilisation: Estimate,
    /// Visits answered per second.
    pub throughput_rps: Estimate,
    /// Waiting for servers and threads, over all nodes. `max` is the sum over nodes and resources
    /// of their largest values: an upper bound with several.
    pub queue_length: LevelSummary,
    /// Visits inside.
    pub in_system: LevelSummary,
    /// Waiting per visit.
    pub waiting_time_s: TimeStatistics,
    /// Share of visits that waited.
    pub waited_share: Estimate,
    /// Share of visits turned away.
    pub blocked_share: Estimate,
    /// Service spent for nobody, s per second of run.
    pub wasted_s: Estimate,
    /// Mean jobs at its CPUs, running or waiting (S5).
    pub load: Estimate,
    /// Nodes up.
    pub healthy: Healthy,
    /// By resource: cpu, disk, threads, connections, `nic_out`, remote.
    pub resources: Named<ResourceSummary>,
    /// By class.
    pub classes: Named<VisitSummary>,
    /// Visits failed, by reason, only those that occurred.
    pub failures: Named<u64>,
    /// Utilisation of the busiest resource node by node (imbalance).
    pub nodes: Named<f64>,
    /// Hit ratio of a cache; `None` where nothing was looked up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache: Option<CacheSummary>,
    /// Messages of a queue; `None` for other kinds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub messages: Option<MessageSummary>,
    /// Sessions of persons; `None` where it keeps none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sessions: Option<super::session::SessionSummary>,
    /// Writes that were answered and are gone, over all replications; `None` where other nodes
    /// have every write at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lost_writes: Option<u64>,
    /// What its nodes hold; `None` where that is not limited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory: Option<MemorySummary>,
    /// How many nodes were in service; `None` where their number is fixed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub autoscaling: Option<ScalingSummary>,
    /// Requests that stay here until there is room where they go, or wait outside the room here;
    /// `None` where nobody ever did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blocked: Option<LevelSummary>,
    /// Requests that found the room full and will try again; `None` where nobody ever did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub orbit: Option<LevelSummary>,
}

/// Memory of the nodes of a component.
#[derive(Clone, Debug, Serialize)]
pub struct MemorySummary {
    /// Of each node, bytes.
    pub size_bytes: u64,
    /// Held by a node, bytes: mean over time and nodes.
    pub mean_bytes: Estimate,
    /// Most that a node ever held, bytes.
    pub max_bytes: u64,
    /// What requests leave behind at a node, bytes a second.
    pub left_bytes_per_s: Estimate,
    /// How long a node that has just been started lasts under it, s; `None`: for ever.
    pub full_after_s: Option<f64>,
    /// Share of the time in which a node had little left and was slower.
    pub short_share: Estimate,
    /// Crashes of nodes whose memory was full, over all replications.
    pub crashes: u64,
}

/// Messages sent to a queue (S23): accepted = completed + dead + left.
#[derive(Clone, Debug, Serialize)]
pub struct MessageSummary {
    /// Taken by the queue.
    pub accepted: u64,
    /// Not taken: the queue was full or down.
    pub refused: u64,
    /// Worked on to the end.
    pub completed: u64,
    /// Lost: the work on them failed.
    pub dead: u64,
    /// Neither when the replication stopped.
    pub left: u64,
    /// From sending to the end of the work.
    pub completion_time_s: TimeStatistics,
}

/// Nodes up over time.
#[derive(Clone, Debug, Serialize)]
pub struct Healthy {
    /// Time average.
    pub mean: f64,
    /// Least.
    pub min: f64,
}

/// Lookups of a cache by the counted requests, over all replications.
#[derive(Clone, Debug, Serialize)]
pub struct CacheSummary {
    /// Found.
    pub hits: u64,
    /// Not found; also those that reached no node, and those that waited for a fill.
    pub misses: u64,
    /// hits / (hits + misses).
    pub hit_ratio: Estimate,
    /// Entries that somebody found past their time to live, each once.
    pub stale: u64,
    /// Misses that waited for a fill under way instead of doing the work.
    pub single_flight: u64,
    /// Items fetched and handed to the cache.
    pub fills: u64,
    /// Entries that had to leave a full shard.
    pub evictions: u64,
    /// From a cold start until an entry had to leave for the first time, mean over replications;
    /// `None` after a warm start and where that never happened in some of them.
    pub full_after_s: Option<f64>,
}

/// One class at one component.
#[derive(Clone, Debug, Serialize)]
pub struct VisitSummary {
    /// Visits answered per second.
    pub throughput_rps: Estimate,
    /// Visits failed.
    pub failed: u64,
    /// Mean residence per visit.
    pub response_time_s: Estimate,
    /// Mean waiting per visit.
    pub waiting_time_s: Estimate,
}

/// One resource of a component, over all its nodes.
#[derive(Clone, Debug, Serialize)]
pub struct ResourceSummary {
    /// Share in use; `null` without limit.
    pub utilisation: Estimate,
    /// Servers that work; `None` where no failure law acts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub up: Option<LevelSummary>,
    /// Servers or permits in use.
    pub mean_in_use: Estimate,
    /// Servers or permits over all nodes; `None`: no limit.
    pub capacity: Option<u32>,
    /// Waiting.
    pub queue_length: LevelSummary,
    /// Mean waiting of those served.
    pub waiting_time_s: MeanTime,
}

/// Just a mean.
#[derive(Clone, Debug, Serialize)]
pub struct MeanTime {
    /// Mean.
    pub mean: Estimate,
}

/// One link.
#[derive(Clone, Debug, Default, Serialize)]
pub struct LinkSummary {
    /// Calls.
    pub calls: u64,
    /// Attempts.
    pub attempts: u64,
    /// Attempts per call.
    pub amplification: Option<f64>,
    /// Its connections, when it has a pool.
    pub pool: Option<PoolSummary>,
    /// Its bandwidth by direction, `request_line` and `answer_line`, where it has a limit.
    #[serde(skip_serializing_if = "Named::is_empty")]
    pub lines: Named<ResourceSummary>,
    /// Attempts that timed out.
    pub timeouts: u64,
    /// Second and later attempts.
    pub retries: u64,
    /// Failed attempts that no other followed because the budget of retries was spent.
    pub retries_withheld: u64,
    /// Attempts that were further copies of one under way.
    pub hedges: u64,
    /// Calls that failed for good.
    pub failed: u64,
    /// Attempts that a bulkhead refused.
    pub bulkhead_refused: u64,
    /// Attempts that a limit of rate refused.
    pub rate_limit_refused: u64,
    /// What its circuit breakers did, where it has any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub breaker: Option<BreakerSummary>,
    /// Whom its callers left out for their failures, where they do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ejection: Option<EjectionSummary>,
}

/// Targets left out over a link, over all calling nodes.
#[derive(Clone, Debug, Serialize)]
pub struct EjectionSummary {
    /// How often a target was left out.
    pub ejected: u64,
    /// How often one was not, because too many were already, or nobody would have been left.
    pub spared: u64,
    /// Share of the time that a target was left out, mean over targets and calling nodes.
    pub out_share: Estimate,
}

/// Circuit breakers of a link over all calling nodes.
#[derive(Clone, Debug, Serialize)]
pub struct BreakerSummary {
    /// How often they opened.
    pub opened: u64,
    /// Share of the time that they were open, mean over calling nodes.
    pub open_share: Estimate,
    /// Attempts that they refused, open or half-open.
    pub refused: u64,
}

/// Connections of a link over all calling nodes.
#[derive(Clone, Debug, Serialize)]
pub struct PoolSummary {
    /// Held.
    pub in_use: Estimate,
    /// Connections over all calling nodes.
    pub capacity: Option<u32>,
    /// Share held.
    pub utilisation: Estimate,
    /// Callers waiting.
    pub waiting: LevelSummary,
    /// Mean wait of those who got one.
    pub waiting_time_s: Estimate,
}

/// One alarm.
#[derive(Clone, Debug, Serialize)]
pub struct AlarmSummary {
    /// Its condition.
    pub when: String,
    /// `Critical` or `Warning`.
    pub grade: &'static str,
    /// Replications in which it fired.
    pub fired: u32,
    /// When it first fired, s from the end of the lead-in: mean over those replications, least
    /// and most.
    pub first_at_s: Option<[f64; 3]>,
    /// What was done when it fired.
    pub responses: Vec<ResponseSummary>,
}

/// What was done when an alarm fired.
#[derive(Clone, Debug, Serialize)]
pub struct ResponseSummary {
    /// `Replace`, `Restart`.
    pub deed: &'static str,
    /// To what.
    pub target: String,
    /// Replications in which it ended a fault.
    pub helped: u32,
    /// When it was done, s: mean over the replications in which it was.
    pub done_at_s: Option<f64>,
}

/// One journey.
#[derive(Clone, Debug, Serialize)]
pub struct JourneySummary {
    /// Started per second.
    pub started_rps: Estimate,
    /// Completed per second.
    pub completed_rps: Estimate,
    /// Given up.
    pub abandoned: u64,
    /// Mean duration of those completed.
    pub duration_s: Estimate,
}
