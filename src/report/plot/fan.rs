//! A fan: the response times over one parameter, as bands between their percentiles.

use super::axis::{Axis, AxisUnit};
use super::panel::{Frame, Labels, Marker, Panel, Pen};
use super::picture::{Anchor, Dash, Key, SMALL, colour, fitting, picture};
use crate::experiment::result::sweep::{SweepParameter, SweepPoint, SweepResult};
use crate::statistics::Estimate;

const FRAME: Frame = Frame {
    left: 80,
    top: 80,
    right: 770,
    bottom: 430,
};
const MEAN: Pen = Pen {
    colour: colour::VERMILION,
    dash: Dash::Solid,
    marker: Marker::Disc,
};
/// Ends of the fan; its bands are paler the further out they end.
const ENDS: [Pen; 3] = [
    Pen {
        colour: colour::BLUE,
        dash: Dash::Solid,
        marker: Marker::None,
    },
    Pen {
        colour: colour::BLUE,
        dash: Dash::Dashed,
        marker: Marker::None,
    },
    Pen {
        colour: colour::BLUE,
        dash: Dash::Dotted,
        marker: Marker::None,
    },
];
/// A range of settings wider than this is drawn in ratios.
const WIDE: f64 = 20.0;

/// The plot; `None` unless one parameter with numbers was varied.
pub fn plot(sweep: &SweepResult) -> Option<String> {
    let [parameter] = &sweep.parameters[..] else {
        return None;
    };
    let mut points: Vec<(f64, &SweepPoint)> = sweep
        .points
        .iter()
        .filter_map(|point| Some((point.parameters.get(&parameter.path)?.number()?, point)))
        .collect();
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (first, last) = (points.first()?.0, points.last()?.0);
    let tops = points.iter().filter_map(|(_, point)| {
        point
            .response_time_s
            .p99
            .value
            .or(point.response_time_s.mean.value)
    });
    let top = tops.fold(0.0, f64::max);
    if top <= 0.0 || last <= first {
        return None;
    }
    let y = Axis::from_zero(top, 6.0, AxisUnit::time(top));
    let what = format!("response time ({})", y.unit());
    let (x, below) = across(parameter, first, last);
    let name = &sweep.header.topology.name;
    let title = format!("Response times of {name} against {}", parameter.path);
    Some(picture(&title, |picture| {
        let mut panel = Panel::new(picture, FRAME, x, y, Labels::Both);
        for end in [p99, p95, p90] {
            panel.band(&band(&points, end), colour::BLUE);
        }
        for (end, pen) in [p90, p95, p99].into_iter().zip(ENDS) {
            panel.line(&line(&points, end), pen);
        }
        panel.line(&line(&points, |point| &point.response_time_s.mean), MEAN);
        picture.label((10, 54), &what, Anchor::Start);
        let middle = FRAME.left.midpoint(FRAME.right);
        let below = fitting(&below, SMALL, FRAME.right - FRAME.left);
        picture.label((middle, 476), &below, Anchor::Middle);
        let names = ["mean", "p50 to p90", "to p95", "to p99"];
        let pens = [MEAN, ENDS[0], ENDS[1], ENDS[2]];
        let keys: Vec<Key<'_>> = names
            .into_iter()
            .zip(pens)
            .map(|(name, pen)| Key {
                name,
                colour: pen.colour,
                dash: pen.dash,
            })
            .collect();
        picture.legend(FRAME.right, 54, &keys);
    }))
}

/// The axis of the settings, and what stands below it.
fn across(parameter: &SweepParameter, first: f64, last: f64) -> (Axis, String) {
    let unit = match &*parameter.unit {
        "s" => AxisUnit::time(last),
        "B" => AxisUnit::plain("bytes"),
        "bit/s" => AxisUnit::plain("bit/s"),
        "per_s" => AxisUnit::plain("per second"),
        _ => AxisUnit::plain(""),
    };
    let is_wide = first > 0.0 && last / first > WIDE;
    let axis = if is_wide {
        Axis::log(first, last, unit)
    } else {
        Axis::between(first, last, 8.0, unit)
    };
    let how = match (unit.name, is_wide) {
        ("", false) => String::new(),
        ("", true) => " (log scale)".to_owned(),
        (name, false) => format!(" ({name})"),
        (name, true) => format!(" ({name}, log scale)"),
    };
    (axis, format!("{}{how}", parameter.path))
}

fn p90(point: &SweepPoint) -> &Estimate {
    &point.response_time_s.p90
}

fn p95(point: &SweepPoint) -> &Estimate {
    &point.response_time_s.p95
}

fn p99(point: &SweepPoint) -> &Estimate {
    &point.response_time_s.p99
}

/// From the median to `end`, at every setting.
fn band(points: &[(f64, &SweepPoint)], end: fn(&SweepPoint) -> &Estimate) -> Vec<(f64, Estimate)> {
    let one = |(at, point): &(f64, &SweepPoint)| {
        let low = point.response_time_s.p50.value;
        let ends = low.zip(end(point).value);
        let estimate = Estimate {
            value: low,
            ci95: ends,
            reason: None,
            groups: 0,
        };
        (*at, estimate)
    };
    points.iter().map(one).collect()
}

fn line(
    points: &[(f64, &SweepPoint)],
    of: fn(&SweepPoint) -> &Estimate,
) -> Vec<(f64, Option<f64>)> {
    points
        .iter()
        .map(|(at, point)| (*at, of(point).value))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::svg::Svg;
    use super::*;
    use crate::report::sample;

    #[test]
    fn every_setting_has_its_mean() {
        let sweep = sample::single();
        let svg = Svg::read(&plot(&sweep).unwrap());
        svg.check();
        let answered = |point: &&SweepPoint| point.response_time_s.mean.value.is_some();
        let count = sweep.points.iter().filter(answered).count();
        assert_eq!(svg.discs_in(MEAN.colour), count);
        assert!(svg.has_text("response time (ms)"));
        assert!(svg.has_text("rate (per second)"), "{:?}", svg.texts());
    }

    #[test]
    fn two_parameters_or_words_make_no_fan() {
        assert!(plot(&sample::grid()).is_none());
        let mut sweep = sample::single();
        sweep.points.truncate(1);
        assert!(plot(&sweep).is_none());
    }
}
