//! The result of `run`: one scenario, many replications.

use super::Named;
use crate::statistics::Estimate;
use serde::Serialize;

/// Who, what, with which seed: the head of every result.
#[derive(Clone, Debug, Serialize)]
pub struct Header {
    /// Version of these keys.
    pub schema: u32,
    /// Version of the program.
    pub linchpin: String,
    /// `run`, `curve` ...
    pub command: String,
    /// Seed of the experiment.
    pub seed: u64,
    /// Which file.
    pub topology: TopologyId,
}

/// Which topology.
#[derive(Clone, Debug, Default, Serialize)]
pub struct TopologyId {
    /// Its `name`.
    pub name: String,
    /// Hash of its text after `--set`.
    pub digest: String,
    /// Assignments in force.
    pub set: Vec<String>,
}

/// S35.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Every objective holds.
    Pass,
    /// An objective fails.
    Fail,
    /// An interval straddles a bound, or there is no data.
    Undecided,
    /// More is offered than carried (S33).
    Saturated,
    /// A cap ended a replication (S34).
    Capped,
}

/// Everything `run` finds out.
#[derive(Clone, Debug, Serialize)]
pub struct RunResult {
    /// Head.
    #[serde(flatten)]
    pub header: Header,
    /// Replications run.
    pub replications: u32,
    /// Counted length of a replication, s (mean over replications).
    pub duration_s: f64,
    /// What was cut off at the start, s.
    pub warm_up_s: f64,
    /// `steady` or `terminating` (S28, S29).
    pub kind: &'static str,
    /// Events handled, over all replications.
    pub events: u64,
    /// Wall time, s; the one number that differs between equal runs.
    pub wall_s: f64,
    /// Nothing was drawn at random (S44).
    pub deterministic: bool,
    /// An interrupted run: these are the replications that were done.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub partial: bool,
    /// The verdict.
    pub verdict: Verdict,
    /// Why, in one sentence; for `saturated` and `capped` the reason of S33, S34.
    pub verdict_reason: String,
    /// What to try next, in the order of the notes' remedies; each a sentence with a command.
    pub next_steps: Vec<String>,
    /// Outcomes over all replications.
    pub requests: RequestCounts,
    /// Where the time of an answered request goes.
    pub breakdown_s: Breakdown,
    /// Users.
    pub users: Users,
    /// Requests offered per second.
    pub offered_rps: Estimate,
    /// Journeys started per second (S7).
    pub started_rps: Estimate,
    /// Answered per second (S17).
    pub throughput_rps: Estimate,
    /// Answered in time per second.
    pub goodput_rps: Estimate,
    /// Failed share.
    pub error_rate: Estimate,
    /// Share served in this scenario (S41).
    pub availability: Estimate,
    /// Share of seconds without a failed request.
    pub error_free_seconds: Estimate,
    /// Of answered requests.
    pub response_time_s: TimeStatistics,
    /// The same with failed requests counted as infinite (S18); `null` where the quantile falls
    /// among them.
    pub response_time_all_s: TimeStatistics,
    /// Waiting of answered requests (queue and pools, all components).
    pub waiting_time_s: TimeStatistics,
    /// Requests in the system.
    pub in_system: LevelSummary,
    /// By class.
    pub classes: Named<ClassSummary>,
    /// By component.
    pub components: Named<ComponentSummary>,
    /// Hosts: their shared CPU and network card.
    pub hosts: Named<Named<ResourceSummary>>,
    /// By link.
    pub links: Named<LinkSummary>,
    /// By journey (those written under `journeys`).
    pub journeys: Named<JourneySummary>,
    /// The resource that binds first; `None` without any.
    pub bottleneck: Option<BottleneckFinding>,
    /// All resources, ranked (S22).
    pub bottlenecks: Vec<BottleneckFinding>,
    /// Objectives.
    pub objectives: Vec<ObjectiveFinding>,
    /// Comparisons with theory.
    pub theory: Vec<TheoryFinding>,
    /// `--share-above NAME=TIME`.
    pub share_above: Vec<ShareAbove>,
    /// S33a: growth of the backlog, requests per second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub growth_per_s: Option<Estimate>,
    /// Half-width of the mean response against the one asked for.
    pub precision: Precision,
    /// Doubts about the result, with what to do.
    pub warnings: Vec<Warning>,
    /// Development over time (averages over replications).
    pub series: Vec<SeriesPoint>,
    /// Response-time distribution of answered requests: upper edge of a band in s, share.
    pub distribution: Vec<(f64, f64)>,
    /// Faults and what watched over them, for marks in plots: (at_s, text).
    pub marks: Vec<(f64, String)>,
}

/// Counts over all replications; offered = succeeded + late + failed + in_flight.
#[derive(Clone, Debug, Default, Serialize)]
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

/// A level over time.
#[derive(Clone, Debug, Serialize)]
pub struct LevelSummary {
    /// Time average.
    pub mean: Estimate,
    /// Largest value seen.
    pub max: u64,
}

/// Statistics of a time, s.
#[derive(Clone, Debug, Serialize)]
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
    /// Waiting for servers and threads.
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
    /// By resource: cpu, disk, threads, connections, nic_out, remote.
    pub resources: Named<ResourceSummary>,
    /// By class.
    pub classes: Named<VisitSummary>,
    /// Visits failed, by reason, only those that occurred.
    pub failures: Named<u64>,
    /// Utilisation of the busiest resource node by node (imbalance).
    pub nodes: Named<f64>,
    /// Hit ratio of a cache; `None` for others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache: Option<CacheSummary>,
}

/// Nodes up over time.
#[derive(Clone, Debug, Serialize)]
pub struct Healthy {
    /// Time average.
    pub mean: f64,
    /// Least.
    pub min: f64,
}

/// Lookups of a cache.
#[derive(Clone, Debug, Serialize)]
pub struct CacheSummary {
    /// Found.
    pub hits: u64,
    /// Not found.
    pub misses: u64,
    /// hits / (hits + misses).
    pub hit_ratio: Option<f64>,
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
#[derive(Clone, Debug, Serialize)]
pub struct LinkSummary {
    /// Calls.
    pub calls: u64,
    /// Attempts.
    pub attempts: u64,
    /// Attempts per call.
    pub amplification: Option<f64>,
    /// Its connections, when it has a pool.
    pub pool: Option<PoolSummary>,
    /// Attempts that timed out.
    pub timeouts: u64,
    /// Second and later attempts.
    pub retries: u64,
    /// Hedged attempts; none yet.
    pub hedges: u64,
    /// Calls that failed for good.
    pub failed: u64,
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

/// A resource that limits.
#[derive(Clone, Debug, Serialize)]
pub struct BottleneckFinding {
    /// Component, host or link.
    pub component: String,
    /// `cpu`, `threads`, `pool` ...
    pub resource: String,
    /// The one node that is busier than the rest and binds first; `None` where they are alike.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
    /// Its utilisation, of that node if there is one.
    pub utilisation: Estimate,
    /// Answered load at which it would be full, requests per second, in proportion.
    pub ceiling_rps: Option<f64>,
    /// S22: its holders wait for another saturated resource: a symptom.
    pub symptom_of: Option<String>,
    /// Its interval overlaps that of the first: the data cannot tell which binds first (S22).
    pub tied: bool,
}

/// Judgement of one objective.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ObjectiveVerdict {
    /// Holds.
    Pass,
    /// Does not hold.
    Fail,
    /// The interval straddles the bound.
    Undecided,
    /// Nothing to judge by.
    NoData,
    /// An availability objective in a run without failures (S35).
    JudgedBySpof,
}

/// One objective.
#[derive(Clone, Debug, Serialize)]
pub struct ObjectiveFinding {
    /// As written.
    pub text: String,
    /// Measured, in the unit of the metric.
    pub measured: Option<f64>,
    /// Its interval.
    pub ci95: Option<(f64, f64)>,
    /// The bound, same unit.
    pub bound: f64,
    /// `s`, `per_s`, `share`, `count`: the unit of the three.
    pub unit: &'static str,
    /// Judgement.
    pub verdict: ObjectiveVerdict,
    /// S51: the interval lies inside the band around the bound.
    pub at_the_limit: bool,
}

/// One comparison with theory.
#[derive(Clone, Debug, Serialize)]
pub struct TheoryFinding {
    /// `Erlang C`, `MVA`, `Little`, `utilisation law` ...
    pub law: String,
    /// Of what.
    pub subject: String,
    /// By simulation.
    pub simulated: Estimate,
    /// By theory.
    pub expected: f64,
    /// Whether they agree within sampling error.
    pub agrees: bool,
}

/// Share of requests above a time.
#[derive(Clone, Debug, Serialize)]
pub struct ShareAbove {
    /// `all` or a class.
    pub subject: String,
    /// The time.
    pub threshold_s: f64,
    /// Share of answered and failed requests above it (failed count as above).
    pub share: Estimate,
}

/// Precision asked for and reached.
#[derive(Clone, Debug, Serialize)]
pub struct Precision {
    /// Relative half-width asked for.
    pub target: Option<f64>,
    /// Relative half-width reached, of the mean response.
    pub reached: Option<f64>,
}

/// A doubt with what to do about it.
#[derive(Clone, Debug, Serialize)]
pub struct Warning {
    /// A short word for machines: `short_for_transient`, `rare_failures` ...
    pub code: &'static str,
    /// What is doubtful and what to do.
    pub text: String,
}

/// One stretch of time, averaged over replications.
#[derive(Clone, Debug, Serialize)]
pub struct SeriesPoint {
    /// Start, s from the end of the lead-in.
    pub at_s: f64,
    /// Length, s.
    pub length_s: f64,
    /// Offered per second.
    pub offered_rps: f64,
    /// Answered per second.
    pub throughput_rps: f64,
    /// Failed per second.
    pub failed_rps: f64,
    /// Mean number in the system.
    pub in_system: f64,
    /// Mean response of those answered in it, s.
    pub response_mean_s: Option<f64>,
    /// Their 95th percentile (band of 9 %), s.
    pub response_p95_s: Option<f64>,
}
