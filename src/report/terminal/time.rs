//! Where the time of a request goes.

use super::page::Page;
use super::style::Span;
use super::table::{Side, Table};
use crate::experiment::result::summary::BreakdownColumn;
use crate::experiment::result::{Breakdown, Named};
use crate::report::number::{self, Unit};

/// Length of the bar of a part that is the whole.
const BAR: f64 = 30.0;
/// Parts below this share of both columns are summed up in one line.
const SMALL: f64 = 0.005;

/// Every part with its name, in the order of the columns.
fn parts(column: &BreakdownColumn) -> Vec<(String, f64)> {
    let groups: [(&str, &Named<f64>); 5] = [
        ("network", &column.network),
        ("queue", &column.queue),
        ("service", &column.service),
        ("pool wait", &column.pool_wait),
        ("retry wait", &column.retry_wait),
    ];
    let mut all = Vec::new();
    if column.client > 0.0 {
        all.push(("client".to_owned(), column.client));
    }
    for (what, group) in groups {
        all.extend(
            group
                .iter()
                .map(|(name, time)| (format!("{name} {what}"), *time)),
        );
    }
    all
}

/// Bars of the mean with the 99th percentile beside, largest first.
pub fn breakdown(page: &mut Page, breakdown: &Breakdown) {
    let (mean, p99) = (breakdown.mean.response_time, breakdown.p99.response_time);
    if mean <= 0.0 {
        return;
    }
    let heading = format!(
        "WHERE THE TIME GOES (mean {})",
        number::number(mean, Unit::Seconds)
    );
    page.heading(&heading);
    let tail = parts(&breakdown.p99);
    let in_tail = |name: &str| {
        tail.iter()
            .find(|(other, _)| other == name)
            .map_or(0.0, |(_, time)| *time)
    };
    let mut rows: Vec<(String, f64, f64)> = parts(&breakdown.mean)
        .into_iter()
        .map(|(name, time)| (name.clone(), time, in_tail(&name)))
        .collect();
    rows.sort_by(|a, b| b.1.total_cmp(&a.1));
    let (shown, small): (Vec<_>, Vec<_>) = rows
        .into_iter()
        .partition(|(_, time, late)| *time >= SMALL * mean || (p99 > 0.0 && *late >= SMALL * p99));
    let rest = small
        .iter()
        .fold((0.0, 0.0), |sum, row| (sum.0 + row.1, sum.1 + row.2));
    let mut table = Table::new()
        .column("", Side::Left, 0)
        .column("mean", Side::Right, 0)
        .column("share", Side::Right, 0)
        .column("", Side::Left, 1)
        .column("near p99", Side::Right, 2);
    for (name, time, late) in &shown {
        table.row(row(name, *time, *late, mean, p99));
    }
    if rest.0 > 0.0 {
        table.row(row("all other parts", rest.0, rest.1, mean, p99));
    }
    page.table(&table);
}

fn row(name: &str, time: f64, late: f64, mean: f64, p99: f64) -> Vec<Span> {
    let bar = "▇".repeat((time / mean * BAR).round() as usize);
    let late = if p99 > 0.0 {
        number::number(late, Unit::Seconds)
    } else {
        String::new()
    };
    vec![
        Span::plain(name),
        Span::plain(number::number(time, Unit::Seconds)),
        Span::plain(number::number(time / mean, Unit::Share)),
        Span::plain(if bar.is_empty() {
            "▏".to_owned()
        } else {
            bar
        }),
        Span::plain(late),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;
    use crate::report::terminal::Style;

    #[test]
    fn the_largest_part_comes_first_and_small_ones_are_summed_up() {
        let style = Style::default();
        let mut page = Page::new(&style);
        breakdown(&mut page, &sample::run().breakdown_s);
        let text = page.finish();
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[2].trim_start().starts_with("was service"), "{text}");
        assert!(lines.last().unwrap().contains("all other parts"), "{text}");
        // 0.002 + 0.004 + 0.003 + 0.001 of the response.
        assert!(lines.last().unwrap().contains("1.0 %"), "{text}");
    }
}
