//! What the caller of an experiment chooses: seed, threads, lengths, precision, load.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::result::TopologyId;
use crate::model::WarmUp;

/// Told about the course of an experiment, from any thread. It learns nothing that could reach
/// a result.
pub trait Progress: Sync {
    /// A phase begins; `replications` is how many it will run, as far as known.
    fn phase(&self, text: &str, replications: Option<u64>);
    /// A replication is done.
    fn step(&self);
}

/// Says nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn phase(&self, _text: &str, _replications: Option<u64>) {}
    fn step(&self) {}
}

/// A load in place of the one in the file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Load {
    /// Journeys started per second over all open workloads; those with stages reach their share
    /// of it at their peak.
    Rate(f64),
    /// Users over all closed workloads; those with stages reach their share at their peak.
    Users(u32),
}

/// A question for the share of requests above a time.
#[derive(Clone, Debug, PartialEq)]
pub struct ShareQuestion {
    /// `all` or the name of a class.
    pub subject: String,
    /// The time, ns.
    pub threshold: u64,
}

/// Settings of one experiment; `None` leaves the choice to the file, then to the defaults of
/// [`run`](super::run).
#[derive(Clone)]
pub struct Settings<'a> {
    /// Seed of all draws.
    pub seed: u64,
    /// Threads; 0: one per processor. Results do not depend on it (S38).
    pub jobs: usize,
    /// Exactly so many replications.
    pub replications: Option<u32>,
    /// Relative half-width of the mean response at which to stop.
    pub precision: Option<f64>,
    /// Counted requests of a replication.
    pub requests: Option<u64>,
    /// Counted length of a replication, ns.
    pub duration: Option<u64>,
    /// What is cut off at the start of a steady run; of a terminating one the length of its
    /// lead-in (S29).
    pub warm_up: Option<WarmUp>,
    /// A load in place of the file's.
    pub load: Option<Load>,
    /// Whether failure laws act (S41).
    pub with_failures: bool,
    /// Shares to report.
    pub share_above: Vec<ShareQuestion>,
    /// Set from outside to end early; what is done until then is reported as partial.
    pub stop: Arc<AtomicBool>,
    /// Who is told.
    pub progress: &'a dyn Progress,
    /// Every service demand is multiplied by this in the engine but not in the theory it is held
    /// against; 1.0. A test plants an error with it.
    pub demand_bias: f64,
    /// Which topology, for the head of the result.
    pub topology: TopologyId,
    /// Relative half-width of the mean response aimed at when nobody asks for a precision.
    pub aim: f64,
    /// Most events that this aim may cost; a precision asked for is bound by `run.cap` alone.
    pub effort: u64,
    /// Whether a terminating run keeps its state at equal distances of time.
    pub marked: bool,
}

impl Settings<'_> {
    /// The defaults with this seed: everything chosen by file and program.
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            jobs: 0,
            replications: None,
            precision: None,
            requests: None,
            duration: None,
            warm_up: None,
            load: None,
            with_failures: false,
            share_above: Vec::new(),
            stop: Arc::new(AtomicBool::new(false)),
            progress: &Silent,
            demand_bias: 1.0,
            topology: TopologyId::default(),
            aim: DEFAULT_PRECISION,
            effort: DEFAULT_EFFORT,
            marked: false,
        }
    }

    /// Whether the experiment was told to end.
    pub fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

/// Events that a run without a precision of its own may cost: about a second on two cores.
pub const DEFAULT_EFFORT: u64 = 20_000_000;

/// Relative half-width of the mean response that a run aims at unless told otherwise.
pub const DEFAULT_PRECISION: f64 = 0.02;
