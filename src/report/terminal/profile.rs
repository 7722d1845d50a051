//! The phases of a test profile.

use super::page::Page;
use super::style::{Paint, Span};
use super::table::{Side, Table};
use crate::experiment::result::PointVerdict;
use crate::experiment::result::profile::{Phase, ProfileSummary, Slope, TakeoverTried};
use crate::report::number::{self, Unit};
use crate::report::words;

/// What the profile asks, and how each of its phases went; nothing without a profile.
pub fn profile(page: &mut Page, profile: Option<&ProfileSummary>) {
    let Some(profile) = profile else {
        return;
    };
    page.gap();
    let mut head = vec![
        Span::new(profile.name, Paint::Strong),
        Span::plain(profile.question),
    ];
    if profile.questions.is_empty() {
        head.push(Span::new(profile.answer.clone(), good(profile.passed)));
    }
    page.told("PROFILE", &head);
    questions(page, profile);
    legs(page, profile);
    takeovers(page, &profile.takeovers);
    slopes(page, &profile.slopes);
    phases(page, &profile.phases);
}

fn good(is_good: bool) -> Paint {
    if is_good { Paint::Good } else { Paint::Bad }
}

fn questions(page: &mut Page, profile: &ProfileSummary) {
    for one in &profile.questions {
        let paint = one.good.map_or(Paint::Plain, good);
        page.told(
            "",
            &[
                Span::plain(one.question),
                Span::new(one.answer.clone(), paint),
            ],
        );
    }
}

fn takeovers(page: &mut Page, tried: &[TakeoverTried]) {
    if tried.is_empty() {
        return;
    }
    let mut table = Table::new()
        .column("LOST IN OVERLOAD", Side::Left, 0)
        .column("from", Side::Right, 2)
        .column("to", Side::Right, 2)
        .column("taken over in", Side::Right, 0)
        .column("answered before", Side::Right, 2)
        .column("until", Side::Right, 1)
        .column("from then on", Side::Right, 1);
    for one in tried {
        let taken = match one.finished_after_s {
            Some([mean, _]) => Span::plain(number::number(mean, Unit::Seconds)),
            None => Span::new("not", Paint::Bad),
        };
        let rate = |rate: f64| number::number(rate, Unit::PerSecond);
        table.row(vec![
            Span::new(one.part.clone(), Paint::Strong),
            Span::plain(number::span(one.from_s)),
            Span::plain(number::span(one.to_s)),
            taken,
            Span::plain(rate(one.before_rps)),
            Span::plain(rate(one.until_rps)),
            Span::plain(one.after_rps.map(rate).unwrap_or_default()),
        ]);
    }
    page.table(&table);
}

/// Those that grow; all of them are in the JSON.
fn slopes(page: &mut Page, slopes: &[Slope]) {
    let mut table = Table::new()
        .column("GROWS", Side::Left, 0)
        .column("mean", Side::Right, 0)
        .column("an hour", Side::Right, 0)
        .column("all held after", Side::Right, 1);
    for one in slopes.iter().filter(|one| one.grows) {
        table.row(vec![
            Span::new(one.resource.clone(), Paint::Strong),
            Span::plain(number::number(one.mean, Unit::of_word(one.unit))),
            Span::plain(number::full(&one.per_hour, Unit::of_word(one.unit))),
            Span::plain(one.full_after_s.map(number::span).unwrap_or_default()),
        ]);
    }
    if slopes.iter().any(|one| one.grows) {
        page.table(&table);
    }
}

fn phases(page: &mut Page, phases: &[Phase]) {
    if phases.is_empty() {
        return;
    }
    let mut table = Table::new()
        .column("TAKEN AWAY", Side::Left, 0)
        .column("from", Side::Right, 2)
        .column("to", Side::Right, 2)
        .column("under load", Side::Left, 0)
        .column("lost", Side::Right, 1)
        .column("back after", Side::Right, 0);
    for phase in phases {
        table.row(row(phase));
    }
    page.table(&table);
}

fn legs(page: &mut Page, profile: &ProfileSummary) {
    if profile.legs.is_empty() {
        return;
    }
    let mut table = Table::new()
        .column("LOAD", Side::Left, 0)
        .column("from", Side::Right, 2)
        .column("to", Side::Right, 2)
        .column("of the file's", Side::Right, 1)
        .column("offered", Side::Right, 0)
        .column("answered", Side::Right, 0)
        .column("lost", Side::Right, 0);
    for leg in &profile.legs {
        table.row(vec![
            Span::new(leg.name.clone(), Paint::Strong),
            Span::plain(number::span(leg.from_s)),
            Span::plain(number::span(leg.to_s)),
            Span::plain(number::number(leg.load, Unit::Share)),
            Span::plain(number::number(leg.offered_rps, Unit::PerSecond)),
            Span::plain(number::number(leg.throughput_rps, Unit::PerSecond)),
            Span::plain(number::number(leg.lost_share, Unit::Share)),
        ]);
    }
    page.table(&table);
}

fn row(phase: &Phase) -> Vec<Span> {
    let paint = match phase.verdict {
        PointVerdict::Masked => Paint::Good,
        PointVerdict::Transient | PointVerdict::Degraded => Paint::Doubt,
        PointVerdict::Persistent | PointVerdict::Cascading | PointVerdict::Metastable => Paint::Bad,
    };
    let back = match (phase.verdict, phase.back_after_s) {
        (PointVerdict::Masked, _) => "nothing to see".to_owned(),
        (_, Some(seconds)) => number::number(seconds, Unit::Seconds),
        (_, None) => "not back".to_owned(),
    };
    vec![
        Span::new(phase.part.clone(), Paint::Strong),
        Span::plain(number::span(phase.from_s)),
        Span::plain(number::span(phase.to_s)),
        Span::new(words::point_verdict(phase.verdict), paint),
        Span::plain(number::number(phase.lost_share, Unit::Share)),
        Span::plain(back),
    ]
}
