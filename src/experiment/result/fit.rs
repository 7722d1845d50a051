//! The result of `fit`: laws and rates from what was measured.

use super::summary::Warning;
use crate::statistics::Estimate;
use serde::Serialize;

/// Version of the keys.
pub const SCHEMA: u32 = 1;

/// What logs and results of load tests say.
#[derive(Clone, Debug, Serialize)]
pub struct FitResult {
    /// Version of the keys.
    pub schema: u32,
    /// Version of the program.
    pub linchpin: String,
    /// `fit`
    pub command: String,
    /// As named.
    pub files: Vec<String>,
    /// What they are.
    pub format: String,
    /// Requests read.
    pub requests: u64,
    /// Lines that are not used, by reason.
    pub rejected: std::collections::BTreeMap<String, u64>,
    /// The first line of each reason in its file, from 1.
    pub rejected_at: std::collections::BTreeMap<String, u64>,
    /// The step in which durations are written, s.
    pub resolution_s: f64,
    /// How requests come.
    pub arrivals: Option<Arrivals>,
    /// The classes, the most frequent first.
    pub classes: Vec<FittedClass>,
    /// All laws of all classes, of each class the likeliest first.
    pub laws: Vec<FittedLaw>,
    /// Throughput against load, where the files have it.
    pub usl: Option<UslResult>,
    /// Doubts.
    pub warnings: Vec<Warning>,
}

/// How requests come.
#[derive(Clone, Debug, Serialize)]
pub struct Arrivals {
    /// From the first start to the last, s.
    pub span_s: f64,
    /// Requests per second over all of it.
    pub rate_rps: Estimate,
    /// Length of the windows of the next three, s; `None` where the log is too short.
    pub window_s: Option<f64>,
    /// Of the busiest window, per second.
    pub peak_rps: Option<f64>,
    /// Variance over mean of the requests in a window: 1 where they come independently at one rate.
    pub dispersion: Option<f64>,
    /// Whether that is within what chance allows (5 %).
    pub is_poisson: Option<bool>,
}

/// One class of requests.
#[derive(Clone, Debug, Serialize)]
pub struct FittedClass {
    /// Its name: method and path, label, or what the file calls it.
    pub name: String,
    /// Its requests.
    pub requests: u64,
    /// Their share.
    pub share: f64,
    /// Share of those that failed.
    pub error_rate: Estimate,
    /// Mean time of those that succeeded, s.
    pub mean_s: Option<f64>,
    /// Quantiles of it, s.
    pub quantiles: Option<Quantiles>,
    /// Those that succeeded and found nobody under way.
    pub alone: Option<Alone>,
    /// Its laws, the likeliest first.
    #[serde(skip)]
    pub laws: Vec<FittedLaw>,
}

/// Nearest-rank quantiles, s.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Quantiles {
    /// Median.
    pub p50: f64,
    /// 95 %.
    pub p95: f64,
    /// 99 %.
    pub p99: f64,
    /// Largest.
    pub max: f64,
}

/// Requests that found nobody under way when they came.
#[derive(Clone, Debug, Serialize)]
pub struct Alone {
    /// How many.
    pub requests: u64,
    /// Their mean time, s.
    pub mean_s: Estimate,
    /// The likeliest law of their times.
    pub law: Option<FittedLaw>,
}

/// Laws as a topology writes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum LawName {
    /// By its mean.
    Exponential,
    /// By mean and cv.
    LogNormal,
    /// By mean and cv.
    Gamma,
    /// By mean and cv.
    Weibull,
    /// Two branches with balanced means, by mean and cv.
    HyperExponential,
}

/// One law through the times of a class.
#[derive(Clone, Debug, Serialize)]
pub struct FittedLaw {
    /// Of which class.
    pub class: String,
    /// Which law.
    pub law: LawName,
    /// Times it goes through.
    pub requests: u64,
    /// Its mean, s.
    pub mean_s: Estimate,
    /// Its coefficient of variation, where that is free.
    pub cv: Option<Estimate>,
    /// Akaike's criterion: the less the likelier.
    pub aic: f64,
    /// Largest difference between the measured and the law's share of requests up to a time.
    pub gap: f64,
    /// The law's median over the measured one, less 1.
    pub p50_off: f64,
    /// Of the 95 % quantile.
    pub p95_off: f64,
    /// Of the 99 % quantile.
    pub p99_off: f64,
}

/// Throughput = gamma n / (1 + sigma (n - 1) + kappa n (n - 1)).
#[derive(Clone, Debug, Serialize)]
pub struct UslResult {
    /// Contention.
    pub sigma: Estimate,
    /// Coherency.
    pub kappa: Estimate,
    /// Throughput at a load of 1, per second.
    pub gamma_rps: Estimate,
    /// Least load measured.
    pub from_load: f64,
    /// Largest load measured.
    pub to_load: f64,
    /// Load of the largest throughput; `None` where the law rises for ever.
    pub peak_load: Option<f64>,
    /// Throughput there, per second.
    pub peak_rps: Option<f64>,
    /// Whether that load was measured.
    pub peak_is_measured: bool,
    /// Share of the spread of the throughputs that the law explains.
    pub r_squared: f64,
    /// Load and throughput per second, as measured.
    pub points: Vec<(f64, f64)>,
}
