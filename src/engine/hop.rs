//! Where calls lead, worked out before the run so that a plain hop costs a few instructions.

use super::choice::Policy;
use super::id::SelectorId;
use super::program::{Call, Program};
use super::visit::NONE;

/// How a call finds its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// To the one target there is, as long as it is believed up.
    Direct,
    /// To one of several; nothing else happens on the way.
    Chosen,
    /// With delay, switches, a bound on the whole call, a name store, counted open requests, or
    /// where messages can be lost.
    Full,
}

/// A call as a forward sees it.
#[derive(Clone, Copy, Debug)]
pub struct Hop {
    /// What is to be done.
    pub manner: Manner,
    /// Who chooses.
    pub selector: u32,
    /// For counting.
    pub link: u32,
    /// First of its [`Hops::ways`].
    pub ways: u32,
}

/// All calls and their targets.
#[derive(Debug)]
pub struct Hops {
    /// By call.
    pub calls: Vec<Hop>,
    /// By `Hop::ways` + target.
    pub ways: Vec<Way>,
}

/// Where a call leads.
#[derive(Clone, Copy, Debug)]
pub struct Way {
    /// The node.
    pub node: u32,
    /// The first step there.
    pub pc: u32,
    /// Number of the stop of the fast path that it is, or [`NONE`].
    pub stop: u32,
}

impl Hops {
    /// Of a program at its start.
    pub fn new(program: &Program) -> Self {
        let nowhere = Way {
            node: 0,
            pc: 0,
            stop: NONE,
        };
        let mut ways = vec![nowhere; program.entries.len()];
        for call in &program.calls {
            let targets = &program.selectors[call.selector.index()].targets;
            for (place, target) in targets.iter().enumerate() {
                let place = call.entries as usize + place;
                ways[place] = Way {
                    node: target.node.0,
                    pc: program.entries[place].0,
                    stop: NONE,
                };
            }
        }
        let hop = |call: &Call| Hop {
            manner: manner(program, call),
            selector: call.selector.0,
            link: call.link.0,
            ways: call.entries,
        };
        Self {
            calls: program.calls.iter().map(hop).collect(),
            ways,
        }
    }

    /// Marks the stops of the fast path, by entry.
    pub fn mark_stops(&mut self, stops: &[u32]) {
        for (way, &stop) in self.ways.iter_mut().zip(stops) {
            way.stop = stop;
        }
    }

    /// Messages have to be looked at: no call is plain.
    pub fn complicate(&mut self) {
        for hop in &mut self.calls {
            hop.manner = Manner::Full;
        }
    }

    /// Beliefs of this selector have changed: its calls ask it from now on.
    pub fn distrust(&mut self, selector: SelectorId) {
        for hop in &mut self.calls {
            if hop.selector == selector.0 && hop.manner == Manner::Direct {
                hop.manner = Manner::Chosen;
            }
        }
    }
}

fn manner(program: &Program, call: &Call) -> Manner {
    let selector = &program.selectors[call.selector.index()];
    let counts = selector.policy.looks_at_open();
    let guarded = call.guard.is_some()
        || call.hedge
        || call.cancel
        || call.patience.is_some()
        || call.item.is_some()
        || selector.policy == Policy::Shard
        || call.lines.any();
    if guarded || call.latency.is_some() || call.route.is_some() || call.resolved.is_some() {
        return Manner::Full;
    }
    if !selector.peers.is_empty() || selector.limit.is_some() {
        return Manner::Full;
    }
    match &*selector.targets {
        [only] if only.up => Manner::Direct,
        _ if counts => Manner::Full,
        _ => Manner::Chosen,
    }
}
