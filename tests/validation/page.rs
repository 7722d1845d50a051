//! What came of all checks, line by line and as a page.

use std::fmt::Write;

use linchpin::statistics::Estimate;

use crate::facts::{Expectation, Fact};
use crate::invariants::Violation;
use crate::judge::{Finding, Verdict};

/// How many checks ended how.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Inside the tolerance.
    pub passed: usize,
    /// Not.
    pub failed: usize,
    /// Outside, with evidence why.
    pub explained: usize,
    /// Cannot be said.
    pub inexpressible: usize,
    /// Only told.
    pub shown: usize,
    /// Absent.
    pub not_written: usize,
}

impl Totals {
    /// Counts one more.
    pub fn count(&mut self, verdict: &Verdict) {
        *match verdict {
            Verdict::Passed => &mut self.passed,
            Verdict::Failed(_) => &mut self.failed,
            Verdict::Explained(_) => &mut self.explained,
            Verdict::Inexpressible(_) => &mut self.inexpressible,
            Verdict::Shown(_) => &mut self.shown,
            Verdict::NotWritten => &mut self.not_written,
        } += 1;
    }

    /// In one line.
    pub fn text(&self) -> String {
        format!(
            "{} passed, {} failed, {} explained, {} inexpressible, {} shown, {} not written",
            self.passed,
            self.failed,
            self.explained,
            self.inexpressible,
            self.shown,
            self.not_written
        )
    }

    /// Whether nothing is wrong.
    pub fn is_good(&self) -> bool {
        self.failed == 0 && self.not_written == 0
    }
}

fn word(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Passed => "passed",
        Verdict::Failed(_) => "FAILED",
        Verdict::Explained(_) => "explained",
        Verdict::Inexpressible(_) => "inexpressible",
        Verdict::Shown(_) => "shown",
        Verdict::NotWritten => "NOT WRITTEN",
    }
}

fn reason(verdict: &Verdict) -> &str {
    match verdict {
        Verdict::Failed(text)
        | Verdict::Explained(text)
        | Verdict::Inexpressible(text)
        | Verdict::Shown(text) => text,
        Verdict::Passed | Verdict::NotWritten => "",
    }
}

/// A number with about seven digits that matter.
pub fn digits(value: f64) -> String {
    if value.abs() < 1e-12 {
        return "0".to_owned();
    }
    let places = (6 - value.abs().log10().floor() as i32).clamp(0, 12) as usize;
    let text = format!("{value:.places$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

fn outcome(estimate: Option<&Estimate>) -> String {
    let Some(value) = estimate.and_then(|one| one.value) else {
        return "-".to_owned();
    };
    match estimate.and_then(|one| one.ci95) {
        Some((low, high)) if high > low => {
            format!("{} [{}, {}]", digits(value), digits(low), digits(high))
        }
        Some(_) => digits(value),
        None => format!("{} [no interval]", digits(value)),
    }
}

/// One check in one line.
pub fn line(fact: &Fact, expected: &Expectation, finding: &Finding) -> String {
    let reason = reason(&finding.verdict);
    let mut text = format!(
        "{:<13} {} | {}: expected {} +/- {}, came out {} ({}{}{})",
        word(&finding.verdict),
        fact.id,
        expected.metric,
        digits(expected.value),
        expected.tolerance_text(),
        outcome(finding.estimate.as_ref()),
        finding.route,
        if finding.length.is_empty() { "" } else { ", " },
        finding.length,
    );
    if !reason.is_empty() {
        let _ = write!(text, ": {reason}");
    }
    text
}

/// One case with its findings.
pub type Entry<'a> = (&'a Fact, Vec<Finding>);

/// The whole page.
pub fn page(
    entries: &[Entry<'_>],
    totals: &Totals,
    violations: &[(String, Violation)],
    seed: u64,
) -> String {
    let mut text = String::from("# Validation\n\n");
    let _ = writeln!(
        text,
        "Made by the command that `tests/validation/README.md` names, seed {seed}. Expected \
         numbers and their sources stand in `tests/validation/facts.json`, the topologies and the \
         way to each number under `tests/validation/cases/`. A simulated check passes when its \
         whole 95 % interval, half-width at most a third of the tolerance, lies within the \
         tolerance. Length: replications x requests of each.\n\n**{} checks: {}.**\n",
        entries.iter().map(|entry| entry.1.len()).sum::<usize>(),
        totals.text()
    );
    let mut family = "";
    for (fact, findings) in entries {
        if fact.family != family {
            family = &fact.family;
            let _ = writeln!(text, "## {family}\n");
        }
        case(&mut text, fact, findings);
    }
    text.push_str("## Operational laws, run by run\n\n");
    text.push_str("Largest relative violation: over whole runs, and over windows.\n");
    text.push_str("\n| run | whole | window |\n| --- | --- | --- |\n");
    for (name, one) in violations {
        let _ = writeln!(text, "| {name} | {:.1e} | {:.1e} |", one.run, one.window);
    }
    text
}

fn case(text: &mut String, fact: &Fact, findings: &[Finding]) {
    let _ = writeln!(
        text,
        "### {}: {}\n\n{}; {}. Source: {}.\n",
        fact.id,
        fact.title,
        fact.kind.word(),
        fact.status,
        fact.source
    );
    text.push_str("| check | expected | tolerance | came out | route | length | verdict |\n");
    text.push_str("| --- | --- | --- | --- | --- | --- | --- |\n");
    for (expected, finding) in fact.expect.iter().zip(findings) {
        let reason = reason(&finding.verdict);
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} | {}{}{} |",
            expected.metric,
            digits(expected.value),
            expected.tolerance_text(),
            outcome(finding.estimate.as_ref()),
            finding.route,
            finding.length,
            word(&finding.verdict),
            if reason.is_empty() { "" } else { ": " },
            reason.replace('|', "/"),
        );
    }
    text.push('\n');
}

#[test]
fn numbers_keep_seven_digits() {
    assert_eq!(digits(4.0), "4");
    assert_eq!(digits(0.000_042_202_02), "0.00004220202");
    assert_eq!(digits(51_500.0), "51500");
    assert_eq!(digits(2.777_777_8), "2.777778");
}
