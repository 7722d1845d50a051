//! From the observations of all replications to one result with every key of `summary.json`.

mod alarms;
pub mod breakdown;
mod caches;
pub mod classes;
pub mod components;
pub mod fold;
mod guards;
pub mod intervals;
pub mod keep;
mod levels;
pub mod links;
pub mod marks;
mod memory;
pub mod messages;
mod scaling;
mod silence;
pub mod told;

use classes::{Requests, Tally};
use fold::{seconds, window_s};

use super::bill::bill_of_run;
use super::objectives::{Evidence, judge_all};
use super::result::summary::{Header, Precision, RunResult, TimeStatistics};
use super::result::{Named, Warning};
use super::sample::Sample;
use super::settings::Settings;
use super::stretch::{Stretch, sum_of};
use super::verdict::{Overload, decide, overload};
use super::{bottleneck, next_steps, theory_check, words};
use crate::fault::laws;
use crate::model::{Group, Model};
use crate::statistics::{Estimate, Reason};

/// The end of a run, a tenth of it, tells whether the service is as before.
const TAIL: u64 = 10;

/// Version of the keys.
pub const SCHEMA: u32 = 1;

/// The head of a result.
pub fn header(command: &str, settings: &Settings<'_>, model: &Model) -> Header {
    let mut topology = settings.topology.clone();
    if topology.name.is_empty() {
        topology.name.clone_from(&model.name);
    }
    Header {
        schema: SCHEMA,
        linchpin: env!("CARGO_PKG_VERSION").to_owned(),
        command: command.to_owned(),
        seed: settings.seed,
        topology,
    }
}

/// Everything that `sample` says about its model.
pub fn result(sample: &Sample<'_>, settings: &Settings<'_>) -> RunResult {
    let (model, lowered, fold) = (sample.bench.model, &sample.bench.lowered, sample.fold());
    let overload = overload(model, lowered, fold, sample.kind);
    let grows = matches!(overload, Some(Overload::Growing(_)));
    let evidence = Evidence {
        model,
        lowered,
        fold,
        grows,
    };
    let objectives = judge_all(evidence);
    let bottlenecks = bottleneck::rank(model, lowered, fold);
    let (verdict, reason) = decide(evidence, overload.as_ref(), &objectives, &bottlenecks);
    let is_settled = sample.kind == super::scenario::Kind::Steady && overload.is_none();
    let ground = theory_check::Ground {
        model,
        lowered,
        fold,
        is_settled,
    };
    let mut result = plain(sample, settings);
    result.cost = bill_of_run(model, &result);
    result.verdict = verdict;
    result.verdict_reason = reason;
    result.next_steps =
        next_steps::next_steps(model, bottlenecks.first(), &result.requests.failures);
    result.bottleneck = bottlenecks.first().cloned();
    result.bottlenecks = bottlenecks;
    result.objectives = objectives;
    let doubts = doubts(&result, sample, overload.as_ref());
    result.warnings.extend(doubts);
    if fold.runs.is_empty() {
        result.share_above = Vec::new();
    } else {
        result.theory = theory_check::compare(ground);
    }
    if let Some(Overload::Growing(per_second)) = overload {
        result.growth_per_s = Some(per_second);
        without_times(&mut result);
    }
    result
}

/// The numbers, before any judgement.
fn plain(sample: &Sample<'_>, settings: &Settings<'_>) -> RunResult {
    let (model, lowered, fold) = (sample.bench.model, &sample.bench.lowered, sample.fold());
    let all = Requests::all(fold);
    let merged = all.merged_response();
    let response = all.times(Tally::response);
    let runs = &sample.runs;
    let classes = model.classes.iter().enumerate().map(|(place, class)| {
        (
            class.name.clone(),
            Requests::of_class(fold, place).summary(),
        )
    });
    RunResult {
        header: header("run", settings, model),
        replications: runs.len() as u32,
        duration_s: runs.iter().map(window_s).sum::<f64>() / runs.len().max(1) as f64,
        warm_up_s: seconds(sample.warm_up),
        kind: sample.kind.word(),
        events: runs.iter().map(|run| run.events).sum(),
        wall_s: 0.0,
        deterministic: sample.exact,
        partial: sample.partial,
        verdict: super::result::Verdict::Undecided,
        verdict_reason: String::new(),
        next_steps: Vec::new(),
        silence: silence::findings(model, lowered, fold.runs, settings.seed),
        requests: all.counts(),
        breakdown_s: breakdown::breakdown(model, fold, &merged),
        users: classes::users(fold),
        offered_rps: all.offered(),
        started_rps: classes::started(fold),
        throughput_rps: all.throughput(),
        goodput_rps: all.goodput(),
        error_rate: all.error_rate(),
        availability: all.availability(),
        error_free_seconds: fold.share(|run| run.error_free_seconds),
        precision: Precision {
            target: sample.target,
            reached: response.mean.relative_half_width(),
        },
        intervals: intervals::intervals(sample),
        response_time_spread_s: intervals::spread(&all),
        response_time_s: response,
        response_time_all_s: all.times(Tally::response_of_all),
        waiting_time_s: all.times(Tally::waiting),
        in_system: fold.level(|run| run.in_system),
        classes: Named(classes.collect()),
        components: components::components(model, lowered, fold),
        hosts: components::hosts(model, &lowered.map, fold),
        links: links::links(model, lowered, fold),
        journeys: classes::journeys(model, fold),
        bottleneck: None,
        bottlenecks: Vec::new(),
        objectives: Vec::new(),
        cost: None,
        theory: Vec::new(),
        share_above: classes::shares_above(model, fold, &settings.share_above),
        growth_per_s: None,
        warnings: sample.warnings.clone(),
        series: memory::series(model, lowered, runs),
        distribution: breakdown::distribution(&merged),
        profile: None,
        alarms: alarms::summaries(sample, settings.seed),
        marks: marks::of_sample(sample, settings.seed)
            .into_iter()
            .map(|mark| (mark.at_s, mark.text))
            .collect(),
    }
}

/// S41: failure laws act only where they are asked for.
fn idle_failure_laws(model: &Model) -> Option<Warning> {
    let pauses = model.components.iter().any(|part| part.failure.is_some());
    let has_laws = pauses || laws::parts(model).next().is_some();
    (has_laws && !model.run.with_failures).then(|| Warning {
        code: "failure_laws_idle",
        text: "failure laws are idle in this run; `--with-failures` lets them act".to_owned(),
    })
}

/// In a run takeovers follow from checks and failover, whatever share is covered (S41).
fn idle_coverage(model: &Model) -> Option<Warning> {
    let covered = |group: &&Group| group.coupling.is_some_and(|how| how.coverage.is_some());
    let group = model.groups.iter().find(covered)?;
    model.run.with_failures.then(|| Warning {
        code: "coverage_idle",
        text: format!(
            "takeovers in the group `{}` follow the file's checks and failover in this run; \
             `coverage` counts in `spof`",
            group.name
        ),
    })
}

/// Alarms look at what happens over time: not at a run of which nothing is to be told but means.
fn idle_alarms(sample: &Sample<'_>) -> Option<Warning> {
    let has_alarms = !sample.bench.model.alarms.is_empty();
    (has_alarms && !sample.bench.is_watched).then(|| Warning {
        code: "alarms_idle",
        text: "alarms are not looked at in a steady run; add a fault or stages".to_owned(),
    })
}

/// What an overload makes doubtful of the numbers beside it.
fn of_overload(overload: &Overload) -> Option<Warning> {
    let (code, text) = match overload {
        Overload::Growing(_) => return None,
        Overload::PilingUp(_) => (
            "messages_pile_up",
            "completion times are of the messages that were worked on: those that pile up take \
             ever longer",
        ),
        Overload::Refusing(_) => (
            "refusing",
            "times are of the requests that got in: under refusal they depend on the waiting rooms",
        ),
    };
    Some(Warning {
        code,
        text: text.to_owned(),
    })
}

/// Whether the service is as before at the end of a run whose faults are over.
fn not_back(sample: &Sample<'_>) -> Option<Warning> {
    let faults = &sample.bench.model.faults;
    let ends = faults.iter().map(crate::model::Fault::end);
    let over = ends.collect::<Option<Vec<u64>>>()?.into_iter().max()?;
    let first = faults.iter().map(|fault| fault.at).min()?;
    let lead_in = sample.bench.lead_in;
    let end = sample.runs.iter().map(|run| run.window.1).min()?;
    let tail = end.saturating_sub(lead_in) / TAIL;
    let (width, buckets) = sum_of(&sample.runs);
    let part = |from: u64, to: u64| {
        let place = |at: u64| ((at / width) as usize).min(buckets.len());
        Stretch::of(&buckets[place(from).min(place(to))..place(to)])
    };
    let before = part(lead_in / 2, lead_in.saturating_add(first)).over(sample.runs.len());
    let last = part(end - tail, end);
    let is_told = end - tail > lead_in.saturating_add(over) && before.ended > 0;
    (is_told && !last.answers_like(&before)).then(|| Warning {
        code: "not_back",
        text: format!(
            "{} after the last fault {} of the requests are answered in time, {} before the \
             first: `linchpin capacity FILE --after FAULT` finds the load from which the system \
             comes back",
            words::time(seconds(end - lead_in - over)),
            words::percent(last.answered()),
            words::percent(before.answered())
        ),
    })
}

/// What the numbers themselves make doubtful.
fn doubts(result: &RunResult, sample: &Sample<'_>, overload: Option<&Overload>) -> Vec<Warning> {
    let mut found = Vec::new();
    found.extend(idle_failure_laws(sample.bench.model));
    found.extend(idle_coverage(sample.bench.model));
    found.extend(idle_alarms(sample));
    found.extend(not_back(sample));
    if overload.is_some()
        && result.objectives.is_empty()
        && sample.bench.model.objectives.is_empty()
    {
        found.push(Warning {
            code: "saturated_without_objectives",
            text: "the architecture is saturated, but the file names no objective that this \
                   would break"
                .to_owned(),
        });
    }
    found.extend(overload.and_then(of_overload));
    if sample.kind.word() == "terminating" && result.requests.in_flight > 0 {
        let text = format!(
            "{} requests were not answered when the drain ended: percentiles of the answered \
             look better than they are",
            result.requests.in_flight
        );
        found.push(Warning {
            code: "in_flight",
            text,
        });
    }
    if result.requests.failed == 0 && result.requests.offered > 0 {
        let bound = 3.0 / result.requests.offered as f64;
        let asks = |text: &str| text.contains("error rate");
        if result.objectives.iter().any(|one| asks(&one.text)) && bound > 1e-3 {
            let text = format!(
                "no failure among {} requests shows no more than an error rate below {}",
                result.requests.offered,
                words::percent(bound)
            );
            found.push(Warning {
                code: "rare_failures",
                text,
            });
        }
    }
    if let Some(text) = overloaded_for_a_time(result) {
        found.push(Warning {
            code: "depends_on_duration",
            text,
        });
    }
    if !matches!(overload, Some(Overload::Growing(_))) {
        found.extend(intervals::doubts(result, sample));
    }
    if let Some(overload) = super::verdict::cap_reached(&sample.runs) {
        let text = format!("a replication was ended by its cap ({overload:?})");
        found.push(Warning {
            code: "capped",
            text,
        });
    }
    found
}

/// S34: a terminating run whose requests pile up, so that its times depend on how long it lasts.
fn overloaded_for_a_time(result: &RunResult) -> Option<String> {
    if result.kind != "terminating" || result.series.len() < 20 {
        return None;
    }
    let mean = |points: &[super::result::SeriesPoint]| {
        points.iter().map(|point| point.in_system).sum::<f64>() / points.len() as f64
    };
    let last = mean(&result.series[result.series.len() / 20 * 19..]);
    let first = mean(&result.series[..result.series.len() / 2]);
    let full = result.bottlenecks.first().is_some_and(|one| {
        one.utilisation
            .value
            .is_some_and(|share| share >= super::bottleneck::SATURATED)
    });
    (full || last > 10.0 && last > 3.0 * first).then(|| {
        "more is offered than carried for a time: means and percentiles depend on the duration"
            .to_owned()
    })
}

/// S33a: what grows with time has no mean.
fn without_times(result: &mut RunResult) {
    let clear = |times: &mut TimeStatistics| {
        let grows = Estimate::missing(Reason::GrowsWithTime);
        *times = TimeStatistics {
            mean: grows,
            sd: None,
            p50: grows,
            p90: grows,
            p95: grows,
            p99: grows,
            p99_9: grows,
            max: times.max,
        };
    };
    clear(&mut result.response_time_s);
    clear(&mut result.response_time_all_s);
    clear(&mut result.waiting_time_s);
    result.in_system.mean = Estimate::missing(Reason::GrowsWithTime);
    result.users.active.mean = Estimate::missing(Reason::GrowsWithTime);
    result.users.concurrent.mean = Estimate::missing(Reason::GrowsWithTime);
    result.users.ratio = None;
    result.precision.reached = None;
    result.response_time_spread_s = None;
    for (_, class) in &mut result.classes.0 {
        clear(&mut class.response_time_s);
        clear(&mut class.response_time_all_s);
        clear(&mut class.waiting_time_s);
    }
    for (_, part) in &mut result.components.0 {
        if part
            .utilisation
            .value
            .is_some_and(|share| share >= super::bottleneck::SATURATED)
        {
            clear(&mut part.waiting_time_s);
            part.in_system.mean = Estimate::missing(Reason::GrowsWithTime);
            part.queue_length.mean = Estimate::missing(Reason::GrowsWithTime);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::engine::observation::{ClassObservation, Ending, Observations};

    /// A replication of `classes` classes in which nothing happened.
    pub fn empty_run(classes: usize) -> Observations {
        Observations {
            classes: vec![ClassObservation::default(); classes],
            ..Observations::nothing(Ending::Complete)
        }
    }
}
