//! Everything that ships can be used: the topologies, and the reports made from them.

use std::path::Path;

use linchpin::experiment::result::TopologyId;
use linchpin::experiment::{CurveSettings, Settings, curve, run};
use linchpin::report::{self, File};
use linchpin::topology;

use crate::support::files::{loaded, model, shipped, sized};
use crate::support::program::root;

#[test]
fn shipped_topologies_pass_check_with_no_warning_but_those_explained() {
    let files = shipped();
    assert!(files.len() >= 18, "{files:?}");
    let mut found = Vec::new();
    for file in &files {
        let (loaded, problems) = topology::load::<&str>(&root().join(file), &[]);
        assert!(loaded.is_some(), "{}", problems.human(false));
        let text = std::fs::read_to_string(root().join(file)).unwrap();
        for problem in problems.list() {
            // "// check: LP0401 because ..."
            let explains = format!("// check: {} because ", problem.code);
            if !text.lines().any(|line| line.trim().starts_with(&explains)) {
                found.push(format!(
                    "{}: {} {}",
                    file.display(),
                    problem.code,
                    problem.message
                ));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn shipped_topologies_run() {
    for file in shipped() {
        let result = run(&model(&file, &[]), &sized(1, 2, 400)).unwrap();
        let (file, counts) = (file.display(), &result.requests);
        assert!(counts.offered >= 400, "{file}: {counts:?}");
        let ended = counts.succeeded + counts.late + counts.failed + counts.in_flight;
        assert_eq!(counts.offered, ended, "{file}");
        let may_break = file.to_string().contains("failure/");
        assert!(
            counts.succeeded > counts.offered / 2 || may_break,
            "{file}: {counts:?}"
        );
        // Some features are shown on delays alone, which nothing can bind.
        let may_lack_resources = file.to_string().contains("features/");
        assert!(
            !result.bottlenecks.is_empty() || may_lack_resources,
            "{file}"
        );
    }
}

#[test]
fn every_file_opens_with_a_comment_that_says_what_it_is() {
    for file in shipped() {
        let text = std::fs::read_to_string(root().join(&file)).unwrap();
        let opening: Vec<&str> = text.lines().take_while(|l| l.starts_with("//")).collect();
        assert!(opening.len() >= 2, "{}: {opening:?}", file.display());
    }
}

/// As the command line makes them: everything chosen by file and program.
fn settings(file: &str) -> (linchpin::model::Model, Settings<'static>) {
    let found = loaded(file, &[]);
    let topology = TopologyId {
        name: found.model.name.clone(),
        digest: found.digest,
        set: Vec::new(),
        injected: Vec::new(),
    };
    let settings = Settings {
        topology,
        ..Settings::new(1)
    };
    (found.model, settings)
}

/// Holds a folder of `reports/` against `files`; with `LINCHPIN_BLESS=1` writes it anew.
#[track_caller]
fn regenerates(folder: &str, files: &[File]) {
    let folder = root().join("reports").join(folder);
    if std::env::var_os("LINCHPIN_BLESS").is_some_and(|value| value == "1") {
        report::write::write_all(&folder, files).unwrap();
    }
    for (name, bytes) in files {
        let committed = std::fs::read(folder.join(name)).unwrap_or_default();
        assert!(
            committed == *bytes,
            "{} is out of date: {}; LINCHPIN_BLESS=1 cargo test examples writes it anew",
            folder.join(name).display(),
            first_difference(&committed, bytes)
        );
    }
    assert_eq!(
        count(&folder),
        files.len(),
        "{} holds other files",
        folder.display()
    );
}

fn first_difference(committed: &[u8], made: &[u8]) -> String {
    let (old, new) = (
        String::from_utf8_lossy(committed),
        String::from_utf8_lossy(made),
    );
    let line = old.lines().zip(new.lines()).position(|(a, b)| a != b);
    match line {
        Some(at) => format!(
            "line {}: {:?} is now {:?}",
            at + 1,
            old.lines().nth(at).unwrap_or_default(),
            new.lines().nth(at).unwrap_or_default()
        ),
        None => format!("{} bytes are now {}", committed.len(), made.len()),
    }
}

fn count(folder: &Path) -> usize {
    std::fs::read_dir(folder).map_or(0, Iterator::count)
}

#[test]
fn the_report_of_a_run_is_made_again_byte_for_byte() {
    let (model, settings) = settings("topologies/three-tier.ron");
    let mut result = run(&model, &settings).unwrap();
    result.wall_s = 0.0;
    regenerates("three-tier", &report::files_of_run(&result));
}

#[test]
fn the_report_of_a_curve_is_made_again_byte_for_byte() {
    let (model, settings) = settings("topologies/theory/usl.ron");
    let mut result = curve(&model, &settings, &CurveSettings::default()).unwrap();
    result.wall_s = 0.0;
    regenerates("usl", &report::files_of_curve(&result));
}
