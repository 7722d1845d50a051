//! The report of `capacity` by objectives.

use super::page::Page;
use super::style::{Paint, Span, Style};
use super::table::{Side, Table};
use super::verdict;
use crate::experiment::result::{BottleneckFinding, HighestResult, LoadAxis};
use crate::report::number::{self, Unit};

/// Whether the file's load keeps every objective, the highest one that does, what ends it, and the
/// loads looked at.
pub fn render_highest(found: &HighestResult, style: &Style) -> String {
    let mut page = Page::new(style);
    verdict::head(&mut page, &found.header, &["capacity".to_owned()]);
    page.gap();
    verdict::partial(&mut page, found.partial);
    let reason = Span::plain(found.verdict_reason.clone());
    page.told("VERDICT", &[verdict::word(found.verdict), reason]);
    findings(&mut page, found);
    page.gap();
    objectives(&mut page, found);
    page.gap();
    loads(&mut page, found);
    verdict::warnings(&mut page, &found.warnings);
    page.gap();
    let mut remarks = vec![number::span(found.wall_s)];
    if found.replications > 0 {
        let replications = format!("{} replications of each load", found.replications);
        remarks.insert(0, replications);
    }
    page.remarks(&remarks);
    page.finish()
}

fn load(found: &HighestResult, load: f64) -> String {
    match found.axis {
        LoadAxis::Rate => number::number(load, Unit::PerSecond),
        LoadAxis::Users => format!("{} users", number::number(load, Unit::Count)),
    }
}

fn findings(page: &mut Page, found: &HighestResult) {
    let mut most = match found.load {
        Some(most) => vec![Span::new(load(found, most), Paint::Strong)],
        None => match found.at_least {
            Some(most) => vec![Span::new(
                format!("{} or more", load(found, most)),
                Paint::Good,
            )],
            None => vec![Span::new("not found", Paint::Doubt)],
        },
    };
    if let Some((low, high)) = found.ci95 {
        let between = format!("between {} and {}", load(found, low), load(found, high));
        most.push(Span::plain(between));
    }
    if let Some(bound) = found.bound {
        let bound = load(found, bound);
        most.push(Span::plain(match found.axis {
            LoadAxis::Rate => format!("mean demands allow {bound}"),
            LoadAxis::Users => format!("they queue beyond {bound}"),
        }));
    }
    page.told("CAPACITY", &most);
    if let Some(binding) = &found.binding {
        page.told(
            "ENDED BY",
            &[Span::new(binding.objective.clone(), Paint::Bad)],
        );
    }
    let busy = |one: &BottleneckFinding| {
        let share = one.utilisation.value.unwrap_or(0.0);
        let share = number::number(share, Unit::Share);
        format!("{} {} at {share}", one.component, one.resource)
    };
    if let Some(first) = &found.bottleneck {
        let mut pieces = vec![Span::new(busy(first), Paint::Strong)];
        pieces.extend(
            found
                .next
                .iter()
                .map(|next| Span::plain(format!("then {}", busy(next)))),
        );
        page.told("BOTTLENECK", &pieces);
    }
    if let Some(most) = found.recommended_max {
        let text = format!("no more than {}", load(found, most));
        page.told("PLAN WITH", &[Span::plain(text)]);
    }
}

fn objectives(page: &mut Page, found: &HighestResult) {
    let mut table =
        Table::new()
            .column("OBJECTIVE", Side::Left, 0)
            .column("kept up to", Side::Right, 0);
    for one in &found.objectives {
        let until = match one.load {
            Some(most) => load(found, most),
            None if one.kept_beyond => "beyond what was looked at".to_owned(),
            None => "not found".to_owned(),
        };
        table.row(vec![Span::plain(one.text.clone()), Span::plain(until)]);
    }
    page.table(&table);
}

fn loads(page: &mut Page, found: &HighestResult) {
    let mut table = Table::new()
        .column("LOAD", Side::Right, 0)
        .column("kept", Side::Left, 0)
        .column("replications", Side::Right, 1);
    for one in &found.tried {
        let (word, paint) = if one.kept {
            ("yes", Paint::Good)
        } else {
            ("no", Paint::Bad)
        };
        table.row(vec![
            Span::plain(load(found, one.load)),
            Span::new(word, paint),
            Span::plain(one.replications.to_string()),
        ]);
    }
    page.table(&table);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn the_load_its_interval_and_what_ends_it() {
        let text = render_highest(&sample::highest(), &Style::default());
        for part in [
            "464.2/s",
            "between 462.1/s and 466.3/s",
            "p95 < 50ms",
            "app cpu at 58",
            "then db cpu",
            "no more than 462.1/s",
            "beyond what was looked at",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
    }
}
