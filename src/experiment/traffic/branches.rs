//! Branches as an analysis sees them.

use super::Obstacle;
use crate::engine::id::Pc;
use crate::engine::program::{Program, Step};

/// The first steps of branches that are always run, and what stands between them and one after
/// the other: of a hedged call the first copy.
pub(super) fn branches(
    program: &Program,
    first: u32,
    count: u32,
) -> (impl Iterator<Item = Pc> + '_, Obstacle) {
    let entry = |branch: u32| program.branches[branch as usize].0;
    let is_copy = |branch| program.steps.get(entry(branch).index() + 1) == Some(&Step::Needed);
    let hedged = count > 1 && is_copy(first + 1);
    let run = if hedged { 1 } else { count };
    let obstacles = [Obstacle::Parallel, Obstacle::Copies];
    (
        (first..first + run).map(entry),
        obstacles[usize::from(hedged)],
    )
}
