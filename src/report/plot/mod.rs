//! Plots as SVG: 800 x 500 pixels, texts of 12 pixels and more, colours that people with colour
//! blindness can tell apart, and line styles and markers for those who see none.
//!
//! Each function gives (file name, SVG) pairs and leaves out plots without data. The same result
//! always gives the same bytes.

mod axis;
mod compare;
mod curve;
mod distribution;
mod marks;
mod panel;
mod picture;
mod series;
mod spof;
#[cfg(test)]
mod svg;
mod utilisation;

use crate::experiment::result::{CompareResult, CurveResult, RunResult, SpofResult};

/// Files by name.
type Plots = Vec<(&'static str, String)>;

/// Distribution of the response time, utilisation of every resource, development over time.
pub fn of_run(run: &RunResult) -> Plots {
    let plots = [
        ("distribution.svg", distribution::plot(run)),
        ("utilisation.svg", utilisation::plot(run)),
        ("timeseries.svg", series::plot(run)),
    ];
    drawn(plots)
}

/// Throughput and response time against load.
pub fn of_curve(curve: &CurveResult) -> Plots {
    drawn([("curve.svg", curve::plot(curve))])
}

/// Response times and utilisation of each design.
pub fn of_compare(compare: &CompareResult) -> Plots {
    drawn([("compare.svg", compare::plot(compare))])
}

/// What the crash of each part costs.
pub fn of_spof(spof: &SpofResult) -> Plots {
    drawn([("spof.svg", spof::plot(spof))])
}

fn drawn<const N: usize>(plots: [(&'static str, Option<String>); N]) -> Plots {
    plots
        .into_iter()
        .filter_map(|(name, svg)| Some((name, svg?)))
        .collect()
}
