//! Lines: the bandwidth of links, which transfers share equally. Bodies of requests go out over
//! one, answers come back over another.
//!
//! A visit on a line is at a sharing station, at a step of its own, so that it comes off like any
//! job that has had its share.

use super::id::{LawId, StationId};
use super::program::{Call, Part, Step};
use super::run::Engine;
use super::visit::{LOCAL, State};
use crate::law::{mix, round};

/// What the bytes of a call go through.
#[derive(Clone, Copy, Debug, Default)]
pub struct Lines {
    /// The request's body, where it has one.
    pub out: Option<Body>,
    /// The answer.
    pub back: Option<Line>,
}

/// A direction of a link.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    /// Where transfers share.
    pub station: StationId,
    /// Time of a byte alone on the line, ns.
    pub ns_per_byte: f64,
}

/// The body of a request on its line.
#[derive(Clone, Copy, Debug)]
pub struct Body {
    /// The way.
    pub line: Line,
    /// Bytes.
    pub size: LawId,
    /// Key of the draw, which is the caller's: equal in every attempt.
    pub key: u64,
}

impl Lines {
    /// Whether something can be on the way.
    pub fn any(&self) -> bool {
        self.out.is_some() || self.back.is_some()
    }
}

/// Bytes of the answers of visits.
#[derive(Debug, Default)]
pub struct Answers {
    /// By visit: its key, as slots are reused, and how many.
    bytes: Vec<(u64, f64)>,
}

impl Answers {
    fn add(&mut self, id: u32, key: u64, bytes: f64) {
        let at = id as usize;
        if at >= self.bytes.len() {
            self.bytes.resize(at + 1, (0, 0.0));
        }
        let known = &mut self.bytes[at];
        if known.0 != key {
            *known = (key, 0.0);
        }
        known.1 += bytes;
    }

    fn take(&mut self, id: u32, key: u64) -> f64 {
        match self.bytes.get_mut(id as usize) {
            Some((of, bytes)) if *of == key => std::mem::take(bytes),
            _ => 0.0,
        }
    }
}

impl Engine<'_> {
    /// The answer of a visit has so many more bytes.
    pub(super) fn weigh(&mut self, id: u32, law: LawId, key: u64) -> Option<u32> {
        let bytes = self.draw(law, mix(self.visits[id].key ^ key));
        let mut whole = id;
        while self.visits[whole].is(LOCAL) {
            let (parent, link) = (self.visits[whole].parent, self.visits[whole].link);
            if self.visits[parent].awaits != link {
                // A branch that nobody waits for any more.
                return self.go_on(id);
            }
            whole = parent;
        }
        let key = self.visits[whole].key;
        self.answers.add(whole, key, bytes);
        self.go_on(id)
    }

    /// Sends a new visit of `caller` to a target, over the line first if the request has a body.
    pub(super) fn send_out(
        &mut self,
        caller: u32,
        id: u32,
        (number, target): (u32, u32),
    ) -> Option<u32> {
        let Some(body) = self.program.calls[number as usize].lines.out else {
            return self.travel(id, number, target);
        };
        let word = mix(self.visits[caller].key ^ body.key);
        let bytes = self.draw(body.size, word);
        let visit = &mut self.visits[id];
        (visit.hop, visit.target) = (number, target);
        if self.carry(id, body.line, bytes, 0) {
            return None;
        }
        self.travel(id, number, target)
    }

    /// Puts an answer on the line of the call that it goes back over; whether it has bytes.
    pub(super) fn carry_back(&mut self, id: u32, call: &Call) -> bool {
        let visit = &self.visits[id];
        let (Some(line), None) = (call.lines.back, visit.outcome) else {
            return false;
        };
        let bytes = self.answers.take(id, visit.key);
        self.carry(id, line, bytes, 2)
    }

    /// Puts a visit on a line, to land as the step behind says; `false`: it has no bytes.
    fn carry(&mut self, id: u32, line: Line, bytes: f64, landing: u32) -> bool {
        let station = line.station.0;
        let scale = self.stations[station as usize].scale;
        let demand = round(bytes * line.ns_per_byte * scale);
        if demand == 0 {
            return false;
        }
        let Some(first) = self.program.landing else {
            unreachable!("a program with lines has a landing")
        };
        let visit = &mut self.visits[id];
        visit.pc = first.0 + landing;
        (visit.demand, visit.at) = (demand, station);
        self.serve(id, station, Part::Network).is_none()
    }

    /// Accounts for a transfer: all of its time is the network's.
    pub(super) fn carried(&mut self, id: u32, station: u32, attained: u64) {
        let visit = &self.visits[id];
        let next = self.program.steps[visit.pc as usize + 1];
        let back = matches!(next, Step::Land { back: true });
        let call = if back { visit.back } else { visit.hop };
        let waited = (self.now - visit.since).saturating_sub(visit.demand);
        let component = self.nodes[visit.node as usize].component;
        self.charge_network(id, &self.program.calls[call as usize]);
        self.stations[station as usize].done(component, waited, attained);
    }

    /// A visit comes off a line.
    pub(super) fn land(&mut self, id: u32, back: bool) -> Option<u32> {
        if back {
            return self.send_on(id);
        }
        let visit = &mut self.visits[id];
        visit.state = State::Ready;
        let (number, target) = (visit.hop, visit.target);
        self.travel(id, number, target)
    }
}
