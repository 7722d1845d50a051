//! The report of `compare --frontier`.

use super::page::Page;
use super::style::{Paint, Span, Style};
use super::table::{Side, Table};
use super::verdict;
use crate::experiment::result::{FrontierPoint, FrontierResult, Standing};
use crate::report::number::{self, Unit};

/// The designs that nothing beats, then the others with what beats them.
pub fn render_frontier(found: &FrontierResult, style: &Style) -> String {
    let mut page = Page::new(style);
    let how = format!("{} designs under common random numbers", found.points.len());
    verdict::head(&mut page, &found.header, &[how]);
    page.gap();
    verdict::partial(&mut page, found.partial);
    page.told("VERDICT", &[Span::plain(found.verdict_reason.clone())]);
    page.gap();
    let is_front = |point: &&FrontierPoint| point.standing == Standing::Front;
    let front = found.points.iter().filter(is_front);
    rows(&mut page, "BEATEN BY NONE", found, front);
    let others = found.points.iter().filter(|point| !is_front(point));
    rows(&mut page, "THE OTHERS", found, others);
    verdict::warnings(&mut page, &found.warnings);
    page.gap();
    page.remarks(&[
        format!("{} replications each", found.replications),
        number::span(found.wall_s),
    ]);
    page.finish()
}

fn rows<'a>(
    page: &mut Page,
    title: &str,
    found: &FrontierResult,
    points: impl Iterator<Item = &'a FrontierPoint>,
) {
    let mut points = points.peekable();
    if points.peek().is_none() {
        return;
    }
    let mut table = Table::new();
    for axis in &found.axes {
        let are_numbers = axis.values.iter().all(|value| value.parse::<f64>().is_ok());
        let side = if are_numbers { Side::Right } else { Side::Left };
        table = table.column(&axis.path, side, 0);
    }
    let mut table = table
        .column("verdict", Side::Left, 1)
        .column("a month", Side::Right, 0)
        .column("p95", Side::Right, 0)
        .column("95 % interval", Side::Left, 3)
        .column("carries", Side::Right, 0)
        .column("available", Side::Right, 0)
        .column("", Side::Left, 2);
    for point in points {
        table.row(row(found, point));
    }
    page.heading(title);
    page.table(&table);
}

fn row(found: &FrontierResult, point: &FrontierPoint) -> Vec<Span> {
    let exact = |value: f64| number::with_interval(value, (value, value), Unit::Count).0;
    let load = point.capacity.as_ref();
    let load = load.and_then(|found| found.load.or(found.at_least));
    let load = load.map(|load| number::number(load, Unit::PerSecond));
    let share = point.availability;
    let share = share.map(|share| number::number(share, Unit::Share));
    let by = found
        .points
        .iter()
        .find(|other| Some(&other.name) == point.beaten_by.as_ref());
    let by = by.map_or_else(String::new, |by| {
        by.bare_values().collect::<Vec<_>>().join(", ")
    });
    let standing = match point.standing {
        Standing::Front => Span::plain(""),
        Standing::Beaten => Span::plain(format!("beaten by {by}")),
        Standing::Undecided => Span::new(format!("perhaps beaten by {by}"), Paint::Doubt),
        Standing::Overloaded => Span::new("does not carry the load", Paint::Bad),
        Standing::Unseen => Span::new("not run", Paint::Doubt),
    };
    let own = point
        .bare_values()
        .map(|value| Span::new(value, Paint::Strong));
    let measured = [
        verdict::word(point.verdict),
        Span::plain(point.cost_per_month.map(exact).unwrap_or_default()),
        Span::plain(number::value(&point.response_p95_s, Unit::Seconds)),
        Span::plain(number::interval(&point.response_p95_s, Unit::Seconds)),
        Span::plain(load.unwrap_or_default()),
        Span::plain(share.unwrap_or_default()),
        standing,
    ];
    own.chain(measured).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn those_that_nothing_beats_come_first() {
        let style = Style {
            width: 160,
            ..Style::default()
        };
        let text = render_frontier(&sample::frontier(), &style);
        let front = text.find("BEATEN BY NONE").unwrap();
        let others = text.find("THE OTHERS").unwrap();
        let at = |part: &str| text.find(part).unwrap_or_else(|| panic!("{part}: {text}"));
        assert!(front < others);
        let heads = at("app.machine  app.replicas  verdict");
        assert!(front < heads && heads < others);
        assert!(at("does not carry the load") > others);
        assert!(at("perhaps beaten by small, 3") > others);
    }
}
