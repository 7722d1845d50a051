//! What breaks, where and when: a pure timeline, before anybody has noticed.
//!
//! One file a fault. Faults that overlap compose: a node is down while at least one crash holds
//! it down, and its work takes the product of all slow factors.

pub mod answers;
pub mod crash;
pub mod laws;
pub mod slow;
pub mod span;

pub use answers::{ANSWERS, Answers};
pub use crash::{Place, crash_of};
pub use span::Span;

use crate::engine::program::{Effect, TimedEffect};
use crate::lower::key::{self, Path};
use crate::lower::{gate_id, node_id};
use crate::model::{Fault, FaultKind, FaultTarget, Model, NodeId};

/// When each part is down or slow.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Windows {
    /// By node: when it is down, in order, apart from each other.
    pub nodes: Vec<Vec<Span>>,
    /// By node: when its work stands still.
    pub pauses: Vec<Vec<Span>>,
    /// By switch: when it is down.
    pub switches: Vec<Vec<Span>>,
    /// By node: its speed from an instant on; 1.0 before the first and at full speed.
    pub speeds: Vec<Vec<(u64, f64)>>,
}

impl Windows {
    /// The windows of these faults in one replication, from the end of the lead-in on. A target
    /// `any` is drawn by (seed, replication, place of the fault in the list). A slow or paused
    /// switch has no meaning and no effect; files with one are refused.
    pub fn of(model: &Model, faults: &[Fault], seed: u64, replication: u32) -> Self {
        let mut nodes = vec![Vec::new(); model.nodes.len()];
        let mut factors = vec![Vec::new(); model.nodes.len()];
        let mut pauses = vec![Vec::new(); model.nodes.len()];
        let mut switches = vec![Vec::new(); model.switches.len()];
        for (number, fault) in faults.iter().enumerate() {
            let span = Span::lasting(fault.at, fault.lasts);
            if span.is_empty() {
                continue;
            }
            let word = key::draw(seed, replication, Path::new("fault").at(number), "any");
            match (fault.kind, &fault.target) {
                (FaultKind::Crash, FaultTarget::Switch(switch)) => {
                    switches[switch.index()].push(span);
                }
                (FaultKind::Slow(_) | FaultKind::Pause, FaultTarget::Switch(_)) => {}
                (FaultKind::Pause, target) => {
                    struck(model, target, word).for_each(|node| pauses[node.index()].push(span));
                }
                (FaultKind::Crash, target) => {
                    struck(model, target, word).for_each(|node| nodes[node.index()].push(span));
                }
                (FaultKind::Slow(factor), target) => struck(model, target, word)
                    .for_each(|node| factors[node.index()].push((span, factor))),
            }
        }
        Self {
            nodes: nodes.into_iter().map(span::union).collect(),
            pauses: pauses.into_iter().map(span::union).collect(),
            switches: switches.into_iter().map(span::union).collect(),
            speeds: factors
                .iter()
                .map(|factors| slow::speeds(factors))
                .collect(),
        }
    }

    /// Whether nothing ever happens.
    pub fn is_empty(&self) -> bool {
        let stretches = self.nodes.iter().chain(&self.switches).chain(&self.pauses);
        stretches.into_iter().all(Vec::is_empty) && self.speeds.iter().all(Vec::is_empty)
    }

    /// By node: when it gives no answer, down or paused.
    pub fn silent(&self) -> Vec<Vec<Span>> {
        let both = self.nodes.iter().zip(&self.pauses);
        both.map(|(down, paused)| span::union([&down[..], paused].concat()))
            .collect()
    }

    /// What the engine is told, in order of time; at one instant nodes before pauses before
    /// speeds before switches, each by number.
    pub fn effects(&self) -> Vec<TimedEffect> {
        let mut effects = Vec::new();
        let mut put = |at: u64, effect: Effect| effects.push(TimedEffect { at, effect });
        for (number, spans) in self.nodes.iter().enumerate() {
            let node = node_id(number.into());
            crash::changes(spans, |at, down| {
                put(
                    at,
                    if down {
                        Effect::Crash(node)
                    } else {
                        Effect::Repair(node)
                    },
                );
            });
        }
        for (number, spans) in self.pauses.iter().enumerate() {
            let node = node_id(number.into());
            crash::changes(spans, |at, paused| put(at, Effect::Pause(node, paused)));
        }
        for (number, speeds) in self.speeds.iter().enumerate() {
            let node = node_id(number.into());
            for &(at, speed) in speeds {
                put(at, Effect::Speed(node, speed));
            }
        }
        for (number, spans) in self.switches.iter().enumerate() {
            let gate = gate_id(number.into());
            crash::changes(spans, |at, down| put(at, Effect::Gate(gate, !down)));
        }
        effects.sort_by_key(|effect| effect.at);
        effects
    }
}

/// The nodes that a fault strikes.
fn struck<'a>(
    model: &'a Model,
    target: &'a FaultTarget,
    word: u64,
) -> Box<dyn Iterator<Item = NodeId> + 'a> {
    match target {
        FaultTarget::Nodes(nodes) => Box::new(nodes.iter().copied()),
        FaultTarget::AnyOf(nodes) => {
            let place = key::below(word, nodes.len() as u64) as usize;
            Box::new(nodes.get(place).copied().into_iter())
        }
        FaultTarget::Host(host) => Box::new(
            (0..model.nodes.len())
                .map(NodeId::from)
                .filter(move |&node| model.node(node).host == Some(*host)),
        ),
        FaultTarget::Rack(rack) => Box::new(model.nodes_in(*rack)),
        FaultTarget::Switch(_) => Box::new(std::iter::empty()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::builder::{Builder, seconds};

    fn fault(kind: FaultKind, target: FaultTarget, at: u64, lasts: Option<u64>) -> Fault {
        Fault {
            kind,
            target,
            at: seconds(at),
            lasts: lasts.map(seconds),
        }
    }

    /// A host crash over a node crash, two slow spells over each other: by hand.
    #[test]
    fn overlapping_faults_compose() {
        let mut b = Builder::new("t");
        let host = b.host("h", 4);
        let part = b.component("a", 2);
        b.on(part, &[host]);
        let sw = b.switch("sw");
        let one = FaultTarget::Nodes(vec![NodeId(0)]);
        let faults = [
            fault(FaultKind::Crash, one.clone(), 10, Some(10)),
            fault(FaultKind::Crash, FaultTarget::Host(host), 15, Some(10)),
            fault(FaultKind::Slow(4.0), one.clone(), 1, Some(5)),
            fault(FaultKind::Slow(2.0), one, 3, Some(5)),
            fault(FaultKind::Crash, FaultTarget::Switch(sw), 2, None),
            fault(
                FaultKind::Pause,
                FaultTarget::Nodes(vec![NodeId(1)]),
                12,
                Some(2),
            ),
            fault(FaultKind::Pause, FaultTarget::Host(host), 13, Some(3)),
        ];
        let windows = Windows::of(&b.build(), &faults, 1, 0);
        let at = |s: u64, effect| TimedEffect {
            at: seconds(s),
            effect,
        };
        let (first, second) = (crate::engine::id::NodeId(0), crate::engine::id::NodeId(1));
        let expected = [
            at(1, Effect::Speed(first, 0.25)),
            at(2, Effect::Gate(crate::engine::id::GateId(0), false)),
            at(3, Effect::Speed(first, 0.125)),
            at(6, Effect::Speed(first, 0.5)),
            at(8, Effect::Speed(first, 1.0)),
            at(10, Effect::Crash(first)),
            at(12, Effect::Pause(second, true)),
            at(13, Effect::Pause(first, true)),
            at(15, Effect::Crash(second)),
            at(16, Effect::Pause(first, false)),
            at(16, Effect::Pause(second, false)),
            at(25, Effect::Repair(first)),
            at(25, Effect::Repair(second)),
        ];
        assert_eq!(windows.effects(), expected);
        let span = |start, end| Span {
            start: seconds(start),
            end: seconds(end),
        };
        // Crashed from 10 and 15 to 25, paused from 13 and 12 to 16.
        assert_eq!(windows.silent(), [[span(10, 25)], [span(12, 25)]]);
        assert!(!windows.is_empty());
        assert!(Windows::of(&Builder::new("t").build(), &[], 1, 0).is_empty());
    }

    /// `was/any` strikes one of the nodes, each as likely, the same for the same seed.
    #[test]
    fn any_node_is_drawn_by_seed() {
        let mut b = Builder::new("t");
        b.component("a", 4);
        let model = b.build();
        let any = FaultTarget::AnyOf((0..4).map(NodeId).collect());
        let faults = [fault(FaultKind::Crash, any, 1, Some(1))];
        let struck = |seed, replication| {
            let windows = Windows::of(&model, &faults, seed, replication);
            let hit: Vec<_> = (0..4)
                .filter(|&node| !windows.nodes[node].is_empty())
                .collect();
            assert_eq!(hit.len(), 1);
            hit[0]
        };
        assert_eq!(struck(7, 3), struck(7, 3));
        let mut counts = [0u32; 4];
        (0..4000).for_each(|replication| counts[struck(7, replication)] += 1);
        // 1000 each; six standard deviations are 164.
        assert!(
            counts.iter().all(|count| count.abs_diff(1000) < 164),
            "{counts:?}"
        );
    }
}
