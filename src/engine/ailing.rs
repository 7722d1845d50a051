//! Parts of nodes that are worse than usual: slow disks and lines, full disks, name servers that
//! do not answer.

use std::collections::{BTreeMap, BTreeSet};

use super::id::StationId;
use super::program::{Part, Reason};
use super::run::Engine;
use super::station::Kind;

/// What is worse than usual.
#[derive(Debug, Default)]
pub struct Ailing {
    /// Rates of stations that are not the normal 1.0.
    rates: BTreeMap<u32, f64>,
    /// Stations that take nothing more.
    full: BTreeSet<u32>,
    /// Nodes that answer no lookups.
    nameless: BTreeSet<u32>,
}

impl Ailing {
    /// How many times as long work takes at a station.
    pub fn factor(&self, station: u32) -> f64 {
        self.rates.get(&station).map_or(1.0, |rate| 1.0 / rate)
    }

    /// Whether a station takes nothing more.
    pub fn is_full(&self, station: u32) -> bool {
        self.full.contains(&station)
    }

    /// A name server stops answering, or begins again.
    pub fn unname(&mut self, node: u32, on: bool) {
        if on {
            self.nameless.insert(node);
        } else {
            self.nameless.remove(&node);
        }
    }

    /// Whether a name server answers nobody.
    pub fn is_nameless(&self, node: u32) -> bool {
        self.nameless.contains(&node)
    }
}

impl Engine<'_> {
    /// All work of a station, also what is being done, takes `1 / rate` of its time.
    pub(super) fn set_rate(&mut self, id: StationId, rate: f64) {
        let station = id.0;
        let factor = (1.0 / rate) / self.ailing.factor(station);
        let slow = (rate - 1.0).abs() > f64::EPSILON;
        let before = if slow {
            self.ailing.rates.insert(station, rate)
        } else {
            self.ailing.rates.remove(&station)
        };
        self.slowed = self.slowed + u32::from(slow) - u32::from(before.is_some());
        match &mut self.stations[id.index()].kind {
            Kind::Sharing(shared) => {
                shared.advance(self.now);
                shared.stretch(|_| Some(factor));
                shared.scheduled = u64::MAX;
                self.schedule_due(station);
            }
            Kind::Fcfs(_) => self.at_nodes_of(id, |engine, node| {
                engine.stretch_service(node, station, factor);
            }),
            Kind::Ordered(_) => {
                self.at_nodes_of(id, |engine, node| {
                    if let Kind::Ordered(ordered) = &mut engine.stations[id.index()].kind {
                        ordered.stretch(node, factor, engine.now);
                        ordered.scheduled = u64::MAX;
                    }
                });
                self.rearranged(station);
            }
        }
    }

    /// Does something for each node to which a station belongs.
    fn at_nodes_of(&mut self, station: StationId, mut act: impl FnMut(&mut Self, u32)) {
        let program = self.program;
        for (node, place) in (0..).zip(&program.nodes) {
            if place.stations.contains(&station) {
                act(self, node);
            }
        }
    }

    /// A station takes nothing more, or takes work again.
    pub(super) fn fill_up(&mut self, station: StationId, full: bool) {
        let changed = if full {
            self.ailing.full.insert(station.0)
        } else {
            self.ailing.full.remove(&station.0)
        };
        // Who comes to a station looks whether it is as usual.
        if changed {
            self.slowed = if full {
                self.slowed + 1
            } else {
                self.slowed - 1
            };
        }
    }

    /// A visit comes to a station; while some part is worse than usual.
    #[cold]
    pub(super) fn serve_ailing(&mut self, id: u32, station: u32, part: Part) -> Option<u32> {
        if self.ailing.is_full(station) {
            return self.finish(id, Some(Reason::Error));
        }
        self.serve(id, station, part)
    }
}
