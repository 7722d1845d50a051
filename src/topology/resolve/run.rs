//! The `run` block (S8).

use super::Resolver;
use crate::diagnostic::Diagnostic;
use crate::model::{Arrivals, Fault, RunSettings, WarmUp, Workload};
use crate::quantity::{Count, Time, Whole};
use crate::schema::{Cut, StartState, positive};
use crate::schema::{code, preset};

/// The longest horizon: 100 years of 365.25 days, ns (S39).
const HORIZON_MAX: u64 = 36_525 * 86_400 * 1_000_000_000;

impl Resolver<'_> {
    /// The settings, with what is left out filled in.
    pub(super) fn settings(&mut self) -> RunSettings {
        let run = &self.file.run;
        if let (Some(duration), Some(requests)) = (&run.duration, &run.requests) {
            self.problems.push(
                Diagnostic::error(code::CONFLICT, "`requests` and `duration` both end the run")
                    .at(requests.span.clone())
                    .also(duration.span.clone(), "the other end")
                    .help("leave one of the two out"),
            );
        }
        self.problems
            .extend(run.duration.as_ref().and_then(positive));
        let warm_up = run
            .warm_up
            .as_ref()
            .map_or_else(|| preset::WARM_UP.read(), |at| at.value);
        let drain = run
            .drain
            .as_ref()
            .map_or_else(|| preset::DRAIN.read(), |at| at.value);
        RunSettings {
            duration: run.duration.as_ref().map(|at| at.value.nanos()),
            requests: run.requests.as_ref().map(|at| u64::from(at.value.get())),
            warm_up: match warm_up {
                Cut::Auto => WarmUp::Auto,
                Cut::Fixed(time) => WarmUp::Fixed(time.nanos()),
            },
            replications: run.replications.map(Count::get),
            precision: run.precision.map(|precision| precision.0),
            cap: run.cap.unwrap_or_else(|| preset::CAP.read::<Whole>()).get(),
            drain: drain.nanos(),
            start: run
                .start
                .unwrap_or_else(|| preset::START.read::<StartState>())
                .model(),
            in_flight_cap: run
                .in_flight_cap
                .unwrap_or_else(|| preset::IN_FLIGHT_CAP.read::<Count>())
                .get(),
            with_failures: false,
            event_cap: run
                .event_cap
                .unwrap_or_else(|| preset::EVENT_CAP.read::<Whole>())
                .get(),
        }
    }

    /// Refuses what lies more than 100 years ahead (S39).
    pub(super) fn check_horizon(
        &mut self,
        run: &RunSettings,
        workloads: &[Workload],
        faults: &[Fault],
    ) {
        let warm_up = match run.warm_up {
            WarmUp::Auto => 0,
            WarmUp::Fixed(time) => time,
        };
        let block = &self.file.run;
        let span =
            |time: &Option<crate::schema::At<Time>>| time.as_ref().map(|time| time.span.clone());
        let length = run
            .duration
            .unwrap_or(0)
            .saturating_add(warm_up)
            .saturating_add(run.drain);
        let mut ends = vec![(
            length,
            span(&block.duration)
                .or_else(|| block.warm_up.as_ref().map(|at| at.span.clone()))
                .or_else(|| span(&block.drain)),
        )];
        for (workload, (name, _)) in workloads.iter().zip(&self.file.workload) {
            ends.push((length_of(&workload.arrivals), Some(name.span.clone())));
        }
        for (fault, written) in faults.iter().zip(&self.file.faults) {
            let (_, at, _) = written.place();
            ends.push((fault.at, Some(at.span.clone())));
        }
        for (_, span) in ends.into_iter().filter(|(end, _)| *end > HORIZON_MAX) {
            let mut error =
                Diagnostic::error(code::RANGE, "this reaches more than 100 years ahead")
                    .help("long-run availability is computed, not simulated");
            error.span = span;
            self.problems.push(error);
        }
    }
}

/// From the start to the end of a workload's own times, ns.
fn length_of(arrivals: &Arrivals) -> u64 {
    match arrivals {
        Arrivals::Open { stages, .. } | Arrivals::Closed { stages, .. } => stages
            .iter()
            .fold(0, |sum: u64, stage| sum.saturating_add(stage.length)),
        Arrivals::Replay { log, .. } => log.last().map_or(0, |(at, ..)| *at),
    }
}
