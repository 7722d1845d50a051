//! A tornado: what each parameter does to the mean response time, the strongest first.

use super::axis::{Axis, AxisUnit};
use super::panel::{Frame, Labels, Panel};
use super::picture::{Anchor, Dash, Key, SMALL, colour, fitting, picture};
use crate::experiment::result::sweep::{MetricIndices, SweepResult};
use crate::statistics::Estimate;
use plotters::prelude::{Color, RGBColor};

/// Parameters that fit.
const ROWS: usize = 15;
const NAMES: i32 = 190;
const FRAME: Frame = Frame {
    left: NAMES,
    top: 80,
    right: 770,
    bottom: 440,
};

/// A bar: its value, the stretch of its row, its colour.
type Bar<'a> = (&'a Estimate, (f64, f64), RGBColor);

/// The plot; `None` with fewer than two parameters that have an answer.
pub fn plot(sweep: &SweepResult) -> Option<String> {
    match sweep.indices.first() {
        Some(metric) => of_indices(sweep, metric),
        None => of_correlations(sweep),
    }
}

fn of_indices(sweep: &SweepResult, metric: &MetricIndices) -> Option<String> {
    let mut all: Vec<_> = metric.parameters.iter().collect();
    let size = |estimate: &Estimate| estimate.value.unwrap_or(0.0).abs();
    all.sort_by(|a, b| size(&b.total).total_cmp(&size(&a.total)));
    let rows: Vec<(&str, Vec<Bar<'_>>)> = all
        .iter()
        .map(|one| {
            let total = (&one.total, (-1.0, 0.0), colour::SKY);
            let first = (&one.first, (0.0, 1.0), colour::BLUE);
            (&*one.parameter, vec![total, first])
        })
        .collect();
    let ends = |one: &Estimate| one.ci95.map_or(size(one), |ends| ends.1);
    let most = all.iter().map(|one| ends(&one.total).max(ends(&one.first)));
    let most = most.fold(1.0, f64::max);
    let axis = Axis::from_zero(most, 5.0, AxisUnit::plain(""));
    let what = format!("share of the variance of {}", metric.metric);
    let keys = [("total", colour::SKY), ("first order", colour::BLUE)];
    drawn(sweep, &rows, axis, (&what, &keys))
}

fn of_correlations(sweep: &SweepResult) -> Option<String> {
    let metric = &sweep.correlations.first()?.metric;
    let own = sweep
        .correlations
        .iter()
        .filter(|one| one.metric == *metric);
    let mut all: Vec<_> = own.collect();
    let size = |estimate: &Estimate| estimate.value.unwrap_or(0.0).abs();
    all.sort_by(|a, b| size(&b.rank_correlation).total_cmp(&size(&a.rank_correlation)));
    let rows: Vec<(&str, Vec<Bar<'_>>)> = all
        .iter()
        .map(|one| {
            let rises = one.rank_correlation.value.unwrap_or(0.0) >= 0.0;
            let tint = if rises { colour::ORANGE } else { colour::BLUE };
            let bar = (&one.rank_correlation, (-1.0, 1.0), tint);
            (&*one.parameter, vec![bar])
        })
        .collect();
    let axis = Axis::between(-1.0, 1.0, 8.0, AxisUnit::plain(""));
    let what = format!("rank correlation with {metric}");
    let keys = [
        ("rises with it", colour::ORANGE),
        ("falls with it", colour::BLUE),
    ];
    drawn(sweep, &rows, axis, (&what, &keys))
}

fn drawn(
    sweep: &SweepResult,
    rows: &[(&str, Vec<Bar<'_>>)],
    axis: Axis,
    (what, keys): (&str, &[(&'static str, RGBColor)]),
) -> Option<String> {
    if rows.len() < 2 {
        return None;
    }
    let shown = &rows[..rows.len().min(ROWS)];
    let names = shown.iter().map(|row| fitting(row.0, SMALL, NAMES - 20));
    let names = Axis::of_names(names.collect());
    let title = format!("What matters in {}", sweep.header.topology.name);
    Some(picture(&title, |picture| {
        let mut panel = Panel::new(picture, FRAME, axis, names, Labels::Both);
        for (row, (_, bars)) in shown.iter().enumerate() {
            for (estimate, part, tint) in bars {
                let value = estimate.value.unwrap_or(0.0);
                let middle = panel.row_bar(row as f64, value, *part, tint.filled());
                if let Some(ends) = estimate.ci95 {
                    panel.whisker(ends, middle);
                }
            }
        }
        let keys: Vec<Key<'_>> = keys
            .iter()
            .map(|&(name, colour)| Key {
                name,
                colour,
                dash: Dash::Solid,
            })
            .collect();
        picture.legend(FRAME.right, 54, &keys);
        if rows.len() > shown.len() {
            let more = format!("{} more parameters", rows.len() - shown.len());
            picture.small((10, 54), &more, Anchor::Start);
        }
        let middle = FRAME.left.midpoint(FRAME.right);
        picture.label((middle, 482), what, Anchor::Middle);
    }))
}

#[cfg(test)]
mod tests {
    use super::super::svg::Svg;
    use super::*;
    use crate::report::sample;

    #[test]
    fn indices_are_preferred_and_the_strongest_parameter_is_on_top() {
        let sweep = sample::sampled();
        let svg = Svg::read(&plot(&sweep).unwrap());
        svg.check();
        assert_eq!(svg.patches_in(colour::BLUE), 2);
        assert_eq!(svg.patches_in(colour::SKY), 2);
        assert!(svg.has_text("share of the variance of response_time_s.mean"));
    }

    #[test]
    fn without_indices_correlations_are_drawn_with_their_sign() {
        let mut sweep = sample::sampled();
        sweep.indices.clear();
        let svg = Svg::read(&plot(&sweep).unwrap());
        svg.check();
        assert_eq!(
            svg.patches_in(colour::ORANGE) + svg.patches_in(colour::BLUE),
            2
        );
        assert!(svg.has_text("rank correlation with response_time_s.mean"));
    }

    #[test]
    fn one_parameter_makes_no_tornado() {
        assert!(plot(&sample::single()).is_none());
    }
}
