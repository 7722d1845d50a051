//! The verdict of a run and its reason (S33, S34, S35).

use super::bottleneck::places;
use super::objectives::Evidence;
use super::result::summary::{
    BottleneckFinding, ObjectiveFinding, ObjectiveVerdict, RunResult, Verdict,
};
use super::scenario::Kind;
use super::summarise::classes::Requests;
use super::summarise::components::utilisation;
use super::summarise::fold::{Fold, seconds, window_s};
use super::words;
use crate::engine::observation::{Cap, Ending, Observations};
use crate::engine::program::Reason as Failure;
use crate::lower::{Lowered, Meter};
use crate::model::{Arrivals, Model};
use crate::statistics::{Estimate, growth};

/// From this utilisation on a resource that turns requests away is full (S33b).
const FULL: f64 = 0.999;
/// A backlog grows only in front of a resource that is at least this busy.
const BUSY_ENOUGH_TO_GROW: f64 = 0.97;
/// Share of requests turned away from which on a steady run refuses (S33b).
const REFUSED: f64 = 0.01;

/// More is offered than carried (S33).
#[derive(Clone, Debug, PartialEq)]
pub enum Overload {
    /// (a) The backlog grows by so many requests per second.
    Growing(Estimate),
    /// (a) Of messages in queues: so many more each second than are worked on.
    PilingUp(Estimate),
    /// (b) A resource is full and this share of the requests is turned away.
    Refusing(f64),
}

/// Whether the replications of a steady run with an open workload are saturated.
pub fn overload(model: &Model, lowered: &Lowered, fold: Fold<'_>, kind: Kind) -> Option<Overload> {
    let is_open = |arrivals: &Arrivals| matches!(arrivals, Arrivals::Open { .. });
    if kind != Kind::Steady || !model.workloads.iter().any(|one| is_open(&one.arrivals)) {
        return None;
    }
    let busiest = peak_utilisation(model, lowered, fold.of_parts());
    let (levels, width_s) = levels(fold.runs);
    let growth = growth(&levels, width_s);
    if growth.grows && busiest >= BUSY_ENOUGH_TO_GROW {
        return Some(Overload::Growing(growth.per_second));
    }
    if busiest >= FULL
        && let Some(per_second) = piling_up(fold)
    {
        return Some(Overload::PilingUp(per_second));
    }
    let turned_away = turned_away(fold.runs);
    (turned_away > REFUSED && busiest >= FULL).then_some(Overload::Refusing(turned_away))
}

/// Messages that a queue took in the window and nobody has worked on at its end, per second, if
/// they are a share worth speaking of and more than Little's law explains: where a backlog grows
/// steadily, twice what the rate times the mean completion time gives.
fn piling_up(fold: Fold<'_>) -> Option<Estimate> {
    let queues = fold.runs.first()?.queues.len();
    (0..queues).find_map(|queue| {
        let (mut accepted, mut open, mut explained) = (0.0, 0.0, 0.0);
        for run in fold.runs {
            let seen = &run.queues[queue];
            let mean = seconds(seen.completion_sum as u64) / seen.completed.max(1) as f64;
            accepted += seen.accepted as f64;
            open += left(run, queue) as f64;
            explained += seen.accepted as f64 * mean / window_s(run);
        }
        (open > REFUSED * accepted && open > 1.5 * explained)
            .then(|| fold.per_second(|run| left(run, queue)))
    })
}

fn left(run: &Observations, queue: usize) -> u64 {
    let seen = &run.queues[queue];
    seen.accepted - seen.completed - seen.dead
}

/// Number in system per bucket of the window, by replication, and the length of a bucket in s.
pub fn levels(runs: &[Observations]) -> (Vec<Vec<f64>>, f64) {
    let width = runs
        .iter()
        .map(|run| run.series.bucket_ns)
        .max()
        .unwrap_or(1)
        .max(1);
    let of_run = |run: &Observations| {
        let first = run.window.0.div_ceil(width) as usize;
        let last = (run.window.1 / width) as usize;
        let buckets = super::summarise::breakdown::buckets_of(run, width);
        let counted = buckets.iter().take(last).skip(first);
        counted
            .map(|bucket| bucket.in_system_area as f64 / width as f64)
            .collect()
    };
    (runs.iter().map(of_run).collect(), seconds(width))
}

/// Upper end of the interval of the busiest single meter: on a shared host with caps a node may
/// be full while the host is not, so a cap counts as full.
fn peak_utilisation(model: &Model, lowered: &Lowered, fold: Fold<'_>) -> f64 {
    let mut most = 0.0_f64;
    for meter in places(model, lowered)
        .iter()
        .flat_map(|place| &place.meters)
    {
        let limit = match meter {
            Meter::Station(id) => {
                let station = &lowered.program.stations[id.index()];
                if !station.caps.is_empty() {
                    return 1.0;
                }
                station.servers
            }
            Meter::Pool(id) => lowered.program.pools[id.index()].capacity,
            Meter::Visits(_) | Meter::Memory(_) => None,
        };
        let share = utilisation(fold, &[*meter], limit);
        most = most.max(share.ci95.map_or(share.value.unwrap_or(0.0), |ends| ends.1));
    }
    most
}

/// Share of the offered requests that failed by refusal or by waiting too long.
fn turned_away(runs: &[Observations]) -> f64 {
    const WAYS: [Failure; 7] = [
        Failure::Balked,
        Failure::Abandoned,
        Failure::Refused,
        Failure::Connections,
        Failure::PoolTimeout,
        Failure::Timeout,
        Failure::Deadline,
    ];
    let (mut turned, mut offered) = (0_u64, 0_u64);
    for class in runs.iter().flat_map(|run| &run.classes) {
        offered += class.offered;
        turned += WAYS
            .iter()
            .map(|&way| class.failed[way as usize])
            .sum::<u64>();
    }
    if offered == 0 {
        0.0
    } else {
        turned as f64 / offered as f64
    }
}

/// The cap that ended a replication, if one did.
pub fn cap_reached(runs: &[Observations]) -> Option<Cap> {
    runs.iter().find_map(|run| match run.ending {
        Ending::Capped(cap) => Some(cap),
        Ending::Complete | Ending::Interrupted => None,
    })
}

/// Verdict and reason.
pub fn decide(
    evidence: Evidence<'_>,
    overload: Option<&Overload>,
    objectives: &[ObjectiveFinding],
    bottlenecks: &[BottleneckFinding],
) -> (Verdict, String) {
    let fold = evidence.fold;
    if fold.runs.is_empty() {
        let reason = "interrupted before the first replication was done".to_owned();
        return (Verdict::Undecided, reason);
    }
    if let Some(overload) = overload {
        let reason = saturated_because(evidence, overload, bottlenecks);
        return (Verdict::Saturated, reason);
    }
    match (worst(objectives), cap_reached(fold.runs)) {
        (_, Some(cap)) => (Verdict::Capped, capped_because(cap).to_owned()),
        (ObjectiveVerdict::Fail, None) => (Verdict::Fail, failing(objectives)),
        (ObjectiveVerdict::Undecided, None) => (Verdict::Undecided, undecided(objectives)),
        (_, None) => (Verdict::Pass, passing(objectives, bottlenecks)),
    }
}

/// Fail before undecided (or no data) before pass; what `spof` judges does not count (S35).
fn worst(objectives: &[ObjectiveFinding]) -> ObjectiveVerdict {
    let has = |verdict| objectives.iter().any(|finding| finding.verdict == verdict);
    if has(ObjectiveVerdict::Fail) {
        ObjectiveVerdict::Fail
    } else if has(ObjectiveVerdict::Undecided) || has(ObjectiveVerdict::NoData) {
        ObjectiveVerdict::Undecided
    } else {
        ObjectiveVerdict::Pass
    }
}

fn name_of(finding: &BottleneckFinding) -> String {
    format!(
        "{} {}",
        finding.node.as_ref().unwrap_or(&finding.component),
        finding.resource
    )
}

/// The first bottleneck and those that the intervals cannot tell from it.
fn binding(bottlenecks: &[BottleneckFinding]) -> String {
    let tied = bottlenecks
        .iter()
        .filter(|finding| finding.tied)
        .map(name_of);
    let names: Vec<String> = tied.take(3).collect();
    if names.is_empty() {
        "no limited resource".to_owned()
    } else {
        words::list(&names)
    }
}

fn saturated_because(
    evidence: Evidence<'_>,
    overload: &Overload,
    bottlenecks: &[BottleneckFinding],
) -> String {
    let all = Requests::all(evidence.fold);
    let offered = words::rate(all.offered().value.unwrap_or(0.0));
    let carried = words::rate(all.throughput().value.unwrap_or(0.0));
    let full = binding(bottlenecks);
    match overload {
        Overload::Growing(per_second) => {
            let growth = per_second.value.unwrap_or(0.0);
            let fill = time_to_fill(evidence, growth).map_or(String::new(), |s| {
                format!("; its waiting room would be full after {}", words::time(s))
            });
            format!(
                "{offered} are offered but {full} carries {carried}; the backlog grows by {}{fill}",
                words::rate(growth)
            )
        }
        Overload::PilingUp(per_second) => format!(
            "more messages are sent than {full} works on; {} of them pile up",
            words::rate(per_second.value.unwrap_or(0.0))
        ),
        Overload::Refusing(share) => format!(
            "{offered} are offered but {full} carries {carried}; refusing: {} of the requests \
             are turned away or time out",
            words::percent(*share)
        ),
    }
}

/// Time until the largest bounded room of threads is full at this growth, s; `None` if every
/// room is unlimited or none was entered.
fn time_to_fill(evidence: Evidence<'_>, growth: f64) -> Option<f64> {
    let entered = |pool: usize| {
        evidence
            .fold
            .runs
            .iter()
            .any(|run| run.pools[pool].waiting.max > 0)
    };
    let rooms = evidence.lowered.program.pools.iter().enumerate();
    let room = rooms
        .filter(|(place, _)| entered(*place))
        .filter_map(|(_, pool)| pool.room)
        .max()?;
    (growth > 0.0).then(|| f64::from(room) / growth)
}

fn capped_because(cap: Cap) -> &'static str {
    match cap {
        Cap::InFlight => {
            "a replication reached the cap of requests in flight (run.in_flight_cap): undecided, \
             not a verdict about the design"
        }
        Cap::Events => {
            "a replication reached the cap of events (run.event_cap): undecided, not a verdict \
             about the design"
        }
        Cap::OneInstant => {
            "more than a million events fell on one instant: a loop without duration, such as a \
             user who repeats a refused request at once"
        }
    }
}

fn failing(objectives: &[ObjectiveFinding]) -> String {
    let failed: Vec<_> = objectives
        .iter()
        .filter(|one| one.verdict == ObjectiveVerdict::Fail)
        .collect();
    let told = |one: &&ObjectiveFinding| {
        let measured = match one.measured {
            Some(value) => format!("it is {}", words::in_unit(value, one.unit)),
            None => "it falls among the failed requests".to_owned(),
        };
        format!("{} ({measured})", one.text)
    };
    let names: Vec<String> = failed.iter().map(told).collect();
    let fail = if failed.len() == 1 { "fails" } else { "fail" };
    format!(
        "{} of {} objectives {fail}: {}",
        failed.len(),
        objectives.len(),
        words::list(&names)
    )
}

fn undecided(objectives: &[ObjectiveFinding]) -> String {
    let is_open = |one: &&ObjectiveFinding| {
        matches!(
            one.verdict,
            ObjectiveVerdict::Undecided | ObjectiveVerdict::NoData
        )
    };
    let texts: Vec<String> = objectives
        .iter()
        .filter(is_open)
        .map(|one| one.text.clone())
        .collect();
    format!(
        "{} cannot be told from this many replications: more of them or a longer run decide",
        words::list(&texts)
    )
}

fn passing(objectives: &[ObjectiveFinding], bottlenecks: &[BottleneckFinding]) -> String {
    let kept = match objectives.len() {
        0 => "no objectives to keep".to_owned(),
        1 => "the objective holds".to_owned(),
        count => format!("all {count} objectives hold"),
    };
    let Some(first) = bottlenecks.first() else {
        return kept;
    };
    let busy = words::percent(first.utilisation.value.unwrap_or(0.0));
    let ceiling = first.ceiling_rps.map_or(String::new(), |rate| {
        format!(" and would be full at about {}", words::rate(rate))
    });
    let are = match bottlenecks.iter().filter(|finding| finding.tied).count() {
        0 | 1 => "binds first: it is",
        _ => "bind first: they are",
    };
    format!(
        "{kept}; {} {are} {busy} busy{ceiling}",
        binding(bottlenecks)
    )
}

impl RunResult {
    /// Exit code of this result alone (S35): 0, 4 or 99.
    pub fn exit_code(&self) -> u8 {
        self.verdict.exit_code(!self.objectives.is_empty())
    }
}
