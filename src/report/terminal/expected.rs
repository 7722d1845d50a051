//! What `spof` says by probability.

use super::few::{few, more};
use super::page::Page;
use super::style::{Paint, Span};
use super::table::{Side, Table};
use crate::experiment::result::SpofResult;
use crate::experiment::result::spof::{ClassPoints, Expected, GroupFinding};
use crate::report::number::{self, Unit};

/// A probability or a measure, to five digits whatever its size.
fn small(value: f64) -> String {
    if value.is_infinite() {
        "inf".to_owned()
    } else if value <= 0.0 {
        "0".to_owned()
    } else if (0.01..100_000.0).contains(&value) {
        number::number(value, Unit::Count)
    } else {
        format!("{value:.4e}")
    }
}

fn optional(value: Option<f64>, words: impl Fn(f64) -> String) -> Span {
    Span::plain(value.map_or_else(|| "not stated".to_owned(), words))
}

fn row(name: &str, expected: &Expected, points: Option<&ClassPoints>) -> Vec<Span> {
    let orders = points.map(|points| {
        let counts = points.cut_sets_by_order.iter();
        counts.map(u64::to_string).collect::<Vec<_>>().join(" + ")
    });
    let minutes = expected.downtime_minutes_per_year;
    vec![
        Span::new(name, Paint::Strong),
        Span::plain(format!("{:.6e}", expected.unavailability)),
        Span::plain(number::number(minutes, Unit::Count)),
        optional(expected.frequency_per_year, small),
        optional(expected.mean_outage_s, |seconds| {
            number::number(seconds, Unit::Seconds)
        }),
        Span::plain(small(expected.partly_unavailable)),
        Span::plain(orders.unwrap_or_default()),
    ]
}

/// What is unavailable when an objective that is not kept counts as an outage.
fn of_objectives(page: &mut Page, spof: &SpofResult) {
    let Some(found) = &spof.of_objectives else {
        return;
    };
    let minutes = number::number(found.downtime_minutes_per_year, Unit::Count);
    page.told(
        "OBJECTIVES",
        &[
            Span::new(
                format!(
                    "not kept {:.6e} of the time, {minutes} min/year",
                    found.unavailability
                ),
                Paint::Bad,
            ),
            Span::plain(format!(
                "whenever one of {} is down",
                found.parts.join(", ")
            )),
        ],
    );
}

/// What is lost of the requests in the long run, and where most of it goes.
fn of_requests(page: &mut Page, spof: &SpofResult) {
    let Some(lost) = &spof.of_requests else {
        return;
    };
    let (least, most) = lost.lost_share;
    let minutes = lost.lost_minutes_per_year;
    let ends = |low: String, high: String| {
        if low == high {
            low
        } else {
            format!("{low} to {high}")
        }
    };
    let share = ends(format!("{least:.3e}"), format!("{most:.3e}"));
    let count = |minutes| number::number(minutes, Unit::Count);
    let minutes = ends(count(minutes.0), count(minutes.1));
    let mut pieces = vec![
        Span::plain(format!("{share} of the requests lost in the long run")),
        Span::plain(format!("{minutes} min/year of the whole load")),
        Span::plain(format!("{} of it until others react", {
            let whole = (lost.while_down + lost.in_changes).max(f64::MIN_POSITIVE);
            number::number(lost.in_changes / whole, Unit::Share)
        })),
    ];
    if let Some(first) = lost.parts.first().filter(|part| part.lost_share > 0.0) {
        pieces.push(Span::plain(format!("most by {}", first.component)));
    }
    page.told("LOST", &pieces);
}

/// How long each class and journey cannot succeed, and which parts that comes from.
pub fn expected(page: &mut Page, spof: &SpofResult) {
    let Some(all) = &spof.expected else { return };
    page.gap();
    let mut table = Table::new()
        .column("BY PROBABILITY", Side::Left, 0)
        .column("unavailable", Side::Right, 0)
        .column("min/year", Side::Right, 0)
        .column("outages/year", Side::Right, 1)
        .column("mean outage", Side::Right, 2)
        .column("some lost", Side::Right, 4)
        .column("cut sets by order", Side::Right, 3);
    let named = spof.classes.iter().chain(spof.journeys.iter());
    let unavailability = |points: &ClassPoints| {
        points
            .expected
            .as_ref()
            .map_or(0.0, |expected| expected.unavailability)
    };
    let (shown, others) = few(named, |(_, points)| unavailability(points));
    for (name, points) in shown {
        if let Some(expected) = &points.expected {
            table.row(row(name, expected, Some(points)));
        }
    }
    table.row(row("any of them", all, None));
    page.table(&table);
    of_objectives(page, spof);
    of_requests(page, spof);
    more(page, others, "less often down");
    importance(page, all);
    groups(page, &spof.groups);
    if !spof.assumed_perfect.is_empty() {
        let count = spof.assumed_perfect.len();
        let names = spof.assumed_perfect.iter().take(12).cloned();
        let names = names.collect::<Vec<_>>().join(", ");
        let rest = if count > 12 { " .." } else { "" };
        let text = format!("counted as never failing, for want of `failure`: {names}{rest}");
        page.sentence(Span::new("!", Paint::Doubt), &text);
    }
}

/// What groups come to, beside what they would were their parts independent.
fn groups(page: &mut Page, groups: &[GroupFinding]) {
    if groups.is_empty() {
        return;
    }
    page.gap();
    let mut table = Table::new()
        .column("GROUP", Side::Left, 0)
        .column("too few answer", Side::Right, 0)
        .column("min/year", Side::Right, 0)
        .column("takeovers", Side::Right, 1)
        .column("if independent", Side::Right, 0)
        .column("mean down", Side::Right, 2)
        .column("parts", Side::Left, 3);
    for group in groups {
        let parts = group.members.join(", ");
        table.row(vec![
            Span::new(group.name.clone(), Paint::Strong),
            Span::plain(format!("{:.6e}", group.unavailability)),
            Span::plain(number::number(group.downtime_minutes_per_year, Unit::Count)),
            optional(group.takeover, small),
            Span::plain(small(group.if_independent)),
            Span::plain(small(group.mean_failed)),
            Span::plain(format!("{} of {parts}", group.needed)),
        ]);
    }
    page.table(&table);
}

fn importance(page: &mut Page, all: &Expected) {
    if all.importance.is_empty() {
        return;
    }
    page.gap();
    let mut table = Table::new()
        .column("WHAT MATTERS", Side::Left, 0)
        .column("down", Side::Right, 2)
        .column("min/year removed", Side::Right, 0)
        .column("criticality", Side::Right, 0)
        .column("Birnbaum", Side::Right, 1)
        .column("diagnosis", Side::Right, 4)
        .column("RAW", Side::Right, 3)
        .column("RRW", Side::Right, 3);
    let (shown, others) = few(&all.importance, |part| part.criticality);
    for part in shown {
        let name = if part.parts > 1 {
            format!("{} (all {})", part.component, part.parts)
        } else {
            part.component.clone()
        };
        table.row(vec![
            Span::new(name, Paint::Strong),
            Span::plain(small(part.unavailability)),
            Span::plain(small(part.minutes_removed)),
            Span::plain(small(part.criticality)),
            Span::plain(small(part.birnbaum)),
            Span::plain(small(part.diagnosis)),
            Span::plain(small(part.raw)),
            Span::plain(small(part.rrw)),
        ]);
    }
    page.table(&table);
    more(page, others, "less critical");
}

#[cfg(test)]
mod tests {
    use super::super::spof::render_spof;
    use super::super::style::Style;
    use crate::report::sample;

    #[test]
    fn probabilities_outages_and_what_matters_are_told() {
        let style = Style {
            width: 140,
            ..Style::default()
        };
        let text = render_spof(&sample::spof(), &style);
        let line = |start: &str| {
            let mut lines = text.lines();
            lines
                .find(|line| line.trim_start().starts_with(start))
                .unwrap_or_else(|| panic!("no {start} in {text}"))
                .to_owned()
        };
        let dynamic = line("dynamic ");
        for word in ["1.004000e-3", "528", "2.10", "1 + 1"] {
            assert!(dynamic.contains(word), "{dynamic}");
        }
        assert!(line("any of them").contains("1.004000e-3"));
        let start = text.find("WHAT MATTERS").unwrap();
        assert!(text[start..].contains("inf"), "{text}");
        assert!(text.contains("counted as never failing, for want of `failure`: lb/1"));
    }

    #[test]
    fn a_file_without_failures_says_nothing_by_probability() {
        let mut spof = sample::spof();
        spof.expected = None;
        let text = render_spof(&spof, &Style::default());
        assert!(!text.contains("BY PROBABILITY"), "{text}");
    }
}
