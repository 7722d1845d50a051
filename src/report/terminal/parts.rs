//! Tables of components, hosts, classes and journeys.

use super::few::{few, more};
use super::page::Page;
use super::style::{Paint, Span};
use super::table::{Side, Table};
use crate::experiment::result::summary::{CacheSummary, MessageSummary};
use crate::experiment::result::{ComponentSummary, ResourceSummary, RunResult};
use crate::report::number::{self, Unit};

/// Components and hosts with the bottleneck marked.
pub fn components(page: &mut Page, run: &RunResult) {
    page.gap();
    let mut table = Table::new()
        .column("COMPONENT", Side::Left, 0)
        .column("kind", Side::Left, 4)
        .column("nodes", Side::Right, 2)
        .column("busiest", Side::Left, 3)
        .column("util", Side::Right, 0)
        .column("by node", Side::Right, 4)
        .column("queue avg / max", Side::Right, 1)
        .column("wait mean", Side::Right, 5)
        .column("wait p95", Side::Right, 3)
        .column("visits", Side::Right, 6)
        .column("", Side::Left, 0);
    let is_found = |name: &str| run.bottleneck.as_ref().is_some_and(|b| b.component == name);
    let busy = |name: &str, share: Option<f64>| {
        if is_found(name) {
            f64::INFINITY
        } else {
            share.unwrap_or(0.0)
        }
    };
    let (shown, others) = few(run.components.iter(), |(name, part)| {
        busy(name, part.utilisation.value)
    });
    for (name, component) in shown {
        table.row(component_row(name, component, run));
    }
    let hosts = run.hosts.iter().flat_map(|(host, resources)| {
        let of_host = resources.iter();
        of_host.map(move |(resource, summary)| (host, resource, summary))
    });
    let (shown, other_hosts) = few(hosts, |(host, _, part)| busy(host, part.utilisation.value));
    for (host, resource, summary) in shown {
        table.row(host_row(host, resource, summary, run));
    }
    page.table(&table);
    more(page, others + other_hosts, "less busy");
}

/// Value of an estimate in a cell: its number, or why there is none.
fn cell(estimate: &crate::statistics::Estimate, unit: Unit) -> Span {
    Span::plain(number::value(estimate, unit))
}

/// A mean for a cell where the interval would not fit: three digits.
pub(super) fn lone(value: Option<f64>, unit: Unit) -> String {
    value.map_or_else(|| "-".to_owned(), |value| number::number(value, unit))
}

fn component_row(name: &str, part: &ComponentSummary, run: &RunResult) -> Vec<Span> {
    let (busiest, share) = shown(name, part, run);
    let queue = &part.queue_length;
    vec![
        Span::plain(name),
        Span::plain(part.kind.clone()),
        Span::plain(part.replicas.to_string()),
        Span::plain(busiest.unwrap_or_default()),
        utilisation(share),
        Span::plain(by_node(part)),
        Span::plain(format!(
            "{} / {}",
            lone(queue.mean.value, Unit::Count),
            queue.max
        )),
        Span::plain(number::value(&part.waiting_time_s.mean, Unit::Seconds)),
        cell(&part.waiting_time_s.p95, Unit::Seconds),
        cell(&part.throughput_rps, Unit::PerSecond),
        note(name, part, run),
    ]
}

fn host_row(host: &str, resource: &str, part: &ResourceSummary, run: &RunResult) -> Vec<Span> {
    let queue = &part.queue_length;
    let mark = bottleneck_mark(host, run);
    let mark = if is_bottleneck(host, Some(resource), run) {
        mark
    } else {
        Span::default()
    };
    vec![
        Span::plain(host),
        Span::plain("Host"),
        Span::plain("1"),
        Span::plain(resource),
        utilisation(part.utilisation.value),
        Span::default(),
        Span::plain(format!(
            "{} / {}",
            lone(queue.mean.value, Unit::Count),
            queue.max
        )),
        cell(&part.waiting_time_s.mean, Unit::Seconds),
        Span::default(),
        Span::default(),
        mark,
    ]
}

/// The resource in the row of a component and its utilisation: the one that binds, or is busiest.
fn shown(name: &str, part: &ComponentSummary, run: &RunResult) -> (Option<String>, Option<f64>) {
    let found = run.bottleneck.as_ref().filter(|one| one.component == name);
    let binding = found.and_then(|found| {
        let mut own = part.resources.iter();
        own.find(|(resource, _)| *resource == found.resource)
    });
    match binding {
        Some((resource, summary)) => (Some(resource.to_owned()), summary.utilisation.value),
        None => (busiest(part), part.utilisation.value),
    }
}

/// The resource with the highest utilisation.
fn busiest(part: &ComponentSummary) -> Option<String> {
    part.resources
        .iter()
        .filter_map(|(name, resource)| Some((name, resource.utilisation.value?)))
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .map(|(name, _)| name.to_owned())
}

pub(super) fn utilisation(value: Option<f64>) -> Span {
    let paint = match value {
        Some(value) if value >= 0.95 => Paint::Bad,
        Some(value) if value >= 0.8 => Paint::Doubt,
        _ => Paint::Plain,
    };
    Span::new(lone(value, Unit::Share), paint)
}

fn is_bottleneck(name: &str, resource: Option<&str>, run: &RunResult) -> bool {
    run.bottleneck.as_ref().is_some_and(|found| {
        found.component == name && resource.is_none_or(|resource| found.resource == resource)
    })
}

fn bottleneck_mark(name: &str, run: &RunResult) -> Span {
    if is_bottleneck(name, None, run) {
        Span::new("◀ bottleneck", Paint::Bad)
    } else {
        Span::default()
    }
}

/// Lowest and highest utilisation of its nodes, where they differ by a fifth and more.
fn by_node(part: &ComponentSummary) -> String {
    let shares = part.nodes.0.iter().map(|(_, share)| *share);
    let low = shares.clone().fold(f64::INFINITY, f64::min);
    let high = shares.fold(0.0, f64::max);
    if high - low < 0.2 * high || high < 0.01 {
        return String::new();
    }
    let [low, high] = [low, high].map(|end| number::number(end, Unit::Share));
    format!("{} to {high}", low.trim_end_matches(" %"))
}

/// How many lookups of a cache were hits, and when it was full after a cold start.
fn lookups(cache: &CacheSummary) -> Option<String> {
    let hits = number::number(cache.hit_ratio.value?, Unit::Share);
    let full = |time| format!(", full after {}", number::number(time, Unit::Seconds));
    let full = cache.full_after_s.map(full).unwrap_or_default();
    Some(format!("hits {hits}{full}"))
}

/// What is remarkable about a component, the bottleneck first.
fn note(name: &str, part: &ComponentSummary, run: &RunResult) -> Span {
    let mark = bottleneck_mark(name, run);
    let mut notes = Vec::new();
    if !mark.text.is_empty() {
        notes.push(mark.text.clone());
    }
    notes.extend(part.cache.as_ref().and_then(lookups));
    if let Some(messages) = &part.messages {
        notes.push(message_note(messages));
    }
    if let Some(blocked) = part.blocked_share.value.filter(|share| *share > 0.0) {
        notes.push(format!("refuses {}", number::number(blocked, Unit::Share)));
    }
    for (level, word) in [(&part.blocked, "blocked"), (&part.orbit, "in orbit")] {
        if let Some(mean) = level.as_ref().and_then(|level| level.mean.value) {
            notes.push(format!("{word} {}", number::number(mean, Unit::Count)));
        }
    }
    if part.healthy.min < f64::from(part.replicas) {
        notes.push(format!("down to {} of {}", part.healthy.min, part.replicas));
    }
    Span::new(notes.join(", "), mark.paint)
}

/// What became of the messages of a queue, and how long that took.
fn message_note(messages: &MessageSummary) -> String {
    let mut notes = vec![format!("messages: {} done", messages.completed)];
    for (count, what) in [
        (messages.left, "left"),
        (messages.dead, "dead"),
        (messages.refused, "refused"),
    ] {
        if count > 0 {
            notes.push(format!("{count} {what}"));
        }
    }
    if let Some(mean) = messages.completion_time_s.mean.value {
        notes.push(format!("{} each", number::number(mean, Unit::Seconds)));
    }
    notes.join(", ")
}

/// Request classes, where there are more than one.
pub fn classes(page: &mut Page, run: &RunResult) {
    if run.classes.0.len() < 2 {
        return;
    }
    page.gap();
    let mut table = Table::new()
        .column("CLASS", Side::Left, 0)
        .column("offered", Side::Right, 1)
        .column("answered", Side::Right, 2)
        .column("failed", Side::Right, 0)
        .column("mean", Side::Right, 0)
        .column("p50", Side::Right, 3)
        .column("p95", Side::Right, 0)
        .column("p99", Side::Right, 2)
        .column("p99.9", Side::Right, 4);
    let (shown, others) = few(run.classes.iter(), |(_, class)| {
        class.offered_rps.value.unwrap_or(0.0)
    });
    for (name, class) in shown {
        let times = &class.response_time_s;
        table.row(vec![
            Span::plain(name),
            cell(&class.offered_rps, Unit::PerSecond),
            cell(&class.throughput_rps, Unit::PerSecond),
            cell(&class.error_rate, Unit::Share),
            cell(&times.mean, Unit::Seconds),
            cell(&times.p50, Unit::Seconds),
            cell(&times.p95, Unit::Seconds),
            cell(&times.p99, Unit::Seconds),
            cell(&times.p99_9, Unit::Seconds),
        ]);
    }
    page.table(&table);
    more(page, others, "rarer");
}

/// Journeys written in the file.
pub fn journeys(page: &mut Page, run: &RunResult) {
    if run.journeys.0.is_empty() {
        return;
    }
    page.gap();
    let mut table = Table::new()
        .column("JOURNEY", Side::Left, 0)
        .column("started", Side::Right, 0)
        .column("completed", Side::Right, 0)
        .column("given up", Side::Right, 1)
        .column("duration", Side::Right, 0);
    let (shown, others) = few(run.journeys.iter(), |(_, journey)| {
        journey.started_rps.value.unwrap_or(0.0)
    });
    for (name, journey) in shown {
        table.row(vec![
            Span::plain(name),
            cell(&journey.started_rps, Unit::PerSecond),
            cell(&journey.completed_rps, Unit::PerSecond),
            Span::plain(number::whole(journey.abandoned)),
            cell(&journey.duration_s, Unit::Seconds),
        ]);
    }
    page.table(&table);
    more(page, others, "rarer");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;
    use crate::report::terminal::Style;

    fn text(draw: impl Fn(&mut Page, &RunResult), run: &RunResult) -> String {
        let style = Style {
            width: 140,
            ..Style::default()
        };
        let mut page = Page::new(&style);
        draw(&mut page, run);
        page.finish()
    }

    #[test]
    fn only_the_bottleneck_is_marked() {
        let text = text(components, &sample::run());
        let marked: Vec<&str> = text.lines().filter(|line| line.contains('◀')).collect();
        assert_eq!(marked.len(), 1, "{text}");
        assert!(marked[0].trim_start().starts_with("was "), "{text}");
    }

    #[test]
    fn nodes_that_went_down_and_caches_are_noted() {
        let mut run = sample::run();
        run.components.0[1].1.healthy.min = 3.0;
        let text = text(components, &run);
        assert!(text.contains("down to 3 of 4"), "{text}");
        assert!(text.contains("hits 60.0 %"), "{text}");
    }
}
