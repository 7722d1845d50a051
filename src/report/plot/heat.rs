//! A heat map: the mean response time over two parameters of a grid.

use super::picture::{Anchor, Picture, SMALL, colour, fitting, font, picture};
use crate::experiment::result::sweep::{DesignKind, SettingValue, SweepPoint, SweepResult};
use crate::experiment::result::{ObjectiveVerdict, Verdict};
use crate::report::number::{self, Unit};
use crate::report::words;
use plotters::prelude::{BLACK, Color, RGBColor, WHITE};

const LEFT: i32 = 130;
const TOP: i32 = 76;
const RIGHT: i32 = 660;
const BOTTOM: i32 = 430;
/// Rows and columns whose cells are named and numbered one by one.
const NAMED: usize = 8;
/// Most rows and columns: cells are at least a few pixels wide.
const MOST: usize = 100;

/// From fast to slow: one hue that gets darker, so that it survives printing in grey and every kind
/// of colour blindness. Source: `ColorBrewer` 2.0 by C. Brewer, sequential `Blues`.
const RAMP: [RGBColor; 3] = [
    RGBColor(0xEF, 0xF3, 0xFF),
    RGBColor(0x6B, 0xAE, 0xD6),
    RGBColor(0x08, 0x45, 0x94),
];
/// Where times have no value.
const NO_VALUE: RGBColor = RGBColor(0xBB, 0xBB, 0xBB);

/// The plot; `None` unless a grid of two parameters is done.
pub fn plot(sweep: &SweepResult) -> Option<String> {
    let [down, across] = &sweep.parameters[..] else {
        return None;
    };
    if sweep.design != DesignKind::Grid || sweep.partial {
        return None;
    }
    let rows = distinct(sweep, &down.path);
    let columns = distinct(sweep, &across.path);
    let is_drawn = |count: usize| (2..=MOST).contains(&count);
    if !is_drawn(rows.len()) || !is_drawn(columns.len()) {
        return None;
    }
    let means = sweep.points.iter().filter_map(mean);
    let least = means.clone().fold(f64::INFINITY, f64::min);
    let most = means.fold(0.0, f64::max);
    if least > most {
        return None;
    }
    let grid = Grid {
        rows: &rows,
        columns: &columns,
        least: least.max(f64::MIN_POSITIVE),
        most,
    };
    let name = &sweep.header.topology.name;
    let title = format!("Mean response time of {name} over two parameters");
    Some(picture(&title, |picture| {
        let points = sweep.points.iter().enumerate();
        for (number, point) in points {
            cell(picture, &grid, number, point);
        }
        names(picture, &grid);
        let middle = LEFT.midpoint(RIGHT);
        picture.label((10, 54), &fitting(&down.path, SMALL, 400), Anchor::Start);
        let below = fitting(&across.path, SMALL, RIGHT - LEFT);
        picture.label((middle, 470), &below, Anchor::Middle);
        key(picture, &grid);
    }))
}

/// The cells and the ends of the ramp, s.
struct Grid<'a> {
    rows: &'a [&'a SettingValue],
    columns: &'a [&'a SettingValue],
    least: f64,
    most: f64,
}

impl Grid<'_> {
    /// Left, top, right and bottom of a cell; rows from the bottom up.
    fn place(&self, row: usize, column: usize) -> ((i32, i32), (i32, i32)) {
        let along = |at: usize, count: usize, from: i32, to: i32| {
            from + (f64::from(to - from) * at as f64 / count as f64) as i32
        };
        let x = |column| along(column, self.columns.len(), LEFT, RIGHT);
        let y = |row| along(row, self.rows.len(), TOP, BOTTOM);
        let row = self.rows.len() - 1 - row;
        ((x(column), y(row)), (x(column + 1), y(row + 1)))
    }

    /// Where a time lies between least and most, 0 to 1, in ratios.
    fn share(&self, seconds: f64) -> f64 {
        let ratio = |a: f64| libm::log(a / self.least);
        if self.most > self.least {
            (ratio(seconds) / ratio(self.most)).clamp(0.0, 1.0)
        } else {
            0.0
        }
    }

    /// Every how many rows and columns are named.
    fn steps(&self) -> (usize, usize) {
        (
            self.rows.len().div_ceil(2 * NAMED),
            self.columns.len().div_ceil(NAMED),
        )
    }
}

/// Colour at a share of the ramp.
fn tint(share: f64) -> RGBColor {
    let (from, to, at) = if share < 0.5 {
        (RAMP[0], RAMP[1], 2.0 * share)
    } else {
        (RAMP[1], RAMP[2], 2.0 * share - 1.0)
    };
    let mix = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * at).round() as u8;
    RGBColor(mix(from.0, to.0), mix(from.1, to.1), mix(from.2, to.2))
}

fn mean(point: &SweepPoint) -> Option<f64> {
    point.response_time_s.mean.value
}

/// The settings of a parameter in the order of the grid.
fn distinct<'a>(sweep: &'a SweepResult, path: &str) -> Vec<&'a SettingValue> {
    let mut found: Vec<&SettingValue> = Vec::new();
    let all = sweep
        .points
        .iter()
        .filter_map(|point| point.parameters.get(path));
    for value in all {
        if !found.contains(&value) {
            found.push(value);
        }
    }
    found
}

fn cell(picture: &Picture<'_>, grid: &Grid<'_>, number: usize, point: &SweepPoint) {
    let (row, column) = (number / grid.columns.len(), number % grid.columns.len());
    let (from, to) = grid.place(row, column);
    let share = mean(point).map(|seconds| grid.share(seconds));
    let fill = share.map_or(NO_VALUE, tint);
    picture.patch(from, to, fill.filled());
    let breaks = |verdict| verdict == ObjectiveVerdict::Fail;
    if point.objectives.iter().any(|one| breaks(one.verdict)) {
        mark(picture, (from.0 + 3, from.1 + 3));
    }
    if grid.columns.len() > NAMED || grid.rows.len() > 2 * NAMED {
        return;
    }
    let text = match mean(point) {
        Some(seconds) => number::number(seconds, Unit::Seconds),
        None if point.verdict == Verdict::Saturated => "saturated".to_owned(),
        None => "no data".to_owned(),
    };
    let ink = if share.is_some_and(|share| share > 0.6) {
        WHITE
    } else {
        BLACK
    };
    let middle = (from.0.midpoint(to.0), from.1.midpoint(to.1));
    let text = fitting(&text, SMALL, to.0 - from.0 - 4);
    picture.text(middle, &text, &font(SMALL, ink), Anchor::Middle);
}

/// An objective fails there.
fn mark(picture: &Picture<'_>, at: (i32, i32)) {
    picture.patch(at, (at.0 + 6, at.1 + 6), colour::VERMILION.filled());
}

fn names(picture: &Picture<'_>, grid: &Grid<'_>) {
    let (down, across) = grid.steps();
    for (row, value) in grid.rows.iter().enumerate().step_by(down) {
        let (from, to) = grid.place(row, 0);
        let text = fitting(&words::setting(value), SMALL, LEFT - 18);
        picture.small((LEFT - 8, from.1.midpoint(to.1)), &text, Anchor::End);
    }
    for (column, value) in grid.columns.iter().enumerate().step_by(across) {
        let (from, to) = grid.place(0, column);
        let room = f64::from(RIGHT - LEFT) * across as f64 / grid.columns.len() as f64;
        let text = fitting(&words::setting(value), SMALL, room as i32 - 6);
        picture.small((from.0.midpoint(to.0), BOTTOM + 14), &text, Anchor::Middle);
    }
}

/// The ramp with its ends, and what the marks are.
fn key(picture: &Picture<'_>, grid: &Grid<'_>) {
    const X: i32 = RIGHT + 30;
    const STEPS: i32 = 40;
    let y = |step: i32| BOTTOM - 80 - (BOTTOM - 80 - TOP) * step / STEPS;
    for step in 0..STEPS {
        let share = (f64::from(step) + 0.5) / f64::from(STEPS);
        picture.patch((X, y(step + 1)), (X + 18, y(step)), tint(share).filled());
    }
    let end = |seconds: f64| number::number(seconds, Unit::Seconds);
    picture.small((X + 24, y(STEPS) + 6), &end(grid.most), Anchor::Start);
    picture.small((X + 24, y(0) - 6), &end(grid.least), Anchor::Start);
    mark(picture, (X, BOTTOM - 42));
    picture.small((X + 12, BOTTOM - 46), "an objective", Anchor::Start);
    picture.small((X + 12, BOTTOM - 31), "fails", Anchor::Start);
    picture.patch((X, BOTTOM - 16), (X + 12, BOTTOM - 4), NO_VALUE.filled());
    picture.small((X + 18, BOTTOM - 10), "no value", Anchor::Start);
}

#[cfg(test)]
mod tests {
    use super::super::svg::Svg;
    use super::*;
    use crate::report::sample;

    #[test]
    fn every_cell_is_numbered_and_those_that_fail_are_marked() {
        let sweep = sample::grid();
        let svg = Svg::read(&plot(&sweep).unwrap());
        svg.check();
        let failing = |point: &&SweepPoint| {
            let mut all = point.objectives.iter();
            all.any(|one| one.verdict == ObjectiveVerdict::Fail)
        };
        let marks = sweep.points.iter().filter(failing).count();
        assert_eq!(svg.patches_in(colour::VERMILION), marks + 1);
        for point in &sweep.points {
            if let Some(seconds) = mean(point) {
                assert!(svg.has_text(&number::number(seconds, Unit::Seconds)));
            }
        }
        assert!(svg.has_text("saturated") && svg.has_text("was.replicas"));
    }

    #[test]
    fn only_grids_of_two_parameters_are_maps() {
        assert!(plot(&sample::sampled()).is_none());
    }

    #[test]
    fn the_ramp_gets_darker() {
        let light =
            |colour: RGBColor| f64::from(colour.0) + f64::from(colour.1) + f64::from(colour.2);
        let steps: Vec<f64> = (0..=10).map(|i| light(tint(f64::from(i) / 10.0))).collect();
        assert!(steps.windows(2).all(|pair| pair[1] < pair[0]), "{steps:?}");
    }
}
