//! The result of `curve` (S36).

use super::summary::{BottleneckFinding, Header, Verdict, Warning};
use crate::statistics::Estimate;
use serde::Serialize;

/// What the load is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LoadAxis {
    /// Journeys started per second.
    Rate,
    /// Users of a closed workload.
    Users,
}

/// Throughput and response time against load.
#[derive(Clone, Debug, Serialize)]
pub struct CurveResult {
    /// Head.
    #[serde(flatten)]
    pub header: Header,
    /// Wall time, s.
    pub wall_s: f64,
    /// What the load is.
    pub axis: LoadAxis,
    /// Points in order of load.
    pub points: Vec<CurvePoint>,
    /// The load that maximises throughput / response time.
    pub knee: Option<f64>,
    /// The largest throughput and where it is reached.
    pub saturation: Saturation,
    /// Whether throughput falls beyond its peak.
    pub buckle: Option<Buckle>,
    /// Recommended largest load.
    pub recommended_max_rps: Option<f64>,
    /// Why: `0.7 x saturation` or the objective that binds.
    pub recommended_because: String,
    /// Share of saturation that may be used (S36).
    pub margin: f64,
    /// What binds at saturation.
    pub bottleneck: Option<BottleneckFinding>,
    /// Interrupted.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub partial: bool,
    /// Doubts.
    pub warnings: Vec<Warning>,
}

/// One load.
#[derive(Clone, Debug, Serialize)]
pub struct CurvePoint {
    /// Journeys per second or users.
    pub load: f64,
    /// Requests offered per second.
    pub offered_rps: Estimate,
    /// Answered per second.
    pub throughput_rps: Estimate,
    /// Mean and percentiles of the response time, s; missing beyond saturation (open).
    pub response_time_s: CurveResponse,
    /// Failed share.
    pub error_rate: Estimate,
    /// Verdict of the run at this load.
    pub verdict: Verdict,
    /// Busiest resources with utilisation, best first: `was.cpu`.
    pub utilisation: Vec<(String, f64)>,
}

/// Response times at one load, s.
#[derive(Clone, Debug, Serialize)]
pub struct CurveResponse {
    /// Mean.
    pub mean: Estimate,
    /// Median.
    pub p50: Estimate,
    /// 0.95
    pub p95: Estimate,
    /// 0.99
    pub p99: Estimate,
}

/// Where throughput stops growing.
#[derive(Clone, Debug, Serialize)]
pub struct Saturation {
    /// The load.
    pub load: f64,
    /// The largest throughput.
    pub throughput_rps: Estimate,
    /// Whether the curve went far enough to see it.
    pub reached: bool,
}

/// Throughput falls beyond its peak.
#[derive(Clone, Debug, Serialize)]
pub struct Buckle {
    /// First load whose throughput lies below the peak with disjoint intervals.
    pub from_load: f64,
    /// Last load looked at.
    pub to_load: f64,
    /// 1 - last / peak.
    pub drop: f64,
}
