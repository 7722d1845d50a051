//! Distribution of the response time over a logarithmic axis, with its quantiles.

use super::axis::{Axis, AxisUnit};
use super::marks::{self, Mark};
use super::panel::{Frame, Labels, Panel};
use super::picture::{Anchor, Dash, colour, picture};
use crate::experiment::result::RunResult;
use crate::report::number::{self, Unit};
use plotters::prelude::{BLACK, Color, RGBColor};
use std::collections::BTreeMap;

const FRAME: Frame = Frame {
    left: 72,
    top: 156,
    right: 770,
    bottom: 436,
};
/// Bars per power of ten.
const PER_DECADE: f64 = 24.0;

/// The plot; `None` without answers.
pub fn plot(run: &RunResult) -> Option<String> {
    let bars = bars(&run.distribution);
    let (low, high) = (bars.first()?.0, bars.last()?.1);
    let unit = AxisUnit::time(high / 2.0);
    let x = Axis::log(low, high, unit);
    let top = bars.iter().map(|bar| bar.2).fold(0.0, f64::max);
    let y = Axis::from_zero(top * 1.05, 5.0, AxisUnit::PERCENT);
    let what = format!("response time ({}, log scale)", x.unit());
    let title = format!("Response times of {}", run.header.topology.name);
    Some(picture(&title, |picture| {
        let mut panel = Panel::new(picture, FRAME, x, y, Labels::Both);
        for (from, to, share) in &bars {
            panel.bar((*from, 0.0), (*to, *share), colour::SKY.filled());
        }
        let marks: Vec<Mark> = quantiles(run)
            .into_iter()
            .map(|(name, at, colour, dash)| {
                panel.upright(at, colour, dash);
                let text = format!("{name} {}", number::number(at, Unit::Seconds));
                Mark {
                    x: panel.pixel((at, 0.0)).0,
                    text,
                    colour,
                }
            })
            .collect();
        marks::write(picture, &marks, FRAME.top, 6);
        picture.label(
            (10, 48),
            "answers in each of 24 bars per power of ten (%)",
            Anchor::Start,
        );
        picture.label(
            (FRAME.left.midpoint(FRAME.right), 480),
            &what,
            Anchor::Middle,
        );
    }))
}

/// Mean and quantiles that are known.
fn quantiles(run: &RunResult) -> Vec<(&'static str, f64, RGBColor, Dash)> {
    let times = &run.response_time_s;
    let all = [
        ("p50", &times.p50, colour::BLUE, Dash::Solid),
        ("mean", &times.mean, BLACK, Dash::Dotted),
        ("p90", &times.p90, colour::BLUE, Dash::Dashed),
        ("p95", &times.p95, colour::VERMILION, Dash::Solid),
        ("p99", &times.p99, colour::VERMILION, Dash::Dashed),
        ("p99.9", &times.p99_9, colour::PURPLE, Dash::Dotted),
    ];
    let known = all
        .into_iter()
        .filter_map(|(name, estimate, colour, dash)| {
            Some((
                name,
                estimate.value.filter(|value| *value > 0.0)?,
                colour,
                dash,
            ))
        });
    known.collect()
}

/// Bands of the result, spread over bars that are equally wide on the axis: (from, to, share).
///
/// A band begins where the one before ends; the first, and one after a gap, is taken to be as wide
/// as the narrowest.
fn bars(bands: &[(f64, f64)]) -> Vec<(f64, f64, f64)> {
    let bands = bands.iter().filter(|(edge, _)| *edge > 0.0);
    let edges: Vec<f64> = bands.clone().map(|(edge, _)| *edge).collect();
    let ratios = edges
        .windows(2)
        .map(|pair| pair[1] / pair[0])
        .filter(|ratio| *ratio > 1.0);
    let ratio = ratios.fold(libm::pow(10.0, 1.0 / PER_DECADE), f64::min);
    let place = |value: f64| libm::log10(value) * PER_DECADE;
    let mut shares = BTreeMap::new();
    let mut end = 0.0;
    for &(edge, share) in bands {
        let lower = if edge > end * ratio * ratio {
            edge / ratio
        } else {
            end
        };
        end = edge;
        if share > 0.0 {
            spread(&mut shares, place(lower), place(edge), share);
        }
    }
    let value = |index: i64| libm::pow(10.0, index as f64 / PER_DECADE);
    shares
        .into_iter()
        .map(|(index, share)| (value(index), value(index + 1), share))
        .collect()
}

/// Gives each whole step between two places its part of `share`.
fn spread(shares: &mut BTreeMap<i64, f64>, from: f64, to: f64, share: f64) {
    let (first, last) = (libm::floor(from) as i64, libm::floor(to - 1e-9) as i64);
    for index in first..=last.max(first) {
        let (left, right) = (from.max(index as f64), to.min(index as f64 + 1.0));
        let part = if to > from {
            ((right - left) / (to - from)).clamp(0.0, 1.0)
        } else {
            1.0
        };
        *shares.entry(index).or_insert(0.0) += share * part;
    }
}

#[cfg(test)]
mod tests {
    use super::super::svg::Svg;
    use super::*;
    use crate::report::sample;

    #[test]
    fn the_distribution_has_its_bars_and_quantiles() {
        let run = sample::run();
        let svg = Svg::read(&plot(&run).unwrap());
        svg.check();
        assert!(
            svg.has_text("response time (ms, log scale)"),
            "{:?}",
            svg.texts()
        );
        assert!(svg.texts().iter().any(|text| text.ends_with("(%)")));
        for name in ["p50 ", "mean ", "p90 ", "p95 ", "p99 ", "p99.9 "] {
            assert!(
                svg.texts().iter().any(|text| text.starts_with(name)),
                "{name}"
            );
        }
        assert_eq!(svg.patches_in(colour::SKY), bars(&run.distribution).len());
    }

    #[test]
    fn spreading_bands_over_bars_loses_nothing() {
        let bands = sample::run().distribution;
        let total: f64 = bands.iter().map(|band| band.1).sum();
        let drawn: f64 = bars(&bands).iter().map(|bar| bar.2).sum();
        assert!((total - drawn).abs() < 1e-9, "{total} {drawn}");
    }

    #[test]
    fn bands_far_apart_leave_a_gap_between_their_bars() {
        let found = bars(&[(0.001, 0.5), (1.0, 0.5)]);
        assert!(found.len() <= 4, "{found:?}");
        let empty = found.windows(2).any(|pair| pair[1].0 > 100.0 * pair[0].1);
        assert!(empty, "{found:?}");
    }

    #[test]
    fn a_single_value_is_drawn_too() {
        let mut run = sample::run();
        run.distribution = vec![(0.01, 1.0)];
        Svg::read(&plot(&run).unwrap()).check();
        run.distribution.clear();
        assert!(plot(&run).is_none());
    }
}
