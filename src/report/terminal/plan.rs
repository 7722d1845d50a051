//! The report of `plan`.

use super::page::Page;
use super::style::{Span, Style};
use super::table::{Side, Table};
use crate::experiment::result::PlanResult;
use crate::report::number::{self, Unit};

/// Rates from people and virtual users from rates; only what could be worked out.
pub fn render_plan(plan: &PlanResult, style: &Style) -> String {
    let whole = |value: f64| number::whole(libm::round(value) as u64);
    let rate = |value: f64| number::number(value, Unit::PerSecond);
    let rows = [
        (
            "visits per day",
            plan.visits_per_day.map(whole),
            "daily users × visits",
        ),
        (
            "mean rate",
            plan.mean_rps.map(rate),
            if plan.visits_per_day.is_some() {
                "visits / 86,400 s"
            } else {
                "as given"
            },
        ),
        (
            "peak rate",
            plan.peak_rps.map(rate),
            "mean rate × peak ratio",
        ),
        (
            "iteration time",
            plan.iteration_s
                .map(|time| number::number(time, Unit::Seconds)),
            "requests × their duration + extra time",
        ),
        (
            "virtual users",
            plan.vus.map(number::whole),
            "rate × iteration time / requests, rounded up",
        ),
        (
            "requests in flight",
            plan.in_flight
                .map(|count| number::number(count, Unit::Count)),
            "rate × duration of a request (Little)",
        ),
    ];
    let mut table = Table::new()
        .column("PLAN", Side::Left, 0)
        .column("", Side::Right, 0)
        .column("", Side::Left, 1);
    for (what, value, how) in rows {
        if let Some(value) = value {
            table.row(vec![
                Span::plain(what),
                Span::plain(value),
                Span::plain(format!("= {how}")),
            ]);
        }
    }
    let mut page = Page::new(style);
    page.table(&table);
    page.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_worked_out_is_shown() {
        let plan = PlanResult {
            visits_per_day: Some(3_300_000.0),
            mean_rps: Some(3_300_000.0 / 86_400.0),
            peak_rps: Some(33_000_000.0 / 86_400.0),
            ..PlanResult::default()
        };
        let text = render_plan(&plan, &Style::default());
        for number in ["3,300,000", "38.19/s", "381.9/s"] {
            assert!(text.contains(number), "{text}");
        }
        assert!(!text.contains("virtual users"), "{text}");
    }
}
