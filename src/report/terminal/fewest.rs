//! The report of `capacity --find`.

use super::cost::cost;
use super::page::Page;
use super::style::{Paint, Span, Style};
use super::table::{Side, Table};
use super::verdict;
use crate::experiment::result::fewest::{FewestResult, StateLook, TriedValue};
use crate::experiment::result::{LoadAxis, ObjectiveFinding, Verdict};
use crate::report::number::{self, Unit};
use crate::report::words;

/// The answer, what the value below it breaks, and the values looked at.
pub fn render_fewest(found: &FewestResult, style: &Style) -> String {
    let mut page = Page::new(style);
    verdict::head(&mut page, &found.header, &["capacity".to_owned()]);
    page.gap();
    verdict::partial(&mut page, found.partial);
    let reason = Span::plain(found.verdict_reason.clone());
    page.told("VERDICT", &[verdict::word(found.verdict), reason]);
    findings(&mut page, found);
    page.gap();
    values(&mut page, found);
    verdict::warnings(&mut page, &found.warnings);
    page.gap();
    page.remarks(&[number::span(found.wall_s)]);
    page.finish()
}

fn findings(page: &mut Page, found: &FewestResult) {
    let answer = match &found.found {
        Some(value) => {
            let text = format!("{} = {}", found.find, words::value(value));
            Span::new(text, Paint::Good)
        }
        None if found.verdict == Verdict::Fail => Span::new("none", Paint::Bad),
        None => Span::new("not found yet", Paint::Doubt),
    };
    let load = match found.axis {
        LoadAxis::Rate => number::number(found.load, Unit::PerSecond),
        LoadAxis::Users => format!("{} users", number::number(found.load, Unit::Count)),
    };
    let mut pieces = vec![answer, Span::plain(format!("for {load}"))];
    if found.survive > 0 {
        let text = format!("also with {} of its nodes lost", found.survive);
        pieces.push(Span::plain(text));
    }
    page.told("FEWEST", &pieces);
    if let Some(binding) = &found.binding {
        let mut pieces = vec![Span::new(binding.clone(), Paint::Bad)];
        pieces.extend(
            found
                .below
                .iter()
                .map(|below| Span::plain(format!("with {}", words::value(below)))),
        );
        page.told("ENDED BY", &pieces);
    }
    if let Some(first) = &found.bottleneck {
        let share = number::value(&first.utilisation, Unit::Share);
        let text = format!("{} at {share}", words::resource(first));
        page.told("BOTTLENECK", &[Span::new(text, Paint::Strong)]);
    }
    cost(page, found.cost.as_ref());
}

fn values(page: &mut Page, found: &FewestResult) {
    let mut table = Table::new()
        .column("VALUE", Side::Right, 0)
        .column("lost", Side::Right, 1)
        .column("kept", Side::Left, 0)
        .column("objective", Side::Left, 0)
        .column("measured", Side::Right, 0)
        .column("95 % interval", Side::Left, 2)
        .column("replications", Side::Right, 3)
        .column("a month", Side::Right, 4);
    for one in &found.tried {
        for state in &one.states {
            rows(&mut table, one, state);
        }
    }
    page.table(&table);
}

fn rows(table: &mut Table, one: &TriedValue, state: &StateLook) {
    let (word, paint) = match state.kept {
        Some(true) => ("yes", Paint::Good),
        Some(false) => ("no", Paint::Bad),
        None => ("undecided", Paint::Doubt),
    };
    let word = if one.certified {
        word.to_owned()
    } else {
        format!("{word} (short run)")
    };
    let cost = one
        .cost_per_month
        .map(|cost| number::with_interval(cost, (cost, cost), Unit::Count).0);
    let mut first = vec![
        Span::new(words::value(&one.value), Paint::Strong),
        Span::plain(state.lost.to_string()),
        Span::new(word, paint),
    ];
    let mut last = vec![
        Span::plain(state.replications.to_string()),
        Span::plain(cost.unwrap_or_default()),
    ];
    if state.objectives.is_empty() {
        let reason = state.reason.clone().unwrap_or_default();
        first.extend([Span::plain(reason), Span::plain(""), Span::plain("")]);
        first.append(&mut last);
        table.row(first);
        return;
    }
    for (place, objective) in state.objectives.iter().enumerate() {
        let mut cells = if place == 0 {
            first.clone()
        } else {
            vec![Span::plain(""), Span::plain(""), Span::plain("")]
        };
        cells.extend(measured(objective));
        if place == 0 {
            cells.append(&mut last);
        } else {
            cells.extend([Span::plain(""), Span::plain("")]);
        }
        table.row(cells);
    }
}

fn measured(objective: &ObjectiveFinding) -> [Span; 3] {
    let unit = Unit::of_word(objective.unit);
    let (value, interval) = match (objective.measured, objective.ci95) {
        (Some(value), Some(ends)) => number::with_interval(value, ends, unit),
        (Some(value), None) => (number::number(value, unit), String::new()),
        (None, _) => ("no value".to_owned(), String::new()),
    };
    [
        Span::plain(objective.text.clone()),
        Span::plain(value),
        Span::plain(interval),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn the_answer_the_value_below_and_what_it_breaks() {
        let style = Style {
            width: 140,
            ..Style::default()
        };
        let text = render_fewest(&sample::fewest(), &style);
        for part in [
            "app.replicas = 46",
            "for 40.00/s",
            "mean < 1.05s",
            "with 45",
            "no (short run)",
            "app.cpu at 87",
            "a month",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
    }
}
