//! Development over time: traffic, response times and requests in the system, with faults marked.

use super::axis::{Axis, AxisUnit};
use super::marks::{self, Mark};
use super::panel::{Frame, Labels, Marker, Panel, Pen};
use super::picture::{Anchor, Dash, Key, Picture, colour, picture};
use crate::experiment::result::{RunResult, SeriesPoint};
use plotters::prelude::BLACK;

const LEFT: i32 = 72;
const RIGHT: i32 = 770;

const OFFERED: Pen = Pen {
    colour: colour::GREY,
    dash: Dash::Dotted,
    marker: Marker::None,
};
const ANSWERED: Pen = Pen {
    colour: colour::BLUE,
    dash: Dash::Solid,
    marker: Marker::None,
};
const FAILED: Pen = Pen {
    colour: colour::VERMILION,
    dash: Dash::Dashed,
    marker: Marker::None,
};
const MEAN: Pen = Pen {
    colour: colour::GREEN,
    dash: Dash::Solid,
    marker: Marker::None,
};
const P95: Pen = Pen {
    colour: colour::VERMILION,
    dash: Dash::Dashed,
    marker: Marker::None,
};
const INSIDE: Pen = Pen {
    colour: colour::BLUE,
    dash: Dash::Solid,
    marker: Marker::None,
};

/// A value of a stretch of time.
type Pick = fn(&SeriesPoint) -> Option<f64>;
/// A line: its name, its look, its values.
type Line = (&'static str, Pen, Pick);

const TRAFFIC: [Line; 3] = [
    ("offered", OFFERED, |point| Some(point.offered_rps)),
    ("answered", ANSWERED, |point| Some(point.throughput_rps)),
    ("failed", FAILED, |point| Some(point.failed_rps)),
];
const RESPONSE: [Line; 2] = [
    ("p95", P95, |point| point.response_p95_s),
    ("mean", MEAN, |point| point.response_mean_s),
];
const IN_SYSTEM: [Line; 1] = [("mean", INSIDE, |point| Some(point.in_system))];

/// Rows of labels for marks.
const ROWS: i32 = 3;

/// The plot; `None` without a series.
pub fn plot(run: &RunResult) -> Option<String> {
    let last = run.series.last()?;
    let end = last.at_s + last.length_s;
    let x = Axis::between(0.0, end, 8.0, AxisUnit::plain("s"));
    let title = format!("Development over time of {}", run.header.topology.name);
    Some(picture(&title, |picture| {
        let panels = [
            (
                Frame {
                    left: LEFT,
                    top: 112,
                    right: RIGHT,
                    bottom: 204,
                },
                Labels::Vertical,
            ),
            (
                Frame {
                    left: LEFT,
                    top: 238,
                    right: RIGHT,
                    bottom: 326,
                },
                Labels::Vertical,
            ),
            (
                Frame {
                    left: LEFT,
                    top: 360,
                    right: RIGHT,
                    bottom: 446,
                },
                Labels::Both,
            ),
        ];
        let rate = Axis::from_zero(
            highest(run, &TRAFFIC) * 1.02,
            3.0,
            AxisUnit::plain("requests/s"),
        );
        let top = highest(run, &RESPONSE);
        let time = Axis::from_zero(top * 1.02, 3.0, AxisUnit::time(top));
        let times = format!("response time ({})", time.unit());
        let count = Axis::from_zero(
            highest(run, &IN_SYSTEM) * 1.02,
            3.0,
            AxisUnit::plain("requests"),
        );
        let rows: [(&str, Axis, &[Line]); 3] = [
            ("traffic (requests/s)", rate, &TRAFFIC),
            (&times, time, &RESPONSE),
            ("in the system (requests)", count, &IN_SYSTEM),
        ];
        for ((frame, labels), (name, y, lines)) in panels.into_iter().zip(rows) {
            let panel = Panel::new(picture, frame, x.clone(), y, labels);
            draw(picture, panel, name, lines, run);
        }
        let what = "time since the start of the counted run (s)";
        picture.label((LEFT.midpoint(RIGHT), 486), what, Anchor::Middle);
    }))
}

fn highest(run: &RunResult, lines: &[Line]) -> f64 {
    let values = lines
        .iter()
        .flat_map(|(_, _, pick)| run.series.iter().filter_map(pick));
    values.fold(0.0, f64::max)
}

fn draw(
    picture: &Picture<'_>,
    mut panel: Panel<'_, '_>,
    name: &str,
    lines: &[Line],
    run: &RunResult,
) {
    for (_, pen, pick) in lines {
        let points: Vec<(f64, Option<f64>)> = run
            .series
            .iter()
            .map(|point| (point.at_s + point.length_s / 2.0, pick(point)))
            .collect();
        panel.line(&points, *pen);
    }
    let frame = panel.frame();
    let mut marks = Vec::new();
    for (at, text) in &run.marks {
        panel.upright(*at, BLACK, Dash::Dashed);
        marks.push(Mark {
            x: panel.pixel((*at, 0.0)).0,
            text: text.clone(),
            colour: BLACK,
        });
    }
    let mut y = frame.top - 18;
    if frame.top < 150 {
        marks::write(picture, &marks, frame.top, ROWS);
        y -= ROWS * marks::ROW;
    }
    picture.label((10, y), name, Anchor::Start);
    let keys: Vec<Key<'_>> = lines
        .iter()
        .map(|(name, pen, _)| Key {
            name,
            colour: pen.colour,
            dash: pen.dash,
        })
        .collect();
    picture.legend(RIGHT, y, &keys);
}

#[cfg(test)]
mod tests {
    use super::super::svg::Svg;
    use super::*;
    use crate::report::sample;

    #[test]
    fn three_panels_share_the_time_axis_and_faults_are_marked() {
        let svg = Svg::read(&plot(&sample::terminating()).unwrap());
        svg.check();
        for text in [
            "traffic (requests/s)",
            "response time (ms)",
            "in the system (requests)",
            "time since the start of the counted run (s)",
            "offered",
            "answered",
            "failed",
            "p95",
            "was/1 down",
            "was/1 up",
        ] {
            assert!(svg.has_text(text), "{text} in {:?}", svg.texts());
        }
        for pen in [OFFERED, ANSWERED, FAILED, MEAN] {
            assert!(svg.lines_in(pen.colour) > 0, "{pen:?}");
        }
    }

    #[test]
    fn a_run_without_a_series_has_no_plot() {
        let mut run = sample::run();
        run.series.clear();
        assert!(plot(&run).is_none());
    }
}
