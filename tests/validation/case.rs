//! A case as its file describes it: which topologies are run, and which route leads to each
//! number. The numbers themselves stand in `facts.json`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::expression::Expression;
use crate::facts::{Fact, Facts};

/// One `ID.case.ron`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Runs by name.
    #[serde(default)]
    pub runs: BTreeMap<String, RunSpec>,
    /// One entry for each check of the case in `facts.json`, in that order.
    pub checks: Vec<Check>,
    /// Where it lies.
    #[serde(skip)]
    pub folder: PathBuf,
}

/// A topology and how it is run.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunSpec {
    /// File beside the case.
    pub topology: String,
    /// Assignments as of `--set`.
    #[serde(default)]
    pub set: Vec<String>,
    /// Requests of one replication of a steady run.
    #[serde(default = "requests")]
    pub requests: u64,
    /// Counted length of one replication of a steady run, s, in place of `requests`.
    #[serde(default)]
    pub length_s: Option<f64>,
    /// Replications at first.
    #[serde(default = "first")]
    pub first: u32,
    /// Most replications; a check that is not precise by then fails.
    #[serde(default = "most")]
    pub most: u32,
    /// Cut off at the start, s; found by a pilot unless given.
    #[serde(default)]
    pub warm_up_s: Option<f64>,
    /// As of `--with-failures`.
    #[serde(default)]
    pub with_failures: bool,
    /// Questions as of `--share-above`: subject (`all`, a class) and time in s.
    #[serde(default)]
    pub share_above: Vec<(String, f64)>,
}

fn requests() -> u64 {
    100_000
}

fn first() -> u32 {
    10
}

fn most() -> u32 {
    600
}

/// One number and the way to it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// As in `facts.json`.
    pub metric: String,
    /// The way.
    pub route: Route,
    /// Further expressions that must meet the same number.
    #[serde(default)]
    pub also: Vec<Expression>,
    /// Part of `cargo test`.
    #[serde(default)]
    pub fast: bool,
    /// Uncertainty that the source itself prints, in the unit of the number.
    #[serde(default)]
    pub uncertainty: f64,
    /// Evidence why another program's simulation differs.
    #[serde(default)]
    pub explained: Option<String>,
}

/// Ways to a number.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Route {
    /// An expression over the results of runs.
    Simulation(Expression),
    /// A function of `procedures.rs` that computes it.
    Analytic(Procedure),
    /// A function of `procedures.rs` that fits it.
    Fit(Procedure),
    /// A function of `procedures.rs` that searches for it.
    Search(Procedure),
    /// The largest violation of the operational laws over all runs.
    Invariants,
    /// It cannot be said in a topology, for this reason.
    Inexpressible(String),
    /// It is only told, for this reason.
    Shown(String),
}

impl Check {
    /// The expressions over runs that must meet the number.
    pub fn expressions(&self) -> impl Iterator<Item = &Expression> {
        let first = match &self.route {
            Route::Simulation(expression) => Some(expression),
            _ => None,
        };
        first.into_iter().chain(&self.also)
    }
}

impl Route {
    /// Its word.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Simulation(_) => "simulation",
            Self::Analytic(_) => "analytic",
            Self::Fit(_) => "fit",
            Self::Search(_) => "search",
            Self::Invariants => "simulation (all runs)",
            Self::Inexpressible(_) => "none",
            Self::Shown(_) => "shown",
        }
    }
}

/// A function by name, with its arguments.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Procedure {
    /// Its name in `procedures.rs`.
    pub name: String,
    /// Numbers.
    #[serde(default)]
    pub arguments: Vec<f64>,
}

/// The folder of this test.
pub fn home() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/validation")
}

impl Case {
    /// The description of a case; `None` while nobody has written it.
    ///
    /// # Panics
    /// When it cannot be read or does not fit its fact.
    pub fn read(fact: &Fact) -> Option<Self> {
        let folder = home().join("cases").join(&fact.family);
        let path = folder.join(format!("{}.case.ron", fact.id));
        let text = std::fs::read_to_string(&path).ok()?;
        let mut case: Self = ron::Options::default()
            .with_default_extension(ron::extensions::Extensions::IMPLICIT_SOME)
            .from_str(&text)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        case.folder = folder;
        case.must_fit(fact);
        Some(case)
    }

    fn must_fit(&self, fact: &Fact) {
        let mine: Vec<&str> = self.checks.iter().map(|one| one.metric.as_str()).collect();
        let theirs: Vec<&str> = fact.expect.iter().map(|one| one.metric.as_str()).collect();
        assert_eq!(mine, theirs, "{}: the checks, in order", fact.id);
        let mut used = Vec::new();
        for check in &self.checks {
            for name in check.expressions().flat_map(Expression::runs) {
                let known = self.run_named(name);
                let (name, _) = known.unwrap_or_else(|| panic!("{}: no run {name:?}", fact.id));
                used.push(name);
            }
        }
        for name in self.runs.keys() {
            assert!(used.contains(&name.as_str()), "{}: {name}", fact.id);
        }
    }

    /// A run by its name; without one the only run.
    pub fn run_named(&self, name: Option<&str>) -> Option<(&str, &RunSpec)> {
        match name {
            Some(name) => self.runs.get_key_value(name),
            None if self.runs.len() == 1 => self.runs.first_key_value(),
            None => None,
        }
        .map(|(name, spec)| (name.as_str(), spec))
    }
}

#[test]
fn every_case_file_belongs_to_a_fact() {
    let facts = Facts::read();
    let mut found = Vec::new();
    for family in std::fs::read_dir(home().join("cases")).expect("cases/ can be listed") {
        let family = family.expect("an entry can be read").path();
        for file in std::fs::read_dir(&family).expect("a family can be listed") {
            let file = file.expect("an entry can be read").path();
            let name = file.file_name().expect("a name").to_string_lossy();
            if let Some(id) = name.strip_suffix(".case.ron") {
                let folder = family.file_name().expect("a name").to_string_lossy();
                found.push((folder.into_owned(), id.to_owned()));
            }
        }
    }
    for (family, id) in found {
        let known = facts
            .cases
            .iter()
            .any(|fact| fact.id == id && fact.family == family);
        assert!(known, "{family}/{id} is no case of facts.json");
    }
    for fact in &facts.cases {
        Case::read(fact);
    }
}

#[test]
fn no_case_is_silently_absent() {
    for fact in Facts::read().cases {
        let is_there = Case::read(&fact).is_some();
        assert!(is_there, "{}/{} has no case file", fact.family, fact.id);
    }
}
