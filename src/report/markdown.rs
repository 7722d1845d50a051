//! Markdown for a pull request or a wiki.

use crate::experiment::result::{Change, CompareResult, Difference};
use crate::report::number::{self, Unit};
use crate::report::terminal::economy_cells;
use crate::report::words;
use std::fmt::Write;

/// A comparison: what changes, the designs, the differences.
pub fn compare(compare: &CompareResult) -> String {
    let mut out = String::from("# Comparison of designs\n\n");
    out.push_str(&escaped(&compare.verdict_reason));
    out.push_str("\n\n");
    if compare.partial {
        out.push_str("Interrupted: these numbers rest on the part that was done.\n\n");
    }
    changes(&mut out, compare);
    designs(&mut out, compare);
    economy(&mut out, compare);
    differences(&mut out, compare);
    for warning in &compare.warnings {
        line(
            &mut out,
            &format!("- {} (`{}`)", escaped(&warning.text), warning.code),
        );
    }
    let version = &compare.linchpin;
    line(
        &mut out,
        &format!(
            "linchpin {version}, seed {}, common random numbers.",
            compare.seed
        ),
    );
    out
}

fn line(out: &mut String, text: &str) {
    writeln!(out, "{text}").expect("writing to a text cannot fail");
}

/// Text that stays text inside a table cell.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('|', "\\|")
        .replace('\n', " ")
        .replace('<', "&lt;")
}

fn row(out: &mut String, cells: &[String]) {
    line(out, &format!("| {} |", cells.join(" | ")));
}

fn head(out: &mut String, columns: &[(&str, bool)]) {
    row(
        out,
        &columns
            .iter()
            .map(|(name, _)| (*name).to_owned())
            .collect::<Vec<_>>(),
    );
    let rule = |number: bool| if number { "---:" } else { ":---" }.to_owned();
    row(
        out,
        &columns
            .iter()
            .map(|(_, number)| rule(*number))
            .collect::<Vec<_>>(),
    );
}

fn changes(out: &mut String, compare: &CompareResult) {
    for design in compare
        .designs
        .iter()
        .filter(|design| !design.changes.is_empty())
    {
        let all: Vec<String> = design.changes.iter().map(change).collect();
        line(
            out,
            &format!("- **{}**: {}", escaped(&design.name), all.join("; ")),
        );
    }
    out.push('\n');
}

/// Paths and values as code, each on one line.
fn change(change: &Change) -> String {
    let path = code(&change.path);
    match (change.before.as_deref(), change.after.as_deref()) {
        (Some(before), Some(after)) => format!("{path}: {} → {}", code(before), code(after)),
        (None, Some(after)) => format!("{path} added: {}", code(after)),
        (Some(before), None) => format!("{path} removed (was {})", code(before)),
        (None, None) => path,
    }
}

/// Inline code on one line, between more backticks than stand in it side by side.
fn code(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let runs = line.split(|sign| sign != '`').map(str::len);
    let longest = runs.max().unwrap_or(0);
    let pad = if longest == 0 { "" } else { " " };
    let fence = "`".repeat(longest + 1);
    format!("{fence}{pad}{line}{pad}{fence}")
}

fn designs(out: &mut String, compare: &CompareResult) {
    let columns = [
        ("Design", false),
        ("Verdict", false),
        ("Mean response", true),
        ("p95", true),
        ("p99", true),
        ("Answered", true),
        ("Failed", true),
        ("Bottleneck", false),
    ];
    head(out, &columns);
    for design in &compare.designs {
        let (run, times) = (&design.run, &design.run.response_time_s);
        let bottleneck = run.bottleneck.as_ref().map(|found| {
            let share = number::value(&found.utilisation, Unit::Share);
            format!("{} at {share}", words::resource(found))
        });
        row(
            out,
            &[
                escaped(&design.name),
                words::verdict(run.verdict).to_owned(),
                number::full(&times.mean, Unit::Seconds),
                number::value(&times.p95, Unit::Seconds),
                number::value(&times.p99, Unit::Seconds),
                number::value(&run.throughput_rps, Unit::PerSecond),
                number::value(&run.error_rate, Unit::Share),
                escaped(&bottleneck.unwrap_or_default()),
            ],
        );
    }
    out.push('\n');
}

/// What each design costs, carries and outlives.
fn economy(out: &mut String, compare: &CompareResult) {
    let columns = [
        ("Design", false),
        ("Cost a month", true),
        ("Per million requests", true),
        ("Carries", true),
        ("95 % interval", false),
        ("Available", true),
        ("Single points", false),
    ];
    let rows: Vec<[String; 6]> = compare.designs.iter().map(economy_cells).collect();
    if rows.iter().flatten().all(String::is_empty) {
        return;
    }
    head(out, &columns);
    for (design, cells) in compare.designs.iter().zip(rows) {
        let mut all = vec![escaped(&design.name)];
        all.extend(cells.iter().map(|cell| escaped(cell)));
        row(out, &all);
    }
    out.push('\n');
}

fn differences(out: &mut String, compare: &CompareResult) {
    let columns = [
        ("Metric", false),
        ("Base", false),
        ("Design", false),
        ("Difference", true),
        ("Relative", true),
        ("Significant", false),
        ("Gain", true),
    ];
    head(out, &columns);
    for difference in &compare.differences {
        row(out, &difference_cells(difference));
    }
    out.push('\n');
}

fn difference_cells(difference: &Difference) -> Vec<String> {
    let unit = Unit::of_key(&difference.metric).of_difference();
    let relative = difference
        .relative
        .map(|share| format!("{:+.1} %", share * 100.0));
    vec![
        format!("`{}`", difference.metric),
        escaped(&difference.a),
        escaped(&difference.b),
        number::full(&difference.difference, unit),
        relative.unwrap_or_default(),
        if difference.significant {
            "yes"
        } else if difference.difference.value.is_none() {
            ""
        } else {
            "not distinguishable"
        }
        .to_owned(),
        difference.gain.map_or(String::new(), |gain| {
            format!("{}x", number::number(gain, Unit::Count))
        }),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn changes_are_code_on_one_line() {
        let mut result = sample::compare();
        let ron = "AppServer(\n    cores: 4, // `more`\n)".to_owned();
        result.designs[1].changes = vec![Change {
            path: "was".to_owned(),
            before: Some("2".to_owned()),
            after: Some(ron),
        }];
        let name = &result.designs[1].name;
        let line = format!("- **{name}**: `was`: `2` → `` AppServer( cores: 4, // `more` ) ``");
        let text = compare(&result);
        assert!(text.lines().any(|one| one == line), "{text}");
    }

    #[test]
    fn every_row_of_a_table_has_as_many_cells_as_its_head() {
        let mut result = sample::compare();
        result.designs[1].name = "out | wider".to_owned();
        let text = compare(&result);
        let mut columns = 0;
        for line in text.lines() {
            if !line.starts_with('|') {
                columns = 0;
                continue;
            }
            let cells = line.replace("\\|", "").matches('|').count();
            assert!(columns == 0 || columns == cells, "{line}");
            columns = cells;
        }
        let rows = text.lines().filter(|line| line.starts_with('|')).count();
        assert_eq!(
            rows,
            6 + 2 * result.designs.len() + result.differences.len()
        );
    }
}
