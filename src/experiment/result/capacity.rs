//! The result of `capacity`: up to which load a system comes back after a trigger.

use super::curve::LoadAxis;
use super::summary::{Header, Verdict, Warning};
use serde::Serialize;

/// The highest load that comes back, and what keeps higher ones from it.
#[derive(Clone, Debug, Serialize)]
pub struct CapacityResult {
    /// Head.
    #[serde(flatten)]
    pub header: Header,
    /// Replications of each load.
    pub replications: u32,
    /// Wall time, s.
    pub wall_s: f64,
    /// What the load is.
    pub axis: LoadAxis,
    /// The triggers, as given.
    pub after: Vec<String>,
    /// The load of the file.
    pub load_of_file: f64,
    /// Whether the file's own load comes back.
    pub verdict: Verdict,
    /// In words.
    pub verdict_reason: String,
    /// The highest load of which every replication came back; `None` where none did.
    pub load: Option<f64>,
    /// The load that mean demands allow without the trigger; of users as many as do not queue.
    /// `None` where no processor, disk or line bounds it.
    pub bound: Option<f64>,
    /// Where the system stays down by itself; `None` where every load that is carried comes back.
    pub metastable: Option<Metastable>,
    /// The loads tried, in order.
    pub tried: Vec<Tried>,
    /// Interrupted.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub partial: bool,
    /// Doubts.
    pub warnings: Vec<Warning>,
}

/// Loads from which the system no longer comes back, and why it stays down.
#[derive(Clone, Debug, Serialize)]
pub struct Metastable {
    /// The lowest load of which some replication stayed down.
    pub from_load: f64,
    /// The highest load that came back (0 if none did) and this one: the threshold lies between.
    pub between: [f64; 2],
    /// What is sent per request while it stays down: attempts over the most repeated link.
    pub amplification: Option<f64>,
    /// `bound` over `amplification`: the load from which what is sent is more than is carried.
    pub expected_load: Option<f64>,
    /// What sustains it, link by link of the circle, in words.
    #[serde(rename = "loop")]
    pub sustained_by: Vec<String>,
}

/// One load under the trigger.
#[derive(Clone, Debug, Serialize)]
pub struct Tried {
    /// Journeys per second or users.
    pub load: f64,
    /// Replications that came back.
    pub came_back: u32,
    /// Of so many.
    pub of: u32,
    /// Share answered in time of what ended before the trigger.
    pub answered_before: f64,
    /// The same at the end of the watch.
    pub answered_after: f64,
    /// Visits inside when the trigger ended, mean over replications, and when the watch ended.
    pub inside: [f64; 2],
    /// How long it was watched after the trigger's end, s.
    pub watched_s: f64,
    /// From the trigger's end until it was back for good, s, the mean of those that came back.
    pub recovery_s: Option<f64>,
    /// Whether work was still being cleared at the end of the longest watch: counted as not back.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub undecided: bool,
}

impl CapacityResult {
    /// How the process ends: 99 where the file's own load does not come back (S35).
    pub fn exit_code(&self) -> u8 {
        self.verdict.exit_code(true)
    }
}
