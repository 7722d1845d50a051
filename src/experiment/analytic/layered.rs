//! Thread and connection pools that are held across calls.

use super::{Answer, Basis, FlowAnswer, Solution};
use crate::engine::program::Program;
use crate::experiment::traffic::{Flow, Layers, layers};
use crate::theory::{Layer, LayeredSolution, layered};

/// Share of the response that waits for permits must reach before pools are said to bind.
const BINDING: f64 = 1e-3;

/// The layered answer.
#[derive(Clone, Debug)]
pub struct ThroughPools {
    layers: Layers,
    solved: LayeredSolution,
}

/// Solves the pools of a program; `None` without bounded pools or where the layered solver has
/// no answer.
pub fn through_pools(program: &Program, flows: &[Flow]) -> Option<ThroughPools> {
    let layers = layers(program, flows)?;
    if layers.pools.is_empty() {
        return None;
    }
    let solved = layered(&layers.model)?;
    Some(ThroughPools { layers, solved })
}

impl ThroughPools {
    /// Whether waits for permits are noticed at all.
    pub fn is_binding(&self) -> bool {
        let waits: f64 = self
            .solved
            .pools
            .iter()
            .map(|pool| pool.rate * pool.wait)
            .sum();
        let chains = self.solved.throughput.iter().zip(&self.solved.response);
        waits > BINDING * chains.map(|(rate, time)| rate * time).sum::<f64>()
    }

    /// What it rests on.
    pub fn basis() -> Basis {
        let text = "pools held across calls: exponential holding times, holders independent";
        Basis::approximate("layered pools", text)
    }

    /// Requests per second and mean response in seconds by workload.
    pub fn flows(&self, flows: &[Flow]) -> Vec<FlowAnswer> {
        let all = flows.iter().enumerate();
        all.map(|(k, flow)| FlowAnswer {
            throughput: self.solved.throughput[k] * flow.requests,
            response_s: Some(self.solved.response[k] / flow.requests),
            basis: Self::basis(),
        })
        .collect()
    }

    /// Puts this answer in the place of one that knows no pools.
    pub fn replace(&self, solution: &mut Solution, flows: &[Flow]) {
        let answer = |layer: &Layer| Answer {
            rate: layer.rate,
            utilisation: layer.utilisation,
            wait_s: Some(layer.wait),
            service_s: layer.hold,
            basis: Self::basis(),
        };
        let stations = self.layers.stations.iter().zip(&self.solved.stations);
        solution
            .stations
            .extend(stations.map(|(place, layer)| (*place, answer(layer))));
        let pools = self.layers.pools.iter().zip(&self.solved.pools);
        solution.pools = pools
            .map(|(place, layer)| (*place, answer(layer)))
            .collect();
        solution.flows = self.flows(flows);
    }
}
