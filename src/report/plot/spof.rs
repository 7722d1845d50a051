//! What the loss of each part costs: the share of requests lost while it is gone.

use super::axis::{Axis, AxisUnit};
use super::panel::{Frame, Labels, Panel};
use super::picture::{Anchor, Dash, Key, Picture, SMALL, colour, fitting, font, picture, width_of};
use crate::experiment::result::{PointClass, SinglePoint, SpofResult};
use crate::report::number::{self, Unit};
use crate::report::words;
use plotters::prelude::{BLACK, Color, RGBColor};

/// Rows that fit.
const ROWS: usize = 15;
const NAMES: i32 = 170;
const FRAME: Frame = Frame {
    left: NAMES,
    top: 70,
    right: 770,
    bottom: 440,
};

fn tint(class: Option<PointClass>) -> RGBColor {
    match class {
        Some(PointClass::Structural) => colour::VERMILION,
        Some(PointClass::Capacity) => colour::ORANGE,
        Some(PointClass::Transient) => colour::SKY,
        None => colour::GREEN,
    }
}

/// The plot; `None` when nothing was broken.
pub fn plot(spof: &SpofResult) -> Option<String> {
    let all: Vec<&SinglePoint> = spof.single_points.iter().chain(&spof.survived).collect();
    let shown = &all[..all.len().min(ROWS)];
    if shown.is_empty() {
        return None;
    }
    let names = shown
        .iter()
        .map(|point| fitting(&point.component, SMALL, NAMES - 20))
        .collect();
    let title = format!(
        "What the loss of each part costs in {}",
        spof.header.topology.name
    );
    Some(picture(&title, |picture| {
        let x = Axis::between(0.0, 1.0, 5.0, AxisUnit::PERCENT);
        let mut panel = Panel::new(picture, FRAME, x, Axis::of_names(names), Labels::Both);
        for (row, point) in shown.iter().enumerate() {
            let row = row as f64;
            let lost = point.lost_share.unwrap_or(0.0);
            panel.row_bar(row, lost, (-1.0, 1.0), tint(point.class).filled());
            caption(picture, &panel, row, point, lost);
        }
        let keys = [
            (Some(PointClass::Structural), "structural"),
            (Some(PointClass::Capacity), "capacity"),
            (Some(PointClass::Transient), "transient"),
            (None, "survived"),
        ]
        .map(|(class, name)| Key {
            name,
            colour: tint(class),
            dash: Dash::Solid,
        });
        picture.legend(FRAME.right, 48, &keys);
        if all.len() > shown.len() {
            let more = format!("{} more parts", all.len() - shown.len());
            picture.small((10, 48), &more, Anchor::Start);
        }
        let what = "requests lost while the part is gone (%)";
        picture.label(
            (FRAME.left.midpoint(FRAME.right), 482),
            what,
            Anchor::Middle,
        );
    }))
}

/// Class, loss and recovery behind the bar, or on it where there is no room behind.
fn caption(picture: &Picture<'_>, panel: &Panel<'_, '_>, row: f64, point: &SinglePoint, lost: f64) {
    let share = point.lost_share.map_or_else(
        || "not simulated".to_owned(),
        |share| number::number(share, Unit::Share),
    );
    let back = point
        .recovery_s
        .map(|time| format!(", back after {}", number::number(time, Unit::Seconds)));
    let class = words::point_class(point.class);
    let text = format!("{share} {class}{}", back.unwrap_or_default());
    let (end, y) = panel.pixel((lost, row));
    let behind = end + 8 + width_of(&text, SMALL) <= FRAME.right;
    let x = if behind { end + 8 } else { FRAME.left + 8 };
    picture.text((x, y), &text, &font(SMALL, BLACK), Anchor::Start);
}

#[cfg(test)]
mod tests {
    use super::super::svg::Svg;
    use super::*;
    use crate::report::sample;

    #[test]
    fn every_part_that_was_broken_has_a_bar_in_the_colour_of_its_class() {
        let svg = Svg::read(&plot(&sample::spof()).unwrap());
        svg.check();
        for class in [
            Some(PointClass::Structural),
            Some(PointClass::Capacity),
            Some(PointClass::Transient),
            None,
        ] {
            assert_eq!(svg.patches_in(tint(class)), 1, "{class:?}");
        }
        assert!(svg.has_text("requests lost while the part is gone (%)"));
        assert!(
            svg.has_text("40.0 % transient, back after 3.20s"),
            "{:?}",
            svg.texts()
        );
    }
}
