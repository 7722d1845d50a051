//! The report of `spof`.

use std::fmt::Write;

use super::expected::expected;
use super::few::{few, more};
use super::page::Page;
use super::simulated::simulated;
use super::style::{Paint, Span, Style};
use super::table::{Side, Table};
use super::verdict;
use crate::experiment::result::spof::Blast;
use crate::experiment::result::{PointClass, PointVerdict, SinglePoint, SpofResult};
use crate::report::number::{self, Unit};
use crate::report::words;
use crate::statistics::Reason;

/// Single points with witness and cure, then what survived and which pairs do not.
pub fn render_spof(spof: &SpofResult, style: &Style) -> String {
    let mut page = Page::new(style);
    verdict::head(&mut page, &spof.header, &["spof".to_owned()]);
    page.gap();
    verdict::partial(&mut page, spof.partial);
    let word = if spof.failed {
        Span::new("FAIL", Paint::Bad)
    } else {
        Span::new("PASS", Paint::Good)
    };
    page.told("VERDICT", &[word, Span::plain(spof.verdict_reason.clone())]);
    verdict::objectives(&mut page, &spof.objectives, Reason::NoData);
    points(&mut page, spof);
    survived(&mut page, spof);
    cut_sets(&mut page, spof);
    short_pairs(&mut page, spof);
    by_class(&mut page, spof);
    expected(&mut page, spof);
    simulated(&mut page, spof);
    if !spof.not_in_your_hands.is_empty() {
        page.gap();
        let names = spof.not_in_your_hands.join(", ");
        page.labelled(
            "NOT YOURS",
            &[Span::plain(format!("run by others: {names}"))],
        );
    }
    verdict::warnings(&mut page, &spof.warnings);
    page.gap();
    page.remarks(&[number::span(spof.wall_s)]);
    page.finish()
}

fn paint(point: &SinglePoint) -> Paint {
    match point.class {
        Some(PointClass::Structural | PointClass::Capacity) => Paint::Bad,
        Some(PointClass::Transient) => Paint::Doubt,
        None => Paint::Good,
    }
}

fn row(point: &SinglePoint) -> Vec<Span> {
    let recovery = match (point.recovery_s, point.verdict) {
        (Some(seconds), _) => number::number(seconds, Unit::Seconds),
        (None, Some(PointVerdict::Masked)) => "nothing to see".to_owned(),
        (None, _) => match point.repair_s {
            Some(seconds) => {
                let time = number::number(seconds, Unit::Seconds);
                format!("with its repair, {time}")
            }
            None => "with its repair".to_owned(),
        },
    };
    let lost = point
        .lost_share
        .map(|share| number::number(share, Unit::Share));
    vec![
        Span::new(point.component.clone(), Paint::Strong),
        Span::new(words::point_class(point.class), paint(point)),
        Span::plain(point.verdict.map_or("not simulated", words::point_verdict)),
        Span::plain(lost.unwrap_or_default()),
        Span::plain(recovery),
        Span::plain(words::route(point.route)),
        Span::plain(point.journeys.join(", ")),
    ]
}

fn table(head: &str) -> Table {
    Table::new()
        .column(head, Side::Left, 0)
        .column("class", Side::Left, 0)
        .column("under load", Side::Left, 0)
        .column("lost", Side::Right, 1)
        .column("back after", Side::Left, 1)
        .column("route", Side::Left, 3)
        .column("hits", Side::Left, 2)
}

fn points(page: &mut Page, spof: &SpofResult) {
    page.gap();
    if spof.single_points.is_empty() {
        page.sentence(
            Span::new("✓", Paint::Good),
            "no single point of failure found",
        );
        return;
    }
    let mut list = table("SINGLE POINT");
    for point in &spof.single_points {
        list.row(row(point));
    }
    page.table(&list);
    page.heading("WHY, AND WHAT CURES IT");
    for point in &spof.single_points {
        let name = Span::new(format!("{}:", point.component), paint(point));
        page.sentence(name, &point.witness);
        if !point.fix.is_empty() {
            page.sentence(Span::plain("  cure:"), &point.fix);
        }
        if let Some(blast) = &point.blast {
            page.sentence(Span::plain("  costs:"), &costs(blast));
        }
        if !point.cure.is_empty() {
            page.sentence(Span::plain("       "), &flags(&point.cure));
        }
    }
}

fn flags(assignments: &[String]) -> String {
    let flags = assignments.iter().map(|one| format!("--set '{one}'"));
    flags.collect::<Vec<_>>().join(" ")
}

/// What a loss costs, and of what.
fn costs(blast: &Blast) -> String {
    let time = |seconds| number::number(seconds, Unit::Seconds);
    let lost = number::number(blast.lost_requests, Unit::Count);
    let mut text = format!("{lost} requests in {}", time(blast.over_s));
    if let Some(above) = blast.above_objective_s.filter(|&above| above > 0.0) {
        let _ = write!(text, ", an objective broken for {}", time(above));
    }
    for kept in kept_lost(blast) {
        let _ = write!(text, ", {kept} lost");
    }
    if let Some(spent) = blast.budget_spent {
        let (spent, promised) = (
            number::number(spent, Unit::Share),
            number::number(blast.promised, Unit::Share),
        );
        let whose = if blast.is_stated {
            "promised"
        } else {
            "assumed"
        };
        let _ = write!(text, ", {spent} of a month's budget ({promised} {whose})");
    }
    text
}

/// What outlives a request and did not outlive the loss.
fn kept_lost(blast: &Blast) -> Vec<String> {
    let sessions = blast.lost_sessions_share.filter(|&share| share > 0.0);
    let writes = blast.lost_writes.filter(|&writes| writes > 0.0);
    let sessions =
        sessions.map(|share| format!("{} of the sessions", number::number(share, Unit::Share)));
    let writes =
        writes.map(|writes| format!("{} answered writes", number::number(writes, Unit::Count)));
    sessions.into_iter().chain(writes).collect()
}

fn survived(page: &mut Page, spof: &SpofResult) {
    if spof.survived.is_empty() {
        return;
    }
    page.gap();
    let mut list = table("SURVIVED");
    for point in &spof.survived {
        list.row(row(point));
    }
    page.table(&list);
    for point in &spof.survived {
        let kept = point.blast.as_ref().map(kept_lost).unwrap_or_default();
        if !kept.is_empty() {
            let name = Span::plain(format!("{}:", point.component));
            page.sentence(name, &format!("{} lost", kept.join(" and ")));
        }
    }
}

fn cut_sets(page: &mut Page, spof: &SpofResult) {
    let pairs: Vec<_> = spof.cut_sets.iter().filter(|set| set.order > 1).collect();
    if pairs.is_empty() {
        return;
    }
    page.heading("TOGETHER THEY STOP A CLASS");
    let (shown, others) = few(pairs, |set| set.probability.unwrap_or(0.0));
    for set in shown {
        let text = format!("{}: {}", set.members.join(" and "), set.classes.join(", "));
        page.sentence(Span::plain("•"), &text);
    }
    more(page, others, "less likely");
}

fn short_pairs(page: &mut Page, spof: &SpofResult) {
    if spof.short_pairs.is_empty() {
        return;
    }
    page.heading("TOGETHER THEY LEAVE TOO LITTLE");
    let (shown, others) = few(&spof.short_pairs, |pair| pair.utilisation);
    for pair in shown {
        let [one, other] = &pair.members;
        let alike = match pair.alike {
            1 => String::new(),
            many => format!(" (and {} pairs like it)", many - 1),
        };
        let (of, resource) = (&pair.overloaded, pair.resource);
        let asked = number::number(pair.utilisation, Unit::Share);
        let seen = match (pair.breaks_objective, pair.lost_share) {
            (Some(true), _) => "an objective is broken under load".to_owned(),
            (Some(false), Some(lost)) => {
                let lost = number::number(lost, Unit::Share);
                format!("no objective is broken under load, {lost} of the requests are lost")
            }
            _ => "not tried under load".to_owned(),
        };
        let text = format!(
            "{one} and {other}{alike}: the load asks {asked} of the {resource} of {of}; {seen}"
        );
        page.sentence(Span::plain("•"), &text);
    }
    more(page, others, "asked for less");
}

fn by_class(page: &mut Page, spof: &SpofResult) {
    if spof.classes.0.is_empty() {
        return;
    }
    page.heading("STRUCTURAL SINGLE POINTS BY CLASS");
    for (class, points) in spof.classes.iter() {
        let names = if points.single_points.is_empty() {
            "none".to_owned()
        } else {
            points.single_points.join(", ")
        };
        page.sentence(Span::plain(format!("{class}:")), &names);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn each_point_has_class_verdict_recovery_witness_and_cure() {
        let text = render_spof(
            &sample::spof(),
            &Style {
                width: 120,
                ..Style::default()
            },
        );
        let row = |name: &str| {
            text.lines()
                .find(|line| line.trim_start().starts_with(name))
                .unwrap()
                .to_owned()
        };
        let mysql = row("mysql");
        for word in ["structural", "persistent", "40.0 %", "with its repair"] {
            assert!(mysql.contains(word), "{mysql}");
        }
        assert!(row("lb/1").contains("3.20s"), "{text}");
        assert!(row("mysql:").contains("client → nginx → mysql"), "{text}");
        assert!(text.contains("a second tomcat/1 on another host"), "{text}");
        assert!(row("nginx/2").contains("survived"), "{text}");
    }

    #[test]
    fn nothing_found_is_said() {
        let mut spof = sample::spof();
        spof.single_points.clear();
        spof.failed = false;
        let text = render_spof(&spof, &Style::default());
        assert!(
            text.contains("PASS") && text.contains("no single point of failure"),
            "{text}"
        );
    }
}
