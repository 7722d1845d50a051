//! The report of an incident, in Markdown: when it occurred, was detected and ended, how it was
//! detected, where, how the service came back, what was done when, why, and what prevents it.

use crate::experiment::result::DrillResult;
use crate::experiment::result::drill::Event;
use crate::report::number::{self, Unit};
use std::fmt::Write;

/// The report. Field names carry the Korean words of incident reports.
pub fn report(drill: &DrillResult) -> String {
    let mut out = format!(
        "# Incident report: {}\n\n",
        escaped(&drill.header.topology.name)
    );
    out.push_str("| field | |\n|---|---|\n");
    for (field, text) in fields(drill) {
        put(&mut out, &format!("| {field} | {text} |"));
    }
    out.push_str("\n## Actions by time (대응 과정 중의 시간별 action)\n\n");
    out.push_str("| time | what | by |\n|---:|---|---|\n");
    for event in &drill.timeline {
        let mark = if event.event == "action" {
            String::new()
        } else {
            format!("**{}**: ", event.event)
        };
        let text = escaped(&event.text);
        put(
            &mut out,
            &format!("| {} | {mark}{text} | {} |", clock(event.at_s), event.by),
        );
    }
    cost(&mut out, drill);
    let version = &drill.header.linchpin;
    put(
        &mut out,
        &format!(
            "\nTimes are of replication 0 from the end of its lead-in; means over {} replications. \
             linchpin {version}, seed {}.",
            drill.replications, drill.header.seed
        ),
    );
    out
}

fn put(out: &mut String, line: &str) {
    writeln!(out, "{line}").expect("writing to a text cannot fail");
}

/// Text that stays text inside a table cell.
fn escaped(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "&lt;")
}

/// Hours, minutes and seconds.
fn clock(at_s: f64) -> String {
    let all = at_s.round() as u64;
    format!("{}:{:02}:{:02}", all / 3_600, all / 60 % 60, all % 60)
}

/// Eight of the nine fields; the actions have a table of their own.
fn fields(drill: &DrillResult) -> Vec<(&'static str, String)> {
    let first = |name: &str| drill.timeline.iter().find(|event| event.event == name);
    let at = |name: &str, without: &str| {
        first(name).map_or(without.to_owned(), |event| clock(event.at_s))
    };
    let told = |event: &Event| escaped(&event.text);
    let listed = |texts: &[String], without: &str| {
        if texts.is_empty() {
            without.to_owned()
        } else {
            escaped(&texts.join("; "))
        }
    };
    let prevention: Vec<String> = drill
        .prevention
        .iter()
        .map(|one| format!("{}: {}", one.component, one.fix))
        .collect();
    vec![
        ("Occurred (장애 발생 시각)", at("occurred", "never")),
        ("Detected (탐지 시각)", at("detected", "nobody noticed")),
        (
            "Ended (종료 시각)",
            at("ended", "not within the time watched"),
        ),
        (
            "Detected by (장애 탐지 방법)",
            first("detected").map_or("nobody".to_owned(), told),
        ),
        ("Point (장애 발생 지점)", listed(&drill.points, "-")),
        (
            "Recovery (장애 복구 방법)",
            listed(
                &drill.recovery,
                "nothing had to be recovered, or nothing was",
            ),
        ),
        ("Cause (장애 원인)", listed(&drill.cause, "-")),
        (
            "Prevention (재발 방지 대책)",
            listed(
                &prevention,
                "no part was struck that structure cannot do without: shorten detection and \
                 takeover, or let callers try again until it is over (`spof` tries what helps)",
            ),
        ),
    ]
}

fn cost(out: &mut String, drill: &DrillResult) {
    out.push_str("\n## What it cost\n\n");
    let time = |estimate| number::full(estimate, Unit::Seconds);
    let budget = &drill.budget;
    let source = if budget.is_stated {
        "stated"
    } else {
        "assumed"
    };
    for text in [
        format!("time to detect (mean): {}", time(&drill.mttd_s)),
        format!("time to restore (mean): {}", time(&drill.mttr_s)),
        format!(
            "until everything was whole (mean): {}",
            time(&drill.ended_s)
        ),
        format!(
            "requests lost (mean): {}",
            number::full(&drill.lost_requests, Unit::Count)
        ),
        format!(
            "error budget of 30 days at {} ({source}): {} spent",
            number::number(budget.objective, Unit::Share),
            number::full(&budget.spent, Unit::Share)
        ),
    ] {
        put(out, &format!("- {text}"));
    }
    for (lost, what) in [
        (drill.lost_sessions, "sessions"),
        (drill.lost_writes, "answered writes"),
    ] {
        if let Some(lost) = lost {
            let lost = number::number(lost, Unit::Count);
            put(out, &format!("- {what} lost (mean): {lost}"));
        }
    }
    for alert in &budget.alerts {
        let after = alert.after_s.map_or("does not fire".to_owned(), |after| {
            format!(
                "fires after {} in {} of {}",
                number::number(after, Unit::Seconds),
                alert.fired,
                drill.replications
            )
        });
        put(out, &format!("- burn-rate alert ({}): {after}", alert.name));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    /// The nine fields that a report has.
    #[test]
    fn all_nine_fields_are_there() {
        let text = report(&sample::drill());
        for field in [
            "| Occurred (장애 발생 시각) | 0:10:00 |",
            "| Detected (탐지 시각) | 0:10:23 |",
            "| Ended (종료 시각) | 0:25:23 |",
            "| Detected by (장애 탐지 방법) | alarm errors tells those on duty |",
            "| Point (장애 발생 지점) | db/1 |",
            "| Recovery (장애 복구 방법) | callers of db move to db/2 |",
            "(대응 과정 중의 시간별 action)",
            "| Cause (장애 원인) | db/1 crashes |",
            "| Prevention (재발 방지 대책) | db/1: --set db.standbys=1 |",
        ] {
            assert!(text.contains(field), "{field}\n{text}");
        }
        assert!(
            text.contains("| 0:10:02 | **felt**: users begin to feel it | users |"),
            "{text}"
        );
    }
}
