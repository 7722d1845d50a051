//! Takeovers tried during an overload: which parts are lost when, and what came of it.

use super::legs::{Course, MINUTE};
use crate::control::{self, Recovery};
use crate::experiment::result::profile::TakeoverTried;
use crate::lower::lower;
use crate::model::{Component, Fault, FaultKind, FaultTarget, Model, NodeId, Part, Takeover};
use crate::reliability::{Atom, Mechanism, takeover_of};

/// Shortest time that a part is away, ns.
const SHORTEST: u64 = MINUTE;
/// Time before a loss and after the return, ns.
const BETWEEN: u64 = MINUTE / 2;

/// A part that is lost during the overload and that another takes over for.
#[derive(Clone, Debug, PartialEq)]
pub struct Loss {
    node: NodeId,
    mechanism: Mechanism,
    /// How long that takes; `None`: some caller goes on sending to the lost part.
    takes: Option<Recovery>,
    /// From the start of the overload, ns.
    at: u64,
    away: u64,
}

/// The node in charge of every component of ours that has a standby or a promotion, one after the
/// other. Each is away for twice as long as the takeover takes, at least a minute.
pub fn losses(model: &Model) -> Vec<Loss> {
    let lowered = lower(model);
    let mut at = BETWEEN;
    let mut found = Vec::new();
    for part in model.components.iter().filter(|part| !part.external) {
        let Some((node, mechanism)) = in_charge(model, part) else {
            continue;
        };
        let takes = control::recovery(model, &lowered, Part::Node(node));
        let worst = takes.map_or(0, |takes| takes.worst);
        let away = SHORTEST.max(worst.saturating_mul(2));
        found.push(Loss {
            node,
            mechanism,
            takes,
            at,
            away,
        });
        at = at.saturating_add(away).saturating_add(BETWEEN);
    }
    found
}

fn in_charge(model: &Model, part: &Component) -> Option<(NodeId, Mechanism)> {
    if part.takeover == Takeover::None {
        return None;
    }
    let taken_over = |&node: &NodeId| {
        let takeover = takeover_of(model, Atom::Node(node))?;
        let is_role = matches!(
            takeover.mechanism,
            Mechanism::Standby | Mechanism::Promotion
        );
        is_role.then_some((node, takeover.mechanism))
    };
    part.nodes.iter().find_map(taken_over)
}

/// How long the overload must be held for all of them, ns.
pub fn length(losses: &[Loss]) -> u64 {
    losses.last().map_or(0, |last| {
        last.at.saturating_add(last.away).saturating_add(BETWEEN)
    })
}

/// Seconds in which nobody may be answered, all of them together.
pub fn gap_s(losses: &[Loss]) -> f64 {
    let gap = |loss: &Loss| loss.takes.map_or(loss.away, |takes| takes.worst) as f64;
    losses.iter().map(gap).sum::<f64>() / 1e9
}

/// The faults, where the overload begins so many ns after the end of the lead-in.
pub fn faults(losses: &[Loss], overload: u64) -> Vec<Fault> {
    let fault = |loss: &Loss| Fault {
        kind: FaultKind::Crash,
        target: FaultTarget::Nodes(vec![loss.node]),
        at: overload.saturating_add(loss.at),
        lasts: Some(loss.away),
    };
    losses.iter().map(fault).collect()
}

/// What came of them in the leg of the overload.
pub fn tried(model: &Model, losses: &[Loss], course: &Course, leg: usize) -> Vec<TakeoverTried> {
    let begun = course.legs[leg].from_s;
    let one = |loss: &Loss| {
        let (from, to) = (loss.at, loss.at + loss.away);
        let over = loss
            .takes
            .map(|takes| from + takes.worst)
            .filter(|&over| over < to);
        let rate = |from, to| course.answered_rps(leg, (from, to));
        let after_rps = over.map(|over| rate(over, to));
        let serves = after_rps.is_none_or(|rate| rate > 0.0);
        TakeoverTried {
            part: model.node(loss.node).name.clone(),
            component: model
                .component(model.node(loss.node).component)
                .name
                .clone(),
            mechanism: loss.mechanism.words(),
            from_s: begun + from as f64 / 1e9,
            to_s: begun + to as f64 / 1e9,
            finished_after_s: over
                .filter(|_| serves)
                .and(loss.takes)
                .map(|takes| [takes.mean as f64 / 1e9, takes.worst as f64 / 1e9]),
            before_rps: rate(from.saturating_sub(BETWEEN), from),
            until_rps: rate(from, over.unwrap_or(to)),
            after_rps,
        }
    };
    losses.iter().map(one).collect()
}
