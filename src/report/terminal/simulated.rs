//! What `spof --method` says by simulation, beside the exact answer.

use std::fmt::Write;

use super::few::{few, more};
use super::page::Page;
use super::style::{Paint, Span};
use super::table::{Side, Table};
use crate::experiment::result::SpofResult;
use crate::experiment::result::simulated::Simulated;
use crate::experiment::result::spof::Expected;
use crate::report::number::{self, Unit};

fn row(name: &str, found: &Simulated, exact: Option<&Expected>) -> Vec<Span> {
    let or_none = |text: Option<String>| Span::plain(text.unwrap_or_else(|| "-".to_owned()));
    let value = found.unavailability.map(|value| format!("{value:.4e}"));
    let below = found.unavailability_below;
    let value = value.or(below.map(|below| format!("below {below:.1e}")));
    let interval = found
        .ci95
        .map(|(low, high)| format!("{low:.4e} to {high:.4e}"));
    let width = found.relative_half_width;
    vec![
        Span::new(name, Paint::Strong),
        or_none(value),
        or_none(interval),
        or_none(width.map(|width| number::number(width, Unit::Share))),
        or_none(exact.map(|exact| format!("{:.6e}", exact.unavailability))),
        or_none(found.failures.map(|count| count.to_string())),
    ]
}

/// The unavailability of each class and journey by simulation, and what it cost.
pub fn simulated(page: &mut Page, spof: &SpofResult) {
    let Some(all) = &spof.by_simulation else {
        return;
    };
    page.gap();
    let mut table = Table::new()
        .column("BY SIMULATION", Side::Left, 0)
        .column("unavailable", Side::Right, 0)
        .column("95% interval", Side::Right, 0)
        .column("+/-", Side::Right, 1)
        .column("exact", Side::Right, 0)
        .column("failures seen", Side::Right, 2);
    let named = spof.classes.iter().chain(spof.journeys.iter());
    let named =
        named.filter_map(|(name, points)| Some((name, points, points.by_simulation.as_ref()?)));
    let (shown, others) = few(named, |(_, _, found)| found.unavailability.unwrap_or(0.0));
    for (name, points, found) in shown {
        table.row(row(name, found, points.expected.as_ref()));
    }
    table.row(row("any of them", all, spof.expected.as_ref()));
    page.table(&table);
    more(page, others, "less often down");
    let count = |value: f64| number::number(value, Unit::Count);
    let mut text = format!(
        "{}: {} repetitions, {} failures and repairs, {} years",
        all.method.word(),
        all.repetitions,
        count(all.steps as f64),
        count(all.years),
    );
    if let Some(reason) = &all.reason {
        let _ = write!(text, "; no value, for {reason}");
    }
    if let Some(years) = all.years_for_384_failures.filter(|_| all.reason.is_some()) {
        let _ = write!(
            text,
            ": 384 failures, for a value to 10 %, would take about {} years",
            count(years)
        );
    }
    page.sentence(Span::new("i", Paint::Good), &text);
}
