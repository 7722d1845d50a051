//! The phases of a test profile.

use super::page::Page;
use super::style::{Paint, Span};
use super::table::{Side, Table};
use crate::experiment::result::PointVerdict;
use crate::experiment::result::profile::{Phase, ProfileSummary};
use crate::report::number::{self, Unit};
use crate::report::words;

/// What the profile asks, and how each of its phases went; nothing without a profile.
pub fn profile(page: &mut Page, profile: Option<&ProfileSummary>) {
    let Some(profile) = profile else {
        return;
    };
    page.gap();
    let paint = if profile.passed {
        Paint::Good
    } else {
        Paint::Bad
    };
    page.told(
        "PROFILE",
        &[
            Span::new(profile.name, Paint::Strong),
            Span::plain(profile.question),
            Span::new(profile.answer.clone(), paint),
        ],
    );
    legs(page, profile);
    if profile.phases.is_empty() {
        return;
    }
    let mut table = Table::new()
        .column("TAKEN AWAY", Side::Left, 0)
        .column("from", Side::Right, 2)
        .column("to", Side::Right, 2)
        .column("under load", Side::Left, 0)
        .column("lost", Side::Right, 1)
        .column("back after", Side::Right, 0);
    for phase in &profile.phases {
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
