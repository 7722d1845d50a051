//! The report of `drill`.

use super::page::Page;
use super::style::{Paint, Span, Style};
use super::table::{Side, Table};
use super::verdict;
use crate::experiment::result::DrillResult;
use crate::experiment::result::drill::Event;
use crate::report::number::{self, Unit};
use crate::statistics::Reason;

/// What it cost and who found out, then what happened when; `file` is where the report went.
pub fn render_drill(drill: &DrillResult, file: &str, style: &Style) -> String {
    let mut page = Page::new(style);
    let how = format!("{} replications", drill.replications);
    verdict::head(&mut page, &drill.header, &["drill".to_owned(), how]);
    page.gap();
    verdict::partial(&mut page, drill.partial);
    let reason = Span::plain(drill.verdict_reason.clone());
    page.told("VERDICT", &[verdict::word(drill.verdict), reason]);
    verdict::objectives(&mut page, &drill.objectives, Reason::AmongFailures);
    page.gap();
    measures(&mut page, drill);
    page.gap();
    timeline(&mut page, &drill.timeline);
    verdict::warnings(&mut page, &drill.warnings);
    page.gap();
    page.remarks(&[format!("report in {file}"), number::span(drill.wall_s)]);
    page.finish()
}

fn measures(page: &mut Page, drill: &DrillResult) {
    let time = |estimate| Span::plain(number::full(estimate, Unit::Seconds));
    let mut by: Vec<String> = drill
        .detected_by
        .0
        .iter()
        .map(|(name, count)| format!("{name} ({count} of {})", drill.replications))
        .collect();
    if drill.unnoticed > 0 {
        by.push(format!(
            "nobody ({} of {})",
            drill.unnoticed, drill.replications
        ));
    }
    let by = Span::plain(format!("first by {}", by.join(", ")));
    page.told("DETECTED", &[Span::plain("after"), time(&drill.mttd_s), by]);
    let mut restored = vec![Span::plain("after"), time(&drill.mttr_s)];
    if drill.not_restored > 0 {
        let text = format!(
            "not at all in {} of {}",
            drill.not_restored, drill.replications
        );
        restored.push(Span::new(text, Paint::Bad));
    }
    page.told("RESTORED", &restored);
    page.told("ENDED", &[Span::plain("after"), time(&drill.ended_s)]);
    page.told("COST", &cost(drill));
    budget(page, drill);
    if !drill.prevention.is_empty() {
        page.heading("PREVENTION");
    }
    for one in &drill.prevention {
        page.sentence(Span::plain("•"), &format!("{}: {}", one.component, one.fix));
    }
}

fn budget(page: &mut Page, drill: &DrillResult) {
    let budget = &drill.budget;
    let source = if budget.is_stated { "" } else { ", assumed" };
    let spent = format!(
        "{} of the errors that {}{source} allows in 30 days",
        number::full(&budget.spent, Unit::Share),
        number::number(budget.objective, Unit::Share)
    );
    page.told("BUDGET", &[Span::plain(spent)]);
    for alert in &budget.alerts {
        let after = alert.after_s.map_or("never".to_owned(), |after| {
            let after = number::number(after, Unit::Seconds);
            format!("after {after} in {} of {}", alert.fired, drill.replications)
        });
        page.sentence(Span::plain("•"), &format!("{}: {after}", alert.name));
    }
}

fn timeline(page: &mut Page, events: &[Event]) {
    let mut table = Table::new()
        .column("TIME", Side::Right, 0)
        .column("", Side::Left, 0)
        .column("what", Side::Left, 0)
        .column("by", Side::Left, 1);
    for event in events {
        let is_turn = event.event != "action";
        let paint = match event.event {
            "occurred" | "felt" => Paint::Bad,
            "mitigated" | "ended" => Paint::Good,
            _ => Paint::Strong,
        };
        table.row(vec![
            Span::plain(number::span(event.at_s)),
            Span::new(if is_turn { event.event } else { "" }, paint),
            Span::plain(event.text.clone()),
            Span::plain(event.by),
        ]);
    }
    page.table(&table);
}

/// What was lost, and for how long it was felt.
fn cost(drill: &DrillResult) -> Vec<Span> {
    let lost = number::full(&drill.lost_requests, Unit::Count);
    let felt = number::full(&drill.felt_s, Unit::Seconds);
    let mut spans = vec![
        Span::plain(format!("{lost} requests lost")),
        Span::plain(format!("felt for {felt}")),
    ];
    let gone = [
        (drill.lost_sessions, "sessions"),
        (drill.lost_writes, "answered writes"),
    ];
    for (lost, what) in gone {
        if let Some(lost) = lost {
            let lost = number::number(lost, Unit::Count);
            spans.push(Span::plain(format!("{lost} {what} lost")));
        }
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn the_page_has_measures_and_a_line_for_every_event() {
        let drill = sample::drill();
        let text = render_drill(&drill, "incident.md", &Style::default());
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            words.contains("first by errors (19 of 20), customers (1 of 20)"),
            "{text}"
        );
        for event in &drill.timeline {
            assert!(text.contains(&event.text), "{}\n{text}", event.text);
        }
        assert!(
            words.contains("99.90 %, assumed") || words.contains("99.9 %, assumed"),
            "{text}"
        );
    }
}
