//! Servers that stop and go on by laws of their own (S41): interrupted work is kept and resumes.

use std::collections::BTreeMap;

use super::id::{LawId, StationId};
use super::key::{Key, Rank};
use super::program::{Failure, Program};
use super::run::Engine;
use super::station::Kind;
use crate::law::mix;

/// What stops together: one server, or all of a station.
#[derive(Debug)]
pub struct Breaker {
    station: StationId,
    server: Option<u32>,
    /// Time up, time down.
    laws: [LawId; 2],
    is_up: bool,
    word: u64,
}

/// Servers that stand still: by station, for each server how many reasons it has, breakers and
/// pauses.
#[derive(Debug, Default)]
pub struct Stopped(BTreeMap<u32, Vec<u32>>);

impl Stopped {
    /// One reason more or less for a server of a station, or for all of them; returns those that
    /// stop with it, or go on.
    fn change(
        &mut self,
        (station, servers): (u32, u32),
        server: Option<u32>,
        is_up: bool,
    ) -> Vec<u32> {
        let reasons = self.0.entry(station);
        let reasons = reasons.or_insert_with(|| vec![0; servers as usize]);
        let struck = server.map_or(0..servers, |server| server..server + 1);
        struck
            .filter(|&server| {
                let reasons = &mut reasons[server as usize];
                if is_up {
                    *reasons -= 1;
                } else {
                    *reasons += 1;
                }
                *reasons == u32::from(!is_up)
            })
            .collect()
    }
}

impl Breaker {
    /// All breakers of a program, with streams by name.
    pub fn all(program: &Program, base: u64) -> Vec<Self> {
        program
            .failures
            .iter()
            .flat_map(|failure| Self::of(program, failure, base))
            .collect()
    }

    fn of(program: &Program, failure: &Failure, base: u64) -> Vec<Self> {
        let servers = program.stations[failure.station.index()].servers;
        let parts = match servers.filter(|_| failure.each_server) {
            Some(servers) => (0..servers).map(Some).collect(),
            None => vec![None],
        };
        let one = |server: Option<u32>| Self {
            station: failure.station,
            server,
            laws: [failure.up, failure.down],
            is_up: true,
            word: mix(mix(base ^ failure.key) ^ u64::from(server.unwrap_or(0))),
        };
        parts.into_iter().map(one).collect()
    }
}

impl Engine<'_> {
    /// Puts the first failure of every breaker.
    pub(super) fn schedule_failures(&mut self) {
        for breaker in 0..self.breakers.len() {
            self.schedule_turn(breaker);
        }
    }

    fn schedule_turn(&mut self, number: usize) {
        let breaker = &mut self.breakers[number];
        breaker.word = mix(breaker.word.wrapping_add(1));
        let law = breaker.laws[usize::from(!breaker.is_up)];
        let word = breaker.word;
        let at = self.now.saturating_add(self.draw_ns(law, word));
        self.put(at, Rank::Breaker, number as u32);
    }

    /// A breaker stops its servers, or lets them go on.
    #[cold]
    pub(super) fn turn_breaker(&mut self, key: Key) -> Option<u32> {
        let number = key.id() as usize;
        let breaker = &mut self.breakers[number];
        breaker.is_up = !breaker.is_up;
        let (station, server, is_up) = (breaker.station.0, breaker.server, breaker.is_up);
        self.schedule_turn(number);
        self.turn_servers(station, server, is_up);
        None
    }

    /// All work of the node stands still, or goes on.
    #[cold]
    pub(super) fn pause_node(&mut self, node: u32, is_up: bool) {
        for station in &self.program.nodes[node as usize].stations {
            if self.program.stations[station.index()].rates.stops {
                self.turn_servers(station.0, None, is_up);
            }
        }
    }

    /// A server of a station, or all of them, gets one reason more or less to stand still.
    fn turn_servers(&mut self, station: u32, server: Option<u32>, is_up: bool) {
        let servers = self.program.stations[station as usize].servers.unwrap_or(1);
        let turned = self.stopped.change((station, servers), server, is_up);
        if turned.len() == servers as usize {
            return self.let_stand(station, None, (servers, is_up));
        }
        for server in turned {
            self.let_stand(station, Some(server), (1, is_up));
        }
    }

    fn let_stand(&mut self, station: u32, server: Option<u32>, (change, is_up): (u32, bool)) {
        let now = self.now;
        let place = &mut self.stations[station as usize];
        place.turn(change, is_up, now);
        match &mut place.kind {
            Kind::Ordered(ordered) => {
                ordered.set_up(server, is_up, now);
                ordered.scheduled = u64::MAX;
                self.rearranged(station);
            }
            Kind::Sharing(shared) => {
                shared.advance(now);
                shared.set_cores(change, is_up);
                shared.scheduled = u64::MAX;
                place.relevel(now);
                self.schedule_due(station);
            }
            Kind::Fcfs(_) => unreachable!("a station whose servers stop chooses"),
        }
    }
}
