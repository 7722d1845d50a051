//! The report of `run`.

use super::alarms;
use super::page::Page;
use super::profile;
use super::scaling;
use super::style::{Paint, Span, Style};
use super::{few, parts, time, verdict};
use crate::experiment::result::{RunResult, TimeStatistics};
use crate::report::number::{self, Unit};
use crate::report::words;
use crate::statistics::Reason;

/// Most bottlenecks that are named beside the first.
const TIES_SHOWN: usize = 12;

/// The verdict on one scenario with everything it rests on.
pub fn render_run(run: &RunResult, style: &Style) -> String {
    let mut page = Page::new(style);
    head(&mut page, run);
    page.gap();
    verdict_line(&mut page, run);
    verdict::partial(&mut page, run.partial);
    let missing = if run.growth_per_s.is_some() {
        Reason::GrowsWithTime
    } else {
        Reason::AmongFailures
    };
    verdict::objectives(&mut page, &run.objectives, missing);
    profile::profile(&mut page, run.profile.as_ref());
    page.gap();
    traffic(&mut page, run);
    response(&mut page, "RESPONSE", &run.response_time_s);
    if run.requests.failed > 0 {
        response(&mut page, "WITH FAILED", &run.response_time_all_s);
    }
    people(&mut page, run);
    super::cost::cost(&mut page, run.cost.as_ref());
    parts::components(&mut page, run);
    super::memory::memory(&mut page, run);
    super::keep::keep(&mut page, run);
    parts::classes(&mut page, run);
    parts::journeys(&mut page, run);
    super::links::links(&mut page, run);
    time::breakdown(&mut page, &run.breakdown_s);
    marks(&mut page, run);
    silence(&mut page, &run.silence);
    alarms::alarms(&mut page, run);
    scaling::scaling(&mut page, run);
    theory(&mut page, run);
    verdict::warnings(&mut page, &run.warnings);
    next(&mut page, &run.next_steps);
    footer(&mut page, run);
    page.finish()
}

fn head(page: &mut Page, run: &RunResult) {
    let mut how = vec![run.kind.to_owned()];
    if run.replications > 0 {
        how.push(replications(run));
    }
    if run.kind == "terminating" {
        how.push("depends on duration".to_owned());
    }
    if let (Some(batches), Some(length)) = (run.intervals.batches, run.intervals.batch_s) {
        let each = number::span(length);
        how.push(format!("intervals by {batches} batch means of {each}"));
    }
    if run.deterministic {
        how.push("nothing is drawn at random".to_owned());
    }
    verdict::head(page, &run.header, &how);
}

/// How often and how long, after what: a steady run warms up, a terminating one has a lead-in
/// (S29).
fn replications(run: &RunResult) -> String {
    let before = number::span(run.warm_up_s);
    let before = match run.kind {
        _ if run.warm_up_s <= 0.0 => String::new(),
        "terminating" => format!(" after a lead-in of {before}"),
        _ => format!(" after {before} of warm-up"),
    };
    let several = if run.replications == 1 { "" } else { "s" };
    let lasts = number::span(run.duration_s);
    format!(
        "{} replication{several} of {lasts}{before}",
        run.replications
    )
}

fn verdict_line(page: &mut Page, run: &RunResult) {
    let reason = Span::plain(run.verdict_reason.clone());
    page.told("VERDICT", &[verdict::word(run.verdict), reason]);
    let Some(found) = &run.bottleneck else {
        return;
    };
    let share = number::value(&found.utilisation, Unit::Share);
    let mut pieces = vec![Span::new(
        format!("{} at {share}", words::resource(found)),
        Paint::Strong,
    )];
    if let Some(cause) = &found.symptom_of {
        pieces.push(Span::plain(format!("a symptom of {cause}")));
    }
    if let Some(full) = found.ceiling_rps {
        let text = format!("full at {}", number::number(full, Unit::PerSecond));
        let answered = run.throughput_rps.value.filter(|rate| *rate > 0.0);
        pieces.push(Span::plain(match answered {
            Some(rate) => format!("{text} ({})", number::change(full / rate - 1.0)),
            None => text,
        }));
    }
    let others = run.bottlenecks.iter().filter(|other| other.tied);
    let tied: Vec<String> = others
        .map(words::resource)
        .filter(|name| *name != words::resource(found))
        .collect();
    if !tied.is_empty() {
        let shown = tied.len().min(TIES_SHOWN);
        let more = match tied.len() - shown {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let names = tied[..shown].join(", ");
        pieces.push(Span::plain(format!(
            "not distinguishable from {names}{more}"
        )));
    }
    page.labelled("BOTTLENECK", &pieces);
}

fn traffic(page: &mut Page, run: &RunResult) {
    let mut pieces = vec![
        Span::plain(format!(
            "offered {}",
            number::full(&run.offered_rps, Unit::PerSecond)
        )),
        Span::plain(format!(
            "answered {}",
            number::full(&run.throughput_rps, Unit::PerSecond)
        )),
    ];
    if run.requests.late > 0 {
        let goodput = number::full(&run.goodput_rps, Unit::PerSecond);
        pieces.push(Span::plain(format!("in time {goodput}")));
    }
    let failed = number::full(&run.error_rate, Unit::Share);
    let paint = if run.requests.failed > 0 {
        Paint::Doubt
    } else {
        Paint::Plain
    };
    pieces.push(Span::new(format!("failed {failed}"), paint));
    if let Some(growth) = &run.growth_per_s {
        let text = format!("backlog grows by {}", number::full(growth, Unit::PerSecond));
        pieces.push(Span::new(text, Paint::Bad));
    }
    let inside = &run.in_system;
    let mean = number::full(&inside.mean, Unit::Count);
    pieces.push(Span::plain(format!(
        "in the system {mean} (max {})",
        inside.max
    )));
    if run.requests.degraded > 0 {
        let degraded = number::whole(run.requests.degraded);
        pieces.push(Span::plain(format!("answered by a fallback {degraded}")));
    }
    page.labelled("TRAFFIC", &pieces);
    if !run.requests.failures.0.is_empty() {
        let mut pieces: Vec<Span> = run
            .requests
            .failures
            .iter()
            .map(|(reason, count)| Span::plain(format!("{reason} {}", number::whole(*count))))
            .collect();
        let free = number::full(&run.error_free_seconds, Unit::Share);
        pieces.push(Span::plain(format!("seconds without a failure {free}")));
        page.labelled("FAILURES", &pieces);
    }
}

fn response(page: &mut Page, label: &str, times: &TimeStatistics) {
    let named = [
        ("mean", &times.mean),
        ("p50", &times.p50),
        ("p90", &times.p90),
        ("p95", &times.p95),
        ("p99", &times.p99),
        ("p99.9", &times.p99_9),
    ];
    let max = times
        .max
        .map(|max| Span::plain(format!("max {}", number::number(max, Unit::Seconds))));
    let reasons: Vec<String> = named
        .iter()
        .filter(|(_, estimate)| estimate.value.is_none())
        .map(|(_, estimate)| number::reason(estimate.reason))
        .collect();
    if reasons.len() == named.len() && reasons.iter().all(|reason| *reason == reasons[0]) {
        let mut pieces = vec![Span::new(reasons[0].clone(), Paint::Doubt)];
        pieces.extend(max);
        page.labelled(label, &pieces);
        return;
    }
    let mut pieces: Vec<Span> = named
        .iter()
        .map(|(name, estimate)| match (*name, estimate.ci95) {
            ("mean" | "p95", Some(_)) => number::full(estimate, Unit::Seconds),
            _ => number::value(estimate, Unit::Seconds),
        })
        .zip(named)
        .map(|(text, (name, _))| Span::plain(format!("{name} {text}")))
        .collect();
    pieces.extend(max);
    page.labelled(label, &pieces);
}

fn people(page: &mut Page, run: &RunResult) {
    let users = &run.users;
    let level = |name: &str, mean, max: u64| {
        Span::plain(format!(
            "{name} {} (max {})",
            number::value(mean, Unit::Count),
            number::whole(max)
        ))
    };
    let mut pieces = vec![
        level("active", &users.active.mean, users.active.max),
        level("concurrent", &users.concurrent.mean, users.concurrent.max),
    ];
    if let Some(ratio) = users.ratio {
        pieces.push(Span::plain(format!(
            "ratio {}",
            number::number(ratio, Unit::Share)
        )));
    }
    page.labelled("USERS", &pieces);
}

fn marks(page: &mut Page, run: &RunResult) {
    if run.marks.is_empty() {
        return;
    }
    page.heading("WHAT HAPPENED");
    for (at, what) in &run.marks {
        let moment = number::number(*at, Unit::Seconds);
        page.sentence(Span::plain(format!("{moment:>8}")), what);
    }
}

/// Why messages that vanished were worse than refusals.
fn silence(page: &mut Page, told: &[String]) {
    if told.is_empty() {
        return;
    }
    page.heading("SILENCE");
    for sentence in told {
        page.sentence(Span::plain("•"), sentence);
    }
}

fn theory(page: &mut Page, run: &RunResult) {
    if run.theory.is_empty() && run.share_above.is_empty() {
        return;
    }
    page.gap();
    for share in &run.share_above {
        let text = format!(
            "{} {} above {}: {}",
            share.subject,
            share.time,
            number::number(share.threshold_s, Unit::Seconds),
            number::full(&share.share, Unit::Share)
        );
        page.labelled("SHARE ABOVE", &[Span::plain(text)]);
    }
    let (shown, others) = few::few(&run.theory, |line| {
        f64::from(u8::from(line.agrees == Some(false)))
    });
    for line in shown {
        let (sign, paint) = match line.agrees {
            Some(true) => ("✓", Paint::Good),
            Some(false) => ("✗", Paint::Bad),
            None => ("≈", Paint::Plain),
        };
        let (subject, unit) = Unit::of_subject(&line.subject);
        let known = line.expected;
        let expected = number::with_interval(known, (known, known), unit).0;
        page.labelled(
            "THEORY",
            &[
                Span::new(format!("{sign} {}", line.law), paint),
                Span::plain(format!("{subject}:")),
                Span::plain(format!("simulated {}", number::full(&line.simulated, unit))),
                Span::plain(format!("expected {expected}")),
            ],
        );
    }
    few::more(page, others, "disagreements come first");
}

fn next(page: &mut Page, steps: &[String]) {
    if steps.is_empty() {
        return;
    }
    page.heading("NEXT");
    for step in steps {
        page.sentence(Span::plain("•"), step);
    }
}

fn footer(page: &mut Page, run: &RunResult) {
    page.gap();
    let mut pieces = vec![
        format!("{} requests", number::short(run.requests.offered as f64)),
        format!("{} events", number::short(run.events as f64)),
        number::span(run.wall_s),
    ];
    if run.wall_s > 0.0 {
        let speed = number::short(run.events as f64 / run.wall_s);
        pieces.push(format!("{speed} events/s"));
    }
    if let Some(reached) = run.precision.reached {
        let half = number::number(reached, Unit::Share);
        let asked = run
            .precision
            .target
            .map(|target| format!(" of {} asked for", number::number(target, Unit::Share)));
        pieces.push(format!(
            "half-width of the mean {half}{}",
            asked.unwrap_or_default()
        ));
    }
    page.remarks(&pieces);
}
