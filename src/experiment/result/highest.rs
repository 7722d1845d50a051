//! The result of `capacity`: the highest load that keeps every objective.

use super::curve::LoadAxis;
use super::summary::{BottleneckFinding, Header, Verdict, Warning};
use serde::Serialize;

/// The highest load that keeps every objective, what ends it, and how sure that is.
#[derive(Clone, Debug, Serialize)]
pub struct HighestResult {
    /// Head.
    #[serde(flatten)]
    pub header: Header,
    /// Replications of each load of the last look.
    pub replications: u32,
    /// Wall time, s.
    pub wall_s: f64,
    /// What the load is.
    pub axis: LoadAxis,
    /// The load of the file.
    pub load_of_file: f64,
    /// Whether the file's own load keeps every objective.
    pub verdict: Verdict,
    /// In words.
    pub verdict_reason: String,
    /// The highest load; `None` where no load that was tried keeps every objective, or every one
    /// does.
    pub load: Option<f64>,
    /// The highest load looked at, where every objective is kept there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_least: Option<f64>,
    /// Its 95 % interval; `None` without load, and where nothing is drawn at random.
    pub ci95: Option<(f64, f64)>,
    /// Share of such intervals that hold the true load.
    pub confidence: f64,
    /// What ends it.
    pub binding: Option<Binding>,
    /// The busiest resource at the highest load looked at below it.
    pub bottleneck: Option<BottleneckFinding>,
    /// The one that is busiest after it.
    pub next: Option<BottleneckFinding>,
    /// The load that mean demands allow, objectives apart; of users as many as do not queue. `None`
    /// where no processor, disk or line is used.
    pub bound: Option<f64>,
    /// Load to plan with: the lower end of the interval, at most the margin of the load at which
    /// something is full.
    pub recommended_max: Option<f64>,
    /// Every objective on its own.
    pub objectives: Vec<LimitOf>,
    /// Loads looked at and what was measured there, in order.
    pub tried: Vec<Looked>,
    /// Interrupted.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub partial: bool,
    /// Doubts.
    pub warnings: Vec<Warning>,
}

/// The objective that ends a load, and the resource behind it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Binding {
    /// As in the file.
    pub objective: String,
    /// The component that is busiest there.
    pub component: Option<String>,
    /// Its busiest resource.
    pub resource: Option<String>,
}

/// Up to which load one objective is kept.
#[derive(Clone, Debug, Serialize)]
pub struct LimitOf {
    /// As in the file.
    pub text: String,
    /// The load; `None` where it lies outside of those looked at closely.
    pub load: Option<f64>,
    /// Whether it is still kept at the highest of those.
    pub kept_beyond: bool,
}

/// One load.
#[derive(Clone, Debug, Serialize)]
pub struct Looked {
    /// Journeys per second or users.
    pub load: f64,
    /// What each objective measures there, in their order; `None` where it has no value.
    pub measured: Vec<Option<f64>>,
    /// Whether all are kept.
    pub kept: bool,
    /// Replications.
    pub replications: u32,
}

impl HighestResult {
    /// How the process ends: 99 where the file's own load breaks an objective (S35).
    pub fn exit_code(&self) -> u8 {
        self.verdict.exit_code(true)
    }
}
