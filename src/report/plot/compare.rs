//! Designs side by side: response times with intervals, and the busiest resource.

use super::axis::{Axis, AxisUnit};
use super::panel::{Frame, Labels, Marker, Panel, Pen};
use super::picture::{Anchor, Dash, Key, Picture, SMALL, colour, fitting, picture};
use crate::experiment::result::{CompareResult, Design};
use crate::report::number::{self, Unit};
use crate::report::words;
use crate::statistics::Estimate;
use plotters::prelude::Color;

/// Designs that fit.
const ROWS: usize = 12;
const NAMES: i32 = 150;
const LEFT: Frame = Frame {
    left: NAMES,
    top: 70,
    right: 480,
    bottom: 440,
};
const RIGHT: Frame = Frame {
    left: 520,
    top: 70,
    right: 770,
    bottom: 440,
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

/// The plot; `None` without designs.
pub fn plot(compare: &CompareResult) -> Option<String> {
    let shown = &compare.designs[..compare.designs.len().min(ROWS)];
    if shown.is_empty() {
        return None;
    }
    let title = format!("{} designs under the same load", compare.designs.len());
    Some(picture(&title, |picture| {
        times(picture, shown);
        utilisation(picture, shown);
    }))
}

fn measured(design: &Design) -> [(&Estimate, Pen, f64); 2] {
    let times = &design.run.response_time_s;
    [(&times.mean, MEAN, -0.15), (&times.p95, P95, 0.15)]
}

fn times(picture: &Picture<'_>, designs: &[Design]) {
    let all = designs.iter().flat_map(measured);
    let ends: Vec<f64> = all
        .filter_map(|(estimate, _, _)| estimate.ci95.map_or(estimate.value, |ends| Some(ends.1)))
        .collect();
    let top = ends.iter().copied().fold(0.0, f64::max);
    let least = ends.iter().copied().fold(top, f64::min);
    let unit = AxisUnit::time(top);
    let (x, how) = if least > 0.0 && top / least > 25.0 {
        (Axis::log(least * 0.9, top, unit), ", log scale")
    } else {
        (Axis::from_zero(top * 1.02, 5.0, unit), "")
    };
    let what = format!("response time ({}{how})", x.unit());
    let names = designs
        .iter()
        .map(|design| fitting(&design.name, SMALL, NAMES - 20))
        .collect();
    let mut panel = Panel::new(picture, LEFT, x, Axis::of_names(names), Labels::Both);
    for (row, design) in designs.iter().enumerate() {
        for (estimate, pen, offset) in measured(design) {
            draw(&mut panel, estimate, row as f64 + offset, pen);
        }
        if let (None, reason) = (
            design.run.response_time_s.mean.value,
            design.run.response_time_s.mean.reason,
        ) {
            let (_, y) = panel.pixel((0.0, row as f64));
            picture.small((LEFT.left + 10, y), &number::reason(reason), Anchor::Start);
        }
    }
    let keys = [("mean", MEAN), ("p95", P95)].map(|(name, pen)| Key {
        name,
        colour: pen.colour,
        dash: pen.dash,
    });
    picture.legend(LEFT.right, 50, &keys);
    picture.label((LEFT.left.midpoint(LEFT.right), 482), &what, Anchor::Middle);
}

/// A value with its interval.
fn draw(panel: &mut Panel<'_, '_>, estimate: &Estimate, row: f64, pen: Pen) {
    let Some(value) = estimate.value else {
        return;
    };
    panel.dot((value, row), pen);
    if let Some(ends) = estimate.ci95 {
        panel.whisker(ends, row);
    }
}

fn utilisation(picture: &Picture<'_>, designs: &[Design]) {
    let x = Axis::between(0.0, 1.0, 4.0, AxisUnit::PERCENT);
    let blank = designs.iter().map(|_| String::new()).collect();
    let mut panel = Panel::new(picture, RIGHT, x, Axis::of_names(blank), Labels::Both);
    for (row, design) in designs.iter().enumerate() {
        let Some(found) = &design.run.bottleneck else {
            continue;
        };
        let row = row as f64;
        let value = found.utilisation.value.unwrap_or(0.0);
        let middle = panel.row_bar(row, value, (0.1, 1.0), colour::BLUE.filled());
        if let Some(ends) = found.utilisation.ci95 {
            panel.whisker(ends, middle);
        }
        let share = number::number(value, Unit::Share);
        let text = format!("{} {share}", words::resource(found));
        let (x, y) = panel.pixel((0.0, row));
        let text = fitting(&text, SMALL, RIGHT.right - RIGHT.left - 12);
        picture.small((x + 6, y - 8), &text, Anchor::Start);
    }
    let what = "utilisation of the busiest resource (%)";
    picture.label(
        (RIGHT.left.midpoint(RIGHT.right), 482),
        what,
        Anchor::Middle,
    );
}

#[cfg(test)]
mod tests {
    use super::super::svg::Svg;
    use super::*;
    use crate::report::sample;

    #[test]
    fn each_design_has_both_times_and_its_bottleneck() {
        let compare = sample::compare();
        let svg = Svg::read(&plot(&compare).unwrap());
        svg.check();
        assert_eq!(svg.discs_in(MEAN.colour), compare.designs.len());
        assert_eq!(svg.patches_in(colour::BLUE), compare.designs.len());
        for design in &compare.designs {
            assert!(svg.has_text(&design.name), "{:?}", svg.texts());
        }
        assert!(svg.has_text("response time (ms)"));
        assert!(svg.has_text("utilisation of the busiest resource (%)"));
    }

    #[test]
    fn a_saturated_design_says_why_it_has_no_times() {
        let mut compare = sample::compare();
        compare.designs[0].run = sample::saturated();
        let svg = Svg::read(&plot(&compare).unwrap());
        svg.check();
        assert!(svg.has_text("grows with time"));
        assert_eq!(svg.discs_in(MEAN.colour), compare.designs.len() - 1);
    }
}
