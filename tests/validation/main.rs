//! The validation suite: external truth, topologies that should meet it, and what came out.
//!
//! `README.md` in this folder says how cases are written and how the suite is run.

// All of it is tests, also what bears no #[test].
#![allow(clippy::unwrap_used)]
// Values that must come out to the last bit are compared as such.
#![allow(clippy::float_cmp)]

mod availability;
mod case;
mod estimate;
mod expression;
mod facts;
mod invariants;
mod judge;
mod page;
mod procedures;
mod runs;

use std::io::Write;
use std::time::Instant;

use linchpin::experiment::replicate::Crew;
use linchpin::statistics::Estimate;

use facts::{Fact, Facts};
use invariants::Violation;
use judge::{Finding, Findings, Verdict, look};
use page::{Entry, Totals};

/// Seed of all cases unless `LINCHPIN_VALIDATION_SEED` names another.
const SEED: u64 = 1;

fn seed() -> u64 {
    match std::env::var("LINCHPIN_VALIDATION_SEED") {
        Ok(text) => text
            .parse()
            .expect("LINCHPIN_VALIDATION_SEED is a whole number"),
        Err(_) => SEED,
    }
}

/// Cases and families named by `LINCHPIN_VALIDATION_ONLY`, with commas between; all without.
fn only() -> Option<Vec<String>> {
    let text = std::env::var("LINCHPIN_VALIDATION_ONLY").ok()?;
    Some(text.split(',').map(|one| one.trim().to_owned()).collect())
}

/// A line that is seen also where the output of tests is kept back.
fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// Looks at all cases that `wanted` names and prints what came out.
fn go(fast: bool, wanted: Option<&[String]>) -> Totals {
    let (facts, seed) = (Facts::read(), seed());
    let crew = Crew::new(0).expect("threads can be started");
    let is_wanted = |fact: &&Fact| {
        wanted.is_none_or(|list| list.contains(&fact.id) || list.contains(&fact.family))
    };
    let mut entries: Vec<Entry<'_>> = Vec::new();
    let mut violations = Vec::new();
    let start = Instant::now();
    for fact in facts.cases.iter().filter(is_wanted) {
        let since = Instant::now();
        let Findings {
            list,
            violations: mut mine,
        } = look(fact, fast, seed, &crew);
        violations.append(&mut mine);
        if list.is_empty() {
            continue;
        }
        tell(fact, &list);
        say(&format!("  {:.1} s", since.elapsed().as_secs_f64()));
        entries.push((fact, list));
    }
    judge_invariants(&mut entries, &violations);
    let mut totals = Totals::default();
    for (_, findings) in &entries {
        for finding in findings {
            totals.count(&finding.verdict);
        }
    }
    say(&format!(
        "seed {seed}: {} ({:.0} s)",
        totals.text(),
        start.elapsed().as_secs_f64()
    ));
    if !fast && wanted.is_none() && seed == SEED {
        let text = page::page(&entries, &totals, &violations, seed);
        let path = case::home().join("../../reports/validation.md");
        std::fs::write(path, text).expect("reports/validation.md can be written");
    }
    totals
}

fn tell(fact: &Fact, findings: &[Finding]) {
    for finding in findings {
        let expected = fact.expect.iter().find(|one| one.metric == finding.metric);
        say(&page::line(fact, expected.expect("a fact"), finding));
    }
}

/// Fills in the case whose subject are all the others.
fn judge_invariants(entries: &mut [Entry<'_>], violations: &[(String, Violation)]) {
    let mut worst = Violation::default();
    for (_, one) in violations {
        worst.join(*one);
    }
    let Some((fact, findings)) = entries.iter_mut().find(|entry| entry.0.id == "little") else {
        return;
    };
    let Some(finding) = findings.first_mut() else {
        return;
    };
    if matches!(finding.verdict, Verdict::NotWritten) {
        return;
    }
    finding.estimate = Some(Estimate::exact(worst.window));
    finding.length = format!("{} runs, whole {:.1e}", violations.len(), worst.run);
    finding.verdict = if violations.is_empty() {
        Verdict::Failed("nothing was run".to_owned())
    } else if worst.is_none() {
        Verdict::Passed
    } else {
        let bad = violations.iter().filter(|(_, one)| !one.is_none());
        let bad: Vec<String> = bad
            .map(|(name, one)| format!("{name}: run {:.1e}, window {:.1e}", one.run, one.window))
            .collect();
        Verdict::Failed(bad.join("; "))
    };
    tell(fact, findings);
}

#[test]
fn the_fast_cases_hold() {
    let totals = go(true, only().as_deref());
    assert!(totals.is_good(), "{}", totals.text());
}

#[test]
#[ignore = "minutes: cargo test --release --test validation -- --ignored"]
fn all_cases_hold() {
    let wanted = only();
    let totals = go(false, wanted.as_deref());
    assert!(totals.is_good(), "{}", totals.text());
}
