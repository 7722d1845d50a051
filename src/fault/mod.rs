//! What breaks, where and when: a pure timeline, before anybody has noticed.
//!
//! One file a fault. Faults that overlap compose: a node is down while at least one crash holds
//! it down, and its work takes the product of all slow factors.

pub mod answers;
mod clock;
pub mod crash;
pub mod cut;
mod feed;
pub mod laws;
pub mod leak;
pub mod rate;
pub mod slow;
pub mod span;
mod together;

pub use answers::{ANSWERS, Answers};
pub use crash::crash_of;
pub use cut::Cut;
pub use rate::Rates;
pub use span::Span;

use crate::engine::id::SpellId;
use crate::engine::program::{Effect, TimedEffect};
use crate::lower::key::{self, Path};
use crate::lower::{gate_id, node_id, spell};
use crate::model::{Fault, FaultKind, FaultTarget, LinkId, Model, NodeId};

/// When each part is down or slow.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Windows {
    /// By node: when it is down, in order, apart from each other.
    pub nodes: Vec<Vec<Span>>,
    /// By node: when its work stands still.
    pub pauses: Vec<Vec<Span>>,
    /// By node: when nothing reaches it.
    pub mutes: Vec<Vec<Span>>,
    /// By rack, zone or feed: when it is down.
    pub racks: Vec<Vec<Span>>,
    /// By switch: when it is down.
    pub switches: Vec<Vec<Span>>,
    /// By node: its speed from an instant on; 1.0 before the first and at full speed.
    pub speeds: Vec<Vec<(u64, f64)>>,
    /// By node: what each request leaves behind from an instant on; nothing before the first.
    pub leaks: Vec<Vec<(u64, u64)>>,
    /// By node: when it answers no lookups.
    pub nameless: Vec<Vec<Span>>,
    /// Rates of lines and disks, and disks that are full.
    pub rates: Rates,
    /// What caches lose: when, of which node, which share, by which key.
    pub flushes: Vec<(u64, NodeId, f64, u64)>,
    /// Who does not reach whom.
    pub cuts: Vec<Cut>,
    /// Spells of the program, and when they are on.
    pub spells: Vec<(usize, Span)>,
}

impl Windows {
    /// The windows of these faults in one replication, from the end of the lead-in on. A target
    /// `any` is drawn by (seed, replication, place of the fault in the list). A slow or paused
    /// switch has no meaning and no effect; files with one are refused.
    pub fn of(model: &Model, faults: &[Fault], seed: u64, replication: u32) -> Self {
        let per_node = || vec![Vec::new(); model.nodes.len()];
        let mut all = Self {
            nodes: per_node(),
            pauses: per_node(),
            mutes: per_node(),
            nameless: per_node(),
            racks: vec![Vec::new(); model.racks.len()],
            switches: vec![Vec::new(); model.switches.len()],
            ..Self::default()
        };
        let mut factors = vec![Vec::new(); model.nodes.len()];
        let mut leaks = vec![Vec::new(); model.nodes.len()];
        let mut spells = 0;
        for (number, fault) in faults.iter().enumerate() {
            let first = spells;
            spells += spell::count(fault);
            let span = Span::lasting(fault.at, fault.lasts);
            if span.is_empty() {
                continue;
            }
            let word = key::draw(seed, replication, Path::new("fault").at(number), "any");
            let (drawn, struck) = struck(model, &fault.target, word);
            if fault.kind.is_of_messages() {
                all.spells.push((first + drawn, span));
            }
            match &fault.kind {
                FaultKind::Slow(factor) => {
                    let slowed = struck.iter().map(|node| node.index());
                    slowed.for_each(|node| factors[node].push((span, *factor)));
                }
                FaultKind::Leak(bytes) => {
                    let at = struck.iter().map(|node| node.index());
                    at.for_each(|node| leaks[node].push((span, *bytes)));
                }
                FaultKind::Flush(share) => {
                    let key = Path::new("fault").at(number).key("flush");
                    let lost = struck.iter().map(|&node| (fault.at, node, *share, key));
                    all.flushes.extend(lost);
                }
                _ => all.strike(model, fault, struck, span),
            }
        }
        feed::black_outs(model, &mut all);
        for spans in [
            &mut all.nodes,
            &mut all.pauses,
            &mut all.mutes,
            &mut all.nameless,
            &mut all.switches,
        ] {
            for spans in spans {
                *spans = span::union(std::mem::take(spans));
            }
        }
        all.speeds = factors
            .iter()
            .map(|factors| slow::speeds(factors))
            .collect();
        all.leaks = leaks.iter().map(|own| leak::leaks(own)).collect();
        all
    }

    /// Notes the stretch in which a fault holds those that it strikes.
    fn strike(&mut self, model: &Model, fault: &Fault, struck: Vec<NodeId>, span: Span) {
        let mark = |spans: &mut Vec<Vec<Span>>| {
            for node in &struck {
                spans[node.index()].push(span);
            }
        };
        match (&fault.kind, &fault.target) {
            (FaultKind::Crash, FaultTarget::Switch(switch)) => {
                self.switches[switch.index()].push(span);
            }
            (FaultKind::Crash, target) => {
                if let FaultTarget::Rack(rack) = target {
                    self.racks[rack.index()].push(span);
                }
                mark(&mut self.nodes);
            }
            (FaultKind::Pause, _) => mark(&mut self.pauses),
            (FaultKind::BlackHole, FaultTarget::Link(link)) => {
                self.cuts.push(Cut::link(*link, span));
            }
            (FaultKind::BlackHole, _) => mark(&mut self.mutes),
            (FaultKind::DnsError, _) => mark(&mut self.nameless),
            (FaultKind::Partition { to, .. }, _) => {
                self.cuts.push(Cut::between(struck, to.nodes(model), span));
            }
            (FaultKind::Bandwidth(_) | FaultKind::SlowDisk(_) | FaultKind::FullDisk, _) => {
                self.rates.add(model, fault, &struck, span);
            }
            (
                FaultKind::Slow(_)
                | FaultKind::Flush(_)
                | FaultKind::Leak(_)
                | FaultKind::Latency(_)
                | FaultKind::Loss(_)
                | FaultKind::Errors(_)
                | FaultKind::Reset(_)
                | FaultKind::Expire
                | FaultKind::Overload(_),
                _,
            ) => {}
        }
    }

    /// Whether nothing ever happens.
    pub fn is_empty(&self) -> bool {
        let nodes = self.nodes.iter().chain(&self.pauses).chain(&self.nameless);
        let mut stretches = nodes.chain(&self.switches);
        stretches.all(Vec::is_empty)
            && self.speeds.iter().all(Vec::is_empty)
            && self.leaks.iter().all(Vec::is_empty)
            && self.spells.is_empty()
            && self.rates.is_empty()
            && self.flushes.is_empty()
    }

    /// By node: when it gives no answer, not even a refusal.
    pub fn mute(&self) -> Vec<Vec<Span>> {
        let both = self.pauses.iter().zip(&self.mutes);
        both.map(|(paused, mute)| span::union([&paused[..], mute].concat()))
            .collect()
    }

    /// By node: when it does not serve anybody.
    pub fn silent(&self) -> Vec<Vec<Span>> {
        let mute = self.mute();
        let both = self.nodes.iter().zip(&mute);
        both.map(|(down, mute)| span::union([&down[..], mute].concat()))
            .collect()
    }

    /// When a caller that stands on these nodes gets no answer of a node over a link, although
    /// both are well.
    pub fn cut(&self, caller: &[NodeId], link: LinkId, node: NodeId) -> Vec<Span> {
        let cuts = self.cuts.iter();
        let cuts = cuts.filter(|cut| cut.parts(caller, link, node));
        span::union(cuts.map(|cut| cut.span).collect())
    }

    /// What the engine is told, in order of time; at one instant nodes before pauses before
    /// speeds before switches before messages, each by number.
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
        for (number, leaks) in self.leaks.iter().enumerate() {
            let node = node_id(number.into());
            for &(at, bytes) in leaks {
                put(at, Effect::Leak(node, bytes));
            }
        }
        for (number, spans) in self.switches.iter().enumerate() {
            let gate = gate_id(number.into());
            crash::changes(spans, |at, down| put(at, Effect::Gate(gate, !down)));
        }
        for (number, spans) in self.nameless.iter().enumerate() {
            let node = node_id(number.into());
            crash::changes(spans, |at, on| put(at, Effect::Nameless(node, on)));
        }
        for &(at, node, share, key) in &self.flushes {
            put(at, Effect::Flush(node_id(node), share, key));
        }
        for &(spell, span) in &self.spells {
            let spell = SpellId::from(spell);
            crash::changes(&[span], |at, on| put(at, Effect::Spell(spell, on)));
        }
        effects.sort_by_key(|effect| effect.at);
        effects
    }
}

/// The nodes that a fault strikes; and the place of the drawn one, where one is drawn.
fn struck(model: &Model, target: &FaultTarget, word: u64) -> (usize, Vec<NodeId>) {
    let nodes = target.nodes(model);
    let FaultTarget::AnyOf(all) = target else {
        return (0, nodes);
    };
    let place = key::below(word, all.len() as u64) as usize;
    (place, all.get(place).copied().into_iter().collect())
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
