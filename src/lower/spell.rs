//! Faults of messages become spells, which the timeline of faults puts on and takes off.

use super::key::Path;
use super::{Lowering, node_id};
use crate::engine::id::{LinkId, NodeId};
use crate::engine::program::{Act, Scope, Spell};
use crate::model::{self, Fault, FaultKind, FaultTarget, Model};

/// How many spells a fault has: one for each node of which one will be drawn, else one.
pub fn count(fault: &Fault) -> usize {
    match &fault.target {
        _ if !fault.kind.is_of_messages() => 0,
        FaultTarget::AnyOf(nodes) => nodes.len(),
        _ => 1,
    }
}

impl Lowering<'_> {
    /// The spells of the scheduled faults, in their order.
    pub(super) fn spells(&mut self) {
        let model = self.model;
        for (number, fault) in model.faults.iter().enumerate() {
            let Some(act) = act(&fault.kind) else {
                continue;
            };
            let key = Path::new("fault").at(number).key("message");
            let spell = |nodes: &[model::NodeId]| Spell {
                scope: scope(model, fault, nodes),
                act: act.clone(),
                key,
            };
            let spells = &mut self.program.spells;
            match &fault.target {
                FaultTarget::AnyOf(nodes) => spells.extend(nodes.chunks(1).map(spell)),
                target => spells.push(spell(&target.nodes(model))),
            }
        }
    }
}

fn act(kind: &FaultKind) -> Option<Act> {
    Some(match kind {
        FaultKind::Crash
        | FaultKind::Slow(_)
        | FaultKind::Pause
        | FaultKind::Bandwidth(_)
        | FaultKind::Flush(_)
        | FaultKind::DnsError
        | FaultKind::SlowDisk(_)
        | FaultKind::FullDisk
        | FaultKind::Leak(_)
        | FaultKind::Overload(_) => return None,
        FaultKind::BlackHole | FaultKind::Partition { .. } => Act::Vanish,
        FaultKind::Latency(law) => Act::Delay(law.clone()),
        FaultKind::Loss(share) => Act::Lose(*share),
        FaultKind::Errors(share) => Act::Fail(*share),
        FaultKind::Expire => Act::Fail(1.0),
        FaultKind::Reset(share) => Act::Cut(*share),
    })
}

fn scope(model: &Model, fault: &Fault, nodes: &[model::NodeId]) -> Scope {
    let nodes = sorted(nodes);
    match (&fault.kind, &fault.target) {
        (FaultKind::Partition { to, both }, _) => Scope::Between {
            from: nodes,
            to: sorted(&to.nodes(model)),
            both: *both,
        },
        (_, FaultTarget::Link(link)) => Scope::Link(LinkId(link.0)),
        (_, target) => Scope::Around {
            nodes,
            among: !target.is_a_place(),
        },
    }
}

fn sorted(nodes: &[model::NodeId]) -> Vec<NodeId> {
    let mut nodes: Vec<NodeId> = nodes.iter().map(|&node| node_id(node)).collect();
    nodes.sort_unstable();
    nodes
}
