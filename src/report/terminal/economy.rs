//! What each design costs, carries and outlives.

use super::page::Page;
use super::style::{Paint, Span};
use super::table::{Side, Table};
use crate::experiment::result::{CompareResult, Design, DesignCapacity, LoadAxis};
use crate::report::number::{self, Unit};

/// A row for every design; nothing where no design has any of it.
pub fn economy(page: &mut Page, compare: &CompareResult) {
    let is_known = |design: &Design| {
        design.run.cost.is_some() || design.capacity.is_some() || design.losses.is_some()
    };
    if !compare.designs.iter().any(is_known) {
        return;
    }
    let mut table = Table::new()
        .column("DESIGN", Side::Left, 0)
        .column("a month", Side::Right, 0)
        .column("per million", Side::Right, 0)
        .column("carries", Side::Right, 0)
        .column("95 % interval", Side::Left, 2)
        .column("available", Side::Right, 1)
        .column("single points", Side::Left, 0);
    for design in &compare.designs {
        let cells = cells(design);
        let mut row = vec![Span::new(design.name.clone(), Paint::Strong)];
        row.extend(cells.map(Span::plain));
        table.row(row);
    }
    page.gap();
    page.table_or_stack(&table);
}

/// Cost per month and per million requests, the highest load with its interval, availability, and
/// single points; empty where it is not known.
pub fn cells(design: &Design) -> [String; 6] {
    let exact = |value: f64| number::with_interval(value, (value, value), Unit::Count).0;
    let cost = design.run.cost.as_ref();
    let each = cost.and_then(|bill| bill.per_million_requests);
    let (load, interval) = design.capacity.as_ref().map(carries).unwrap_or_default();
    let losses = design.losses.as_ref();
    let share = losses.and_then(|losses| losses.availability);
    let points = losses.map(|losses| match &losses.single_points[..] {
        [] => "none".to_owned(),
        names => names.join(", "),
    });
    [
        cost.map_or(String::new(), |bill| exact(bill.per_month)),
        each.map_or(String::new(), |each| number::number(each, Unit::Count)),
        load,
        interval,
        share.map_or(String::new(), |share| number::number(share, Unit::Share)),
        points.unwrap_or_default(),
    ]
}

fn carries(capacity: &DesignCapacity) -> (String, String) {
    let unit = match capacity.axis {
        LoadAxis::Rate => Unit::PerSecond,
        LoadAxis::Users => Unit::Count,
    };
    match (capacity.load, capacity.ci95, capacity.at_least) {
        (Some(load), Some(ends), _) => number::with_interval(load, ends, unit),
        (Some(load), None, _) => (number::number(load, unit), String::new()),
        (None, _, Some(least)) => (
            format!("{} or more", number::number(least, unit)),
            String::new(),
        ),
        (None, ..) => ("not found".to_owned(), String::new()),
    }
}
