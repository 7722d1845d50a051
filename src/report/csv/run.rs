//! Tables of a run.

use super::{Row, Rows};
use crate::experiment::result::{
    ClassSummary, ComponentSummary, LinkSummary, ResourceSummary, RunResult, SeriesPoint,
    TimeStatistics,
};
use crate::statistics::{Estimate, Reason};

/// An estimate that only lends its columns.
const BLANK: Estimate = Estimate {
    value: None,
    ci95: None,
    reason: Some(Reason::NoData),
    groups: 0,
};

fn times(row: Row, name: &str, times: &TimeStatistics) -> Row {
    row.estimate(&format!("{name}_mean_s"), &times.mean)
        .option(&format!("{name}_sd_s"), times.sd)
        .estimate(&format!("{name}_p50_s"), &times.p50)
        .estimate(&format!("{name}_p90_s"), &times.p90)
        .estimate(&format!("{name}_p95_s"), &times.p95)
        .estimate(&format!("{name}_p99_s"), &times.p99)
        .estimate(&format!("{name}_p99_9_s"), &times.p99_9)
        .option(&format!("{name}_max_s"), times.max)
}

fn component_row(name: &str, kind: &str, part: Option<&ComponentSummary>) -> Row {
    let of = |pick: fn(&ComponentSummary) -> &Estimate| part.map_or(&BLANK, pick);
    Row::default()
        .put("component", name)
        .put("kind", kind)
        .option("replicas", part.map(|part| part.replicas))
        .estimate("throughput_rps", of(|part| &part.throughput_rps))
        .estimate("component_queue_mean", of(|part| &part.queue_length.mean))
        .option(
            "component_queue_max",
            part.map(|part| part.queue_length.max),
        )
        .estimate("in_system_mean", of(|part| &part.in_system.mean))
        .estimate(
            "component_waiting_mean_s",
            of(|part| &part.waiting_time_s.mean),
        )
        .estimate(
            "component_waiting_p95_s",
            of(|part| &part.waiting_time_s.p95),
        )
        .estimate("waited_share", of(|part| &part.waited_share))
        .estimate("blocked_share", of(|part| &part.blocked_share))
        .estimate("wasted_s", of(|part| &part.wasted_s))
        .option("healthy_mean", part.map(|part| part.healthy.mean))
        .option("healthy_min", part.map(|part| part.healthy.min))
}

fn with_resource(row: Row, name: &str, resource: Option<&ResourceSummary>) -> Row {
    let of = |pick: fn(&ResourceSummary) -> &Estimate| resource.map_or(&BLANK, pick);
    row.put("resource", name)
        .estimate("utilisation", of(|resource| &resource.utilisation))
        .estimate("mean_in_use", of(|resource| &resource.mean_in_use))
        .option("capacity", resource.and_then(|resource| resource.capacity))
        .estimate("queue_mean", of(|resource| &resource.queue_length.mean))
        .option(
            "queue_max",
            resource.map(|resource| resource.queue_length.max),
        )
        .estimate(
            "waiting_mean_s",
            of(|resource| &resource.waiting_time_s.mean),
        )
}

/// `components.csv`: a row for every resource of every component and host; a component without
/// resources has one row.
pub fn components(run: &RunResult) -> String {
    let mut rows = Rows::headed_by(with_resource(component_row("", "", None), "", None));
    for (name, part) in run.components.iter() {
        for (resource, summary) in part.resources.iter() {
            let row = component_row(name, &part.kind, Some(part));
            rows.push(with_resource(row, resource, Some(summary)));
        }
        if part.resources.0.is_empty() {
            rows.push(with_resource(
                component_row(name, &part.kind, Some(part)),
                "",
                None,
            ));
        }
    }
    for (host, resources) in run.hosts.iter() {
        for (resource, summary) in resources.iter() {
            rows.push(with_resource(
                component_row(host, "Host", None),
                resource,
                Some(summary),
            ));
        }
    }
    rows.text()
}

fn class_row(name: &str, class: &ClassSummary) -> Row {
    let counts = &class.requests;
    let row = Row::default()
        .put("class", name)
        .put("offered", counts.offered)
        .put("succeeded", counts.succeeded)
        .put("late", counts.late)
        .put("failed", counts.failed)
        .put("in_flight", counts.in_flight)
        .put("attempts", counts.attempts)
        .put("degraded", counts.degraded)
        .estimate("offered_rps", &class.offered_rps)
        .estimate("throughput_rps", &class.throughput_rps)
        .estimate("goodput_rps", &class.goodput_rps)
        .estimate("error_rate", &class.error_rate)
        .estimate("availability", &class.availability);
    let row = times(row, "response", &class.response_time_s);
    times(
        times(row, "response_all", &class.response_time_all_s),
        "waiting",
        &class.waiting_time_s,
    )
}

/// `classes.csv`: a row for all requests together, called `(all)`, and one for every class.
pub fn classes(run: &RunResult) -> String {
    let all = ClassSummary {
        requests: run.requests.clone(),
        offered_rps: run.offered_rps,
        throughput_rps: run.throughput_rps,
        goodput_rps: run.goodput_rps,
        error_rate: run.error_rate,
        availability: run.availability,
        response_time_s: run.response_time_s.clone(),
        response_time_all_s: run.response_time_all_s.clone(),
        waiting_time_s: run.waiting_time_s.clone(),
    };
    let mut rows = Rows::headed_by(class_row("(all)", &all));
    rows.push(class_row("(all)", &all));
    for (name, class) in run.classes.iter() {
        rows.push(class_row(name, class));
    }
    rows.text()
}

fn link_row(name: &str, link: Option<&LinkSummary>) -> Row {
    let pool = link.and_then(|link| link.pool.as_ref());
    let breaker = link.and_then(|link| link.breaker.as_ref());
    let ejection = link.and_then(|link| link.ejection.as_ref());
    Row::default()
        .put("link", name)
        .option("calls", link.map(|link| link.calls))
        .option("attempts", link.map(|link| link.attempts))
        .option("amplification", link.and_then(|link| link.amplification))
        .option("timeouts", link.map(|link| link.timeouts))
        .option("retries", link.map(|link| link.retries))
        .option("retries_withheld", link.map(|link| link.retries_withheld))
        .option("hedges", link.map(|link| link.hedges))
        .option("failed", link.map(|link| link.failed))
        .option("bulkhead_refused", link.map(|link| link.bulkhead_refused))
        .option(
            "rate_limit_refused",
            link.map(|link| link.rate_limit_refused),
        )
        .option("breaker_opened", breaker.map(|breaker| breaker.opened))
        .estimate(
            "breaker_open_share",
            breaker.map_or(&BLANK, |breaker| &breaker.open_share),
        )
        .option("breaker_refused", breaker.map(|breaker| breaker.refused))
        .option("ejected", ejection.map(|ejection| ejection.ejected))
        .option("ejections_spared", ejection.map(|ejection| ejection.spared))
        .estimate(
            "ejected_share",
            ejection.map_or(&BLANK, |ejection| &ejection.out_share),
        )
        .option("pool_capacity", pool.and_then(|pool| pool.capacity))
        .estimate("pool_in_use", pool.map_or(&BLANK, |pool| &pool.in_use))
        .estimate(
            "pool_utilisation",
            pool.map_or(&BLANK, |pool| &pool.utilisation),
        )
        .estimate(
            "pool_waiting_mean",
            pool.map_or(&BLANK, |pool| &pool.waiting.mean),
        )
        .option("pool_waiting_max", pool.map(|pool| pool.waiting.max))
        .estimate(
            "pool_waiting_time_mean_s",
            pool.map_or(&BLANK, |pool| &pool.waiting_time_s),
        )
}

/// `links.csv`: a row for every link.
pub fn links(run: &RunResult) -> String {
    let mut rows = Rows::headed_by(link_row("", None));
    for (name, link) in run.links.iter() {
        rows.push(link_row(name, Some(link)));
    }
    rows.text()
}

fn series_row(point: &SeriesPoint) -> Row {
    Row::default()
        .put("at_s", point.at_s)
        .put("length_s", point.length_s)
        .put("offered_rps", point.offered_rps)
        .put("throughput_rps", point.throughput_rps)
        .put("failed_rps", point.failed_rps)
        .put("in_system", point.in_system)
        .option("response_mean_s", point.response_mean_s)
        .option("response_p95_s", point.response_p95_s)
}

/// `timeseries.csv`: a row for every stretch of time, averaged over the replications.
pub fn time_series(run: &RunResult) -> String {
    let blank = SeriesPoint {
        at_s: 0.0,
        length_s: 0.0,
        offered_rps: 0.0,
        throughput_rps: 0.0,
        failed_rps: 0.0,
        in_system: 0.0,
        response_mean_s: None,
        response_p95_s: None,
        memory_bytes: crate::experiment::result::Named::default(),
    };
    let mut rows = Rows::headed_by(series_row(&blank));
    for point in &run.series {
        rows.push(series_row(point));
    }
    rows.text()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    /// The cells of one column.
    fn column(text: &str, name: &str) -> Vec<String> {
        let mut reader = ::csv::Reader::from_reader(text.as_bytes());
        let index = reader
            .headers()
            .unwrap()
            .iter()
            .position(|head| head == name)
            .unwrap();
        reader
            .records()
            .map(|record| record.unwrap()[index].to_owned())
            .collect()
    }

    #[test]
    fn every_resource_has_a_row_and_hosts_follow() {
        let run = sample::run();
        let text = components(&run);
        let names = column(&text, "component");
        assert_eq!(
            names,
            ["lb", "lb", "was", "was", "cache", "cache", "db", "db", "h1"]
        );
        let shares = column(&text, "utilisation");
        assert_eq!(shares[2], "0.75");
        assert_eq!(column(&text, "capacity")[2], "16");
    }

    #[test]
    fn classes_begin_with_all_and_times_of_a_saturated_run_are_empty() {
        assert_eq!(
            column(&classes(&sample::run()), "class"),
            ["(all)", "home", "order"]
        );
        let text = classes(&sample::saturated());
        assert_eq!(column(&text, "response_p95_s")[0], "");
        assert_ne!(column(&text, "throughput_rps")[0], "");
    }

    #[test]
    fn tables_without_rows_keep_their_head() {
        let mut run = sample::run();
        run.links.0.clear();
        run.series.clear();
        assert_eq!(links(&run).lines().count(), 1);
        assert!(time_series(&run).starts_with("at_s,length_s,offered_rps"));
    }

    #[test]
    fn a_moment_without_answers_has_no_response_time() {
        let text = time_series(&sample::run());
        let times = column(&text, "response_p95_s");
        let missing = times.iter().filter(|cell| cell.is_empty()).count();
        let expected = sample::run()
            .series
            .iter()
            .filter(|point| point.response_p95_s.is_none())
            .count();
        assert_eq!((missing, times.len()), (expected, 60));
    }
}
