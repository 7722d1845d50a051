//! What is counted while a replication runs.

use super::breakdown::Sums;
use super::gauge::Gauge;
use super::journal::Journal;
use super::observation::{
    ClassObservation, ComponentObservation, JourneyObservation, LinkObservation, VisitCounts,
};
use super::plan::Plan;
use super::program::{Program, Reason};
use super::series::{Recorder, Verdict};
use super::visit::{DEGRADED, Visit};

/// A class while it is counted.
#[derive(Debug, Default)]
pub struct ClassProbe {
    /// Its cohort.
    pub seen: ClassObservation,
    deadline: u64,
    /// Offered, succeeded, late, failed of the whole run.
    pub whole: [u64; 4],
}

/// All counters of a replication.
#[derive(Debug)]
pub struct Probe {
    /// By class.
    pub classes: Vec<ClassProbe>,
    /// By journey, since the window was opened.
    pub journeys: Vec<JourneyObservation>,
    /// By component, the clients last, since the window was opened.
    pub components: Vec<ComponentObservation>,
    /// Visits inside, by component, the clients last.
    pub inside: Vec<Gauge>,
    /// By link, since the window was opened.
    pub links: Vec<LinkObservation>,
    /// Requests in the system.
    pub in_system: Gauge,
    /// Users inside a journey.
    pub concurrent: Gauge,
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
    /// Those of them without outcome.
    pub unanswered: u64,
    /// Start of the window, ns.
    pub start: u64,
    /// Seconds of the window with a failure, and the last one of them.
    pub bad_seconds: (u64, Option<u64>),
    /// Sum of the times in the system of all requests, ns.
    pub time_in_system: u128,
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
        Self {
            classes: program.classes.iter().map(class).collect(),
            journeys: vec![JourneyObservation::default(); program.journeys.len()],
            components: Self::components(program),
            inside: vec![Gauge::default(); program.components.len() + 1],
            links: vec![LinkObservation::default(); program.links.len()],
            in_system: Gauge::default(),
            concurrent: Gauge::default(),
            sums: Sums::new(program.components.len()),
            series: Recorder::new(plan.bucket_ns, plan.bucket_cap, stations),
            opened: false,
            closed: false,
            cohort: 0,
            unanswered: 0,
            start: 0,
            bad_seconds: (0, None),
            time_in_system: 0,
            breakdown_error: 0,
        }
    }

    /// Components with nothing counted.
    pub fn components(program: &Program) -> Vec<ComponentObservation> {
        let empty = ComponentObservation {
            classes: vec![VisitCounts::default(); program.classes.len()],
            ..ComponentObservation::default()
        };
        vec![empty; program.components.len() + 1]
    }

    /// A request is offered; whether it belongs to the cohort (S14).
    #[inline]
    pub fn offered(&mut self, now: u64, class: u32) -> bool {
        self.in_system.up(now);
        self.series.offered();
        let counted = self.opened && !self.closed;
        let class = &mut self.classes[class as usize];
        class.whole[0] += 1;
        if counted {
            class.seen.offered += 1;
            self.cohort += 1;
            self.unanswered += 1;
        }
        counted
    }

    /// An attempt was made for a counted request.
    #[inline]
    pub fn attempted(&mut self, class: u32) {
        self.classes[class as usize].seen.attempts += 1;
    }

    /// A cache was asked.
    pub fn looked(&mut self, cache: u32, hit: bool) {
        let seen = &mut self.components[cache as usize].lookups;
        let count = if hit { &mut seen.0 } else { &mut seen.1 };
        *count += 1;
    }

    /// Whether all of the cohort is answered.
    #[inline]
    pub fn finished(&self) -> bool {
        self.closed && self.unanswered == 0
    }

    /// A visit leaves a component's node.
    #[inline(always)]
    pub fn left(&mut self, component: u32, now: u64, visit: &Visit, outcome: Option<Reason>) {
        self.inside[component as usize].down(now);
        let seen = &mut self.components[component as usize];
        let (waiting, residence) = (visit.waiting, now - visit.entered);
        seen.waited += u64::from(waiting > 0);
        seen.waiting.record(waiting);
        seen.waiting_sum += u128::from(waiting);
        seen.waiting_squares += square_seconds(waiting);
        let class = seen.classes.get_mut(visit.class as usize);
        if let Some(reason) = outcome {
            seen.failed[reason as usize] += 1;
            if let Some(class) = class {
                class.failed += 1;
            }
            return;
        }
        seen.completed += 1;
        seen.residence_sum += u128::from(residence);
        if let Some(class) = class {
            class.completed += 1;
            class.residence_sum += u128::from(residence);
            class.waiting_sum += u128::from(waiting);
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

    /// A request has its outcome (S16).
    #[inline(always)]
    pub fn concluded(
        &mut self,
        visit: &Visit,
        born: u64,
        counted: bool,
        now: u64,
        journal: &mut Journal,
    ) {
        let response = now - born;
        self.in_system.down(now);
        self.time_in_system += u128::from(response);
        self.unanswered -= u64::from(counted);
        let class = &mut self.classes[visit.class as usize];
        let verdict = match visit.outcome {
            Some(_) => Verdict::Failed,
            None if response > class.deadline => Verdict::Late(response),
            None => Verdict::Succeeded(response),
        };
        self.series.ended(verdict);
        let inside = u64::from(self.opened && !self.closed);
        let completed = &mut class.seen.completed_in_window;
        match verdict {
            Verdict::Succeeded(_) => {
                class.whole[1] += 1;
                completed.0 += inside;
            }
            Verdict::Late(_) => {
                class.whole[2] += 1;
                completed.1 += inside;
            }
            Verdict::Failed => {
                class.whole[3] += 1;
                completed.2 += inside;
            }
        }
        if let Some(reason) = visit.outcome {
            self.failed(visit, reason, response, counted, now);
        } else {
            self.answered(visit, verdict, response, counted, journal);
        }
        journal.release(visit.path);
    }

    #[cold]
    fn failed(&mut self, visit: &Visit, reason: Reason, after: u64, counted: bool, now: u64) {
        if self.opened && !self.closed {
            let second = (now - self.start) / 1_000_000_000;
            if self.bad_seconds.1 != Some(second) {
                self.bad_seconds = (self.bad_seconds.0 + 1, Some(second));
            }
        }
        if counted {
            let seen = &mut self.classes[visit.class as usize].seen;
            seen.failed[reason as usize] += 1;
            seen.failure_time.record(after);
        }
    }

    #[inline(always)]
    fn answered(
        &mut self,
        visit: &Visit,
        verdict: Verdict,
        response: u64,
        counted: bool,
        journal: &Journal,
    ) {
        let tally = if counted {
            self.sums.record(journal, visit.path, response)
        } else {
            Sums::tally(journal, visit.path)
        };
        self.breakdown_error = self.breakdown_error.max(tally.all.abs_diff(response));
        if !counted {
            return;
        }
        let seen = &mut self.classes[visit.class as usize].seen;
        let late = u64::from(matches!(verdict, Verdict::Late(_)));
        seen.late += late;
        seen.succeeded += 1 - late;
        seen.degraded += u64::from(visit.is(DEGRADED));
        seen.response.record(response);
        seen.response_sum += u128::from(response);
        seen.response_squares += square_seconds(response);
        seen.waiting.record(tally.waiting);
        seen.waiting_sum += u128::from(tally.waiting);
        seen.waiting_squares += square_seconds(tally.waiting);
    }
}

/// The square of a time in s^2.
#[inline]
fn square_seconds(ns: u64) -> f64 {
    let seconds = ns as f64 * 1e-9;
    seconds * seconds
}
