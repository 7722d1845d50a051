//! The result of `spof`.

use super::simulated::Simulated;
use super::summary::{Header, ObjectiveFinding, Warning};
use serde::Serialize;

/// Single points of failure and what was tried.
#[derive(Clone, Debug, Serialize)]
pub struct SpofResult {
    /// Head.
    #[serde(flatten)]
    pub header: Header,
    /// Wall time, s.
    pub wall_s: f64,
    /// One sentence.
    pub verdict_reason: String,
    /// Whether anything here gives exit code 99 (S46); written with it: `verdict`.
    #[serde(flatten, serialize_with = "with_verdict")]
    pub failed: bool,
    /// Availability objectives: what the stated failures come to, against what is promised.
    pub objectives: Vec<ObjectiveFinding>,
    /// Single points of all classes, structural first.
    pub single_points: Vec<SinglePoint>,
    /// Every part that was broken and survived, with its verdict.
    pub survived: Vec<SinglePoint>,
    /// Of all classes and journeys together: how long one of them cannot succeed.
    #[serde(flatten)]
    pub expected: Option<Expected>,
    /// The same when the loss of a part whose lack breaks an objective is an outage as well; where
    /// there are such parts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of_objectives: Option<ExpectedOfObjectives>,
    /// Share of the requests that is lost in the long run, by the losses that were tried (S41);
    /// `None` where none were, or the file does not say how often parts fail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of_requests: Option<super::served::ExpectedOfRequests>,
    /// The same by simulation alone, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_simulation: Option<Simulated>,
    /// Groups of parts in use that fail or are repaired together.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<GroupFinding>,
    /// Parts in use of which the file does not say how often they fail: they count as perfect.
    pub assumed_perfect: Vec<String>,
    /// Minimal cut sets of few members.
    pub cut_sets: Vec<CutSet>,
    /// Pairs of parts, neither of them a single point, that leave too little together.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub short_pairs: Vec<ShortPair>,
    /// By class: its structural single points, pairs, and what to expect.
    pub classes: super::Named<ClassPoints>,
    /// The same by named journey.
    pub journeys: super::Named<ClassPoints>,
    /// Parts owned by others (S50).
    pub not_in_your_hands: Vec<String>,
    /// Interrupted.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub partial: bool,
    /// Doubts.
    pub warnings: Vec<Warning>,
}

/// Writes `failed` and, derived from it, `verdict`: `pass` or `fail`.
#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes fields by reference"
)]
fn with_verdict<S: serde::Serializer>(failed: &bool, serializer: S) -> Result<S::Ok, S::Error> {
    use serde::ser::SerializeMap;
    let mut map = serializer.serialize_map(Some(2))?;
    map.serialize_entry("verdict", if *failed { "fail" } else { "pass" })?;
    map.serialize_entry("failed", failed)?;
    map.end()
}

/// Single points of one class.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ClassPoints {
    /// Names.
    pub single_points: Vec<String>,
    /// Minimal pairs.
    pub pairs: Vec<[String; 2]>,
    /// How many minimal cut sets have 1, 2, 3 .. members, as far as they were looked for; the
    /// largest number stands for more.
    pub cut_sets_by_order: Vec<u64>,
    /// How long it cannot succeed; `None` where the file does not say how often parts fail.
    #[serde(flatten)]
    pub expected: Option<Expected>,
    /// The same by simulation alone, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_simulation: Option<Simulated>,
}

/// What the failures that the file states come to, exactly, when parts fail each by itself.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Expected {
    /// Share of time in which it cannot succeed at all, whatever takeovers do.
    pub unavailability: f64,
    /// The rest.
    pub availability: f64,
    /// The same of a year of 365 days, min.
    pub downtime_minutes_per_year: f64,
    /// Share of time in which at least some requests cannot succeed (a shard's keys, one way of
    /// several that chance takes).
    pub partly_unavailable: f64,
    /// Outages a year; `None` where some part's mean time up is not stated.
    pub frequency_per_year: Option<f64>,
    /// Mean length of an outage, s.
    pub mean_outage_s: Option<f64>,
    /// What each part contributes, the most critical first.
    pub importance: Vec<PartImportance>,
}

/// What one part, or all nodes of a component together, contributes to unavailability Q.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PartImportance {
    /// Node, host, rack or switch; a component for all its nodes.
    pub component: String,
    /// How many parts that is.
    pub parts: u32,
    /// Share of time that it is down; of several parts, all at once.
    pub unavailability: f64,
    /// Q with it down - Q with it up.
    pub birnbaum: f64,
    /// Probability that it decided, given an outage.
    pub criticality: f64,
    /// Probability that it is down, given an outage.
    pub diagnosis: f64,
    /// Share of the mass of the minimal cut sets found in those that hold it.
    pub fussell_vesely: Option<f64>,
    /// Q with it down / Q.
    pub raw: f64,
    /// Q / Q with it up; "inf" when nothing fails without it.
    #[serde(serialize_with = "or_infinite")]
    pub rrw: f64,
    /// Minutes of downtime a year that would go if it were perfect.
    pub minutes_removed: f64,
}

/// JSON has no infinite number.
#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes fields by reference"
)]
fn or_infinite<S: serde::Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    if value.is_infinite() {
        serializer.serialize_str("inf")
    } else {
        serializer.serialize_f64(*value)
    }
}

/// S46.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PointClass {
    /// Some journey cannot succeed until it is repaired.
    Structural,
    /// Journeys can succeed but an objective fails for as long as it is gone.
    Capacity,
    /// A takeover exists; the outage is its detection plus switch.
    Transient,
}

/// How a part matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Route {
    /// It is called.
    Direct,
    /// Others stand on it.
    SharedFate,
    /// It directs others: names, balancers, takeover.
    ControlPlane,
}

/// What its crash under load did (reliability 2(d)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PointVerdict {
    /// Nothing to see.
    Masked,
    /// Some requests lost or slow, objectives kept.
    Degraded,
    /// Objectives broken only during detection and switch.
    Transient,
    /// Objectives broken until repair.
    Persistent,
    /// Another component is overloaded because of it.
    Cascading,
    /// Does not come back after repair.
    Metastable,
}

/// One part that was broken.
#[derive(Clone, Debug, Serialize)]
pub struct SinglePoint {
    /// Node, host, rack or switch.
    pub component: String,
    /// S46; `None` for parts that survived.
    pub class: Option<PointClass>,
    /// How it matters.
    pub route: Route,
    /// What was seen under load; `None` when not simulated.
    pub verdict: Option<PointVerdict>,
    /// Journeys hit, or classes where there are none.
    pub journeys: Vec<String>,
    /// Share of requests lost while it is gone: seen under load, or else by the structure and the
    /// rates of the classes at the busiest; `None` where neither is known.
    pub lost_share: Option<f64>,
    /// Until goodput is back, s from the crash; `None`: only with its repair.
    pub recovery_s: Option<f64>,
    /// Whether its loss breaks an objective, or takes a class away: what gives exit code 99.
    pub breaks_objective: bool,
    /// What its loss costs; `None` when not simulated.
    #[serde(flatten)]
    pub blast: Option<Blast>,
    /// Why: the way that leads through it.
    pub witness: String,
    /// What to do.
    pub fix: String,
    /// The cheapest change that removes it, as assignments of `--set`. A structural point: nothing
    /// depends on it alone any more. Others: the same loss, tried again with the change, is no
    /// point, or breaks no objective where it broke one. Empty where no change that was tried does.
    pub cure: Vec<String>,
    /// Mean time to its repair, s; `None` where the file does not state it.
    pub repair_s: Option<f64>,
}

/// What a group of parts comes to that fail or are repaired together.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GroupFinding {
    /// As in the file.
    pub name: String,
    /// Its parts.
    pub members: Vec<String>,
    /// How many of them have to be up: those that run where the others stand by cold, else one.
    pub needed: u32,
    /// Share of time in which fewer than those answer.
    pub unavailability: f64,
    /// That, of 525,600 minutes.
    pub downtime_minutes_per_year: f64,
    /// Of it, share of time of takeovers; `None` where the file says nothing of them.
    pub takeover: Option<f64>,
    /// Mean number of parts that are down.
    pub mean_failed: f64,
    /// The unavailability if each part failed and was repaired by itself, and takeovers took no
    /// time.
    pub if_independent: f64,
}

/// The blast radius of a loss, over the time for which it was tried.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Blast {
    /// How long the part was gone in the trial, s.
    pub over_s: f64,
    /// Requests that failed or came late in that time beyond those without the loss.
    pub lost_requests: f64,
    /// Of that time, how long an objective of all requests is not kept that is kept otherwise, s,
    /// looked at in short stretches; `None` where there is none.
    pub above_objective_s: Option<f64>,
    /// Share of the requests to be served, for the budget.
    pub promised: f64,
    /// Whether an `availability` objective states it.
    pub is_stated: bool,
    /// Share of the error budget of 30 days that the lost requests are.
    pub budget_spent: Option<f64>,
    /// Share of the sessions that are lost with it (S26); `None` where nobody keeps any.
    pub lost_sessions_share: Option<f64>,
    /// Writes that were answered and are gone, in a mean replication beyond those without the loss;
    /// `None` where no database has a lag.
    pub lost_writes: Option<f64>,
}

/// How long the objectives are not kept.
#[derive(Clone, Debug, Serialize)]
pub struct ExpectedOfObjectives {
    /// The capacity single points.
    pub parts: Vec<String>,
    /// Share of time in which one of them is down or something cannot succeed.
    pub unavailability: f64,
    /// That, of 525,600 minutes.
    pub downtime_minutes_per_year: f64,
}

/// Two parts whose loss together leaves too little to carry the load.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ShortPair {
    /// The two.
    pub members: [String; 2],
    /// How many pairs are like this one, itself included: of nodes with the same role and place.
    pub alike: u64,
    /// The node or host whose queue grows, by the traffic equations.
    pub overloaded: String,
    /// Which of its resources.
    pub resource: &'static str,
    /// Work for it over what it can do.
    pub utilisation: f64,
    /// Whether the loss of both breaks an objective under load; `None` when not simulated.
    pub breaks_objective: Option<bool>,
    /// Share of requests lost while both are gone; `None` when not simulated.
    pub lost_share: Option<f64>,
}

/// Parts whose loss together stops a class.
#[derive(Clone, Debug, Serialize)]
pub struct CutSet {
    /// Names.
    pub members: Vec<String>,
    /// How many.
    pub order: u32,
    /// That all are down at once; `None` where the file does not say how often parts fail.
    pub probability: Option<f64>,
    /// Which classes.
    pub classes: Vec<String>,
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_verdict_follows_from_what_failed() {
        for (failed, verdict) in [(true, "fail"), (false, "pass")] {
            let json = super::with_verdict(&failed, serde_json::value::Serializer).unwrap();
            assert_eq!(json["verdict"], verdict);
            assert_eq!(json["failed"], failed);
        }
    }
}
