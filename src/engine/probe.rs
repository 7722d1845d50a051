//! What is counted while a replication runs.

use super::breakdown::{BANDS, Sums};
use super::cell::{Cell, add_cells};
use super::ended::Ended;
use super::gauge::Gauge;
use super::journal::Journal;
use super::observation::{
    Breakdown, CacheObservation, ClassObservation, ComponentObservation, JourneyObservation, Level,
    LinkObservation, VisitCounts,
};
use super::plan::Plan;
use super::program::{Program, Reason};
use super::series::Recorder;
use super::visit::{COUNTED, DEGRADED, DIRECT, NONE, Visit};
use crate::statistics::Histogram;

/// A class while it is counted.
#[derive(Debug, Default)]
pub struct ClassProbe {
    /// Its cohort.
    pub seen: ClassObservation,
    deadline: u64,
    /// Offered, succeeded, late, failed of the whole run.
    pub whole: [u64; 4],
    /// The same when the window was opened.
    pub(super) opened: [u64; 4],
}

impl ClassProbe {
    /// Completes what is not counted one by one: answers in time, and those without waiting.
    pub fn complete(&mut self) {
        let seen = &mut self.seen;
        let answered = seen.response.count();
        seen.succeeded = answered - seen.late;
        seen.waiting.record_many(0, answered - seen.waiting.count());
    }
}

/// All counters of a replication.
#[derive(Debug)]
pub struct Probe {
    /// By class.
    pub classes: Vec<ClassProbe>,
    /// By journey, since the window was opened.
    pub journeys: Vec<JourneyObservation>,
    /// By component, the clients last, since the window was opened; visits that ended well are
    /// in `cells`.
    pub(super) components: Vec<ComponentObservation>,
    /// By component, the clients last, and class; visits that belong to no request come last.
    pub(super) cells: Vec<Cell>,
    /// Waiting times above 0 at each component.
    waits: Vec<Histogram>,
    /// Cells of a component.
    pub(super) stride: usize,
    /// Visits inside, by component, the clients last.
    pub inside: Vec<Gauge>,
    /// Those of them that wait for room.
    pub blocked: Vec<Gauge>,
    /// Lookups of the cohort, by component.
    pub caches: Vec<CacheObservation>,
    /// By link, since the window was opened.
    pub links: Vec<LinkObservation>,
    /// Requests in the system.
    pub in_system: Gauge,
    /// Users inside a journey, where these are not the requests in the system.
    pub concurrent: Gauge,
    /// Every user makes one request: users in a journey are requests in the system.
    pub users_are_requests: bool,
    /// Parts of response times.
    pub sums: Sums,
    /// Development.
    pub series: Recorder,
    /// Whether the window is open, and whether it is over.
    pub opened: bool,
    /// Whether the window is over.
    pub closed: bool,
    /// Requests of the cohort so far.
    pub cohort: u64,
    /// Those of them without outcome, once the window is over.
    unanswered: u64,
    /// Start of the window, ns.
    pub start: u64,
    /// Seconds of the window with a failure, and the last one of them.
    pub bad_seconds: (u64, Option<u64>),
    /// Sums of the times in the system of all answered, and of all failed requests, ns.
    pub answered_time: u128,
    /// The same of failed requests.
    pub failed_time: u128,
    /// Largest gap between a response time and its parts, ns.
    pub breakdown_error: u64,
}

impl Probe {
    /// Nothing counted.
    pub fn new(program: &Program, plan: &Plan) -> Self {
        let class = |class: &super::program::Class| ClassProbe {
            deadline: class.deadline.unwrap_or(u64::MAX),
            ..ClassProbe::default()
        };
        let stations = if plan.busy_series {
            program.stations.len()
        } else {
            0
        };
        let stride = program.classes.len() + 1;
        Self {
            classes: program.classes.iter().map(class).collect(),
            journeys: vec![JourneyObservation::default(); program.journeys.len()],
            components: Self::components(program),
            cells: vec![Cell::default(); (program.components.len() + 1) * stride],
            waits: vec![Histogram::default(); program.components.len() + 1],
            stride,
            inside: vec![Gauge::default(); program.components.len() + 1],
            blocked: vec![Gauge::default(); program.components.len() + 1],
            caches: vec![CacheObservation::default(); program.components.len()],
            links: vec![LinkObservation::default(); program.links.len()],
            in_system: Gauge::default(),
            concurrent: Gauge::default(),
            users_are_requests: users_are_requests(program),
            sums: Sums::new(program.components.len()),
            series: Recorder::new(plan.bucket_ns, plan.bucket_cap, stations),
            opened: false,
            closed: false,
            cohort: 0,
            unanswered: 0,
            start: 0,
            bad_seconds: (0, None),
            answered_time: 0,
            failed_time: 0,
            breakdown_error: 0,
        }
    }

    /// Users inside a journey since the window was opened.
    pub fn concurrent_users(&self, now: u64) -> Level {
        if self.users_are_requests {
            self.in_system.level(now)
        } else {
            self.concurrent.level(now)
        }
    }

    /// Opens the window for visits.
    pub fn open_components(&mut self, program: &Program) {
        self.components = Self::components(program);
        self.cells.fill(Cell::default());
        self.waits.fill(Histogram::default());
    }

    /// What the window showed of visits, by component.
    pub fn close_components(&mut self, program: &Program) -> Vec<ComponentObservation> {
        let mut components = std::mem::replace(&mut self.components, Self::components(program));
        components.pop();
        let parts = self.cells.chunks(self.stride).zip(&self.waits);
        for (component, (cells, waits)) in components.iter_mut().zip(parts) {
            add_cells(component, cells);
            component.waiting.merge(waits);
            component.waiting.settle();
        }
        components
    }

    /// Components with nothing counted.
    fn components(program: &Program) -> Vec<ComponentObservation> {
        let empty = ComponentObservation {
            classes: vec![VisitCounts::default(); program.classes.len()],
            ..ComponentObservation::default()
        };
        vec![empty; program.components.len() + 1]
    }

    /// A request is offered; whether it belongs to the cohort (S14).
    #[inline(always)]
    pub fn offered(&mut self, now: u64, class: u32) -> bool {
        self.in_system.up(now);
        self.classes[class as usize].whole[0] += 1;
        let counted = self.opened && !self.closed;
        self.cohort += u64::from(counted);
        counted
    }

    /// Offered, succeeded, late and failed requests of all classes from time 0 on.
    pub fn whole(&self) -> [u64; 4] {
        let mut sum = [0; 4];
        for class in &self.classes {
            for (sum, count) in sum.iter_mut().zip(class.whole) {
                *sum += count;
            }
        }
        sum
    }

    /// Opens the window for requests.
    pub fn open_classes(&mut self) {
        for class in &mut self.classes {
            class.opened = class.whole;
        }
    }

    /// Closes the window for requests: who has arrived in it is the cohort.
    pub fn close_classes(&mut self) {
        let mut outcomes = 0;
        for ClassProbe {
            seen,
            whole,
            opened,
            ..
        } in &mut self.classes
        {
            let since = |place: usize| whole[place] - opened[place];
            seen.offered = since(0);
            seen.completed_in_window = (since(1), since(2), since(3));
            outcomes += seen.response.count() + seen.failed.iter().sum::<u64>();
        }
        self.unanswered = self.cohort - outcomes;
    }

    /// An attempt was made for a counted request.
    #[inline]
    pub fn attempted(&mut self, class: u32) {
        self.classes[class as usize].seen.attempts += 1;
    }

    /// A request of a class is handed on over a link.
    #[inline(always)]
    pub fn passed(&mut self, link: u32, class: u32, counted: bool) {
        let seen = &mut self.links[link as usize];
        seen.calls += 1;
        seen.attempts += 1;
        if counted {
            self.attempted(class);
        }
    }

    /// A plain call hands a visit on; marks that its answer has a way back.
    #[inline(always)]
    pub fn forwarded(&mut self, link: u32, visit: &mut Visit) {
        self.passed(link, visit.class, visit.is(COUNTED));
        if visit.back == NONE {
            visit.back = DIRECT;
        }
    }

    /// Whether all of the cohort is answered.
    #[inline]
    pub fn finished(&self) -> bool {
        self.closed && self.unanswered == 0
    }

    /// A visit leaves a component's node.
    #[inline(always)]
    pub fn left(&mut self, now: u64, visit: &Visit, outcome: Option<Reason>) {
        let component = visit.owner;
        if let Some(reason) = outcome {
            self.inside[component as usize].down(now);
            return self.left_in_vain(now, visit, reason);
        }
        self.left_well(now, (component, visit.class), visit.waiting, visit.entered);
    }

    /// A visit of a class leaves a component's node, where it came at `entered` and waited.
    #[inline(always)]
    pub fn left_well(
        &mut self,
        now: u64,
        (component, class): (u32, u32),
        waiting: u64,
        entered: u64,
    ) {
        self.inside[component as usize].down(now);
        let class = (class as usize).min(self.stride - 1);
        let cell = &mut self.cells[component as usize * self.stride + class];
        cell.completed += 1;
        cell.residence_sum += u128::from(now - entered);
        if waiting > 0 {
            cell.waited += 1;
            cell.waiting_sum += u128::from(waiting);
            cell.waiting_squares += square_seconds(waiting);
            self.waits[component as usize].record(waiting);
        }
    }

    #[cold]
    fn left_in_vain(&mut self, now: u64, visit: &Visit, reason: Reason) {
        let seen = &mut self.components[visit.owner as usize];
        seen.failed_residence_sum += u128::from(now - visit.entered);
        seen.waited += u64::from(visit.waiting > 0);
        seen.waiting.record(visit.waiting);
        seen.waiting_sum += u128::from(visit.waiting);
        seen.waiting_squares += square_seconds(visit.waiting);
        seen.failed[reason as usize] += 1;
        if let Some(class) = seen.classes.get_mut(visit.class as usize) {
            class.failed += 1;
        }
    }

    /// A visit was not let in at all.
    pub fn turned_away(&mut self, component: u32, reason: Reason) {
        self.components[component as usize].failed[reason as usize] += 1;
    }

    /// A visit found a full waiting room.
    pub fn refused(&mut self, component: u32) {
        self.components[component as usize].refused += 1;
    }

    /// Service was spent for nothing (S20).
    pub fn wasted(&mut self, component: usize, ns: u64) {
        self.components[component].wasted_ns += u128::from(ns);
    }

    /// A request has its outcome (S16); whether it is the last of the cohort.
    #[inline(always)]
    pub fn concluded(&mut self, ended: Ended, now: u64, journal: &mut Journal) -> bool {
        self.in_system.down(now);
        let awaited = self.closed && ended.is(COUNTED);
        self.unanswered -= u64::from(awaited);
        let response = now - ended.born;
        if let Some(reason) = ended.outcome {
            self.failed(ended, reason, response, now);
        } else {
            self.answered(ended, response, journal);
        }
        journal.release(ended.path);
        awaited && self.unanswered == 0
    }

    #[cold]
    fn failed(&mut self, ended: Ended, reason: Reason, after: u64, now: u64) {
        self.failed_time += u128::from(after);
        if self.opened && !self.closed {
            let second = (now - self.start) / 1_000_000_000;
            if self.bad_seconds.1 != Some(second) {
                self.bad_seconds = (self.bad_seconds.0 + 1, Some(second));
            }
        }
        let class = &mut self.classes[ended.class as usize];
        class.whole[3] += 1;
        if ended.is(COUNTED) {
            class.seen.failed[reason as usize] += 1;
            class.seen.failure_time.record(after);
        }
    }

    #[inline(always)]
    fn answered(&mut self, ended: Ended, response: u64, journal: &Journal) {
        self.answered_time += u128::from(response);
        let class = &mut self.classes[ended.class as usize];
        let late = response > class.deadline;
        class.whole[1 + usize::from(late)] += 1;
        let band = Breakdown::band(response) as usize % BANDS;
        self.series.bands[band] += 1;
        let stay = ended.stay;
        if !ended.is(COUNTED) {
            let tally = Sums::tally(journal, ended.path, stay);
            self.breakdown_error = self.breakdown_error.max(tally.all.abs_diff(response));
            return;
        }
        let tally = self.sums.record(journal, ended.path, stay, band);
        if tally.all != response {
            self.breakdown_error = self.breakdown_error.max(tally.all.abs_diff(response));
        }
        let seen = &mut class.seen;
        seen.late += u64::from(late);
        seen.degraded += u64::from(ended.is(DEGRADED));
        seen.response.record(response);
        seen.response_sum += u128::from(response);
        seen.response_squares += square_seconds(response);
        if tally.waiting > 0 {
            seen.waiting.record(tally.waiting);
            seen.waiting_sum += u128::from(tally.waiting);
            seen.waiting_squares += square_seconds(tally.waiting);
        }
    }
}

fn users_are_requests(program: &Program) -> bool {
    let open = |source: &super::program::Source| {
        !matches!(source.arrivals, super::program::Arrivals::Closed { .. })
    };
    let single = |journey| super::source::single(journey) != NONE;
    program.sources.iter().all(open) && program.journeys.iter().all(single)
}

/// The square of a time in s^2.
#[inline]
fn square_seconds(ns: u64) -> f64 {
    let seconds = ns.cast_signed() as f64 * 1e-9;
    seconds * seconds
}
