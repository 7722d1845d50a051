//! The report of `sweep`.

use super::page::Page;
use super::style::{Paint, Span, Style};
use super::table::{Side, Table};
use super::verdict;
use crate::experiment::result::sweep::{DesignKind, SweepPoint, SweepResult};
use crate::report::number::{self, Unit};
use crate::report::words;
use crate::statistics::Estimate;

/// Points that are printed one by one; of more only how they are spread.
const LISTED: usize = 40;

/// Points, how they are spread, how often objectives hold, and which parameter matters.
pub fn render_sweep(sweep: &SweepResult, style: &Style) -> String {
    let mut page = Page::new(style);
    verdict::head(&mut page, &sweep.header, &["sweep".to_owned(), how(sweep)]);
    page.gap();
    verdict::partial(&mut page, sweep.partial);
    for parameter in &sweep.parameters {
        let text = format!("{} = {}", parameter.path, parameter.values);
        page.told("VARIED", &[Span::plain(text)]);
    }
    page.gap();
    if sweep.points.len() <= LISTED {
        points(&mut page, sweep);
    }
    spread(&mut page, sweep);
    objectives(&mut page, sweep);
    correlations(&mut page, sweep);
    indices(&mut page, sweep);
    if let Some(sentence) = &sweep.measure_next {
        page.gap();
        page.told("NEXT", &[Span::new(sentence.clone(), Paint::Strong)]);
    }
    verdict::warnings(&mut page, &sweep.warnings);
    page.gap();
    let plan = format!("plan {}", sweep.plan);
    let mut remarks = vec![plan];
    // Merging simulates nothing.
    if sweep.wall_s > 0.0 {
        remarks.push(number::span(sweep.wall_s));
    }
    page.remarks(&remarks);
    page.finish()
}

/// The design in words.
fn how(sweep: &SweepResult) -> String {
    let (done, planned) = (sweep.points.len() as u64, sweep.planned as u64);
    let points = if done < planned {
        format!(
            "{} of {} points",
            number::whole(done),
            number::whole(planned)
        )
    } else {
        format!("{} points", number::whole(planned))
    };
    let kind = match sweep.design {
        DesignKind::Grid => "of a grid".to_owned(),
        DesignKind::Latin => "of a Latin hypercube".to_owned(),
        DesignKind::Sobol => "of Sobol's sequence".to_owned(),
        DesignKind::Indices => {
            let samples = u64::from(sweep.samples.unwrap_or(0));
            format!("for indices from {} rows", number::whole(samples))
        }
    };
    format!("{points} {kind}")
}

fn points(page: &mut Page, sweep: &SweepResult) {
    let mut table = Table::new();
    for (place, parameter) in sweep.parameters.iter().enumerate() {
        let rank = u8::from(place > 3) * 2;
        table = table.column(&parameter.path, Side::Right, rank);
    }
    let table = table
        .column("verdict", Side::Left, 0)
        .column("throughput", Side::Right, 1)
        .column("mean", Side::Right, 0)
        .column("p95", Side::Right, 2)
        .column("p99", Side::Right, 4)
        .column("failed", Side::Right, 3)
        .column("busiest", Side::Left, 5);
    let mut table = table;
    for point in &sweep.points {
        table.row(point_row(sweep, point));
    }
    page.table(&table);
}

fn point_row(sweep: &SweepResult, point: &SweepPoint) -> Vec<Span> {
    let mut cells: Vec<Span> = sweep
        .parameters
        .iter()
        .map(|parameter| {
            let value = point.parameters.get(&parameter.path);
            Span::plain(value.map(words::setting).unwrap_or_default())
        })
        .collect();
    let times = &point.response_time_s;
    let value = |estimate: &Estimate, unit| match estimate.value {
        Some(_) => Span::plain(number::value(estimate, unit)),
        None => Span::plain("-"),
    };
    let busiest = point.bottleneck.as_ref().map(|found| {
        let share = number::value(&found.utilisation, Unit::Share);
        format!("{}.{} {share}", found.component, found.resource)
    });
    cells.extend([
        verdict::word(point.verdict),
        value(&point.throughput_rps, Unit::PerSecond),
        value(&times.mean, Unit::Seconds),
        value(&times.p95, Unit::Seconds),
        value(&times.p99, Unit::Seconds),
        value(&point.error_rate, Unit::Share),
        Span::plain(busiest.unwrap_or_default()),
    ]);
    cells
}

fn spread(page: &mut Page, sweep: &SweepResult) {
    if sweep.points.len() < 2 {
        return;
    }
    page.gap();
    let mut table = Table::new()
        .column("OVER POINTS", Side::Left, 0)
        .column("least", Side::Right, 2)
        .column("p5", Side::Right, 0)
        .column("p50", Side::Right, 0)
        .column("p95", Side::Right, 0)
        .column("most", Side::Right, 2)
        .column("mean", Side::Right, 1)
        .column("sd", Side::Right, 3)
        .column("noise", Side::Right, 1)
        .column("without", Side::Right, 4);
    for one in &sweep.spread {
        let unit = Unit::of_word(one.unit);
        let text = |value: Option<f64>| {
            Span::plain(value.map_or("-".to_owned(), |value| number::number(value, unit)))
        };
        let at = |name: &str| text(one.quantiles.get(name).copied());
        let noise = one
            .noise_share
            .map(|share| number::number(share, Unit::Share));
        let without = if one.without == 0 {
            String::new()
        } else {
            number::whole(one.without as u64)
        };
        table.row(vec![
            Span::plain(one.metric.clone()),
            text(one.least),
            at("p5"),
            at("p50"),
            at("p95"),
            text(one.most),
            text(one.mean),
            text(one.sd),
            Span::plain(noise.unwrap_or_default()),
            Span::plain(without),
        ]);
    }
    page.table(&table);
}

fn objectives(page: &mut Page, sweep: &SweepResult) {
    if sweep.objectives.is_empty() {
        return;
    }
    page.gap();
    let head = if sweep.design.is_sampled() {
        "probability"
    } else {
        "share of points"
    };
    let mut table = Table::new()
        .column("OBJECTIVES", Side::Left, 0)
        .column(head, Side::Right, 0)
        .column("95 % interval", Side::Left, 1)
        .column("holds at", Side::Right, 2)
        .column("undecided at", Side::Right, 3);
    for one in &sweep.objectives {
        let interval = match one.probability.ci95 {
            Some(_) => number::interval(&one.probability, Unit::Share),
            None => String::new(),
        };
        let undecided = if one.undecided == 0 {
            String::new()
        } else {
            number::whole(one.undecided)
        };
        table.row(vec![
            Span::plain(one.text.clone()),
            Span::plain(number::value(&one.probability, Unit::Share)),
            Span::plain(interval),
            Span::plain(format!(
                "{} of {}",
                number::whole(one.holds),
                number::whole(one.of)
            )),
            Span::plain(undecided),
        ]);
    }
    page.table(&table);
}

/// A number from -1 to 1 with its interval.
fn plain(estimate: &Estimate) -> String {
    match (estimate.value, estimate.ci95) {
        (Some(value), Some((low, high))) => format!("{value:.2} [{low:.2}, {high:.2}]"),
        (Some(value), None) => format!("{value:.2}"),
        (None, _) => "-".to_owned(),
    }
}

fn correlations(page: &mut Page, sweep: &SweepResult) {
    if sweep.correlations.is_empty() {
        return;
    }
    page.gap();
    let mut table = Table::new()
        .column("RANK CORRELATION", Side::Left, 0)
        .column("mean", Side::Right, 0)
        .column("p95", Side::Right, 1)
        .column("throughput", Side::Right, 2)
        .column("failed", Side::Right, 3);
    for parameter in &sweep.parameters {
        let of = |metric: &str| {
            let mut all = sweep.correlations.iter();
            let found = all.find(|one| one.metric == metric && one.parameter == parameter.path);
            found.map(|one| plain(&one.rank_correlation))
        };
        let metrics = [
            "response_time_s.mean",
            "response_time_s.p95",
            "throughput_rps",
            "error_rate",
        ]
        .map(of);
        if metrics.iter().all(Option::is_none) {
            continue;
        }
        let mut cells = vec![Span::plain(parameter.path.clone())];
        cells.extend(metrics.map(|text| Span::plain(text.unwrap_or_default())));
        table.row(cells);
    }
    page.table(&table);
}

fn indices(page: &mut Page, sweep: &SweepResult) {
    for metric in &sweep.indices {
        page.gap();
        let mut table = Table::new()
            .column(
                &format!("SOBOL INDICES of {}", metric.metric),
                Side::Left,
                0,
            )
            .column("first order", Side::Right, 0)
            .column("total", Side::Right, 0);
        for one in &metric.parameters {
            table.row(vec![
                Span::plain(one.parameter.clone()),
                Span::plain(plain(&one.first)),
                Span::plain(plain(&one.total)),
            ]);
        }
        page.table(&table);
        let noise = metric.noise_share.map_or_else(
            || {
                "how much of its variance is sampling error is not known: at some points it has \
                 no interval, for which they need more --replications"
                    .to_owned()
            },
            |share| {
                let share = number::number(share, Unit::Share);
                format!("of the mean over replications; {share} of its variance is sampling error")
            },
        );
        page.remarks(&[noise]);
    }
}
