//! Changes of the running system at their times.

use super::key::{Key, Rank};
use super::program::{Effect, TimedEffect};
use super::run::Engine;
use super::station::Kind;
use super::visit::State;

/// S45: faults and repairs before what the control layer does about them.
fn rank(effect: Effect) -> Rank {
    match effect {
        Effect::Crash(_)
        | Effect::Repair(_)
        | Effect::Speed(..)
        | Effect::Pause(..)
        | Effect::Gate(..)
        | Effect::Rate(..)
        | Effect::Full(..)
        | Effect::Nameless(..)
        | Effect::Flush(..)
        | Effect::Leak(..)
        | Effect::Spell(..) => Rank::Fault,
        Effect::Belief { .. }
        | Effect::Succeed(..)
        | Effect::Lead { .. }
        | Effect::Reroute(..)
        | Effect::Handover { .. } => Rank::Control,
    }
}

impl Engine<'_> {
    /// Puts the event of the next change.
    pub(super) fn schedule_effect(&mut self) {
        if let Some(timed) = self.effects.get(self.next_effect) {
            self.put(timed.at, rank(timed.effect), 0);
        }
    }

    /// The next change happens, or a memory is looked at.
    #[cold]
    pub(super) fn change(&mut self, id: u32) {
        if let Some(memory) = id.checked_sub(1) {
            return self.look_at_memory(memory);
        }
        // Events of a course that was left are not meant for anything.
        let now = self.now;
        let next = self.effects.get(self.next_effect);
        let Some(&TimedEffect { effect, .. }) = next.filter(|timed| timed.at == now) else {
            return;
        };
        self.next_effect += 1;
        self.schedule_effect();
        match effect {
            Effect::Crash(node) => self.crash(node.0),
            Effect::Repair(node) => self.repair(node.0),
            Effect::Speed(node, speed) => self.set_plain_speed(node.0, speed),
            Effect::Pause(node, paused) => {
                self.pause_node(node.0, !paused);
                self.hold(node.0, paused);
            }
            Effect::Rate(station, rate) => self.set_rate(station, rate),
            Effect::Full(station, full) => self.fill_up(station, full),
            Effect::Nameless(node, on) => self.ailing.unname(node.0, on),
            Effect::Flush(node, share, key) => self.caches.flush(node.0, share, key),
            Effect::Leak(node, bytes) => self.set_leak(node.0, bytes),
            Effect::Spell(spell, on) => self.turn_spell(spell.index(), on),
            Effect::Gate(gate, up) => self.gates[gate.index()] = up,
            Effect::Belief {
                selector,
                target,
                up,
                rank,
            } => {
                self.selectors[selector.index()].believe(target, up, rank);
                self.keeps_somebody(selector);
                self.hops.distrust(selector);
                self.regate(selector.0);
            }
            Effect::Succeed(node) => self.succeed(node.0),
            Effect::Lead { queue, seat } => self.lead(queue, seat),
            Effect::Reroute(route, option) => self.routes[route.index()] = option,
            Effect::Handover {
                store,
                address,
                holder,
            } => self.stores[store.index()].hand_over(address, holder),
        }
    }

    fn repair(&mut self, node: u32) {
        let place = &mut self.nodes[node as usize];
        if !place.up {
            place.up = true;
            self.fates[node as usize].life.up(self.now);
            self.memory_anew(node);
            self.land_writes(node);
            self.lead_again(node);
        }
    }

    /// All work of the node, also what is being done, takes `1 / speed` of its time.
    pub(super) fn set_speed(&mut self, node: u32, speed: f64) {
        let place = &mut self.fates[node as usize];
        let factor = place.speed.unwrap_or(1.0) / speed;
        let slow = (speed - 1.0).abs() > f64::EPSILON;
        self.slowed = self.slowed + u32::from(slow) - u32::from(place.speed.is_some());
        place.speed = slow.then_some(speed);
        let program = self.program;
        for station in &program.nodes[node as usize].stations {
            let visits = &self.visits;
            let own = |id: u32| (visits[id].node == node).then_some(factor);
            match &mut self.stations[station.index()].kind {
                Kind::Sharing(shared) => {
                    shared.advance(self.now);
                    shared.stretch(own);
                    shared.scheduled = u64::MAX;
                    self.schedule_due(station.0);
                }
                Kind::Fcfs(_) => self.stretch_service(node, station.0, factor),
                Kind::Ordered(ordered) => {
                    ordered.stretch(node, factor, self.now);
                    ordered.scheduled = u64::MAX;
                    self.rearranged(station.0);
                }
            }
        }
    }

    pub(super) fn stretch_service(&mut self, node: u32, station: u32, factor: f64) {
        for id in 0..self.visits.slots() as u32 {
            let visit = &self.visits[id];
            if visit.state == State::Serving && visit.node == node && visit.at == station {
                let left = ((visit.until - self.now) as f64 * factor).round() as u64;
                let until = self.now.saturating_add(left);
                let ticket = self.put(until, Rank::Served, id);
                let visit = &mut self.visits[id];
                visit.until = until;
                visit.ticket = ticket;
            }
        }
    }
}

/// The changes in the order in which they happen: by time, at one instant by rank, then as given.
pub fn in_order(effects: &[TimedEffect]) -> Vec<TimedEffect> {
    let mut effects = effects.to_vec();
    effects.sort_by_key(|timed| Key::new(timed.at, rank(timed.effect), 0, 0));
    effects
}
