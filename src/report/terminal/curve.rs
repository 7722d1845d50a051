//! The report of `curve`.

use super::page::Page;
use super::style::{Paint, Span, Style};
use super::table::{Side, Table};
use super::verdict;
use crate::experiment::result::{CurvePoint, CurveResult, LoadAxis};
use crate::report::number::{self, Unit};
use crate::report::words;
use crate::report::zones::{Zone, load_unit};

/// Throughput and response time against load, with the zones and points that matter.
pub fn render_curve(curve: &CurveResult, style: &Style) -> String {
    let mut page = Page::new(style);
    let what = format!("{} loads in {}", curve.points.len(), load_unit(curve.axis));
    verdict::head(&mut page, &curve.header, &["curve".to_owned(), what]);
    page.gap();
    verdict::partial(&mut page, curve.partial);
    findings(&mut page, curve);
    page.gap();
    points(&mut page, curve);
    verdict::warnings(&mut page, &curve.warnings);
    page.gap();
    page.remarks(&[number::span(curve.wall_s)]);
    page.finish()
}

fn load(curve: &CurveResult, load: f64) -> String {
    match curve.axis {
        LoadAxis::Rate => number::number(load, Unit::PerSecond),
        LoadAxis::Users => format!("{load} users"),
    }
}

fn findings(page: &mut Page, curve: &CurveResult) {
    let saturation = &curve.saturation;
    let most = number::full(&saturation.throughput_rps, Unit::PerSecond);
    let at = load(curve, saturation.load);
    let mut pieces = if saturation.reached {
        vec![
            Span::new(most, Paint::Strong),
            Span::plain(format!("reached at {at}")),
        ]
    } else {
        vec![
            Span::new(format!("not reached up to {at}"), Paint::Doubt),
            Span::plain(format!("largest throughput seen {most}")),
        ]
    };
    if let Some(found) = &curve.bottleneck {
        let share = number::value(&found.utilisation, Unit::Share);
        pieces.push(Span::plain(format!(
            "bottleneck {} at {share}",
            words::resource(found)
        )));
    }
    page.labelled("SATURATION", &pieces);
    let knee = match curve.knee {
        Some(knee) => format!(
            "{} (largest throughput per response time)",
            load(curve, knee)
        ),
        None => "not found".to_owned(),
    };
    page.told("KNEE", &[Span::plain(knee)]);
    let buckle = match &curve.buckle {
        Some(buckle) => Span::new(
            format!(
                "from {}: throughput falls by {} up to {}",
                load(curve, buckle.from_load),
                number::number(buckle.drop, Unit::Share),
                load(curve, buckle.to_load)
            ),
            Paint::Bad,
        ),
        None => Span::plain("none: throughput does not fall within the loads looked at"),
    };
    page.told("BUCKLE ZONE", &[buckle]);
    let recommended = match curve.recommended_max_rps {
        Some(most) => Span::new(
            format!(
                "at most {} ({})",
                number::number(most, Unit::PerSecond),
                curve.recommended_because
            ),
            Paint::Good,
        ),
        None => Span::new(curve.recommended_because.clone(), Paint::Doubt),
    };
    page.told("RECOMMENDED", &[recommended]);
}

fn points(page: &mut Page, curve: &CurveResult) {
    let mut table = Table::new()
        .column("LOAD", Side::Right, 0)
        .column("zone", Side::Left, 0)
        .column("throughput", Side::Right, 0)
        .column("95 % interval", Side::Left, 5)
        .column("mean", Side::Right, 0)
        .column("p50", Side::Right, 6)
        .column("p95", Side::Right, 2)
        .column("p99", Side::Right, 4)
        .column("failed", Side::Right, 3)
        .column("busiest", Side::Left, 4)
        .column("", Side::Left, 0);
    for point in &curve.points {
        table.row(point_row(point, curve));
    }
    page.table(&table);
}

fn point_row(point: &CurvePoint, curve: &CurveResult) -> Vec<Span> {
    let zone = Zone::of(curve, point.load);
    let paint = match zone {
        Zone::Light => Paint::Good,
        Zone::Heavy => Paint::Doubt,
        Zone::Buckle => Paint::Bad,
    };
    let busiest = point
        .utilisation
        .first()
        .map(|(name, share)| format!("{name} {}", number::number(*share, Unit::Share)));
    let times = &point.response_time_s;
    let time = |estimate| Span::plain(number::value(estimate, Unit::Seconds));
    // One reason is enough for a row without times.
    let silent = |estimate: &crate::statistics::Estimate| {
        if estimate.value.is_none() && estimate.reason == times.mean.reason {
            Span::plain("-")
        } else {
            Span::plain(number::value(estimate, Unit::Seconds))
        }
    };
    vec![
        Span::plain(match curve.axis {
            LoadAxis::Rate => number::number(point.load, Unit::PerSecond),
            LoadAxis::Users => format!("{}", point.load),
        }),
        Span::new(zone.name(), paint),
        Span::plain(number::value(&point.throughput_rps, Unit::PerSecond)),
        Span::plain(number::interval(&point.throughput_rps, Unit::PerSecond)),
        time(&times.mean),
        silent(&times.p50),
        silent(&times.p95),
        silent(&times.p99),
        Span::plain(number::value(&point.error_rate, Unit::Share)),
        Span::plain(busiest.unwrap_or_default()),
        Span::new(marks(point.load, curve).join(", "), Paint::Strong),
    ]
}

/// The points of the curve at this load.
fn marks(load: f64, curve: &CurveResult) -> Vec<&'static str> {
    let same = |other: f64| (other - load).abs() <= 1e-9 * other.abs();
    let mut marks = Vec::new();
    if curve.knee.is_some_and(same) {
        marks.push("◀ knee");
    }
    if curve.saturation.reached && same(curve.saturation.load) {
        marks.push("◀ saturation");
    }
    if curve
        .buckle
        .as_ref()
        .is_some_and(|buckle| same(buckle.from_load))
    {
        marks.push("◀ buckle zone");
    }
    marks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn every_point_has_a_row_and_the_marks_stand_at_their_loads() {
        let curve = sample::curve();
        let text = render_curve(
            &curve,
            &Style {
                width: 160,
                ..Style::default()
            },
        );
        let marked = |sign: &str| {
            text.lines()
                .find(|line| line.contains(sign))
                .unwrap()
                .to_owned()
        };
        assert!(
            marked("◀ saturation").trim_start().starts_with("22 "),
            "{text}"
        );
        assert!(marked("◀ knee").trim_start().starts_with("15 "), "{text}");
        assert!(marked("◀ buckle").trim_start().starts_with("25 "), "{text}");
        let rows = text.matches(" app.cpu ").count() - 1;
        assert_eq!(rows, curve.points.len());
    }

    #[test]
    fn points_beyond_saturation_say_why_they_have_no_times() {
        let text = render_curve(
            &sample::open_curve(),
            &Style {
                width: 160,
                ..Style::default()
            },
        );
        assert_eq!(text.matches("grows with time").count(), 3, "{text}");
    }
}
