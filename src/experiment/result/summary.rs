//! The result of `run`: one scenario, many replications.

use super::Named;
use super::bill::Bill;
use super::intervals::{Intervals, Spread};
use super::profile::ProfileSummary;
use crate::statistics::Estimate;
use serde::{Deserialize, Serialize};

pub use super::part::{
    AlarmSummary, Breakdown, BreakdownColumn, BreakerSummary, CacheSummary, ClassSummary,
    ComponentSummary, EjectionSummary, Healthy, JourneySummary, LevelSummary, LinkSummary,
    MeanTime, MemorySummary, MessageSummary, PoolSummary, RequestCounts, ResourceSummary,
    TimeStatistics, Users, VisitSummary,
};

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
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TopologyId {
    /// Its `name`.
    pub name: String,
    /// Hash of its text after `--set`.
    pub digest: String,
    /// Assignments in force.
    pub set: Vec<String>,
    /// Faults added to those of the file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub injected: Vec<String>,
}

/// S35.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

impl Verdict {
    /// Exit code of a result alone (S35): 0, 4 or 99. A saturated one without objectives fails
    /// none.
    pub fn exit_code(self, has_objectives: bool) -> u8 {
        match self {
            Self::Pass => 0,
            Self::Saturated if !has_objectives => 0,
            Self::Undecided | Self::Capped => 4,
            Self::Fail | Self::Saturated => 99,
        }
    }
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
    /// What vanished without an answer, who waited for it, and when it was found out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub silence: Vec<String>,
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
    /// What it costs; `None` where nothing has a price.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<Bill>,
    /// Comparisons with theory.
    pub theory: Vec<TheoryFinding>,
    /// `--share-above NAME=TIME`.
    pub share_above: Vec<ShareAbove>,
    /// S33a: growth of the backlog, requests per second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub growth_per_s: Option<Estimate>,
    /// Half-width of the mean response against the one asked for.
    pub precision: Precision,
    /// How intervals came about.
    pub intervals: Intervals,
    /// Mean response of single replications, s; `null` with fewer than two.
    pub response_time_spread_s: Option<Spread>,
    /// Doubts about the result, with what to do.
    pub warnings: Vec<Warning>,
    /// Development over time (averages over replications).
    pub series: Vec<SeriesPoint>,
    /// Response-time distribution of answered requests: upper edge of a band in s, share.
    pub distribution: Vec<(f64, f64)>,
    /// What a test profile asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<ProfileSummary>,
    /// By alarm: when it fired, and what was done.
    #[serde(skip_serializing_if = "Named::is_empty")]
    pub alarms: Named<AlarmSummary>,
    /// Faults and what watched over them, for marks in plots: (`at_s`, text).
    pub marks: Vec<(f64, String)>,
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
    /// Answered load at which it would be full, requests per second, in proportion; `None` where
    /// its rate depends on how many are there, or its servers stop at times.
    pub ceiling_rps: Option<f64>,
    /// S22: its holders wait for another saturated resource: a symptom.
    pub symptom_of: Option<String>,
    /// Its interval overlaps that of the first: the data cannot tell which binds first (S22).
    pub tied: bool,
}

/// Judgement of one objective.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Whether they agree within sampling error; `None` for an approximation, which is shown and
    /// not judged.
    pub agrees: Option<bool>,
    /// The law is an approximation, or its assumptions hold only roughly.
    pub approximation: bool,
}

/// Share of requests, or of the visits of a component, above a time.
#[derive(Clone, Debug, Serialize)]
pub struct ShareAbove {
    /// `all`, a class or a component.
    pub subject: String,
    /// `response` of requests, `waiting` of the visits of a component.
    pub time: &'static str,
    /// The time.
    pub threshold_s: f64,
    /// Share of answered and failed requests above it (failed count as above), or of the visits
    /// that ended.
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
    /// By component with memories: bytes held at its end, over all its nodes.
    #[serde(skip_serializing_if = "Named::is_empty")]
    pub memory_bytes: Named<f64>,
}
