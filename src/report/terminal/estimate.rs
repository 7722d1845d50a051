//! The report of `estimate`.

use super::few::{few, more};
use super::page::Page;
use super::style::{Paint, Span, Style};
use super::table::{Side, Table};
use crate::experiment::result::Named;
use crate::experiment::result::estimate::{EstimateResult, ResourceEstimate, Rests};
use crate::report::number::{self, Unit};

/// Workloads, resources, bounds, and what each rests on.
pub fn render_estimate(estimate: &EstimateResult, style: &Style) -> String {
    let mut page = Page::new(style);
    let what = "estimate without simulation".to_owned();
    page.remarks(&[estimate.topology.name.clone(), what]);
    if !estimate.topology.set.is_empty() {
        page.remarks(&[format!("set {}", estimate.topology.set.join(", "))]);
    }
    page.gap();
    let mut bases: Vec<&Rests> = Vec::new();
    workloads(&mut page, estimate, &mut bases);
    saturation(&mut page, estimate);
    page.gap();
    resources(&mut page, estimate, &mut bases);
    rest_on(&mut page, &bases);
    if !estimate.left_out.is_empty() {
        page.heading("NOT COVERED");
        for text in &estimate.left_out {
            page.sentence(Span::new("!", Paint::Doubt), text);
        }
    }
    page.gap();
    page.remarks(&[number::span(estimate.wall_s)]);
    page.finish()
}

/// The number of what a row rests on, counted from 1 in the order of first use.
fn reference<'a>(bases: &mut Vec<&'a Rests>, rests: &'a Rests) -> String {
    let is_same = |one: &&Rests| one.law == rests.law && one.assumption == rests.assumption;
    let place = bases.iter().position(is_same).unwrap_or_else(|| {
        bases.push(rests);
        bases.len() - 1
    });
    format!("[{}]", place + 1)
}

fn mark(rests: &Rests) -> Span {
    if rests.approximation {
        Span::new("≈", Paint::Doubt)
    } else {
        Span::plain("=")
    }
}

fn time(seconds: Option<f64>) -> Span {
    match seconds {
        Some(seconds) => Span::plain(number::number(seconds, Unit::Seconds)),
        None => Span::new("endless", Paint::Bad),
    }
}

fn workloads<'a>(page: &mut Page, estimate: &'a EstimateResult, bases: &mut Vec<&'a Rests>) {
    let mut table = Table::new()
        .column("WORKLOAD", Side::Left, 0)
        .column("", Side::Left, 0)
        .column("throughput", Side::Right, 0)
        .column("mean response", Side::Right, 0)
        .column("rests on", Side::Left, 0);
    for (name, one) in estimate.workloads.iter() {
        table.row(vec![
            Span::plain(name),
            mark(&one.rests),
            Span::plain(number::number(one.throughput_rps, Unit::PerSecond)),
            time(one.response_time_s),
            Span::plain(reference(bases, &one.rests)),
        ]);
    }
    if !estimate.workloads.0.is_empty() {
        page.table(&table);
    }
}

fn saturation(page: &mut Page, estimate: &EstimateResult) {
    page.gap();
    if let Some(found) = &estimate.saturation {
        let rate = number::number(found.throughput_rps, Unit::PerSecond);
        let mut pieces = vec![
            Span::new(rate, Paint::Strong),
            Span::plain(format!("{} {} is full there", found.owner, found.resource)),
        ];
        if let Some(users) = found.users {
            let users = number::number(users, Unit::Count);
            pieces.push(Span::plain(format!("users queue beyond {users}")));
        }
        page.labelled("SATURATION", &pieces);
    }
    if let Some(bounds) = &estimate.bounds {
        let range = |(low, high): (f64, f64), unit| {
            let (low, high) = (number::number(low, unit), number::number(high, unit));
            format!("{low} to {high}")
        };
        let rate = range(bounds.throughput_rps, Unit::PerSecond);
        let response = range(bounds.response_time_s, Unit::Seconds);
        page.labelled(
            "BOUNDS",
            &[
                Span::plain(format!("throughput {rate}")),
                Span::plain(format!("mean response {response}")),
                Span::plain("(asymptotic, any laws)"),
            ],
        );
    }
}

fn resources<'a>(page: &mut Page, estimate: &'a EstimateResult, bases: &mut Vec<&'a Rests>) {
    let mut table = Table::new()
        .column("RESOURCE", Side::Left, 0)
        .column("", Side::Left, 0)
        .column("utilisation", Side::Right, 0)
        .column("mean wait", Side::Right, 0)
        .column("service", Side::Right, 1)
        .column("per second", Side::Right, 2)
        .column("of", Side::Right, 3)
        .column("rests on", Side::Left, 0);
    let lists: [&Named<Named<ResourceEstimate>>; 3] =
        [&estimate.components, &estimate.hosts, &estimate.links];
    let of_owner = |(owner, list): (_, &'a Named<ResourceEstimate>)| {
        list.iter().map(move |(name, one)| (owner, name, one))
    };
    let all = lists.into_iter().flat_map(Named::iter).flat_map(of_owner);
    let (shown, others) = few(all, |(_, _, one)| one.utilisation);
    let is_empty = shown.is_empty();
    for (owner, name, one) in shown {
        let share = number::number(one.utilisation, Unit::Share);
        let paint = if one.utilisation >= 1.0 {
            Paint::Bad
        } else {
            Paint::Plain
        };
        table.row(vec![
            Span::plain(format!("{owner} {name}")),
            mark(&one.rests),
            Span::new(share, paint),
            time(one.waiting_time_s),
            time(Some(one.service_time_s)),
            Span::plain(number::number(one.rate_per_s, Unit::PerSecond)),
            Span::plain(number::whole(u64::from(one.capacity))),
            Span::plain(reference(bases, &one.rests)),
        ]);
    }
    if !is_empty {
        page.table(&table);
        more(page, others, "less busy");
    }
}

fn rest_on(page: &mut Page, bases: &[&Rests]) {
    if bases.is_empty() {
        return;
    }
    page.heading("RESTS ON");
    for (place, rests) in bases.iter().enumerate() {
        let kind = if rests.approximation {
            "approximation"
        } else {
            "exact"
        };
        let text = format!("{} ({kind}): {}", rests.law, rests.assumption);
        page.sentence(Span::plain(format!("[{}]", place + 1)), &text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn each_number_points_at_what_it_rests_on() {
        let text = render_estimate(&sample::estimate(), &Style::default());
        for part in [
            "[1] Erlang C (exact)",
            "[2] Kingman (approximation)",
            "endless",
            "NOT COVERED",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
    }
}
