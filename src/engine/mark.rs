//! Marks of a long run: what the counters showed at equal distances of its window, so that the
//! stretches between marks can serve as batches. When marks run out every second one is dropped
//! and the distance doubles: memory stays bounded, and nothing is paid per request.

use super::cell::add_cells;
use super::observation::{
    CacheObservation, ClassObservation, ComponentObservation, Ending, JourneyObservation, Level,
    MemoryObservation, Observations, PoolObservation, StationObservation, VisitCounts,
};
use super::plan::Plan;
use super::probe::ClassProbe;
use super::program::Program;
use super::run::Engine;
use crate::statistics::{Bands, Histogram};

/// Most marks.
const MOST: usize = 64;
/// Most bytes of parts (components, stations, pools) that a mark may keep; larger programs keep
/// requests only.
const PARTS_BYTES: usize = 128 << 10;

/// The marks of a replication at work.
#[derive(Debug)]
pub struct Marks {
    distance: u64,
    /// The next one, ns.
    pub next: u64,
    with_parts: bool,
    made: Vec<Observations>,
}

/// Times of one class in a mark.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClassBands {
    /// Response times of answered requests.
    pub response: Bands,
    /// Their waiting.
    pub waiting: Bands,
}

impl Marks {
    /// For a plan that wants them.
    pub fn new(program: &Program, plan: &Plan) -> Self {
        let component =
            size_of::<ComponentObservation>() + program.classes.len() * size_of::<VisitCounts>();
        let parts = program.components.len() * component
            + program.stations.len() * size_of::<StationObservation>()
            + program.pools.len() * size_of::<PoolObservation>();
        Self {
            distance: plan.mark_ns,
            next: u64::MAX,
            with_parts: parts <= PARTS_BYTES,
            made: Vec::new(),
        }
    }

    /// The window was opened.
    pub fn open(&mut self, now: u64) {
        if self.distance > 0 {
            self.next = now.saturating_add(self.distance);
        }
    }

    fn keep(&mut self, mark: Observations) {
        let (start, now) = mark.window;
        self.made.push(mark);
        if self.made.len() == MOST {
            let mut is_second = false;
            self.made.retain(|_| {
                is_second = !is_second;
                !is_second
            });
            self.distance = self.distance.saturating_mul(2);
        }
        let passed = (now - start) / self.distance;
        self.next = start.saturating_add((passed + 1).saturating_mul(self.distance));
    }

    /// No further ones.
    pub fn close(&mut self) {
        self.next = u64::MAX;
    }

    /// All of them.
    pub fn finish(self) -> Vec<Observations> {
        self.made
    }
}

impl Engine<'_> {
    /// Keeps what the window shows so far.
    #[cold]
    pub(super) fn mark(&mut self) {
        let now = self.now;
        let (classes, bands) = self.probe.classes.iter_mut().map(of_class).unzip();
        let seconds = (now - self.probe.start).div_ceil(1_000_000_000);
        let good = seconds - self.probe.bad_seconds.0.min(seconds);
        let in_system = self.probe.in_system.level(now);
        let mut mark = Observations {
            window: (self.probe.start, now),
            classes,
            bands,
            journeys: self.probe.journeys.clone(),
            in_system,
            active_users: in_system,
            concurrent_users: self.probe.concurrent_users(now),
            error_free_seconds: (good, seconds),
            ..Observations::nothing(Ending::Complete)
        };
        if self.marks.with_parts {
            self.mark_parts(&mut mark);
        }
        self.marks.keep(mark);
    }

    fn mark_parts(&mut self, mark: &mut Observations) {
        let now = self.now;
        let probe = &mut self.probe;
        let gauges = probe.inside.iter().zip(&probe.blocked);
        let cells = probe.cells.chunks(probe.stride).zip(gauges);
        let components = probe.components.iter_mut().zip(cells);
        mark.components = components
            .map(|(component, (cells, (inside, blocked)))| {
                let waiting = std::mem::take(&mut component.waiting);
                let mut kept = component.clone();
                component.waiting = waiting;
                add_cells(&mut kept, cells);
                kept.waiting = Histogram::new();
                kept.in_system = inside.level(now);
                kept.blocked = blocked.level(now);
                kept
            })
            .collect();
        mark.components.pop();
        for (kept, seen) in mark.components.iter_mut().zip(&probe.caches) {
            kept.cache = *seen;
        }
        for (number, station) in self.stations.iter().enumerate() {
            mark.stations.push(station.observe(now));
            for (component, area) in station.divided(now) {
                let shared = &mut mark.components[component as usize].shared;
                shared.push((super::id::StationId::from(number), area));
            }
        }
        mark.memories = self.memories_seen(now);
        mark.pools = self.pools.iter().map(|pool| pool.observe(now)).collect();
    }
}

/// Counts of a class so far without its histograms, and their bands.
fn of_class(class: &mut ClassProbe) -> (ClassObservation, ClassBands) {
    let since = |place: usize| class.whole[place] - class.opened[place];
    let (offered, completed) = (since(0), (since(1), since(2), since(3)));
    let seen = &mut class.seen;
    let answered = seen.response.count();
    let bands = ClassBands {
        response: Bands::of(&seen.response),
        waiting: Bands::with_zeros(&seen.waiting, answered - seen.waiting.count()),
    };
    let take = |histogram: &mut Histogram| std::mem::take(histogram);
    let full = (
        take(&mut seen.response),
        take(&mut seen.failure_time),
        take(&mut seen.waiting),
    );
    let kept = ClassObservation {
        offered,
        completed_in_window: completed,
        succeeded: answered - seen.late,
        ..seen.clone()
    };
    (seen.response, seen.failure_time, seen.waiting) = full;
    (kept, bands)
}

impl Observations {
    /// What happened between a mark and this later one: a batch. Times are kept as bands, the
    /// largest values are those since the start.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Self {
        let level = |a: Level, b: Level| a.since(b);
        let pairs = self.classes.iter().zip(&earlier.classes);
        let bands = self.bands.iter().zip(&earlier.bands);
        let journeys = self.journeys.iter().zip(&earlier.journeys);
        let components = self.components.iter().zip(&earlier.components);
        let stations = self.stations.iter().zip(&earlier.stations);
        let pools = self.pools.iter().zip(&earlier.pools);
        let memories = self.memories.iter().zip(&earlier.memories);
        let (good, all) = (self.error_free_seconds, earlier.error_free_seconds);
        Self {
            window: (earlier.window.1, self.window.1),
            classes: pairs.map(|(a, b)| a.since(b)).collect(),
            bands: bands.map(|(a, b)| a.since(b)).collect(),
            journeys: journeys.map(|(a, b)| a.since(b)).collect(),
            components: components.map(|(a, b)| a.since(b)).collect(),
            stations: stations.map(|(a, b)| a.since(b)).collect(),
            pools: pools.map(|(a, b)| a.since(b)).collect(),
            memories: memories.map(|(a, b)| a.since(b)).collect(),
            in_system: level(self.in_system, earlier.in_system),
            active_users: level(self.active_users, earlier.active_users),
            concurrent_users: level(self.concurrent_users, earlier.concurrent_users),
            error_free_seconds: (good.0.saturating_sub(all.0), good.1 - all.1),
            ..Self::nothing(self.ending)
        }
    }
}

impl ClassBands {
    fn since(&self, earlier: &Self) -> Self {
        Self {
            response: self.response.since(&earlier.response),
            waiting: self.waiting.since(&earlier.waiting),
        }
    }
}

impl Level {
    fn since(self, earlier: Self) -> Self {
        Self {
            area: self.area - earlier.area,
            max: self.max,
        }
    }
}

impl ClassObservation {
    fn since(&self, earlier: &Self) -> Self {
        let (late, early) = (self.completed_in_window, earlier.completed_in_window);
        Self {
            offered: self.offered - earlier.offered,
            succeeded: self.succeeded - earlier.succeeded,
            late: self.late - earlier.late,
            failed: std::array::from_fn(|i| self.failed[i] - earlier.failed[i]),
            in_flight: self.in_flight - earlier.in_flight,
            completed_in_window: (late.0 - early.0, late.1 - early.1, late.2 - early.2),
            attempts: self.attempts - earlier.attempts,
            degraded: self.degraded - earlier.degraded,
            response_sum: self.response_sum - earlier.response_sum,
            response_squares: self.response_squares - earlier.response_squares,
            waiting_sum: self.waiting_sum - earlier.waiting_sum,
            waiting_squares: self.waiting_squares - earlier.waiting_squares,
            ..Self::default()
        }
    }
}

impl JourneyObservation {
    fn since(&self, earlier: &Self) -> Self {
        Self {
            started: self.started - earlier.started,
            completed: self.completed - earlier.completed,
            abandoned: self.abandoned - earlier.abandoned,
            duration_sum: self.duration_sum - earlier.duration_sum,
        }
    }
}

impl CacheObservation {
    fn since(&self, earlier: &Self) -> Self {
        Self {
            hits: self.hits - earlier.hits,
            misses: self.misses - earlier.misses,
            stale: self.stale - earlier.stale,
            waited: self.waited - earlier.waited,
            fills: self.fills - earlier.fills,
            evictions: self.evictions - earlier.evictions,
            full_at: self.full_at,
        }
    }
}

impl ComponentObservation {
    fn since(&self, earlier: &Self) -> Self {
        let had = |id| earlier.shared.iter().find(|part| part.0 == id);
        let area = |id| had(id).map_or(0, |part: &(super::id::StationId, u128)| part.1);
        let shared = self.shared.iter();
        let classes = self.classes.iter().zip(&earlier.classes);
        Self {
            completed: self.completed - earlier.completed,
            failed: std::array::from_fn(|i| self.failed[i] - earlier.failed[i]),
            waited: self.waited - earlier.waited,
            refused: self.refused - earlier.refused,
            cache: self.cache.since(&earlier.cache),
            // A part of a common area is an estimate and may fall by a rounding.
            shared: shared
                .map(|&(id, all)| (id, all.saturating_sub(area(id))))
                .collect(),
            waiting_sum: self.waiting_sum - earlier.waiting_sum,
            waiting_squares: self.waiting_squares - earlier.waiting_squares,
            residence_sum: self.residence_sum - earlier.residence_sum,
            failed_residence_sum: self.failed_residence_sum - earlier.failed_residence_sum,
            in_system: self.in_system.since(earlier.in_system),
            blocked: self.blocked.since(earlier.blocked),
            wasted_ns: self.wasted_ns - earlier.wasted_ns,
            classes: classes.map(|(a, b)| a.since(b)).collect(),
            ..Self::default()
        }
    }
}

impl VisitCounts {
    fn since(&self, earlier: &Self) -> Self {
        Self {
            completed: self.completed - earlier.completed,
            failed: self.failed - earlier.failed,
            residence_sum: self.residence_sum - earlier.residence_sum,
            waiting_sum: self.waiting_sum - earlier.waiting_sum,
        }
    }
}

impl StationObservation {
    fn since(&self, earlier: &Self) -> Self {
        Self {
            busy: self.busy.since(earlier.busy),
            queue: self.queue.since(earlier.queue),
            up: self.up.since(earlier.up),
            present: self.present.since(earlier.present),
            absent_ns: self.absent_ns - earlier.absent_ns,
            served: self.served - earlier.served,
            waiting_sum: self.waiting_sum - earlier.waiting_sum,
        }
    }
}

impl MemoryObservation {
    fn since(&self, earlier: &Self) -> Self {
        Self {
            bytes: self.bytes.since(earlier.bytes),
            left: self.left - earlier.left,
            short_ns: self.short_ns - earlier.short_ns,
        }
    }
}

impl PoolObservation {
    fn since(&self, earlier: &Self) -> Self {
        Self {
            used: self.used.since(earlier.used),
            waiting: self.waiting.since(earlier.waiting),
            orbit: self.orbit.since(earlier.orbit),
            absent_ns: self.absent_ns - earlier.absent_ns,
            granted: self.granted - earlier.granted,
            waiting_sum: self.waiting_sum - earlier.waiting_sum,
            refused: self.refused - earlier.refused,
            timed_out: self.timed_out - earlier.timed_out,
            gave_up_sum: self.gave_up_sum - earlier.gave_up_sum,
        }
    }
}
