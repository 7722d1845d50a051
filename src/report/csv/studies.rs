//! Tables of curves, comparisons and single points.

use super::{Row, Rows};
use crate::experiment::result::fewest::{StateLook, TriedValue};
use crate::experiment::result::{
    CapacityResult, CompareResult, CurvePoint, CurveResult, Difference, FewestResult, FitResult,
    FrontierResult, HighestResult, ObjectiveFinding, SinglePoint, SpofResult, Tried,
};
use crate::report::words;
use crate::report::zones::Zone;
use crate::statistics::Estimate;

fn point_row(curve: &CurveResult, point: &CurvePoint) -> Row {
    let times = &point.response_time_s;
    let busiest = point.utilisation.first();
    Row::default()
        .put("load", point.load)
        .put("zone", Zone::of(curve, point.load).name())
        .estimate("offered_rps", &point.offered_rps)
        .estimate("throughput_rps", &point.throughput_rps)
        .estimate("response_mean_s", &times.mean)
        .estimate("response_p50_s", &times.p50)
        .estimate("response_p95_s", &times.p95)
        .estimate("response_p99_s", &times.p99)
        .estimate("error_rate", &point.error_rate)
        .option("busiest", busiest.map(|(name, _)| name))
        .option("busiest_utilisation", busiest.map(|(_, share)| share))
}

/// `points.csv`: a row for every load of a curve.
pub fn points(curve: &CurveResult) -> String {
    table(curve.points.iter().map(|point| point_row(curve, point)))
}

/// `loads.csv`: a row for every load tried.
pub fn loads(capacity: &CapacityResult) -> String {
    let row = |tried: &Tried| {
        Row::default()
            .put("load", tried.load)
            .put("came_back", tried.came_back)
            .put("of", tried.of)
            .put("answered_before", tried.answered_before)
            .put("answered_after", tried.answered_after)
            .put("inside_after_trigger", tried.inside[0])
            .put("inside_at_end", tried.inside[1])
            .option("recovery_s", tried.recovery_s)
            .put("watched_s", tried.watched_s)
            .put("undecided", tried.undecided)
    };
    table(capacity.tried.iter().map(row))
}

/// `loads.csv`: a row for every load looked at and every objective.
pub fn looked(found: &HighestResult) -> String {
    let rows = found.tried.iter().flat_map(|one| {
        let measured = found.objectives.iter().zip(&one.measured);
        measured.map(|(objective, value)| {
            Row::default()
                .put("load", one.load)
                .put("objective", &objective.text)
                .option("measured", *value)
                .put("all_kept", one.kept)
                .put("replications", one.replications)
        })
    });
    table(rows)
}

/// The fitted laws of every class.
pub fn laws(fit: &FitResult) -> String {
    let missing = Estimate::missing(crate::statistics::Reason::NoData);
    table(fit.laws.iter().map(|law| {
        Row::default()
            .put("class", &law.class)
            .put("law", crate::report::fitted::law(law))
            .put("requests", law.requests)
            .estimate("mean_s", &law.mean_s)
            .estimate("cv", law.cv.as_ref().unwrap_or(&missing))
            .put("aic", law.aic)
            .put("gap", law.gap)
            .put("p50_off", law.p50_off)
            .put("p95_off", law.p95_off)
            .put("p99_off", law.p99_off)
    }))
}

/// `values.csv`: a row for every value looked at, state and objective.
pub fn values(found: &FewestResult) -> String {
    let mut rows = Rows::headed_by(value_row("", None, None));
    for one in &found.tried {
        for state in &one.states {
            let seen = Some((one, state));
            if state.objectives.is_empty() {
                rows.push(value_row(&words::value(&one.value), seen, None));
            }
            for objective in &state.objectives {
                rows.push(value_row(&words::value(&one.value), seen, Some(objective)));
            }
        }
    }
    rows.text()
}

fn value_row(
    value: &str,
    seen: Option<(&TriedValue, &StateLook)>,
    objective: Option<&ObjectiveFinding>,
) -> Row {
    let state = seen.map(|(_, state)| state);
    let ends = objective.and_then(|one| one.ci95);
    Row::default()
        .put("value", value)
        .option("lost", state.map(|state| state.lost))
        .option("kept", state.and_then(|state| state.kept))
        .option("certified", seen.map(|(one, _)| one.certified))
        .option("reason", state.and_then(|state| state.reason.clone()))
        .option("objective", objective.map(|one| &one.text))
        .option("measured", objective.and_then(|one| one.measured))
        .option("low", ends.map(|ends| ends.0))
        .option("high", ends.map(|ends| ends.1))
        .option("replications", state.map(|state| state.replications))
        .option(
            "cost_per_month",
            seen.and_then(|(one, _)| one.cost_per_month),
        )
}

/// Rows with the head of the first.
fn table(rows: impl Iterator<Item = Row>) -> String {
    let mut rows = rows.peekable();
    let Some(first) = rows.peek() else {
        return String::new();
    };
    let mut all = Rows {
        head: first.head.clone(),
        rows: Vec::new(),
    };
    rows.for_each(|row| all.push(row));
    all.text()
}

fn difference_row(metric: &str, a: &str, b: &str, estimate: &Estimate) -> Row {
    Row::default()
        .put("metric", metric)
        .put("a", a)
        .put("b", b)
        .estimate("difference", estimate)
}

fn judged(row: Row, difference: Option<&Difference>) -> Row {
    row.option(
        "relative",
        difference.and_then(|difference| difference.relative),
    )
    .option(
        "significant",
        difference.map(|difference| difference.significant),
    )
    .option("gain", difference.and_then(|difference| difference.gain))
}

/// `differences.csv`: a row for every metric of every pair of designs that was compared.
pub fn differences(compare: &CompareResult) -> String {
    let blank = difference_row("", "", "", &Estimate::exact(0.0));
    let mut rows = Rows::headed_by(judged(blank, None));
    for found in &compare.differences {
        let row = difference_row(&found.metric, &found.a, &found.b, &found.difference);
        rows.push(judged(row, Some(found)));
    }
    rows.text()
}

/// `designs.csv`: a row for every design.
pub fn designs(compare: &CompareResult) -> String {
    table(compare.designs.iter().map(|design| {
        let (run, times) = (&design.run, &design.run.response_time_s);
        let cost = run.cost.as_ref();
        let (capacity, losses) = (design.capacity.as_ref(), design.losses.as_ref());
        let ends = capacity.and_then(|one| one.ci95);
        Row::default()
            .put("design", &design.name)
            .put("verdict", words::verdict(run.verdict))
            .estimate("response_mean_s", &times.mean)
            .estimate("response_p95_s", &times.p95)
            .estimate("response_p99_s", &times.p99)
            .estimate("throughput_rps", &run.throughput_rps)
            .estimate("error_rate", &run.error_rate)
            .option("cost_per_month", cost.map(|bill| bill.per_month))
            .option(
                "cost_per_million_requests",
                cost.and_then(|bill| bill.per_million_requests),
            )
            .option("carries", capacity.and_then(|one| one.load))
            .option("carries_low", ends.map(|ends| ends.0))
            .option("carries_high", ends.map(|ends| ends.1))
            .option("availability", losses.and_then(|one| one.availability))
            .option(
                "single_points",
                losses.map(|one| one.single_points.join(" ")),
            )
    }))
}

/// `frontier.csv`: a row for every design, with a column for every axis.
pub fn frontier(found: &FrontierResult) -> String {
    table(found.points.iter().map(|point| {
        let mut row = Row::default();
        for (axis, value) in found.axes.iter().zip(point.bare_values()) {
            // A name, without the quotes that the file writes around it.
            row = row.put(&axis.path, value);
        }
        let capacity = point.capacity.as_ref();
        let ends = capacity.and_then(|one| one.ci95);
        row.put("verdict", words::verdict(point.verdict))
            .option("cost_per_month", point.cost_per_month)
            .estimate("response_p95_s", &point.response_p95_s)
            .option(
                "carries",
                capacity.and_then(|one| one.load.or(one.at_least)),
            )
            .option("carries_low", ends.map(|ends| ends.0))
            .option("carries_high", ends.map(|ends| ends.1))
            .option("availability", point.availability)
            .put("standing", words::standing(point.standing))
            .option("beaten_by", point.beaten_by.as_ref())
    }))
}

fn single_row(name: &str, point: Option<&SinglePoint>) -> Row {
    let class = point.map(|point| words::point_class(point.class));
    let verdict = point
        .and_then(|point| point.verdict)
        .map(words::point_verdict);
    let blast = point.and_then(|point| point.blast.as_ref());
    Row::default()
        .put("component", name)
        .option("class", class)
        .option("route", point.map(|point| words::route(point.route)))
        .option("verdict", verdict)
        .option("journeys", point.map(|point| point.journeys.join(" ")))
        .option("lost_share", point.and_then(|point| point.lost_share))
        .option("recovery_s", point.and_then(|point| point.recovery_s))
        .option("witness", point.map(|point| &point.witness))
        .option("fix", point.map(|point| &point.fix))
        .option("cure", point.map(|point| point.cure.join(" ")))
        .option(
            "breaks_objective",
            point.map(|point| point.breaks_objective.to_string()),
        )
        .option("lost_requests", blast.map(|blast| blast.lost_requests))
        .option(
            "above_objective_s",
            blast.and_then(|blast| blast.above_objective_s),
        )
        .option("budget_spent", blast.and_then(|blast| blast.budget_spent))
        .option(
            "lost_sessions_share",
            blast.and_then(|blast| blast.lost_sessions_share),
        )
        .option("lost_writes", blast.and_then(|blast| blast.lost_writes))
        .option("repair_s", point.and_then(|point| point.repair_s))
}

/// `single_points.csv`: a row for every part that was broken; `class` is `survived` for those
/// that are no single point.
pub fn single_points(spof: &SpofResult) -> String {
    let mut rows = Rows::headed_by(single_row("", None));
    for point in spof.single_points.iter().chain(&spof.survived) {
        rows.push(single_row(&point.component, Some(point)));
    }
    rows.text()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn loads_without_times_have_empty_cells() {
        let text = points(&sample::open_curve());
        let last = text.lines().last().unwrap();
        assert!(
            last.starts_with("960,heavy,") && last.contains(",,,"),
            "{last}"
        );
        assert_eq!(text.lines().count(), 1 + sample::open_curve().points.len());
    }

    #[test]
    fn differences_say_whether_they_are_significant() {
        let text = differences(&sample::compare());
        let found: Vec<bool> = text
            .lines()
            .skip(1)
            .map(|line| line.split(',').rev().nth(1).unwrap() == "true")
            .collect();
        assert_eq!(found, [true, false, true, true]);
    }

    #[test]
    fn parts_that_survived_are_listed_too() {
        let text = single_points(&sample::spof());
        assert!(
            text.lines()
                .last()
                .unwrap()
                .starts_with("nginx/2,survived,direct,masked")
        );
        assert_eq!(text.lines().count(), 5);
    }
}
