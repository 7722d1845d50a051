//! From runs to verdicts: each number with its interval, held against what is known.

use std::collections::BTreeMap;

use linchpin::experiment::replicate::Crew;
use linchpin::statistics::Estimate;

use crate::case::{Case, Check, Route};
use crate::estimate::estimate;
use crate::expression::Expression;
use crate::facts::{Expectation, Fact};
use crate::invariants::{self, Violation};
use crate::procedures;
use crate::runs::{Run, model};

/// Share of the tolerance that a half-width may take.
const PART_OF_TOLERANCE: f64 = 1.0 / 3.0;

/// The estimates of the expressions of a check.
type Known = Vec<Result<Estimate, String>>;

/// What came of a check.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// Inside the tolerance.
    Passed,
    /// Not, for this reason.
    Failed(String),
    /// Outside, and why.
    Explained(String),
    /// It cannot be said in a topology.
    Inexpressible(String),
    /// Only told; with what there is to say.
    Shown(String),
    /// Nobody has written it.
    NotWritten,
}

/// One check and what came out.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Of what.
    pub metric: String,
    /// The way.
    pub route: &'static str,
    /// What came out.
    pub estimate: Option<Estimate>,
    /// How it was run.
    pub length: String,
    /// What to think of it.
    pub verdict: Verdict,
}

/// A case and what came out.
pub struct Findings {
    /// One for each check looked at.
    pub list: Vec<Finding>,
    /// Run by run, how far the operational laws are violated.
    pub violations: Vec<(String, Violation)>,
}

/// Looks at the checks of a case; only at the fast ones if `fast`.
pub fn look(fact: &Fact, fast: bool, seed: u64, crew: &Crew) -> Findings {
    let case = Case::read(fact);
    let mut findings = Findings {
        list: Vec::new(),
        violations: Vec::new(),
    };
    let Some(case) = case else {
        if !fast {
            let bare = |one| bare(one, "none", Verdict::NotWritten);
            findings.list = fact.expect.iter().map(bare).collect();
        }
        return findings;
    };
    let pairs: Vec<(&Check, &Expectation)> = case
        .checks
        .iter()
        .zip(&fact.expect)
        .filter(|(check, _)| check.fast || !fast)
        .collect();
    let names = names_of(&case, &pairs);
    let models: Vec<_> = names
        .iter()
        .map(|name| model(&case.folder, &case.runs[name]))
        .collect();
    let mut runs: BTreeMap<String, Run<'_>> = names
        .iter()
        .zip(&models)
        .map(|(name, model)| {
            (
                name.clone(),
                Run::start(model, &case.runs[name], seed, crew),
            )
        })
        .collect();
    let mut known: Vec<Known> = vec![Known::new(); pairs.len()];
    while refine(&case, &pairs, &mut runs, &mut known, crew) {}
    for ((check, expected), known) in pairs.iter().zip(known) {
        let finding = finding(fact, &case, (check, expected), &known, &runs);
        findings.list.push(finding);
    }
    for (name, run) in &runs {
        let violation = invariants::of(run.observations());
        findings
            .violations
            .push((format!("{} {name}", fact.id), violation));
    }
    findings
}

fn bare(expected: &Expectation, route: &'static str, verdict: Verdict) -> Finding {
    Finding {
        metric: expected.metric.clone(),
        route,
        estimate: None,
        length: String::new(),
        verdict,
    }
}

/// The runs that these checks speak of.
fn names_of(case: &Case, pairs: &[(&Check, &Expectation)]) -> Vec<String> {
    let mut names: Vec<String> = pairs
        .iter()
        .flat_map(|(check, _)| check.expressions())
        .flat_map(|expression| used(case, expression))
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn used(case: &Case, expression: &Expression) -> Vec<String> {
    let name = |one: Option<&str>| case.run_named(one).expect("checked").0.to_owned();
    expression.runs().into_iter().map(name).collect()
}

/// Estimates what is not known well enough and adds replications for it; whether some were added.
fn refine(
    case: &Case,
    pairs: &[(&Check, &Expectation)],
    runs: &mut BTreeMap<String, Run<'_>>,
    known: &mut [Known],
    crew: &Crew,
) -> bool {
    let mut wanted: BTreeMap<String, usize> = BTreeMap::new();
    for ((check, expected), slot) in pairs.iter().zip(known.iter_mut()) {
        slot.clear();
        for expression in check.expressions() {
            let names = used(case, expression);
            let estimate = estimate(expression, &names, runs);
            let growth = match (&estimate, expected.width()) {
                (Ok(estimate), Some(width)) if !is_hopeless(estimate, expected, check, width) => {
                    let half = estimate.half_width().unwrap_or(f64::INFINITY);
                    let ratio = half / (width * PART_OF_TOLERANCE);
                    (ratio > 1.0).then_some((ratio * ratio * 1.1).clamp(1.1, 8.0))
                }
                _ => None,
            };
            slot.push(estimate);
            for name in names.into_iter().filter(|_| growth.is_some()) {
                let now = runs[&name].replications();
                let more = (now as f64 * growth.unwrap_or(1.0)).ceil() as usize;
                let entry = wanted.entry(name).or_default();
                *entry = more.max(*entry);
            }
        }
    }
    let mut grew = false;
    for (name, number) in wanted {
        let run = runs.get_mut(&name).expect("it is there");
        grew |= run.extend(number, crew);
    }
    grew
}

/// Whether the whole interval lies outside the tolerance, so that no precision can help.
fn is_hopeless(estimate: &Estimate, expected: &Expectation, check: &Check, width: f64) -> bool {
    let band = width + check.uncertainty;
    estimate.groups >= 10
        && estimate
            .ci95
            .is_some_and(|(low, high)| low > expected.value + band || high < expected.value - band)
}

fn finding(
    fact: &Fact,
    case: &Case,
    (check, expected): (&Check, &Expectation),
    known: &Known,
    runs: &BTreeMap<String, Run<'_>>,
) -> Finding {
    let mut finding = bare(expected, check.route.word(), Verdict::Passed);
    let computed = match &check.route {
        Route::Simulation(_) => {
            let names = names_of(case, &[(check, expected)]);
            let lengths: Vec<String> = names.iter().map(|name| runs[name].length()).collect();
            finding.length = lengths.join(", ");
            farthest(known, expected.value)
        }
        Route::Analytic(one) | Route::Fit(one) | Route::Search(one) => {
            finding.length.clone_from(&one.name);
            procedures::call(one, &fact.params).map(Estimate::exact)
        }
        Route::Invariants => {
            finding.verdict = Verdict::Shown("judged at the end".to_owned());
            return finding;
        }
        Route::Inexpressible(reason) => {
            finding.verdict = Verdict::Inexpressible(reason.clone());
            return finding;
        }
        Route::Shown(reason) => {
            finding.verdict = Verdict::Shown(reason.clone());
            return finding;
        }
    };
    finding.verdict = match computed {
        Ok(estimate) => {
            finding.estimate = Some(estimate);
            verdict(fact, check, expected, &estimate)
        }
        Err(fault) => Verdict::Failed(fault),
    };
    finding
}

/// The estimate whose interval reaches farthest from `expected`; a fault before all.
fn farthest(known: &Known, expected: f64) -> Result<Estimate, String> {
    let mut worst: Option<(f64, Estimate)> = None;
    for one in known {
        let one = one.clone()?;
        let reach = one.ci95.map_or(f64::INFINITY, |(low, high)| {
            (low - expected).abs().max((high - expected).abs())
        });
        if worst.is_none_or(|(most, _)| reach > most) {
            worst = Some((reach, one));
        }
    }
    worst
        .map(|pair| pair.1)
        .ok_or_else(|| "it was not run".to_owned())
}

fn verdict(fact: &Fact, check: &Check, expected: &Expectation, estimate: &Estimate) -> Verdict {
    let Some(width) = expected.width() else {
        return Verdict::Shown(expected.tolerance_text());
    };
    match compare(expected.value, width, check.uncertainty, estimate) {
        Ok(()) => Verdict::Passed,
        Err(fault) if fact.must_pass() => Verdict::Failed(fault),
        Err(fault) => match (&check.explained, fact.kind) {
            (Some(why), _) => Verdict::Explained(why.clone()),
            (None, crate::facts::Kind::PublishedSimulation) => Verdict::Failed(fault),
            (None, _) => Verdict::Shown(fault),
        },
    }
}

/// A result passes when it is known to a third of the tolerance, and its whole interval lies
/// within the tolerance, plus the uncertainty that the source prints.
pub fn compare(
    expected: f64,
    width: f64,
    uncertainty: f64,
    estimate: &Estimate,
) -> Result<(), String> {
    let Some((low, high)) = estimate.ci95 else {
        return Err(match estimate.reason {
            Some(reason) => format!("no interval ({reason:?})"),
            None => "no interval".to_owned(),
        });
    };
    let half = (high - low) / 2.0;
    if half > width * PART_OF_TOLERANCE {
        return Err(format!(
            "not precise enough: half-width {half:.3e} is more than a third of {width:.3e}"
        ));
    }
    let band = width + uncertainty;
    if low < expected - band || high > expected + band {
        return Err("outside the tolerance".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_interval_must_lie_inside() {
        let of = |value: f64, half: f64| Estimate::around(value, half, 20);
        assert_eq!(compare(10.0, 0.3, 0.0, &of(10.15, 0.1)), Ok(()));
        assert!(
            compare(10.0, 0.3, 0.0, &of(10.25, 0.1)).is_err(),
            "sticks out"
        );
        assert!(compare(10.0, 0.3, 0.1, &of(10.25, 0.1)).is_ok(), "printed");
        assert!(
            compare(10.0, 0.3, 0.0, &of(10.0, 0.11)).is_err(),
            "imprecise"
        );
        assert!(
            compare(10.0, 0.3, 0.3, &of(10.0, 0.11)).is_err(),
            "imprecise"
        );
        let nothing = Estimate::missing(linchpin::statistics::Reason::NoData);
        assert!(compare(10.0, 0.3, 0.0, &nothing).is_err());
    }
}
