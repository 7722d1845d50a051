//! Throughput and response time against load, with light, heavy and buckle zone.

use super::axis::{Axis, AxisUnit};
use super::marks::{self, Mark};
use super::panel::{Frame, Labels, Marker, Panel, Pen};
use super::picture::{Anchor, Dash, Key, Picture, colour, picture, width_of};
use crate::experiment::result::{CurvePoint, CurveResult, LoadAxis};
use crate::report::number::{self, Unit};
use crate::report::zones::{self, Zone};
use crate::statistics::Estimate;
use plotters::prelude::{BLACK, Color, RGBColor};

const LEFT: i32 = 72;
const RIGHT: i32 = 770;
const UPPER: Frame = Frame {
    left: LEFT,
    top: 104,
    right: RIGHT,
    bottom: 268,
};
const LOWER: Frame = Frame {
    left: LEFT,
    top: 306,
    right: RIGHT,
    bottom: 442,
};

const OFFERED: Pen = Pen {
    colour: colour::GREY,
    dash: Dash::Dotted,
    marker: Marker::None,
};
const ANSWERED: Pen = Pen {
    colour: colour::BLUE,
    dash: Dash::Solid,
    marker: Marker::Disc,
};
const MEAN: Pen = Pen {
    colour: colour::GREEN,
    dash: Dash::Solid,
    marker: Marker::Disc,
};
const P95: Pen = Pen {
    colour: colour::VERMILION,
    dash: Dash::Dashed,
    marker: Marker::Square,
};
const P99: Pen = Pen {
    colour: colour::PURPLE,
    dash: Dash::Dotted,
    marker: Marker::Triangle,
};

fn key(name: &str, pen: Pen) -> Key<'_> {
    Key {
        name,
        colour: pen.colour,
        dash: pen.dash,
    }
}

/// The plot; `None` without points.
pub fn plot(curve: &CurveResult) -> Option<String> {
    let last = curve.points.last()?.load;
    let x = Axis::between(
        0.0,
        last,
        8.0,
        AxisUnit::plain(zones::load_unit(curve.axis)),
    );
    let title = format!("Load curve of {}", curve.header.topology.name);
    Some(picture(&title, |picture| {
        throughput(picture, curve, x.clone());
        response(picture, curve, x.clone());
        let what = match curve.axis {
            LoadAxis::Rate => "offered load (journeys/s)",
            LoadAxis::Users => "users",
        };
        picture.label((LEFT.midpoint(RIGHT), 484), what, Anchor::Middle);
    }))
}

/// Stretches of the load axis with their zones.
fn stretches(curve: &CurveResult, last: f64) -> Vec<(f64, f64, Zone)> {
    let buckle = curve
        .buckle
        .as_ref()
        .map_or(last, |buckle| buckle.from_load.min(last));
    let light = zones::light_ends(curve).min(buckle);
    let all = [
        (0.0, light, Zone::Light),
        (light, buckle, Zone::Heavy),
        (buckle, last, Zone::Buckle),
    ];
    all.into_iter().filter(|(from, to, _)| to > from).collect()
}

fn tint(zone: Zone) -> RGBColor {
    match zone {
        Zone::Light => colour::GREEN,
        Zone::Heavy => colour::ORANGE,
        Zone::Buckle => colour::VERMILION,
    }
}

fn shade(panel: &mut Panel<'_, '_>, curve: &CurveResult) {
    let last = curve.points.last().map_or(0.0, |point| point.load);
    for (from, to, zone) in stretches(curve, last) {
        panel.shade(from, to, tint(zone).mix(0.13).filled());
    }
}

/// Names of the zones at the bottom of a panel, where they fit.
fn name_zones(picture: &Picture<'_>, panel: &Panel<'_, '_>, curve: &CurveResult) {
    let last = curve.points.last().map_or(0.0, |point| point.load);
    for (from, to, zone) in stretches(curve, last) {
        let (left, right) = (panel.pixel((from, 0.0)).0, panel.pixel((to, 0.0)).0);
        let y = panel.frame().bottom - 10;
        if width_of(zone.name(), super::picture::SMALL) < right - left {
            picture.small((left.midpoint(right), y), zone.name(), Anchor::Middle);
        }
    }
}

fn series(curve: &CurveResult, pick: impl Fn(&CurvePoint) -> Estimate) -> Vec<(f64, Estimate)> {
    curve
        .points
        .iter()
        .map(|point| (point.load, pick(point)))
        .collect()
}

fn values(series: &[(f64, Estimate)]) -> Vec<(f64, Option<f64>)> {
    series
        .iter()
        .map(|(load, estimate)| (*load, estimate.value))
        .collect()
}

/// The largest value or end of an interval.
fn highest(series: &[(f64, Estimate)]) -> f64 {
    let ends = |estimate: &Estimate| [estimate.value, estimate.ci95.map(|ends| ends.1)];
    series
        .iter()
        .flat_map(|(_, estimate)| ends(estimate))
        .flatten()
        .fold(0.0, f64::max)
}

fn throughput(picture: &Picture<'_>, curve: &CurveResult, x: Axis) {
    let answered = series(curve, |point| point.throughput_rps);
    let offered = series(curve, |point| point.offered_rps);
    let open = curve.axis == LoadAxis::Rate;
    let top = highest(&answered).max(if open { highest(&offered) } else { 0.0 });
    let y = Axis::from_zero(top * 1.05, 4.0, AxisUnit::plain("requests/s"));
    let mut panel = Panel::new(picture, UPPER, x, y, Labels::Vertical);
    shade(&mut panel, curve);
    name_zones(picture, &panel, curve);
    let mut keys = vec![key("answered, 95 % band", ANSWERED)];
    if open {
        panel.line(&values(&offered), OFFERED);
        keys.insert(0, key("offered", OFFERED));
    }
    panel.band(&answered, ANSWERED.colour);
    panel.line(&values(&answered), ANSWERED);
    if let Some(most) = curve.recommended_max_rps {
        let text = format!(
            "recommended at most {}",
            number::number(most, Unit::PerSecond)
        );
        panel.level(most, &text, colour::GREEN, Dash::Dashed);
    }
    let marks = upright_marks(curve, &panel);
    marks::write(picture, &marks, UPPER.top, 3);
    for (load, colour) in upright_loads(curve) {
        panel.upright(load, colour, Dash::Dashed);
    }
    picture.label((10, 46), "throughput (requests/s)", Anchor::Start);
    picture.legend(RIGHT, 46, &keys);
}

/// Loads that are marked in both panels.
fn upright_loads(curve: &CurveResult) -> Vec<(f64, RGBColor)> {
    let mut loads: Vec<(f64, RGBColor)> = curve
        .knee
        .map(|knee| (knee, colour::GREY))
        .into_iter()
        .collect();
    if curve.saturation.reached {
        loads.push((curve.saturation.load, BLACK));
    }
    loads.extend(
        curve
            .buckle
            .as_ref()
            .map(|buckle| (buckle.from_load, colour::VERMILION)),
    );
    loads
}

fn upright_marks(curve: &CurveResult, panel: &Panel<'_, '_>) -> Vec<Mark> {
    let load = |load: f64| match curve.axis {
        LoadAxis::Rate => number::number(load, Unit::PerSecond),
        LoadAxis::Users => format!("{load} users"),
    };
    let mut texts: Vec<String> = curve
        .knee
        .map(|knee| format!("knee {}", load(knee)))
        .into_iter()
        .collect();
    if curve.saturation.reached {
        let most = number::value(&curve.saturation.throughput_rps, Unit::PerSecond);
        texts.push(format!(
            "saturation point {most} at {}",
            load(curve.saturation.load)
        ));
    }
    texts.extend(curve.buckle.as_ref().map(|buckle| {
        let drop = number::number(buckle.drop, Unit::Share);
        format!("buckle zone from {}, down {drop}", load(buckle.from_load))
    }));
    let marked = upright_loads(curve).into_iter().zip(texts);
    marked
        .map(|((at, colour), text)| Mark {
            x: panel.pixel((at, 0.0)).0,
            text,
            colour,
        })
        .collect()
}

fn response(picture: &Picture<'_>, curve: &CurveResult, x: Axis) {
    let mean = series(curve, |point| point.response_time_s.mean);
    let p95 = series(curve, |point| point.response_time_s.p95);
    let p99 = series(curve, |point| point.response_time_s.p99);
    let top = highest(&mean).max(highest(&p95)).max(highest(&p99));
    let least = mean
        .iter()
        .filter_map(|(_, estimate)| estimate.value)
        .fold(top, f64::min);
    let unit = AxisUnit::time(top);
    let (y, how) = if least > 0.0 && top / least > 25.0 {
        (Axis::log(least * 0.9, top, unit), ", log scale")
    } else {
        (Axis::from_zero(top * 1.05, 4.0, unit), "")
    };
    let text = format!("response time ({}{how})", y.unit());
    let mut panel = Panel::new(picture, LOWER, x, y, Labels::Both);
    shade(&mut panel, curve);
    for (series, pen) in [(&p99, P99), (&p95, P95), (&mean, MEAN)] {
        panel.band(series, pen.colour);
        panel.line(&values(series), pen);
    }
    for (load, colour) in upright_loads(curve) {
        panel.upright(load, colour, Dash::Dashed);
    }
    grows(picture, &panel, &mean);
    picture.label((10, 288), &text, Anchor::Start);
    picture.legend(
        RIGHT,
        288,
        &[key("mean", MEAN), key("p95", P95), key("p99", P99)],
    );
}

/// Says why the lines end before the last load, where they do.
fn grows(picture: &Picture<'_>, panel: &Panel<'_, '_>, mean: &[(f64, Estimate)]) {
    let Some((from, first)) = mean.iter().find(|(_, estimate)| estimate.value.is_none()) else {
        return;
    };
    let text = number::reason(first.reason);
    let room = panel.frame();
    let x = panel.pixel((*from, 0.0)).0;
    let half = width_of(&text, super::picture::SMALL) / 2;
    let middle = x.midpoint(room.right).min(room.right - half - 4);
    picture.small((middle, room.bottom - 12), &text, Anchor::Middle);
}

#[cfg(test)]
mod tests {
    use super::super::svg::Svg;
    use super::*;
    use crate::report::sample;

    #[test]
    fn the_curve_of_users_shows_three_zones_and_its_points() {
        let svg = Svg::read(&plot(&sample::curve()).unwrap());
        svg.check();
        for text in [
            "throughput (requests/s)",
            "response time (ms)",
            "users",
            "light",
            "buckle",
            "knee 15 users",
            "saturation point 938.6/s at 22 users",
            "recommended at most 657.0/s",
            "mean",
            "p95",
            "p99",
        ] {
            assert!(svg.has_text(text), "{text} in {:?}", svg.texts());
        }
        for pen in [ANSWERED, MEAN, P95, P99] {
            assert!(svg.lines_in(pen.colour) > 0, "{pen:?}");
        }
        assert_eq!(svg.discs_in(ANSWERED.colour), sample::curve().points.len());
    }

    #[test]
    fn an_open_curve_ends_its_times_at_saturation_and_says_why() {
        let curve = sample::open_curve();
        let svg = Svg::read(&plot(&curve).unwrap());
        svg.check();
        assert!(svg.has_text("grows with time") && svg.has_text("offered load (journeys/s)"));
        assert!(
            svg.has_text("response time (ms, log scale)"),
            "{:?}",
            svg.texts()
        );
        let answered = curve
            .points
            .iter()
            .filter(|p| p.response_time_s.mean.value.is_some());
        assert_eq!(svg.discs_in(MEAN.colour), answered.count());
        assert!(!svg.has_text("buckle"));
    }

    #[test]
    fn zones_cover_the_whole_axis() {
        let found = stretches(&sample::curve(), 50.0);
        let names: Vec<&str> = found.iter().map(|(_, _, zone)| zone.name()).collect();
        assert_eq!(names, ["light", "heavy", "buckle"]);
        assert_eq!((found[0].0, found[2].1), (0.0, 50.0));
        assert!(
            found
                .windows(2)
                .all(|pair| (pair[0].1 - pair[1].0).abs() < 1e-12)
        );
    }
}
