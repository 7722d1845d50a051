//! Arrivals: a stream of unit rate mapped through the cumulative rate (S37), users who come and
//! go, and recorded instants.

use super::again::Again;
use super::hop::Hops;
use super::id::JourneyId;
use super::key::Rank;
use super::pace::Modulation;
use super::program::{self, Arrivals, Process, Program, Segment};
use super::rides::{First, Riders};
use super::run::Engine;
use super::steady::Steady;
use super::visit::NONE;
use crate::law::{Ziggurat, fraction, mix};

/// Purposes of draws of one workload.
pub(super) const GAPS: u64 = 0x51ED_270B_9C5D_6E13;
const PROXY: u64 = 0x7A1C_94E3_0D2B_85F7;
const PERSON: u64 = 0x2C8F_13A7_66D9_B04D;
const MIX: u64 = 0x4B5E_77A2_E93C_1D81;

/// A workload at work.
#[derive(Debug)]
pub struct Source {
    /// Key of its draws in this replication.
    pub key: u64,
    /// Journeys begun so far, or entries of the log sent.
    pub number: u64,
    /// First person in the numbering over all workloads.
    first_person: u32,
    /// Segment of the last arrival.
    pub segment: usize,
    /// Journeys (cumulative rate) since the start of that segment.
    pub units: f64,
    /// State of a modulated stream.
    pub modulation: Modulation,
    /// Number of the next gap.
    pub gap: u64,
    /// Users of a closed workload by number: their trips, or nobody.
    pub users: Vec<u32>,
    /// How many users there should be.
    pub wanted: u32,
    /// By journey: the class of its only request; [`NONE`]: it has several.
    pub single: Vec<u32>,
    /// Its journeys never differ: the only one.
    only: Option<JourneyId>,
    /// Ns between two journeys of a constant rate; 0: the rate changes.
    pub ns_per_unit: f64,
    /// Set where each arrival is one request of one class from somebody new, at a constant rate.
    pub steady: Option<Steady>,
    /// How all its requests begin on the fast path.
    pub ride: Option<First>,
    /// Set where each user makes one request of one class again and again.
    pub again: Option<Again>,
}

impl Source {
    /// All workloads.
    pub fn all(program: &Program, base: u64, (hops, riders): (&Hops, &Riders)) -> Vec<Source> {
        let mut person = 0u32;
        let mut make = |source: &program::Source| {
            let first_person = person;
            person = person.saturating_add(people(source));
            Source {
                key: mix(base ^ source.key),
                number: 0,
                first_person,
                segment: 0,
                units: 0.0,
                modulation: Modulation::default(),
                gap: 0,
                users: Vec::new(),
                wanted: 0,
                single: program.journeys.iter().map(single).collect(),
                only: only(&source.arrivals),
                ns_per_unit: ns_per_unit(&source.arrivals),
                steady: Steady::of(program, source),
                again: Again::of(program, source),
                ride: riders.first(program, source, hops),
            }
        };
        program.sources.iter().map(&mut make).collect()
    }
}

/// The class of a journey that has one request.
pub fn single(journey: &program::Journey) -> u32 {
    match journey.items.as_slice() {
        [only] if only.times == 1 => only.class.0,
        _ => NONE,
    }
}

/// The journey of a workload that always makes the same.
pub fn only(arrivals: &Arrivals) -> Option<JourneyId> {
    let (Arrivals::Open { segments, .. } | Arrivals::Closed { segments, .. }) = arrivals else {
        return None;
    };
    match segments.as_slice() {
        [segment] if segment.mix.len() == 1 => Some(segment.mix[0].0),
        _ => None,
    }
}

/// Ns between two journeys of a constant rate; 0 for anything else.
pub fn ns_per_unit(arrivals: &Arrivals) -> f64 {
    match arrivals {
        Arrivals::Open { segments, .. } => match segments.as_slice() {
            [segment] if segment.length.is_none() && segment.from > 0.0 => 1e9 / segment.from,
            _ => 0.0,
        },
        Arrivals::Closed { .. } | Arrivals::Replay { .. } => 0.0,
    }
}

/// Who sends: whose cookies, and the hash of the address, which is also whose names (S26).
#[derive(Clone, Copy, Debug)]
pub struct Identity {
    /// Person over all workloads, or [`NONE`].
    pub person: u32,
    /// Hash of the address.
    pub address: u64,
}

/// How many numbers the persons of a workload take.
fn people(source: &program::Source) -> u32 {
    match &source.arrivals {
        Arrivals::Open { .. } => source.people.unwrap_or(0),
        Arrivals::Closed { segments, .. } => most_users(segments),
        Arrivals::Replay { log, .. } => {
            let last = log.iter().map(|&(_, _, person)| person).max();
            last.map_or(0, |last| last.saturating_add(1))
        }
    }
}

fn most_users(segments: &[Segment]) -> u32 {
    segments
        .iter()
        .map(|s| s.from.max(s.to))
        .fold(0.0, f64::max)
        .ceil() as u32
}

impl Engine<'_> {
    /// Puts the next arrival of a workload, or the next change of its number of users.
    pub(super) fn schedule_arrival(&mut self, id: u32) {
        let program = self.program;
        let at = match &program.sources[id as usize].arrivals {
            Arrivals::Open {
                process,
                batch,
                segments,
                ..
            } => self.next_open(id as usize, *process, *batch, segments),
            Arrivals::Closed { segments, .. } => self.next_change(id as usize, segments),
            Arrivals::Replay { log, .. } => log
                .get(self.sources[id as usize].number as usize)
                .map(|entry| entry.0),
        };
        if let Some(at) = at {
            self.put(at, Rank::Arrival, id);
        }
    }

    #[inline]
    fn next_open(
        &mut self,
        id: usize,
        process: Process,
        batch: u32,
        segments: &[Segment],
    ) -> Option<u64> {
        let source = &self.sources[id];
        let word = || {
            let gap = source.gap.wrapping_mul(super::call::SPREAD);
            mix((source.key ^ GAPS).wrapping_add(gap))
        };
        let gap = match process {
            Process::Deterministic => 1.0,
            Process::Poisson | Process::Modulated(_) => Ziggurat::get().exponential(word()),
            Process::Renewal(law) => self.draw(law, word()),
        };
        let source = &mut self.sources[id];
        source.gap += 1;
        if let Process::Modulated(number) = process {
            return self.next_modulated(id, gap * f64::from(batch), number);
        }
        source.units += gap * f64::from(batch);
        if source.ns_per_unit > 0.0 {
            let ns = crate::law::round(source.units * source.ns_per_unit);
            return Some(segments[0].start.saturating_add(ns));
        }
        self.next_mapped(id)
    }

    /// The next time from now at which the number of users changes; also notes the number now.
    fn next_change(&mut self, id: usize, segments: &[Segment]) -> Option<u64> {
        let now = self.now;
        let index = segments.iter().rposition(|segment| segment.start <= now);
        let Some(index) = index else {
            return segments.first().map(|segment| segment.start);
        };
        let segment = &segments[index];
        let next = segments.get(index + 1).map(|segment| segment.start);
        let Some(length) = segment.length else {
            self.sources[id].wanted = whole(segment.from);
            return next;
        };
        let elapsed = (now - segment.start).min(length);
        let slope = (segment.to - segment.from) / length as f64;
        let wanted = if elapsed == length {
            whole(segment.to)
        } else {
            whole(segment.from + slope * elapsed as f64)
        };
        self.sources[id].wanted = wanted;
        if elapsed == length || slope == 0.0 {
            return next;
        }
        let level = if slope > 0.0 {
            f64::from(wanted) + 1.0
        } else {
            f64::from(wanted)
        };
        let crossing = ((level - segment.from) / slope).ceil().min(length as f64) as u64;
        let past = u64::from(slope < 0.0);
        Some((segment.start + crossing.min(length - past) + past).max(now + 1))
    }

    /// A workload sends, or changes its number of users.
    #[inline(never)]
    pub(super) fn arrival_of_any(&mut self, id: u32) -> Option<u32> {
        let program = self.program;
        match &program.sources[id as usize].arrivals {
            Arrivals::Open { batch, .. } => {
                self.schedule_arrival(id);
                for _ in 1..*batch {
                    let visit = self.arrive(id, None);
                    self.ready.push_back(visit);
                }
                Some(self.arrive(id, None))
            }
            Arrivals::Closed { .. } => {
                self.schedule_arrival(id);
                self.adjust_users(id);
                None
            }
            Arrivals::Replay { log, items } => {
                let number = self.sources[id as usize].number as usize;
                let (_, journey, person) = log[number];
                let visit = self.arrive(id, Some((journey, person)));
                if let Some(&item) = items.get(number) {
                    self.caches.origins.record(visit, item);
                }
                self.schedule_arrival(id);
                Some(visit)
            }
        }
    }

    /// Somebody begins a journey.
    fn arrive(&mut self, id: u32, recorded: Option<(JourneyId, u32)>) -> u32 {
        let source = &mut self.sources[id as usize];
        let key = mix(source
            .key
            .wrapping_add(source.number.wrapping_mul(super::call::SPREAD)));
        source.number += 1;
        let people = self.program.sources[id as usize].people;
        let person = match (recorded, people) {
            (Some((_, person)), _) => Some(person),
            (None, Some(people)) => Some((fraction(mix(key ^ PERSON)) * f64::from(people)) as u32),
            (None, None) => None,
        };
        let who = self.identity(id, person, key);
        let journey = recorded.map_or_else(|| self.pick_journey(id, key), |entry| entry.0);
        if self.sources[id as usize].single[journey.index()] != NONE {
            return self.ask_once(id, journey, key, who);
        }
        let trip = self.open_trip(id, key, who);
        self.start_journey(trip, Some(journey))
    }

    /// Person and address of somebody; those behind the proxy share the address (S26).
    #[inline]
    pub(super) fn identity(&self, id: u32, person: Option<u32>, key: u64) -> Identity {
        let program = &self.program.sources[id as usize];
        let source = &self.sources[id as usize];
        let hidden = program.behind_proxy;
        if person.is_none() && hidden <= 0.0 {
            return Identity {
                person: NONE,
                address: key,
            };
        }
        let own = person.map_or(key, |person| {
            mix(source.key ^ mix(u64::from(person) ^ PROXY))
        });
        let is_hidden = hidden > 0.0 && fraction(mix(own ^ PROXY)) < hidden;
        Identity {
            person: person.map_or(NONE, |person| source.first_person.saturating_add(person)),
            address: mix(if is_hidden { source.key ^ PROXY } else { own }),
        }
    }

    /// The journey that a new trip makes, by the shares in force now.
    #[inline]
    pub(super) fn pick_journey(&self, id: u32, key: u64) -> JourneyId {
        if let Some(only) = self.sources[id as usize].only {
            return only;
        }
        let segments = match &self.program.sources[id as usize].arrivals {
            Arrivals::Open { segments, .. } | Arrivals::Closed { segments, .. } => segments,
            Arrivals::Replay { .. } => unreachable!("a replay names its journeys"),
        };
        let segment = match segments.as_slice() {
            [only] => only,
            all => {
                let index = all.iter().rposition(|segment| segment.start <= self.now);
                &all[index.unwrap_or(0)]
            }
        };
        if let [(only, _)] = segment.mix.as_slice() {
            return *only;
        }
        let mut left = fraction(mix(key ^ MIX));
        for &(journey, share) in &segment.mix {
            left -= share;
            if left < 0.0 {
                return journey;
            }
        }
        segment.mix.last().expect("a segment has journeys").0
    }
}

/// Users at a level: whole ones.
fn whole(level: f64) -> u32 {
    (level + 1e-9) as u32
}
