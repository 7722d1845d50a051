//! A panel: one pair of axes with lines, bands, bars and marks.

use super::axis::Axis;
use super::picture::{Anchor, Dash, Picture, SMALL, colour, done, font};
use crate::statistics::Estimate;
use plotters::chart::{ChartBuilder, ChartContext};
use plotters::prelude::{
    Cartesian2d, Circle, Color, DashedLineSeries, EmptyElement, LineSeries, PathElement, Polygon,
    RGBColor, Rectangle, SVGBackend, ShapeStyle, TriangleMarker,
};

/// Edges of a panel's data area in pixels of the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Left.
    pub left: i32,
    /// Top.
    pub top: i32,
    /// Right.
    pub right: i32,
    /// Bottom.
    pub bottom: i32,
}

/// What stands at each point of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marker {
    /// Nothing.
    None,
    /// A disc.
    Disc,
    /// A square.
    Square,
    /// A triangle.
    Triangle,
}

/// Colour, stroke and marker of a line.
#[derive(Clone, Copy, Debug)]
pub struct Pen {
    /// Its colour.
    pub colour: RGBColor,
    /// Its stroke.
    pub dash: Dash,
    /// Its points.
    pub marker: Marker,
}

/// A pair of axes on a picture.
pub struct Panel<'a, 'p> {
    picture: &'p Picture<'a>,
    chart: ChartContext<'p, SVGBackend<'a>, Cartesian2d<Axis, Axis>>,
    frame: Frame,
}

/// Which tick labels a panel shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Labels {
    /// Of both axes.
    Both,
    /// Of the vertical axis; the horizontal one is labelled by the panel below.
    Vertical,
}

/// Largest height of a bar in a row, pixels.
const THICKEST: f64 = 40.0;
/// Room for tick labels below a panel.
const BELOW: i32 = 24;

impl<'a, 'p> Panel<'a, 'p> {
    /// Places axes so that the data area is exactly `frame`, with grid and tick labels.
    pub fn new(picture: &'p Picture<'a>, frame: Frame, x: Axis, y: Axis, labels: Labels) -> Self {
        let below = if labels == Labels::Both { BELOW } else { 0 };
        let area = picture.area().clone().shrink(
            (0, frame.top),
            (frame.right, frame.bottom - frame.top + below),
        );
        let rows = y.is_names();
        let mut chart = done(
            ChartBuilder::on(&area)
                .x_label_area_size(below)
                .y_label_area_size(frame.left)
                .build_cartesian_2d(x, y),
        );
        let mut mesh = chart.configure_mesh();
        if rows {
            mesh.disable_y_mesh();
        }
        done(
            mesh.light_line_style(colour::GRID.mix(0.0))
                .bold_line_style(colour::GRID)
                .axis_style(colour::GREY)
                .label_style(font(SMALL, colour::GREY))
                .set_all_tick_mark_size(4)
                .draw(),
        );
        Self {
            picture,
            chart,
            frame,
        }
    }

    /// Pixels of a point in the picture.
    pub fn pixel(&self, point: (f64, f64)) -> (i32, i32) {
        self.chart.plotting_area().map_coordinate(&point)
    }

    /// A line through the points; a missing value interrupts it.
    pub fn line(&mut self, points: &[(f64, Option<f64>)], pen: Pen) {
        let runs = points.split(|(_, y)| y.is_none());
        for run in runs.filter(|run| !run.is_empty()) {
            let mut places: Vec<(f64, f64)> =
                run.iter().filter_map(|(x, y)| y.map(|y| (*x, y))).collect();
            self.markers(&places, pen);
            if places.len() == 1 && pen.marker == Marker::None {
                places.push(places[0]);
            }
            self.stroke(places, pen);
        }
    }

    fn stroke(&mut self, places: Vec<(f64, f64)>, pen: Pen) {
        let style = pen.colour.stroke_width(2);
        match pen.dash.pattern() {
            None => done(self.chart.draw_series(LineSeries::new(places, style))),
            Some((on, off)) => done(
                self.chart
                    .draw_series(DashedLineSeries::new(places, on, off, style)),
            ),
        };
    }

    fn markers(&mut self, places: &[(f64, f64)], pen: Pen) {
        let fill = pen.colour.filled();
        let places = places.iter().copied();
        match pen.marker {
            Marker::None => {}
            Marker::Disc => {
                done(
                    self.chart
                        .draw_series(places.map(|at| Circle::new(at, 4, fill))),
                );
            }
            Marker::Square => {
                let square = |at| EmptyElement::at(at) + Rectangle::new([(-4, -4), (4, 4)], fill);
                done(self.chart.draw_series(places.map(square)));
            }
            Marker::Triangle => {
                done(
                    self.chart
                        .draw_series(places.map(|at| TriangleMarker::new(at, 6, fill))),
                );
            }
        }
    }

    /// The band between the ends of intervals; interrupted where one is missing.
    pub fn band(&mut self, points: &[(f64, Estimate)], colour: RGBColor) {
        for run in points.split(|(_, estimate)| estimate.ci95.is_none()) {
            let ends: Vec<(f64, (f64, f64))> = run
                .iter()
                .filter_map(|(x, estimate)| Some((*x, estimate.ci95?)))
                .collect();
            if ends.len() < 2 {
                continue;
            }
            let lower = ends.iter().map(|(x, (low, _))| (*x, *low));
            let upper = ends.iter().rev().map(|(x, (_, high))| (*x, *high));
            let outline: Vec<(f64, f64)> = lower.chain(upper).collect();
            let shape = Polygon::new(outline, colour.mix(0.22).filled());
            done(self.chart.draw_series([shape]));
        }
    }

    /// A filled rectangle between two points.
    pub fn bar(&mut self, from: (f64, f64), to: (f64, f64), style: ShapeStyle) {
        let shape = Rectangle::new([from, to], style);
        done(self.chart.draw_series([shape]));
    }

    /// A bar from 0 to `value` in a row of names, never thicker than [`THICKEST`]; `part` is the
    /// stretch of the row that it fills, from -1 to 1. Returns the height of its middle.
    pub fn row_bar(&mut self, row: f64, value: f64, part: (f64, f64), style: ShapeStyle) -> f64 {
        let spacing = (self.pixel((0.0, 1.0)).1 - self.pixel((0.0, 0.0)).1).abs();
        let half = (THICKEST / f64::from(spacing.max(1)) / 2.0).min(0.36);
        let (from, to) = (row + part.0 * half, row + part.1 * half);
        self.bar((0.0, from), (value, to), style);
        from.midpoint(to)
    }

    /// An interval along the horizontal axis with short ends, at height `y`.
    pub fn whisker(&mut self, (low, high): (f64, f64), y: f64) {
        let style = plotters::prelude::BLACK.stroke_width(1);
        let (from, to) = ((low, y), (high, y));
        let end = |at| EmptyElement::at(at) + PathElement::new(vec![(0, -4), (0, 4)], style);
        done(
            self.chart
                .draw_series([PathElement::new(vec![from, to], style)]),
        );
        done(self.chart.draw_series([end(from), end(to)]));
    }

    /// A single marker.
    pub fn dot(&mut self, at: (f64, f64), pen: Pen) {
        self.markers(&[at], pen);
    }

    /// Shades the stretch between two values of the horizontal axis over the whole height.
    pub fn shade(&mut self, from: f64, to: f64, style: ShapeStyle) {
        let (low, high) = self.chart.as_coord_spec().y_spec().ends();
        self.bar((from, low), (to, high), style);
    }

    /// A vertical line over the whole height.
    pub fn upright(&self, x: f64, colour: RGBColor, dash: Dash) {
        let (at, _) = self.pixel((x, 0.0));
        let (from, to) = ((at, self.frame.top), (at, self.frame.bottom));
        self.picture.stroke(from, to, colour.stroke_width(1), dash);
    }

    /// A horizontal line over the whole width with a text below its right end.
    pub fn level(&self, y: f64, text: &str, colour: RGBColor, dash: Dash) {
        let (_, at) = self.pixel((0.0, y));
        let (from, to) = ((self.frame.left, at), (self.frame.right, at));
        self.picture.stroke(from, to, colour.stroke_width(1), dash);
        let right = self.frame.right - 6;
        self.picture.small((right, at + 10), text, Anchor::End);
    }

    /// The data area.
    pub fn frame(&self) -> Frame {
        self.frame
    }
}
