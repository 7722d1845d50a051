//! Cutting the run at the window's edges and at the ends of buckets, and the final account.

use super::id::StationId;
use super::journey::Stage;
use super::observation::{
    Audit, ComponentObservation, Ending, Level, LinkObservation, Observations, PoolObservation,
    StationObservation,
};
use super::plan::End;
use super::presence::Presence;
use super::program::{Arrivals, Back, Backoff, Count, Policy, Process, Program, Step, Ties};
use super::rides::Rider;
use super::run::Engine;
use super::series::Totals;
use super::station::Kind;
use super::visit::{COUNTED, NONE, State};

/// What the window showed, kept when it closes.
#[derive(Clone, Debug)]
pub struct Window {
    end: u64,
    components: Vec<ComponentObservation>,
    journeys: Vec<super::observation::JourneyObservation>,
    stations: Vec<StationObservation>,
    pools: Vec<PoolObservation>,
    scalers: Vec<super::observation::ScalerObservation>,
    links: Vec<LinkObservation>,
    silence: Vec<super::observation::Silence>,
    memories: Vec<super::observation::MemoryObservation>,
    sessions: Vec<super::observation::SessionObservation>,
    writes: Vec<super::observation::WritesObservation>,
    node_up_ns: Vec<u64>,
    in_system: Level,
    concurrent: Level,
    presence: Presence,
}

impl Engine<'_> {
    /// The next time at which something is cut.
    pub(super) fn set_boundary(&mut self) {
        let mut next = self.probe.series.end.min(self.marks.next);
        if !self.probe.opened {
            next = next.min(self.plan.warm_up);
        } else if let (false, End::At(end)) = (self.probe.closed, self.plan.end) {
            next = next.min(end);
        }
        if let Some(window) = &self.window {
            next = next.min(window.end.saturating_add(self.plan.drain).saturating_add(1));
        }
        self.boundary = next;
    }

    /// Makes all cuts up to `time`, before anything happens at it.
    #[cold]
    pub(super) fn cross(&mut self, time: u64) {
        while self.boundary <= time && self.ending.is_none() {
            self.now = self.boundary;
            if self.probe.series.end == self.now {
                let totals = self.totals(self.now);
                self.probe.series.turn(totals);
            }
            if !self.probe.opened && self.plan.warm_up == self.now {
                self.open_window();
            }
            if self.probe.opened && !self.probe.closed && self.plan.end == End::At(self.now) {
                self.close_window();
            }
            if self.marks.next == self.now {
                self.mark();
            }
            if let Some(window) = &self.window
                && self.now > window.end.saturating_add(self.plan.drain)
            {
                self.now -= 1;
                self.ending = Some(Ending::Complete);
            }
            self.set_boundary();
        }
    }

    /// What has been counted up to `time`.
    fn totals(&self, time: u64) -> Totals {
        let stations = self.stations.iter().filter(|_| self.plan.busy_series);
        Totals {
            requests: self.probe.whole(),
            response_sum: self.probe.answered_time,
            in_system: self.probe.in_system.area(time),
            inside: self.probe.inside.iter().map(|gauge| gauge.count).sum(),
            busy: stations.map(|station| station.busy_area(time)).collect(),
            memory: self.memories.bytes(),
        }
    }

    fn open_window(&mut self) {
        let now = self.now;
        self.probe.open_classes();
        self.probe.opened = true;
        self.probe.start = now;
        self.opened = self.presence();
        self.marks.open(now);
        self.stations
            .iter_mut()
            .for_each(|station| station.open(now));
        self.pools.iter_mut().for_each(|pool| pool.open(now));
        self.fates.iter_mut().for_each(|fate| fate.life.open(now));
        self.probe
            .inside
            .iter_mut()
            .for_each(|gauge| gauge.open(now));
        self.probe
            .blocked
            .iter_mut()
            .for_each(|gauge| gauge.open(now));
        self.probe.in_system.open(now);
        self.probe.concurrent.open(now);
        self.probe.open_components(self.program);
        self.probe
            .journeys
            .fill(super::observation::JourneyObservation::default());
        self.probe.links.fill(LinkObservation::default());
        self.guards.open(now);
        self.scalers.open(now);
        self.weather.open(now);
        self.memories.open(now);
        self.sessions.open();
        self.replicas.open();
    }

    /// Keeps what the window showed; what comes is not counted.
    pub(super) fn close_window(&mut self) {
        let now = self.now;
        self.probe.closed = true;
        self.probe.close_classes();
        self.marks.close();
        let nodes = self.program.nodes.len();
        let mut components = self.probe.close_components(self.program);
        let gauges = self.probe.inside.iter().zip(&self.probe.blocked);
        for (component, (inside, blocked)) in components.iter_mut().zip(gauges) {
            component.in_system = inside.level(now);
            component.blocked = blocked.level(now);
        }
        for (number, station) in self.stations.iter().enumerate() {
            for (component, area) in station.divided(now) {
                let shared = &mut components[component as usize].shared;
                shared.push((StationId::from(number), area));
            }
        }
        let observe = |station: &super::station::Station| station.observe(now);
        let mut stations: Vec<_> = self.stations.iter().map(observe).collect();
        let mut pools: Vec<_> = self.pools.iter().map(|pool| pool.observe(now)).collect();
        self.note_absences(&mut stations, &mut pools);
        let life = |fate: &super::node::Fate| fate.life.level(now).area as u64;
        self.window = Some(Window {
            end: now,
            components,
            journeys: self.probe.journeys.clone(),
            stations,
            pools,
            scalers: self.scalers.seen(now),
            links: self.links_seen(now),
            silence: self.weather.silence(now),
            memories: self.memories_seen(now),
            sessions: self.sessions.seen(now),
            writes: self.replicas.seen(),
            node_up_ns: self.fates[..nodes].iter().map(life).collect(),
            in_system: self.probe.in_system.level(now),
            concurrent: self.probe.concurrent_users(now),
            presence: self.presence(),
        });
        if self.probe.finished() {
            self.halt(Ending::Complete);
        }
        self.set_boundary();
    }

    /// No event is left: time passes to the end of the window without any.
    pub(super) fn run_dry(&mut self) {
        if self.ending.is_some() {
            return;
        }
        let end = match self.plan.end {
            End::At(end) => end,
            End::Requests(_) => self.plan.warm_up.max(self.now),
        };
        self.cross(end);
        if !self.probe.closed {
            self.close_window();
        }
    }

    /// The account of the replication.
    pub(super) fn observe(mut self, ending: Ending) -> Observations {
        if !self.probe.opened {
            self.open_window();
        }
        if !self.probe.closed {
            self.close_window();
        }
        let program = self.program;
        let window = self.window.take().expect("the window has been closed");
        let presence = &window.presence;
        let audit = Audit {
            components: presence.components(&self.opened, &window.components),
            pools: presence.pools(&self.opened, &window.pools),
            ..self.audit()
        };
        for (class, _, counted) in self.asking() {
            self.probe.classes[class].seen.in_flight += u64::from(counted);
        }
        for class in &mut self.probe.classes {
            class.complete();
        }
        let (start, now) = (self.probe.start, self.now);
        let seconds = (window.end - start).div_ceil(1_000_000_000);
        let totals = self.totals(now);
        let probe = self.probe;
        let mut components = window.components;
        for (component, seen) in components.iter_mut().zip(probe.caches) {
            component.cache = seen;
        }
        Observations {
            ending,
            events: self.events,
            window: (start, window.end),
            classes: probe.classes.into_iter().map(|class| class.seen).collect(),
            journeys: window.journeys,
            queues: self.messages.seen,
            components,
            stations: window.stations,
            pools: window.pools,
            scalers: window.scalers,
            links: window.links,
            silence: window.silence,
            memories: window.memories,
            sessions: window.sessions,
            writes: window.writes,
            outages: self.memories.outages,
            node_up_ns: window.node_up_ns,
            in_system: window.in_system,
            active_users: window.in_system,
            concurrent_users: window.concurrent,
            error_free_seconds: (seconds - probe.bad_seconds.0.min(seconds), seconds),
            breakdown: probe.sums.finish(),
            series: probe.series.finish(totals),
            audit,
            random: is_random(program),
            marks: self.marks.finish(),
            bands: Vec::new(),
        }
    }

    /// Requests without outcome: class, intended arrival, and whether they are of the cohort.
    fn asking(&self) -> Vec<(usize, u64, bool)> {
        let trips = self.trips.slots.iter();
        let trips = trips
            .filter(|trip| trip.stage == Stage::Asking)
            .map(|trip| (trip.class as usize, trip.born, trip.counted));
        let visits = (0..self.visits.slots() as u32).map(|id| &self.visits[id]);
        let single = visits
            .filter(|visit| visit.source != NONE && visit.state != State::Free)
            .map(|visit| (visit.class as usize, visit.born, visit.is(COUNTED)));
        let riders = self.riders.present().filter(|rider| rider.trip == NONE);
        trips.chain(single).chain(riders.map(Rider::asks)).collect()
    }

    /// Sums over the whole run that must agree.
    fn audit(&mut self) -> Audit {
        let now = self.now;
        let mut inside = 0;
        let mut classes: Vec<[u64; 5]> = self
            .probe
            .classes
            .iter()
            .map(|c| [c.whole[0], c.whole[1], c.whole[2], c.whole[3], 0])
            .collect();
        for (class, born, _) in self.asking() {
            inside += u128::from(now - born);
            classes[class][4] += 1;
        }
        for station in &mut self.stations {
            if let Kind::Sharing(shared) = &mut station.kind {
                shared.advance(now);
            }
        }
        for id in 0..self.visits.slots() as u32 {
            let visit = &self.visits[id];
            let done = match (
                visit.state,
                self.stations.get(visit.at as usize).map(|s| &s.kind),
            ) {
                (State::Serving, _) => now - visit.since,
                (State::Sharing, Some(Kind::Sharing(cpu))) => {
                    cpu.clock_ns(visit.node) - visit.until
                }
                (State::InTurn, Some(Kind::Ordered(ordered))) => {
                    ordered.stands(id, now).unwrap_or(0)
                }
                _ => continue,
            };
            self.stations[visit.at as usize].delivered += u128::from(done);
        }
        for (station, since) in self.riders.under_way() {
            self.stations[station].delivered += u128::from(now - since);
        }
        let stations = self
            .stations
            .iter()
            .map(|s| (s.work(now), s.delivered))
            .collect();
        Audit {
            in_system_area: self.probe.in_system.area(now),
            time_in_system: self.probe.answered_time + self.probe.failed_time + inside,
            stations,
            classes,
            breakdown_error: self.probe.breakdown_error,
            memories: self.memories_audit(),
            ..Audit::default()
        }
    }
}

/// Whether two replications of a program can differ (S44).
fn is_random(program: &Program) -> bool {
    let step = |step: &Step| match *step {
        Step::Chance { share, .. } | Step::Held { share, .. } => share > 0.0 && share < 1.0,
        Step::Repeat {
            count: Count::Geometric(mean),
            ..
        } => mean > 0.0,
        _ => false,
    };
    let sweep = |selector: &super::program::Selector| {
        let back = selector.eject.map(|eject| eject.back);
        matches!(back, Some(Back::AtSweep(_)))
    };
    let selector = |selector: &super::program::Selector| {
        selector.targets.len() > 1
            && match selector.policy {
                Policy::Weighted => false,
                Policy::LeastConnections { ties } => ties == Ties::Random,
                Policy::RoundRobin
                | Policy::Random
                | Policy::PowerOf { .. }
                | Policy::SourceHash
                | Policy::ConsistentHash { .. }
                | Policy::Shard => true,
            }
    };
    let station = |station: &super::program::Station| {
        station.discipline == super::program::Discipline::RandomOrder
    };
    let source = |source: &super::program::Source| match &source.arrivals {
        Arrivals::Open {
            process, segments, ..
        } => {
            matches!(process, Process::Poisson | Process::Modulated(_))
                || segments.iter().any(|s| s.mix.len() > 1)
        }
        Arrivals::Closed { segments, .. } => segments.iter().any(|s| s.mix.len() > 1),
        Arrivals::Replay { .. } => false,
    };
    let jitter = |call: &super::program::Call| {
        matches!(call.backoff, Backoff::Doubling { jitter: true, .. }) && call.attempts > 1
    };
    let scaler = |scaler: &super::program::Scaler| scaler.first.is_none();
    program.laws.iter().any(crate::law::Law::is_random)
        || program.scalers.iter().any(scaler)
        || program.stations.iter().any(station)
        || program.caches.iter().any(super::cache::Cache::is_random)
        || program.steps.iter().any(step)
        || program.selectors.iter().any(selector)
        || program.selectors.iter().any(sweep)
        || program.sources.iter().any(source)
        || program.calls.iter().any(jitter)
}
