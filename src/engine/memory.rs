//! Memory of nodes: what requests hold while they are there, what each of them leaves behind, work
//! that is slower when memory runs short, and the end of a node whose memory is full.
//!
//! Bytes are looked at once everything that an event does is done: a node whose memory is short is
//! slower, and one whose memory is full crashes, at that same instant. The program on it is then
//! started anew, with nothing held and nothing left behind.

use std::collections::BTreeMap;

use super::effects::in_order;
use super::id::{NodeId, PoolId};
use super::key::Rank;
use super::observation::{Level, MemoryObservation};
use super::program::{Effect, Program, TimedEffect};
use super::run::Engine;

/// Memory of a node, bytes.
#[derive(Clone, Debug, PartialEq)]
pub struct Memory {
    /// `was/1.memory`.
    pub name: String,
    /// Whose.
    pub node: NodeId,
    /// Counts those who hold some; without limit.
    pub pool: PoolId,
    /// All of it: at so many bytes the node crashes.
    pub size: u64,
    /// Held while the node is up.
    pub base: u64,
    /// Held by each request that is served, until it leaves.
    pub per_request: u64,
    /// Left behind by each of them for ever.
    pub leak: u64,
    /// With more bytes than this it is short.
    pub short_above: u64,
    /// How many times as long work then takes.
    pub slowdown: f64,
    /// Time from the crash until the node is back, ns.
    pub boot: u64,
}

/// A node whose memory was full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outage {
    /// Which.
    pub node: NodeId,
    /// When it crashed, ns from the start of the run.
    pub at: u64,
    /// How long it is away, ns.
    pub boot: u64,
}

/// All changes of a run, given the outages so far: those before the last outage as ever, and what
/// follows from it. `None`: nobody watches, nodes are back after their boots.
pub type Course<'a> = Option<&'a dyn Fn(&[Outage]) -> Vec<TimedEffect>>;

/// [`Course`] as a part of the engine.
#[derive(Clone, Copy)]
pub(super) struct Sequel<'a>(pub Course<'a>);

impl std::fmt::Debug for Sequel<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_some() { "watched" } else { "alone" })
    }
}

/// The memories of a replication.
#[derive(Debug, Default)]
pub struct Memories {
    all: Vec<Used>,
    /// By pool: the memory that it counts for.
    by_pool: Vec<Option<u32>>,
    by_node: BTreeMap<u32, u32>,
    /// What was full, in order of time.
    pub outages: Vec<Outage>,
}

/// A memory at work.
#[derive(Clone, Debug)]
struct Used {
    bytes: u64,
    /// Of them left behind.
    leaked: u64,
    /// What faults add to what each request leaves behind.
    more: u64,
    is_short: bool,
    /// Whether it is going to be looked at.
    is_due: bool,
    /// Speed of the node without shortness.
    plain: f64,
    /// Left behind since the window was opened.
    left: u64,
    /// Up to here areas are summed, ns.
    since: u64,
    area: u128,
    short_ns: u64,
    max: u64,
}

impl Used {
    const NEW: Self = Self {
        bytes: 0,
        leaked: 0,
        more: 0,
        is_short: false,
        is_due: false,
        plain: 1.0,
        left: 0,
        since: 0,
        area: 0,
        short_ns: 0,
        max: 0,
    };

    /// Sums up to an instant.
    fn pass(&mut self, now: u64) {
        let time = now - self.since;
        self.area += u128::from(self.bytes) * u128::from(time);
        self.short_ns += if self.is_short { time } else { 0 };
        self.since = now;
    }
}

impl Memories {
    /// Before anything has happened.
    pub fn new(program: &Program) -> Self {
        let mut by_pool = Vec::new();
        for (number, memory) in (0..).zip(&program.memories) {
            let place = memory.pool.index();
            by_pool.resize(by_pool.len().max(place + 1), None);
            by_pool[place] = Some(number);
        }
        Self {
            all: vec![Used::NEW; program.memories.len()],
            by_pool,
            by_node: (program.memories.iter().map(|memory| memory.node.0))
                .zip(0..)
                .collect(),
            outages: Vec::new(),
        }
    }

    /// The memory for which a pool counts.
    #[inline]
    pub fn counted_by(&self, pool: u32) -> Option<u32> {
        self.by_pool.get(pool as usize).copied().flatten()
    }

    /// Opens the window.
    pub fn open(&mut self, now: u64) {
        for used in &mut self.all {
            used.pass(now);
            (used.area, used.short_ns, used.left, used.max) = (0, 0, 0, used.bytes);
        }
    }

    /// By memory: bytes now.
    pub fn bytes(&self) -> Vec<u64> {
        self.all.iter().map(|used| used.bytes).collect()
    }
}

impl Engine<'_> {
    /// What each memory showed since the window was opened.
    pub(super) fn memories_seen(&self, now: u64) -> Vec<MemoryObservation> {
        let seen = |used: &Used| {
            let mut used = used.clone();
            used.pass(now);
            MemoryObservation {
                bytes: Level {
                    area: used.area,
                    max: used.max,
                },
                left: used.left,
                short_ns: used.short_ns,
            }
        };
        self.memories.all.iter().map(seen).collect()
    }

    /// By memory: bytes now, and what they are by counting those who hold some one by one.
    pub(super) fn memories_audit(&self) -> Vec<(u64, u64)> {
        let memories = self.program.memories.iter().zip(&self.memories.all);
        let audit = |(memory, used): (&Memory, &Used)| {
            let held = |visit: &&super::visit::Visit| {
                visit.state != super::visit::State::Free
                    && visit.permits[..usize::from(visit.held)].contains(&memory.pool.0)
            };
            let holders = self.visits.slots.iter().filter(held).count() as u64;
            let up = self.nodes[memory.node.index()].up;
            let own = memory.base + used.leaked + holders * memory.per_request;
            (used.bytes, if up { own } else { 0 })
        };
        memories.map(audit).collect()
    }

    /// Nodes begin with what they hold by themselves.
    pub(super) fn fill_memories(&mut self) {
        (0..self.memories.all.len() as u32).for_each(|memory| self.measure(memory));
    }

    /// A visit that is served from now on holds memory until it leaves, and leaves some behind.
    pub(super) fn occupy(&mut self, id: u32, memory: u32) -> Option<u32> {
        let place = &self.program.memories[memory as usize];
        let pool = place.pool;
        self.pools[pool.index()].take(self.now);
        let used = &mut self.memories.all[memory as usize];
        let left = place.leak.saturating_add(used.more);
        used.leaked = used.leaked.saturating_add(left);
        used.left = used.left.saturating_add(left);
        self.measure(memory);
        self.keep(id, pool.0)
    }

    /// Sums up what a memory holds, and has it looked at where that makes a difference.
    pub(super) fn measure(&mut self, memory: u32) {
        let place = &self.program.memories[memory as usize];
        let is_up = self.nodes[place.node.index()].up;
        let held = self.pools[place.pool.index()].held();
        let used = &mut self.memories.all[memory as usize];
        used.pass(self.now);
        let bytes = place.per_request.saturating_mul(held);
        let bytes = bytes.saturating_add(place.base).saturating_add(used.leaked);
        used.bytes = if is_up { bytes } else { 0 };
        used.max = used.max.max(used.bytes);
        let changes = (used.bytes > place.short_above) != used.is_short;
        let is_due = is_up && (changes || used.bytes >= place.size);
        if is_due && !std::mem::replace(&mut used.is_due, true) {
            self.put(self.now, Rank::Fault, memory + 1);
        }
    }

    /// Looks at a memory: full, short, or enough.
    pub(super) fn look_at_memory(&mut self, memory: u32) {
        let place = &self.program.memories[memory as usize];
        let used = &mut self.memories.all[memory as usize];
        used.is_due = false;
        if !self.nodes[place.node.index()].up {
            return;
        }
        if used.bytes >= place.size {
            return self.run_out(place);
        }
        let is_short = used.bytes > place.short_above;
        self.run_short(memory, is_short);
    }

    /// Memory runs short, or no longer.
    fn run_short(&mut self, memory: u32, is_short: bool) {
        let place = &self.program.memories[memory as usize];
        let used = &mut self.memories.all[memory as usize];
        if used.is_short == is_short {
            return;
        }
        used.pass(self.now);
        used.is_short = is_short;
        let plain = used.plain;
        let speed = if is_short {
            plain / place.slowdown
        } else {
            plain
        };
        self.set_speed(place.node.0, speed);
    }

    /// The speed of a node by itself changes; short memory divides it.
    pub(super) fn set_plain_speed(&mut self, node: u32, speed: f64) {
        let mut factor = 1.0;
        if let Some(memory) = self.memory_of(node) {
            let used = &mut self.memories.all[memory as usize];
            used.plain = speed;
            if used.is_short {
                factor = self.program.memories[memory as usize].slowdown;
            }
        }
        self.set_speed(node, speed / factor);
    }

    /// From now on each request that comes to a node leaves so many bytes more behind.
    pub(super) fn set_leak(&mut self, node: u32, bytes: u64) {
        if let Some(memory) = self.memory_of(node) {
            self.memories.all[memory as usize].more = bytes;
        }
    }

    /// A node has crashed, and holds nothing any more; or is back.
    pub(super) fn memory_anew(&mut self, node: u32) {
        let Some(memory) = self.memory_of(node) else {
            return;
        };
        self.memories.all[memory as usize].leaked = 0;
        self.measure(memory);
        self.run_short(memory, false);
    }

    fn memory_of(&self, node: u32) -> Option<u32> {
        self.memories.by_node.get(&node).copied()
    }

    /// A memory is full: its node crashes, and whoever watches will learn of it.
    fn run_out(&mut self, place: &Memory) {
        let outage = Outage {
            node: place.node,
            at: self.now,
            boot: place.boot,
        };
        self.memories.outages.push(outage);
        let later = if let Some(course) = self.sequel.0 {
            course(&self.memories.outages)
        } else {
            let at = |at, effect| TimedEffect { at, effect };
            let back = self.now.saturating_add(place.boot);
            let own = [
                at(self.now, Effect::Crash(place.node)),
                at(back, Effect::Repair(place.node)),
            ];
            [&self.effects[..], &own].concat()
        };
        self.follow(&later);
        self.crash(place.node.0);
    }

    /// Takes another course from now on: what has happened at this instant does not again.
    fn follow(&mut self, course: &[TimedEffect]) {
        let now = self.now;
        self.effects.truncate(self.next_effect);
        let done = self.effects.iter().filter(|timed| timed.at == now);
        let mut done: Vec<Effect> = done.map(|timed| timed.effect).collect();
        let mut is_ahead = |timed: &TimedEffect| {
            let known = done.iter().position(|&effect| effect == timed.effect);
            match known.filter(|_| timed.at == now) {
                Some(place) => {
                    done.swap_remove(place);
                    false
                }
                None => timed.at >= now,
            }
        };
        let coming = in_order(course).into_iter();
        self.effects.extend(coming.filter(|timed| is_ahead(timed)));
        self.schedule_effect();
    }
}
