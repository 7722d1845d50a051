//! What befalls messages: they vanish, come late, or fail. Messages are looked at when they leave.

use std::collections::BTreeMap;

use super::call::OUT;
use super::change::Effect;
use super::gauge::Gauge;
use super::id::LinkId;
use super::key::Rank;
use super::observation::Silence;
use super::plan::Plan;
use super::program::{Part, Program, Reason};
use super::run::Engine;
use super::spell::{Act, Message, resent};
use super::tree::BACK;
use super::visit::{NONE, State};
use crate::law::{Sampler, fraction, mix, round};

/// Purpose of the draws for answers.
const ANSWER: u64 = 0x5851_F42D_4C95_7F2D;

/// The spells of a replication, and what they have done.
#[derive(Debug, Default)]
pub struct Weather {
    /// Whether messages have to be looked at in this replication.
    pub known: bool,
    /// By spell: whether it is on.
    on: Vec<bool>,
    /// By spell: its delay.
    delays: Vec<Option<Sampler>>,
    /// By paused node: reasons, and what waits to leave it, whether as an answer.
    held: BTreeMap<u32, (u32, Vec<(u32, bool)>)>,
    /// Visits that have vanished, by who waits for them, and the links on which they did.
    lost: BTreeMap<u32, (u32, LinkId)>,
    /// By link: what has vanished, and who waits for it.
    silence: Vec<(u64, Gauge)>,
}

/// What becomes of one message.
enum Lot {
    Vanishes,
    Arrives { later: u64, outcome: Option<Reason> },
}

impl Weather {
    /// Whether anything can befall messages under a plan.
    pub fn is_known(plan: &Plan) -> bool {
        let of_messages = |effect| matches!(effect, Effect::Spell(..) | Effect::Pause(..));
        plan.effects.iter().any(|timed| of_messages(timed.effect))
    }

    /// Before anything has happened.
    pub fn new(program: &Program, plan: &Plan) -> Self {
        let delay = |act: &Act| match act {
            Act::Delay(law) => Some(law.sampler()),
            _ => None,
        };
        Self {
            known: Self::is_known(plan),
            on: vec![false; program.spells.len()],
            delays: program
                .spells
                .iter()
                .map(|spell| delay(&spell.act))
                .collect(),
            silence: vec![(0, Gauge::default()); program.links.len()],
            ..Self::default()
        }
    }

    /// Opens the window.
    pub fn open(&mut self, now: u64) {
        for (vanished, waiting) in &mut self.silence {
            *vanished = 0;
            waiting.open(now);
        }
    }

    /// By link: what has vanished in the window, and who waited for it; nothing where nothing can.
    pub fn silence(&self, now: u64) -> Vec<Silence> {
        let all = self.silence.iter().filter(|_| self.known);
        all.map(|(vanished, waiting)| Silence {
            vanished: *vanished,
            waiting: waiting.level(now),
        })
        .collect()
    }
}

impl Engine<'_> {
    /// A spell begins or ends.
    pub(super) fn turn_spell(&mut self, spell: usize, on: bool) {
        self.weather.on[spell] = on;
    }

    /// What becomes of a message of a visit.
    fn lot(&self, message: Message, key: u64) -> Lot {
        let (mut later, mut outcome) = (0_u64, None);
        let way = if message.is_answer { ANSWER } else { 0 };
        for (number, spell) in self.program.spells.iter().enumerate() {
            if !self.weather.on[number] || !spell.meets(message) {
                continue;
            }
            let word = mix(key ^ spell.key ^ way);
            match &spell.act {
                Act::Vanish => return Lot::Vanishes,
                Act::Delay(_) => {
                    let delay = self.weather.delays[number].as_ref();
                    let ns = delay.map_or(0.0, |law| law.sample(word, self.tables));
                    later = later.saturating_add(round(ns));
                }
                Act::Lose(share) => match resent(*share, word) {
                    Ok(ns) => later = later.saturating_add(ns),
                    // Who waits for an answer does not learn that it could not be sent.
                    Err(_) if message.is_answer => return Lot::Vanishes,
                    Err(ns) => {
                        later = later.saturating_add(ns);
                        outcome = Some(Reason::Unreachable);
                    }
                },
                Act::Fail(share) if fraction(word) < *share => {
                    outcome = outcome.or(Some(Reason::Error));
                }
                Act::Cut(share) if fraction(word) < *share => {
                    outcome = outcome.or(Some(Reason::Reset));
                }
                Act::Fail(_) | Act::Cut(_) => {}
            }
        }
        Lot::Arrives { later, outcome }
    }

    /// Sends a visit over a call to a target, through the weather.
    #[cold]
    pub(super) fn venture(&mut self, id: u32, number: u32, target: u32) -> Option<u32> {
        let call = &self.program.calls[number as usize];
        let node = self.program.selectors[call.selector.index()].targets[target as usize].node;
        let visit = &mut self.visits[id];
        (visit.hop, visit.target) = (number, target);
        if self.holds_back(id, false) {
            return None;
        }
        let visit = &mut self.visits[id];
        let message = Message {
            from: visit.node,
            to: node.0,
            link: call.link,
            is_answer: false,
        };
        visit.node = node.0;
        visit.pc = self.program.entries[(call.entries + target) as usize].0;
        let key = visit.key;
        let Lot::Arrives { later, outcome } = self.lot(message, key) else {
            return self.vanish(id, message.link);
        };
        self.visits[id].outcome = outcome;
        let plain = call
            .latency
            .map(|law| self.draw_ns(law, mix(key ^ call.key ^ OUT)));
        self.arrive_later(id, plain, later, Rank::Reached)
    }

    /// Sends an outcome back to who waits for it, through the weather.
    #[cold]
    pub(super) fn venture_back(&mut self, id: u32) -> Option<u32> {
        if self.holds_back(id, true) {
            return None;
        }
        let visit = &self.visits[id];
        let call = &self.program.calls[visit.back as usize];
        let to = match visit.parent {
            NONE => self.clients,
            parent => self.visits[parent].node,
        };
        let message = Message {
            from: visit.node,
            to,
            link: call.link,
            is_answer: true,
        };
        let key = visit.key;
        let Lot::Arrives { later, outcome } = self.lot(message, key) else {
            return self.vanish(id, message.link);
        };
        if outcome.is_some() && self.visits[id].outcome.is_none() {
            self.spend(id);
            self.visits[id].outcome = outcome;
        }
        self.fly_back(id, later)
    }

    fn fly_back(&mut self, id: u32, later: u64) -> Option<u32> {
        let visit = &self.visits[id];
        let call = &self.program.calls[visit.back as usize];
        let word = mix(visit.key ^ call.key ^ BACK);
        let plain = call.latency.map(|law| self.draw_ns(law, word));
        self.arrive_later(id, plain, later, Rank::Answered)
    }

    fn arrive_later(&mut self, id: u32, plain: Option<u64>, later: u64, rank: Rank) -> Option<u32> {
        let is_answer = rank == Rank::Answered;
        if plain.is_none() && later == 0 {
            return if is_answer {
                self.answer(id)
            } else {
                self.reach(id)
            };
        }
        let delay = plain.unwrap_or(0).saturating_add(later);
        let ticket = self.put(self.now.saturating_add(delay), rank, id);
        let visit = &mut self.visits[id];
        visit.ticket = ticket;
        visit.state = if is_answer {
            State::Returning
        } else {
            State::Travelling
        };
        None
    }

    /// A visit comes to a node as one that fails there, or never left.
    #[cold]
    pub(super) fn turned_back(&mut self, id: u32, reason: Reason) -> Option<u32> {
        if reason == Reason::Unreachable {
            self.forget_opens(id);
            return self.deliver(id);
        }
        let place = &self.nodes[self.visits[id].node as usize];
        if !place.up {
            self.visits[id].outcome = None;
            return self.enter(id);
        }
        let component = place.component;
        self.visits[id].owner = component;
        self.probe.turned_away(component, reason);
        self.finish(id, Some(reason))
    }

    /// A message is gone. Whoever waits for it waits on; who counts it as open goes on doing so
    /// for as long.
    fn vanish(&mut self, id: u32, link: LinkId) -> Option<u32> {
        let visit = &self.visits[id];
        let (parent, awaited) = (visit.parent, visit.link);
        let of_user = parent == NONE;
        if !of_user && (awaited == 0 || self.visits[parent].awaits != awaited) {
            self.forget_opens(id);
            return self.waste(id);
        }
        let visit = &mut self.visits[id];
        (visit.state, visit.ticket) = (State::Lost, 0);
        let (vanished, waiting) = &mut self.weather.silence[link.index()];
        *vanished += 1;
        waiting.up(self.now);
        if !of_user {
            self.weather.lost.insert(parent, (id, link));
        }
        None
    }

    /// A visit stops waiting: what has vanished of it is counted open no longer.
    #[inline]
    pub(super) fn forget_lost(&mut self, parent: u32) {
        if !self.weather.lost.is_empty() {
            self.drop_lost(parent);
        }
    }

    #[cold]
    fn drop_lost(&mut self, parent: u32) {
        let Some((id, link)) = self.weather.lost.remove(&parent) else {
            return;
        };
        self.weather.silence[link.index()].1.down(self.now);
        self.forget_opens(id);
        self.waste(id);
    }

    /// The processes of a node stop, or go on: nothing leaves it meanwhile.
    pub(super) fn hold(&mut self, node: u32, on: bool) {
        let held = &mut self.weather.held;
        if on {
            held.entry(node).or_default().0 += 1;
            return;
        }
        let Some(place) = held.get_mut(&node) else {
            return;
        };
        place.0 -= 1;
        if place.0 > 0 {
            return;
        }
        let owner = self.nodes[node as usize].component;
        for (id, is_answer) in self.weather.held.remove(&node).unwrap_or_default().1 {
            self.charge_to(id, owner, Part::Queue);
            let next = if is_answer {
                self.send_on(id)
            } else {
                let (number, target) = (self.visits[id].hop, self.visits[id].target);
                self.travel(id, number, target)
            };
            self.ready.extend(next);
        }
    }

    /// Whether a message has to wait until its node goes on.
    fn holds_back(&mut self, id: u32, is_answer: bool) -> bool {
        let Some(place) = self.weather.held.get_mut(&self.visits[id].node) else {
            return false;
        };
        place.1.push((id, is_answer));
        self.visits[id].state = State::Held;
        true
    }

    /// What a node had not sent when it crashed is lost: who waits for it gets a reset.
    pub(super) fn lose_held(&mut self, node: u32) {
        let Some(place) = self.weather.held.get_mut(&node) else {
            return;
        };
        let owner = self.nodes[node as usize].component;
        for (id, _) in std::mem::take(&mut place.1) {
            self.charge_to(id, owner, Part::Queue);
            self.spend(id);
            self.visits[id].outcome = Some(Reason::Reset);
            let next = self.fly_back(id, 0);
            self.ready.extend(next);
        }
    }
}
