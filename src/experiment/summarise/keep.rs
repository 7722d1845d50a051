//! What components keep beyond a request: sessions of persons, and writes on their way to others.

use crate::engine::id::NodeId;
use crate::engine::observation::{Observations, SessionObservation};
use crate::experiment::result::session::SessionSummary;
use crate::lower::{Lowered, node_id};
use crate::model::Component;

/// The sessions of a component over all replications; `None` where it keeps none.
pub fn sessions(
    lowered: &Lowered,
    runs: &[Observations],
    part: &Component,
) -> Option<SessionSummary> {
    let mut keepers = lowered.program.keepers.iter();
    let place = keepers.position(|keeper| begins_with(&keeper.nodes, part))?;
    let all = runs.iter().filter_map(|run| run.sessions.get(place));
    let sum = |count: fn(&SessionObservation) -> u64| all.clone().map(count).sum();
    Some(SessionSummary {
        begun: sum(|one| one.begun),
        lost: sum(|one| one.lost),
        left_behind: sum(|one| one.left_behind),
        live: sum(|one| one.live),
    })
}

/// Writes of a component that a promotion has lost, over all replications; `None` where others
/// have every write at once.
pub fn lost_writes(lowered: &Lowered, runs: &[Observations], part: &Component) -> Option<u64> {
    let mut all = lowered.program.replications.iter();
    let place = all.position(|one| begins_with(&one.nodes, part))?;
    let seen = runs.iter().filter_map(|run| run.writes.get(place));
    Some(seen.map(|one| one.lost).sum())
}

fn begins_with(nodes: &[NodeId], part: &Component) -> bool {
    nodes.first() == part.nodes.first().map(|&node| node_id(node)).as_ref()
}
