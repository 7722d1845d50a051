//! Nodes that come into service and leave it: looks, boots, drains.
//!
//! The engine shows how busy the nodes in service are and does what the policy of the
//! [`Plan`](super::plan::Plan) wants; it decides nothing. A node that leaves gets no new work and
//! finishes what it has.

mod group;
pub mod seen;
pub mod spec;

use std::collections::BTreeMap;

use self::group::{Group, Post};
use self::spec::{Busy, Sample, Scaler};
use super::id::SelectorId;
use super::key::Rank;
use super::observation::{PoolObservation, ScalerObservation, StationObservation};
use super::plan::Plan;
use super::program::Program;
use super::run::Engine;
use super::selector::hash;
use super::visit::State;
use crate::law::mix;

/// All groups of a replication.
#[derive(Debug, Default)]
pub struct Scalers {
    groups: Vec<Group>,
    /// By node of a group: where it can be chosen, as selector and target.
    seats: BTreeMap<u32, Vec<(u32, u32)>>,
    /// By event that ends a boot: group and place in it.
    boots: Vec<(u32, u32)>,
}

impl Scalers {
    /// As they are at the start; `base` is the word of seed and replication.
    pub fn new(program: &Program, plan: &Plan, base: u64) -> Self {
        if program.scalers.is_empty() || plan.scaling.is_none() {
            return Self::default();
        }
        let members = || program.scalers.iter().flat_map(|scaler| &scaler.members);
        let mut seats: BTreeMap<u32, Vec<(u32, u32)>> = members()
            .map(|member| (member.node.0, Vec::new()))
            .collect();
        for (selector, described) in (0..).zip(&program.selectors) {
            for (target, one) in (0..).zip(&*described.targets) {
                if let Some(places) = seats.get_mut(&one.node.0) {
                    places.push((selector, target));
                }
            }
        }
        let boots = (0..).zip(&program.scalers).flat_map(|(group, scaler)| {
            let places = 0..scaler.members.len() as u32;
            places.map(move |place| (group, place))
        });
        let group = |scaler: &Scaler| Group::new(scaler, first_look(scaler, base));
        Self {
            groups: program.scalers.iter().map(group).collect(),
            seats,
            boots: boots.collect(),
        }
    }

    /// Whether the number of some nodes follows their utilisation.
    pub fn any(&self) -> bool {
        !self.groups.is_empty()
    }

    /// Opens the window.
    pub fn open(&mut self, now: u64) {
        self.groups.iter_mut().for_each(|group| group.open(now));
    }

    /// What the window has shown.
    pub fn seen(&self, now: u64) -> Vec<ScalerObservation> {
        self.groups.iter().map(|group| group.seen(now)).collect()
    }

    /// By group and member: how long it was not there in the window, up to now, ns.
    pub fn absences(&self, now: u64, window: u64) -> impl Iterator<Item = (usize, usize, u64)> {
        let groups = self.groups.iter().enumerate();
        groups.flat_map(move |(number, group)| {
            let absences = group.absences(now, window).enumerate();
            absences.map(move |(place, ns)| (number, place, ns))
        })
    }
}

/// When it is looked for the first time.
fn first_look(scaler: &Scaler, base: u64) -> u64 {
    let drawn = || {
        let word = mix(base ^ mix(hash(&scaler.name) ^ hash("autoscale")));
        ((u128::from(word) * u128::from(scaler.every)) >> 64) as u64
    };
    let after = scaler.first.unwrap_or_else(drawn);
    scaler.from.saturating_add(after)
}

impl Engine<'_> {
    /// Takes those out of choice that are not in service, and puts the first looks.
    pub(super) fn begin_scaling(&mut self) {
        for group in 0..self.scalers.groups.len() {
            for place in 0..self.scalers.groups[group].size() {
                if self.scalers.groups[group].post(place) == Post::Absent {
                    self.seat(group, place, false);
                }
            }
            // At the end of the lead-in it is noted how much was used before.
            let from = match self.program.scalers[group].from {
                0 => self.scalers.groups[group].first_look(),
                from => from,
            };
            self.put(from, Rank::Look, group as u32);
        }
    }

    /// A group is looked at, or a node of one has booted.
    pub(super) fn scale(&mut self, id: u32) -> Option<u32> {
        let groups = self.scalers.groups.len();
        match (id as usize).checked_sub(groups) {
            None => self.look_at(id as usize),
            Some(boot) => {
                let (group, place) = self.scalers.boots[boot];
                self.joins(group as usize, place as usize);
            }
        }
        None
    }

    fn look_at(&mut self, number: usize) {
        let now = self.now;
        let scaler = &self.program.scalers[number];
        self.let_go_of_idle(number);
        let busy: Vec<u128> = scaler
            .members
            .iter()
            .map(|one| self.busy_area(one.busy))
            .collect();
        let group = &mut self.scalers.groups[number];
        let utilisation = group.utilisation(scaler, &busy, now);
        if !group.takes_stock() {
            let first = group.first_look();
            self.put(first, Rank::Look, number as u32);
            return;
        }
        self.put(now.saturating_add(scaler.every), Rank::Look, number as u32);
        let group = &mut self.scalers.groups[number];
        let Some(utilisation) = utilisation else {
            return;
        };
        let (in_service, starting) = group.numbers();
        let sample = Sample {
            at: now,
            in_service,
            starting,
            utilisation,
        };
        let Some(policy) = self.plan.scaling else {
            return;
        };
        let wanted = policy(&scaler.terms, group.memory(), sample);
        let wanted = wanted.clamp(scaler.terms.min, scaler.terms.max);
        let current = in_service + starting;
        if wanted > current {
            self.start_nodes(number, wanted - current);
        } else if wanted < current {
            self.stop_nodes(number, current - wanted);
        }
    }

    fn start_nodes(&mut self, number: usize, count: u32) {
        let boot = self.program.scalers[number].boot;
        let due = self.now.saturating_add(boot);
        let started = self.scalers.groups[number].start(count as usize, due, self.now);
        let before: usize = self.program.scalers[..number]
            .iter()
            .map(|scaler| scaler.members.len())
            .sum();
        for place in started {
            let event = self.scalers.groups.len() + before + place;
            self.put(due, Rank::Look, event as u32);
        }
    }

    fn stop_nodes(&mut self, number: usize, count: u32) {
        let left = self.scalers.groups[number].stop(count as usize, self.now);
        for place in left {
            self.seat(number, place, false);
        }
    }

    /// A node has booted, unless it was stopped before.
    fn joins(&mut self, number: usize, place: usize) {
        let busy = self.program.scalers[number].members[place].busy;
        let busy = self.busy_area(busy);
        if self.scalers.groups[number].joins(place, busy, self.now) {
            self.seat(number, place, true);
        }
    }

    /// Lets a node be chosen, or not.
    fn seat(&mut self, number: usize, place: usize, serves: bool) {
        let node = self.program.scalers[number].members[place].node;
        let seats = self.scalers.seats.get(&node.0).cloned().unwrap_or_default();
        for (selector, target) in seats {
            self.selectors[selector as usize].serve(target, serves);
            self.keeps_somebody(SelectorId(selector));
            self.regate(selector);
        }
    }

    /// Nodes that have left and finished are gone.
    fn let_go_of_idle(&mut self, number: usize) {
        if !self.scalers.groups[number].has_leaving() {
            return;
        }
        let members = &self.program.scalers[number].members;
        let mut works = vec![false; members.len()];
        let places: BTreeMap<u32, usize> = members
            .iter()
            .enumerate()
            .map(|(place, member)| (member.node.0, place))
            .collect();
        let slots = self.visits.slots.iter();
        for visit in slots.filter(|visit| visit.state != State::Free) {
            if let Some(&place) = places.get(&visit.node) {
                works[place] = true;
            }
        }
        self.scalers.groups[number].release(&works, self.now);
    }

    /// Servers or permits in use, as an area from the start, ns.
    fn busy_area(&self, busy: Busy) -> u128 {
        match busy {
            Busy::Station(station) => self.stations[station.index()].busy_area(self.now),
            Busy::Pool(pool) => self.pools[pool.index()].used_area(self.now),
        }
    }

    /// Notes how long the stations and pools of nodes out of service were not there.
    pub(super) fn note_absences(
        &self,
        stations: &mut [StationObservation],
        pools: &mut [PoolObservation],
    ) {
        if !self.scalers.any() {
            return;
        }
        let window = self.now - self.probe.start;
        for (group, place, ns) in self.scalers.absences(self.now, window) {
            let member = &self.program.scalers[group].members[place];
            for station in &member.stations {
                stations[station.index()].absent_ns += ns;
            }
            for pool in &member.pools {
                pools[pool.index()].absent_ns += ns;
            }
        }
    }
}
