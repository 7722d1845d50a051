//! The report of `compare`.

use super::economy::economy;
use super::page::Page;
use super::style::{Paint, Span, Style, shortened};
use super::table::{Side, Table};
use super::verdict;
use crate::experiment::result::{Change, CompareResult, Design, Difference};
use crate::report::number::{self, Unit};
use crate::report::words;

/// Most changes of a design that are printed.
const MOST_CHANGES: usize = 8;
/// Most columns of a changed value that are printed.
const MOST_OF_A_VALUE: usize = 40;

/// Designs side by side, what they change, and which differences are significant.
pub fn render_compare(compare: &CompareResult, style: &Style) -> String {
    let mut page = Page::new(style);
    page.remarks(&[
        format!(
            "{} designs under common random numbers",
            compare.designs.len()
        ),
        format!("seed {}", compare.seed),
    ]);
    page.gap();
    verdict::partial(&mut page, compare.partial);
    page.told("VERDICT", &[Span::plain(compare.verdict_reason.clone())]);
    changes(&mut page, compare);
    page.gap();
    designs(&mut page, compare);
    economy(&mut page, compare);
    differences(&mut page, compare);
    verdict::warnings(&mut page, &compare.warnings);
    page.gap();
    let events: u64 = compare.designs.iter().map(|design| design.run.events).sum();
    page.remarks(&[
        format!("{} events", number::short(events as f64)),
        number::span(compare.wall_s),
    ]);
    page.finish()
}

fn changes(page: &mut Page, compare: &CompareResult) {
    if compare
        .designs
        .iter()
        .all(|design| design.changes.is_empty())
    {
        return;
    }
    page.heading("WHAT EACH DESIGN CHANGES");
    for design in compare
        .designs
        .iter()
        .filter(|design| !design.changes.is_empty())
    {
        page.sentence(
            Span::new(format!("{}:", design.name), Paint::Strong),
            &change_list(&design.changes),
        );
    }
}

/// The first changes in short; the name of the topology says nothing new.
fn change_list(changes: &[Change]) -> String {
    let told: Vec<&Change> = changes
        .iter()
        .filter(|change| change.path != "name")
        .collect();
    let mut list: Vec<String> = told
        .iter()
        .take(MOST_CHANGES)
        .map(|change| words::change(&in_short(change)))
        .collect();
    if let Some(more) = told
        .len()
        .checked_sub(MOST_CHANGES)
        .filter(|more| *more > 0)
    {
        list.push(format!("and {more} more (all of them: --json or -o)"));
    }
    list.join("; ")
}

fn in_short(change: &Change) -> Change {
    let cut = |text: &Option<String>| text.as_deref().map(|text| shortened(text, MOST_OF_A_VALUE));
    Change {
        path: change.path.clone(),
        before: cut(&change.before),
        after: cut(&change.after),
    }
}

fn designs(page: &mut Page, compare: &CompareResult) {
    let mut table = Table::new()
        .column("DESIGN", Side::Left, 0)
        .column("verdict", Side::Left, 0)
        .column("mean", Side::Right, 0)
        .column("95 % interval", Side::Left, 1)
        .column("p95", Side::Right, 1)
        .column("p99", Side::Right, 4)
        .column("answered", Side::Right, 2)
        .column("failed", Side::Right, 3)
        .column("bottleneck", Side::Left, 1);
    for design in &compare.designs {
        table.row(design_row(design));
    }
    page.table_or_stack(&table);
}

fn design_row(design: &Design) -> Vec<Span> {
    let run = &design.run;
    let times = &run.response_time_s;
    let bottleneck = run.bottleneck.as_ref().map(|found| {
        let share = number::value(&found.utilisation, Unit::Share);
        format!("{} {share}", words::resource(found))
    });
    let repeats = times.p95.value.is_none() && times.mean.value.is_none();
    let tail = |estimate| {
        Span::plain(if repeats {
            "-".to_owned()
        } else {
            number::value(estimate, Unit::Seconds)
        })
    };
    vec![
        Span::new(design.name.clone(), Paint::Strong),
        verdict::word(run.verdict),
        Span::plain(number::value(&times.mean, Unit::Seconds)),
        Span::plain(number::interval(&times.mean, Unit::Seconds)),
        tail(&times.p95),
        tail(&times.p99),
        Span::plain(number::value(&run.throughput_rps, Unit::PerSecond)),
        Span::plain(number::value(&run.error_rate, Unit::Share)),
        Span::plain(bottleneck.unwrap_or_default()),
    ]
}

fn differences(page: &mut Page, compare: &CompareResult) {
    let mut pairs: Vec<(&str, &str)> = Vec::new();
    for difference in &compare.differences {
        let pair = (difference.a.as_str(), difference.b.as_str());
        if !pairs.contains(&pair) {
            pairs.push(pair);
        }
    }
    for (base, other) in pairs {
        let mut table = Table::new()
            .column("metric", Side::Left, 0)
            .column("difference", Side::Right, 0)
            .column("95 % interval", Side::Left, 1)
            .column("relative", Side::Right, 2)
            .column("", Side::Left, 0)
            .column("gain", Side::Right, 3);
        for difference in &compare.differences {
            if difference.a == base && difference.b == other {
                table.row(difference_row(difference));
            }
        }
        page.heading(&format!("{other} AGAINST {base}"));
        page.table_or_stack(&table);
    }
}

fn difference_row(difference: &Difference) -> Vec<Span> {
    let unit = Unit::of_key(&difference.metric).of_difference();
    let estimate = &difference.difference;
    let value = match (estimate.value, estimate.ci95) {
        (Some(value), Some(ends)) => {
            let text = number::with_interval(value, ends, unit).0;
            if value > 0.0 {
                format!("+{text}")
            } else {
                text
            }
        }
        (Some(value), None) => number::signed(value, unit),
        (None, _) => number::reason(estimate.reason),
    };
    let relative = difference
        .relative
        .map(|share| format!("{:+.1} %", share * 100.0));
    let found = if difference.significant {
        Span::new("significant", Paint::Strong)
    } else if estimate.value.is_none() {
        Span::plain("")
    } else {
        Span::new("not distinguishable", Paint::Faint)
    };
    vec![
        Span::plain(difference.metric.clone()),
        Span::plain(value),
        Span::plain(number::interval(estimate, unit)),
        Span::plain(relative.unwrap_or_default()),
        found,
        Span::plain(gain(difference)),
    ]
}

/// How much wider the interval of independent runs would be.
fn gain(difference: &Difference) -> String {
    let gain = difference.gain;
    gain.map_or(String::new(), |gain| {
        format!("{}x", number::number(gain, Unit::Count))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    /// At the width of an ordinary terminal every metric keeps its interval.
    #[test]
    fn a_narrow_page_keeps_the_intervals() {
        let style = Style {
            width: 80,
            ..Style::default()
        };
        let text = render_compare(&sample::compare(), &style);
        let part = &text[text.find("up AGAINST three-tier").unwrap()..];
        let mut lines = part.lines();
        assert!(lines.any(|line| line.contains("95 % interval")), "{text}");
        lines.find(|line| *line == "  response_time_s.mean");
        let below = lines.next().unwrap_or_default();
        assert!(
            below.contains('[') && below.contains("significant"),
            "{text}"
        );
        let designs = &text[text.find("DESIGN").unwrap_or(0)..text.len() - part.len()];
        assert!(designs.contains('['), "{text}");
    }

    #[test]
    fn changes_and_differences_are_told_by_design() {
        let text = render_compare(
            &sample::compare(),
            &Style {
                width: 120,
                ..Style::default()
            },
        );
        assert!(text.contains("was.replicas: 2 → 4"), "{text}");
        let line = |start: &str| {
            let part = &text[text.find("up AGAINST three-tier").unwrap()..];
            part.lines()
                .find(|line| line.trim_start().starts_with(start))
                .unwrap()
                .to_owned()
        };
        assert!(
            line("response_time_s.mean").contains("significant"),
            "{text}"
        );
        assert!(
            line("components.was.utilisation").contains("-30.0 pp"),
            "{text}"
        );
        let small = text
            .lines()
            .find(|line| line.contains("throughput_rps"))
            .unwrap();
        assert!(small.contains("not distinguishable"), "{small}");
        assert!(line("response_time_s.mean").ends_with('x'), "{text}");
        let row = text.lines().find(|line| line.contains("1.61")).unwrap();
        for part in ["280", "98.0", "[97.0, 99.0]/s", "none"] {
            assert!(row.contains(part), "{part}: {row}");
        }
    }
}
