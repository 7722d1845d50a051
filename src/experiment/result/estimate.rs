//! The result of `estimate`: what theory says without simulation, and what each number rests on.

use super::Named;
use super::summary::TopologyId;
use serde::Serialize;

/// Everything `estimate` finds out.
#[derive(Clone, Debug, Serialize)]
pub struct EstimateResult {
    /// Version of these keys.
    pub schema: u32,
    /// Version of the program.
    pub linchpin: String,
    /// `estimate`.
    pub command: String,
    /// Which file.
    pub topology: TopologyId,
    /// Wall time, s; the one number that differs between equal estimates.
    pub wall_s: f64,
    /// By workload.
    pub workloads: Named<WorkloadEstimate>,
    /// By component: its resources, all nodes together.
    pub components: Named<Named<ResourceEstimate>>,
    /// By host: what its nodes share.
    pub hosts: Named<Named<ResourceEstimate>>,
    /// By link: its connections, where they bind.
    pub links: Named<Named<ResourceEstimate>>,
    /// Where the load must end.
    pub saturation: Option<SaturationEstimate>,
    /// Bounds of a single closed workload.
    pub bounds: Option<BoundsEstimate>,
    /// What the numbers leave out, in sentences.
    pub left_out: Vec<String>,
}

/// What a number rests on.
#[derive(Clone, Debug, Serialize)]
pub struct Rests {
    /// `Erlang C`, `MVA`, `Pollaczek-Khinchine` ...
    pub law: String,
    /// What must hold for it, in words.
    pub assumption: String,
    /// The law is an approximation, or what it assumes holds only roughly.
    pub approximation: bool,
}

/// One workload.
#[derive(Clone, Debug, Serialize)]
pub struct WorkloadEstimate {
    /// Requests per second.
    pub throughput_rps: f64,
    /// Mean response, s; `null` where something is overloaded.
    pub response_time_s: Option<f64>,
    /// Why.
    #[serde(flatten)]
    pub rests: Rests,
}

/// One resource over all nodes that have it.
#[derive(Clone, Debug, Serialize)]
pub struct ResourceEstimate {
    /// Servers or permits in all.
    pub capacity: u32,
    /// Passages per second.
    pub rate_per_s: f64,
    /// Share in use; beyond 1 the queue grows without end.
    pub utilisation: f64,
    /// Mean wait, s; `null` where the queue grows without end.
    pub waiting_time_s: Option<f64>,
    /// Mean service or holding time, s.
    pub service_time_s: f64,
    /// Why.
    #[serde(flatten)]
    pub rests: Rests,
}

/// Where the load must end, by the demands alone.
#[derive(Clone, Debug, Serialize)]
pub struct SaturationEstimate {
    /// The component, host or link that is full first.
    pub owner: String,
    /// Its resource.
    pub resource: String,
    /// Requests per second at which it is full.
    pub throughput_rps: f64,
    /// Users beyond which a closed workload queues (think + demands over the largest demand).
    pub users: Option<f64>,
}

/// Asymptotic bounds (hold for any laws of single servers).
#[derive(Clone, Debug, Serialize)]
pub struct BoundsEstimate {
    /// Least and most requests per second.
    pub throughput_rps: (f64, f64),
    /// Least and most mean response of a request, s.
    pub response_time_s: (f64, f64),
}
