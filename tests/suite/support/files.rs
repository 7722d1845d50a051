//! Topology files as experiments take them.

use std::path::{Path, PathBuf};

use linchpin::diagnostic::Source;
use linchpin::experiment::{Candidate, Settings};
use linchpin::model::Model;
use linchpin::statistics::Estimate;
use linchpin::topology::{self, Loaded, load_source};

use super::program::root;

/// Reads a file below the root of the repository, with assignments as of `--set`.
///
/// # Panics
/// Where the file or an assignment is refused.
#[track_caller]
pub fn loaded(file: impl AsRef<Path>, assignments: &[&str]) -> Loaded {
    let (loaded, problems) = topology::load(&root().join(file), assignments);
    loaded.unwrap_or_else(|| panic!("{}", problems.human(false)))
}

/// The model alone.
///
/// # Panics
/// As [`loaded`].
#[track_caller]
pub fn model(file: impl AsRef<Path>, assignments: &[&str]) -> Model {
    loaded(file, assignments).model
}

/// A topology that a test writes itself, with assignments; `None` where it is refused.
pub fn assigned<A: AsRef<str>>(text: &str, assignments: &[A]) -> Option<Model> {
    let source = Source::new("written.ron", text);
    let (loaded, problems) = load_source(source, Path::new(""), "--set", assignments);
    loaded
        .filter(|_| !problems.has_errors())
        .map(|loaded| loaded.model)
}

/// The same where it must not be refused.
///
/// # Panics
/// Where the file or an assignment is refused.
#[track_caller]
pub fn written<A: AsRef<str>>(text: &str, assignments: &[A]) -> Model {
    let source = Source::new("written.ron", text);
    let (loaded, problems) = load_source(source, Path::new(""), "--set", assignments);
    assert!(!problems.has_errors(), "{}", problems.human(false));
    loaded.expect("a file without errors").model
}

/// A design of a comparison.
///
/// # Panics
/// As [`loaded`].
#[track_caller]
pub fn candidate(name: &str, file: impl AsRef<Path>, assignments: &[&str]) -> Candidate {
    Candidate {
        name: name.to_owned(),
        model: model(file, assignments),
        changes: Vec::new(),
        topology: linchpin::experiment::result::TopologyId::default(),
    }
}

/// All shipped topologies, in order of their names, below the root of the repository.
///
/// # Panics
/// Where the folder cannot be listed.
pub fn shipped() -> Vec<PathBuf> {
    let mut found = Vec::new();
    collect(&root().join("topologies"), &mut found);
    found.sort();
    found
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("the folder can be listed") {
        let path = entry.expect("an entry can be read").path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "ron") {
            let short = path.strip_prefix(root()).expect("below the root");
            found.push(short.to_owned());
        }
    }
}

/// So many replications of so many requests.
pub fn sized(seed: u64, replications: u32, requests: u64) -> Settings<'static> {
    Settings {
        replications: Some(replications),
        requests: Some(requests),
        ..Settings::new(seed)
    }
}

/// Asserts that the interval of `estimate` at 99.9 % covers `expected`, and that it is narrow
/// enough to mean something: its 95 % half-width is at most `most` of the value.
#[track_caller]
pub fn covers(what: &str, estimate: &Estimate, expected: f64, most: f64) {
    let half = estimate.relative_half_width();
    assert!(
        half.is_some_and(|half| half <= most),
        "{what}: {estimate:?} is not known to {most}"
    );
    let (low, high) = estimate.interval_at(0.999).expect("it has an interval");
    assert!(
        low <= expected && expected <= high,
        "{what}: {expected} lies outside [{low}, {high}] (99.9 %) around {estimate:?}"
    );
}

/// The value of an estimate.
///
/// # Panics
/// When it has none.
#[track_caller]
pub fn value(estimate: &Estimate) -> f64 {
    estimate
        .value
        .unwrap_or_else(|| panic!("no value: {estimate:?}"))
}

/// Asserts that `value` lies within `share` of `expected`.
#[track_caller]
pub fn near(what: &str, value: f64, expected: f64, share: f64) {
    assert!(
        (value / expected - 1.0).abs() <= share,
        "{what}: {value} is not within {share} of {expected}"
    );
}
