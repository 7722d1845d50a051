//! A panel: one pair of axes with lines, bands, bars and marks.

use super::axis::Axis;
use super::picture::{Anchor, Dash, Picture, SMALL, colour, done, font};
use crate::statistics::Estimate;
use plotters::chart::{ChartBuilder, ChartContext};
use plotters::coord::combinators::WithKeyPoints;
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::{
    BindKeyPoints, Cartesian2d, Circle, Color, DashedLineSeries, EmptyElement, LineSeries,
    PathElement, Polygon, RGBColor, Rectangle, SVGBackend, ShapeStyle, TriangleMarker,
};

type Ticked = WithKeyPoints<RangedCoordf64>;

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
    chart: ChartContext<'p, SVGBackend<'a>, Cartesian2d<Ticked, Ticked>>,
    frame: Frame,
    x: Axis,
    y: Axis,
}

/// Which tick labels a panel shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Labels {
    /// Of both axes.
    Both,
    /// Of the vertical axis; the horizontal one is labelled by the panel below.
    Vertical,
}

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
        let spec = |axis: &Axis| axis.range().with_key_points(axis.ticks());
        let mut chart = done(
            ChartBuilder::on(&area)
                .x_label_area_size(below)
                .y_label_area_size(frame.left)
                .build_cartesian_2d(spec(&x), spec(&y)),
        );
        done(
            chart
                .configure_mesh()
                .light_line_style(colour::GRID.mix(0.0))
                .bold_line_style(colour::GRID)
                .axis_style(colour::GREY)
                .label_style(font(SMALL, colour::GREY))
                .set_all_tick_mark_size(4)
                .x_label_formatter(&|position| x.label(*position))
                .y_label_formatter(&|position| y.label(*position))
                .draw(),
        );
        Self {
            picture,
            chart,
            frame,
            x,
            y,
        }
    }

    fn point(&self, (x, y): (f64, f64)) -> (f64, f64) {
        (self.x.at(x), self.y.at(y))
    }

    /// Pixels of a point in the picture.
    pub fn pixel(&self, point: (f64, f64)) -> (i32, i32) {
        self.chart
            .plotting_area()
            .map_coordinate(&self.point(point))
    }

    /// A line through the points; a missing value interrupts it.
    pub fn line(&mut self, points: &[(f64, Option<f64>)], pen: Pen) {
        let runs = points.split(|(_, y)| y.is_none());
        for run in runs.filter(|run| !run.is_empty()) {
            let mut places: Vec<(f64, f64)> = run
                .iter()
                .filter_map(|(x, y)| y.map(|y| self.point((*x, y))))
                .collect();
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
            let lower = ends.iter().map(|(x, (low, _))| self.point((*x, *low)));
            let upper = ends
                .iter()
                .rev()
                .map(|(x, (_, high))| self.point((*x, *high)));
            let outline: Vec<(f64, f64)> = lower.chain(upper).collect();
            let shape = Polygon::new(outline, colour.mix(0.22).filled());
            done(self.chart.draw_series([shape]));
        }
    }

    /// A filled rectangle between two points.
    pub fn bar(&mut self, from: (f64, f64), to: (f64, f64), style: ShapeStyle) {
        let shape = Rectangle::new([self.point(from), self.point(to)], style);
        done(self.chart.draw_series([shape]));
    }

    /// An interval along the horizontal axis with short ends, at height `y`.
    pub fn whisker(&mut self, (low, high): (f64, f64), y: f64) {
        let style = plotters::prelude::BLACK.stroke_width(1);
        let (from, to) = (self.point((low, y)), self.point((high, y)));
        let end = |at| EmptyElement::at(at) + PathElement::new(vec![(0, -4), (0, 4)], style);
        done(
            self.chart
                .draw_series([PathElement::new(vec![from, to], style)]),
        );
        done(self.chart.draw_series([end(from), end(to)]));
    }

    /// A single marker.
    pub fn dot(&mut self, at: (f64, f64), pen: Pen) {
        let place = self.point(at);
        self.markers(&[place], pen);
    }

    /// Shades the stretch between two values of the horizontal axis over the whole height.
    pub fn shade(&mut self, from: f64, to: f64, style: ShapeStyle) {
        let (low, high) = self.y.ends();
        self.bar((from, low), (to, high), style);
    }

    /// A vertical line over the whole height.
    pub fn upright(&self, x: f64, colour: RGBColor, dash: Dash) {
        let (at, _) = self.pixel((x, 0.0));
        let (from, to) = ((at, self.frame.top), (at, self.frame.bottom));
        self.picture.stroke(from, to, colour.stroke_width(1), dash);
    }

    /// A horizontal line over the whole width with a text above its left end.
    pub fn level(&self, y: f64, text: &str, colour: RGBColor, dash: Dash) {
        let (_, at) = self.pixel((0.0, y));
        let (from, to) = ((self.frame.left, at), (self.frame.right, at));
        self.picture.stroke(from, to, colour.stroke_width(1), dash);
        self.picture
            .small((self.frame.left + 6, at - 9), text, Anchor::Start);
    }

    /// The data area.
    pub fn frame(&self) -> Frame {
        self.frame
    }
}
