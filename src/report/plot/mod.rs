//! Plots as SVG: 800 x 500 pixels, texts of 12 pixels and more, colours that people with colour
//! blindness can tell apart, and line styles and markers for those who see none.
//!
//! Each function gives (file name, SVG) pairs and leaves out plots without data. The same result
//! always gives the same bytes.

mod axis;
mod compare;
mod curve;
mod distribution;
mod fan;
mod frontier;
mod heat;
mod marks;
mod panel;
mod picture;
mod series;
mod spof;
#[cfg(test)]
mod svg;
mod tornado;
mod utilisation;

use crate::experiment::result::{
    CompareResult, CurveResult, FrontierResult, RunResult, SpofResult, SweepResult,
};

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

/// Designs by cost and p95.
pub fn of_frontier(found: &FrontierResult) -> Plots {
    drawn([("frontier.svg", frontier::plot(found))])
}

/// What the crash of each part costs.
pub fn of_spof(spof: &SpofResult) -> Plots {
    drawn([("spof.svg", spof::plot(spof))])
}

/// Over two parameters a heat map, over one a fan, and which of them matters.
pub fn of_sweep(sweep: &SweepResult) -> Plots {
    drawn([
        ("heat.svg", heat::plot(sweep)),
        ("fan.svg", fan::plot(sweep)),
        ("tornado.svg", tornado::plot(sweep)),
    ])
}

fn drawn<const N: usize>(plots: [(&'static str, Option<String>); N]) -> Plots {
    plots
        .into_iter()
        .filter_map(|(name, svg)| Some((name, svg?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;
    use crate::statistics::{Estimate, Reason};

    fn check(plots: Plots) {
        for (name, text) in plots {
            assert!(text.len() > 500, "{name}");
            svg::Svg::read(&text).check();
        }
    }

    #[test]
    fn plots_of_nothing_but_zeros_stay_inside() {
        let mut run = sample::terminating();
        for point in &mut run.series {
            (point.offered_rps, point.throughput_rps, point.failed_rps) = (0.0, 0.0, 0.0);
            (point.in_system, point.response_mean_s, point.response_p95_s) = (0.0, None, None);
        }
        for found in &mut run.bottlenecks {
            found.utilisation = Estimate::exact(0.0);
        }
        check(of_run(&run));
    }

    #[test]
    fn a_curve_of_one_load_without_times_is_drawn() {
        let mut curve = sample::open_curve();
        curve.points.truncate(1);
        let missing = Estimate::missing(Reason::GrowsWithTime);
        let times = &mut curve.points[0].response_time_s;
        (times.mean, times.p50, times.p95, times.p99) = (missing, missing, missing, missing);
        (curve.knee, curve.recommended_max_rps) = (None, None);
        curve.saturation.reached = false;
        check(of_curve(&curve));
    }

    #[test]
    fn intervals_that_leave_the_axis_are_cut_at_its_ends() {
        let mut curve = sample::curve();
        for point in &mut curve.points {
            point.throughput_rps = Estimate::around(1.0, 4e3, 5);
            point.response_time_s.p99 = Estimate::around(0.1, 50.0, 5);
        }
        check(of_curve(&curve));
    }

    #[test]
    fn names_in_korean_with_signs_of_markup_are_drawn() {
        let mut run = sample::terminating();
        run.header.topology.name = "쇼핑몰 <b>\"A&B\"</b> ".repeat(9);
        run.marks = (0..40)
            .map(|i| (f64::from(i) * 15.0, "데이터베이스 장애 <1>".to_owned()))
            .collect();
        run.bottlenecks[0].component = "데이터베이스 주 서버 하나".to_owned();
        check(of_run(&run));
    }
}
