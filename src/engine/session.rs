//! Sessions of persons: where each is held, and which are lost with their nodes (S26).
//!
//! A session begins with the first request of a person that comes to a component which keeps some,
//! ends when it has not been used for its time to live, or with the nodes that hold it. It is lost
//! once: the next request of that person begins another.

use std::collections::BTreeMap;

use super::id::NodeId;
use super::program::Program;
use super::run::Engine;
use super::visit::NONE;
use crate::law::mix;

/// A component that keeps sessions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keeper {
    /// The nodes that requests come to, in order.
    pub nodes: Vec<NodeId>,
    /// How long a session lasts that is not used, ns.
    pub ttl: u64,
    /// Who holds them.
    pub holders: Holders,
}

/// Who holds a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holders {
    /// The node that began it.
    Own,
    /// Whoever has answered last, and the node behind it: others fetch it from them.
    Backed,
    /// All nodes of one of these groups, by a hash of the person.
    Groups(Vec<Vec<NodeId>>),
}

/// Sessions of one component in the window (S26).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SessionObservation {
    /// Begun.
    pub begun: u64,
    /// Lost with the nodes that held them.
    pub lost: u64,
    /// Begun anew because the request came to a node that did not hold the old one.
    pub left_behind: u64,
    /// Not ended at the end of the window.
    pub live: u64,
    /// Lost in the whole run.
    pub lost_ever: u64,
    /// Most that there were when some of them were lost, whole run.
    pub live_at_loss: u64,
}

/// A session at work.
#[derive(Clone, Copy, Debug)]
struct Session {
    /// Who holds it, where that follows from the requests; the second one [`NONE`] where alone.
    at: [u32; 2],
    /// When it ends unless it is used before.
    until: u64,
}

/// The sessions of a component.
#[derive(Clone, Debug, Default)]
struct Kept {
    by_person: BTreeMap<u32, Session>,
    seen: SessionObservation,
    lost_ever: u64,
    live_at_loss: u64,
}

impl Session {
    /// Goes on without a node, in the hands of the other one that has it, until the next request
    /// makes a further copy; `false`: nobody has it.
    fn leaves(&mut self, node: u32) -> bool {
        if !self.at.contains(&node) {
            return true;
        }
        let others = self.at.into_iter();
        let other = others.filter(|&at| at != node && at != NONE).min();
        if let Some(other) = other {
            self.at = [other, NONE];
        }
        other.is_some()
    }
}

/// All sessions of a replication, by keeper.
#[derive(Clone, Debug, Default)]
pub struct Sessions(Vec<Kept>);

impl Sessions {
    /// None yet.
    pub fn new(program: &Program) -> Self {
        Self(vec![Kept::default(); program.keepers.len()])
    }

    /// Opens the window.
    pub fn open(&mut self) {
        for kept in &mut self.0 {
            kept.seen = SessionObservation::default();
        }
    }

    /// What each keeper showed since the window was opened.
    pub fn seen(&self, now: u64) -> Vec<SessionObservation> {
        let one = |kept: &Kept| SessionObservation {
            live: kept
                .by_person
                .values()
                .filter(|one| one.until > now)
                .count() as u64,
            lost_ever: kept.lost_ever,
            live_at_loss: kept.live_at_loss,
            ..kept.seen
        };
        self.0.iter().map(one).collect()
    }
}

impl Engine<'_> {
    /// A visit needs the session of its person.
    pub(super) fn session(&mut self, id: u32, keeper: u32) {
        let visit = &mut self.visits[id];
        visit.pc += 1;
        let (person, node) = (visit.person, visit.node);
        if person == NONE {
            return;
        }
        let place = &self.program.keepers[keeper as usize];
        let kept = &mut self.sessions.0[keeper as usize];
        let until = self.now.saturating_add(place.ttl);
        let is_up = |node: NodeId| self.nodes[node.index()].up;
        if let Some(session) = kept.by_person.get_mut(&person)
            && session.until > self.now
        {
            let has_it = match place.holders {
                Holders::Own => session.at[0] == node,
                Holders::Backed | Holders::Groups(_) => true,
            };
            if has_it {
                session.until = until;
                if place.holders == Holders::Backed {
                    let next = neighbour(&place.nodes, node, is_up);
                    let before = session.at.into_iter().find(|&at| at != node);
                    let second = if next == NONE { before } else { Some(next) };
                    session.at = [node, second.unwrap_or(NONE)];
                }
                return;
            }
            kept.seen.left_behind += 1;
        }
        let at = match &place.holders {
            Holders::Own => [node, NONE],
            Holders::Backed => [node, neighbour(&place.nodes, node, is_up)],
            Holders::Groups(groups) => {
                if !group(groups, person).iter().any(|&node| is_up(node)) {
                    return;
                }
                [NONE; 2]
            }
        };
        kept.by_person.insert(person, Session { at, until });
        kept.seen.begun += 1;
    }

    /// A node has crashed: sessions that nobody else holds are lost.
    pub(super) fn lose_sessions(&mut self, node: u32) {
        let nodes = &self.nodes;
        let is_up = |node: NodeId| nodes[node.index()].up;
        for (place, kept) in self.program.keepers.iter().zip(&mut self.sessions.0) {
            let (now, mut lost, mut live) = (self.now, 0, 0);
            kept.by_person.retain(|&person, session| {
                let holds = match &place.holders {
                    Holders::Own => session.at[0] != node,
                    Holders::Backed => session.leaves(node),
                    Holders::Groups(groups) => {
                        let group = group(groups, person);
                        !group.contains(&NodeId(node)) || group.iter().any(|&node| is_up(node))
                    }
                };
                live += u64::from(session.until > now);
                lost += u64::from(!holds && session.until > now);
                holds
            });
            if lost > 0 {
                kept.live_at_loss = kept.live_at_loss.max(live);
            }
            kept.seen.lost += lost;
            kept.lost_ever += lost;
        }
    }
}

/// The node behind `node`, in a circle, which has its copies; [`NONE`] where that is down.
fn neighbour(nodes: &[NodeId], node: u32, is_up: impl Fn(NodeId) -> bool) -> u32 {
    let place = nodes.iter().position(|one| one.0 == node).unwrap_or(0);
    let next = nodes[(place + 1) % nodes.len()];
    if next.0 != node && is_up(next) {
        next.0
    } else {
        NONE
    }
}

/// Who holds the session of a person.
fn group(groups: &[Vec<NodeId>], person: u32) -> &[NodeId] {
    let word = mix(u64::from(person));
    let place = (u128::from(word) * groups.len() as u128) >> 64;
    groups.get(place as usize).map_or(&[], Vec::as_slice)
}
