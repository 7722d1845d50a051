//! Spoilt topology files through `check`: whatever the bytes, an answer with places, in time and
//! in bounded memory (no panic, no hang, nothing accepted and ignored).
//!
//! Needs a shell with `ulimit -v`, so it runs on Linux only.

mod harness;
mod mutate;
mod plants;
mod tokens;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use harness::{Limits, examine};
use mutate::{Base, thousand};

/// The seed of the corpus.
const SEED: u64 = 20_240_229;
/// What a check may take.
const LIMITS: Limits = Limits {
    wall: Duration::from_secs(5),
    memory_kib: 1 << 20,
};
/// Mutants that must stay valid, so that not only the first bracket is tested.
const VALID_AT_LEAST: usize = 100;
/// Share of refused one-token mutants whose first location must help.
const LOCATED_AT_LEAST: f64 = 0.9;

fn checker() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_linchpin"));
    command.args(["check", "--message-format", "json", "-"]);
    command
}

/// All shipped topologies, and one with nearly every word of the format.
fn bases() -> Vec<Base> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = vec![root.join("tests/suite/mutations/shop.ron")];
    collect(&root.join("topologies"), &mut files);
    files.sort();
    let base = |file: &PathBuf| Base {
        name: file.strip_prefix(root).unwrap().display().to_string(),
        text: std::fs::read_to_string(file).unwrap(),
    };
    files.iter().map(base).collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in folder.read_dir().unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|end| end == "ron") {
            files.push(path);
        }
    }
}

#[test]
fn a_thousand_spoilt_files_are_answered_with_places() {
    let bases = bases();
    let mutants = thousand(&bases, SEED);
    assert_eq!(mutants.len(), 1_000);
    let report = examine(&bases, &mutants, &checker, LIMITS);
    println!("{}", report.text());
    assert!(report.broken.is_empty(), "{}", report.broken.join("\n"));
    assert!(
        report.accepted >= VALID_AT_LEAST,
        "only {} stay valid",
        report.accepted
    );
    assert!(
        report.located_share() >= LOCATED_AT_LEAST,
        "{}",
        report.text()
    );
}
