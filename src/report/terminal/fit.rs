//! The report of `fit`.

use super::page::Page;
use super::style::{Paint, Span, Style};
use super::table::{Side, Table};
use super::verdict;
use crate::experiment::result::FitResult;
use crate::experiment::result::fit::{Arrivals, FittedClass, FittedLaw, UslResult};
use crate::report::fitted;
use crate::report::number::{self, Unit};

/// Largest difference of shares up to which a law is called close.
const CLOSE: f64 = 0.02;
/// The same up to which it is called rough.
const ROUGH: f64 = 0.05;

/// What was read, how requests come, the law of each class, throughput against load.
pub fn render_fit(fit: &FitResult, style: &Style) -> String {
    let mut page = Page::new(style);
    read(&mut page, fit);
    if let Some(arrivals) = &fit.arrivals {
        page.gap();
        rates(&mut page, arrivals);
    }
    if !fit.classes.is_empty() {
        page.gap();
        classes(&mut page, fit);
    }
    if !fit.laws.is_empty() {
        page.gap();
        laws(&mut page, fit);
    }
    if let Some(usl) = &fit.usl {
        page.gap();
        throughput(&mut page, usl);
    }
    verdict::warnings(&mut page, &fit.warnings);
    page.finish()
}

fn read(page: &mut Page, fit: &FitResult) {
    let mut pieces = vec![
        Span::new(fit.files.join(", "), Paint::Strong),
        Span::plain(fit.format.clone()),
    ];
    if fit.requests > 0 {
        pieces.push(Span::plain(format!(
            "{} requests",
            number::whole(fit.requests)
        )));
    }
    page.told("READ", &pieces);
    for (why, count) in &fit.rejected {
        let at = fit.rejected_at.get(why).copied().unwrap_or_default();
        let text = format!(
            "{} not used: {why} (first in line {at})",
            number::whole(*count)
        );
        page.sentence(Span::new("!", Paint::Doubt), &text);
    }
}

fn rates(page: &mut Page, arrivals: &Arrivals) {
    let rate = number::full(&arrivals.rate_rps, Unit::PerSecond);
    let mut pieces = vec![
        Span::new(rate, Paint::Strong),
        Span::plain(format!("over {}", number::span(arrivals.span_s))),
    ];
    if let (Some(peak), Some(window)) = (arrivals.peak_rps, arrivals.window_s) {
        let peak = number::number(peak, Unit::PerSecond);
        pieces.push(Span::plain(format!(
            "{peak} in the busiest {}",
            number::span(window)
        )));
    }
    if let (Some(dispersion), Some(is_poisson)) = (arrivals.dispersion, arrivals.is_poisson) {
        let dispersion = number::number(dispersion, Unit::Count);
        pieces.push(if is_poisson {
            Span::new(
                format!("independent (dispersion {dispersion})"),
                Paint::Good,
            )
        } else {
            let text = format!("not independent at one rate (dispersion {dispersion})");
            Span::new(text, Paint::Doubt)
        });
    }
    page.told("ARRIVALS", &pieces);
}

fn classes(page: &mut Page, fit: &FitResult) {
    let mut table = Table::new()
        .column("CLASS", Side::Left, 0)
        .column("share", Side::Right, 0)
        .column("errors", Side::Right, 1)
        .column("mean", Side::Right, 0)
        .column("p50", Side::Right, 2)
        .column("p95", Side::Right, 1)
        .column("p99", Side::Right, 1)
        .column("alone", Side::Right, 2);
    let time = |value: Option<f64>| {
        Span::plain(value.map_or_else(String::new, |it| number::number(it, Unit::Seconds)))
    };
    let row = |class: &FittedClass| {
        let quantile = |of: fn(&crate::experiment::result::fit::Quantiles) -> f64| {
            time(class.quantiles.as_ref().map(of))
        };
        vec![
            Span::plain(class.name.clone()),
            Span::plain(number::number(class.share, Unit::Share)),
            Span::plain(number::value(&class.error_rate, Unit::Share)),
            time(class.mean_s),
            quantile(|it| it.p50),
            quantile(|it| it.p95),
            quantile(|it| it.p99),
            time(class.alone.as_ref().and_then(|alone| alone.mean_s.value)),
        ]
    };
    for class in &fit.classes {
        table.row(row(class));
    }
    page.table(&table);
}

fn laws(page: &mut Page, fit: &FitResult) {
    let mut table = Table::new()
        .column("LAW", Side::Left, 0)
        .column("mean", Side::Left, 1)
        .column("cv", Side::Left, 1)
        .column("gap", Side::Right, 0)
        .column("p95 off", Side::Right, 2)
        .column("p99 off", Side::Right, 1);
    let mut others = 0;
    for class in &fit.classes {
        if fit.classes.len() > 1 && !class.laws.is_empty() {
            table.row(alone(Span::new(class.name.clone(), Paint::Strong)));
        }
        // The likeliest, and what else might do.
        for law in class.laws.iter().take(2) {
            table.row(law_row(law));
        }
        if let Some(law) = class.alone.as_ref().and_then(|alone| alone.law.as_ref()) {
            table.row(alone(Span::new(
                "of those that found nobody:",
                Paint::Faint,
            )));
            table.row(law_row(law));
        }
        others += class.laws.len().saturating_sub(2);
    }
    page.table(&table);
    if others > 0 {
        let text = format!("{others} less likely ones are in summary.json");
        page.remarks(&[text]);
    }
}

/// A row of the table of laws with nothing but a name.
fn alone(name: Span) -> Vec<Span> {
    let mut row = vec![Span::plain(""); 6];
    row[0] = name;
    row
}

fn law_row(law: &FittedLaw) -> Vec<Span> {
    let paint = match law.gap {
        gap if gap <= CLOSE => Paint::Good,
        gap if gap <= ROUGH => Paint::Doubt,
        _ => Paint::Bad,
    };
    let off = |value: f64| Span::plain(number::number(value, Unit::Share));
    let cv = law.cv.as_ref();
    vec![
        Span::plain(fitted::law(law)),
        Span::plain(number::interval(&law.mean_s, Unit::Seconds)),
        Span::plain(cv.map_or_else(String::new, |cv| number::interval(cv, Unit::Count))),
        Span::new(number::number(law.gap, Unit::Share), paint),
        off(law.p95_off),
        off(law.p99_off),
    ]
}

fn throughput(page: &mut Page, usl: &UslResult) {
    let number = |value: f64| number::number(value, Unit::Count);
    let law = [
        ("contention", &usl.sigma, Unit::Count),
        ("coherency", &usl.kappa, Unit::Count),
        ("at a load of 1", &usl.gamma_rps, Unit::PerSecond),
    ];
    let pieces =
        law.map(|(name, value, unit)| Span::plain(format!("{name} {}", number::full(value, unit))));
    page.told("THROUGHPUT", &pieces);
    let (from, to) = (number(usl.from_load), number(usl.to_load));
    let mut pieces = vec![
        Span::plain(format!("measured at loads of {from} to {to}")),
        Span::plain(format!("R² {:.4}", usl.r_squared)),
    ];
    pieces.push(match (usl.peak_load, usl.peak_rps) {
        (Some(load), Some(rate)) => {
            let rate = number::number(rate, Unit::PerSecond);
            let text = format!("peak of {rate} at {}", number(load));
            if usl.peak_is_measured {
                Span::new(text, Paint::Strong)
            } else {
                Span::new(format!("{text}, beyond what was measured"), Paint::Doubt)
            }
        }
        _ => Span::plain("no peak"),
    });
    page.told("", &pieces);
}
