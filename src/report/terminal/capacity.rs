//! The report of `capacity`.

use super::page::Page;
use super::style::{Paint, Span, Style};
use super::table::{Side, Table};
use super::verdict;
use crate::experiment::result::{CapacityResult, LoadAxis, Metastable, Tried};
use crate::report::number::{self, Unit};

/// Whether the file's load comes back, the highest one that does, what keeps higher ones down, and
/// the loads tried.
pub fn render_capacity(capacity: &CapacityResult, style: &Style) -> String {
    let mut page = Page::new(style);
    let mut how = vec!["capacity".to_owned()];
    how.extend(capacity.after.iter().map(|fault| format!("after {fault}")));
    verdict::head(&mut page, &capacity.header, &how);
    page.gap();
    verdict::partial(&mut page, capacity.partial);
    let reason = Span::plain(capacity.verdict_reason.clone());
    page.told("VERDICT", &[verdict::word(capacity.verdict), reason]);
    findings(&mut page, capacity);
    page.gap();
    loads(&mut page, capacity);
    verdict::warnings(&mut page, &capacity.warnings);
    page.gap();
    let replications = format!("{} replications of each load", capacity.replications);
    page.remarks(&[replications, number::span(capacity.wall_s)]);
    page.finish()
}

fn load(capacity: &CapacityResult, load: f64) -> String {
    match capacity.axis {
        LoadAxis::Rate => number::number(load, Unit::PerSecond),
        LoadAxis::Users => format!("{load} users"),
    }
}

fn findings(page: &mut Page, capacity: &CapacityResult) {
    let most = match (capacity.load, &capacity.metastable) {
        (Some(most), Some(_)) => vec![Span::new(
            format!("up to {}", load(capacity, most)),
            Paint::Strong,
        )],
        (Some(most), None) => {
            let text = format!("every load up to {}", load(capacity, most));
            let allowed = capacity.bound.map(|bound| {
                let bound = load(capacity, bound);
                Span::plain(format!("mean demands allow {bound} without any trigger"))
            });
            let most = Span::new(text, Paint::Good);
            [most].into_iter().chain(allowed).collect()
        }
        (None, _) => vec![Span::new("no load that was tried", Paint::Bad)],
    };
    page.told("COMES BACK", &most);
    if let Some(found) = &capacity.metastable {
        metastable(page, capacity, found);
    }
}

fn metastable(page: &mut Page, capacity: &CapacityResult, found: &Metastable) {
    let mut pieces = vec![Span::new(
        format!("from {} on", load(capacity, found.from_load)),
        Paint::Bad,
    )];
    let expected = found.expected_load.zip(capacity.bound);
    if let (Some((expected, bound)), Some(times)) = (expected, found.amplification) {
        pieces.push(Span::plain(format!(
            "expected from {} on: {} over {} attempts a request",
            load(capacity, expected),
            load(capacity, bound),
            number::number(times, Unit::Count)
        )));
    }
    page.told("STAYS DOWN", &pieces);
    if !found.sustained_by.is_empty() {
        page.heading("KEPT DOWN BY");
    }
    for reason in &found.sustained_by {
        page.sentence(Span::plain("•"), reason);
    }
}

fn loads(page: &mut Page, capacity: &CapacityResult) {
    let mut table = Table::new()
        .column("LOAD", Side::Right, 0)
        .column("", Side::Left, 0)
        .column("came back", Side::Right, 0)
        .column("answered before", Side::Right, 3)
        .column("answered at end", Side::Right, 1)
        .column("inside after trigger", Side::Right, 4)
        .column("inside at end", Side::Right, 2)
        .column("back after", Side::Right, 1)
        .column("watched", Side::Right, 5);
    for tried in &capacity.tried {
        table.row(row(tried, capacity.axis));
    }
    page.table(&table);
}

fn row(tried: &Tried, axis: LoadAxis) -> Vec<Span> {
    let is_back = tried.came_back == tried.of;
    let (word, paint) = match (is_back, tried.undecided) {
        (true, _) => ("back", Paint::Good),
        (false, true) => ("clearing", Paint::Doubt),
        (false, false) => ("down", Paint::Bad),
    };
    let share = |share: f64| Span::plain(number::number(share, Unit::Share));
    let count = |count: f64| Span::plain(number::number(count, Unit::Count));
    let time = |seconds: f64| number::number(seconds, Unit::Seconds);
    vec![
        Span::plain(match axis {
            LoadAxis::Rate => number::number(tried.load, Unit::PerSecond),
            LoadAxis::Users => format!("{}", tried.load),
        }),
        Span::new(word, paint),
        Span::plain(format!("{} of {}", tried.came_back, tried.of)),
        share(tried.answered_before),
        share(tried.answered_after),
        count(tried.inside[0]),
        count(tried.inside[1]),
        Span::plain(tried.recovery_s.map_or("-".to_owned(), time)),
        Span::plain(time(tried.watched_s)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn the_page_says_from_where_on_it_stays_down_and_why() {
        let text = render_capacity(&sample::capacity(), &Style::default());
        assert!(text.contains("COMES BACK"), "{text}");
        assert!(text.contains("up to 97.3"), "{text}");
        assert!(text.contains("from 98.6"), "{text}");
        assert!(text.contains("over 3.00 attempts a request"), "{text}");
        assert_eq!(text.matches("clearing").count(), 1, "{text}");
    }

    #[test]
    fn a_system_that_always_comes_back_has_no_threshold() {
        let mut capacity = sample::capacity();
        capacity.metastable = None;
        let text = render_capacity(&capacity, &Style::default());
        assert!(text.contains("every load up to"), "{text}");
        assert!(!text.contains("STAYS DOWN"), "{text}");
    }
}
