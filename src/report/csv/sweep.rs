//! Tables of sweeps.

use super::{Row, Rows};
use crate::experiment::result::sweep::{SettingValue, SweepParameter, SweepPoint, SweepResult};
use crate::report::words;
use crate::statistics::Estimate;

/// `points.csv`: a row for every point. Quantities stand in their base unit, which ends the name of
/// their column.
pub fn sweep_points(sweep: &SweepResult) -> String {
    point_rows(sweep).map_or_else(String::new, |rows| rows.text())
}

/// The rows of `points.csv`; `None` without a point.
pub(in crate::report) fn point_rows(sweep: &SweepResult) -> Option<Rows> {
    let first = sweep.points.first()?;
    let mut rows = Rows::headed_by(point_row(sweep, 0, first));
    for (number, point) in sweep.points.iter().enumerate() {
        rows.push(point_row(sweep, number, point));
    }
    Some(rows)
}

fn point_row(sweep: &SweepResult, number: usize, point: &SweepPoint) -> Row {
    let mut row = Row::default().put("point", number);
    for parameter in &sweep.parameters {
        let value = point.parameters.get(&parameter.path);
        row = match value.and_then(SettingValue::number) {
            Some(number) => row.put(&column(parameter), number),
            None => row.option(&column(parameter), value.map(SettingValue::text)),
        };
    }
    let times = &point.response_time_s;
    row = row
        .put("verdict", words::verdict(point.verdict))
        .put("replications", point.replications)
        .estimate("offered_rps", &point.offered_rps)
        .estimate("throughput_rps", &point.throughput_rps)
        .estimate("goodput_rps", &point.goodput_rps)
        .estimate("error_rate", &point.error_rate)
        .estimate("response_mean_s", &times.mean)
        .estimate("response_p50_s", &times.p50)
        .estimate("response_p95_s", &times.p95)
        .estimate("response_p99_s", &times.p99);
    let busiest = point.bottleneck.as_ref();
    row = row
        .option(
            "busiest",
            busiest.map(|found| format!("{}.{}", found.component, found.resource)),
        )
        .option(
            "busiest_utilisation",
            busiest.and_then(|found| found.utilisation.value),
        );
    for text in asked(sweep) {
        let own = point.objectives.iter().find(|one| one.text == text);
        row = row
            .option(text, own.and_then(|one| one.measured))
            .option(&format!("{text}: holds"), own.and_then(|one| one.holds));
    }
    row
}

/// The objectives of all points, each once.
fn asked(sweep: &SweepResult) -> Vec<&str> {
    let mut texts: Vec<&str> = Vec::new();
    for one in sweep.points.iter().flat_map(|point| &point.objectives) {
        if !texts.contains(&&*one.text) {
            texts.push(&one.text);
        }
    }
    texts
}

/// Path and base unit.
fn column(parameter: &SweepParameter) -> String {
    let unit = match &*parameter.unit {
        "s" => "_s",
        "B" => "_bytes",
        "bit/s" => "_bps",
        "per_s" => "_rps",
        _ => "",
    };
    format!("{}{unit}", parameter.path)
}

/// `sensitivities.csv`: a row for every metric and parameter.
pub fn sensitivities(sweep: &SweepResult) -> String {
    let row = |metric: &str, parameter: &str, rho: &Estimate, both: [&Estimate; 2]| {
        Row::default()
            .put("metric", metric)
            .put("parameter", parameter)
            .estimate("rank_correlation", rho)
            .estimate("first", both[0])
            .estimate("total", both[1])
    };
    let none = Estimate {
        value: None,
        ci95: None,
        reason: None,
        groups: 0,
    };
    let mut rows = Rows::headed_by(row("", "", &none, [&none, &none]));
    for one in &sweep.correlations {
        let of_metric = sweep.indices.iter().find(|own| own.metric == one.metric);
        let of_both = of_metric.and_then(|own| {
            let mut all = own.parameters.iter();
            all.find(|found| found.parameter == one.parameter)
        });
        let both = of_both.map_or([&none, &none], |found| [&found.first, &found.total]);
        rows.push(row(
            &one.metric,
            &one.parameter,
            &one.rank_correlation,
            both,
        ));
    }
    rows.text()
}
