//! What silence cost: messages that vanished, who waited for them, and when it was found out.
//!
//! A crash refuses, a black hole does not: callers keep threads and connections until their
//! timeouts, and each failing check waits for its own. It is told of as measured.

use super::super::words;
use super::fold::seconds;
use super::told::target_name;
use crate::control;
use crate::engine::observation::Observations;
use crate::engine::program::Effect;
use crate::lower::Lowered;
use crate::model::{Caller, Fault, FaultKind, LinkId, Model};

/// One sentence for each link on which something vanished, and for each black hole that somebody
/// found.
pub fn findings(model: &Model, lowered: &Lowered, runs: &[Observations], seed: u64) -> Vec<String> {
    let links = (0..model.links.len()).map(LinkId::from);
    let mut told: Vec<String> = links
        .filter_map(|link| of_link(model, link, runs))
        .collect();
    if told.is_empty() {
        return told;
    }
    let replications = runs.len() as u32;
    let holes = model.faults.iter().enumerate();
    let holes = holes.filter(|(_, fault)| fault.kind == FaultKind::BlackHole);
    told.extend(holes.filter_map(|(place, fault)| {
        let found = |kind: &FaultKind| {
            let mut faults = model.faults.clone();
            faults[place].kind = kind.clone();
            let times = (0..replications).map(|replication| {
                let effects = control::timeline_of(model, lowered, &faults, seed, replication);
                first_suspicion(model, lowered, fault, &effects)
            });
            let times: Option<Vec<u64>> = times.collect();
            times.map(|times| mean(&times))
        };
        let (silent, crashed) = (found(&fault.kind)?, found(&FaultKind::Crash)?);
        let (name, _) = target_name(model, &fault.target);
        Some(format!(
            "checks found out about {name} after {}; after a crash they would have after {}, as a \
             refusal needs no timeout",
            words::time(silent),
            words::time(crashed)
        ))
    }));
    told
}

fn mean(times: &[u64]) -> f64 {
    let sum: f64 = times.iter().map(|&ns| seconds(ns)).sum();
    sum / times.len().max(1) as f64
}

/// From the start of a fault until the first caller believes what it struck to be down, ns.
fn first_suspicion(
    model: &Model,
    lowered: &Lowered,
    fault: &Fault,
    effects: &[crate::engine::program::TimedEffect],
) -> Option<u64> {
    let struck = fault.target.nodes(model);
    let found = effects.iter().find(|timed| match timed.effect {
        Effect::Belief {
            selector,
            target,
            up: false,
            ..
        } => {
            let node = lowered.map.views[selector.index()].targets[target as usize].node;
            timed.at >= fault.at && struck.contains(&node)
        }
        _ => false,
    });
    found.map(|timed| timed.at - fault.at)
}

fn of_link(model: &Model, id: LinkId, runs: &[Observations]) -> Option<String> {
    let of_link = || runs.iter().filter_map(|run| run.silence.get(id.index()));
    let vanished: u64 = of_link().map(|seen| seen.vanished).sum();
    if vanished == 0 {
        return None;
    }
    let waited: u128 = of_link().map(|seen| seen.waiting.area).sum();
    let most = of_link().map(|seen| seen.waiting.max).max().unwrap_or(0);
    let link = model.link(id);
    let each = waited as f64 / 1e9 / vanished as f64;
    let bounded = link.timeout.is_some() || link.timeout_law.is_some() || link.deadline.is_some();
    let until = if bounded {
        "until its timeout"
    } else {
        "to the end: the link has no timeout"
    };
    Some(format!(
        "{}: {} messages vanished ({} a replication); each held {} for {} {until}, up to {most} at \
         once; a crash refuses at once",
        link.name,
        vanished,
        words::number(vanished as f64 / runs.len() as f64),
        held(model, id),
        words::time(each),
    ))
}

/// What a caller keeps while it waits.
fn held(model: &Model, id: LinkId) -> &'static str {
    let link = model.link(id);
    let threads = match link.caller {
        Caller::Component(caller) => model.component(caller).threads.is_some(),
        Caller::Workload(_) => return "a user",
    };
    match (threads, link.pool.is_some()) {
        (true, true) => "a thread and a connection",
        (true, false) => "a thread",
        (false, true) => "a connection",
        (false, false) => "its caller",
    }
}
