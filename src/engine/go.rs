//! The path of every request, in one piece: the steps that need nobody else, and the end of a
//! service at a first-come station. What is rare is left to the methods of the other files.

use super::calendar::Agenda;
use super::hop::{Hop, Manner, Way};
use super::id::{LawId, StationId};
use super::key::{Key, Rank};
use super::program::{Part, Reason, Step};
use super::run::Engine;
use super::selector::{Asker, Selector};
use super::visit::{DIRECT, INSIDE, NETWORK, NONE, SPAWNED, State, Visit};
use crate::law::{fraction, mix, round};

impl Engine<'_> {
    /// Takes steps of a visit until it waits, ends or needs somebody else; returns the visit that
    /// goes on at once, if any.
    #[inline(always)]
    pub(super) fn go(&mut self, id: u32) -> Option<u32> {
        let (program, now) = (self.program, self.now);
        let mut visit = &mut self.visits.slots[id as usize];
        loop {
            match program.steps[visit.pc as usize] {
                Step::Serve {
                    station,
                    law,
                    key,
                    part,
                } => {
                    return self.demand(id, station, (law, key), part);
                }
                Step::Chance {
                    share,
                    key,
                    otherwise,
                } => {
                    let hit = fraction(mix(visit.key ^ key)) < share;
                    visit.pc = if hit { visit.pc + 1 } else { otherwise.0 };
                }
                Step::Jump { to } => visit.pc = to.0,
                Step::Forward { call } => {
                    let hop = self.hops.calls[call.index()];
                    if hop.manner == Manner::Full {
                        return self.forward(id, call.0);
                    }
                    let Some(target) = choose(hop, &mut self.selectors, visit) else {
                        return self.finish(id, Some(Reason::NoBackend));
                    };
                    self.probe.forwarded(hop.link, visit);
                    let way = self.hops.ways[(hop.ways + target) as usize];
                    let Way { node, pc, stop } = way;
                    let place = &self.nodes[node as usize];
                    if stop == NONE {
                        self.fuel -= 1;
                        if !place.up || self.fuel == 0 {
                            return self.move_on(id, node, pc);
                        }
                    }
                    if visit.is(INSIDE) {
                        self.probe.left(now, visit, None);
                    }
                    self.journal.settle(visit);
                    if stop != NONE {
                        return self.alight(id, way);
                    }
                    visit.come_to(node, pc, place.component, now);
                    self.probe.inside[place.component as usize].up(now);
                    if visit.held > 0 {
                        self.give_permits_back(id);
                        visit = &mut self.visits.slots[id as usize];
                    }
                }
                Step::Acquire { pool } => {
                    if !self.pools[pool.index()].take(now) {
                        return self.acquire(id, pool.0);
                    }
                    visit.keep(pool.0);
                }
                Step::Reply if visit.ends_request() => {
                    self.end_request(id);
                    return None;
                }
                Step::Call { call, .. } => return self.ask_callee(id, call.0),
                Step::Reply => return self.answer_caller(id),
                step => return self.step(id, step),
            }
        }
    }

    /// A request ends at the node where its visit is.
    #[inline(always)]
    fn end_request(&mut self, id: u32) {
        let visit = &mut self.visits.slots[id as usize];
        if visit.is(INSIDE) {
            self.probe.left(self.now, visit, None);
        }
        if visit.held > 0 {
            self.give_permits_back(id);
        }
        self.conclude(id);
    }

    /// Brings a visit with a demand of a law to a station.
    #[inline(always)]
    fn demand(
        &mut self,
        id: u32,
        station: StationId,
        (law, key): (LawId, u64),
        part: Part,
    ) -> Option<u32> {
        let now = self.now;
        let visit = &mut self.visits.slots[id as usize];
        let word = mix(visit.key ^ key);
        let drawn = self.samplers[law.index()].sample(word, self.tables);
        let place = &mut self.stations[station.index()];
        visit.demand = round(drawn * place.scale);
        (visit.at, visit.state) = (station.0, State::Queued);
        if self.slowed > 0 {
            return self.serve_ailing(id, station.0, part);
        }
        if !place.is_plain() {
            return self.serve(id, station.0, part);
        }
        if part != Part::Service {
            visit.flags |= NETWORK;
            self.serve_plainly(id, station.0);
        } else if place.take_server(now) {
            begin(visit, &mut self.agenda, now, id);
        } else {
            place.line_up_behind(&mut self.visits, id, now);
        }
        None
    }

    /// A first-come server is done.
    #[inline(always)]
    pub(super) fn served(&mut self, key: Key) -> Option<u32> {
        let (now, id) = (self.now, key.id());
        if let Some(slot) = self.riders.of_event(id) {
            return self.served_rider(slot);
        }
        let visit = &mut self.visits.slots[id as usize];
        if visit.ticket != key.ticket() {
            return None;
        }
        visit.ticket = 0;
        let service = now - visit.since;
        let (at, node, component, queued) = (visit.at, visit.node, visit.owner, visit.queued);
        visit.pc += 1;
        visit.state = State::Ready;
        if visit.is(NETWORK) {
            self.charge_transfer(id);
        } else {
            visit.service += service;
            visit.since = now;
        }
        let place = &mut self.stations[at as usize];
        place.done(component, queued, service);
        if self.slowed > 0 || !place.is_plain() {
            self.hand_over(at, node);
        } else if let Some(next) = place.next_plain(&mut self.visits, now) {
            let visit = &mut self.visits.slots[next as usize];
            begin(visit, &mut self.agenda, now, next);
        }
        Some(id)
    }

    #[cold]
    fn charge_transfer(&mut self, id: u32) {
        self.visits[id].flags &= !NETWORK;
        self.charge(id, Part::Network);
    }

    /// Brings a transfer to a first-come station without caps.
    #[inline(never)]
    fn serve_plainly(&mut self, id: u32, station: u32) {
        let place = &mut self.stations[station as usize];
        if place.take_server(self.now) {
            self.start(id);
        } else {
            place.line_up_behind(&mut self.visits, id, self.now);
        }
    }

    /// A server of a first-come station with caps or at a slow node becomes free.
    #[inline(never)]
    fn hand_over(&mut self, station: u32, node: u32) {
        let place = &mut self.stations[station as usize];
        if let Some(next) = place.next_in_line(&mut self.visits, node, self.now) {
            self.start(next);
        }
    }
}

/// A server of normal speed takes a visit.
#[inline(always)]
fn begin(visit: &mut Visit, agenda: &mut Agenda, now: u64, id: u32) {
    let queued = now - visit.since;
    visit.since = now;
    visit.waiting += queued;
    visit.queued = queued;
    visit.until = now.saturating_add(visit.demand);
    visit.state = State::Serving;
    visit.ticket = agenda.put(visit.until, Rank::Served, id);
}

/// The target of a plain hop; `None`: nobody is believed up.
#[inline(always)]
pub(super) fn choose(hop: Hop, selectors: &mut [Selector], visit: &Visit) -> Option<u32> {
    let asker = Asker {
        key: visit.key,
        address: visit.address,
        person: visit.person,
    };
    choose_for(hop, selectors, asker)
}

/// The same for anybody.
#[inline(always)]
pub(super) fn choose_for(hop: Hop, selectors: &mut [Selector], asker: Asker) -> Option<u32> {
    if hop.manner == Manner::Direct {
        return Some(0);
    }
    selectors[hop.selector as usize].choose(asker)
}

impl Visit {
    /// Holds a permit until it leaves the node, and goes on.
    #[inline(always)]
    fn keep(&mut self, pool: u32) {
        self.permits[usize::from(self.held)] = pool;
        self.held += 1;
        self.pc += 1;
    }

    #[inline(always)]
    pub(super) fn come_to(&mut self, node: u32, pc: u32, owner: u32, now: u64) {
        (self.node, self.pc, self.owner) = (node, pc, owner);
        self.flags |= INSIDE;
        self.entered = now;
    }

    /// Whether its end is the end of its request: nothing on the way back, nobody but the user
    /// waits.
    #[inline(always)]
    pub(super) fn ends_request(&self) -> bool {
        let alone = self.parent == NONE && self.opens == NONE;
        alone && self.back >= DIRECT && !self.is(SPAWNED)
    }
}
