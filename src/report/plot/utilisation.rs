//! Utilisation of every resource, the bottleneck marked.

use super::axis::{Axis, AxisUnit};
use super::panel::{Frame, Labels, Panel};
use super::picture::{Anchor, Dash, Key, colour, fitting, picture, width_of};
use crate::experiment::result::{BottleneckFinding, RunResult};
use crate::report::number::{self, Unit};
use crate::report::words;
use plotters::prelude::Color;

/// Rows that fit.
const ROWS: usize = 15;
const NAMES: i32 = 190;
const FRAME: Frame = Frame {
    left: NAMES,
    top: 70,
    right: 770,
    bottom: 440,
};

/// The plot; `None` without resources.
pub fn plot(run: &RunResult) -> Option<String> {
    let shown: Vec<&BottleneckFinding> = run
        .bottlenecks
        .iter()
        .filter(|found| found.utilisation.value.is_some())
        .take(ROWS)
        .collect();
    if shown.is_empty() {
        return None;
    }
    let names = shown
        .iter()
        .map(|found| fitting(&words::resource(found), super::picture::SMALL, NAMES - 20));
    let y = Axis::of_names(names.collect());
    let x = Axis::between(0.0, 1.0, 5.0, AxisUnit::PERCENT);
    let title = format!("Utilisation of {}", run.header.topology.name);
    Some(picture(&title, |picture| {
        let mut panel = Panel::new(picture, FRAME, x, y, Labels::Both);
        for (row, found) in shown.iter().enumerate() {
            bar(&mut panel, row as f64, found, is_bottleneck(found, run));
        }
        for (row, found) in shown.iter().enumerate() {
            let text = caption(found, is_bottleneck(found, run));
            let high = found
                .utilisation
                .ci95
                .map_or(found.utilisation.value, |ends| Some(ends.1));
            let (end, middle) = panel.pixel((high.unwrap_or(0.0), row as f64));
            let width = width_of(&text, super::picture::SMALL);
            if end + 8 + width <= FRAME.right {
                picture.small((end + 8, middle), &text, Anchor::Start);
            } else {
                let font = super::picture::font(super::picture::SMALL, plotters::prelude::WHITE);
                picture.text(
                    (panel.pixel((0.0, 0.0)).0 + 8, middle),
                    &text,
                    &font,
                    Anchor::Start,
                );
            }
        }
        let keys = [
            Key {
                name: "bottleneck",
                colour: colour::VERMILION,
                dash: Dash::Solid,
            },
            Key {
                name: "other resources",
                colour: colour::BLUE,
                dash: Dash::Solid,
            },
        ];
        picture.legend(FRAME.right, 48, &keys);
        let hidden = run.bottlenecks.len() - shown.len();
        if hidden > 0 {
            picture.small(
                (10, 48),
                &format!("{hidden} more are used less"),
                Anchor::Start,
            );
        }
        picture.label(
            (FRAME.left.midpoint(FRAME.right), 482),
            "utilisation (%), with 95 % interval",
            Anchor::Middle,
        );
    }))
}

fn is_bottleneck(found: &BottleneckFinding, run: &RunResult) -> bool {
    run.bottleneck
        .as_ref()
        .is_some_and(|worst| worst.component == found.component && worst.resource == found.resource)
}

fn caption(found: &BottleneckFinding, bottleneck: bool) -> String {
    let share = number::number(found.utilisation.value.unwrap_or(0.0), Unit::Share);
    match (bottleneck, &found.symptom_of) {
        (true, _) => format!("{share} bottleneck"),
        (false, Some(cause)) => format!("{share} symptom of {cause}"),
        (false, None) => share,
    }
}

fn bar(panel: &mut Panel<'_, '_>, row: f64, found: &BottleneckFinding, bottleneck: bool) {
    let fill = if bottleneck {
        colour::VERMILION
    } else {
        colour::BLUE
    };
    let value = found.utilisation.value.unwrap_or(0.0);
    panel.row_bar(row, value, (-1.0, 1.0), fill.filled());
    if let Some(ends) = found.utilisation.ci95 {
        panel.whisker(ends, row);
    }
}

#[cfg(test)]
mod tests {
    use super::super::svg::Svg;
    use super::*;
    use crate::report::sample;

    #[test]
    fn every_resource_has_a_bar_and_one_is_the_bottleneck() {
        let svg = Svg::read(&plot(&sample::run()).unwrap());
        svg.check();
        assert_eq!(svg.patches_in(colour::VERMILION), 1);
        assert_eq!(
            svg.patches_in(colour::BLUE),
            sample::run().bottlenecks.len() - 1
        );
        for text in [
            "was.cpu",
            "75.0 % bottleneck",
            "utilisation (%), with 95 % interval",
        ] {
            assert!(svg.has_text(text), "{text} in {:?}", svg.texts());
        }
    }

    #[test]
    fn many_resources_with_long_names_stay_inside() {
        let mut run = sample::run();
        let one = run.bottlenecks[0].clone();
        run.bottlenecks = (0..40)
            .map(|index| BottleneckFinding {
                component: format!("a-component-with-a-rather-long-name-{index}"),
                utilisation: crate::statistics::Estimate::around(
                    1.0 - f64::from(index) / 50.0,
                    0.03,
                    9,
                ),
                ..one.clone()
            })
            .collect();
        let svg = Svg::read(&plot(&run).unwrap());
        svg.check();
        assert!(svg.has_text("25 more are used less"));
    }
}
