//! Which of several targets a call goes to, on average.

use super::Obstacle;
use crate::engine::program::{Call, Policy, Program, Target};

/// Targets that are chosen in normal times with their long-run shares, and what stands between
/// the way there and a random split without delays that nobody knows beforehand.
pub fn shares(program: &Program, call: &Call) -> (Vec<(usize, f64)>, Vec<Obstacle>) {
    let selector = &program.selectors[call.selector.index()];
    let up = |target: &&Target| target.up;
    let rank = selector
        .targets
        .iter()
        .filter(up)
        .map(|target| target.rank)
        .min();
    let chosen: Vec<(usize, &Target)> = selector
        .targets
        .iter()
        .enumerate()
        .filter(|(_, target)| target.up && Some(target.rank) == rank)
        .collect();
    let by_weight = matches!(selector.policy, Policy::Random | Policy::Weighted);
    let weight = |target: &Target| if by_weight { target.weight } else { 1.0 };
    let all: f64 = chosen.iter().map(|(_, target)| weight(target)).sum();
    let is_sticky = selector.jar.is_some();
    let is_random = chosen.len() < 2
        || (!is_sticky && matches!(selector.policy, Policy::Random | Policy::Shard));
    let is_fixed = !is_sticky && matches!(selector.policy, Policy::RoundRobin | Policy::Weighted);
    let is_even = selector.peers.is_empty() && are_alike(program, &chosen);
    let obstacle = match (is_random, is_fixed || is_even) {
        (true, _) => None,
        (false, true) => Some(Obstacle::Policy),
        (false, false) => Some(Obstacle::Shares),
    };
    let share = |(place, target): &(usize, &Target)| (*place, weight(target) / all);
    let transfers = call.lines.any().then_some(Obstacle::Delay);
    let obstacles = obstacle.into_iter().chain(transfers).collect();
    (chosen.iter().map(share).collect(), obstacles)
}

/// Whether these are nodes of one component and machine, so that those who choose by load bring
/// each the same in the long run.
fn are_alike(program: &Program, chosen: &[(usize, &Target)]) -> bool {
    let build = |(_, target): &(usize, &Target)| {
        let node = &program.nodes[target.node.index()];
        let stations = node.stations.iter();
        let build = stations.map(|station| {
            let station = &program.stations[station.index()];
            (station.servers, station.speed.to_bits())
        });
        (node.component, build.collect::<Vec<_>>())
    };
    chosen
        .windows(2)
        .all(|pair| build(&pair[0]) == build(&pair[1]))
}
