//! Verdicts and objectives.

use super::page::Page;
use super::style::{Paint, Span};
use super::table::{Side, Table};
use crate::experiment::result::{Header, ObjectiveFinding, ObjectiveVerdict, Verdict, Warning};
use crate::report::number::{self, Unit};
use crate::statistics::Reason;

/// The word of a verdict with its colour.
pub fn word(verdict: Verdict) -> Span {
    match verdict {
        Verdict::Pass => Span::new("PASS", Paint::Good),
        Verdict::Fail => Span::new("FAIL", Paint::Bad),
        Verdict::Undecided => Span::new("UNDECIDED", Paint::Doubt),
        Verdict::Saturated => Span::new("SATURATED", Paint::Bad),
        Verdict::Capped => Span::new("CAPPED", Paint::Doubt),
    }
}

/// The first line of a report: what was looked at, how, and the assignments in force.
pub fn head(page: &mut Page, header: &Header, how: &[String]) {
    let mut pieces = vec![header.topology.name.clone()];
    pieces.extend(how.iter().cloned());
    pieces.push(format!("seed {}", header.seed));
    page.remarks(&pieces);
    if !header.topology.set.is_empty() {
        page.remarks(&[format!("set {}", header.topology.set.join(", "))]);
    }
    if !header.topology.injected.is_empty() {
        page.remarks(&[format!("injected {}", header.topology.injected.join(", "))]);
    }
}

/// A mark that can be told without colour.
fn mark(verdict: ObjectiveVerdict) -> Span {
    match verdict {
        ObjectiveVerdict::Pass => Span::new("✓", Paint::Good),
        ObjectiveVerdict::Fail => Span::new("✗", Paint::Bad),
        ObjectiveVerdict::Undecided | ObjectiveVerdict::NoData => Span::new("?", Paint::Doubt),
        ObjectiveVerdict::JudgedBySpof => Span::new("·", Paint::Faint),
    }
}

/// What stands at the end of an objective's line; `missing` is why a failed one has no value.
fn remark(objective: &ObjectiveFinding, missing: Reason) -> String {
    if objective.verdict == ObjectiveVerdict::Fail && objective.measured.is_none() {
        return number::reason(Some(missing));
    }
    match objective.verdict {
        ObjectiveVerdict::NoData => "no data",
        ObjectiveVerdict::JudgedBySpof => "judged by `spof`",
        ObjectiveVerdict::Undecided if objective.ci95.is_none() => {
            "too few replications for an interval"
        }
        ObjectiveVerdict::Undecided => "the interval straddles the bound",
        _ if objective.at_the_limit => "at the limit",
        _ => "",
    }
    .to_owned()
}

/// Distance of the measured value from its bound: positive on the good side; in percentage points
/// for shares, else in percent of the bound.
fn margin(objective: &ObjectiveFinding) -> Option<String> {
    let measured = objective.measured?;
    let distance = if objective.text.contains('>') {
        measured - objective.bound
    } else {
        objective.bound - measured
    };
    if Unit::of_word(objective.unit) == Unit::Share {
        return Some(number::signed(distance, Unit::Points));
    }
    (objective.bound.abs() > 0.0).then(|| number::change(distance / objective.bound.abs()))
}

/// The objectives, each with what was measured; nothing where there are none. `missing` is why a
/// failed one has no value.
pub fn objectives(page: &mut Page, objectives: &[ObjectiveFinding], missing: Reason) {
    if objectives.is_empty() {
        return;
    }
    page.gap();
    let mut table = Table::new()
        .column("", Side::Left, 0)
        .column("OBJECTIVES", Side::Left, 0)
        .column("measured", Side::Right, 0)
        .column("95 % interval", Side::Left, 2)
        .column("margin", Side::Right, 1)
        .column("", Side::Left, 3);
    for objective in objectives {
        let unit = Unit::of_word(objective.unit);
        let (measured, interval) = match (objective.measured, objective.ci95) {
            (Some(value), Some(ends)) => number::with_interval(value, ends, unit),
            (Some(value), None) => (number::number(value, unit), String::new()),
            (None, _) => ("-".to_owned(), String::new()),
        };
        let sign = mark(objective.verdict);
        table.row(vec![
            sign.clone(),
            Span::plain(objective.text.clone()),
            Span::plain(measured),
            Span::plain(interval),
            Span::new(margin(objective).unwrap_or_default(), sign.paint),
            Span::plain(remark(objective, missing)),
        ]);
    }
    page.table(&table);
}

/// Doubts about the result.
pub fn warnings(page: &mut Page, warnings: &[Warning]) {
    if warnings.is_empty() {
        return;
    }
    page.heading("WARNINGS");
    for warning in warnings {
        let text = format!("{} [{}]", warning.text, warning.code);
        page.sentence(Span::new("!", Paint::Doubt), &text);
    }
}

/// A note that the result was cut short, where it was.
pub fn partial(page: &mut Page, partial: bool) {
    if partial {
        let note = "Interrupted: these numbers rest on the part that was done.";
        page.sentence(Span::new("!", Paint::Doubt), note);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn the_margin_is_positive_on_the_good_side_of_the_bound() {
        let run = sample::run();
        let margins: Vec<String> = run
            .objectives
            .iter()
            .map(|objective| margin(objective).unwrap())
            .collect();
        assert_eq!(margins, ["-102 %", "+55 %", "+0.080 pp", "+12 %"]);
    }

    #[test]
    fn an_objective_without_a_value_has_no_margin() {
        let saturated = sample::saturated();
        assert_eq!(margin(&saturated.objectives[0]), None);
        let told = remark(&saturated.objectives[0], Reason::AmongFailures);
        assert_eq!(told, "falls among the failed requests");
    }
}
